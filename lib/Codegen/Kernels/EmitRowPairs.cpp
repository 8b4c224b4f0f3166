//===- EmitRowPairs.cpp - Contractions by products of two rows ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Contractions whose products are those of `qvec.mmla`: a register of inputs
/// has eight bytes of two neighbouring positions, one of weights those of two
/// channels, one of sums those of both positions and both channels.
///
/// Two steps of a position are loaded at once; its first half joins that of its
/// neighbour, and so does its second one. A position that a tile or a run lacks
/// is zero in its neighbour's register.
///
//===----------------------------------------------------------------------===//

#include "ContractionLoops.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Channels of a register of weights, and of a vector of the strategy.
static constexpr int64_t kColumns = 2, kChannels = 4;
/// Steps that are loaded together.
static constexpr int64_t kLoadedSteps = 2;

namespace {
/// Emits the tiles of one kernel.
class RowPairEmitter {
public:
  RowPairEmitter(KernelEmitter &e, const ContractionLayout &layout)
      : e(e), layout(layout), isHalved(isHalvedContraction(e.kernel)),
        storedSteps(getStoredSteps(e.kernel)),
        pitch(e.kernel.getWindow().getStrides()[1] * e.input.strides[2]) {}
  void emitTile(const ContractionBlock &block, const TilePosition &at);

private:
  SmallVector<Value> startSums(const ContractionBlock &block, int64_t rows);
  SmallVector<Value> addRun(const ContractionBlock &block,
                            const ContractionRun &run, ValueRange sums);
  SmallVector<Value> addSteps(const ContractionBlock &block,
                              const ContractionRun &run, Value first,
                              int64_t count, ValueRange sums);
  SmallVector<Value> loadRows(const ContractionRun &run, Value first,
                              int64_t count, int64_t pairs);
  Value shuffle(Value x, Value y, ArrayRef<int64_t> lanes) {
    return vector::ShuffleOp::create(e.b, e.loc, x, y, lanes);
  }
  Value joinHalves(Value x, Value y, int64_t half);
  void finish(const ContractionBlock &block, const TilePosition &at,
              ValueRange sums);

  KernelEmitter &e;
  const ContractionLayout &layout;
  /// Whether weights of 4 bits share bytes, and the steps that one step of the
  /// weights has.
  bool isHalved;
  int64_t storedSteps;
  /// Elements between neighbouring positions.
  int64_t pitch;
};
} // namespace

/// The bias of two channels, for both positions of a pair.
SmallVector<Value> RowPairEmitter::startSums(const ContractionBlock &block,
                                             int64_t rows) {
  SmallVector<Value> first;
  for (int64_t v = 0; v < block.vectors; ++v) {
    if (!e.bias || isHalved) {
      first.append(kChannels / kColumns,
                   e.splat(e.b.getI32IntegerAttr(0), kChannels));
      continue;
    }
    Value channel = e.add(getOutChannel(e, layout, block), v * kChannels);
    Value bias = e.load(e.bias, channel, kChannels);
    first.push_back(shuffle(bias, bias, {0, 1, 0, 1}));
    first.push_back(shuffle(bias, bias, {2, 3, 2, 3}));
  }
  SmallVector<Value> all;
  for (int64_t i = 0; i < rows; i += 2)
    llvm::append_range(all, first);
  return all;
}

/// The first or the second eight bytes of two vectors.
Value RowPairEmitter::joinHalves(Value x, Value y, int64_t half) {
  int64_t size = cast<VectorType>(x.getType()).getDimSize(0) / kMmlaGroup;
  auto halves = VectorType::get({size}, e.b.getI64Type());
  Value pair = shuffle(vector::BitCastOp::create(e.b, e.loc, halves, x),
                       vector::BitCastOp::create(e.b, e.loc, halves, y),
                       {half, size + half});
  auto bytes = VectorType::get({2 * kMmlaGroup}, e.b.getI8Type());
  return vector::BitCastOp::create(e.b, e.loc, bytes, pair);
}

/// What `count` steps of all pairs of positions multiply: those of a pair
/// follow each other.
SmallVector<Value> RowPairEmitter::loadRows(const ContractionRun &run,
                                            Value first, int64_t count,
                                            int64_t pairs) {
  int64_t elements = count * kMmlaGroup;
  Value base = e.add(run.input, e.mul(first, kMmlaGroup));
  auto load = [&](int64_t i) -> Value {
    if (i < run.positions.begin || i >= run.positions.end)
      return e.splat(e.b.getI8IntegerAttr(0), elements);
    return e.load(e.input, e.add(base, i * pitch), elements);
  };
  SmallVector<Value> rows;
  for (int64_t p = 0; p < pairs; ++p) {
    Value x = load(2 * p), y = load(2 * p + 1);
    for (int64_t s = 0; s < count; ++s)
      rows.push_back(joinHalves(x, y, s));
  }
  return rows;
}

/// Adds the products of one or two steps, from step `first` of the weights.
SmallVector<Value> RowPairEmitter::addSteps(const ContractionBlock &block,
                                            const ContractionRun &run,
                                            Value first, int64_t count,
                                            ValueRange sums) {
  int64_t columns = block.vectors * kChannels / kColumns;
  int64_t pairs = sums.size() / columns;
  SmallVector<Value> rows =
      loadRows(run, e.mul(first, storedSteps), count, pairs);
  SmallVector<Value> next(sums);
  for (int64_t s = 0; s < count; ++s) {
    Value stored = e.add(first, s / storedSteps);
    Value weights = e.add(run.weight, e.mul(stored, e.weight.strides[2]));
    for (int64_t c = 0; c < columns; ++c) {
      int64_t channel = c * kColumns;
      Value w =
          e.load(e.weight,
                 e.add(weights, channel / kPanelWidth * e.weight.strides[0] +
                                    channel % kPanelWidth * kMmlaGroup),
                 kColumns * kMmlaGroup);
      if (isHalved)
        w = takeHalves(e, w, s % storedSteps != 0);
      for (int64_t p = 0; p < pairs; ++p) {
        Value &sum = next[p * columns + c];
        sum = qvec::MmlaOp::create(e.b, e.loc, sum.getType(), sum,
                                   rows[p * count + s], w,
                                   e.kernel.getUnsignedInput());
      }
    }
  }
  return next;
}

SmallVector<Value> RowPairEmitter::addRun(const ContractionBlock &block,
                                          const ContractionRun &run,
                                          ValueRange sums) {
  auto [begin, end] = run.steps;
  int64_t size = kLoadedSteps / storedSteps;
  SmallVector<Value> total =
      emitGroups(e, {begin, (end - begin) / size, size}, sums,
                 [&](Value first, ValueRange inner) {
                   return addSteps(block, run, first, kLoadedSteps, inner);
                 });
  if ((end - begin) % size == 0)
    return total;
  return addSteps(block, run, e.index(end - 1), 1, total);
}

/// Makes vectors of a position's channels and runs the epilogue on them.
void RowPairEmitter::finish(const ContractionBlock &block,
                            const TilePosition &at, ValueRange sums) {
  SmallVector<Value> rows;
  for (int64_t i = 0; i < at.rows; ++i)
    for (int64_t v = 0; v < block.vectors; ++v) {
      size_t from = (i / 2 * block.vectors + v) * (kChannels / kColumns);
      int64_t lane = i % 2 * kColumns;
      rows.push_back(shuffle(sums[from], sums[from + 1],
                             {lane, lane + 1, lane + 4, lane + 5}));
    }
  if (isHalved)
    rows = finishHalves(e, layout, block, rows);
  SmallVector<KernelEmitter::TilePart> parts;
  for (auto [number, row] : llvm::enumerate(rows)) {
    int64_t i = int64_t(number) / block.vectors;
    int64_t channel = int64_t(number) % block.vectors * kChannels;
    parts.push_back(
        {row, i, channel, std::min(kChannels, block.valid - channel)});
  }
  e.finishTile(parts, at.n, at.h, at.w, getOutChannel(e, layout, block),
               Value());
}

void RowPairEmitter::emitTile(const ContractionBlock &block,
                              const TilePosition &at) {
  SmallVector<Value> sums =
      emitRuns(e, layout, block, at, startSums(block, at.rows),
               [&](const ContractionRun &run, ValueRange outer) {
                 return addRun(block, run, outer);
               });
  finish(block, at, sums);
}

void quantopt::emitRowPairs(KernelEmitter &e, const ContractionLayout &layout) {
  emitContractionTiles<RowPairEmitter>(e, layout);
}
