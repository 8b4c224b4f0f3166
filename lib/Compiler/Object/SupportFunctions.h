//===- SupportFunctions.h - What the code generator may call ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The code generator turns some operations into calls of functions that a C
/// library or a compiler's library has. Models bring their own.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_SUPPORTFUNCTIONS_H
#define QUANTOPT_LIB_COMPILER_OBJECT_SUPPORTFUNCTIONS_H

#include "quant-opt/Compiler/EmitObject.h"

namespace quantopt {

/// Whether `addSupportFunctions` can define a function of this name.
bool isSupportFunction(StringRef name);

/// Defines support functions for this module alone.
void addSupportFunctions(llvm::Module &module, ArrayRef<std::string> names,
                         const VariantDescription &variant,
                         const llvm::TargetMachine &machine, OptLevel level);

/// An object that defines them for the objects it is linked with.
llvm::Expected<Bytes> emitSupportFunctions(const ModelDescription &model,
                                           ArrayRef<std::string> names,
                                           OptLevel level);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_SUPPORTFUNCTIONS_H
