//===- OpTable.h - The table of supported operators -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// One row per operator: the import, `--check` and the support table of the
/// documentation all read it. Each operator family contributes its rows from
/// its own file.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_OPTABLE_H
#define QUANTOPT_LIB_IMPORT_ONNX_OPTABLE_H

#include "NodeImporter.h"

namespace quantopt::onnx {

/// The oldest operator set that is accepted, and the newest whose changes have
/// been reviewed.
constexpr int64_t oldestOpset = 7;
constexpr int64_t newestOpset = 28;

/// Imports one node: sets all its results, or reports why not.
using OpHandler = LogicalResult (*)(NodeImporter &op);

struct OpRow {
  const char *name;
  /// The operator set that introduced the operator (7 stands for older).
  int64_t since;
  OpHandler handler;
  /// What is not supported, for the documentation; empty when all is.
  const char *limits = "";
  /// The newest operator set with the meaning that the handler knows.
  int64_t until = newestOpset;
  const char *domain = "";
};

/// @name The families
/// @{
ArrayRef<OpRow> getActivationOps();
ArrayRef<OpRow> getArithmeticOps();
ArrayRef<OpRow> getBlockProductOps();
ArrayRef<OpRow> getCompositeActivationOps();
ArrayRef<OpRow> getConvolutionOps();
ArrayRef<OpRow> getDenseOps();
ArrayRef<OpRow> getIndexingOps();
ArrayRef<OpRow> getIntegerProductOps();
ArrayRef<OpRow> getNormalizationOps();
ArrayRef<OpRow> getPoolingOps();
ArrayRef<OpRow> getQuantizationOps();
ArrayRef<OpRow> getQuantizedOps();
ArrayRef<OpRow> getReductionOps();
ArrayRef<OpRow> getResizeOps();
ArrayRef<OpRow> getShapeOps();
ArrayRef<OpRow> getStatisticsOps();
ArrayRef<OpRow> getStructureOps();
ArrayRef<OpRow> getTransposedConvolutionOps();
/// @}

/// The row of an operator, or null. The domain is "" for the standard one.
const OpRow *findOp(StringRef domain, StringRef name);

/// All rows, by domain and name.
SmallVector<const OpRow *> getAllOps();

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_OPTABLE_H
