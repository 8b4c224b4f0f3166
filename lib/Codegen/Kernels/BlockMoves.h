//===- BlockMoves.h - Fills and copies of whole blocks ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Where code is to be small, fills and copies of elements that lie together
/// are left to functions that the code generator brings for all of them.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_BLOCKMOVES_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_BLOCKMOVES_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Whether an op of a level with small memory copies elements that lie together
/// to a place where they do so as well, or makes all bytes of a block equal.
bool isBlockMove(Operation *op);

/// Emits such an op before it.
void emitBlockMove(OpBuilder &b, linalg::LinalgOp op);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_BLOCKMOVES_H
