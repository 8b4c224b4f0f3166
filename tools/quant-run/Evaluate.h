//===- Evaluate.h - The work of quant-run -----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TOOLS_QUANTRUN_EVALUATE_H
#define QUANTOPT_TOOLS_QUANTRUN_EVALUATE_H

#include "Metrics.h"
#include "Runner.h"

namespace quantopt {

/// The command line.
struct RunOptions {
  std::string model;
  std::vector<std::string> inputs;  ///< [NAME=]FILE
  std::vector<std::string> outputs; ///< [NAME=]FILE
  std::string labels;
  std::vector<std::string> compare; ///< MODEL or [NAME=]FILE.npy
  std::optional<double> maxDrop;    ///< in points of top-1
  std::string dumpDirectory;
  std::string rangeTable;          ///< where to write ranges
  std::string rangeMethod = "mse"; ///< how they are chosen
  std::optional<double> benchSeconds;
  int64_t limit = 0; ///< samples; 0 means all
  int threads = 1;
  bool interpret = false;
  bool quantizeInputs = false; ///< files hold real numbers
  bool print = false;          ///< outputs as text
};

/// Does what the command line asks. Sets `passed` to false when a gate fails.
llvm::Error runModel(const RunOptions &options, MLIRContext &context,
                     bool &passed);

/// Writes every value of the model's first run to DIR.
llvm::Error dumpTensors(Runner &runner, ArrayRef<reference::Tensor> inputs,
                        StringRef directory);

/// Writes the ranges of the activations that quantization asks for, over this
/// many runs.
llvm::Error writeRanges(Runner &runner, reference::TensorSamples &samples,
                        int64_t runs, StringRef method, StringRef path);

} // namespace quantopt

#endif // QUANTOPT_TOOLS_QUANTRUN_EVALUATE_H
