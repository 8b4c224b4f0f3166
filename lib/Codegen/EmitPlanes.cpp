//===- EmitPlanes.cpp - Depthwise kernels by pairs of words ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Depthwise convolutions of bytes in general registers that hold two words of
/// 16 bits. What some rows of the output read of one channel is copied to the
/// stack as words, a plane. Neighbours of a row then are a register; a tile of
/// neighbouring outputs multiplies it by pairs of taps, or by one tap where the
/// other word belongs to no output's window.
///
//===----------------------------------------------------------------------===//

#include "EmitDepthwise.h"
#include "StackBuffer.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Elements that a turn of the copying loop moves.
static constexpr int64_t kCopied = 4;

namespace {
/// Emits one kernel.
class PlaneEmitter {
public:
  explicit PlaneEmitter(KernelEmitter &e);
  void run();

private:
  /// The rows of the output that a plane serves.
  struct Band {
    Value n, first, last;
  };
  /// Words of weights, one register each: pairs of taps that follow each other,
  /// row by row.
  using Taps = SmallVector<SmallVector<Value>>;

  void copyPlane(const Band &band, Value channel);
  void copyElements(Value from, Value to, int64_t count);
  Taps loadTaps(Value channel);
  void emitRow(const Band &band, Value h, Value channel, const Taps &taps);
  void emitTile(const Band &band, Value h, Value w, int64_t columns,
                Value channel, const Taps &taps);
  void addWord(ArrayRef<Value> taps, Value word, int64_t position,
               MutableArrayRef<Value> sums);
  Value joinWords(Value low, Value high);

  KernelEmitter &e;
  qnn::WindowAttr window;
  qvec::DepthwiseStrategyAttr strategy;
  PlaneLayout layout;
  int64_t taps, multiplier;
  VectorType pairType;
  FlatBuffer plane;
};
} // namespace

PlaneEmitter::PlaneEmitter(KernelEmitter &emitter)
    : e(emitter), window(e.kernel.getWindow()),
      strategy(*e.kernel.getDepthwiseStrategy()),
      layout(e.output.shape, window), taps(window.getKernel()[1]),
      multiplier(e.output.shape[3] / e.input.shape[3]),
      pairType(VectorType::get({2}, e.b.getI16Type())) {
  int64_t rows = std::min(strategy.getOutputs(), e.output.shape[1]);
  plane = createStackBuffer(e, e.b.getI16Type(), layout.getElements(rows), 4);
}

void PlaneEmitter::run() {
  int64_t height = e.output.shape[1], rows = strategy.getOutputs();
  int64_t bands = llvm::divideCeil(height, rows);
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Band band;
    auto [n, number] = e.split(item, bands, e.output.shape[0]);
    band.n = n;
    band.first = e.mul(number, rows);
    band.last = e.add(band.first, rows);
    if (height % rows != 0)
      band.last = e.min(band.last, e.index(height));
    e.forLoop(e.input.shape[3], [&](Value input) {
      copyPlane(band, input);
      e.forLoop(multiplier, [&](Value number) {
        Value channel = e.add(e.mul(input, multiplier), number);
        Taps words = loadTaps(channel);
        e.forLoop(band.first, band.last, 1,
                  [&](Value h) { emitRow(band, h, channel, words); });
      });
    });
  });
}

//===----------------------------------------------------------------------===//
// Planes
//===----------------------------------------------------------------------===//

/// Widens neighbours of a row.
void PlaneEmitter::copyElements(Value from, Value to, int64_t count) {
  SmallVector<Value> bytes;
  for (int64_t i = 0; i < count; ++i)
    bytes.push_back(e.load(e.input, e.add(from, i * e.input.strides[2]), 1));
  for (auto [i, byte] : llvm::enumerate(bytes))
    e.store(e.widen(byte, plane.elementType), plane, e.add(to, i), 1);
}

/// Copies what the band reads of an input channel.
void PlaneEmitter::copyPlane(const Band &band, Value channel) {
  ArrayRef<int64_t> in = e.input.strides;
  Value top = e.mul(band.first, layout.stride);
  Value base = e.add(e.add(e.mul(band.n, in[0]), e.mul(top, in[1])), channel);
  Value height = arith::SubIOp::create(e.b, e.loc, band.last, band.first);
  Value rows = e.add(e.mul(height, layout.stride), layout.halo);
  e.forLoop(e.index(0), rows, 1, [&](Value row) {
    Value from = e.add(base, e.mul(row, in[1]));
    Value to = e.mul(row, layout.pitch);
    int64_t full = layout.width / kCopied * kCopied;
    e.forLoop(e.index(0), e.index(full), kCopied, [&](Value x) {
      copyElements(e.add(from, e.mul(x, in[2])), e.add(to, x), kCopied);
    });
    if (full != layout.width)
      copyElements(e.add(from, full * in[2]), e.add(to, full),
                   layout.width - full);
  });
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// Two words of 16 bits as a register.
Value PlaneEmitter::joinWords(Value low, Value high) {
  OpBuilder &b = e.b;
  Value mask = e.splat(b.getI32IntegerAttr(0xffff), 1);
  Value bits = e.splat(b.getI32IntegerAttr(16), 1);
  low = arith::AndIOp::create(b, e.loc, low, mask);
  high = arith::ShLIOp::create(b, e.loc, high, bits);
  Value both = arith::OrIOp::create(b, e.loc, low, high);
  return vector::BitCastOp::create(e.b, e.loc, pairType, both);
}

/// A channel's weights. A last tap stands in the high word of the pair before
/// it; a row of one tap is a pair with itself.
PlaneEmitter::Taps PlaneEmitter::loadTaps(Value channel) {
  Value base = e.add(e.mul(e.div(channel, kPanelWidth), e.weight.strides[0]),
                     e.rem(channel, kPanelWidth));
  Taps words;
  for (int64_t row = 0; row < window.getKernel()[0]; ++row) {
    SmallVector<Value> bytes;
    for (int64_t tap = 0; tap < taps; ++tap) {
      int64_t at = row * e.weight.strides[1] + tap * e.weight.strides[2];
      Value byte = e.load(e.weight, e.add(base, at), 1);
      bytes.push_back(e.widen(byte, e.b.getI32Type()));
    }
    SmallVector<Value> &pairs = words.emplace_back();
    for (int64_t tap = 0; tap + 1 < taps || tap == 0; ++tap)
      pairs.push_back(
          joinWords(bytes[tap], bytes[std::min(tap + 1, taps - 1)]));
  }
  return words;
}

/// Adds the products of two neighbours, the first of which is at `position` in
/// the tile's row.
void PlaneEmitter::addWord(ArrayRef<Value> pairs, Value word, int64_t position,
                           MutableArrayRef<Value> sums) {
  auto isTap = [&](int64_t tap) { return tap >= 0 && tap < taps; };
  for (auto [i, sum] : llvm::enumerate(sums)) {
    int64_t low = position - int64_t(i) * window.getStrides()[1];
    int64_t high = low + 1;
    if (isTap(low) && isTap(high)) {
      sum = qvec::Dot2Op::create(e.b, e.loc, sum.getType(), sum, word,
                                 pairs[low]);
      continue;
    }
    if (!isTap(low) && !isTap(high))
      continue;
    int64_t tap = isTap(low) ? low : high;
    int64_t pair = std::max<int64_t>(0, std::min(tap, taps - 2));
    sum = qvec::LaneProductOp::create(e.b, e.loc, sum.getType(), sum, word,
                                      pairs[pair], /*lhsLane=*/isTap(high),
                                      /*rhsLane=*/tap - pair);
  }
}

/// `columns` neighbouring outputs.
void PlaneEmitter::emitTile(const Band &band, Value h, Value w, int64_t columns,
                            Value channel, const Taps &words) {
  ArrayRef<int64_t> strides = window.getStrides();
  Value start = e.bias ? e.load(e.bias, channel, 1)
                       : e.splat(e.b.getI32IntegerAttr(0), 1);
  SmallVector<Value> sums(columns, start);
  Value row = arith::SubIOp::create(e.b, e.loc, h, band.first);
  Value base =
      e.add(e.mul(row, strides[0] * layout.pitch), e.mul(w, strides[1]));
  int64_t last = (columns - 1) * strides[1] + taps;
  for (auto [r, pairs] : llvm::enumerate(words)) {
    int64_t from = int64_t(r) * window.getDilations()[0] * layout.pitch;
    for (int64_t x = 0; x < last; x += 2) {
      Value word = vector::LoadOp::create(
          e.b, e.loc, pairType, plane.view, e.add(base, from + x),
          /*nontemporal=*/false, llvm::MaybeAlign(4));
      addWord(pairs, word, x, sums);
    }
  }
  SmallVector<KernelEmitter::TilePart> parts;
  for (int64_t i = 0; i < columns; ++i)
    parts.push_back({sums[i], i, 0, 1});
  e.finishTile(parts, band.n, h, w, channel, Value());
}

void PlaneEmitter::emitRow(const Band &band, Value h, Value channel,
                           const Taps &words) {
  int64_t width = e.output.shape[2], columns = strategy.getColumns();
  int64_t full = width / columns * columns;
  e.forLoop(e.index(0), e.index(full), columns,
            [&](Value w) { emitTile(band, h, w, columns, channel, words); });
  if (full != width)
    emitTile(band, h, e.index(full), width - full, channel, words);
}

void quantopt::emitPlanes(KernelEmitter &e) { PlaneEmitter(e).run(); }
