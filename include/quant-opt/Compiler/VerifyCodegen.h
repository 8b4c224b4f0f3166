//===- VerifyCodegen.h - Compiled code against the interpreter -- -*- C++
//-*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Runs compiled code and the reference interpreter on the same inputs and
/// compares every byte that comes out.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_VERIFYCODEGEN_H
#define QUANTOPT_COMPILER_VERIFYCODEGEN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt-c/Model.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <optional>
#include <string>

namespace quantopt {

/// What compiled code did wrong.
struct CodeDifference {
  std::string what;  ///< output, index, expected and found; or a stray write
  std::string where; ///< level, split of the work, inputs
  std::string level; ///< the variant's
};

/// Where verification is, as a part of 1.
using VerifyProgress = std::function<void(double)>;

/// Compares variants of a loaded model, which this processor must be able to
/// run, with a function of a phase up to `kernels`. Inputs are seeded random
/// values, both ends of the range, zero, halves between two steps of the first
/// rounding, and NaN and infinities. Each is run with every layer in one piece,
/// in two, in three, and item by item, last piece first; memory starts with
/// arbitrary bytes, and writes outside of outputs and arena are found. NaNs are
/// equal whatever their bits. Returns the first difference; fails when the two
/// do not have the same inputs and outputs or the function cannot be
/// interpreted.
llvm::Expected<std::optional<CodeDifference>>
compareWithInterpreter(func::FuncOp reference, const qo_model &model,
                       ArrayRef<const qo_variant *> variants,
                       const VerifyProgress &progress = nullptr);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_VERIFYCODEGEN_H
