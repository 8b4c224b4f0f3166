//===- ObservedRuns.h - A model run on samples and looked into --*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_SAMPLES_OBSERVEDRUNS_H
#define QUANTOPT_LIB_COMPILER_SAMPLES_OBSERVEDRUNS_H

#include "quant-opt/Compiler/JIT.h"
#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Support/SampleSet.h"

namespace quantopt {

/// An observation program, compiled for this machine, and the samples that it
/// runs on. Memory does not depend on the number of samples.
class ObservedRuns {
public:
  /// `files` are those of `--calibrate`.
  static llvm::Expected<std::unique_ptr<ObservedRuns>>
  create(const ObservationModule &observation, ArrayRef<std::string> files);

  /// How often the model runs, and the samples of all runs together.
  int64_t getNumRuns() const { return samples->size(); }
  int64_t getNumSamples() const;

  /// The names of the observed values: arguments first.
  ArrayRef<std::string> getNames() const { return names; }

  /// Runs the model on batch number `run`.
  llvm::Error run(int64_t run);

  /// Value number `index` of the last run.
  ArrayRef<float> getValues(size_t index) const { return observed[index]; }

private:
  ObservedRuns() = default;

  /// Makes buffers and finds the observed ones among them.
  llvm::Error allocate(const ObservationModule &observation);
  llvm::Error readInputs(int64_t run);

  std::unique_ptr<CompiledModel> model;
  std::optional<SampleSet> samples;
  std::vector<std::string> names;
  std::vector<std::vector<float>> inputs, outputs;
  std::vector<ArrayRef<float>> observed;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_SAMPLES_OBSERVEDRUNS_H
