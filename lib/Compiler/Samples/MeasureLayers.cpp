//===- MeasureLayers.cpp - What quantization does to outputs --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The float network runs with copies of each layer beside it: with the
/// quantized weight, with the quantized input, and with both. They read what
/// the float layer reads, so that the differences are the layer's own. Then the
/// quantized network runs on the same samples.
///
//===----------------------------------------------------------------------===//

#include "ObservedRuns.h"
#include "mlir/IR/IRMapping.h"
#include "quant-opt/Calibration/Histogram.h"
#include "quant-opt/Compiler/CompileOptions.h"
#include "quant-opt/Compiler/LayerReport.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "llvm/ADT/StringMap.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;
using llvm::Error;

/// Runs that layers are measured with: ratios hardly change with more.
static constexpr int64_t kMaxRuns = 32;
/// Bins of the inputs' histograms.
static constexpr int64_t kNumBins = 48;

namespace {
/// The squares of a signal and of what differs from it.
struct Noise {
  double signal = 0, noise = 0;

  void add(ArrayRef<float> exact, ArrayRef<float> rounded) {
    for (auto [x, y] : llvm::zip(exact, rounded)) {
      double difference = double(x) - double(y);
      signal += double(x) * double(x);
      noise += difference * difference;
    }
  }
  std::optional<double> toDecibel() const {
    if (!(noise > 0) || !(signal > 0))
      return std::nullopt;
    return 10 * std::log10(signal / noise);
  }
};

/// What is observed of a layer: numbers of values, -1 for none.
struct Probe {
  size_t layer = 0;
  int64_t input = -1, output = -1, weight = -1, rounded = -1, both = -1;
  AffineType inputType;
  Noise weightNoise, inputNoise, localNoise, cumulativeNoise;
  Histogram inputs;
  int64_t clipped = 0, seen = 0;
};

/// Values to observe; arguments come first when the module is built.
class ObservedList {
public:
  int64_t add(Value value) {
    values.push_back({value, "value" + std::to_string(values.size())});
    return int64_t(values.size()) - 1;
  }
  /// The values in the order in which they are observed; `order[i]` is where
  /// value `i` has gone.
  SmallVector<ObservedValue> sort(SmallVectorImpl<int64_t> &order) const {
    SmallVector<ObservedValue> sorted;
    order.assign(values.size(), 0);
    for (bool wantsArgument : {true, false})
      for (auto [i, value] : llvm::enumerate(values))
        if (isa<BlockArgument>(value.value) == wantsArgument) {
          order[i] = int64_t(sorted.size());
          sorted.push_back(value);
        }
    return sorted;
  }

private:
  SmallVector<ObservedValue> values;
};
} // namespace

/// The input rounded as the quantized network rounds it; null where it is a
/// float there.
static Value roundInput(OpBuilder &builder, Value input, Value quantized) {
  Location loc = input.getLoc();
  if (auto dequantize = quantized.getDefiningOp<DequantizeOp>()) {
    auto type = cast<RankedTensorType>(dequantize.getInput().getType());
    if (!isa<AffineType>(type.getElementType()) ||
        type.getShape() != cast<RankedTensorType>(input.getType()).getShape())
      return {};
    Value integers = QuantizeOp::create(builder, loc, type, input);
    return DequantizeOp::create(builder, loc, input.getType(), integers);
  }
  auto dynamic = quantized.getDefiningOp<DequantizeDynamicOp>();
  auto quantize = dynamic
                      ? dynamic.getInput().getDefiningOp<QuantizeDynamicOp>()
                      : QuantizeDynamicOp();
  if (!quantize || quantize.getInput().getType() != input.getType())
    return {};
  IRMapping mapping;
  mapping.map(quantize.getInput(), input);
  builder.clone(*quantize, mapping);
  return builder.clone(*dynamic, mapping)->getResult(0);
}

/// The dequantized weight of the quantized network, in the other module.
static Value copyWeight(OpBuilder &builder, Value weight) {
  auto dequantize = weight.getDefiningOp<DequantizeOp>();
  auto constant = dequantize ? dequantize.getInput().getDefiningOp<ConstantOp>()
                             : ConstantOp();
  if (!constant)
    return {};
  IRMapping mapping;
  builder.clone(*constant, mapping);
  return builder.clone(*dequantize, mapping)->getResult(0);
}

/// Adds the copies of one layer and says what to observe.
static Probe addProbe(ContractionOpInterface op, ContractionOpInterface twin,
                      ObservedList &observed) {
  Probe probe;
  OpBuilder builder(op);
  builder.setInsertionPointAfter(op);
  Value input = op.getInputOperand().get();
  Value weight = copyWeight(builder, twin.getWeightOperand().get());
  Value rounded = roundInput(builder, input, twin.getInputOperand().get());
  auto addCopy = [&](Value newInput, Value newWeight) {
    auto copy = cast<ContractionOpInterface>(builder.clone(*op));
    if (newInput)
      copy.getInputOperand().set(newInput);
    if (newWeight)
      copy.getWeightOperand().set(newWeight);
    return observed.add(copy->getResult(0));
  };
  probe.input = observed.add(input);
  probe.output = observed.add(op->getResult(0));
  if (weight)
    probe.weight = addCopy({}, weight);
  if (rounded)
    probe.rounded = addCopy(rounded, {});
  if (weight && rounded)
    probe.both = addCopy(rounded, weight);
  if (auto dequantize =
          rounded ? rounded.getDefiningOp<DequantizeOp>() : DequantizeOp())
    probe.inputType =
        cast<AffineType>(cast<RankedTensorType>(dequantize.getInput().getType())
                             .getElementType());
  return probe;
}

/// Gives `function` the floats that `floats` reads, where it takes integers
/// that stand for them.
static void quantizeArguments(func::FuncOp function, func::FuncOp floats) {
  auto builder = OpBuilder::atBlockBegin(&function.getBody().front());
  for (auto [argument, type] :
       llvm::zip(function.getArguments(), floats.getArgumentTypes())) {
    Type stored = argument.getType();
    if (stored == type)
      continue;
    argument.setType(type);
    auto quantize =
        QuantizeOp::create(builder, argument.getLoc(), stored, argument);
    argument.replaceAllUsesExcept(quantize.getResult(), quantize);
  }
  function.setFunctionType(builder.getFunctionType(
      floats.getArgumentTypes(), function.getFunctionType().getResults()));
}

/// Counts inputs, and those that their type does not hold.
static void observeInputs(Probe &probe, ArrayRef<float> values) {
  probe.inputs.add(values);
  probe.seen += int64_t(values.size());
  if (!probe.inputType)
    return;
  // Half a step more is rounded to the end of the range.
  double scale = probe.inputType.getScale();
  auto zero = double(probe.inputType.getZeroPoint());
  double low = scale * (double(probe.inputType.getStorageMin()) - zero - 0.5);
  double high = scale * (double(probe.inputType.getStorageMax()) - zero + 0.5);
  for (float value : values)
    probe.clipped += double(value) < low || double(value) > high;
}

/// The bins of a histogram joined to bins of one width.
static ValueHistogram toEvenBins(const Histogram &histogram) {
  ValueHistogram result;
  if (histogram.getCount() == 0)
    return result;
  result.lowest = histogram.getMin();
  result.highest = histogram.getMax();
  result.counts.assign(kNumBins, 0);
  double width = (result.highest - result.lowest) / double(kNumBins);
  for (const Histogram::Bin &bin : histogram.getBins()) {
    double middle = (double(bin.lower) + double(bin.upper)) / 2;
    int64_t index = width > 0 ? int64_t((middle - result.lowest) / width) : 0;
    result.counts[std::clamp<int64_t>(index, 0, kNumBins - 1)] +=
        int64_t(bin.count);
  }
  return result;
}

namespace {
/// Both networks, ready to run.
class LayerMeasurement {
public:
  explicit LayerMeasurement(const CompileOptions &options) : options(options) {}

  Error prepare(ModuleOp before, ModuleOp after, ArrayRef<LayerReport> layers);
  Error run();
  void write(std::vector<LayerReport> &layers) const;
  int64_t getNumSamples() const { return numSamples; }

private:
  llvm::Expected<std::unique_ptr<ObservedRuns>>
  compile(OwningOpRef<ModuleOp> module, const ObservedList &observed,
          SmallVectorImpl<int64_t> &order);
  void observe();

  const CompileOptions &options;
  std::vector<Probe> probes;
  std::vector<int64_t> results; // of the quantized network, by probe
  SmallVector<int64_t> floatOrder, quantizedOrder;
  std::unique_ptr<ObservedRuns> floatRuns, quantizedRuns;
  int64_t numSamples = 0;
};
} // namespace

llvm::Expected<std::unique_ptr<ObservedRuns>>
LayerMeasurement::compile(OwningOpRef<ModuleOp> module,
                          const ObservedList &observed,
                          SmallVectorImpl<int64_t> &order) {
  SmallVector<ObservedValue> values = observed.sort(order);
  FailureOr<ObservationModule> observation =
      createObservationModule(std::move(module), values);
  if (failed(observation))
    return llvm::createStringError("the model cannot be observed");
  return ObservedRuns::create(*observation, options.calibrate);
}

Error LayerMeasurement::prepare(ModuleOp before, ModuleOp after,
                                ArrayRef<LayerReport> layers) {
  OwningOpRef<ModuleOp> floats(cast<ModuleOp>(before->clone()));
  OwningOpRef<ModuleOp> quantized(cast<ModuleOp>(after->clone()));
  auto floatMain = floats->lookupSymbol<func::FuncOp>("main");
  auto quantizedMain = quantized->lookupSymbol<func::FuncOp>("main");
  quantizeArguments(quantizedMain, floatMain);
  llvm::StringMap<ContractionOpInterface> twins;
  for (NamedContraction &contraction : getNamedContractions(quantizedMain))
    twins[contraction.name] = contraction.op;
  llvm::StringMap<size_t> numbers;
  for (auto [i, layer] : llvm::enumerate(layers))
    numbers[layer.name] = i;
  ObservedList floatValues, quantizedValues;
  for (NamedContraction &contraction : getNamedContractions(floatMain)) {
    contraction.op->removeAttr(QNNDialect::getSchemeAttrName());
    auto number = numbers.find(contraction.name);
    ContractionOpInterface twin = twins.lookup(contraction.name);
    if (number == numbers.end() || !twin)
      continue;
    Probe probe = addProbe(contraction.op, twin, floatValues);
    probe.layer = number->second;
    probes.push_back(std::move(probe));
    results.push_back(quantizedValues.add(twin->getResult(0)));
  }
  auto first = compile(std::move(floats), floatValues, floatOrder);
  if (!first)
    return first.takeError();
  floatRuns = std::move(*first);
  auto second = compile(std::move(quantized), quantizedValues, quantizedOrder);
  if (!second)
    return second.takeError();
  quantizedRuns = std::move(*second);
  return Error::success();
}

void LayerMeasurement::observe() {
  for (auto [probe, result] : llvm::zip(probes, results)) {
    auto get = [&](int64_t value) {
      return floatRuns->getValues(floatOrder[value]);
    };
    ArrayRef<float> output = get(probe.output);
    observeInputs(probe, get(probe.input));
    if (probe.weight >= 0)
      probe.weightNoise.add(output, get(probe.weight));
    if (probe.rounded >= 0)
      probe.inputNoise.add(output, get(probe.rounded));
    int64_t local = probe.both >= 0     ? probe.both
                    : probe.weight >= 0 ? probe.weight
                                        : probe.rounded;
    if (local >= 0)
      probe.localNoise.add(output, get(local));
    probe.cumulativeNoise.add(output,
                              quantizedRuns->getValues(quantizedOrder[result]));
  }
}

Error LayerMeasurement::run() {
  int64_t count = std::min(floatRuns->getNumRuns(), kMaxRuns);
  for (int64_t run = 0; run < count; ++run) {
    if (Error error = floatRuns->run(run))
      return error;
    if (Error error = quantizedRuns->run(run))
      return error;
    observe();
    if (options.progress)
      options.progress("report", double(run + 1) / double(count));
  }
  numSamples = count * floatRuns->getNumSamples() / floatRuns->getNumRuns();
  return Error::success();
}

void LayerMeasurement::write(std::vector<LayerReport> &layers) const {
  for (const Probe &probe : probes) {
    LayerReport &layer = layers[probe.layer];
    layer.weightOutputSqnr = probe.weightNoise.toDecibel();
    layer.inputOutputSqnr = probe.inputNoise.toDecibel();
    layer.localSqnr = probe.localNoise.toDecibel();
    layer.cumulativeSqnr = probe.cumulativeNoise.toDecibel();
    layer.inputs = toEvenBins(probe.inputs);
    if (probe.seen != 0)
      layer.clipped = double(probe.clipped) / double(probe.seen);
  }
}

llvm::Expected<int64_t>
quantopt::measureLayers(ModuleOp before, ModuleOp after,
                        const CompileOptions &options,
                        std::vector<LayerReport> &layers) {
  LayerMeasurement measurement(options);
  if (Error error = measurement.prepare(before, after, layers))
    return std::move(error);
  if (Error error = measurement.run())
    return std::move(error);
  measurement.write(layers);
  return measurement.getNumSamples();
}
