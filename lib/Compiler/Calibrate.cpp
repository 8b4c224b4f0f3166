//===- Calibrate.cpp - Ranges from samples --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Calibrate.h"
#include "quant-opt-c/Npy.h"
#include "quant-opt/Compiler/JIT.h"
#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Support/SampleSet.h"
#include <cmath>

using namespace quantopt;
using llvm::Expected;

/// What the reader of samples must know about the inputs.
static Expected<std::vector<SampleInput>>
describeInputs(const qo_model &model) {
  std::vector<SampleInput> inputs;
  for (int64_t i = 0; i < model.num_inputs; ++i) {
    const qo_tensor &tensor = model.inputs[i];
    SampleInput input;
    input.name = tensor.name;
    if (qo_type_parse(tensor.type, &input.type))
      return llvm::createStringError("input '" + input.name +
                                     "' has the unknown type '" + tensor.type +
                                     "'");
    input.shape.assign(tensor.shape, tensor.shape + tensor.rank);
    input.scale = tensor.scale;
    input.zeroPoint = tensor.zero_point;
    inputs.push_back(std::move(input));
  }
  return inputs;
}

namespace {
/// A float buffer whose values are counted.
struct Observed {
  size_t index; ///< in the calibrator
  const float *values;
  size_t count;
};
} // namespace

static ArrayRef<float> getValues(const Observed &observed) {
  return {observed.values, observed.count};
}

/// The buffers to look at: observed arguments, then the last results.
static Expected<std::vector<Observed>>
findObserved(const ObservationModule &observation, const qo_model &model,
             ArrayRef<std::vector<float>> inputs,
             ArrayRef<std::vector<float>> outputs) {
  std::vector<Observed> result;
  auto add = [&](const qo_tensor &tensor, const std::vector<float> &buffer) {
    size_t count = size_t(tensor.bytes) / sizeof(float);
    result.push_back({result.size(), buffer.data(), count});
    return StringRef(tensor.type) == "f32";
  };
  bool isFloat = true;
  for (auto &[number, name] : observation.arguments)
    isFloat &= add(model.inputs[number], inputs[number]);
  size_t first = outputs.size() - observation.resultNames.size();
  for (size_t i = first; i < outputs.size(); ++i)
    isFloat &= add(model.outputs[i], outputs[i]);
  if (!isFloat)
    return llvm::createStringError("only float values can be calibrated");
  return result;
}

/// Buffers for tensors, in whole floats.
static std::vector<std::vector<float>> allocate(const qo_tensor *tensors,
                                                int64_t count) {
  std::vector<std::vector<float>> buffers;
  for (int64_t i = 0; i < count; ++i)
    buffers.emplace_back(size_t(tensors[i].bytes + 3) / 4 + 1);
  return buffers;
}

/// Reads a batch of every input. Infinity and NaN have no place in a range.
static llvm::Error readBatch(SampleSet &samples, int64_t batch,
                             std::vector<std::vector<float>> &buffers) {
  for (auto [i, input] : llvm::enumerate(samples.getInputs())) {
    if (llvm::Error error = samples.read(batch, i, buffers[i].data()))
      return error;
    if (input.type != QO_F32)
      continue;
    ArrayRef<float> values(buffers[i].data(),
                           size_t(input.getNumBytes()) / sizeof(float));
    const float *bad =
        llvm::find_if(values, [](float x) { return !std::isfinite(x); });
    if (bad == values.end())
      continue;
    int64_t rows = input.shape.empty() ? 1 : input.shape.front();
    int64_t rowLength = int64_t(values.size()) / rows;
    int64_t at = bad - values.begin();
    return llvm::createStringError(
        "expected finite numbers to calibrate with, but sample " +
        llvm::Twine(batch * rows + at / rowLength) + " of input '" +
        input.name + "' has " + (std::isnan(*bad) ? "NaN" : "infinity") +
        " as element " + llvm::Twine(at % rowLength));
  }
  return llvm::Error::success();
}

/// Fewer samples hardly show what values there are.
static constexpr int64_t kFewSamples = 10;

static void warnOfFewSamples(Location loc, const SampleSet &samples) {
  ArrayRef<int64_t> shape = samples.getInputs().front().shape;
  int64_t count = samples.size() * (shape.empty() ? 1 : shape.front());
  if (count < kFewSamples)
    mlir::emitWarning(loc) << "ranges come from " << count << " sample"
                           << (count == 1 ? "" : "s") << "; at least "
                           << kFewSamples
                           << " typical ones are needed for ranges to rely on";
}

/// Values that are not finite do not count for a range; a tensor must have
/// others.
static llvm::Error checkFinite(Location loc, const Calibrator &calibrator,
                               ArrayRef<std::string> names) {
  for (auto [i, name] : llvm::enumerate(names)) {
    const Histogram &seen = calibrator.getHistogram(i);
    uint64_t bad = seen.getNonFiniteCount();
    if (bad != 0 && seen.getCount() == 0)
      return llvm::createStringError("'" + name +
                                     "' has only NaN and infinity for all "
                                     "samples, so it has no range: look at the "
                                     "weights and inputs before it");
    if (bad != 0)
      mlir::emitWarning(loc)
          << "'" << name << "' was NaN or infinite " << bad << " times in "
          << bad + seen.getCount() << "; its range is that of the other values";
  }
  return llvm::Error::success();
}

Expected<RangeTable> quantopt::calibrateModel(ModuleOp module,
                                              const CompileOptions &options) {
  auto method =
      RangeMethod::parse(options.ranges.empty() ? "mse" : options.ranges);
  if (!method)
    return method.takeError();
  RoundingPlan::Options plan;
  plan.integerOnly = options.integerOnly;
  FailureOr<ObservationModule> observation =
      createObservationModule(module, plan);
  if (failed(observation))
    return llvm::createStringError("the model cannot be observed");
  auto compiled = CompiledModel::create(*observation->module);
  if (!compiled)
    return compiled.takeError();
  const qo_model &model = (*compiled)->getModel();
  auto described = describeInputs(model);
  if (!described)
    return described.takeError();
  auto samples = SampleSet::open(options.calibrate, *described);
  if (!samples)
    return samples.takeError();
  Location loc = UnknownLoc::get(module.getContext());
  warnOfFewSamples(loc, *samples);
  std::vector<std::string> names;
  for (auto &[number, name] : observation->arguments)
    names.push_back(name);
  llvm::append_range(names, observation->resultNames);
  auto inputs = allocate(model.inputs, model.num_inputs);
  auto outputs = allocate(model.outputs, model.num_outputs);
  auto observed = findObserved(*observation, model, inputs, outputs);
  if (!observed)
    return observed.takeError();
  SmallVector<const void *> in;
  for (auto &buffer : inputs)
    in.push_back(buffer.data());
  SmallVector<void *> out;
  for (auto &buffer : outputs)
    out.push_back(buffer.data());
  Calibrator calibrator(names);
  for (int64_t batch = 0; batch < samples->size(); ++batch) {
    if (llvm::Error error = readBatch(*samples, batch, inputs))
      return std::move(error);
    (*compiled)->run(in, out);
    for (const Observed &value : *observed)
      calibrator.observe(value.index, getValues(value));
    if (options.progress)
      options.progress("calibrate",
                       double(batch + 1) / double(samples->size()));
  }
  if (llvm::Error error = checkFinite(loc, calibrator, names))
    return std::move(error);
  return calibrator.finish(*method);
}
