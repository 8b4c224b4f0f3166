//===- ContractionLoops.cpp - Loops over a contraction's tiles ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionLoops.h"

using namespace quantopt;
using qvec::kPanelWidth;

void ContractionLoops::run() {
  if (e.common)
    return emitCommon();
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    auto [rest, number] =
        e.split(item, layout.blocks, layout.passes * layout.groups);
    auto [group, pass] = e.split(rest, layout.passes, layout.groups);
    Value first = e.mul(pass, layout.pass);
    Value last = e.add(first, layout.pass);
    if (layout.units % layout.pass != 0)
      last = e.min(last, e.index(layout.units));
    ContractionBlock block{group, e.mul(number, layout.channelsPerTile),
                           layout.channelsPerTile / layout.channelsPerVector,
                           layout.channelsPerTile};
    ContractionBlock tail = block;
    tail.valid =
        layout.channelsPerGroup - layout.fullBlocks * layout.channelsPerTile;
    tail.vectors = llvm::divideCeil(tail.valid, layout.channelsPerVector);
    if (layout.fullBlocks == 0)
      return emitUnits(tail, first, last);
    if (tail.valid == 0)
      return emitUnits(block, first, last);
    Value isFull = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt,
                                         number, e.index(layout.fullBlocks));
    auto branch = scf::IfOp::create(e.b, e.loc, isFull, /*withElse=*/true);
    OpBuilder::InsertionGuard guard(e.b);
    e.b.setInsertionPointToStart(branch.thenBlock());
    emitUnits(block, first, last);
    e.b.setInsertionPointToStart(branch.elseBlock());
    emitUnits(tail, first, last);
  });
}

/// All tiles of a kernel with one block and one image. Loops carry the input's
/// offset: a product that is the output's, too, in some kernels only would be
/// one op there.
void ContractionLoops::emitCommon() {
  const TileSplit &tiles = layout.tiles;
  ContractionBlock block{e.index(0), e.index(0),
                         layout.channelsPerTile / layout.channelsPerVector,
                         layout.channelsPerTile};
  ArrayRef<int64_t> in = e.input.strides;
  ArrayRef<int64_t> strides = e.kernel.getWindow().getStrides();
  Value zero = e.index(0);
  auto emitTiles = [&](Value h, int64_t count, int64_t start, int64_t size,
                       Value input) {
    return e.reduceLoop(zero, e.size(count), input,
                        [&](Value tile, ValueRange at) {
                          Value w = e.mul(tile, size);
                          if (start != 0)
                            w = e.add(w, e.size(start));
                          body(block, {zero, h, w, size, false, false, at[0]});
                          Value next = e.add(at[0], size * strides[1] * in[2]);
                          return SmallVector<Value>{next};
                        })[0];
  };
  e.reduceLoop(zero, e.size(layout.rows), zero, [&](Value h, ValueRange at) {
    int64_t full = tiles.large * tiles.size;
    Value rest = emitTiles(h, tiles.large, 0, tiles.size, at[0]);
    if (e.common->hasRest)
      emitTiles(h, tiles.small, full, tiles.size - 1, rest);
    return SmallVector<Value>{e.add(at[0], strides[0] * in[1])};
  });
}

/// Rows [first, last), or tiles of the only row.
void ContractionLoops::emitUnits(const ContractionBlock &block, Value first,
                                 Value last) {
  if (prepare)
    prepare(block);
  if (layout.rows != 1) {
    int64_t height = e.output.shape[1];
    e.forLoop(first, last, 1, [&](Value row) {
      auto [n, h] = e.split(row, height, layout.rows / height);
      emitRow(block, n, h);
    });
    return;
  }
  Value zero = e.index(0), large = e.index(layout.tiles.large);
  int64_t rows = layout.tiles.size;
  bool isMixed = layout.tiles.small != 0;
  e.forLoop(first, isMixed ? e.min(last, large) : last, 1, [&](Value tile) {
    body(block, {zero, zero, e.mul(tile, rows), rows});
  });
  if (!isMixed)
    return;
  // Tile t starts at large * rows + (t - large) * (rows - 1).
  e.forLoop(e.max(first, large), last, 1, [&](Value tile) {
    Value start = e.add(e.mul(tile, rows - 1), layout.tiles.large);
    body(block, {zero, zero, start, rows - 1});
  });
}

void ContractionLoops::emitRow(const ContractionBlock &block, Value n,
                               Value h) {
  const TileSplit &tiles = layout.tiles;
  int64_t count = tiles.getTiles(), large = tiles.large;
  auto getSize = [&](int64_t t) { return tiles.size - (t >= large); };
  auto getStart = [&](int64_t t) {
    return t * tiles.size - std::max<int64_t>(0, t - large);
  };
  // Tiles at an end where columns hold zeros have code of their own.
  auto zeros = e.kernel.getZeroPads();
  qvec::StrategyAttr strategy = *e.kernel.getStrategy();
  bool split =
      zeros && strategy.getSteps() == 1 && !strategy.getPaired() &&
      !strategy.getGathered() &&
      (!strategy.getMergeTaps() ||
       e.input.shape[3] % (strategy.getGroup() * getStoredSteps(e.kernel)) ==
           0);
  bool first = split && (*zeros)[1] != 0, last = split && (*zeros)[3] != 0;
  auto emitEnd = [&](int64_t t, bool isFirst, bool isLast) {
    body(block, {n, h, e.index(getStart(t)), getSize(t), isFirst, isLast});
  };
  auto emitMiddle = [&](int64_t begin, int64_t end) {
    if (begin < end)
      e.forLoop(e.index(getStart(begin)), e.index(getStart(end)),
                getSize(begin), [&](Value w) {
                  body(block, {n, h, w, getSize(begin)});
                });
  };
  if (count == 1)
    return emitEnd(0, first, last);
  int64_t begin = first, end = count - last;
  if (first)
    emitEnd(0, true, false);
  emitMiddle(begin, std::min(large, end));
  emitMiddle(std::max(begin, large), end);
  if (last)
    emitEnd(count - 1, false, true);
}

//===----------------------------------------------------------------------===//
// A tile's window
//===----------------------------------------------------------------------===//

Value quantopt::getInputBase(KernelEmitter &e, const ContractionLayout &layout,
                             const ContractionBlock &block,
                             const TilePosition &at) {
  if (at.input)
    return at.input;
  ArrayRef<int64_t> in = e.input.strides;
  ArrayRef<int64_t> strides = e.kernel.getWindow().getStrides();
  int64_t groupInputs = e.input.shape[3] / layout.groups;
  Value base = e.add(e.mul(at.n, in[0]), e.mul(at.h, strides[0] * in[1]));
  base = e.add(base, e.mul(at.w, strides[1] * in[2]));
  return e.add(base, e.mul(block.group, groupInputs * in[3]));
}

Value quantopt::getWeightBase(KernelEmitter &e, const ContractionLayout &layout,
                              const ContractionBlock &block) {
  int64_t panels = llvm::divideCeil(layout.channelsPerGroup, kPanelWidth);
  Value panel =
      e.add(e.mul(block.group, panels), e.div(block.channel, kPanelWidth));
  Value base = e.mul(panel, e.weight.strides[0]);
  // A block of a gathered strategy is part of what a tile covers.
  bool isPart = e.kernel.getStrategy()->getGathered();
  if (layout.channelsPerTile % kPanelWidth == 0 && !isPart)
    return base;
  int64_t laneElements = e.weight.shape[3] / kPanelWidth;
  return e.add(base, e.mul(e.rem(block.channel, kPanelWidth), laneElements));
}

namespace {
/// Taps of a window's row in which the same positions of a tile read elements
/// that may differ from zero.
struct ColumnPart {
  Span columns, positions;
};
} // namespace

/// The positions for which a column of the window does not hold zeros.
static Span getPositions(KernelEmitter &e, const TilePosition &at,
                         int64_t column) {
  qnn::WindowAttr window = e.kernel.getWindow();
  ArrayRef<int64_t> zeros = *e.kernel.getZeroPads();
  int64_t stride = window.getStrides()[1];
  int64_t tap = column * window.getDilations()[1];
  Span range = {0, at.rows};
  if (at.isFirst)
    while (range.begin < range.end && range.begin * stride + tap < zeros[1])
      ++range.begin;
  int64_t start = e.output.shape[2] - at.rows;
  int64_t limit = e.input.shape[2] - zeros[3];
  if (at.isLast)
    while (range.begin < range.end &&
           (start + range.end - 1) * stride + tap >= limit)
      --range.end;
  return range;
}

/// All columns of a window, neighbours with the same positions together; those
/// without any are left out.
static SmallVector<ColumnPart>
splitColumns(KernelEmitter &e, const TilePosition &at, int64_t columns) {
  if (!at.isFirst && !at.isLast)
    return {{{0, columns}, {0, at.rows}}};
  SmallVector<ColumnPart> parts;
  for (int64_t column = 0; column < columns; ++column) {
    Span range = getPositions(e, at, column);
    if (range.begin == range.end)
      continue;
    if (!parts.empty() && parts.back().columns.end == column &&
        parts.back().positions.begin == range.begin &&
        parts.back().positions.end == range.end)
      ++parts.back().columns.end;
    else
      parts.push_back({{column, column + 1}, range});
  }
  return parts;
}

std::pair<Value, Value> quantopt::getWindowRows(KernelEmitter &e, Value h) {
  qnn::WindowAttr window = e.kernel.getWindow();
  int64_t rows = window.getKernel()[0], dilation = window.getDilations()[0];
  Value begin = e.index(0), end = e.index(rows);
  auto zeros = e.kernel.getZeroPads();
  if (!zeros || ((*zeros)[0] == 0 && (*zeros)[2] == 0))
    return {begin, end};
  Value top = e.mul(h, window.getStrides()[0]);
  // The number of taps above a row of the input, counted from the first one.
  auto countAbove = [&](int64_t row) {
    Value distance =
        arith::SubIOp::create(e.b, e.loc, e.index(row), top).getResult();
    return e.div(e.add(e.max(distance, e.index(0)), dilation - 1), dilation);
  };
  if ((*zeros)[0] != 0)
    begin = e.min(countAbove((*zeros)[0]), end);
  if ((*zeros)[2] != 0)
    end = e.min(countAbove(e.input.shape[1] - (*zeros)[2]), end);
  return {begin, end};
}

/// Emits the runs of a part of a window's row, whose first elements are given.
static SmallVector<Value> emitColumns(KernelEmitter &e, const ColumnPart &part,
                                      Value input, Value weight,
                                      ValueRange start, RunBody body) {
  int64_t steps = e.weight.shape[2];
  auto [begin, end] = part.columns;
  qnn::WindowAttr window = e.kernel.getWindow();
  if (e.kernel.getStrategy()->getMergeTaps()) {
    // All taps are one run.
    int64_t columns = window.getKernel()[1];
    Span range = {steps * begin / columns, steps * end / columns};
    return body({input, weight, range, part.positions}, start);
  }
  return e.reduceLoop(
      e.index(begin), e.index(end), start, [&](Value kw, ValueRange inner) {
        Value x = e.add(
            input, e.mul(kw, window.getDilations()[1] * e.input.strides[2]));
        Value w = e.add(weight, e.mul(kw, e.weight.strides[1]));
        return body({x, w, {0, steps}, part.positions}, inner);
      });
}

SmallVector<Value> quantopt::emitRuns(KernelEmitter &e,
                                      const ContractionLayout &layout,
                                      const ContractionBlock &block,
                                      const TilePosition &at, ValueRange start,
                                      RunBody body) {
  qnn::WindowAttr window = e.kernel.getWindow();
  int64_t rowStride = window.getDilations()[0] * e.input.strides[1];
  Value input = getInputBase(e, layout, block, at);
  Value weight = getWeightBase(e, layout, block);
  bool merged = e.kernel.getStrategy()->getMergeTaps();
  int64_t columns = window.getKernel()[1];
  int64_t rowRuns = (merged ? 1 : columns) * e.weight.strides[1];
  SmallVector<ColumnPart> parts = splitColumns(e, at, columns);
  auto [first, last] = getWindowRows(e, at.h);
  return e.reduceLoop(first, last, start, [&](Value kh, ValueRange outer) {
    Value rowInput = e.add(input, e.mul(kh, rowStride));
    Value rowWeight = e.add(weight, e.mul(kh, rowRuns));
    SmallVector<Value> sums(outer);
    for (const ColumnPart &part : parts)
      sums = emitColumns(e, part, rowInput, rowWeight, sums, body);
    return sums;
  });
}

/// How many groups a turn of the loop over `count` groups of a run adds: those
/// of a turn share what counts them and moves addresses. LLVM does not move
/// addresses in a loop of two turns. Where there is but one and no loop over
/// rows of a window is around it, it would move the loads of all weights out of
/// the loop over tiles, to the stack.
static int64_t getGroupsPerTurn(int64_t count, bool hasRows) {
  for (int64_t size : {4, 3, 2})
    if (count >= 3 * size ? count % size == 0 || size == 2
                          : count == size && hasRows)
      return size;
  return 1;
}

SmallVector<Value> quantopt::emitGroups(KernelEmitter &e,
                                        const StepGroups &groups,
                                        ValueRange start, GroupBody body) {
  bool hasRows = e.kernel.getWindow().getKernel()[0] > 1;
  int64_t perTurn = getGroupsPerTurn(groups.count, hasRows);
  int64_t turns = groups.count / perTurn, done = turns * perTurn;
  auto add = [&](Value first, int64_t count, ValueRange outer) {
    SmallVector<Value> acc(outer);
    for (int64_t g = 0; g < count; ++g)
      acc = body(e.add(first, g * groups.size), acc);
    return acc;
  };
  SmallVector<Value> acc = e.reduceLoop(
      e.index(0), e.index(turns), start, [&](Value turn, ValueRange inner) {
        Value first = e.mul(turn, perTurn * groups.size);
        return add(e.add(first, groups.begin), perTurn, inner);
      });
  return add(e.index(groups.begin + done * groups.size), groups.count - done,
             acc);
}

Value quantopt::getOutChannel(KernelEmitter &e, const ContractionLayout &layout,
                              const ContractionBlock &block) {
  return e.add(e.mul(block.group, layout.channelsPerGroup), block.channel);
}

Value quantopt::takeHalves(KernelEmitter &e, Value bytes, bool isUpper) {
  int64_t lanes = cast<VectorType>(bytes.getType()).getDimSize(0);
  auto splat = [&](int8_t value) {
    return e.splat(e.b.getI8IntegerAttr(value), lanes);
  };
  if (isUpper)
    return arith::AndIOp::create(e.b, e.loc, bytes, splat(-16));
  return arith::ShLIOp::create(e.b, e.loc, bytes, splat(4));
}

SmallVector<Value> quantopt::finishHalves(KernelEmitter &e,
                                          const ContractionLayout &layout,
                                          const ContractionBlock &block,
                                          ValueRange sums) {
  int64_t lanes = layout.channelsPerVector;
  Value bits = e.splat(e.b.getI32IntegerAttr(4), lanes);
  bool isJoined = e.kernel.getStrategy()->getJoined();
  SmallVector<Value> result;
  Value previous;
  for (auto [i, sum] : llvm::enumerate(sums)) {
    bool hasBoth = isJoined && i % block.vectors % 2 != 0;
    if (hasBoth)
      sum = arith::SubIOp::create(e.b, e.loc, sum, previous);
    Value total = arith::ShRSIOp::create(e.b, e.loc, sum, bits);
    previous = total;
    if (e.bias) {
      Value channel = e.add(getOutChannel(e, layout, block),
                            int64_t(i) % block.vectors * lanes);
      total = arith::AddIOp::create(e.b, e.loc, total,
                                    e.load(e.bias, channel, lanes));
    }
    result.push_back(total);
  }
  return result;
}
