//===- EmitDepthwise.cpp - Tiles of depthwise kernels of integers ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitDepthwise.h"
#include "DepthwiseEmitter.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;

DepthwiseGeometry::DepthwiseGeometry(qvec::KernelOp kernel)
    : strategy(*kernel.getDepthwiseStrategy()), window(kernel.getWindow()),
      taps(window, strategy), channels(kernel.getOutputShape()[3]),
      order(channels, strategy.getPixels()), axis(strategy.getAxis()),
      outputs(strategy.getOutputs()), columns(strategy.getColumns()),
      pixels(strategy.getPixels()) {
  ArrayRef<int64_t> out = kernel.getOutputShape();
  height = out[1];
  tileHeight = std::min(axis == 0 ? outputs : columns, height);
  rows = llvm::divideCeil(height, tileHeight);
  images = out[0];
}

DepthwiseEmitter::DepthwiseEmitter(KernelEmitter &emitter)
    : e(emitter), g(emitter.kernel), lanes(g.strategy.getLanes()),
      bytes(4 * lanes), group(g.strategy.getGroup()),
      multiplier(g.channels / e.input.shape[3]) {}

/// Emits both branches of a choice between two sizes.
static void emitChoice(KernelEmitter &e, Value number, int64_t limit,
                       function_ref<void()> below, function_ref<void()> rest) {
  Value isBelow = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt,
                                        number, e.index(limit));
  auto branch = scf::IfOp::create(e.b, e.loc, isBelow, /*withElse=*/true);
  OpBuilder::InsertionGuard guard(e.b);
  e.b.setInsertionPointToStart(branch.thenBlock());
  below();
  e.b.setInsertionPointToStart(branch.elseBlock());
  rest();
}

void DepthwiseEmitter::run() {
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Value rest, row;
    std::tie(rest, row) = e.split(item, g.rows, g.getItems() / g.rows);
    auto [block, n] = e.split(rest, g.images, g.getItems() / g.rows / g.images);
    Tile tile{n,          e.mul(row, g.tileHeight),
              e.index(0), g.outputs,
              g.columns,  g.pixels};
    int64_t &tileHeight = g.axis == 0 ? tile.outputs : tile.columns;
    tileHeight = g.tileHeight;
    int64_t left = g.height % g.tileHeight;
    if (left == 0)
      return emitRow(block, tile);
    auto emitWith = [&](int64_t height) {
      tileHeight = height;
      emitRow(block, tile);
    };
    emitChoice(
        e, row, g.rows - 1, [&] { emitWith(g.tileHeight); },
        [&] { emitWith(left); });
  });
}

/// One row of tiles: of the item's block or of all.
void DepthwiseEmitter::emitRow(Value block, const Tile &row) {
  if (!g.strategy.getChannelsOuter())
    return forEachTile(row, [&](const Tile &tile) { emitAllBlocks(tile); });
  int64_t full = g.order.getFullBlocks(), left = g.channels % kBlock;
  auto emit = [&](int64_t valid) {
    forEachTile(row, [&](const Tile &tile) { emitBlock(block, valid, tile); });
  };
  if (left == 0 || full == 0)
    return emit(left == 0 ? kBlock : left);
  emitChoice(
      e, block, full, [&] { emit(kBlock); }, [&] { emit(left); });
}

/// Splits a row of the output evenly into tiles; what does not fill a group of
/// pixels or the outputs of a tile is a smaller tile.
void DepthwiseEmitter::forEachTile(const Tile &row,
                                   function_ref<void(const Tile &)> body) {
  int64_t width = e.output.shape[2];
  int64_t unit = g.axis == 0 ? g.pixels : g.pixels * row.outputs;
  Tile tile = row;
  int64_t start = 0;
  auto emit = [&](int64_t count, int64_t size) {
    if (count == 0)
      return;
    if (g.axis == 0)
      tile.columns = size;
    int64_t end = start + count * size * unit;
    e.forLoop(e.index(start), e.index(end), size * unit, [&](Value w) {
      tile.w = w;
      body(tile);
    });
    start = end;
  };
  if (width >= unit) {
    TileSplit split = splitEvenly(width / unit, g.axis == 0 ? g.columns : 1);
    emit(split.large, split.size);
    emit(split.small, split.size - 1);
  }
  int64_t left = width % unit;
  if (left == 0)
    return;
  tile.w = e.index(start);
  if (g.axis == 0)
    tile.columns = 1;
  (g.pixels > 1 ? tile.pixels : tile.outputs) = left;
  body(tile);
}

/// All elements of a tile's groups of pixels.
void DepthwiseEmitter::emitAllBlocks(const Tile &tile) {
  int64_t size = tile.pixels * g.channels, full = size / kBlock;
  if (needsPieces()) {
    for (int64_t first = 0; first < size; first += bytes)
      emitTile({e.index(first / kBlock), e.index(first % kBlock / bytes),
                std::min(bytes, size - first), first},
               tile);
    return;
  }
  e.forLoop(full, [&](Value block) { emitBlock(block, kBlock, tile); });
  if (size % kBlock != 0)
    emitBlock(e.index(full), size % kBlock, tile);
}

void DepthwiseEmitter::emitBlock(Value block, int64_t valid, const Tile &tile) {
  int64_t full = valid / bytes;
  e.forLoop(full, [&](Value number) {
    emitTile({block, number, bytes, std::nullopt}, tile);
  });
  if (valid % bytes != 0)
    emitTile({block, e.index(full), valid % bytes, std::nullopt}, tile);
}

void DepthwiseEmitter::emitTile(const Part &part, const Tile &tile) {
  ArrayRef<int64_t> in = e.input.strides, strides = g.window.getStrides();
  Value base = e.add(e.mul(tile.n, in[0]), e.mul(tile.h, strides[0] * in[1]));
  base = e.add(base, e.mul(tile.w, strides[1] * in[2]));
  base = e.add(base, e.mul(part.block, kBlock / multiplier));
  base = e.add(base, e.mul(part.number, bytes / multiplier));
  SmallVector<Value> sums =
      sumLoop(part, tile, base, startSums(part, tile.outputs * tile.columns));
  for (int64_t output = 0; output < tile.outputs; ++output)
    for (int64_t column = 0; column < tile.columns; ++column)
      finish(
          part, tile, output, column,
          ArrayRef(sums).slice(sumIndex(tile, output, column, 0), kQuarters));
}

//===----------------------------------------------------------------------===//
// Pieces of vectors
//===----------------------------------------------------------------------===//

/// Whether a vector's pixels must be taken apart: they are not next to each
/// other in a buffer, or have different parameters.
bool DepthwiseEmitter::needsPieces() const {
  if (g.pixels == 1)
    return false;
  int64_t inputs = g.channels / multiplier;
  return g.window.getStrides()[1] * e.input.strides[2] != inputs ||
         e.output.strides[2] != g.channels || !e.rowParams.empty() ||
         llvm::any_of(e.residuals, [&](const FlatBuffer &residual) {
           return residual.strides[2] != g.channels;
         });
}

/// The lanes of a part that belong to each pixel, in vectors whose elements
/// `shared` channels share.
SmallVector<DepthwiseEmitter::Piece>
DepthwiseEmitter::getPieces(const Part &part, int64_t shared) const {
  if (!part.first)
    return {{0, 0, int64_t(llvm::divideCeil(part.valid, shared))}};
  SmallVector<Piece> pieces;
  int64_t end = *part.first + part.valid;
  for (int64_t at = *part.first; at < end;) {
    int64_t pixel = at / g.channels;
    int64_t to = std::min(end, (pixel + 1) * g.channels);
    int64_t last = llvm::divideCeil(to - *part.first, shared);
    pieces.push_back({pixel, (at - *part.first) / shared, last});
    at = to;
  }
  return pieces;
}

/// A part's elements of a buffer. `offset` is that of the first one if pixels
/// follow each other.
Value DepthwiseEmitter::loadPart(const FlatBuffer &buffer, Value offset,
                                 const Part &part, int64_t pixelStride,
                                 int64_t shared) {
  int64_t size = bytes / shared, gap = pixelStride - g.channels / shared;
  int64_t valid = llvm::divideCeil(part.valid, shared);
  if (gap == 0 || !part.first)
    return e.load(buffer, offset, size, valid);
  SmallVector<Piece> pieces = getPieces(part, shared);
  auto startOf = [&](const Piece &piece) {
    return e.add(offset, piece.pixel * gap);
  };
  int64_t first = pieces[0].to;
  bool areEqual = size % first == 0 && valid == size &&
                  llvm::all_of(pieces, [&](const Piece &piece) {
                    return piece.to - piece.from == first;
                  });
  if (areEqual) {
    SmallVector<Value> vectors;
    for (const Piece &piece : pieces)
      vectors.push_back(
          e.load(buffer, e.add(startOf(piece), piece.from), first));
    return e.concat(vectors);
  }
  Value result =
      e.splat(cast<TypedAttr>(e.b.getZeroAttr(buffer.elementType)), size);
  for (const Piece &piece : pieces)
    result = e.loadLanes(buffer, startOf(piece), piece.from, piece.to, result);
  return result;
}

void DepthwiseEmitter::storePart(Value result, Value offset, const Part &part) {
  int64_t gap = e.output.strides[2] - g.channels;
  if (gap == 0 || !part.first)
    return e.store(result, e.output, offset, part.valid);
  for (const Piece &piece : getPieces(part, 1))
    e.storeLanes(result, e.output, e.add(offset, piece.pixel * gap), piece.from,
                 piece.to);
}

void quantopt::emitGroupedDepthwise(KernelEmitter &e) {
  DepthwiseEmitter(e).run();
}

/// Whether sums are of one channel, or of whole vectors of channels where few
/// registers hold vectors.
static bool hasFewSums(KernelEmitter &e) {
  int64_t lanes = e.kernel.getDepthwiseStrategy()->getLanes();
  if (lanes == 1)
    return true;
  int64_t channels = e.output.shape[3];
  return getTargetLevel(e.kernel).dotGroup == 16 &&
         e.input.elementType.isInteger(8) && channels % lanes == 0 &&
         channels == e.input.shape[3];
}

LogicalResult quantopt::emitDepthwise(KernelEmitter &e) {
  if (hasFewSums(e))
    emitDepthwiseColumns(e);
  else if (e.kernel.hasGroupedTaps())
    emitGroupedDepthwise(e);
  else
    emitTapDepthwise(e);
  return success();
}

int64_t quantopt::getDepthwiseItems(qvec::KernelOp kernel) {
  if (kernel.hasGroupedTaps())
    return DepthwiseGeometry(kernel).getItems();
  ArrayRef<int64_t> out = kernel.getOutputShape();
  return out[0] * out[1];
}
