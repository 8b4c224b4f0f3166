//===- BufferParts.h - Parts of buffers -------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_MEMORY_BUFFERPARTS_H
#define QUANTOPT_LIB_CODEGEN_MEMORY_BUFFERPARTS_H

#include "mlir/IR/Value.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Whether both are parts of one buffer that have no element in common.
bool areDisjointParts(Value x, Value y);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_MEMORY_BUFFERPARTS_H
