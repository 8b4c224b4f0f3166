//===- ExpandPanels.cpp - Weights without zeros ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Before its tiles, a block of channels of a masked weight is expanded on the
/// stack. Where one instruction spreads bytes over the lanes of a mask, a step
/// of 16 channels is expanded at once; where bytes can be permuted, two
/// channels of it by the permutation that a table has for their mask; otherwise
/// code by code, without branches.
///
//===----------------------------------------------------------------------===//

#include "PackedWeights.h"
#include "StackBuffer.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "quant-opt/Dialect/QVec/Utils/MaskedPanels.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;
using qvec::kPanelWidth;

namespace {
/// Emits the expansion of one panel.
class PanelExpander {
public:
  PanelExpander(KernelEmitter &emitter, const MaskedLayout &layout,
                const PanelChannels &channels, const FlatBuffer &to)
      : e(emitter), layout(layout), channels(channels), to(to),
        lanes(getExpandLanes(getTargetLevel(e.op))) {
    if (lanes == 1)
      parts = makeParts();
    else if (lanes != MaskedLayout::kVectorCodes && layout.bits != 8)
      fields = createStackBuffer(e, e.b.getI8Type(),
                                 MaskedLayout::kVectorCodes + lanes,
                                 /*alignment=*/PackedLayout::kVectorBytes);
  }

  /// `from` and `target` are where the panel starts in the weight and in the
  /// buffer.
  void run(Value from, Value target);

private:
  /// Channels of a vector whose masks are one word.
  struct Part {
    /// The word that holds their mask, and where in it.
    bool isStatic, isSecond;
    Value isHigh, shift;
    /// Bits of both words that belong to channels before them.
    Value lowBelow, highBelow;
    /// The first channel.
    Value first;
    int64_t count;
  };

  void copyParameters();
  void expandVectors();
  /// Expands vector `v` whose codes start at a byte of the weight; returns the
  /// number of codes in it.
  Value expand(Value v, Value at);
  Value expandWide(Value v, Value at);
  Value expandByTable(Value v, Value at);
  Value expandNarrow(Value v, Value at);
  void expandPart(const Part &part, Value v, Value at, Value low, Value high);
  SmallVector<Part> makeParts();
  Value loadMask(Value offset);
  Value unpackFields(Value bytes);
  Value loadCode(Value position);
  Value loadWord(Value offset);
  Value count(Value word);

  Value i32(int64_t value) {
    return arith::ConstantOp::create(e.b, e.loc,
                                     e.b.getI32IntegerAttr(int32_t(value)));
  }
  Value toIndex(Value word) {
    return arith::IndexCastUIOp::create(e.b, e.loc, e.b.getIndexType(), word);
  }
  template <typename Op> Value make(Value x, Value y) {
    return Op::create(e.b, e.loc, x, y);
  }

  KernelEmitter &e;
  const MaskedLayout &layout;
  const PanelChannels &channels;
  const FlatBuffer &to;
  /// Codes that are expanded at once.
  int64_t lanes;
  Value from, target;
  SmallVector<Part> parts;
  /// The codes of a vector as bytes, where they are not.
  FlatBuffer fields;
};
} // namespace

/// Four bytes of the weight as an integer.
Value PanelExpander::loadWord(Value offset) {
  Value bytes = e.load(e.weight, offset, 4);
  Value word = vector::BitCastOp::create(
      e.b, e.loc, VectorType::get({1}, e.b.getI32Type()), bytes);
  return vector::ExtractOp::create(e.b, e.loc, word, ArrayRef<int64_t>{0});
}

/// The number of bits that are set, in `i32`.
Value PanelExpander::count(Value word) {
  auto fold = [&](Value x, int64_t places, int64_t mask) {
    Value high =
        make<arith::AndIOp>(make<arith::ShRUIOp>(x, i32(places)), i32(mask));
    return make<arith::AddIOp>(make<arith::AndIOp>(x, i32(mask)), high);
  };
  Value nibbles = fold(fold(word, 1, 0x55555555), 2, 0x33333333);
  Value bytes = fold(nibbles, 4, 0x0F0F0F0F);
  return make<arith::ShRUIOp>(make<arith::MulIOp>(bytes, i32(0x01010101)),
                              i32(24));
}

void PanelExpander::run(Value source, Value destination) {
  from = source;
  target = destination;
  copyParameters();
  expandVectors();
}

/// Copies scales as they are.
void PanelExpander::copyParameters() {
  constexpr int64_t kPiece = 16;
  int64_t bytes = layout.getParameterBytes(), rest = bytes % kPiece;
  Value source = e.add(from, layout.getParameterOffset());
  Value destination = e.add(target, layout.expanded.getScaleOffset(0));
  auto copy = [&](Value offset, int64_t size) {
    e.store(e.load(e.weight, e.add(source, offset), size), to,
            e.add(destination, offset), size);
  };
  e.forLoop(e.index(0), e.index(bytes - rest), kPiece,
            [&](Value offset) { copy(offset, kPiece); });
  if (rest != 0)
    copy(e.index(bytes - rest), rest);
}

void PanelExpander::expandVectors() {
  Value first = e.add(from, layout.getCodeOffset());
  Value vectors = e.index(layout.getNumVectors());
  if (layout.twoOfFour) {
    int64_t bytes = layout.getCodeBytes(MaskedLayout::kVectorCodes / 2);
    e.forLoop(e.index(0), vectors, 1,
              [&](Value v) { expand(v, e.add(first, e.mul(v, bytes))); });
    return;
  }
  e.reduceLoop(e.index(0), vectors, first,
               [&](Value v, ValueRange at) -> SmallVector<Value> {
                 Value bits = e.mul(expand(v, at[0]), layout.bits);
                 return {e.add(at[0], e.div(e.add(bits, 7), 8))};
               });
}

Value PanelExpander::expand(Value v, Value at) {
  if (lanes == MaskedLayout::kVectorCodes)
    return expandWide(v, at);
  return lanes == 1 ? expandNarrow(v, at) : expandByTable(v, at);
}

//===----------------------------------------------------------------------===//
// Several codes at once
//===----------------------------------------------------------------------===//

/// The fields of a vector of bits, with their signs, as bytes.
Value PanelExpander::unpackFields(Value bytes) {
  int64_t bits = layout.bits,
          size = cast<VectorType>(bytes.getType()).getDimSize(0);
  if (bits == 8)
    return bytes;
  constexpr int64_t kCodes = MaskedLayout::kVectorCodes;
  // Each field lies in one or two bytes.
  SmallVector<int64_t> mask;
  SmallVector<int16_t> places;
  for (int64_t i = 0; i < kCodes; ++i) {
    int64_t byte = i * bits / 8;
    mask.push_back(byte);
    mask.push_back(std::min(byte + 1, size - 1));
    places.push_back(int16_t(16 - bits - i * bits % 8));
  }
  auto words = VectorType::get({kCodes}, e.b.getI16Type());
  Value wide = vector::BitCastOp::create(e.b, e.loc, words,
                                         e.shuffle(bytes, bytes, mask));
  Value high = make<arith::ShLIOp>(
      wide, arith::ConstantOp::create(
                e.b, e.loc, DenseElementsAttr::get(words, ArrayRef(places))));
  Value fields = make<arith::ShRSIOp>(
      high, e.splat(e.b.getI16IntegerAttr(int16_t(16 - bits)), kCodes));
  return arith::TruncIOp::create(
      e.b, e.loc, VectorType::get({kCodes}, e.b.getI8Type()), fields);
}

/// The mask of a vector as a word of 64 bits.
Value PanelExpander::loadMask(Value offset) {
  Value bytes = e.load(e.weight, offset, MaskedLayout::kMaskBytes);
  Value word = vector::BitCastOp::create(
      e.b, e.loc, VectorType::get({1}, e.b.getI64Type()), bytes);
  return vector::ExtractOp::create(e.b, e.loc, word, ArrayRef<int64_t>{0});
}

Value PanelExpander::expandWide(Value v, Value at) {
  OpBuilder &b = e.b;
  constexpr int64_t kCodes = MaskedLayout::kVectorCodes;
  Value word = loadMask(e.add(from, e.mul(v, MaskedLayout::kMaskBytes)));
  Value mask = vector::BitCastOp::create(
      b, e.loc, VectorType::get({kCodes}, b.getI1Type()), e.broadcast(word, 1));
  Value codes = unpackFields(e.load(e.weight, at, kCodes * layout.bits / 8));
  Value expanded =
      qvec::ExpandOp::create(b, e.loc, codes.getType(), codes, mask);
  e.store(expanded, to, e.add(target, e.mul(v, kCodes)), kCodes);
  return toIndex(math::CtPopOp::create(b, e.loc, word));
}

/// The channels that the tile reads, a byte of the mask after the other. What
/// is left of a vector's bits below a byte tells where its codes start.
Value PanelExpander::expandByTable(Value v, Value at) {
  OpBuilder &b = e.b;
  constexpr int64_t kCodes = MaskedLayout::kVectorCodes;
  Value masks = e.add(from, e.mul(v, MaskedLayout::kMaskBytes));
  Value result = e.add(target, e.mul(v, kCodes));
  Value word = loadMask(masks);
  const FlatBuffer &codes = fields ? fields : e.weight;
  if (fields) {
    Value bytes = e.load(e.weight, at, kCodes * layout.bits / 8);
    e.store(unpackFields(bytes), fields, e.index(0), kCodes);
    at = e.index(0);
  }
  auto i64 = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(b, e.loc, b.getI64IntegerAttr(value));
  };
  auto countBelow = [&](Value part) -> Value {
    if (layout.twoOfFour)
      return e.mul(part, lanes / 2);
    Value bits = arith::IndexCastUIOp::create(b, e.loc, b.getI64Type(),
                                              e.mul(part, lanes));
    Value below =
        make<arith::SubIOp>(make<arith::ShLIOp>(i64(1), bits), i64(1));
    return toIndex(
        math::CtPopOp::create(b, e.loc, make<arith::AndIOp>(word, below)));
  };
  int64_t parts = channels.count * PackedLayout::kStep / lanes;
  Value first = e.div(e.mul(channels.first, PackedLayout::kStep), lanes);
  for (int64_t i = 0; i < parts; ++i) {
    Value part = e.add(first, i);
    Value values = e.load(codes, e.add(at, countBelow(part)), lanes);
    Value mask = vector::BitCastOp::create(
        b, e.loc, VectorType::get({lanes}, b.getI1Type()),
        e.load(e.weight, e.add(masks, part), 1));
    Value expanded =
        qvec::ExpandOp::create(b, e.loc, values.getType(), values, mask);
    e.store(expanded, to, e.add(result, e.mul(part, lanes)), lanes);
  }
  return toIndex(math::CtPopOp::create(b, e.loc, word));
}

//===----------------------------------------------------------------------===//
// Code by code
//===----------------------------------------------------------------------===//

/// The channels that a tile reads, in parts of at most 8, whose mask is part of
/// a word.
SmallVector<PanelExpander::Part> PanelExpander::makeParts() {
  constexpr int64_t kHalf = kPanelWidth / 2;
  Value none = i32(0), all = i32(-1);
  if (channels.count > kHalf)
    return {{true, false, {}, none, none, none, e.index(0), kHalf},
            {true, true, {}, none, all, none, e.index(kHalf), kHalf}};
  Value first =
      arith::IndexCastOp::create(e.b, e.loc, e.b.getI32Type(), channels.first);
  Value isHigh = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::uge,
                                       first, i32(kHalf));
  Value shift =
      make<arith::ShLIOp>(make<arith::AndIOp>(first, i32(kHalf - 1)), i32(2));
  Value below = make<arith::SubIOp>(make<arith::ShLIOp>(i32(1), shift), i32(1));
  auto select = [&](Value high, Value low) -> Value {
    return arith::SelectOp::create(e.b, e.loc, isHigh, high, low);
  };
  return {{false, false, isHigh, shift, select(all, below), select(below, none),
           channels.first, channels.count}};
}

/// The code at a position as `i32`; positions are bytes where codes are, bits
/// otherwise.
Value PanelExpander::loadCode(Value position) {
  OpBuilder &b = e.b;
  if (layout.bits == 8)
    return arith::ExtSIOp::create(b, e.loc, b.getI32Type(),
                                  e.loadScalar(e.weight, position));
  Value byte = e.div(position, 8);
  auto load = [&](Value at) -> Value {
    return arith::ExtUIOp::create(b, e.loc, b.getI32Type(),
                                  e.loadScalar(e.weight, at));
  };
  Value word = make<arith::OrIOp>(
      load(byte), make<arith::ShLIOp>(load(e.add(byte, 1)), i32(8)));
  Value bit =
      arith::IndexCastOp::create(b, e.loc, b.getI32Type(), e.rem(position, 8));
  Value places = make<arith::SubIOp>(i32(32 - layout.bits), bit);
  return make<arith::ShRSIOp>(make<arith::ShLIOp>(word, places),
                              i32(32 - layout.bits));
}

void PanelExpander::expandPart(const Part &part, Value v, Value at, Value low,
                               Value high) {
  OpBuilder &b = e.b;
  Value mask = part.isSecond ? high : low;
  if (!part.isStatic)
    mask = make<arith::ShRUIOp>(
        arith::SelectOp::create(b, e.loc, part.isHigh, high, low), part.shift);
  Value before =
      make<arith::AddIOp>(count(make<arith::AndIOp>(low, part.lowBelow)),
                          count(make<arith::AndIOp>(high, part.highBelow)));
  int64_t step = layout.bits == 8 ? 1 : layout.bits;
  Value position =
      e.add(e.mul(at, layout.bits == 8 ? 1 : 8), e.mul(toIndex(before), step));
  Value result = e.add(e.add(target, e.mul(v, MaskedLayout::kVectorCodes)),
                       e.mul(part.first, PackedLayout::kStep));
  e.reduceLoop(
      e.index(0), e.index(part.count * PackedLayout::kStep), {mask, position},
      [&](Value i, ValueRange state) -> SmallVector<Value> {
        Value bit = make<arith::AndIOp>(state[0], i32(1));
        Value kept = make<arith::AndIOp>(loadCode(state[1]),
                                         make<arith::SubIOp>(i32(0), bit));
        Value code = arith::TruncIOp::create(b, e.loc, b.getI8Type(), kept);
        memref::StoreOp::create(b, e.loc, code, to.view, e.add(result, i));
        return {make<arith::ShRUIOp>(state[0], i32(1)),
                e.add(state[1], e.mul(toIndex(bit), step))};
      });
}

Value PanelExpander::expandNarrow(Value v, Value at) {
  Value masks = e.add(from, e.mul(v, MaskedLayout::kMaskBytes));
  Value low = loadWord(masks);
  Value high = loadWord(e.add(masks, MaskedLayout::kMaskBytes / 2));
  for (const Part &part : parts)
    expandPart(part, v, at, low, high);
  return toIndex(make<arith::AddIOp>(count(low), count(high)));
}

void quantopt::expandPanels(KernelEmitter &e, Value panel, int64_t number,
                            const PanelChannels &channels,
                            const FlatBuffer &to) {
  PackedLayout expanded(e.kernel);
  int64_t groups = e.kernel.getGroups();
  int64_t panels =
      groups * llvm::divideCeil(e.output.shape[3] / groups, kPanelWidth);
  MaskedLayout layout(*e.kernel.getPacking(), expanded.depth, panels);
  e.forLoop(number, [&](Value i) {
    Value at = e.add(panel, i), from;
    if (layout.twoOfFour) {
      from = e.mul(at, layout.getTwoOfFourPanelBytes());
    } else {
      Value bytes = e.load(e.weight, e.mul(at, MaskedLayout::kOffsetBytes),
                           MaskedLayout::kOffsetBytes);
      Value word = vector::ExtractOp::create(
          e.b, e.loc,
          vector::BitCastOp::create(
              e.b, e.loc, VectorType::get({1}, e.b.getI32Type()), bytes),
          ArrayRef<int64_t>{0});
      from = arith::IndexCastUIOp::create(e.b, e.loc, e.b.getIndexType(), word);
    }
    PanelExpander(e, layout, channels, to)
        .run(from, e.mul(i, expanded.getPanelBytes()));
  });
}
