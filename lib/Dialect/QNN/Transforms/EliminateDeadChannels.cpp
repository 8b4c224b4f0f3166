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

/// Removes the dead channels of one contraction; returns how many.
static int64_t eliminate(Operation *producer) {
  auto conv = dyn_cast<Conv2DOp>(producer);
  auto parameters = readParameters(producer);
  if (!parameters || (conv && conv.getGroups() != 1))
    return 0;
  SmallVector<DeadChannel> dead = findDead(*parameters);
  auto chain =
      dead.empty() ? std::nullopt : findChannelChain(producer, keepsChannels);
  if (!chain)
    return 0;
  auto consumer = readParameters(chain->consumer);
  auto reader = dyn_cast<Conv2DOp>(chain->consumer);
  if (!consumer || llvm::any_of(chain->between, [](Operation *op) {
        return isa<Conv2DOp>(op) && !readParameters(op);
      }))
    return 0;
  // What the channel is where it is read; channels that vary there stay.
  SmallVector<DeadChannel> removed;
  for (DeadChannel channel : dead) {
    std::optional<float> value = channel.value;
    for (Operation *op : chain->between)
      if (value)
        value = follow(op, {channel.index, *value});
    bool padded = reader && reader.getWindow().hasPadding();
    if (value && std::isfinite(*value) && !(padded && *value != 0.0f))
      removed.push_back({channel.index, *value});
  }
  if (removed.empty())
    return 0;
  DenseSet<int64_t> indices;
  for (DeadChannel channel : removed)
    indices.insert(channel.index);
  int64_t count = removed.size();
  dropRows(*parameters, indices);
  writeParameters(producer, *parameters);
  shrinkResult(producer, count);
  for (Operation *op : chain->between) {
    shrinkResult(op, count);
    if (auto depthwise = dyn_cast<Conv2DOp>(op)) {
      Parameters own = *readParameters(op);
      dropRows(own, indices);
      writeParameters(op, own);
      depthwise.setGroups(own.shape[0]);
    }
  }
  dropColumns(*consumer, removed);
  writeParameters(chain->consumer, *consumer);
  return count;
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
