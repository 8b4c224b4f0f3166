//===- StackBound.h - How deep a model's stack is ------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_STACKBOUND_H
#define QUANTOPT_LIB_COMPILER_OBJECT_STACKBOUND_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/Object/ELFObjectFile.h"
#include <optional>

namespace quantopt {

/// The most bytes of stack that a call of the function `entry` takes, what the
/// caller's `parallel_for` takes excluded. Nothing when the object does not
/// say, or when functions call each other in circles.
///
/// Frames are in the sections `.stack_sizes`, complete (`completeFrames`); a
/// function counts as called where it is referred to, directly or from a table.
std::optional<int64_t>
computeStackBound(const llvm::object::ELFObjectFileBase &object,
                  StringRef entry);

/// Whether frames depend on the length of vectors, which only the processor
/// knows.
bool hasScalableFrames(const llvm::object::ELFObjectFileBase &object);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_STACKBOUND_H
