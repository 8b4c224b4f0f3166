//===- StackBuffer.h - Buffers of a kernel on the stack ---------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_STACKBUFFER_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_STACKBUFFER_H

#include "../Loops/VectorEmitter.h"

namespace quantopt {

/// A buffer of a known size that is made once, where the function starts: a
/// frame that grows later would take a register.
FlatBuffer createStackBuffer(VectorEmitter &e, Type elementType, int64_t size,
                             int64_t alignment);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_STACKBUFFER_H
