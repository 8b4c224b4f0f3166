//===- ConvertSaturation.h - Integers as bytes ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LLVM_CONVERTSATURATION_H
#define QUANTOPT_LIB_CODEGEN_LLVM_CONVERTSATURATION_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Replaces each `qvec.saturate` and `qvec.rescale_add` by the packing
/// instructions of its function's level, or by limits and truncation.
void convertSaturation(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LLVM_CONVERTSATURATION_H
