//===- ConvertDots.h - Sums of products -------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LLVM_CONVERTDOTS_H
#define QUANTOPT_LIB_CODEGEN_LLVM_CONVERTDOTS_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Lowers `qvec.dot4`, `qvec.dot2` and `qvec.reduce_dot` to what the levels of
/// their functions have.
void convertDots(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LLVM_CONVERTDOTS_H
