//===- Entry.h - The entry point of a model ------------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_ENTRY_H
#define QUANTOPT_LIB_COMPILER_OBJECT_ENTRY_H

#include "quant-opt/Compiler/EmitObject.h"

namespace llvm {
class Function;
} // namespace llvm

namespace quantopt {

/// Gives a function the variant's processor and what all generated functions
/// have: no library calls, no unwinding.
void setFunctionTarget(llvm::Function &function,
                       const VariantDescription &variant, OptLevel level);

/// Adds `int NAME_run(inputs..., outputs..., arena, parallel_for, pool)` and
/// what it needs to choose a variant.
void addEntry(llvm::Module &module, const ModelDescription &model,
              const EmitOptions &options);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_ENTRY_H
