//===- ConvertHighProducts.h - Rounded products -----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LLVM_CONVERTHIGHPRODUCTS_H
#define QUANTOPT_LIB_CODEGEN_LLVM_CONVERTHIGHPRODUCTS_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Lowers `qvec.multiply_high` to instructions of the levels of their functions
/// or to products of 64 bits.
void convertHighProducts(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LLVM_CONVERTHIGHPRODUCTS_H
