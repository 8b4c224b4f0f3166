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
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Value number = e.rem(item, layout.blocks);
    Value rest = e.div(item, layout.blocks);
    Value pass = e.rem(rest, layout.passes);
    Value group = layout.groups == 1 ? e.index(0) : e.div(rest, layout.passes);
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

/// Rows [first, last), or tiles of the only row.
void ContractionLoops::emitUnits(const ContractionBlock &block, Value first,
                                 Value last) {
  if (layout.rows != 1) {
    int64_t height = e.output.shape[1];
    e.forLoop(first, last, 1, [&](Value row) {
      emitRow(block, e.div(row, height), e.rem(row, height));
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
  int64_t rows = layout.tiles.size, width = e.output.shape[2];
  int64_t largeEnd = layout.tiles.large * rows;
  e.forLoop(e.index(0), e.index(largeEnd), rows, [&](Value w) {
    body(block, {n, h, w, rows});
  });
  if (layout.tiles.small == 0)
    return;
  e.forLoop(e.index(largeEnd), e.index(width), rows - 1, [&](Value w) {
    body(block, {n, h, w, rows - 1});
  });
}

//===----------------------------------------------------------------------===//
// A tile's window
//===----------------------------------------------------------------------===//

/// The input element that the tile's first tap starts with.
static Value getInputBase(KernelEmitter &e, const ContractionLayout &layout,
                          const ContractionBlock &block,
                          const TilePosition &at) {
  ArrayRef<int64_t> in = e.input.strides;
  ArrayRef<int64_t> strides = e.kernel.getWindow().getStrides();
  int64_t groupInputs = e.input.shape[3] / layout.groups;
  Value base = e.add(e.mul(at.n, in[0]), e.mul(at.h, strides[0] * in[1]));
  base = e.add(base, e.mul(at.w, strides[1] * in[2]));
  return e.add(base, e.mul(block.group, groupInputs * in[3]));
}

/// The first weight of the block's first channel.
static Value getWeightBase(KernelEmitter &e, const ContractionLayout &layout,
                           const ContractionBlock &block) {
  int64_t panels = llvm::divideCeil(layout.channelsPerGroup, kPanelWidth);
  Value panel =
      e.add(e.mul(block.group, panels), e.div(block.channel, kPanelWidth));
  Value base = e.mul(panel, e.weight.strides[0]);
  if (layout.channelsPerTile % kPanelWidth == 0)
    return base;
  int64_t laneElements = e.weight.shape[3] / kPanelWidth;
  return e.add(base, e.mul(e.rem(block.channel, kPanelWidth), laneElements));
}

SmallVector<Value> quantopt::emitRuns(KernelEmitter &e,
                                      const ContractionLayout &layout,
                                      const ContractionBlock &block,
                                      const TilePosition &at, ValueRange start,
                                      RunBody body) {
  qnn::WindowAttr window = e.kernel.getWindow();
  ArrayRef<int64_t> in = e.input.strides, dilations = window.getDilations();
  Value input = getInputBase(e, layout, block, at);
  Value weight = getWeightBase(e, layout, block);
  bool merged = e.kernel.getStrategy()->getMergeTaps();
  int64_t rows = window.getKernel()[0];
  int64_t columns = merged ? 1 : window.getKernel()[1];
  int64_t runStride = e.weight.strides[1];
  return e.reduceLoop(
      e.index(0), e.index(rows), start, [&](Value kh, ValueRange outer) {
        Value rowInput = e.add(input, e.mul(kh, dilations[0] * in[1]));
        Value rowWeight = e.add(weight, e.mul(kh, columns * runStride));
        return e.reduceLoop(
            e.index(0), e.index(columns), outer,
            [&](Value kw, ValueRange inner) {
              return body(e.add(rowInput, e.mul(kw, dilations[1] * in[2])),
                          e.add(rowWeight, e.mul(kw, runStride)), inner);
            });
      });
}

Value quantopt::getOutChannel(KernelEmitter &e, const ContractionLayout &layout,
                              const ContractionBlock &block) {
  return e.add(e.mul(block.group, layout.channelsPerGroup), block.channel);
}
