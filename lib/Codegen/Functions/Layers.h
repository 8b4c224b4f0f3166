//===- Layers.h - Ops that functions of their own compute -------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_FUNCTIONS_LAYERS_H
#define QUANTOPT_LIB_CODEGEN_FUNCTIONS_LAYERS_H

#include "mlir/IR/Operation.h"
#include "quant-opt/Support/LLVM.h"
#include <string>

namespace quantopt {

/// Whether an op computes something: a kernel, or a linalg op.
bool isWork(Operation *op);

/// The name of a function that computes this op: `prefix`, what the op does,
/// and the source node that it comes from.
std::string getWorkName(const Twine &prefix, Operation *op);

/// The number of items into which an op's work can be split.
int64_t getWorkItems(Operation *op);

/// Products or elements that an op computes, as often as its `qvec.count` says
/// where a loop is around it.
int64_t countWork(Operation *op);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_FUNCTIONS_LAYERS_H
