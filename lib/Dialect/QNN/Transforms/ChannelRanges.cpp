//===- ChannelRanges.cpp - Between what a channel's values lie ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelRanges.h"
#include "InputChannels.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "quant-opt/Support/Arithmetic.h"

using namespace quantopt;
using namespace quantopt::qnn;

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

ArrayRef<int64_t> IntegerParameters::getRow(int64_t row) const {
  int64_t size = qnn::getRowSize(shape);
  return ArrayRef<int64_t>(weight).slice(row * size, size);
}

/// The elements of a constant of integers of this width; nothing for others.
static std::optional<SmallVector<int64_t>> readIntegers(Value value,
                                                        unsigned bits) {
  DenseElementsAttr attr;
  if (!getElementTypeOrSelf(value).isSignlessInteger(bits) ||
      !matchPattern(value, m_Constant(&attr)))
    return std::nullopt;
  SmallVector<int64_t> result;
  for (const APInt &element : attr.getValues<APInt>())
    result.push_back(element.getSExtValue());
  return result;
}

std::optional<IntegerParameters> qnn::readIntegerParameters(Operation *op) {
  auto contraction = dyn_cast<ContractionOpInterface>(op);
  if (!contraction ||
      !getElementTypeOrSelf(op->getResult(0)).isSignlessInteger(32))
    return std::nullopt;
  Value weight = contraction.getWeightOperand().get();
  auto weights = readIntegers(weight, 8);
  if (!weights)
    return std::nullopt;
  IntegerParameters result;
  result.weight = std::move(*weights);
  llvm::append_range(result.shape,
                     cast<ShapedType>(weight.getType()).getShape());
  result.bias.assign(result.shape[0], 0);
  if (Value bias = contraction.getBiasValue()) {
    auto values = readIntegers(bias, 32);
    if (!values)
      return std::nullopt;
    result.bias = std::move(*values);
  }
  return result;
}

bool qnn::isChannelwise(Operation *op) {
  auto conv = dyn_cast<Conv2DOp>(op);
  if (!conv)
    return false;
  int64_t channels = conv.getInput().getType().getDimSize(3);
  return int64_t(conv.getGroups()) == channels &&
         conv.getWeight().getType().getDimSize(0) == channels;
}

void ChannelRanges::visitContraction(Operation &op,
                                     const IntegerParameters &parameters) {
  auto conv = dyn_cast<Conv2DOp>(op);
  ArrayRef<ChannelRange> inputs =
      get(cast<ContractionOpInterface>(op).getInputOperand().get());
  if (inputs.empty())
    return;
  int64_t zeroPoint = int32_t(conv ? conv.getInputZeroPoint()
                                   : cast<DenseOp>(op).getInputZeroPoint());
  bool isPadded = conv && conv.getWindow().hasPadding();
  SmallVector<ChannelRange> sums;
  for (int64_t row = 0; row < parameters.getNumRows(); ++row) {
    ChannelRange sum = {parameters.bias[row], parameters.bias[row]};
    for (auto [column, weight] : llvm::enumerate(parameters.getRow(row))) {
      ChannelRange x = inputs[getInputChannel(&op, row, int64_t(column))];
      // What is padded counts as the zero point.
      int64_t low = x.low - zeroPoint, high = x.high - zeroPoint;
      if (isPadded) {
        low = std::min<int64_t>(low, 0);
        high = std::max<int64_t>(high, 0);
      }
      sum.low += weight * (weight < 0 ? high : low);
      sum.high += weight * (weight < 0 ? low : high);
    }
    sums.push_back(sum);
  }
  ranges[op.getResult(0)] = std::move(sums);
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

/// The range of scaled sums: scaling never decreases.
template <typename Op>
static ChannelRange rescale(Op op, ChannelRange sums, Multiplier multiplier) {
  int64_t zeroPoint = int32_t(op.getZeroPoint()), min = int32_t(op.getMin()),
          max = int32_t(op.getMax());
  auto map = [&](int64_t x) {
    return requantizeAs(getSumRounding(op), x, multiplier, zeroPoint, min, max);
  };
  return {map(sums.low), map(sums.high)};
}

void ChannelRanges::visitRequantize(RequantizeOp op) {
  ArrayRef<int32_t> multipliers = op.getMultipliers(), shifts = op.getShifts();
  int64_t inputZero = int32_t(op.getInputZeroPoint());
  SmallVector<ChannelRange> result;
  for (auto [c, x] : llvm::enumerate(get(op.getInput()))) {
    size_t i = c % multipliers.size();
    result.push_back(rescale(op, {x.low - inputZero, x.high - inputZero},
                             {multipliers[i], shifts[i]}));
  }
  if (!result.empty())
    ranges[op.getResult()] = std::move(result);
}

void ChannelRanges::visitPool(PoolRequantizeOp op) {
  // All windows have the same number of positions.
  if (op.getWindow().hasPadding())
    return;
  int64_t count = op.getWindow().getKernel()[0] * op.getWindow().getKernel()[1];
  int64_t inputZero = int32_t(op.getInputZeroPoint());
  Multiplier multiplier = {op.getMultipliers()[count - 1],
                           op.getShifts()[count - 1]};
  SmallVector<ChannelRange> result;
  for (ChannelRange x : get(op.getInput()))
    result.push_back(
        rescale(op, {count * (x.low - inputZero), count * (x.high - inputZero)},
                multiplier));
  if (!result.empty())
    ranges[op.getResult()] = std::move(result);
}

void ChannelRanges::visitLookup(LookupOp op) {
  SmallVector<ChannelRange> result;
  for (ChannelRange x : get(op.getInput())) {
    auto part =
        op.getTable().slice(size_t(x.low + 128), size_t(x.high - x.low + 1));
    auto [low, high] = std::minmax_element(part.begin(), part.end());
    result.push_back({*low, *high});
  }
  ranges[op.getResult()] = std::move(result);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

/// Whether channels of the result have the values of the input's.
static bool copiesChannels(Operation &op) {
  if (auto pool = dyn_cast<PoolOp>(op))
    return pool.getKind() == PoolKind::Max;
  auto reshape = dyn_cast<ReshapeOp>(op);
  return reshape && reshape.getInput().getType().getShape().back() ==
                        cast<ShapedType>(reshape.getType()).getShape().back();
}

void ChannelRanges::visit(Operation &op) {
  if (auto parameters = readIntegerParameters(&op))
    visitContraction(op, *parameters);
  else if (auto requantize = dyn_cast<RequantizeOp>(op))
    visitRequantize(requantize);
  else if (auto pool = dyn_cast<PoolRequantizeOp>(op))
    visitPool(pool);
  else if (auto lookup = dyn_cast<LookupOp>(op))
    visitLookup(lookup);
  else if (copiesChannels(op) && !get(op.getOperand(0)).empty())
    ranges[op.getResult(0)] = SmallVector<ChannelRange>(get(op.getOperand(0)));
  for (Value result : op.getResults())
    addTypeRange(result);
}

void ChannelRanges::addTypeRange(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.getRank() == 0 || ranges.contains(value) ||
      !(type.getElementType().isSignlessInteger(8) ||
        type.getElementType().isSignlessInteger(16)))
    return;
  int64_t end = int64_t(1) << (type.getElementTypeBitWidth() - 1);
  ranges[value].assign(type.getShape().back(), {-end, end - 1});
}

ChannelRanges::ChannelRanges(Block &block) {
  for (Value argument : block.getArguments())
    addTypeRange(argument);
  for (Operation &op : block)
    visit(op);
}

ArrayRef<ChannelRange> ChannelRanges::get(Value value) const {
  auto found = ranges.find(value);
  return found == ranges.end() ? ArrayRef<ChannelRange>()
                               : ArrayRef<ChannelRange>(found->second);
}
