//===- Ranges.h - Ranges on values ------------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_TRANSFORMS_RANGES_H
#define QUANTOPT_QUANTIZATION_TRANSFORMS_RANGES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Calibration/RangeTable.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt {

/// The `qnn.range` of the op or argument that produces `value`, or null.
qnn::RangeAttr getRange(Value value);
void setRange(Value value, qnn::RangeAttr range);

/// Sets the ranges of the table on the observed values of `main`; returns how
/// many. Entries without a value are errors.
FailureOr<int64_t> attachRanges(func::FuncOp main, const RangeTable &table,
                                bool integerOnly);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_TRANSFORMS_RANGES_H
