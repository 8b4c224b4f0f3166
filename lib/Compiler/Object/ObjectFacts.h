//===- ObjectFacts.h - What an object file holds -------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_OBJECTFACTS_H
#define QUANTOPT_LIB_COMPILER_OBJECT_OBJECTFACTS_H

#include "quant-opt/Compiler/EmitObject.h"

namespace quantopt {

/// Fills in the constant bytes and the layers' code bytes of a model's objects
/// in `model`; returns the names of symbols that none of them defines, in byte
/// order.
llvm::Expected<std::vector<std::string>>
readObjectFacts(ArrayRef<Bytes> objects, ModelDescription &model);

/// Fills in what the sections of a whole model's object take, and how deep the
/// stack of its function `entry` is.
llvm::Error readMemoryFacts(const Bytes &object, StringRef entry,
                            MemoryDescription &memory);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_OBJECTFACTS_H
