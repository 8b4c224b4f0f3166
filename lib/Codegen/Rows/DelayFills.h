//===- DelayFills.h - Fill frames when they are needed ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_DELAYFILLS_H
#define QUANTOPT_LIB_CODEGEN_ROWS_DELAYFILLS_H

#include "mlir/IR/Block.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Moves fills of parts of buffers behind the ops that leave these parts alone:
/// an image may lie over another one that is still read while its rows are
/// written, but not while the padding around all of them is.
void delayFills(Block &block);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_DELAYFILLS_H
