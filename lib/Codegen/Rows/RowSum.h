//===- RowSum.h - Sums of images row by row ---------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_ROWSUM_H
#define QUANTOPT_LIB_CODEGEN_ROWS_ROWSUM_H

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// Whether a kernel sums integers through windows as high as its image, without
/// padding: rows may be added in any order.
bool sumsColumns(qvec::KernelOp kernel);

/// Whether `splitSum` can split a kernel that sums columns.
bool canSplitSum(qvec::KernelOp kernel);

/// The size of the sums of a kernel that sums columns.
int64_t getSumsBytes(qvec::KernelOp kernel);

/// Replaces a kernel that sums columns by three ops: a fill starts sums, a
/// kernel, which is returned, adds all rows to them, and a loop behind it makes
/// results of them.
qvec::KernelOp splitSum(qvec::KernelOp kernel);

/// Makes a copy of the returned kernel, whose input has only `rows` rows, add
/// these.
void setSummedRows(qvec::KernelOp part, int64_t rows);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_ROWSUM_H
