//===- EmitPackedFloats.cpp - Float products of packed weights ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Weights are made from codes in registers, once for all rows of a tile: from
/// integers, from the bits of small floats, or by looking tables up.
///
//===----------------------------------------------------------------------===//

#include "EmitPacked.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Entries of a table that is kept in a vector.
static constexpr int64_t kShortTable = 16;

FloatSums::FloatSums(PackedEmitter &emitter, const PackedTile &tile)
    : p(emitter), e(emitter.e), tile(tile),
      integers(VectorType::get({emitter.lanes}, e.b.getI32Type())),
      reals(VectorType::get({emitter.lanes}, e.b.getF32Type())) {
  for (int64_t number = 0; number < tile.getNumSlots(); ++number)
    slots.push_back(makeSlot(number));
}

/// Finds the tables of a slot's channels.
FloatSums::Slot FloatSums::makeSlot(int64_t number) {
  Slot slot;
  if (!e.tables)
    return slot;
  int64_t tables = e.tables.shape[0], entries = e.tables.shape[1];
  int64_t rows = p.weights.packing.getTableRows();
  Value channel = e.add(p.getChannel(tile), number * p.lanes);
  bool isShared =
      tables == 1 || (rows % kPanelWidth == 0 && e.kernel.getGroups() == 1);
  if (isShared && entries <= kShortTable &&
      getPermuteIntrinsic(getTargetLevel(e.op), p.lanes)) {
    Value start =
        tables == 1 ? e.index(0) : e.mul(e.div(channel, rows), entries);
    Value table = e.load(e.tables, start, entries);
    SmallVector<int64_t> mask(entries <= 8 ? 8 : kShortTable, 0);
    for (int64_t i = 0; i < entries; ++i)
      mask[i] = i;
    slot.table = e.shuffle(table, table, mask);
    return slot;
  }
  OpBuilder &b = e.b;
  SmallVector<int32_t> lanes;
  for (int64_t lane = 0; lane < p.lanes; ++lane)
    lanes.push_back(int32_t(lane));
  auto splat = [&](int64_t value) {
    return e.splat(b.getI32IntegerAttr(int32_t(value)), p.lanes);
  };
  Value first = arith::IndexCastOp::create(b, e.loc, b.getI32Type(), channel);
  Value row = arith::AddIOp::create(
      b, e.loc, e.broadcast(first, p.lanes),
      arith::ConstantOp::create(
          b, e.loc, DenseElementsAttr::get(integers, ArrayRef(lanes))));
  // Channels that only fill up a panel read the last table.
  Value index = arith::MinUIOp::create(
      b, e.loc, arith::DivUIOp::create(b, e.loc, row, splat(rows)),
      splat(tables - 1));
  slot.starts = arith::MulIOp::create(b, e.loc, index, splat(entries));
  return slot;
}

SmallVector<Value> FloatSums::run() {
  SmallVector<Value> bias = p.loadBias(tile), start;
  for (int64_t row = 0; row < tile.at.rows; ++row)
    llvm::append_range(start, bias);
  return p.forBlocks(start, [&](Value block, int64_t size, ValueRange acc) {
    for (auto [slot, channels] : llvm::zip(slots, tile.slots)) {
      if (p.weights.packing.hasScales())
        slot.scales = p.weights.loadScales(channels, block);
      if (p.weights.packing.hasIntegers())
        slot.zeroPoints = p.weights.loadZeroPoints(channels, block);
    }
    return p.forChunks(block, size, acc,
                       [&](Value chunk, int64_t codes, ValueRange inner) {
                         return addChunk(chunk, codes, inner);
                       });
  });
}

/// One multiply-add per code, row and slot, in the order of the codes.
SmallVector<Value> FloatSums::addChunk(Value chunk, int64_t codes,
                                       ValueRange acc) {
  SmallVector<ChunkReader> readers;
  for (const PanelChannels &channels : tile.slots)
    readers.emplace_back(p.weights, channels, chunk, codes);
  SmallVector<Value> next(acc);
  for (int64_t code = 0; code < codes; ++code) {
    SmallVector<Value> w;
    for (auto [slot, reader] : llvm::zip(slots, readers))
      w.push_back(decode(slot, reader.getCode(code)));
    Value offset = p.input.getOffset(tile.input, chunk, code);
    for (int64_t row = 0; row < tile.at.rows; ++row) {
      Value at = e.add(offset, row * p.input.getRowStride());
      Value x = e.broadcast(e.loadScalar(e.input, at), p.lanes);
      for (size_t s = 0; s < readers.size(); ++s) {
        Value &sum = next[row * readers.size() + s];
        sum = e.fma(x, w[s], sum);
      }
    }
  }
  return next;
}

/// The weights that codes stand for.
Value FloatSums::decode(const Slot &slot, Value code) {
  OpBuilder &b = e.b;
  Value value;
  if (e.tables)
    value = lookUp(slot, code);
  else if (p.weights.packing.getValues())
    value = decodeFloat(code);
  else
    value = arith::SIToFPOp::create(
        b, e.loc, reals,
        arith::SubIOp::create(b, e.loc, code, slot.zeroPoints));
  if (!slot.scales)
    return value;
  return arith::MulFOp::create(b, e.loc, slot.scales, value);
}

/// The bits of a small float become those of an `f16`, whose exponent has
/// another bias: an exact product corrects it, denormal numbers included.
Value FloatSums::decodeFloat(Value code) {
  OpBuilder &b = e.b;
  auto format = cast<FloatType>(p.weights.packing.getValues());
  const llvm::fltSemantics &semantics = format.getFloatSemantics();
  constexpr int64_t kHalfMantissa = 10, kHalfBias = 15, kHalfSign = 15;
  int64_t bits = format.getWidth();
  int64_t mantissa = int64_t(APFloat::semanticsPrecision(semantics)) - 1;
  int64_t bias = 1 - APFloat::semanticsMinExponent(semantics);
  auto splat = [&](int64_t value) {
    return e.splat(b.getI32IntegerAttr(int32_t(value)), p.lanes);
  };
  auto shift = [&](Value value, int64_t places) -> Value {
    if (places == 0)
      return value;
    return arith::ShLIOp::create(b, e.loc, value, splat(places));
  };
  int64_t signBit = int64_t(1) << (bits - 1);
  Value magnitude = arith::AndIOp::create(b, e.loc, code, splat(signBit - 1));
  Value sign = arith::AndIOp::create(b, e.loc, code, splat(signBit));
  Value word =
      arith::OrIOp::create(b, e.loc, shift(magnitude, kHalfMantissa - mantissa),
                           shift(sign, kHalfSign - (bits - 1)));
  auto shape = integers.getShape();
  Value half = arith::BitcastOp::create(
      b, e.loc, VectorType::get(shape, b.getF16Type()),
      arith::TruncIOp::create(b, e.loc, VectorType::get(shape, b.getI16Type()),
                              word));
  Value value = arith::ExtFOp::create(b, e.loc, reals, half);
  if (bias == kHalfBias)
    return value;
  float factor = std::ldexp(1.0f, int(kHalfBias - bias));
  return arith::MulFOp::create(b, e.loc, value,
                               e.splat(b.getF32FloatAttr(factor), p.lanes));
}

/// The entries of tables.
Value FloatSums::lookUp(const Slot &slot, Value code) {
  OpBuilder &b = e.b;
  if (slot.table)
    return qvec::PickOp::create(b, e.loc, reals, slot.table, code);
  Value index = arith::AddIOp::create(b, e.loc, slot.starts, code);
  Value all = e.splat(b.getBoolAttr(true), p.lanes);
  Value none = e.splat(b.getF32FloatAttr(0.0f), p.lanes);
  return vector::GatherOp::create(b, e.loc, reals, e.tables.view,
                                  ValueRange{e.index(0)}, index, all, none);
}
