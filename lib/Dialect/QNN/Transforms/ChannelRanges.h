//===- ChannelRanges.h - Between what a channel's values lie ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_CHANNELRANGES_H
#define QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_CHANNELRANGES_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/ADT/DenseMap.h"

namespace quantopt::qnn {

/// All values that elements of a channel can have lie in [low, high].
struct ChannelRange {
  int64_t low, high;

  bool isConstant() const { return low == high; }
};

/// The constants of a contraction of stored integers.
struct IntegerParameters {
  SmallVector<int64_t> weight;
  SmallVector<int64_t> bias; // one per output channel, zeros when absent
  SmallVector<int64_t> shape;

  int64_t getNumRows() const { return shape[0]; }
  /// Input channels that a row reads.
  int64_t getNumColumns() const { return shape.back(); }
  ArrayRef<int64_t> getRow(int64_t row) const;
};

/// The parameters of a contraction with `i32` sums of a constant `i8` weight;
/// nothing for others.
std::optional<IntegerParameters> readIntegerParameters(Operation *op);

/// Whether each output channel of a contraction reads the input channel of its
/// number and no other.
bool isChannelwise(Operation *op);

/// Ranges of the channels (the last dimension) of integers in a block: from
/// those of their types, through sums of constant weights, rescaling, tables
/// and pools. What is not known to be narrower has the range of its type.
class ChannelRanges {
public:
  explicit ChannelRanges(Block &block);

  /// The ranges of an integer tensor's channels; none for other values.
  ArrayRef<ChannelRange> get(Value value) const;

private:
  /// The range of the value's type, where nothing else is known.
  void addTypeRange(Value value);
  void visit(Operation &op);
  void visitContraction(Operation &op, const IntegerParameters &parameters);
  void visitRequantize(RequantizeOp op);
  void visitPool(PoolRequantizeOp op);
  void visitLookup(LookupOp op);

  llvm::DenseMap<Value, SmallVector<ChannelRange>> ranges;
};

} // namespace quantopt::qnn

#endif // QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_CHANNELRANGES_H
