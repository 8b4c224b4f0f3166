//===- Options.h - The command line of quant-compile ---------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TOOLS_QUANTCOMPILE_OPTIONS_H
#define QUANTOPT_TOOLS_QUANTCOMPILE_OPTIONS_H

#include "quant-opt/Compiler/CompileOptions.h"

namespace quantopt {

/// Parses the command line. Prints help, the version, the formats of weights or
/// a problem of form and exits, as LLVM's tools do; fails on values out of
/// range.
llvm::Expected<CompileOptions> parseCommandLine(int argc, char **argv);

} // namespace quantopt

#endif // QUANTOPT_TOOLS_QUANTCOMPILE_OPTIONS_H
