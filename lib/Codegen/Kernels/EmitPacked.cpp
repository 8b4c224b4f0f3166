//===- EmitPacked.cpp - Contractions with packed weights ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A tile reads a chunk of codes once, makes vectors of weights of it in
/// registers and uses them for all of its rows. Integer sums of a block become
/// floats when the block ends.
///
//===----------------------------------------------------------------------===//

#include "EmitPacked.h"
#include "StackBuffer.h"

using namespace quantopt;
using qvec::kPanelWidth;

PackedEmitter::PackedEmitter(KernelEmitter &emitter)
    : e(emitter), layout(emitter.kernel), weights(emitter),
      input(emitter, weights.layout) {
  qvec::StrategyAttr s = *e.kernel.getStrategy();
  lanes = s.getLanes();
  isFloat = e.input.elementType.isF32();
  isMasked = e.kernel.getPacking()->getMasked();
}

void PackedEmitter::run() {
  auto emit = [&](auto &block, auto &at) { emitTile(makeTile(block, at)); };
  if (isMasked) {
    int64_t panels = llvm::divideCeil(layout.channelsPerTile, kPanelWidth);
    FlatBuffer buffer = createStackBuffer(
        e, e.b.getI8Type(), panels * weights.layout.getPanelBytes(),
        /*alignment=*/PackedLayout::kVectorBytes);
    weights.readFrom(buffer);
    ContractionLoops(e, layout, emit, [&](auto &block) {
      PanelChannels channels{
          Value(), getFirst(block),
          std::min(layout.channelsPerTile, int64_t(kPanelWidth))};
      expandPanels(e, getPanel(block),
                   llvm::divideCeil(block.valid, kPanelWidth), channels,
                   buffer);
    }).run();
    return;
  }
  if (!isFloat)
    row = prepareRow(e, weights);
  ContractionLoops(e, layout, emit).run();
}

/// The panel with the block's first channel.
Value PackedEmitter::getPanel(const ContractionBlock &block) {
  int64_t panels = llvm::divideCeil(layout.channelsPerGroup, kPanelWidth);
  return e.add(e.mul(block.group, panels), e.div(block.channel, kPanelWidth));
}

/// Where in the panel that is. Tiles are parts of a panel or whole panels.
Value PackedEmitter::getFirst(const ContractionBlock &block) {
  return layout.channelsPerTile % kPanelWidth == 0
             ? e.index(0)
             : e.rem(block.channel, kPanelWidth);
}

PackedTile PackedEmitter::makeTile(const ContractionBlock &block,
                                   const TilePosition &at) {
  PackedTile tile{block, at, input.getTileOffset(block, at), {}};
  int64_t panelBytes = weights.layout.getPanelBytes();
  // Expanded panels are those of the block alone.
  Value panel = isMasked ? e.index(0) : getPanel(block);
  Value first = getFirst(block);
  for (int64_t at = 0; at < block.valid; at += lanes)
    tile.slots.push_back({e.mul(e.add(panel, at / kPanelWidth), panelBytes),
                          e.add(first, at % kPanelWidth), lanes});
  return tile;
}

void PackedEmitter::emitTile(const PackedTile &tile) {
  SmallVector<Value> acc;
  if (isFloat)
    acc = FloatSums(*this, tile).run();
  else
    acc = IntegerSums(*this, tile).run();
  SmallVector<KernelEmitter::TilePart> parts;
  for (int64_t row = 0; row < tile.at.rows; ++row)
    for (int64_t s = 0; s < tile.getNumSlots(); ++s)
      parts.push_back({acc[row * tile.getNumSlots() + s], row, s * lanes,
                       std::min(lanes, tile.block.valid - s * lanes)});
  e.finishTile(parts, tile.at.n, tile.at.h, tile.at.w, getChannel(tile),
               Value());
}

Value PackedEmitter::getChannel(const PackedTile &tile) {
  return e.add(e.mul(tile.block.group, layout.channelsPerGroup),
               tile.block.channel);
}

SmallVector<Value> PackedEmitter::loadBias(const PackedTile &tile) {
  SmallVector<Value> bias;
  TypedAttr zero =
      cast<TypedAttr>(e.b.getZeroAttr(e.kernel.getAccumulatorType()));
  for (int64_t s = 0; s < tile.getNumSlots(); ++s)
    bias.push_back(
        e.bias ? e.load(e.bias, e.add(getChannel(tile), s * lanes), lanes)
               : e.splat(zero, lanes));
  return bias;
}

//===----------------------------------------------------------------------===//
// Blocks and chunks
//===----------------------------------------------------------------------===//

SmallVector<Value> PackedEmitter::forBlocks(ValueRange start, BlockBody body) {
  const PackedLayout &p = weights.layout;
  int64_t full = p.depth / p.block, rest = p.depth % p.block;
  SmallVector<Value> acc(start);
  if (full != 0)
    acc = e.reduceLoop(e.index(0), e.index(full), acc,
                       [&](Value block, ValueRange inner) {
                         return body(block, p.block, inner);
                       });
  if (rest != 0)
    acc = body(e.index(full), rest, acc);
  return acc;
}

SmallVector<Value> PackedEmitter::forChunks(Value block, int64_t size,
                                            ValueRange start, BlockBody body) {
  const PackedLayout &p = weights.layout;
  int64_t full = size / p.chunk, rest = size % p.chunk;
  Value first = e.mul(block, p.getChunksPerBlock());
  SmallVector<Value> acc(start);
  if (full == 1)
    acc = body(first, p.chunk, acc);
  else if (full != 0)
    acc = e.reduceLoop(first, e.add(first, full), acc,
                       [&](Value chunk, ValueRange inner) {
                         return body(chunk, p.chunk, inner);
                       });
  if (rest != 0)
    acc = body(e.add(first, full), rest, acc);
  return acc;
}

LogicalResult quantopt::emitPacked(KernelEmitter &e) {
  PackedEmitter(e).run();
  return success();
}
