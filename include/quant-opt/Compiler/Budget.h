//===- Budget.h - Limits of memory ---------------------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_BUDGET_H
#define QUANTOPT_COMPILER_BUDGET_H

#include "quant-opt/Compiler/ModelDescription.h"
#include "llvm/Support/Error.h"

namespace quantopt {

/// RAM that a run of the model takes: arena, variables, stack, and the buffers
/// of inputs and outputs that lie outside of the arena.
int64_t getRamBytes(const ModelDescription &model);

/// Fails when the model takes more RAM or flash than allowed (0 is no limit),
/// and says how much more and what takes most.
llvm::Error checkBudget(const ModelDescription &model, int64_t maxRam,
                        int64_t maxFlash);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_BUDGET_H
