//===- SmallMemory.h - Chains that make a run take less memory --*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_SMALLMEMORY_H
#define QUANTOPT_LIB_CODEGEN_ROWS_SMALLMEMORY_H

#include "RowChain.h"

namespace quantopt {

/// Chains of a block, and their bands, with which the largest sum of buffers
/// that are live together becomes as small as it can by computing consecutive
/// ops in bands. Of several ways the one with the fewest ops is taken. Where
/// arguments are such buffers, too, `numInputs` says how many of them are
/// inputs.
std::vector<std::pair<RowChain, BandPlan>>
planSmallMemory(Block &block, std::optional<size_t> numInputs);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_SMALLMEMORY_H
