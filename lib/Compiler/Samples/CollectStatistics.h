//===- CollectStatistics.h - What layers multiply --------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_SAMPLES_COLLECTSTATISTICS_H
#define QUANTOPT_LIB_COMPILER_SAMPLES_COLLECTSTATISTICS_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Compiler/CompileOptions.h"

namespace quantopt {

/// Runs a module after `select`, compiled for this machine, on the samples of
/// `options.calibrate` and writes the statistics of the inputs of all
/// contractions whose weight will be quantized to `path` (see
/// `LayerStatistics`).
llvm::Error collectStatistics(ModuleOp module, const CompileOptions &options,
                              StringRef path);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_SAMPLES_COLLECTSTATISTICS_H
