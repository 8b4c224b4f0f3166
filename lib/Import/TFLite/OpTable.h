//===- OpTable.h - The table of supported operators -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// One row per operator: the import, `--check` and the support table of the
/// documentation read it. Each family contributes its rows from its own file.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_TFLITE_OPTABLE_H
#define QUANTOPT_LIB_IMPORT_TFLITE_OPTABLE_H

#include "OpImporter.h"

namespace quantopt::tflite {

/// Imports one operator: sets all its results, or reports why not.
using OpHandler = LogicalResult (*)(OpImporter &op);

/// How exact `--rounding=source` is for 8-bit integers.
enum class SourceForm {
  Exact, ///< the bytes of TFLite's reference kernel
  Moves, ///< moves or compares integers, which rounds nothing
  None   ///< computes in float
};

struct OpRow {
  int32_t code;
  const char *name;
  OpHandler handler;
  SourceForm source = SourceForm::None;
  /// What is not supported, for the documentation; empty when all is.
  const char *limits = "";
};

/// @name The families
/// @{
ArrayRef<OpRow> getContractionOps();
ArrayRef<OpRow> getElementwiseOps();
ArrayRef<OpRow> getMovementOps();
ArrayRef<OpRow> getReductionOps();
ArrayRef<OpRow> getResizeOps();
ArrayRef<OpRow> getSliceOps();
/// @}

/// The row of an operator, or null.
const OpRow *findOp(int32_t code);

/// The format's name of an operator, also of one that is not supported.
std::string getOpName(const Operator &op);

} // namespace quantopt::tflite

#endif // QUANTOPT_LIB_IMPORT_TFLITE_OPTABLE_H
