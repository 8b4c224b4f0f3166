//===- EmitDepthwiseTaps.cpp - Depthwise micro-kernels, tap by tap --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitDepthwise.h"

using namespace quantopt;
using qvec::kPanelWidth;

namespace {
/// A vector of channels at a few positions of a row; the weights of all taps
/// stay in registers or near caches. Elements are floats, bytes or words of 16
/// bits, whose products with bytes fit 32.
class TapDepthwiseEmitter {
public:
  explicit TapDepthwiseEmitter(KernelEmitter &e);
  void run();

private:
  void emitChannels(Value n, Value h, Value channel, int64_t valid);
  void emitTile(Value n, Value h, Value w, Value channel, int64_t columns,
                int64_t valid, ArrayRef<Value> weights);
  SmallVector<Value> loadWeights(Value channel);
  Value loadPixel(Value offset, int64_t valid);
  Value startSums(Value channel);
  Value addProduct(Value sum, Value x, Value weight);

  KernelEmitter &e;
  qnn::WindowAttr window;
  Type accumulator;
  int64_t lanes, columns, multiplier;
};
} // namespace

TapDepthwiseEmitter::TapDepthwiseEmitter(KernelEmitter &emitter)
    : e(emitter), window(emitter.kernel.getWindow()),
      accumulator(emitter.kernel.getAccumulatorType()) {
  qvec::DepthwiseStrategyAttr s = *e.kernel.getDepthwiseStrategy();
  lanes = s.getLanes();
  columns = s.getColumns();
  multiplier = e.output.shape[3] / e.input.shape[3];
}

void TapDepthwiseEmitter::run() {
  int64_t height = e.output.shape[1], channels = e.output.shape[3];
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Value n, h;
    std::tie(n, h) = e.split(item, height, e.output.shape[0]);
    int64_t full = channels / lanes * lanes;
    e.forLoop(e.index(0), e.index(full), lanes,
              [&](Value c) { emitChannels(n, h, c, lanes); });
    if (full != channels)
      emitChannels(n, h, e.index(full), channels - full);
  });
}

/// A vector of weights per tap for the channels from `channel`.
SmallVector<Value> TapDepthwiseEmitter::loadWeights(Value channel) {
  Value base = e.add(e.mul(e.div(channel, kPanelWidth), e.weight.strides[0]),
                     e.rem(channel, kPanelWidth));
  Value scale;
  if (e.weightScales)
    scale = e.load(e.weightScales, channel, lanes);
  SmallVector<Value> weights;
  int64_t taps = window.getKernel()[0] * window.getKernel()[1];
  for (int64_t t = 0; t < taps; ++t) {
    Value stored =
        e.load(e.weight, e.add(base, t * e.weight.strides[2]), lanes);
    weights.push_back(accumulator.isF32() ? e.decodeWeight(stored, scale)
                                          : stored);
  }
  return weights;
}

void TapDepthwiseEmitter::emitChannels(Value n, Value h, Value channel,
                                       int64_t valid) {
  SmallVector<Value> weights = loadWeights(channel);
  int64_t width = e.output.shape[2];
  int64_t full = width / columns * columns;
  e.forLoop(e.index(0), e.index(full), columns, [&](Value w) {
    emitTile(n, h, w, channel, columns, valid, weights);
  });
  if (full != width)
    emitTile(n, h, e.index(full), channel, width - full, valid, weights);
}

/// The input of the output channels that a vector holds.
Value TapDepthwiseEmitter::loadPixel(Value offset, int64_t valid) {
  if (multiplier == 1)
    return e.load(e.input, offset, lanes, valid);
  int64_t inputs = std::max<int64_t>(1, lanes / multiplier);
  Value x =
      e.load(e.input, offset, inputs, llvm::divideCeil(valid, multiplier));
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < lanes; ++i)
    mask.push_back(i / multiplier);
  return e.shuffle(x, x, mask);
}

/// The bias of a vector of channels, or zeros.
Value TapDepthwiseEmitter::startSums(Value channel) {
  if (!e.bias)
    return e.splat(cast<TypedAttr>(e.b.getZeroAttr(accumulator)), lanes);
  return e.widen(e.load(e.bias, channel, lanes), accumulator);
}

/// Adds the product of a tap. Products of bytes fit 16 bits, in which several
/// processors multiply twice as many lanes.
Value TapDepthwiseEmitter::addProduct(Value sum, Value x, Value weight) {
  if (accumulator.isF32())
    return e.fma(x, weight, sum);
  OpBuilder &b = e.b;
  bool isUnsigned = e.kernel.getUnsignedInput();
  bool usesWords =
      lanes == kPanelWidth && !isUnsigned && e.input.elementType.isInteger(8);
  Type element = usesWords ? b.getI16Type() : b.getI32Type();
  if (isUnsigned)
    x = arith::ExtUIOp::create(b, e.loc, VectorType::get({lanes}, element), x);
  Value product = arith::MulIOp::create(b, e.loc, e.widen(x, element),
                                        e.widen(weight, element));
  return arith::AddIOp::create(b, e.loc, sum, e.widen(product, accumulator));
}

void TapDepthwiseEmitter::emitTile(Value n, Value h, Value w, Value channel,
                                   int64_t columns, int64_t valid,
                                   ArrayRef<Value> weights) {
  ArrayRef<int64_t> in = e.input.strides;
  ArrayRef<int64_t> strides = window.getStrides();
  ArrayRef<int64_t> dilations = window.getDilations();
  Value base = e.add(e.mul(n, in[0]), e.mul(h, strides[0] * in[1]));
  base = e.add(base, e.mul(w, strides[1] * in[2]));
  base = e.add(base, e.div(channel, multiplier));
  SmallVector<Value> acc(columns, startSums(channel));
  int64_t kw = window.getKernel()[1];
  for (auto [t, weight] : llvm::enumerate(weights)) {
    int64_t row = int64_t(t) / kw * dilations[0] * in[1];
    int64_t column = int64_t(t) % kw * dilations[1];
    for (int64_t i = 0; i < columns; ++i) {
      Value x = loadPixel(e.add(base, row + (i * strides[1] + column) * in[2]),
                          valid);
      acc[i] = addProduct(acc[i], x, weight);
    }
  }
  for (int64_t i = 0; i < columns; ++i)
    e.finish(acc[i], n, h, e.add(w, i), channel, valid, Value());
}

void quantopt::emitTapDepthwise(KernelEmitter &e) {
  TapDepthwiseEmitter(e).run();
}
