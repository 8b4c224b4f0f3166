//===- EliminateDeadChannels.cpp - Remove constant channels ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelChain.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <cmath>

namespace quantopt::qnn {
#define GEN_PASS_DEF_ELIMINATEDEADCHANNELSPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

namespace {

/// A channel whose value is the same at every position.
struct DeadChannel {
  int64_t index;
  float value;
};

/// An op that the channels of a producer reach.
struct ChannelUse {
  Operation *op;
  /// The number of the use before it; -1 right behind the producer.
  int64_t before;
  /// Where the producer's channels start among those that the op makes of them,
  /// or reads.
  int64_t first;
};

/// All that channels reach: ops that keep them apart, each behind the one
/// before, and the contractions that read them.
struct ChannelUses {
  SmallVector<ChannelUse> between, readers;
};

/// The weight and bias of a contraction as numbers.
struct Parameters {
  SmallVector<float> weight;
  SmallVector<float> bias; // one per output channel, zeros when absent
  SmallVector<int64_t> shape;

  int64_t getRowSize() const { return qnn::getRowSize(shape); }
  ArrayRef<float> getRow(int64_t row) const {
    return ArrayRef<float>(weight).slice(row * getRowSize(), getRowSize());
  }
};

} // namespace

/// Reads constant f32 parameters, or fails.
static std::optional<Parameters> readParameters(Operation *op) {
  auto contraction = dyn_cast<ContractionOpInterface>(op);
  if (!contraction)
    return std::nullopt;
  DenseElementsAttr weight =
      getFloatConstant(contraction.getWeightOperand().get());
  if (!weight)
    return std::nullopt;
  Parameters result;
  result.weight = getFloatElements(weight);
  llvm::append_range(result.shape,
                     cast<RankedTensorType>(weight.getType()).getShape());
  result.bias.assign(result.shape[0], 0.0f);
  if (Value bias = contraction.getBiasValue()) {
    DenseElementsAttr attr = getFloatConstant(bias);
    if (!attr)
      return std::nullopt;
    result.bias = getFloatElements(attr);
  }
  return result;
}

/// Gives a contraction other constants; the bias is always present then.
static void writeParameters(Operation *op, const Parameters &parameters) {
  OpBuilder builder(op);
  auto contraction = cast<ContractionOpInterface>(op);
  contraction.getWeightOperand().set(createFloatConstant(
      builder, op->getLoc(), parameters.shape, parameters.weight));
  Value bias =
      createFloatConstant(builder, op->getLoc(),
                          {int64_t(parameters.bias.size())}, parameters.bias);
  if (auto conv = dyn_cast<Conv2DOp>(op))
    conv.getBiasMutable().assign(bias);
  else
    cast<DenseOp>(op).getBiasMutable().assign(bias);
}

/// Whether channel `i` of the op's result depends on channel `i` of its input
/// only, and the op may stand between producer and consumer.
static bool keepsChannels(Operation *op) {
  if (isa<UnaryOp, ClampOp>(op))
    return true;
  if (auto pool = dyn_cast<PoolOp>(op))
    return pool.getKind() == PoolKind::Max;
  if (auto conv = dyn_cast<Conv2DOp>(op)) {
    int64_t channels = conv.getInput().getType().getDimSize(3);
    return int64_t(conv.getGroups()) == channels &&
           conv.getWeight().getType().getDimSize(0) == channels;
  }
  return reshapesChannels(op);
}

/// Where a concat of channels puts those of one operand; nothing for other ops.
static std::optional<int64_t> findPlace(OpOperand &use) {
  auto concat = dyn_cast<ConcatOp>(use.getOwner());
  auto type = cast<RankedTensorType>(use.get().getType());
  if (!concat || int64_t(concat.getAxis()) != type.getRank() - 1)
    return std::nullopt;
  int64_t first = 0;
  for (Value input : concat.getInputs().take_front(use.getOperandNumber()))
    first += cast<RankedTensorType>(input.getType()).getShape().back();
  return first;
}

/// Adds one use of channels that start at `first`; false where they end up
/// somewhere else.
static bool addUse(OpOperand &use, int64_t before, int64_t first,
                   ChannelUses &uses) {
  Operation *op = use.getOwner();
  auto place = findPlace(use);
  if (!place && (op->getNumResults() != 1 || use.getOperandNumber() != 0))
    return false;
  // Twice in one concat they would be counted twice.
  if (llvm::any_of(uses.between,
                   [&](const ChannelUse &known) { return known.op == op; }))
    return false;
  if (place)
    uses.between.push_back({op, before, first + *place});
  else if (keepsChannels(op))
    uses.between.push_back({op, before, first});
  else if (readsAllChannels(op))
    uses.readers.push_back({op, before, first});
  else
    return false;
  return true;
}

/// All uses of a contraction's channels; nothing where some end up elsewhere.
static std::optional<ChannelUses> findUses(Operation *producer) {
  ChannelUses uses;
  for (int64_t i = -1; i < int64_t(uses.between.size()); ++i) {
    ChannelUse use = i < 0 ? ChannelUse{producer, -1, 0} : uses.between[i];
    if (use.op->use_empty())
      return std::nullopt;
    for (OpOperand &operand : use.op->getResult(0).getUses())
      if (!addUse(operand, i, use.first, uses))
        return std::nullopt;
  }
  return uses;
}

/// The value of a dead channel behind `op`, or nothing when it is not the same
/// everywhere.
static std::optional<float> follow(Operation *op, DeadChannel channel) {
  floatfn::HostAlgebra algebra;
  if (auto unary = dyn_cast<UnaryOp>(op))
    return evaluateUnary(algebra, unary.getFn(), channel.value,
                         unary.getAlpha().convertToFloat(),
                         unary.getBeta().convertToFloat());
  if (auto clamp = dyn_cast<ClampOp>(op))
    return floatfn::clamp(algebra, channel.value,
                          clamp.getMin().convertToFloat(),
                          clamp.getMax().convertToFloat());
  auto conv = dyn_cast<Conv2DOp>(op);
  if (!conv)
    return channel.value;
  auto parameters = readParameters(op);
  if (!parameters || (conv.getWindow().hasPadding() && channel.value != 0.0f))
    return std::nullopt;
  float sum = parameters->bias[channel.index];
  for (float weight : parameters->getRow(channel.index))
    sum = std::fma(channel.value, weight, sum);
  return sum;
}

/// The output channels of `producer` that have only zero weights.
static SmallVector<DeadChannel> findDead(const Parameters &parameters) {
  SmallVector<DeadChannel> dead;
  for (int64_t row = 0; row < parameters.shape[0]; ++row)
    if (llvm::all_of(parameters.getRow(row), [](float w) { return w == 0.0f; }))
      dead.push_back({row, parameters.bias[row]});
  // A tensor keeps at least one channel.
  if (int64_t(dead.size()) == parameters.shape[0])
    dead.pop_back();
  return dead;
}

/// Removes rows (output channels) of the parameters.
static void dropRows(Parameters &parameters, const DenseSet<int64_t> &dead) {
  Parameters result;
  result.shape = parameters.shape;
  for (int64_t row = 0; row < parameters.shape[0]; ++row) {
    if (dead.contains(row))
      continue;
    llvm::append_range(result.weight, parameters.getRow(row));
    result.bias.push_back(parameters.bias[row]);
  }
  result.shape[0] = int64_t(result.bias.size());
  parameters = result;
}

/// Removes the columns of dead input channels; what they contributed goes to
/// the bias.
static void dropColumns(Parameters &parameters, ArrayRef<DeadChannel> dead) {
  int64_t channels = parameters.shape.back();
  SmallVector<std::optional<float>> values(channels);
  for (DeadChannel channel : dead)
    values[channel.index] = channel.value;
  Parameters result;
  result.shape = parameters.shape;
  result.shape.back() -= int64_t(dead.size());
  for (int64_t row = 0; row < parameters.shape[0]; ++row) {
    double sum = parameters.bias[row];
    for (auto [i, weight] : llvm::enumerate(parameters.getRow(row))) {
      if (auto value = values[i % channels])
        sum += double(weight) * double(*value);
      else
        result.weight.push_back(weight);
    }
    result.bias.push_back(float(sum));
  }
  parameters = result;
}

/// Removes channels of an op's result type.
static void shrinkResult(Operation *op, int64_t count) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() -= count;
  op->getResult(0).setType(RankedTensorType::get(shape, type.getElementType()));
}

/// What a channel is where each reader reads it; nothing where it varies, or
/// where padding lies beside another value than 0.
static std::optional<SmallVector<float>> findReadValues(const ChannelUses &uses,
                                                        DeadChannel channel) {
  SmallVector<std::optional<float>> values;
  auto getBefore = [&](const ChannelUse &use) -> std::optional<float> {
    return use.before < 0 ? channel.value : values[use.before];
  };
  for (const ChannelUse &use : uses.between) {
    std::optional<float> value = getBefore(use);
    values.push_back(value ? follow(use.op, {use.first + channel.index, *value})
                           : value);
  }
  SmallVector<float> result;
  for (const ChannelUse &use : uses.readers) {
    std::optional<float> value = getBefore(use);
    auto conv = dyn_cast<Conv2DOp>(use.op);
    bool isPadded = conv && conv.getWindow().hasPadding();
    if (!value || !std::isfinite(*value) || (isPadded && *value != 0.0f))
      return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

/// Removes channels of the producer or of an op behind it.
static void shrink(const ChannelUse &use, ArrayRef<DeadChannel> removed) {
  shrinkResult(use.op, int64_t(removed.size()));
  auto parameters = readParameters(use.op);
  if (!parameters)
    return;
  DenseSet<int64_t> rows;
  for (DeadChannel channel : removed)
    rows.insert(use.first + channel.index);
  dropRows(*parameters, rows);
  writeParameters(use.op, *parameters);
  auto conv = dyn_cast<Conv2DOp>(use.op);
  if (conv && conv.getGroups() != 1)
    conv.setGroups(parameters->shape[0]);
}

/// Removes the dead channels of one contraction; returns how many.
static int64_t eliminate(Operation *producer) {
  auto conv = dyn_cast<Conv2DOp>(producer);
  auto parameters = readParameters(producer);
  if (!parameters || (conv && conv.getGroups() != 1))
    return 0;
  SmallVector<DeadChannel> dead = findDead(*parameters);
  auto uses = dead.empty() ? std::nullopt : findUses(producer);
  auto isUnknown = [](const ChannelUse &use) {
    return isa<ContractionOpInterface>(use.op) && !readParameters(use.op);
  };
  if (!uses || llvm::any_of(uses->between, isUnknown) ||
      llvm::any_of(uses->readers, isUnknown))
    return 0;
  SmallVector<DeadChannel> removed;
  SmallVector<SmallVector<DeadChannel>> read(uses->readers.size());
  for (DeadChannel channel : dead) {
    auto values = findReadValues(*uses, channel);
    if (!values)
      continue;
    removed.push_back(channel);
    for (auto [list, use, value] : llvm::zip(read, uses->readers, *values))
      list.push_back({use.first + channel.index, value});
  }
  if (removed.empty())
    return 0;
  shrink({producer, -1, 0}, removed);
  for (const ChannelUse &use : uses->between)
    shrink(use, removed);
  for (auto [use, columns] : llvm::zip(uses->readers, read)) {
    Parameters own = *readParameters(use.op);
    dropColumns(own, columns);
    writeParameters(use.op, own);
  }
  return int64_t(removed.size());
}

int64_t qnn::eliminateDeadChannels(Operation *root) {
  SmallVector<Operation *> contractions;
  root->walk([&](ContractionOpInterface op) { contractions.push_back(op); });
  int64_t count = 0;
  for (Operation *op : contractions)
    count += eliminate(op);
  return count;
}

namespace {
struct EliminateDeadChannelsPass
    : public qnn::impl::EliminateDeadChannelsPassBase<
          EliminateDeadChannelsPass> {
  void runOnOperation() override {
    removed += eliminateDeadChannels(getOperation());
  }
};
} // namespace
