//===- Calibrate.h - Ranges from samples ---------------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_CALIBRATE_H
#define QUANTOPT_COMPILER_CALIBRATE_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Calibration/RangeTable.h"
#include "quant-opt/Compiler/CompileOptions.h"

namespace quantopt {

/// Runs a prepared float model, compiled for this machine, on the samples of
/// `options.calibrate` and chooses a range for each value that will be
/// quantized.
llvm::Expected<RangeTable> calibrateModel(ModuleOp module,
                                          const CompileOptions &options);

/// Joins the range tables of `options.mergeTables` into `options.output`,
/// reading one after the other.
llvm::Error mergeRangeTables(const CompileOptions &options);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_CALIBRATE_H
