//===- FeatureCheck.h - Asking the processor what it has ------ -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TARGET_FEATURECHECK_H
#define QUANTOPT_TARGET_FEATURECHECK_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace llvm {
class IRBuilderBase;
class Value;
} // namespace llvm

namespace quantopt {

/// What a processor must report to run code that LLVM makes for this cpu with
/// these features: a comma-separated list in the spelling of Linux's cpuinfo.
/// Empty where nothing is to be asked.
std::string getRequiredCpuFlags(llvm::StringRef triple, llvm::StringRef cpu,
                                llvm::StringRef llvmFeatures);

/// Emits code that computes an `i1`: whether the processor and its operating
/// system have every feature of the comma-separated list, spelled as Linux's
/// cpuinfo flags. Calls nothing. May add blocks; the builder stays at the end.
/// False for a list with a feature that cannot be asked for on this triple.
llvm::Value *emitFeatureCheck(llvm::IRBuilderBase &builder,
                              llvm::StringRef triple, llvm::StringRef cpuFlags);

} // namespace quantopt

#endif // QUANTOPT_TARGET_FEATURECHECK_H
