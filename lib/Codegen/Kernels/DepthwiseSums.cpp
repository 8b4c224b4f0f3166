//===- DepthwiseSums.cpp - Sums of depthwise kernels of integers ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DepthwiseEmitter.h"
#include "EmitDepthwise.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace quantopt;

//===----------------------------------------------------------------------===//
// Interleaved bytes
//===----------------------------------------------------------------------===//

/// A vector of bytes from `row` and `column`, relative to the tile's first
/// element.
Value DepthwiseEmitter::loadBytes(Value base, int64_t row, int64_t column,
                                  const Part &part) {
  ArrayRef<int64_t> in = e.input.strides;
  Value loaded = loadPart(e.input, e.add(base, row * in[1] + column * in[2]),
                          part, g.window.getStrides()[1] * in[2], multiplier);
  if (multiplier == 1)
    return loaded;
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < bytes; ++i)
    mask.push_back(i / multiplier);
  return e.shuffle(loaded, loaded, mask);
}

/// The bytes of a member at a distance along the walked axis.
Value DepthwiseEmitter::loadMember(Value base, int64_t member, int64_t walked,
                                   const Part &part) {
  int64_t distance = g.taps.getMembers()[member];
  if (g.axis == 0)
    return loadBytes(base, distance, walked, part);
  return loadBytes(base, walked, distance, part);
}

/// Bytes of two vectors in turns, in units of `size`, from the low or the high
/// half of each block of 128 bits.
Value DepthwiseEmitter::zip(Value x, Value y, int64_t size, bool high) {
  SmallVector<int64_t> mask;
  for (int64_t block = 0; block < bytes; block += 16)
    for (int64_t unit = 0; unit < 8; unit += size)
      for (int64_t from : {int64_t(0), bytes})
        for (int64_t i = 0; i < size; ++i)
          mask.push_back(from + block + (high ? 8 : 0) + unit + i);
  return e.shuffle(x, y, mask);
}

/// The low or high half of each block as words of 16 bits.
Value DepthwiseEmitter::widen(Value x, bool high) {
  OpBuilder &b = e.b;
  auto words = VectorType::get({bytes / 2}, b.getI16Type());
  if (e.kernel.getUnsignedInput()) {
    Value zero = e.splat(b.getI8IntegerAttr(0), bytes);
    return vector::BitCastOp::create(b, e.loc, words, zip(x, zero, 1, high));
  }
  Value twice = vector::BitCastOp::create(b, e.loc, words, zip(x, x, 1, high));
  return arith::ShRSIOp::create(b, e.loc, twice,
                                e.splat(b.getI16IntegerAttr(8), bytes / 2));
}

DepthwiseEmitter::Zipped DepthwiseEmitter::zipGroup(Value base, int64_t number,
                                                    int64_t walked,
                                                    const Part &part,
                                                    const Tile &tile) {
  ArrayRef<int64_t> members = g.taps.getMembers();
  int64_t reach =
      (tile.outputs - 1) * g.window.getStrides()[g.axis] +
      (g.window.getKernel()[g.axis] - 1) * g.window.getDilations()[g.axis];
  SmallVector<Value> rows;
  for (int64_t m = 0; m < group; ++m) {
    int64_t member = number * group + m;
    // Elements without weight: those of a pair that is there anyway.
    if (member < int64_t(members.size()) && members[member] <= reach)
      rows.push_back(loadMember(base, member, walked, part));
    else
      rows.push_back(rows[m >= 2 ? m - 2 : 0]);
  }
  Zipped zipped;
  zipped.low = zip(rows[0], rows[1], 1, false);
  zipped.high = zip(rows[0], rows[1], 1, true);
  if (group == 4) {
    zipped.low2 = zip(rows[2], rows[3], 1, false);
    zipped.high2 = zip(rows[2], rows[3], 1, true);
  }
  return zipped;
}

/// The second step, right before the quarter is used.
Value DepthwiseEmitter::getQuarter(const Zipped &zipped, int64_t quarter) {
  Value first = quarter < 2 ? zipped.low : zipped.high;
  if (group == 2)
    return widen(first, quarter % 2 == 1);
  return zip(first, quarter < 2 ? zipped.low2 : zipped.high2, 2,
             quarter % 2 == 1);
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

SmallVector<Value> DepthwiseEmitter::startSums(const Part &part,
                                               int64_t count) {
  SmallVector<Value> first, all;
  for (int64_t q = 0; q < kQuarters; ++q) {
    if (!e.bias) {
      first.push_back(e.splat(e.b.getI32IntegerAttr(0), lanes));
      continue;
    }
    first.push_back(e.load(e.bias, e.add(getPosition(part), q * 16), lanes));
  }
  for (int64_t i = 0; i < count; ++i)
    llvm::append_range(all, first);
  return all;
}

Value DepthwiseEmitter::loadWeight(const Part &part, Value walkedTap,
                                   int64_t number, int64_t output,
                                   int64_t quarter) {
  ArrayRef<int64_t> strides = e.weight.strides;
  Value at = e.add(e.mul(part.block, strides[0]), e.mul(walkedTap, strides[1]));
  at = e.add(at, e.mul(part.number, lanes * group));
  at = e.add(at,
             number * strides[2] + output * strides[3] + quarter * 16 * group);
  return e.load(e.weight, at, lanes * group);
}

Value DepthwiseEmitter::addProducts(Value sum, Value x, Value weight) {
  if (group == 4)
    return qvec::Dot4Op::create(e.b, e.loc, sum.getType(), sum, x, weight,
                                e.kernel.getUnsignedInput());
  return qvec::Dot2Op::create(e.b, e.loc, sum.getType(), sum, x, weight);
}

void quantopt::keepLoop(Value result) {
  auto loop = result.getDefiningOp<scf::ForOp>();
  if (!loop)
    return;
  MLIRContext *context = loop.getContext();
  auto never = BoolAttr::get(context, true);
  auto unroll =
      LLVM::LoopUnrollAttr::get(context, never, {}, {}, {}, {}, {}, {});
  // Conversions hand it on to LLVM's branch, whose attribute has this name.
  loop->setAttr("loop_annotation", LLVM::LoopAnnotationAttr::get(
                                       context, {}, {}, {}, unroll, {}, {}, {},
                                       {}, {}, {}, {}, {}, {}, {}, {}));
}

/// Adds one tap along the walked axis; `base` is where it starts.
void DepthwiseEmitter::addTap(const Part &part, const Tile &tile, Value base,
                              Value tap, MutableArrayRef<Value> sums) {
  for (int64_t number = 0; number < g.taps.getGroups(); ++number) {
    if (!isRead(tile, number))
      continue;
    for (int64_t column = 0; column < tile.columns; ++column) {
      Zipped zipped = zipGroup(base, number, column * getStep(), part, tile);
      for (int64_t q = 0; q < kQuarters; ++q) {
        Value x = getQuarter(zipped, q);
        for (int64_t output = 0; output < tile.outputs; ++output) {
          if (!g.taps.reads(output, number))
            continue;
          Value &sum = sums[sumIndex(tile, output, column, q)];
          sum = addProducts(sum, x, loadWeight(part, tap, number, output, q));
        }
      }
    }
  }
}

/// A loop over the window's taps along the walked axis.
SmallVector<Value> DepthwiseEmitter::sumLoop(const Part &part, const Tile &tile,
                                             Value base,
                                             SmallVector<Value> sums) {
  int64_t distance = getDilation() * e.input.strides[2 - g.axis];
  sums = e.reduceLoop(e.index(0), e.index(g.taps.getWalkedTaps()), sums,
                      [&](Value tap, ValueRange carried) {
                        SmallVector<Value> next(carried);
                        addTap(part, tile, e.add(base, e.mul(tap, distance)),
                               tap, next);
                        return next;
                      });
  // Else weights of all taps would be moved out of the loops around it and fill
  // the registers.
  keepLoop(sums.front());
  return sums;
}
