//===- ConvertTiles.h - Products of tiles -----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LLVM_CONVERTTILES_H
#define QUANTOPT_LIB_CODEGEN_LLVM_CONVERTTILES_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Replaces `qvec.tile_load`, `qvec.tile_store` and `qvec.tile_mma` by the tile
/// instructions of their function's level, or by vectors and `qvec.dot4`.
LogicalResult convertTiles(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LLVM_CONVERTTILES_H
