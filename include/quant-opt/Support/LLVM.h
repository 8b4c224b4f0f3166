//===- LLVM.h - Common LLVM and MLIR names ----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Makes MLIR's names for everyday things visible in namespace `quantopt`.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_LLVM_H
#define QUANTOPT_SUPPORT_LLVM_H

#include "mlir/Support/LLVM.h"

namespace quantopt {
using namespace mlir; // NOLINT: the one place that imports MLIR's names.
} // namespace quantopt

#endif // QUANTOPT_SUPPORT_LLVM_H
