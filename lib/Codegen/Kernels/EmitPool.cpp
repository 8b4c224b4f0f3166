//===- EmitPool.cpp - Pooling kernels -------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

/// Bytes of a general register.
static constexpr int64_t kWordBytes = 4;

namespace {
/// The valid part of a window along one dimension: taps [first, last).
struct TapRange {
  Value first, last;
};

class PoolEmitter {
public:
  explicit PoolEmitter(KernelEmitter &e);
  void run();

private:
  TapRange getTaps(unsigned dim, Value out);
  Value getCounted(unsigned dim, Value out, const TapRange &valid);
  void emitPosition(Value n, Value h, Value w, const TapRange &rows,
                    Value countedRows);
  void emitChannels(Value n, Value h, Value w, const TapRange &rows,
                    const TapRange &columns, Value count, Value channel,
                    int64_t width);
  Value combine(Value acc, Value x);
  SmallVector<Value> addWord(Value offset, ValueRange sums);

  KernelEmitter &e;
  qnn::WindowAttr window;
  /// With `sumsWords` the bytes of four channels are loaded as a register.
  bool isMax, sumsWords;
  Type element, accumulator;
  int64_t lanes;
};
} // namespace

PoolEmitter::PoolEmitter(KernelEmitter &emitter)
    : e(emitter), window(emitter.kernel.getWindow()),
      isMax(emitter.kernel.getKind() == qvec::KernelKind::PoolMax),
      element(emitter.input.elementType),
      accumulator(emitter.kernel.getAccumulatorType()) {
  // A maximum of bytes uses whole registers of bytes when nothing wider
  // follows; 64 bytes are split where registers are narrower.
  bool bytesOnly = isMax && element.isInteger(8) &&
                   e.kernel.getEpilogue().front().getOperations().size() == 1;
  lanes = bytesOnly ? 64 : 16;
  // General registers hold as many sums as leave room for addresses.
  const TargetLevel &level = getTargetLevel(e.kernel);
  if (!level.hasVectors() && accumulator.isInteger())
    lanes = kWordBytes;
  sumsWords = level.pairsWords() && !isMax && element.isInteger(8) &&
              !e.kernel.getUnsignedInput() && e.input.strides[3] == 1;
}

/// Taps whose input position lies in the input.
TapRange PoolEmitter::getTaps(unsigned dim, Value out) {
  int64_t kernel = window.getKernel()[dim];
  if (window.getPads()[dim] == 0 && window.getPads()[dim + 2] == 0)
    return {e.index(0), e.index(kernel)};
  int64_t dilation = window.getDilations()[dim];
  int64_t size = e.input.shape[dim + 1];
  // Position of tap k: start + k * dilation, where start may be negative.
  Value start =
      e.add(e.mul(out, window.getStrides()[dim]), -window.getPads()[dim]);
  Value before = arith::SubIOp::create(e.b, e.loc, e.index(0), start);
  Value first =
      arith::CeilDivSIOp::create(e.b, e.loc, before, e.index(dilation));
  Value room = arith::SubIOp::create(e.b, e.loc, e.index(size), start);
  Value last = arith::CeilDivSIOp::create(e.b, e.loc, room, e.index(dilation));
  return {e.max(first, e.index(0)), e.min(last, e.index(kernel))};
}

/// Number of taps that count for an average: those in the input, or also those
/// in counted padding.
Value PoolEmitter::getCounted(unsigned dim, Value out, const TapRange &valid) {
  auto counted = e.kernel.getCountedPads();
  if (!counted)
    return arith::SubIOp::create(e.b, e.loc, valid.last, valid.first);
  int64_t dilation = window.getDilations()[dim];
  int64_t limit = e.input.shape[dim + 1] + (*counted)[dim + 2];
  Value start =
      e.add(e.mul(out, window.getStrides()[dim]), -window.getPads()[dim]);
  Value before =
      arith::SubIOp::create(e.b, e.loc, e.index(-(*counted)[dim]), start);
  Value first =
      arith::CeilDivSIOp::create(e.b, e.loc, before, e.index(dilation));
  Value room = arith::SubIOp::create(e.b, e.loc, e.index(limit), start);
  Value last = arith::CeilDivSIOp::create(e.b, e.loc, room, e.index(dilation));
  first = e.max(first, e.index(0));
  last = e.min(last, e.index(window.getKernel()[dim]));
  return arith::SubIOp::create(e.b, e.loc, last, first);
}

Value PoolEmitter::combine(Value acc, Value x) {
  OpBuilder &b = e.b;
  if (!isMax) {
    if (accumulator.isF32())
      return arith::AddFOp::create(b, e.loc, acc, x);
    return arith::AddIOp::create(b, e.loc, acc, x);
  }
  if (accumulator.isF32()) {
    // A NaN wins and stays, because nothing is above it.
    Value above =
        arith::CmpFOp::create(b, e.loc, arith::CmpFPredicate::OLT, acc, x);
    Value larger = arith::SelectOp::create(b, e.loc, above, x, acc);
    Value isNaN =
        arith::CmpFOp::create(b, e.loc, arith::CmpFPredicate::UNO, x, x);
    return arith::SelectOp::create(b, e.loc, isNaN, x, larger);
  }
  if (e.kernel.getUnsignedInput())
    return arith::MaxUIOp::create(b, e.loc, acc, x);
  return arith::MaxSIOp::create(b, e.loc, acc, x);
}

/// Adds each signed byte of a word to a sum.
SmallVector<Value> PoolEmitter::addWord(Value offset, ValueRange sums) {
  OpBuilder &b = e.b;
  auto one = VectorType::get({1}, b.getI32Type());
  Value bytes = vector::LoadOp::create(
      b, e.loc, VectorType::get({kWordBytes}, element), e.input.view, offset,
      /*nontemporal=*/false, llvm::MaybeAlign(1));
  Value word = vector::BitCastOp::create(b, e.loc, one, bytes);
  Value high = e.splat(b.getI32IntegerAttr(24), 1);
  SmallVector<Value> next;
  for (auto [i, sum] : llvm::enumerate(sums)) {
    Value up = e.splat(b.getI32IntegerAttr(24 - 8 * int32_t(i)), 1);
    Value x = arith::ShLIOp::create(b, e.loc, word, up);
    x = arith::ShRSIOp::create(b, e.loc, x, high);
    next.push_back(arith::AddIOp::create(b, e.loc, sum, x));
  }
  return next;
}

/// The neutral element of the reduction.
static TypedAttr getStart(OpBuilder &b, Type type, bool isMax,
                          bool isUnsigned) {
  if (type.isF32())
    return b.getF32FloatAttr(isMax ? -INFINITY : 0.0f);
  if (!isMax)
    return b.getI32IntegerAttr(0);
  unsigned bits = type.getIntOrFloatBitWidth();
  return b.getIntegerAttr(type, isUnsigned ? 0 : llvm::minIntN(bits));
}

void PoolEmitter::emitChannels(Value n, Value h, Value w, const TapRange &rows,
                               const TapRange &columns, Value count,
                               Value channel, int64_t width) {
  OpBuilder &b = e.b;
  ArrayRef<int64_t> in = e.input.strides;
  auto position = [&](unsigned dim, Value out, Value tap) {
    Value at = e.add(e.mul(out, window.getStrides()[dim]),
                     e.mul(tap, window.getDilations()[dim]));
    return e.add(at, -window.getPads()[dim]);
  };
  Value base = e.add(e.mul(n, in[0]), e.mul(channel, in[3]));
  bool isWord = sumsWords && width == kWordBytes;
  TypedAttr neutral =
      getStart(b, accumulator, isMax, e.kernel.getUnsignedInput());
  SmallVector<Value> start(isWord ? kWordBytes : 1,
                           e.splat(neutral, isWord ? 1 : width));
  SmallVector<Value> result = e.reduceLoop(
      rows.first, rows.last, start, [&](Value kh, ValueRange outer) {
        Value row = e.add(base, e.mul(position(0, h, kh), in[1]));
        return e.reduceLoop(
            columns.first, columns.last, outer,
            [&](Value kw, ValueRange acc) -> SmallVector<Value> {
              Value at = e.add(row, e.mul(position(1, w, kw), in[2]));
              if (isWord)
                return addWord(at, acc);
              Value x = e.load(e.input, at, width);
              auto wide = VectorType::get({width}, b.getI32Type());
              if (!isMax && element.isInteger())
                x = e.kernel.getUnsignedInput()
                        ? arith::ExtUIOp::create(b, e.loc, wide, x).getResult()
                        : arith::ExtSIOp::create(b, e.loc, wide, x).getResult();
              return {combine(acc[0], x)};
            });
      });
  Value sum = isWord ? e.concat(result) : result[0];
  if (e.bias) {
    // Added once for each position that took part.
    Value taken = arith::MulIOp::create(
        b, e.loc, arith::SubIOp::create(b, e.loc, rows.last, rows.first),
        arith::SubIOp::create(b, e.loc, columns.last, columns.first));
    Value taken32 = arith::IndexCastOp::create(b, e.loc, b.getI32Type(), taken);
    Value correction = arith::MulIOp::create(b, e.loc, taken32,
                                             e.loadScalar(e.bias, e.index(0)));
    sum = arith::AddIOp::create(b, e.loc, sum, e.broadcast(correction, width));
  }
  e.finish(sum, n, h, w, channel, width, count);
}

void PoolEmitter::emitPosition(Value n, Value h, Value w, const TapRange &rows,
                               Value countedRows) {
  TapRange columns = getTaps(1, w);
  Value count;
  if (countedRows) {
    Value total = arith::MulIOp::create(e.b, e.loc, countedRows,
                                        getCounted(1, w, columns));
    // A window that lies in the padding altogether has no count of its own.
    count = e.add(e.max(total, e.index(1)), -1);
  }
  int64_t channels = e.output.shape[3];
  int64_t full = channels / lanes * lanes;
  e.forLoop(e.index(0), e.index(full), lanes, [&](Value c) {
    emitChannels(n, h, w, rows, columns, count, c, lanes);
  });
  // The rest in powers of two, the last of any size.
  int64_t rest = channels - full, at = full;
  for (int64_t width = lanes / 2; width >= 8 && rest; width /= 2) {
    if (rest < width)
      continue;
    emitChannels(n, h, w, rows, columns, count, e.index(at), width);
    at += width;
    rest -= width;
  }
  if (rest)
    emitChannels(n, h, w, rows, columns, count, e.index(at), rest);
}

void PoolEmitter::run() {
  int64_t height = e.output.shape[1], width = e.output.shape[2];
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Value n = e.div(item, height), h = e.rem(item, height);
    TapRange rows = getTaps(0, h);
    Value countedRows;
    if (!e.countParams.empty())
      countedRows = getCounted(0, h, rows);
    e.forLoop(width,
              [&](Value w) { emitPosition(n, h, w, rows, countedRows); });
  });
}

LogicalResult quantopt::emitPool(KernelEmitter &e) {
  PoolEmitter(e).run();
  return success();
}
