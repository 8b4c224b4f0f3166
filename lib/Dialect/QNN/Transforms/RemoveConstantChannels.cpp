//===- RemoveConstantChannels.cpp - Integers that nothing depends on ------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelChain.h"
#include "ChannelRanges.h"
#include "InputChannels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"

namespace quantopt::qnn {
#define GEN_PASS_DEF_REMOVECONSTANTCHANNELSPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

//===----------------------------------------------------------------------===//
// Chains
//===----------------------------------------------------------------------===//

/// Whether channel `i` of the op's result depends on channel `i` of its input
/// only, and the op has a form with fewer channels.
static bool keepsChannels(Operation *op) {
  if (isa<RequantizeOp, LookupOp, PoolRequantizeOp, PoolOp>(op))
    return true;
  if (isChannelwise(op))
    return readIntegerParameters(op).has_value();
  return reshapesChannels(op);
}

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

/// Fewer than one in so many channels are not worth removing.
static constexpr int64_t kLeastPart = 8;

/// Larger layers keep a multiple of so many channels: that is how many kernels
/// take at a time, and layers of equal shapes share code.
static constexpr int64_t kWholeChannels = 16;

/// The channels of its input that a contraction need not read. Adds what they
/// contribute to the bias.
static SmallVector<bool> findRemovable(Operation *consumer,
                                       IntegerParameters &parameters,
                                       ArrayRef<ChannelRange> inputs) {
  auto conv = dyn_cast<Conv2DOp>(consumer);
  int64_t zeroPoint =
      int32_t(conv ? conv.getInputZeroPoint()
                   : cast<DenseOp>(consumer).getInputZeroPoint());
  bool isPadded = conv && conv.getWindow().hasPadding();
  int64_t channels = parameters.getNumColumns();
  SmallVector<bool> isRead(channels, false);
  for (auto [i, weight] : llvm::enumerate(parameters.weight))
    isRead[i % channels] = isRead[i % channels] || weight != 0;
  SmallVector<bool> removable;
  for (auto [input, read] : llvm::zip(inputs, isRead))
    // Beside what is padded a constant other than that is none.
    removable.push_back(
        !read || (input.isConstant() && (!isPadded || input.low == zeroPoint)));
  // A few channels less save little: layers stop being equal and share no code.
  int64_t kept = llvm::count(removable, false);
  for (int64_t i = channels;
       channels > kWholeChannels && kept % kWholeChannels != 0 && i-- > 0;)
    if (removable[i]) {
      removable[i] = false;
      ++kept;
    }
  if (llvm::count(removable, true) * kLeastPart < channels)
    removable.assign(channels, false);
  // A tensor keeps at least one channel.
  if (llvm::all_of(removable, [](bool b) { return b; }))
    removable.back() = false;
  for (auto [i, weight] : llvm::enumerate(parameters.weight)) {
    int64_t channel = int64_t(i) % channels;
    if (removable[channel] && weight != 0)
      parameters.bias[int64_t(i) / qnn::getRowSize(parameters.shape)] +=
          weight * (inputs[channel].low - zeroPoint);
  }
  return removable;
}

/// The elements whose flag is not set.
template <typename T>
static SmallVector<T> keep(ArrayRef<T> elements, ArrayRef<bool> removed) {
  SmallVector<T> result;
  for (auto [element, gone] : llvm::zip(elements, removed))
    if (!gone)
      result.push_back(element);
  return result;
}

/// Removes output channels of the parameters.
static void dropRows(IntegerParameters &parameters, ArrayRef<bool> removed) {
  SmallVector<int64_t> weight;
  for (auto [row, gone] : llvm::enumerate(removed))
    if (!gone)
      llvm::append_range(weight, parameters.getRow(int64_t(row)));
  parameters.weight = std::move(weight);
  parameters.bias = keep(ArrayRef<int64_t>(parameters.bias), removed);
  parameters.shape[0] = int64_t(parameters.bias.size());
}

/// Removes input channels of the parameters.
static void dropColumns(IntegerParameters &parameters, ArrayRef<bool> removed) {
  SmallVector<int64_t> weight;
  for (auto [i, element] : llvm::enumerate(parameters.weight))
    if (!removed[i % removed.size()])
      weight.push_back(element);
  parameters.weight = std::move(weight);
  parameters.shape.back() -= llvm::count(removed, true);
}

//===----------------------------------------------------------------------===//
// Rewriting
//===----------------------------------------------------------------------===//

static Value createConstant(OpBuilder &b, Location loc, Type element,
                            ArrayRef<int64_t> shape, ArrayRef<int64_t> values) {
  unsigned bits = element.getIntOrFloatBitWidth();
  SmallVector<APInt> elements;
  for (int64_t value : values)
    elements.emplace_back(bits, value, /*isSigned=*/true);
  auto type = RankedTensorType::get(shape, element);
  return arith::ConstantOp::create(b, loc,
                                   DenseElementsAttr::get(type, elements));
}

/// Gives a contraction other constants; the bias is always present then.
static void write(Operation *op, const IntegerParameters &parameters) {
  OpBuilder b(op);
  cast<ContractionOpInterface>(op).getWeightOperand().set(createConstant(
      b, op->getLoc(), b.getI8Type(), parameters.shape, parameters.weight));
  Value bias = createConstant(b, op->getLoc(), b.getI32Type(),
                              {parameters.getNumRows()}, parameters.bias);
  if (auto conv = dyn_cast<Conv2DOp>(op))
    conv.getBiasMutable().assign(bias);
  else
    cast<DenseOp>(op).getBiasMutable().assign(bias);
}

/// Removes channels of an op's result type.
static void shrinkResult(Operation *op, int64_t count) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() -= count;
  op->getResult(0).setType(type.clone(shape));
}

/// Removes channels of an op between producer and consumer.
static void shrink(Operation *op, ArrayRef<bool> removed) {
  shrinkResult(op, llvm::count(removed, true));
  if (auto requantize = dyn_cast<RequantizeOp>(op)) {
    if (requantize.getMultipliers().size() == 1)
      return;
    auto multipliers = keep(requantize.getMultipliers(), removed);
    auto shifts = keep(requantize.getShifts(), removed);
    requantize.setMultipliers(multipliers);
    requantize.setShifts(shifts);
  } else if (isChannelwise(op) || isa<Conv2DOp>(op)) {
    IntegerParameters own = *readIntegerParameters(op);
    dropRows(own, removed);
    write(op, own);
    cast<Conv2DOp>(op).setGroups(own.getNumRows());
  }
}

/// Removes channels of one contraction; returns how many.
static int64_t removeChannels(Operation *producer,
                              const ChannelRanges &ranges) {
  auto parameters = readIntegerParameters(producer);
  auto chain = parameters && readsAllChannels(producer)
                   ? findChannelChain(producer, keepsChannels)
                   : std::nullopt;
  auto consumer = chain ? readIntegerParameters(chain->consumer) : std::nullopt;
  if (!consumer)
    return 0;
  Value input = chain->consumer->getOperand(0);
  SmallVector<bool> removed =
      findRemovable(chain->consumer, *consumer, ranges.get(input));
  int64_t count = llvm::count(removed, true);
  if (count == 0 || !llvm::all_of(consumer->bias, llvm::isInt<32>))
    return 0;
  dropRows(*parameters, removed);
  write(producer, *parameters);
  shrinkResult(producer, count);
  for (Operation *op : chain->between)
    shrink(op, removed);
  dropColumns(*consumer, removed);
  write(chain->consumer, *consumer);
  return count;
}

namespace {
struct RemoveConstantChannelsPass
    : public qnn::impl::RemoveConstantChannelsPassBase<
          RemoveConstantChannelsPass> {
  void runOnOperation() override {
    getOperation()->walk([&](func::FuncOp func) {
      if (func.isExternal())
        return;
      Block &block = func.getBody().front();
      ChannelRanges ranges(block);
      // Backwards: what a contraction no longer reads, the one before it need
      // not compute. The ranges of other values stay.
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        removed += removeChannels(&op, ranges);
    });
  }
};
} // namespace
