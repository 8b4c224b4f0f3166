//===- LoweringState.h - State of the lowering to kernels -------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What the lowering of one function keeps: the tensors that stand for the
/// model's values, and how values are padded in memory.
///
/// An 8-bit value is stored as its signed equivalent (`ui8` minus 128) plus the
/// target's activation offset, in an `i8` tensor.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_LOWERINGSTATE_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_LOWERINGSTATE_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {

/// Which codes of a weight are stored (see `#qvec.packing`).
struct CodeMasks {
  int64_t bits;
  bool twoOfFour;
};

/// The largest distance of a byte with a sign from its zero point.
inline int64_t getByteReach(int64_t zeroPoint) {
  return std::max(zeroPoint + 128, 127 - zeroPoint);
}

/// Zero padding around the spatial dimensions of a channels-last value.
struct SpatialPads {
  int64_t top = 0, left = 0, bottom = 0, right = 0;
  bool any() const { return top || left || bottom || right; }
};

/// Allows ops that are built to round in other ways, where the model's numbers
/// are floats and stay floats.
class FastMath : public OpBuilder::Listener {
public:
  explicit FastMath(bool isAllowed) : isAllowed(isAllowed) {}

  void notifyOperationInserted(Operation *op,
                               OpBuilder::InsertPoint previous) override;

  /// While it lives, built ops belong to a qnn op.
  class Scope {
  public:
    Scope(FastMath &fastMath, Operation *op);
    ~Scope() { fastMath.isActive = before; }

  private:
    FastMath &fastMath;
    bool before;
  };

private:
  bool isAllowed, isActive = false;
};

/// Tensors of values, and their paddings, are those of the value behind all
/// `qnn.storage_cast`s, which change nothing in memory.
class LoweringState {
public:
  LoweringState(func::FuncOp func, const TargetLevel &target,
                bool allowFastMath);
  LoweringState(const LoweringState &) = delete;
  LoweringState &operator=(const LoweringState &) = delete;

  /// How the weight of a contraction is stored if zeros are left out.
  std::optional<CodeMasks> getMasks(Operation *contraction) const {
    auto found = masks.find(contraction);
    return found == masks.end() ? std::nullopt : std::optional(found->second);
  }
  void setMasks(Operation *contraction, CodeMasks chosen) {
    masks[contraction] = chosen;
  }

  FastMath fastMath;

  OpBuilder builder;
  const TargetLevel &target;

  /// The element type that stands for `type` in lowered tensors.
  Type getLoweredElementType(Type type) const;
  RankedTensorType getLoweredType(Type type) const;

  /// The lowered tensor of a value, without padding.
  Value get(Value value, Location loc);
  /// The same with this much padding around it, as planned by `requirePads`.
  Value getPadded(Value value, const SpatialPads &pads, Location loc);

  /// Before lowering: the value's buffer will have at least this padding, with
  /// elements equal to `fill` (a storage value for integers).
  void requirePads(Value value, const SpatialPads &pads, TypedAttr fill);
  /// The same with the number that a lowered tensor holds when the value is
  /// written; `fill` is a value of the model.
  void requirePads(Value value, const SpatialPads &pads, Value fill);
  bool hasPads(Value value) const;

  /// A destination tensor of the value's lowered type; writing into it writes
  /// into the padded buffer.
  Value getDestination(Value value, Location loc);
  /// Records the result written into the value's destination.
  void set(Value value, Value lowered, Location loc);
  /// Records a tensor that was not written into a destination from
  /// `getDestination` (a view); copies it when padding is required.
  void setView(Value value, Value lowered, Location loc);

  Value constantIndex(int64_t value, Location loc);
  /// A tensor constant.
  Value constant(DenseElementsAttr value, Location loc);
  Value constantI32(ArrayRef<int32_t> values, Location loc);
  Value constantF32(ArrayRef<float> values, Location loc);
  Value empty(RankedTensorType type, Location loc);

  /// Writes the one element of a tensor of rank 0 everywhere.
  Value fill(Value scalar, Value destination, Location loc);

  /// Reshapes by collapsing and expanding; row-major order is kept.
  Value reshape(Value tensor, ArrayRef<int64_t> shape, Location loc);

private:
  struct PadPlan {
    SpatialPads pads;
    TypedAttr fill;
    /// A tensor of one element instead; may be null.
    Value fillValue;

    void include(const SpatialPads &wanted);
  };
  /// Fills the halo of `buffer` around an interior of `type`'s shape.
  Value fillHalo(Value buffer, RankedTensorType type, const PadPlan &plan,
                 Location loc);

  llvm::DenseMap<Operation *, CodeMasks> masks;
  llvm::DenseMap<Value, Value> lowered;
  llvm::DenseMap<Value, Value> buffers;
  llvm::DenseMap<Value, PadPlan> pads;
};

/// The value before all `qnn.storage_cast`s.
Value skipStorageCasts(Value value);

/// The lowered element for a real value of a splat of `attr`.
int64_t getSignedEquivalent(IntegerType storage, int64_t value);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_LOWERINGSTATE_H
