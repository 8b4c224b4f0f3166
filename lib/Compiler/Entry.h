//===- Entry.h - The entry point of a model ------------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_ENTRY_H
#define QUANTOPT_LIB_COMPILER_ENTRY_H

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

/// Whether the name is that of a function `addMemoryFunctions` defines.
bool isMemoryFunction(StringRef name);

/// Defines memcpy, memmove and memset for this module alone.
void addMemoryFunctions(llvm::Module &module, const VariantDescription &variant,
                        OptLevel level);

/// An object that defines them for the objects it is linked with.
llvm::Expected<Bytes> emitMemoryFunctions(const ModelDescription &model,
                                          OptLevel level);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_ENTRY_H
