//===- ZeroPoints.h - Zero points of constants ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_ZEROPOINTS_H
#define QUANTOPT_DIALECT_QNN_UTILS_ZEROPOINTS_H

#include "mlir/IR/Builders.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt::qnn {

/// The zero points of a `qnn.constant`, in bytes where these hold them all;
/// null if all are zero.
ElementsAttr createZeroPoints(Builder &builder, ArrayRef<int64_t> zeroPoints);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_ZEROPOINTS_H
