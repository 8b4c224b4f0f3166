//===- ContractionLayout.h - How a contraction is cut up --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// How the strategy of a contraction kernel cuts its output into blocks of
/// channels, rows, tiles and work items. The choice of a strategy, the emitter
/// and the split among threads all ask here.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_CONTRACTIONLAYOUT_H
#define QUANTOPT_DIALECT_QVEC_UTILS_CONTRACTIONLAYOUT_H

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// How `count` positions are split into tiles of at most `limit`: `large` tiles
/// of `size` and then `small` tiles of `size - 1`.
struct TileSplit {
  int64_t size, large, small;
  int64_t getTiles() const { return large + small; }
};
TileSplit splitEvenly(int64_t count, int64_t limit);

/// What the words of a tile may take on the stack (see `#qvec.strategy`).
constexpr int64_t kMostWidenedBytes = 4096;

/// Vectors of weights that a tile holds at a time where its input stays in
/// registers (`TargetLevel::kIndexedDots`).
constexpr int64_t kIndexedWeights = 2;

/// The group of strategies whose products are those of `qvec.mmla`.
constexpr int64_t kMmlaGroup = 8;

/// The steps that a run of paired weights has, and where the weight of an
/// element and of one of a panel's channels is among them.
int64_t getPairedSteps(int64_t runLength);
int64_t getPairedIndex(int64_t element, int64_t channel);

/// A weight of 4 bits that shares a byte with another one.
struct HalvedWeight {
  /// In the run's weights of a panel.
  int64_t byte;
  bool isUpper;
};
/// Where the weight for an element of a run and a channel of a panel is; see
/// `qvec.kernel`.
HalvedWeight getHalvedWeight(bool isPaired, int64_t group, int64_t element,
                             int64_t channel);
/// Whether weights of a contraction have 4 bits and share bytes so.
bool isHalvedContraction(qvec::KernelOp kernel);
/// The steps of a strategy that one step of such weights has: two where steps
/// share bytes, one where channels do.
constexpr int64_t getHalvedSteps(bool isPaired, int64_t group) {
  return isPaired || group == 16 ? 1 : 2;
}
/// The steps that one step of a contraction's weights has.
int64_t getStoredSteps(qvec::KernelOp kernel);
/// What is added to the weights in lower halves before they are stored.
constexpr int64_t kHalvedOffset = 8;

/// The parts of a contraction's output.
struct ContractionLayout {
  ContractionLayout(llvm::ArrayRef<int64_t> output, int64_t groups,
                    qvec::StrategyAttr strategy);
  /// Of a kernel of kind `contraction` or `packed`.
  explicit ContractionLayout(qvec::KernelOp kernel)
      : ContractionLayout(kernel.getOutputShape(), kernel.getGroups(),
                          *kernel.getStrategy()) {}

  int64_t groups, channelsPerGroup;
  /// Output channels that a vector of accumulators, and a tile, cover. A tile
  /// of a paired or gathered strategy covers all channels of a group in turn.
  int64_t channelsPerVector, channelsPerTile;
  /// Blocks of a tile's channels in a group; the last may be partial.
  int64_t blocks, fullBlocks;
  /// Rows of the whole batch; how each is split into tiles.
  int64_t rows;
  TileSplit tiles;
  /// What work items count besides blocks: rows, or the tiles of a single row.
  int64_t units;
  /// Units of an item, and the number of such passes over the blocks.
  int64_t pass, passes;

  /// Item `((group * passes) + pass) * blocks + block`.
  int64_t getItems() const { return groups * passes * blocks; }
};

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_CONTRACTIONLAYOUT_H
