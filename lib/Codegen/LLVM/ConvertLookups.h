//===- ConvertLookups.h - Tables of bytes -----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LLVM_CONVERTLOOKUPS_H
#define QUANTOPT_LIB_CODEGEN_LLVM_CONVERTLOOKUPS_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Replaces each `qvec.lookup`, `qvec.pick` and `qvec.expand` by the byte
/// permutations of its function's level, or by loads from a table in memory.
void convertLookups(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LLVM_CONVERTLOOKUPS_H
