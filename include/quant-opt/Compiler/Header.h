//===- Header.h - C headers of compiled models ---------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_HEADER_H
#define QUANTOPT_COMPILER_HEADER_H

#include "quant-opt/Compiler/ModelDescription.h"

namespace quantopt {

/// The header of a model whose entry point is `NAME_run`: C99, safe in C++,
/// needs nothing of ours.
std::string makeHeader(const ModelDescription &model, StringRef name);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_HEADER_H
