//===- CollectStatistics.cpp - What layers multiply -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CollectStatistics.h"
#include "ObservedRuns.h"
#include "mlir/IR/Threading.h"
#include "quant-opt/Calibration/LayerStatistics.h"
#include "quant-opt/Quantization/Schemes/LayerInputs.h"
#include "quant-opt/Support/AtomicFile.h"

using namespace quantopt;

/// Positions of an image that count: neighbours tell little that is new.
static constexpr int64_t kMaxPositions = 128;

/// Bytes of sums that are kept at a time. Layers that do not fit are left to
/// another pass over the samples.
static constexpr int64_t kMaxBytes = int64_t(1) << 30;

/// Adds what one run has shown of a layer's inputs. Where an image has more
/// positions than are used, these are spread evenly and move on by one with
/// each sample.
static void addRun(LayerStatistics &statistics, const InputGeometry &geometry,
                   ArrayRef<float> input, int64_t run) {
  int64_t all = geometry.getNumPositions();
  int64_t used = std::min(all, kMaxPositions), length = geometry.getLength();
  int64_t rows = geometry.samples * used;
  std::vector<double> vectors(geometry.groups * rows * length);
  double *to = vectors.data();
  for (int64_t group = 0; group < geometry.groups; ++group)
    for (int64_t sample = 0; sample < geometry.samples; ++sample)
      for (int64_t i = 0; i < used; ++i, to += length) {
        int64_t shift = run * geometry.samples + sample;
        geometry.gather(input, sample, (i * all / used + shift) % all, group,
                        {to, size_t(length)});
      }
  statistics.add(rows, vectors);
}

/// Runs all samples and writes the statistics of some layers.
static llvm::Error collectPart(ObservedRuns &runs,
                               ArrayRef<ObservedLayer> layers,
                               const CompileOptions &options,
                               MLIRContext *context, NpzWriter &writer) {
  std::vector<LayerStatistics> statistics;
  for (const ObservedLayer &layer : layers)
    statistics.emplace_back(layer.geometry.groups, layer.geometry.getLength());
  for (int64_t run = 0, count = runs.getNumRuns(); run < count; ++run) {
    if (llvm::Error error = runs.run(run))
      return error;
    // Every layer is summed by one thread, in the order of samples.
    mlir::parallelFor(context, 0, layers.size(), [&](size_t i) {
      addRun(statistics[i], layers[i].geometry, runs.getValues(layers[i].value),
             run);
    });
    if (options.progress)
      options.progress("statistics", double(run + 1) / double(count));
  }
  for (auto [layer, sums] : llvm::zip(layers, statistics))
    sums.write(writer, layer.name);
  return llvm::Error::success();
}

llvm::Error quantopt::collectStatistics(ModuleOp module,
                                        const CompileOptions &options,
                                        StringRef path) {
  FailureOr<LayerObservation> observation = createLayerObservation(module);
  if (failed(observation))
    return llvm::createStringError("the model cannot be observed");
  auto runs = ObservedRuns::create(observation->module, options.calibrate);
  if (!runs)
    return runs.takeError();
  return writeFileAtomically(path, [&](raw_ostream &os) -> llvm::Error {
    NpzWriter writer(os);
    ArrayRef<ObservedLayer> rest = observation->layers;
    while (!rest.empty()) {
      size_t count = 0;
      for (int64_t bytes = 0; count < rest.size(); ++count) {
        const InputGeometry &geometry = rest[count].geometry;
        bytes +=
            LayerStatistics::getNumBytes(geometry.groups, geometry.getLength());
        if (count && bytes > kMaxBytes)
          break;
      }
      if (llvm::Error error = collectPart(**runs, rest.take_front(count),
                                          options, module.getContext(), writer))
        return error;
      rest = rest.drop_front(count);
    }
    writer.finish();
    return llvm::Error::success();
  });
}
