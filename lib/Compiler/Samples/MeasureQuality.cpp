//===- MeasureQuality.cpp - What a network's outputs are worth ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MeasureQuality.h"
#include "ObservedRuns.h"
#include "quant-opt/Support/Npy.h"
#include "llvm/Support/xxhash.h"
#include <cmath>

using namespace quantopt;
using llvm::Error;
using llvm::Expected;

double Quality::getSQNR() const {
  return noise == 0 ? INFINITY : -10 * std::log10(noise);
}

/// The index of the highest value, the lowest one among equals; NaN loses.
static int64_t findTop(ArrayRef<float> values) {
  int64_t top = 0;
  for (int64_t i = 1, e = values.size(); i < e; ++i)
    if (values[i] > values[top] || std::isnan(values[top]))
      top = i;
  return top;
}

/// Reads a label for each of `count` samples.
static Expected<std::vector<int64_t>> readLabels(StringRef path,
                                                 int64_t count) {
  auto file = NpyFile::open(path);
  if (!file)
    return file.takeError();
  if (file->getNumElements() != count)
    return llvm::createStringError(
        path + ": expected a label for each of " + Twine(count) +
        " samples of '--calibrate', but got " + Twine(file->getNumElements()));
  std::vector<int64_t> labels(count);
  if (Error error = file->read(0, count, QO_I64, labels.data()))
    return std::move(error);
  return labels;
}

Expected<QualityMeter> QualityMeter::create(ModuleOp floatModule,
                                            const CompileOptions &options) {
  QualityMeter meter(options);
  auto outputs = meter.run(floatModule);
  if (!outputs)
    return outputs.takeError();
  meter.expected = std::move(*outputs);
  meter.labels = meter.expected.classes;
  if (!options.labels.empty()) {
    auto read = readLabels(options.labels, meter.labels.size());
    if (!read)
      return read.takeError();
    meter.labels = std::move(*read);
  }
  meter.floatQuality = meter.compare(meter.expected);
  return meter;
}

Expected<QualityMeter::Outputs> QualityMeter::run(ModuleOp module) const {
  ObservationModule observation;
  observation.module = cast<ModuleOp>(module->clone());
  auto main = observation.module->lookupSymbol<func::FuncOp>("main");
  size_t count = main.getNumResults();
  for (size_t i = 0; i < count; ++i)
    observation.resultNames.push_back("output" + std::to_string(i));
  auto runs = ObservedRuns::create(observation, options->calibrate);
  if (!runs)
    return runs.takeError();
  int64_t perRun = (*runs)->getNumSamples() / (*runs)->getNumRuns();
  Outputs outputs;
  for (int64_t run = 0, e = (*runs)->getNumRuns(); run < e; ++run) {
    if (Error error = (*runs)->run(run))
      return std::move(error);
    for (size_t i = 0; i < count; ++i)
      llvm::append_range(outputs.values, (*runs)->getValues(i));
    ArrayRef<float> first = (*runs)->getValues(0);
    size_t size = first.size() / perRun;
    for (int64_t sample = 0; sample < perRun; ++sample)
      outputs.classes.push_back(findTop(first.slice(sample * size, size)));
  }
  return outputs;
}

uint64_t QualityMeter::getHash() const {
  auto hash = [](auto values) {
    return llvm::xxh3_64bits(
        ArrayRef(reinterpret_cast<const uint8_t *>(values.data()),
                 values.size() * sizeof(values[0])));
  };
  uint64_t parts[] = {hash(ArrayRef(expected.values)), hash(ArrayRef(labels))};
  return hash(ArrayRef(parts));
}

Quality QualityMeter::compare(const Outputs &outputs) const {
  double signal = 0, error = 0;
  for (auto [x, y] : llvm::zip(outputs.values, expected.values)) {
    double difference = x == y ? 0 : double(x) - y;
    signal += double(y) * y;
    error += difference * difference;
  }
  Quality quality;
  quality.noise = error == 0 ? 0 : error / std::max(signal, 1e-300);
  int64_t hits = 0;
  for (auto [found, label] : llvm::zip(outputs.classes, labels))
    hits += found == label;
  quality.top1 = 100.0 * double(hits) / double(labels.size());
  return quality;
}

Expected<Quality> QualityMeter::measure(ModuleOp module) const {
  auto outputs = run(module);
  if (!outputs)
    return outputs.takeError();
  return compare(*outputs);
}
