//===- Config.h - Options and decisions in a file ------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_CONFIG_H
#define QUANTOPT_COMPILER_CONFIG_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Compiler/CompileOptions.h"

namespace quantopt {

/// Reads the options of the file `options.config`; those that the user has
/// given stay. Decisions about single weights in the same file are read by the
/// `select` phase; `options.config` is cleared if there are none.
llvm::Error readConfig(CompileOptions &options);

/// The file that repeats a compilation: its options about numbers, and the
/// decisions in `function`.
std::string makeConfig(const CompileOptions &options, func::FuncOp function);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_CONFIG_H
