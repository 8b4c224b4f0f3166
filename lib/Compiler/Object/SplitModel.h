//===- SplitModel.h - Parts of a model's code ----------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_SPLITMODEL_H
#define QUANTOPT_LIB_COMPILER_OBJECT_SPLITMODEL_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "quant-opt/Support/LLVM.h"
#include <vector>

namespace quantopt {

/// Moves the functions of a module in the LLVM dialect into modules of similar
/// size, which declare what they use of others; constants stay where they are.
/// The parts depend on the module only. Returns nothing, and changes nothing,
/// when there is too little code to share among threads.
std::vector<OwningOpRef<ModuleOp>> splitModel(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_SPLITMODEL_H
