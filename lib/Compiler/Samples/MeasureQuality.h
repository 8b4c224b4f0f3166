//===- MeasureQuality.h - What a network's outputs are worth ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_SAMPLES_MEASUREQUALITY_H
#define QUANTOPT_LIB_COMPILER_SAMPLES_MEASUREQUALITY_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Compiler/CompileOptions.h"

namespace quantopt {

/// How good a program is on samples.
struct Quality {
  /// Squared error of all outputs over their squares, against the float model.
  double noise = 0;
  /// Percent of the samples whose highest value in the first output is the
  /// label's or, without labels, the float model's.
  double top1 = 100;

  /// Signal to noise in dB; infinite without noise.
  double getSQNR() const;
};

/// The float model's outputs for the samples of `--calibrate`, which others are
/// compared with.
class QualityMeter {
public:
  /// Runs the model of a module that no weight of has been quantized yet.
  static llvm::Expected<QualityMeter> create(ModuleOp floatModule,
                                             const CompileOptions &options);

  /// The float model's own.
  const Quality &getFloatQuality() const { return floatQuality; }

  /// Of what it compares with: the float model's outputs, which tell samples
  /// apart whatever their files are called, and the labels.
  uint64_t getHash() const;

  /// Compiles and runs a module up to phase `quantize`.
  llvm::Expected<Quality> measure(ModuleOp module) const;

private:
  /// All outputs of a module, one after another, for all samples.
  struct Outputs {
    std::vector<float> values;
    std::vector<int64_t> classes; ///< of the first output, for each sample
  };

  explicit QualityMeter(const CompileOptions &options) : options(&options) {}
  llvm::Expected<Outputs> run(ModuleOp module) const;
  Quality compare(const Outputs &outputs) const;

  const CompileOptions *options;
  Outputs expected;
  std::vector<int64_t> labels;
  Quality floatQuality;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_SAMPLES_MEASUREQUALITY_H
