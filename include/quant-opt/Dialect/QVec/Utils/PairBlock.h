//===- PairBlock.h - Products that need all registers -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_PAIRBLOCK_H
#define QUANTOPT_DIALECT_QVEC_UTILS_PAIRBLOCK_H

#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include <optional>
#include <string>

namespace quantopt {

/// Instructions that add products by joined weights of some channels to
/// `kPairBlockSums` sums: of one position four elements of a run, of two
/// positions a step of words that lie together. Their results are the sums,
/// position by position, an address of elements or words and one of weights,
/// each behind what was read, and registers that they use; their operands are
/// the sums and addresses.
struct PairBlock {
  std::string text, constraints;
  int64_t numScratch;
};

/// Sums for which all registers are used.
inline constexpr int64_t kPairBlockSums = 8;

/// The instructions for `rows` positions, 1 or 2; weights of a step are
/// `stepBytes` bytes apart. Nothing for levels without words in registers.
std::optional<PairBlock> getPairBlock(const TargetLevel &level, int64_t rows,
                                      int64_t stepBytes);

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_PAIRBLOCK_H
