//===- EmitTiles.cpp - Contractions with sums in tiles --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Rows of the first factor are the input's bytes for neighbouring positions,
/// one stride apart; the second one is a panel of weights as it is stored.
/// Sums go through the stack to the epilogue.
///
/// The sizes of tiles belong to a configuration that takes hundreds of cycles
/// to load. So that all of a kernel's tiles have the same sizes, those that
/// lack a position compute one again that was finished before, and drop it.
///
//===----------------------------------------------------------------------===//

#include "ContractionLoops.h"

using namespace quantopt;
using qvec::kPanelWidth;
using qvec::kTileRows;

namespace {
/// Emits the tiles of one kernel.
class TileEmitter {
public:
  TileEmitter(KernelEmitter &e, const ContractionLayout &layout);
  void emitTile(const ContractionBlock &block, const TilePosition &at);

private:
  Value load(const FlatBuffer &buffer, Value offset, int64_t rows,
             int64_t columns, int64_t stride);
  SmallVector<Value> startSums(const ContractionBlock &block);
  SmallVector<Value> addSteps(int64_t vectors, Value input, Value weight,
                              ValueRange sums);
  void storeSums(int64_t vectors, ValueRange sums);
  void finishRows(const ContractionBlock &block, const TilePosition &at,
                  Value row, int64_t count);
  /// The first position of a part. Parts may overlap.
  int64_t getFirstRow(int64_t part) const {
    return parts == 1 ? 0 : part * (positions - rows) / (parts - 1);
  }

  KernelEmitter &e;
  const ContractionLayout &layout;
  /// Positions that are computed together, in parts of `rows`.
  int64_t positions, parts, rows;
  /// Steps of a tile, and of a run.
  int64_t tileSteps, runSteps;
  /// Sums of all positions, 16 for each vector of channels.
  FlatBuffer sums;
};
} // namespace

TileEmitter::TileEmitter(KernelEmitter &emitter,
                         const ContractionLayout &layout)
    : e(emitter), layout(layout), positions(layout.tiles.size),
      parts(llvm::divideCeil(positions, kTileRows)),
      rows(llvm::divideCeil(positions, parts)),
      tileSteps(e.kernel.getStrategy()->getSteps()),
      runSteps(e.weight.shape[2]) {
  int64_t size = positions * layout.channelsPerTile;
  sums.elementType = e.b.getI32Type();
  sums.view = memref::AllocaOp::create(
      e.b, e.loc, MemRefType::get({size}, sums.elementType),
      e.b.getI64IntegerAttr(64));
  sums.shape = {size};
  sums.strides = {1};
}

Value TileEmitter::load(const FlatBuffer &buffer, Value offset, int64_t rows,
                        int64_t columns, int64_t stride) {
  auto type = VectorType::get({rows, columns}, buffer.elementType);
  return qvec::TileLoadOp::create(e.b, e.loc, type, buffer.view, offset,
                                  stride);
}

/// The bias in each row; the sums of a vector's parts follow each other.
SmallVector<Value> TileEmitter::startSums(const ContractionBlock &block) {
  const FlatBuffer &start = e.bias ? e.bias : sums;
  if (!e.bias)
    e.store(e.splat(e.b.getI32IntegerAttr(0), kPanelWidth), sums, e.index(0),
            kPanelWidth);
  SmallVector<Value> result;
  for (int64_t v = 0; v < block.vectors; ++v) {
    Value offset = e.bias
                       ? e.add(getOutChannel(e, layout, block), v * kPanelWidth)
                       : e.index(0);
    for (int64_t part = 0; part < parts; ++part)
      result.push_back(load(start, offset, rows, kPanelWidth, 0));
  }
  return result;
}

/// Adds the products of a tile's steps.
SmallVector<Value> TileEmitter::addSteps(int64_t vectors, Value input,
                                         Value weight, ValueRange sums) {
  int64_t pitch = e.kernel.getWindow().getStrides()[1] * e.input.strides[2];
  SmallVector<Value> x, next;
  for (int64_t part = 0; part < parts; ++part)
    x.push_back(load(e.input, e.add(input, getFirstRow(part) * pitch), rows,
                     4 * tileSteps, pitch));
  for (int64_t v = 0; v < vectors; ++v) {
    Value w = load(e.weight, e.add(weight, v * e.weight.strides[0]), tileSteps,
                   4 * kPanelWidth, e.weight.strides[2]);
    for (int64_t part = 0; part < parts; ++part) {
      Value sum = sums[v * parts + part];
      next.push_back(qvec::TileMmaOp::create(e.b, e.loc, sum.getType(), sum,
                                             x[part], w,
                                             e.kernel.getUnsignedInput()));
    }
  }
  return next;
}

void TileEmitter::storeSums(int64_t vectors, ValueRange values) {
  int64_t stride = layout.channelsPerTile;
  for (int64_t v = 0; v < vectors; ++v)
    for (int64_t part = 0; part < parts; ++part)
      qvec::TileStoreOp::create(
          e.b, e.loc, values[v * parts + part], sums.view,
          e.index(getFirstRow(part) * stride + v * kPanelWidth), stride);
}

/// Runs the epilogue on `count` of the tile's positions from `row`.
void TileEmitter::finishRows(const ContractionBlock &block,
                             const TilePosition &at, Value row, int64_t count) {
  // The position that was computed again comes first.
  int64_t skipped = positions - at.rows, stride = layout.channelsPerTile;
  SmallVector<KernelEmitter::TilePart> results;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t v = 0; v < block.vectors; ++v) {
      int64_t channel = v * kPanelWidth;
      Value offset =
          e.add(e.mul(row, stride), (skipped + i) * stride + channel);
      results.push_back({e.load(sums, offset, kPanelWidth), i, channel,
                         std::min(kPanelWidth, block.valid - channel)});
    }
  e.finishTile(results, at.n, at.h, e.add(at.w, row),
               getOutChannel(e, layout, block), Value());
}

void TileEmitter::emitTile(const ContractionBlock &block,
                           const TilePosition &at) {
  TilePosition from = at;
  from.w = e.add(at.w, at.rows - positions);
  SmallVector<Value> total =
      emitRuns(e, layout, block, from, startSums(block),
               [&](const ContractionRun &run, ValueRange outer) {
                 return e.reduceLoop(
                     e.index(0), e.index(runSteps / tileSteps), outer,
                     [&](Value tile, ValueRange inner) {
                       Value x = e.add(run.input, e.mul(tile, 4 * tileSteps));
                       Value w =
                           e.add(run.weight,
                                 e.mul(tile, tileSteps * e.weight.strides[2]));
                       return addSteps(block.vectors, x, w, inner);
                     });
               });
  storeSums(block.vectors, total);
  // Four vectors of sums make one of bytes.
  int64_t count = std::max<int64_t>(1, 4 / block.vectors);
  int64_t full = at.rows / count * count;
  e.forLoop(e.index(0), e.index(full), count,
            [&](Value row) { finishRows(block, at, row, count); });
  if (full != at.rows)
    finishRows(block, at, e.index(full), at.rows - full);
}

void quantopt::emitTiles(KernelEmitter &e, const ContractionLayout &layout) {
  emitContractionTiles<TileEmitter>(e, layout);
}
