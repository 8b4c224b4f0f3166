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

/// Instructions that add the products of four elements of a run, by the joined
/// weights of some channels, to a sum for each of these. Their results are the
/// sums, an address of elements and one of weights, each behind what was read,
/// and registers that they use; their operands are the sums and addresses.
struct PairBlock {
  std::string text, constraints;
  int64_t numScratch;
};

/// Channels for which all registers are used.
inline constexpr int64_t kPairBlockChannels = 8;

/// The instructions for `kPairBlockChannels`, whose weights of a step are
/// `stepBytes` bytes apart; nothing for levels without words in registers.
std::optional<PairBlock> getPairBlock(const TargetLevel &level,
                                      int64_t stepBytes);

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_PAIRBLOCK_H
