//===- ObservedRuns.cpp - A model run on samples and looked into ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ObservedRuns.h"
#include "quant-opt-c/Npy.h"
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

/// Buffers for tensors, in whole floats.
static std::vector<std::vector<float>> makeBuffers(const qo_tensor *tensors,
                                                   int64_t count) {
  std::vector<std::vector<float>> buffers;
  for (int64_t i = 0; i < count; ++i)
    buffers.emplace_back(size_t(tensors[i].bytes + 3) / 4 + 1);
  return buffers;
}

Expected<std::unique_ptr<ObservedRuns>>
ObservedRuns::create(const ObservationModule &observation,
                     ArrayRef<std::string> files) {
  std::unique_ptr<ObservedRuns> runs(new ObservedRuns);
  auto compiled = CompiledModel::create(*observation.module);
  if (!compiled)
    return compiled.takeError();
  runs->model = std::move(*compiled);
  auto described = describeInputs(runs->model->getModel());
  if (!described)
    return described.takeError();
  auto samples = SampleSet::open(files, *described);
  if (!samples)
    return samples.takeError();
  runs->samples = std::move(*samples);
  for (auto &[number, name] : observation.arguments)
    runs->names.push_back(name);
  llvm::append_range(runs->names, observation.resultNames);
  if (llvm::Error error = runs->allocate(observation))
    return std::move(error);
  return std::move(runs);
}

llvm::Error ObservedRuns::allocate(const ObservationModule &observation) {
  const qo_model &description = model->getModel();
  inputs = makeBuffers(description.inputs, description.num_inputs);
  outputs = makeBuffers(description.outputs, description.num_outputs);
  bool isFloat = true;
  auto add = [&](const qo_tensor &tensor, const std::vector<float> &buffer) {
    size_t count = size_t(tensor.bytes) / sizeof(float);
    observed.push_back(ArrayRef(buffer).take_front(count));
    isFloat &= StringRef(tensor.type) == "f32";
  };
  for (auto &[number, name] : observation.arguments)
    add(description.inputs[number], inputs[number]);
  for (size_t i = outputs.size() - observation.resultNames.size();
       i < outputs.size(); ++i)
    add(description.outputs[i], outputs[i]);
  if (!isFloat)
    return llvm::createStringError("only float values can be calibrated");
  return llvm::Error::success();
}

int64_t ObservedRuns::getNumSamples() const {
  ArrayRef<int64_t> shape = samples->getInputs().front().shape;
  return samples->size() * (shape.empty() ? 1 : shape.front());
}

/// Reads a batch of every input. Infinity and NaN have no place in a range.
llvm::Error ObservedRuns::readInputs(int64_t run) {
  for (auto [i, input] : llvm::enumerate(samples->getInputs())) {
    if (llvm::Error error = samples->read(run, i, inputs[i].data()))
      return error;
    if (input.type != QO_F32)
      continue;
    ArrayRef<float> values(inputs[i].data(),
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
        llvm::Twine(run * rows + at / rowLength) + " of input '" + input.name +
        "' has " + (std::isnan(*bad) ? "NaN" : "infinity") + " as element " +
        llvm::Twine(at % rowLength));
  }
  return llvm::Error::success();
}

llvm::Error ObservedRuns::run(int64_t run) {
  if (llvm::Error error = readInputs(run))
    return error;
  SmallVector<const void *> in;
  for (auto &buffer : inputs)
    in.push_back(buffer.data());
  SmallVector<void *> out;
  for (auto &buffer : outputs)
    out.push_back(buffer.data());
  model->run(in, out);
  return llvm::Error::success();
}
