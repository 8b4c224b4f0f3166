//===- ConvertSaturation.cpp - Integers as bytes --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Packing and interleaving instructions work on blocks of 128 bits, each by
/// itself. A vector of the level has `lanes / 4` blocks.
///
//===----------------------------------------------------------------------===//

#include "ConvertSaturation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/FormatVariadic.h"

using namespace quantopt;

/// Limits and truncation, for scalars and vectors of any size.
static Value saturateGeneric(OpBuilder &b, Location loc, Value value,
                             Type result, bool isUnsigned) {
  auto constant = [&](int32_t limit) -> Value {
    TypedAttr attr = b.getI32IntegerAttr(limit);
    if (auto type = dyn_cast<VectorType>(value.getType()))
      attr = DenseElementsAttr::get(type, Attribute(attr));
    return arith::ConstantOp::create(b, loc, attr);
  };
  value =
      arith::MaxSIOp::create(b, loc, value, constant(isUnsigned ? 0 : -128));
  value =
      arith::MinSIOp::create(b, loc, value, constant(isUnsigned ? 255 : 127));
  return arith::TruncIOp::create(b, loc, result, value);
}

static Value callIntrinsic(OpBuilder &b, Location loc, StringRef name,
                           VectorType type, ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, loc, type, b.getStringAttr(name),
                                       operands)
      .getResult(0);
}

/// Packs two or four vectors of `lanes` into bytes: block `k` of the result has
/// 4 bytes of block `k` of each vector.
static Value packBlocks(OpBuilder &b, Location loc, ArrayRef<Value> vectors,
                        int64_t lanes, bool isUnsigned,
                        const PackIntrinsics &names) {
  auto words = VectorType::get({lanes * 2}, b.getI16Type());
  auto bytes = VectorType::get({lanes * 4}, b.getI8Type());
  Value low =
      callIntrinsic(b, loc, names.words, words, {vectors[0], vectors[1]});
  Value high = vectors.size() == 2 ? low
                                   : callIntrinsic(b, loc, names.words, words,
                                                   {vectors[2], vectors[3]});
  return callIntrinsic(b, loc,
                       isUnsigned ? names.unsignedBytes : names.signedBytes,
                       bytes, {low, high});
}

/// The bytes of two or four vectors in the order of their lanes.
static Value packVectors(OpBuilder &b, Location loc, ArrayRef<Value> vectors,
                         int64_t lanes, bool isUnsigned,
                         const PackIntrinsics &names) {
  Value bytes = packBlocks(b, loc, vectors, lanes, isUnsigned, names);
  int64_t blocks = lanes / 4, count = vectors.size();
  SmallVector<int64_t> mask;
  for (int64_t v = 0; v < count; ++v)
    for (int64_t k = 0; k < blocks; ++k)
      mask.push_back(k * 4 + v);
  Value words = vector::BitCastOp::create(
      b, loc, VectorType::get({lanes}, b.getI32Type()), bytes);
  words = vector::ShuffleOp::create(b, loc, words, words, mask);
  return vector::BitCastOp::create(
      b, loc, VectorType::get({count * lanes}, b.getI8Type()), words);
}

static Value slice(OpBuilder &b, Location loc, Value vector, int64_t from,
                   int64_t size) {
  return vector::ExtractStridedSliceOp::create(
      b, loc, vector, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{size},
      ArrayRef<int64_t>{1});
}

namespace {
/// Floats whose nearest integers, plus an offset, are saturated.
struct RoundedFloats {
  Value floats;
  int32_t offset;
};
} // namespace

/// Where `integers` are the bits of floats plus 1.5 * 2^23, moved by a
/// constant.
static std::optional<RoundedFloats> findRoundedFloats(Value integers) {
  constexpr float magic = 0x1.8p23f;
  auto moved = integers.getDefiningOp<arith::AddIOp>();
  auto bits =
      moved ? moved.getLhs().getDefiningOp<arith::BitcastOp>() : nullptr;
  auto sum = bits ? bits.getIn().getDefiningOp<arith::AddFOp>() : nullptr;
  APInt offset;
  APFloat added(0.0f);
  if (!sum || !matchPattern(moved.getRhs(), m_ConstantInt(&offset)) ||
      !matchPattern(sum.getRhs(), m_ConstantFloat(&added)) ||
      !added.bitwiseIsEqual(APFloat(magic)))
    return std::nullopt;
  return RoundedFloats{sum.getLhs(), int32_t(uint32_t(offset.getZExtValue()) +
                                             llvm::bit_cast<uint32_t>(magic))};
}

/// Their integers: processors that pack also convert with rounding.
static Value convertFloats(OpBuilder &b, Location loc,
                           const RoundedFloats &rounded, int64_t from,
                           int64_t lanes) {
  auto type = VectorType::get({lanes}, b.getI32Type());
  std::string name = llvm::formatv("llvm.lrint.v{0}i32.v{0}f32", lanes);
  Value result = callIntrinsic(b, loc, name, type,
                               slice(b, loc, rounded.floats, from, lanes));
  if (rounded.offset == 0)
    return result;
  Value offset = arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(type, rounded.offset));
  return arith::AddIOp::create(b, loc, result, offset);
}

static Value lowerSaturate(OpBuilder &b, qvec::SaturateOp op,
                           const TargetLevel &level) {
  Location loc = op.getLoc();
  bool isUnsigned = op.getUnsignedResult();
  auto type = dyn_cast<VectorType>(op.getValue().getType());
  std::optional<PackIntrinsics> names = getPackIntrinsics(level);
  int64_t lanes = level.getLanes();
  int64_t vectors = type ? type.getDimSize(0) / lanes : 0;
  if (!names || !type || type.getDimSize(0) % lanes != 0 ||
      (vectors != 2 && vectors != 4))
    return saturateGeneric(b, loc, op.getValue(), op.getType(), isUnsigned);
  SmallVector<Value> parts;
  auto rounded = findRoundedFloats(op.getValue());
  for (int64_t v = 0; v < vectors; ++v)
    parts.push_back(rounded ? convertFloats(b, loc, *rounded, v * lanes, lanes)
                            : slice(b, loc, op.getValue(), v * lanes, lanes));
  return packVectors(b, loc, parts, lanes, isUnsigned, *names);
}

//===----------------------------------------------------------------------===//
// Weighted sums
//===----------------------------------------------------------------------===//

/// Takes elements of `x` and `y` by turns: the first half of each block of 128
/// bits, or the second.
static Value interleave(OpBuilder &b, Location loc, Value x, Value y,
                        bool second) {
  auto type = cast<VectorType>(x.getType());
  int64_t size = type.getDimSize(0);
  int64_t block = 128 / type.getElementTypeBitWidth();
  SmallVector<int64_t> mask;
  for (int64_t first = 0; first < size; first += block)
    for (int64_t i = 0; i < block / 2; ++i) {
      int64_t from = first + i + (second ? block / 2 : 0);
      mask.append({from, size + from});
    }
  return vector::ShuffleOp::create(b, loc, x, y, mask);
}

namespace {
/// Lowers one weighted sum.
class WeightedSum {
public:
  WeightedSum(OpBuilder &b, qvec::RescaleAddOp op)
      : b(b), op(op), loc(op.getLoc()), level(getTargetLevel(op)) {}

  Value lower();

private:
  Value lowerGeneric();
  Value lowerVector(Value lhs, Value rhs, StringRef pairs,
                    const PackIntrinsics &packs);
  Value multiplyPairs(Value words, StringRef pairs);
  /// `value`, or vectors of it with the shape of `like`.
  Value constant(Type like, int32_t value) {
    TypedAttr attr = b.getI32IntegerAttr(value);
    if (auto type = dyn_cast<VectorType>(like))
      attr = DenseElementsAttr::get(
          VectorType::get(type.getShape(), b.getI32Type()), Attribute(attr));
    return arith::ConstantOp::create(b, loc, attr);
  }
  /// Adds the offset and shifts.
  Value finish(Value sum) {
    Type type = sum.getType();
    sum = arith::AddIOp::create(b, loc, sum,
                                constant(type, int32_t(op.getOffset())));
    return arith::ShRSIOp::create(b, loc, sum,
                                  constant(type, int32_t(op.getShift())));
  }

  OpBuilder &b;
  qvec::RescaleAddOp op;
  Location loc;
  const TargetLevel &level;
};
} // namespace

Value WeightedSum::lowerGeneric() {
  Type type = op.getType();
  Type wide = b.getI32Type();
  if (auto vector = dyn_cast<VectorType>(type))
    wide = VectorType::get(vector.getShape(), wide);
  auto weigh = [&](Value bytes, uint32_t multiplier) -> Value {
    Value x = op.getUnsignedBytes()
                  ? arith::ExtUIOp::create(b, loc, wide, bytes).getResult()
                  : arith::ExtSIOp::create(b, loc, wide, bytes);
    return arith::MulIOp::create(b, loc, x,
                                 constant(type, int32_t(multiplier)));
  };
  Value sum =
      arith::AddIOp::create(b, loc, weigh(op.getLhs(), op.getLhsMultiplier()),
                            weigh(op.getRhs(), op.getRhsMultiplier()));
  return qvec::SaturateOp::create(b, loc, type, finish(sum),
                                  op.getUnsignedBytes());
}

/// Multipliers of more than 16 bits take two products: with the bits above the
/// lowest 8, and with those.
Value WeightedSum::multiplyPairs(Value words, StringRef pairs) {
  int32_t lhs = int32_t(op.getLhsMultiplier()),
          rhs = int32_t(op.getRhsMultiplier());
  auto sums = VectorType::get({level.getLanes()}, b.getI32Type());
  auto multiply = [&](int32_t x, int32_t y) {
    SmallVector<int16_t> multipliers;
    for (int64_t i = 0; i < level.getLanes(); ++i)
      multipliers.append({int16_t(x), int16_t(y)});
    Value weights = arith::ConstantOp::create(
        b, loc,
        DenseElementsAttr::get(cast<VectorType>(words.getType()),
                               ArrayRef(multipliers)));
    return callIntrinsic(b, loc, pairs, sums, {words, weights});
  };
  if (llvm::isInt<16>(lhs) && llvm::isInt<16>(rhs))
    return multiply(lhs, rhs);
  constexpr int32_t kLowBits = 8, kLowMask = (1 << kLowBits) - 1;
  Value high = multiply(lhs >> kLowBits, rhs >> kLowBits);
  Value low = multiply(lhs & kLowMask, rhs & kLowMask);
  high = arith::ShLIOp::create(b, loc, high, constant(sums, kLowBits));
  return arith::AddIOp::create(b, loc, high, low);
}

/// Bytes interleaved with zeros are words, and words of both operands are
/// pairs. Packing undoes what interleaving did to their order.
Value WeightedSum::lowerVector(Value lhs, Value rhs, StringRef pairs,
                               const PackIntrinsics &packs) {
  int64_t lanes = level.getLanes();
  auto bytes = cast<VectorType>(lhs.getType());
  auto words = VectorType::get({lanes * 2}, b.getI16Type());
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(bytes));
  SmallVector<Value> parts;
  for (bool byteHalf : {false, true}) {
    auto widen = [&](Value x) -> Value {
      return vector::BitCastOp::create(b, loc, words,
                                       interleave(b, loc, x, zero, byteHalf));
    };
    Value x = widen(lhs), y = widen(rhs);
    for (bool wordHalf : {false, true})
      parts.push_back(
          finish(multiplyPairs(interleave(b, loc, x, y, wordHalf), pairs)));
  }
  return packBlocks(b, loc, parts, lanes, op.getUnsignedBytes(), packs);
}

Value WeightedSum::lower() {
  auto type = dyn_cast<VectorType>(op.getType());
  int64_t size = level.vectorBytes;
  std::optional<StringRef> pairs = getPairIntrinsic(level);
  std::optional<PackIntrinsics> packs = getPackIntrinsics(level);
  // Zeros widen bytes without sign only.
  if (!type || type.getDimSize(0) % size != 0 || !pairs || !packs ||
      !op.getUnsignedBytes())
    return lowerGeneric();
  Value result;
  for (int64_t from = 0; from < type.getDimSize(0); from += size) {
    Value part =
        lowerVector(slice(b, loc, op.getLhs(), from, size),
                    slice(b, loc, op.getRhs(), from, size), *pairs, *packs);
    if (type.getDimSize(0) == size)
      return part;
    if (!result)
      result = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    result = vector::InsertStridedSliceOp::create(
        b, loc, part, result, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{1});
  }
  return result;
}

/// Replaces all ops of a kind by what `lower` makes of them.
template <typename OpType>
static void convertAll(ModuleOp module,
                       function_ref<Value(OpBuilder &, OpType)> lower) {
  SmallVector<OpType> ops;
  module.walk([&](OpType op) { ops.push_back(op); });
  for (OpType op : ops) {
    OpBuilder b(op);
    op.replaceAllUsesWith(lower(b, op));
    op.erase();
  }
}

void quantopt::convertSaturation(ModuleOp module) {
  // Weighted sums may leave bytes to be saturated.
  convertAll<qvec::RescaleAddOp>(
      module, [](OpBuilder &b, auto op) { return WeightedSum(b, op).lower(); });
  convertAll<qvec::SaturateOp>(module, [](OpBuilder &b, auto op) {
    return lowerSaturate(b, op, getTargetLevel(op));
  });
}
