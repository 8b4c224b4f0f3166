//===- EmitDepthwise.cpp - Depthwise micro-kernels ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"

using namespace quantopt;
using qvec::kPanelWidth;

namespace {
/// Four pixels are interleaved byte by byte, so that one dot product adds four
/// taps of every channel; neighbouring outputs share an interleaving and use
/// weights moved by a tap.
class DepthwiseEmitter {
public:
  explicit DepthwiseEmitter(KernelEmitter &e);
  void run();

private:
  void emitChannels(Value n, Value h, Value channel, int64_t valid);
  void emitTile(Value n, Value h, Value w, Value channel, int64_t rows,
                int64_t valid, ArrayRef<Value> weights);
  SmallVector<Value> loadWeights(Value channel);
  Value loadPixel(Value base, int64_t pixel, int64_t valid);
  Value interleave(Value base, int64_t pixel, int64_t last, int64_t valid);
  void addIntegerTaps(Value rowBase, int64_t row, int64_t rows, int64_t valid,
                      ArrayRef<Value> weights, MutableArrayRef<Value> acc);
  void addFloatTaps(Value rowBase, int64_t row, int64_t rows, int64_t valid,
                    ArrayRef<Value> weights, MutableArrayRef<Value> acc);
  Value addPairs(Value sum);

  KernelEmitter &e;
  bool integer;
  int64_t lanes, dotGroup, channelsPerVector, tapGroups, kh, kw;
  int64_t strideW, dilationW, tileRows;
  /// How many taps weights may be moved without leaving their group.
  int64_t shifts;
};
} // namespace

DepthwiseEmitter::DepthwiseEmitter(KernelEmitter &emitter) : e(emitter) {
  qvec::StrategyAttr s = *e.kernel.getStrategy();
  qnn::WindowAttr window = e.kernel.getWindow();
  integer = e.kernel.getAccumulatorType().isInteger(32);
  lanes = s.getLanes();
  dotGroup = s.getGroup();
  channelsPerVector = dotGroup == 2 ? lanes / 2 : lanes;
  tapGroups = e.weight.shape[2];
  kh = window.getKernel()[0];
  kw = window.getKernel()[1];
  strideW = window.getStrides()[1];
  dilationW = window.getDilations()[1];
  tileRows = s.getRows();
  bool shareable = integer && tapGroups == 1 && dilationW == 1;
  shifts = shareable ? 4 - kw : 0;
}

void DepthwiseEmitter::run() {
  int64_t height = e.output.shape[1], channels = e.output.shape[3];
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Value n = e.div(item, height), h = e.rem(item, height);
    int64_t full = channels / channelsPerVector * channelsPerVector;
    e.forLoop(e.index(0), e.index(full), channelsPerVector,
              [&](Value c) { emitChannels(n, h, c, channelsPerVector); });
    if (full != channels)
      emitChannels(n, h, e.index(full), channels - full);
  });
}

/// The weights of all taps for the channels from `channel`: per row and tap (or
/// tap group) one vector, and for integers one for every shift.
SmallVector<Value> DepthwiseEmitter::loadWeights(Value channel) {
  int64_t stepElements = integer ? 4 : 1;
  Value base = e.add(e.mul(e.div(channel, kPanelWidth), e.weight.strides[0]),
                     e.mul(e.rem(channel, kPanelWidth), stepElements));
  Value scale;
  if (e.weightScales)
    scale = e.load(e.weightScales, channel, lanes);
  SmallVector<Value> weights;
  for (int64_t r = 0; r < kh; ++r) {
    for (int64_t t = 0; t < tapGroups; ++t) {
      Value offset =
          e.add(base, r * e.weight.strides[1] + t * e.weight.strides[2]);
      Value w = e.load(e.weight, offset, channelsPerVector * stepElements);
      if (!integer) {
        weights.push_back(e.decodeWeight(w, scale));
        continue;
      }
      auto words = VectorType::get({channelsPerVector}, e.b.getI32Type());
      Value asWords = vector::BitCastOp::create(e.b, e.loc, words, w);
      for (int64_t s = 0; s <= shifts; ++s) {
        Value moved = asWords;
        if (s != 0)
          moved = arith::ShLIOp::create(
              e.b, e.loc, asWords,
              e.splat(e.b.getI32IntegerAttr(8 * s), channelsPerVector));
        weights.push_back(
            vector::BitCastOp::create(e.b, e.loc, w.getType(), moved));
      }
    }
  }
  return weights;
}

void DepthwiseEmitter::emitChannels(Value n, Value h, Value channel,
                                    int64_t valid) {
  SmallVector<Value> weights = loadWeights(channel);
  int64_t width = e.output.shape[2];
  int64_t full = width / tileRows * tileRows;
  e.forLoop(e.index(0), e.index(full), tileRows, [&](Value w) {
    emitTile(n, h, w, channel, tileRows, valid, weights);
  });
  if (full != width)
    emitTile(n, h, e.index(full), channel, width - full, valid, weights);
}

Value DepthwiseEmitter::loadPixel(Value base, int64_t pixel, int64_t valid) {
  return e.load(e.input, e.add(base, pixel * e.input.strides[2]),
                channelsPerVector, valid);
}

/// Bytes of 4 taps from `pixel`, channel by channel; none beyond `last`.
Value DepthwiseEmitter::interleave(Value base, int64_t pixel, int64_t last,
                                   int64_t valid) {
  int64_t count = channelsPerVector;
  SmallVector<Value> taps;
  for (int64_t j = 0; j < 4; ++j)
    taps.push_back(
        loadPixel(base, std::min(pixel + j * dilationW, last), valid));
  SmallVector<int64_t> concat(2 * count), mask;
  std::iota(concat.begin(), concat.end(), 0);
  Value low = e.shuffle(taps[0], taps[1], concat);
  Value high = e.shuffle(taps[2], taps[3], concat);
  for (int64_t c = 0; c < count; ++c)
    for (int64_t j = 0; j < 4; ++j)
      mask.push_back(j * count + c);
  return e.shuffle(low, high, mask);
}

void DepthwiseEmitter::addIntegerTaps(Value rowBase, int64_t row, int64_t rows,
                                      int64_t valid, ArrayRef<Value> weights,
                                      MutableArrayRef<Value> acc) {
  // Taps without weight repeat the last pixel, so that nothing beyond it is
  // read.
  int64_t last = (rows - 1) * strideW + (kw - 1) * dilationW;
  for (int64_t t = 0; t < tapGroups; ++t) {
    Value bytes;
    int64_t bytesAt = 0;
    for (int64_t i = 0; i < rows; ++i) {
      int64_t pixel = i * strideW + t * 4 * dilationW;
      int64_t shift = pixel - bytesAt;
      if (!bytes || shift > shifts) {
        bytes = interleave(rowBase, pixel, last, valid);
        bytesAt = pixel;
        shift = 0;
      }
      Value w = weights[(row * tapGroups + t) * (shifts + 1) + shift];
      bool isUnsigned = e.kernel.getUnsignedInput();
      if (dotGroup == 4)
        acc[i] = qvec::Dot4Op::create(e.b, e.loc, acc[i].getType(), acc[i],
                                      bytes, w, isUnsigned);
      else
        acc[i] = qvec::Dot2Op::create(e.b, e.loc, acc[i].getType(), acc[i],
                                      bytes, w, isUnsigned);
    }
  }
}

void DepthwiseEmitter::addFloatTaps(Value rowBase, int64_t row, int64_t rows,
                                    int64_t valid, ArrayRef<Value> weights,
                                    MutableArrayRef<Value> acc) {
  for (int64_t t = 0; t < kw; ++t)
    for (int64_t i = 0; i < rows; ++i) {
      Value x = loadPixel(rowBase, i * strideW + t * dilationW, valid);
      acc[i] = e.fma(x, weights[row * kw + t], acc[i]);
    }
}

/// Adds the two lanes that belong to a channel.
Value DepthwiseEmitter::addPairs(Value sum) {
  SmallVector<int64_t> even, odd;
  for (int64_t l = 0; l < lanes; l += 2) {
    even.push_back(l);
    odd.push_back(l + 1);
  }
  return arith::AddIOp::create(e.b, e.loc, e.shuffle(sum, sum, even),
                               e.shuffle(sum, sum, odd));
}

void DepthwiseEmitter::emitTile(Value n, Value h, Value w, Value channel,
                                int64_t rows, int64_t valid,
                                ArrayRef<Value> weights) {
  qnn::WindowAttr window = e.kernel.getWindow();
  ArrayRef<int64_t> in = e.input.strides;
  Value base = e.add(e.mul(n, in[0]), e.mul(h, window.getStrides()[0] * in[1]));
  base = e.add(base, e.mul(w, strideW * in[2]));
  base = e.add(base, channel);
  TypedAttr zero = integer ? TypedAttr(e.b.getI32IntegerAttr(0))
                           : TypedAttr(e.b.getF32FloatAttr(0.0f));
  Value first = e.splat(zero, lanes);
  if (e.bias) {
    first = e.load(e.bias, channel, channelsPerVector);
    if (dotGroup == 2) {
      SmallVector<int64_t> mask;
      for (int64_t i = 0; i < channelsPerVector; ++i)
        mask.append({i, channelsPerVector + i});
      first = e.shuffle(first, e.splat(zero, channelsPerVector), mask);
    }
  }
  SmallVector<Value> acc(rows, first);
  for (int64_t r = 0; r < kh; ++r) {
    Value rowBase = e.add(base, r * window.getDilations()[0] * in[1]);
    if (integer)
      addIntegerTaps(rowBase, r, rows, valid, weights, acc);
    else
      addFloatTaps(rowBase, r, rows, valid, weights, acc);
  }
  for (int64_t i = 0; i < rows; ++i) {
    Value sum = dotGroup == 2 ? addPairs(acc[i]) : acc[i];
    e.finish(sum, n, h, e.add(w, i), channel, valid, Value());
  }
}

LogicalResult quantopt::emitDepthwise(KernelEmitter &e) {
  DepthwiseEmitter(e).run();
  return success();
}
