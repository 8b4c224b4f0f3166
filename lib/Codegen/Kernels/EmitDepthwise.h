//===- EmitDepthwise.h - Depthwise micro-kernels ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_EMITDEPTHWISE_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_EMITDEPTHWISE_H

#include "KernelEmitter.h"

namespace quantopt {

/// Emits a depthwise kernel that sums tap by tap.
void emitTapDepthwise(KernelEmitter &e);

/// Emits a depthwise kernel of integers that sums groups of taps.
void emitGroupedDepthwise(KernelEmitter &e);

/// Forbids unrolling of the loop with this result, if it is that of a loop.
void keepLoop(Value result);

/// Emits a depthwise kernel of bytes with few sums, of one channel or of a
/// vector of them.
void emitDepthwiseColumns(KernelEmitter &e);

/// The number of work items of a depthwise kernel.
int64_t getDepthwiseItems(qvec::KernelOp kernel);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_EMITDEPTHWISE_H
