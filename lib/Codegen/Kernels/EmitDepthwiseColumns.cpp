//===- EmitDepthwiseColumns.cpp - Depthwise kernels of few sums -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Depthwise convolutions of bytes where registers are few: one channel at a
/// time in general ones, or a vector of channels. A tile is some neighbouring
/// outputs of a row. Each element that they read is loaded once, and multiplied
/// for all outputs that have a tap there before the next one is: beside the
/// sums, a row of taps and one element are in registers.
///
//===----------------------------------------------------------------------===//

#include "EmitDepthwise.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"

using namespace quantopt;
using qvec::kPanelWidth;

namespace {
/// Emits one kernel.
class ColumnEmitter {
public:
  explicit ColumnEmitter(KernelEmitter &e);
  void run();

private:
  /// Where a tile starts, and its outputs.
  struct Tile {
    Value n, h, w;
    int64_t columns;
  };

  void emitRow(Value n, Value h);
  void emitTile(const Tile &tile);
  void emitChannel(const Tile &tile, Value channel, Value weight);
  SmallVector<Value> sumRow(Value input, Value weight, ValueRange sums);
  Value load(const FlatBuffer &buffer, Value offset);
  Value loadInput(Value offset);

  KernelEmitter &e;
  qnn::WindowAttr window;
  int64_t columns, channels, multiplier, lanes;
};
} // namespace

ColumnEmitter::ColumnEmitter(KernelEmitter &emitter)
    : e(emitter), window(e.kernel.getWindow()),
      columns(e.kernel.getDepthwiseStrategy()->getColumns()),
      channels(e.output.shape[3]), multiplier(channels / e.input.shape[3]),
      lanes(e.kernel.getDepthwiseStrategy()->getLanes()) {}

void ColumnEmitter::run() {
  int64_t height = e.output.shape[1];
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    emitRow(e.div(item, height), e.rem(item, height));
  });
}

void ColumnEmitter::emitRow(Value n, Value h) {
  int64_t width = e.output.shape[2], full = width / columns * columns;
  e.forLoop(e.index(0), e.size(full), columns, [&](Value w) {
    emitTile({n, h, w, columns});
  });
  if (full != width)
    emitTile({n, h, e.size(full), width - full});
}

/// All channels, those of a panel of weights by those of another.
void ColumnEmitter::emitTile(const Tile &tile) {
  Value panels = e.size(llvm::divideCeil(channels, kPanelWidth));
  e.forLoop(e.index(0), panels, 1, [&](Value panel) {
    Value first = e.mul(panel, kPanelWidth), count = e.index(kPanelWidth);
    if (channels % kPanelWidth != 0)
      count = channels < kPanelWidth
                  ? e.index(channels)
                  : e.min(count, arith::SubIOp::create(
                                     e.b, e.loc, e.index(channels), first));
    Value weight = e.mul(panel, e.weight.strides[0]);
    e.forLoop(e.index(0), count, lanes, [&](Value c) {
      emitChannel(tile, e.add(first, c), e.add(weight, c));
    });
  });
}

/// Elements with their signs in 32 bits.
Value ColumnEmitter::load(const FlatBuffer &buffer, Value offset) {
  return e.widen(e.load(buffer, offset, lanes), e.b.getI32Type());
}

/// Elements of the input in 32 bits.
Value ColumnEmitter::loadInput(Value offset) {
  if (!e.kernel.getUnsignedInput())
    return load(e.input, offset);
  return arith::ExtUIOp::create(e.b, e.loc,
                                VectorType::get({lanes}, e.b.getI32Type()),
                                e.load(e.input, offset, lanes));
}

/// Adds a row of the window.
SmallVector<Value> ColumnEmitter::sumRow(Value input, Value weight,
                                         ValueRange sums) {
  SmallVector<Value> next(sums), taps;
  int64_t kernel = window.getKernel()[1], stride = window.getStrides()[1],
          dilation = window.getDilations()[1];
  for (int64_t tap = 0; tap < kernel; ++tap)
    taps.push_back(load(e.weight, e.add(weight, tap * e.weight.strides[2])));
  int64_t last = (int64_t(next.size()) - 1) * stride + (kernel - 1) * dilation;
  for (int64_t x = 0; x <= last; ++x) {
    // Where kernels of several sizes share the loop a pitch is in a register.
    if (x != 0)
      input = e.add(input, e.size(e.input.strides[2]));
    Value element;
    for (auto [i, sum] : llvm::enumerate(next)) {
      int64_t distance = x - int64_t(i) * stride, tap = distance / dilation;
      if (distance < 0 || distance % dilation != 0 || tap >= kernel)
        continue;
      if (!element)
        element = loadInput(input);
      Value product = arith::MulIOp::create(e.b, e.loc, element, taps[tap]);
      sum = arith::AddIOp::create(e.b, e.loc, sum, product);
    }
  }
  return next;
}

void ColumnEmitter::emitChannel(const Tile &tile, Value channel, Value weight) {
  ArrayRef<int64_t> in = e.input.strides, strides = window.getStrides();
  Value start = e.bias ? e.load(e.bias, channel, lanes)
                       : e.splat(e.b.getI32IntegerAttr(0), lanes);
  Value input = e.add(e.mul(tile.n, in[0]), e.mul(tile.h, strides[0] * in[1]));
  input = e.add(input, e.mul(tile.w, strides[1] * in[2]));
  input = e.add(input, e.div(channel, multiplier));
  SmallVector<Value> sums(tile.columns, start);
  int64_t distance = window.getDilations()[0] * in[1];
  sums = e.reduceLoop(
      e.index(0), e.index(window.getKernel()[0]), sums,
      [&](Value row, ValueRange before) {
        return sumRow(e.add(input, e.mul(row, distance)),
                      e.add(weight, e.mul(row, e.weight.strides[1])), before);
      });
  // Vectors are loaded through a pointer each: unrolled, those of all rows
  // would not fit the registers.
  if (lanes > 1)
    keepLoop(sums.front());
  SmallVector<KernelEmitter::TilePart> parts;
  for (int64_t i = 0; i < tile.columns; ++i)
    parts.push_back({sums[i], i, 0, lanes});
  e.finishTile(parts, tile.n, tile.h, tile.w, channel, Value());
}

void quantopt::emitDepthwiseColumns(KernelEmitter &e) {
  ColumnEmitter(e).run();
}
