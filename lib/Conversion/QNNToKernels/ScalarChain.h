//===- ScalarChain.h - Chains of elementwise ops ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A producer and the elementwise ops that consume it one after another become
/// one kernel or loop nest. This file finds such groups and emits the scalar
/// computation of the consumers.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_SCALARCHAIN_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_SCALARCHAIN_H

#include "LoweringState.h"
#include "RequantizeForm.h"
#include <optional>

namespace quantopt {

/// A root and the ops that are computed with it, in order. The group is
/// lowered at the place of its last op.
struct FusionGroup {
  Operation *root;
  SmallVector<Operation *> steps;
  /// For loop nests: a transpose of the last step's result, done on writing.
  Operation *transpose = nullptr;
  Operation *getTail() const {
    if (transpose)
      return transpose;
    return steps.empty() ? root : steps.back();
  }
};

/// Whether the op is computed by a `qvec.kernel`.
bool isKernelRoot(Operation *op);
/// Whether the op is one step of a scalar chain.
bool isScalarStep(Operation *op);

/// The group of every root in the block, keyed by its tail.
llvm::MapVector<Operation *, FusionGroup> findFusionGroups(Block &block);

/// An operand of a chain besides the value that flows through it.
struct SideOperand {
  enum class Kind { Channel, Row, Full, Broadcast } kind;
  /// A lowered tensor. Of kind `Channel`: one element per index of the last
  /// dimension; of kind `Row`: one per index of the leading dimensions.
  Value tensor;
};

/// Channels in their order, then padding up to `size` elements.
SmallVector<int64_t> getPaddedOrder(int64_t channels, int64_t size);

/// The values of channels in an order of channels; 0 for padding.
template <typename T>
SmallVector<T> arrangeChannels(ArrayRef<T> values, ArrayRef<int64_t> order) {
  SmallVector<T> result;
  for (int64_t channel : order)
    result.push_back(channel < 0 ? T(0) : values[channel]);
  return result;
}

class ScalarEmitter;

/// The steps of a group, ready to be emitted.
class ScalarChain {
public:
  /// `inputRanges` are the proved ranges of an i32 input per channel (or one
  /// for all), when known. `channelOrder` says which channel's value is where
  /// in channel operands, -1 for padding; empty leaves them as they are.
  ScalarChain(LoweringState &state, ArrayRef<Operation *> steps,
              Value chainInput, ArrayRef<IntegerRange> inputRanges,
              ArrayRef<int64_t> channelOrder, Location loc);

  ArrayRef<SideOperand> getOperands() const { return operands; }

  /// Emits the steps on scalars; `sides` are the elements of `getOperands()`
  /// in order.
  Value emit(OpBuilder &builder, Location loc, Value input, ValueRange sides);

private:
  /// An input of a step: a constant of the region, or a side operand.
  struct Source {
    TypedAttr constant;
    unsigned operand = 0;
  };
  struct Step {
    Operation *op;
    SmallVector<Source> sources;
    /// Of requantizations.
    RequantizeForm form;
    TwoRoundings roundings = {};
    /// Which operand of the op is the chain's value.
    unsigned chainOperand = 0;
    /// Whole tensors that are read where an element says.
    SmallVector<Value> tables = {};
  };

  void collect(Operation *op, Value chainValue,
               ArrayRef<IntegerRange> inputRanges);
  void collectRequantize(Step &step, qnn::RequantizeOp op,
                         ArrayRef<IntegerRange> inputRanges);
  void collectScaleSums(Step &step, qnn::ScaleSumsOp op);
  Source addValue(Value value, ArrayRef<int64_t> resultShape);
  Source addRowValue(Value value);
  template <typename T> Source addChannelValues(SmallVector<T> values);
  Value load(OpBuilder &builder, Location loc, const Source &source,
             ValueRange sides);
  Value emitRequantize(ScalarEmitter &emitter, const Step &step, Value input,
                       ArrayRef<Value> values);
  Value emitStep(OpBuilder &builder, Location loc, const Step &step,
                 Value input, ValueRange sides);

  LoweringState &state;
  Location loc;
  SmallVector<int64_t> channelOrder;
  SmallVector<SideOperand> operands;
  SmallVector<Step> steps;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_SCALARCHAIN_H
