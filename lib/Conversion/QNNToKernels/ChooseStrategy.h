//===- ChooseStrategy.h - Tile selection ------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CHOOSESTRATEGY_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CHOOSESTRATEGY_H

#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {

/// What the choice of a tile depends on.
struct TileProblem {
  /// Output positions that one tile may cover (a row, or all of a product).
  int64_t positions;
  /// Output channels of a group.
  int64_t channels;
  /// Summed elements.
  int64_t depth;
  /// Products of a step: 2 for words, 1 for floats, what the level has for
  /// bytes (see `#qvec.strategy`).
  int64_t group;
  /// Elements that are read one after another, of a tap or a row of taps; 0 for
  /// all of them.
  int64_t run = 0;
  /// Whether sums take 64 bits.
  bool isLong = false;
  /// Whether the input has 8 bits, and sums without the bias fit 24.
  bool isBytes = false, isShort = false;
  /// Whether weights of 4 bits share bytes, and whether `16 * odd + even` is a
  /// byte for those of all neighbouring channels.
  bool isHalved = false, fitsBytes = false;
  /// Bits of a weight, which tell how far away those of a tile are; 0 where
  /// that does not matter.
  int64_t weightBits = 0;
};

struct Tile {
  int64_t rows;
  int64_t vectors;
  /// Steps that one instruction takes (see `qvec.tile_mma`).
  int64_t steps = 1;
  /// Products of a step: the problem's, or 8 with `qvec.mmla`.
  int64_t group = 0;
  /// Sums of a vector.
  int64_t lanes = 0;
  /// How weights are multiplied in pairs (see `#qvec.strategy`).
  bool paired = false, joined = false;
  /// Whether the window is copied to be one run.
  bool gathered = false;
};

/// The tile with the least modelled time among those whose accumulators and
/// operands fit the vector registers, or the level's registers for tiles.
Tile chooseContractionTile(const TargetLevel &target,
                           const TileProblem &problem);

/// What the order of work depends on.
struct PassProblem {
  /// Rows of the output, or tiles of its only row (see `ContractionLayout`).
  int64_t units;
  /// Blocks of channels, over all groups.
  int64_t blocks;
  /// Bytes of a group's weights, and of the input and output of a unit.
  int64_t weightBytes, unitBytes;
  /// Whether every pass unpacks the weights anew.
  bool unpacks = false;
};

/// How many units one block of channels covers before the next one does.
int64_t choosePass(const PassProblem &problem);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_CHOOSESTRATEGY_H
