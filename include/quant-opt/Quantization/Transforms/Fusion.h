//===- Fusion.h - From quantize/dequantize to integers ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The rewrites behind `qnn-fuse-integer`. Each takes the float op in front of
/// a `qnn.quantize` and returns the same rounded value computed on plain `i8`
/// tensors, or fails and says why.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_TRANSFORMS_FUSION_H
#define QUANTOPT_QUANTIZATION_TRANSFORMS_FUSION_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Support/SourceRounding.h"
#include "quant-opt/Support/SumRounding.h"
#include "llvm/ADT/MapVector.h"

namespace quantopt {

/// An affine type of 8 or 16 bits as signed integers: unsigned storage moves by
/// half its range.
struct SignedParams {
  float scale;
  int64_t zeroPoint;
  int64_t min;
  int64_t max;
  unsigned bits = 8;
  /// How much larger the stored integers are.
  int64_t moved = 0;

  bool isWide() const { return bits > 8; }
  /// The limits of the integers themselves.
  int64_t getLowest() const { return -(int64_t(1) << (bits - 1)); }
  int64_t getHighest() const { return (int64_t(1) << (bits - 1)) - 1; }
  /// The largest distance of stored integers from their zero point.
  int64_t getReach() const {
    return std::max(zeroPoint - getLowest(), getHighest() - zeroPoint);
  }
  bool operator==(const SignedParams &other) const {
    return scale == other.scale && zeroPoint == other.zeroPoint &&
           min == other.min && max == other.max && bits == other.bits;
  }
  ByteParams toBytes() const { return {scale, zeroPoint, min, max}; }
};

/// The parameters of an affine type of 8 or 16 bits; nothing for other types.
std::optional<SignedParams> getSignedParams(Type elementType);

/// A dequantized value as `i8` or `i16` integers.
struct IntegerOperand {
  Value value;
  SignedParams params;
};

/// A lookup with an entry for each byte, or its input when the table changes
/// nothing that can occur.
Value createLookup(OpBuilder &builder, Location loc,
                   const IntegerOperand &input,
                   function_ref<int64_t(int64_t)> entry);

/// Multipliers of sums, one per channel, and how these are rounded.
struct SumMultipliers {
  SmallVector<Multiplier> multipliers;
  SumRounding rounding = SumRounding::Once;
};

/// Whose integers bytes are.
enum class Engine {
  None,        ///< nearest to the real numbers
  TFLite,      ///< those of TFLite's reference kernels
  OnnxRuntime, ///< those of ONNX Runtime's kernels
};

/// One rounding point while it is rewritten.
class Fusion {
public:
  struct Statistics {
    int64_t fused = 0;
    int64_t kept = 0;
    int64_t enlarged = 0;
    int64_t twice = 0;
    int64_t products = 0;
  };
  struct Options {
    /// Softmax computes on integers as well.
    bool integerOnly = false;
    /// Where its kernels compute on integers.
    Engine engine = Engine::None;
  };

  Fusion(qnn::QuantizeOp root, const Options &options, Statistics &statistics);

  /// Whether the root has a type of 8 or 16 bits.
  bool isValid() const { return valid; }
  /// Rewrites the root; failure leaves it alone and sets `getReason`.
  LogicalResult run();
  /// Why `run` failed, and the op that stays float.
  StringRef getReason() const { return reason; }
  Operation *getObstacle() const { return obstacle; }

private:
  bool isTFLite() const { return options.engine == Engine::TFLite; }
  bool isOnnxRuntime() const { return options.engine == Engine::OnnxRuntime; }
  LogicalResult fail(Operation *op, const Twine &why);
  /// The integers behind a `qnn.dequantize` of a type of 8 or 16 bits.
  std::optional<IntegerOperand> getOperand(Value value);
  /// A tensor of integers with the shape of `value`.
  RankedTensorType getIntegerType(Value value, unsigned bits);
  /// The same with the root's integers.
  RankedTensorType getTargetType(Value value) {
    return getIntegerType(value, target.bits);
  }
  /// Brings integers with other parameters to `target`'s, through a table, or
  /// by a multiplication where 16 bits are involved.
  Value rescale(IntegerOperand operand, const SignedParams &target);
  /// The integers of `operand` that are at least, or at most, its zero point.
  Value takeHalf(const IntegerOperand &operand, bool upper);
  /// Brings both operands to one width, without changing their values.
  void widen(IntegerOperand &lhs, IntegerOperand &rhs);

  FailureOr<Value> fuse(Operation *op);
  FailureOr<Value> fuseConstant();
  FailureOr<Value> fuseTable();
  FailureOr<Value> fuseContraction(qnn::ContractionOpInterface op);
  /// Multipliers for a contraction's sums, in whose steps a sum of 1 stands for
  /// `steps`; nothing when a scale is too large.
  std::optional<SumMultipliers> deriveMultipliers(Engine engine,
                                                  ArrayRef<double> steps,
                                                  ArrayRef<IntegerRange> ranges,
                                                  bool isWide);
  /// With sums in float. `why` says what keeps integer sums from being used.
  FailureOr<Value> fuseScaledContraction(qnn::ContractionOpInterface op,
                                         const IntegerOperand &input,
                                         StringRef why);
  FailureOr<Value> fuseBinary(qnn::BinaryOp op);
  FailureOr<Value> fusePRelu(qnn::BinaryOp op);
  FailureOr<Value> fuseExtreme(qnn::BinaryOp op, const IntegerOperand &lhs,
                               const IntegerOperand &rhs);
  Value createRescaleAdd(Location loc, Type type, Value lhs, Value rhs,
                         const RescaleAdd &constants);
  FailureOr<Value> fuseAverage(Operation *op, Value input,
                               qnn::WindowAttr window,
                               std::optional<ArrayRef<int64_t>> counted);
  FailureOr<Value> fuseMovement(Operation *op);
  FailureOr<Value> fuseMatmul(qnn::MatmulOp op);
  FailureOr<Value> fuseInterpolation(qnn::InterpolateOp op);
  /// Sums times one multiplier, as the root's integers.
  Value createRescaledSums(Value sums, Multiplier multiplier, bool twice,
                           int64_t zeroPoint);
  FailureOr<Value> fuseSoftmax(qnn::SoftmaxOp op);

  /// @name With the rounding of TFLite's kernels
  /// @{
  /// Fails where the root's integers have no sign, and kernels for them compute
  /// otherwise than those for bytes with a sign.
  LogicalResult expectSigned(Operation *op);
  FailureOr<Value> fuseSourceTable();
  FailureOr<Value> fuseSourceBinary(qnn::BinaryOp op, const IntegerOperand &lhs,
                                    const IntegerOperand &rhs);
  FailureOr<Value> fuseSourceSum(qnn::BinaryOp op, const IntegerOperand &lhs,
                                 const IntegerOperand &rhs);
  FailureOr<Value> fuseSourcePRelu(qnn::BinaryOp op,
                                   const IntegerOperand &input,
                                   const IntegerOperand &slope);
  FailureOr<Value> fuseSourceAverage(Operation *op, const IntegerOperand &input,
                                     qnn::WindowAttr window);
  FailureOr<Value> fuseSourceSoftmax(qnn::SoftmaxOp op,
                                     const IntegerOperand &input);
  /// Multipliers for a contraction's sums: ordinary ones for all channels, or
  /// those that round twice. Returns whether they round twice.
  bool deriveSourceMultipliers(ArrayRef<double> scales,
                               ArrayRef<IntegerRange> ranges,
                               SmallVectorImpl<Multiplier> &multipliers);
  /// @}

  /// @name With the rounding of ONNX Runtime's kernels
  /// @{
  /// Multipliers for sums that the kernel scales by these numbers of binary32:
  /// ordinary ones for all, or those of rounded products. Nothing where kernels
  /// of ours have no such form.
  std::optional<SumMultipliers>
  deriveOnnxMultipliers(ArrayRef<float> scales, ArrayRef<IntegerRange> ranges);
  /// Fails where no constants give the kernel's sums.
  FailureOr<Value> fuseOnnxSum(qnn::BinaryOp op, const IntegerOperand &lhs,
                               const IntegerOperand &rhs);
  /// @}

  qnn::QuantizeOp root;
  Options options;
  Statistics &statistics;
  OpBuilder builder;
  bool valid = false;
  /// The root's parameters; min and max are tightened by clamps.
  SignedParams target{};
  /// The value in front of the clamps.
  Value base;
  std::string reason;
  Operation *obstacle = nullptr;
};

/// Moves rounding points to where integers can take them up: in front of ops
/// that only move values, and behind them when these read integers.
void placeRoundingAroundMovement(func::FuncOp function);

/// Makes contractions whose input is rounded at run time compute on integers.
/// `explain` hears of each that cannot, and why. Returns how many do.
int64_t
fuseDynamicContractions(func::FuncOp function,
                        function_ref<void(Operation *, StringRef)> explain);

/// Makes quantized weights operands of the float contractions that are left.
int64_t fuseQuantizedWeights(func::FuncOp function);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_TRANSFORMS_FUSION_H
