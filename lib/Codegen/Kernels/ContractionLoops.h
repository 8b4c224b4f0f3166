//===- ContractionLoops.h - Loops over a contraction's tiles ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_CONTRACTIONLOOPS_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_CONTRACTIONLOOPS_H

#include "KernelEmitter.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"

namespace quantopt {

/// Part of a group's output channels that one tile covers.
struct ContractionBlock {
  Value group;
  Value channel; // in the group
  int64_t vectors;
  int64_t valid; // channels that exist
};

/// Where a tile lies, and whether it is known to hold its row's first or last
/// position.
struct TilePosition {
  Value n, h, w;
  int64_t rows;
  bool isFirst = false, isLast = false;
  /// Where its input starts, if that is known.
  Value input = {};
};

/// From `begin` to before `end`.
struct Span {
  int64_t begin, end;
};

/// Elements that lie together in the input and in the weights, to be summed for
/// some of a tile's positions.
struct ContractionRun {
  /// Offsets of the first element for the tile's first position, and of its
  /// weights in the block's first panel.
  Value input, weight;
  Span steps, positions;
};

/// Emits the loops over the work items of a contraction, with `body` for each
/// tile.
class ContractionLoops {
public:
  using Body =
      llvm::function_ref<void(const ContractionBlock &, const TilePosition &)>;

  using BlockBody = llvm::function_ref<void(const ContractionBlock &)>;

  /// `prepare`, if there is one, comes before the tiles of a block.
  ContractionLoops(KernelEmitter &e, const ContractionLayout &layout, Body body,
                   BlockBody prepare = nullptr)
      : e(e), layout(layout), body(body), prepare(prepare) {}
  void run();

private:
  void emitCommon();
  void emitUnits(const ContractionBlock &block, Value first, Value last);
  void emitRow(const ContractionBlock &block, Value n, Value h);

  KernelEmitter &e;
  const ContractionLayout &layout;
  Body body;
  BlockBody prepare;
};

/// Emits a contraction whose tiles `TileEmitter(e, layout).emitTile(block, at)`
/// emits.
template <typename TileEmitter>
void emitContractionTiles(KernelEmitter &e, const ContractionLayout &layout) {
  TileEmitter emitter(e, layout);
  ContractionLoops(e, layout,
                   [&](const ContractionBlock &block, const TilePosition &at) {
                     emitter.emitTile(block, at);
                   })
      .run();
}

/// Emits the loops over the runs that a tile's window has. `body` also gets the
/// values that loops carry. Rows that hold zeros are left out, and positions
/// for which a column holds zeros if the tile is known to be at that end.
using RunBody =
    llvm::function_ref<SmallVector<Value>(const ContractionRun &, ValueRange)>;
SmallVector<Value> emitRuns(KernelEmitter &e, const ContractionLayout &layout,
                            const ContractionBlock &block,
                            const TilePosition &at, ValueRange start,
                            RunBody body);

/// `count` groups of `size` steps of a run, from the step `begin` on.
struct StepGroups {
  int64_t begin, count, size;
};

/// Emits the loop over groups of steps, several in a turn where that pays.
/// `body` gets the group's first step and the values that the loop carries.
using GroupBody = llvm::function_ref<SmallVector<Value>(Value, ValueRange)>;
SmallVector<Value> emitGroups(KernelEmitter &e, const StepGroups &groups,
                              ValueRange start, GroupBody body);

/// The input element that the tile's first tap starts with.
Value getInputBase(KernelEmitter &e, const ContractionLayout &layout,
                   const ContractionBlock &block, const TilePosition &at);

/// The first weight of the block's first channel.
Value getWeightBase(KernelEmitter &e, const ContractionLayout &layout,
                    const ContractionBlock &block);

/// The window's rows that do not hold zeros, for output row `h`.
std::pair<Value, Value> getWindowRows(KernelEmitter &e, Value h);

/// The block's first channel among those of all groups.
Value getOutChannel(KernelEmitter &e, const ContractionLayout &layout,
                    const ContractionBlock &block);

/// Of bytes that hold the weights of two steps or channels those of one, 16
/// times as large.
Value takeHalves(KernelEmitter &e, Value bytes, bool isUpper);

/// Sums of weights that were 16 times as large, with the bias: for each
/// position those of the block's vectors. In a joined strategy those of odd
/// channels have their neighbours' products, too.
SmallVector<Value> finishHalves(KernelEmitter &e,
                                const ContractionLayout &layout,
                                const ContractionBlock &block, ValueRange sums);

/// Emits a contraction whose strategy is paired.
void emitPairs(KernelEmitter &e, const ContractionLayout &layout);

/// Emits a contraction whose products are those of `qvec.mmla`.
void emitRowPairs(KernelEmitter &e, const ContractionLayout &layout);

/// Emits a contraction whose sums are held in tiles.
void emitTiles(KernelEmitter &e, const ContractionLayout &layout);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_CONTRACTIONLOOPS_H
