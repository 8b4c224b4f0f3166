//===- CommonLoops.h - Loops of kernels of several sizes --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_COMMONLOOPS_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_COMMONLOOPS_H

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// What the loops of kernels that differ in sizes have in common, so that one
/// function may serve all.
struct CommonLoops {
  /// Steps of a contraction's run that a turn of its innermost loop takes.
  int64_t steps;
  /// Whether some row is not a multiple of a tile.
  bool hasRest;
};

/// Whether two kernels may become loops that differ in sizes only.
bool areLike(qvec::KernelOp x, qvec::KernelOp y);

/// For each kernel what its loops should have in common with others of them;
/// nothing where there is no other one, or where loops would be too short.
llvm::SmallVector<std::optional<CommonLoops>>
findCommonLoops(llvm::ArrayRef<qvec::KernelOp> kernels);

/// Notes on a function what its kernel's loops have in common with others.
void setCommonLoops(Operation *func, const CommonLoops &loops);
/// What was noted; nothing where the kernel's sizes shape its loops.
std::optional<CommonLoops> getCommonLoops(Operation *func);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_COMMONLOOPS_H
