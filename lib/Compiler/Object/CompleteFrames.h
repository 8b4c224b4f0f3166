//===- CompleteFrames.h - What frames take besides their size ---*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_COMPLETEFRAMES_H
#define QUANTOPT_LIB_COMPILER_OBJECT_COMPLETEFRAMES_H

namespace llvm {
class TargetPassConfig;
} // namespace llvm

namespace quantopt {

/// The longest vector registers, in bits, for which the bound of the stack
/// holds where only the processor knows their length.
constexpr int kMostVectorBits = 1024;

/// Adds to the frame sizes that LLVM writes into objects what they leave out:
/// bytes that are lost when a function aligns its stack, and what is as long as
/// a vector register of at most `kMostVectorBits`.
void completeFrames(llvm::TargetPassConfig &passes);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_COMPLETEFRAMES_H
