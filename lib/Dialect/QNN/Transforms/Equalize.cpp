//===- Equalize.cpp - Cross-layer equalization ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Nagel et al., "Data-free quantization through weight equalization and bias
/// correction", 2019, section 4.1, with powers of two as factors.
///
//===----------------------------------------------------------------------===//

#include "InputChannels.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QNN/Utils/WeightErrors.h"
#include <cfloat>
#include <cmath>

namespace quantopt::qnn {
#define GEN_PASS_DEF_EQUALIZEPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

/// Pairs are visited this often at most.
static constexpr int kMaxRounds = 20;

namespace {
/// A contraction whose weight and bias are f32 constants, unpacked.
struct Layer {
  ContractionOpInterface op;
  SmallVector<float> weight;
  SmallVector<float> bias; // empty if there is none
  int64_t rows, rowSize;
  /// Error of the weight in 8 bits before anything was changed.
  double errorBefore = 0;
  bool isChanged = false;
};

/// Layers of which the second reads the first's channels.
struct Pair {
  size_t first, second;
};

/// The elements that belong to one channel of a pair.
struct Channel {
  MutableArrayRef<float> row;
  float *bias; // or null
  SmallVector<float *> readers;
};
} // namespace

/// Unpacks a contraction; nothing if its constants are not its own.
static std::optional<Layer> readLayer(ContractionOpInterface op) {
  Value weight = op.getWeightOperand().get();
  DenseElementsAttr attr = getFloatConstant(weight);
  if (!attr || attr.empty() || !weight.hasOneUse())
    return std::nullopt;
  auto type = cast<RankedTensorType>(weight.getType());
  Layer layer{op,
              getFloatElements(attr),
              {},
              type.getDimSize(0),
              getRowSize(type.getShape())};
  if (Value bias = op.getBiasValue()) {
    DenseElementsAttr values = getFloatConstant(bias);
    if (!values)
      return std::nullopt;
    layer.bias = getFloatElements(values);
  }
  return layer;
}

/// Whether `op` gives `s * y` for `s * x` with any positive factor per channel.
static bool commutesWithFactors(Operation *op) {
  if (auto clamp = dyn_cast<ClampOp>(op))
    return (clamp.getMin().isZero() || clamp.getMin().isInfinity()) &&
           (clamp.getMax().isZero() || clamp.getMax().isInfinity());
  if (auto unary = dyn_cast<UnaryOp>(op))
    return unary.getFn() == UnaryFn::LeakyRelu;
  if (auto pad = dyn_cast<PadOp>(op))
    return pad.getValue().isZero();
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return !llvm::is_contained(reduce.getAxes(),
                               reduce.getInput().getType().getRank() - 1);
  if (auto reshape = dyn_cast<ReshapeOp>(op)) {
    auto shapeOf = [](Value value) {
      return cast<RankedTensorType>(value.getType()).getShape();
    };
    ArrayRef<int64_t> from = shapeOf(reshape.getInput());
    ArrayRef<int64_t> to = shapeOf(reshape.getResult());
    return !from.empty() && !to.empty() && to.back() % from.back() == 0;
  }
  return isa<PoolOp>(op);
}

/// The contraction that alone reads the channels of `op`, or null.
static ContractionOpInterface findReader(ContractionOpInterface op) {
  Value value = op->getResult(0);
  while (value.hasOneUse()) {
    OpOperand &use = *value.use_begin();
    Operation *user = use.getOwner();
    if (auto next = dyn_cast<ContractionOpInterface>(user))
      return &next.getInputOperand() == &use ? next : ContractionOpInterface();
    if (!commutesWithFactors(user)) {
      if (auto clamp = dyn_cast<ClampOp>(user))
        op->emitRemark("not equalized: the limits ")
            << clamp.getMinAttr() << " and " << clamp.getMaxAttr()
            << " behind it do not scale with its channels";
      return {};
    }
    value = user->getResult(0);
  }
  return {};
}

/// `round(log2(sqrt(a / b)))`, exactly.
static int getExponent(float a, float b) {
  if (!(a > 0) || !(b > 0) || !std::isfinite(a) || !std::isfinite(b))
    return 0;
  int exponent = 0;
  std::frexp(double(a) / double(b), &exponent); // in [2^(e-1), 2^e)
  return exponent >= 0 ? exponent / 2 : (exponent - 1) / 2;
}

/// Whether a number keeps all of its bits when multiplied by `2^exponent`.
static bool staysNormal(float value, int exponent) {
  double scaled = std::ldexp(std::fabs(double(value)), exponent);
  return value == 0.0f || (scaled >= FLT_MIN && scaled <= FLT_MAX);
}

/// Equalizes one channel; returns whether it changed.
static bool equalizeChannel(const Channel &channel) {
  float a = 0, b = 0;
  for (float value : channel.row)
    a = std::max(a, std::fabs(value));
  for (const float *value : channel.readers)
    b = std::max(b, std::fabs(*value));
  int exponent = getExponent(a, b);
  auto normal = [&](int by) {
    return [by](float value) { return staysNormal(value, by); };
  };
  if (exponent == 0 || !llvm::all_of(channel.row, normal(-exponent)) ||
      !llvm::all_of(llvm::make_pointee_range(channel.readers),
                    normal(exponent)) ||
      (channel.bias && !staysNormal(*channel.bias, -exponent)))
    return false;
  for (float &value : channel.row)
    value = std::ldexp(value, -exponent);
  if (channel.bias)
    *channel.bias = std::ldexp(*channel.bias, -exponent);
  for (float *value : channel.readers)
    *value = std::ldexp(*value, exponent);
  return true;
}

/// The channels of a pair.
static SmallVector<Channel> getChannels(Layer &first, Layer &second) {
  SmallVector<Channel> channels(first.rows);
  for (auto [row, channel] : llvm::enumerate(channels)) {
    channel.row = MutableArrayRef<float>(first.weight)
                      .slice(row * first.rowSize, first.rowSize);
    channel.bias = first.bias.empty() ? nullptr : &first.bias[row];
  }
  for (int64_t row = 0; row < second.rows; ++row)
    for (int64_t column = 0; column < second.rowSize; ++column) {
      int64_t input = getInputChannel(second.op, row, column);
      // An image that was flattened has its channels last.
      channels[input % first.rows].readers.push_back(
          &second.weight[row * second.rowSize + column]);
    }
  return channels;
}

/// The squared error of 8 bits and one scale, over the square of the weight.
static double measureError(ArrayRef<float> weight) {
  float largest = 0;
  for (float value : weight)
    largest = std::max(largest, std::fabs(value));
  if (largest == 0.0f)
    return 0;
  double scale = double(largest) / 127, error = 0, power = 0;
  for (float value : weight) {
    double rest = value - scale * std::nearbyint(value / scale);
    error += rest * rest;
    power += double(value) * value;
  }
  return error / power;
}

/// Gives an op the changed constants.
static void writeLayer(Layer &layer) {
  OpBuilder builder(layer.op);
  Location loc = layer.op->getLoc();
  OpOperand &operand = layer.op.getWeightOperand();
  auto type = cast<RankedTensorType>(operand.get().getType());
  Operation *old = operand.get().getDefiningOp();
  operand.set(createFloatConstant(builder, loc, type.getShape(), layer.weight));
  old->erase(); // it had one use
  if (layer.bias.empty())
    return;
  Value bias = createFloatConstant(builder, loc, {layer.rows}, layer.bias);
  if (auto conv = dyn_cast<Conv2DOp>(*layer.op))
    conv.getBiasMutable().assign(bias);
  else
    cast<DenseOp>(*layer.op).getBiasMutable().assign(bias);
}

namespace {
struct EqualizePass : public qnn::impl::EqualizePassBase<EqualizePass> {
  void runOnOperation() override {
    errors.clear();
    getOperation().walk([&](func::FuncOp function) { equalize(function); });
    if (!errors.empty())
      setWeightErrors(getOperation(), errors, getEqualizationAttrName());
  }

  void equalize(func::FuncOp function) {
    std::vector<Layer> layers;
    DenseMap<Operation *, size_t> numbers;
    function.walk([&](ContractionOpInterface op) {
      auto layer = readLayer(op);
      if (!layer)
        return;
      layer->errorBefore = measureError(layer->weight);
      numbers[op] = layers.size();
      layers.push_back(std::move(*layer));
    });
    SmallVector<Pair> found;
    for (size_t i = 0; i < layers.size(); ++i) {
      ContractionOpInterface reader = findReader(layers[i].op);
      auto number = reader ? numbers.find(reader) : numbers.end();
      if (number != numbers.end())
        found.push_back({i, number->second});
    }
    visitPairs(layers, found);
    for (Layer &layer : layers)
      if (layer.isChanged)
        finish(layer);
  }

  void visitPairs(std::vector<Layer> &layers, ArrayRef<Pair> found) {
    SmallVector<llvm::DenseSet<size_t>> changed(found.size());
    bool again = true;
    for (int round = 0; again && round < kMaxRounds; ++round) {
      again = false;
      for (auto [number, pair] : llvm::enumerate(found)) {
        Layer &first = layers[pair.first], &second = layers[pair.second];
        SmallVector<Channel> all = getChannels(first, second);
        for (auto [i, channel] : llvm::enumerate(all)) {
          if (!equalizeChannel(channel))
            continue;
          changed[number].insert(i);
          first.isChanged = second.isChanged = again = true;
        }
      }
    }
    for (const llvm::DenseSet<size_t> &set : changed) {
      pairs += !set.empty();
      channels += set.size();
    }
  }

  void finish(Layer &layer) {
    writeLayer(layer);
    auto name = layer.op->getLoc()->findInstanceOf<NameLoc>();
    errors.push_back({name ? name.getName().str() : "unnamed",
                      layer.errorBefore, measureError(layer.weight)});
  }

  SmallVector<WeightError> errors;
};
} // namespace
