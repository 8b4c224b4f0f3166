//===- ScalarSteps.cpp - Elementwise steps as scalar IR -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QNN/Utils/IRAlgebra.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/bit.h"

using namespace quantopt;

/// Adding this to a number of small magnitude leaves its nearest integer in the
/// low bits of the sum: the spacing of floats there is 1.
static constexpr float kRoundingMagic = 12582912.0f; // 1.5 * 2^23

Value ScalarEmitter::extend(Value stored) {
  Type i32Type = builder.getI32Type();
  if (stored.getType() == i32Type)
    return stored;
  if (getOffset(stored.getType()) != 0)
    return arith::ExtUIOp::create(builder, loc, i32Type, stored);
  return arith::ExtSIOp::create(builder, loc, i32Type, stored);
}

Value ScalarEmitter::i32(int64_t value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getI32IntegerAttr(value));
}

Value ScalarEmitter::f32(float value) {
  return arith::ConstantOp::create(builder, loc,
                                   builder.getF32FloatAttr(value));
}

Value ScalarEmitter::saturate(Value value, int64_t min, int64_t max) {
  Value byte = qvec::SaturateOp::create(builder, loc, builder.getI8Type(),
                                        value, offset != 0);
  return limitByte(byte, min, max);
}

Value ScalarEmitter::limitByte(Value byte, int64_t min, int64_t max) {
  bool isUnsigned = offset != 0;
  // A byte lies in the widest range already.
  auto i8 = [&](int64_t limit) -> Value {
    return arith::ConstantOp::create(
        builder, loc, builder.getI8IntegerAttr(int8_t(limit + offset)));
  };
  if (min > -128)
    byte = isUnsigned
               ? arith::MaxUIOp::create(builder, loc, byte, i8(min)).getResult()
               : arith::MaxSIOp::create(builder, loc, byte, i8(min));
  if (max < 127)
    byte = isUnsigned
               ? arith::MinUIOp::create(builder, loc, byte, i8(max)).getResult()
               : arith::MinSIOp::create(builder, loc, byte, i8(max));
  return byte;
}

Value ScalarEmitter::clampTo(const StoredRange &range, Value value) {
  if (range.type.isInteger(8)) {
    if (offset != 0)
      value = arith::AddIOp::create(builder, loc, value, i32(offset));
    return saturate(value, range.min, range.max);
  }
  value = arith::MaxSIOp::create(builder, loc, value, i32(range.min));
  value = arith::MinSIOp::create(builder, loc, value, i32(range.max));
  return arith::TruncIOp::create(builder, loc, range.type, value);
}

Value ScalarEmitter::center(Value stored, int64_t zeroPoint) {
  zeroPoint += getOffset(stored.getType());
  Value wide = extend(stored);
  if (zeroPoint == 0)
    return wide;
  return arith::SubIOp::create(builder, loc, wide, i32(zeroPoint));
}

Value ScalarEmitter::limit(Value x, float lower, float upper) {
  qnn::IRAlgebra a(builder, loc, x.getType());
  return limit(x, a.constant(lower), a.constant(upper));
}

Value ScalarEmitter::limit(Value x, Value lo, Value hi) {
  qnn::IRAlgebra a(builder, loc, x.getType());
  x = a.select(a.less(lo, x), x, lo); // NaN becomes the lowest value
  return a.select(a.less(hi, x), hi, x);
}

Value ScalarEmitter::divideByScale(qnn::AffineType type, Value x) {
  qnn::IRAlgebra a(builder, loc, x.getType());
  int64_t zeroPoint = type.getZeroPoint();
  int64_t min = type.getStorageMin(), max = type.getStorageMax();
  // A division takes several times as long as a multiply-add.
  if (target.hasFma() && type.getScale() != 1.0f)
    if (auto reciprocal =
            deriveReciprocal(type.getScale(), zeroPoint, min, max)) {
      x = limit(x, reciprocal->lower, reciprocal->upper);
      return a.fma(x, a.constant(reciprocal->high),
                   a.mul(x, a.constant(reciprocal->low)));
    }
  // Limits before rounding give the same result: both ends are integers.
  if (type.getScale() != 1.0f)
    x = a.div(x, a.constant(type.getScale()));
  return limit(x, float(min - zeroPoint), float(max - zeroPoint));
}

Value ScalarEmitter::store(Value quotient, int64_t zeroPoint, unsigned bits) {
  qnn::IRAlgebra a(builder, loc, quotient.getType());
  Value rounded = a.bits(a.add(quotient, a.constant(kRoundingMagic)));
  Type stored = builder.getIntegerType(bits);
  int64_t base =
      zeroPoint + getOffset(stored) - llvm::bit_cast<int32_t>(kRoundingMagic);
  Value sum = arith::AddIOp::create(builder, loc, rounded, i32(base));
  // Saturation changes nothing here, but is how vectors are packed.
  if (stored.isInteger(8))
    return saturate(sum, -128, 127);
  return arith::TruncIOp::create(builder, loc, stored, sum);
}

Value ScalarEmitter::quantize(qnn::AffineType type, Value x) {
  auto storage = cast<IntegerType>(type.getStorageType());
  int64_t zeroPoint = type.getZeroPoint();
  if (storage.isUnsigned())
    zeroPoint -= int64_t(1) << (storage.getWidth() - 1);
  return store(divideByScale(type, x), zeroPoint, storage.getWidth());
}

Value ScalarEmitter::quantizeDynamic(Value x, Value inverse, int64_t zeroPoint,
                                     int64_t min, int64_t max) {
  Value quotient = arith::MulFOp::create(builder, loc, x, inverse);
  quotient = limit(quotient, float(min - zeroPoint), float(max - zeroPoint));
  return store(quotient, zeroPoint, 8);
}

Value ScalarEmitter::quantizeAsymmetric(Value x, Value scale, Value zeroPoint) {
  Type f32Type = builder.getF32Type();
  Value zero =
      arith::SubIOp::create(builder, loc, extend(zeroPoint), i32(offset));
  auto distance = [&](int64_t end) -> Value {
    return arith::SIToFPOp::create(
        builder, loc, f32Type,
        arith::SubIOp::create(builder, loc, i32(end), zero));
  };
  Value quotient = arith::DivFOp::create(builder, loc, x, scale);
  qnn::IRAlgebra a(builder, loc, f32Type);
  quotient = limit(quotient, distance(-128), distance(127));
  Value rounded = a.bits(a.add(quotient, a.constant(kRoundingMagic)));
  Value base = arith::AddIOp::create(
      builder, loc, zero,
      i32(offset - llvm::bit_cast<int32_t>(kRoundingMagic)));
  return saturate(arith::AddIOp::create(builder, loc, rounded, base), -128,
                  127);
}

Value ScalarEmitter::chooseZeroPoint(Value lowest, Value scale) {
  Value quotient = arith::DivFOp::create(builder, loc, lowest, scale);
  return store(limit(quotient, 0.0f, 255.0f), -128, 8);
}

/// `scale * (stored - zeroPoint)`, where both integers have the same offset.
static Value emitDequantize(OpBuilder &builder, Location loc, Value scale,
                            Value stored, Value zeroPoint) {
  Value q = zeroPoint ? arith::SubIOp::create(builder, loc, stored, zeroPoint)
                      : stored;
  Value real = arith::SIToFPOp::create(builder, loc, builder.getF32Type(), q);
  return arith::MulFOp::create(builder, loc, scale, real);
}

Value ScalarEmitter::dequantize(qnn::AffineType type, Value stored) {
  auto storage = cast<IntegerType>(type.getStorageType());
  int64_t zeroPoint = type.getZeroPoint() + getOffset(stored.getType());
  if (storage.isUnsigned())
    zeroPoint -= int64_t(1) << (storage.getWidth() - 1);
  return emitDequantize(builder, loc, f32(type.getScale()), extend(stored),
                        zeroPoint != 0 ? i32(zeroPoint) : Value());
}

Value ScalarEmitter::dequantize(int64_t zeroPoint, Value scale, Value stored) {
  zeroPoint += getOffset(stored.getType());
  return emitDequantize(builder, loc, scale, extend(stored),
                        zeroPoint != 0 ? i32(zeroPoint) : Value());
}

Value ScalarEmitter::dequantize(Value zeroPoint, Value scale, Value stored) {
  return emitDequantize(builder, loc, scale, extend(stored), extend(zeroPoint));
}

Value ScalarEmitter::shiftSum(Value sum, Value zeroPoint, Value factor) {
  Value zero = extend(zeroPoint);
  if (offset != 0)
    zero = arith::SubIOp::create(builder, loc, zero, i32(offset));
  return arith::SubIOp::create(
      builder, loc, sum, arith::MulIOp::create(builder, loc, zero, factor));
}

Value ScalarEmitter::scaleSum(Value sum, Value scale, Value offset,
                              Value rowScale) {
  Type f32Type = builder.getF32Type();
  qnn::IRAlgebra a(builder, loc, f32Type);
  if (sum.getType() != f32Type)
    sum = arith::SIToFPOp::create(builder, loc, f32Type, sum);
  if (rowScale)
    scale = arith::MulFOp::create(builder, loc, rowScale, scale);
  return a.fma(sum, scale, offset);
}

Value ScalarEmitter::requantizeFloat(Value acc, Value scale, int64_t zeroPoint,
                                     int64_t min, int64_t max) {
  Type f32Type = builder.getF32Type();
  qnn::IRAlgebra a(builder, loc, f32Type);
  Value x = arith::SIToFPOp::create(builder, loc, f32Type, acc);
  Value y = a.fma(x, scale, f32(kRoundingMagic + float(zeroPoint + offset)));
  Value rounded = arith::SubIOp::create(
      builder, loc, a.bits(y), i32(llvm::bit_cast<int32_t>(kRoundingMagic)));
  return saturate(rounded, min, max);
}

Value ScalarEmitter::requantizeHigh(Value acc, Value factor, int32_t lift,
                                    const StoredRange &range) {
  // Its range is known to fit.
  Type i32Type = builder.getI32Type();
  if (acc.getType() != i32Type)
    acc = arith::TruncIOp::create(builder, loc, i32Type, acc);
  if (lift != 0)
    acc = arith::ShLIOp::create(builder, loc, acc, i32(lift));
  Value rounded = qvec::MultiplyHighOp::create(
      builder, loc, acc.getType(), acc, factor,
      static_cast<uint32_t>(target.requantizeShift));
  if (range.zeroPoint != 0)
    rounded =
        arith::AddIOp::create(builder, loc, rounded, i32(range.zeroPoint));
  return clampTo(range, rounded);
}

Value ScalarEmitter::requantizeDouble(Value acc, Value scale,
                                      const StoredRange &range) {
  Type f64 = builder.getF64Type();
  // Its low 32 bits are 0, and sums near it are spaced by 1.
  Value magic = arith::ConstantOp::create(builder, loc,
                                          builder.getF64FloatAttr(0x1.8p52));
  Value x = arith::SIToFPOp::create(builder, loc, f64, acc);
  Value factor = arith::ExtFOp::create(builder, loc, f64, scale);
  Value sum =
      target.hasFma()
          ? math::FmaOp::create(builder, loc, x, factor, magic).getResult()
          : arith::AddFOp::create(
                builder, loc, arith::MulFOp::create(builder, loc, x, factor),
                magic);
  Value bits =
      arith::BitcastOp::create(builder, loc, builder.getI64Type(), sum);
  Value rounded =
      arith::TruncIOp::create(builder, loc, builder.getI32Type(), bits);
  if (range.zeroPoint != 0)
    rounded =
        arith::AddIOp::create(builder, loc, rounded, i32(range.zeroPoint));
  return clampTo(range, rounded);
}

Value ScalarEmitter::requantize(const RequantizeForm &form, Value acc,
                                ValueRange constants,
                                const StoredRange &range) {
  switch (form.kind) {
  case RequantizeForm::Kind::Float:
    return requantizeFloat(acc, constants[0], range.zeroPoint, range.min,
                           range.max);
  case RequantizeForm::Kind::High:
    return requantizeHigh(acc, constants[0], form.lift, range);
  case RequantizeForm::Kind::Double:
    return requantizeDouble(acc, constants[0], range);
  case RequantizeForm::Kind::Wide:
    return requantizeWide(acc, constants[0], constants[1], range);
  case RequantizeForm::Kind::Product:
    return requantizeProduct(form, acc, constants[0], range);
  case RequantizeForm::Kind::FixedProduct:
    return requantizeFixedProduct(form, acc, constants[0], constants[1], range);
  }
  llvm_unreachable("unknown form");
}

Value ScalarEmitter::requantizeWide(Value acc, Value multiplier, Value shift,
                                    const StoredRange &range) {
  Type i64Type = builder.getI64Type();
  auto i64 = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI64IntegerAttr(value));
  };
  auto widen = [&](Value value) -> Value {
    if (value.getType() == i64Type)
      return value;
    return arith::ExtSIOp::create(builder, loc, i64Type, value);
  };
  Value product =
      arith::MulIOp::create(builder, loc, widen(acc), widen(multiplier));
  Value n = widen(shift);
  // floor + half - 1 + (floor's lowest bit) rounds halves to even; a shift of
  // 0 adds nothing.
  Value floor = arith::ShRSIOp::create(builder, loc, product, n);
  Value odd = arith::AndIOp::create(builder, loc, floor, i64(1));
  Value unit = arith::ShLIOp::create(builder, loc, i64(1), n);
  Value half = arith::ShRSIOp::create(builder, loc, unit, i64(1));
  Value bump = arith::AddIOp::create(
      builder, loc, arith::SubIOp::create(builder, loc, half, i64(1)), odd);
  Value isZero =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, n, i64(0));
  bump = arith::SelectOp::create(builder, loc, isZero, i64(0), bump);
  Value rounded = arith::ShRSIOp::create(
      builder, loc, arith::AddIOp::create(builder, loc, product, bump), n);
  // Limits in 64 bits first: the scaled sum may exceed 32.
  rounded = arith::AddIOp::create(builder, loc, rounded, i64(range.zeroPoint));
  rounded = arith::MaxSIOp::create(builder, loc, rounded, i64(range.min));
  rounded = arith::MinSIOp::create(builder, loc, rounded, i64(range.max));
  if (int64_t added = getOffset(range.type))
    rounded = arith::AddIOp::create(builder, loc, rounded, i64(added));
  return arith::TruncIOp::create(builder, loc, range.type, rounded);
}

Value ScalarEmitter::requantizeProduct(const RequantizeForm &form, Value acc,
                                       Value scale, const StoredRange &range) {
  Type f32Type = builder.getF32Type();
  qnn::IRAlgebra a(builder, loc, f32Type);
  Value x = arith::SIToFPOp::create(builder, loc, f32Type, acc);
  x = a.mul(x, scale);
  if (form.limitsProducts)
    x = limit(x, float(range.min - range.zeroPoint),
              float(range.max - range.zeroPoint));
  Value rounded = a.bits(a.add(x, a.constant(kRoundingMagic)));
  // Behind the rounding: an odd zero point would turn halves around.
  int64_t base =
      range.zeroPoint + offset - llvm::bit_cast<int32_t>(kRoundingMagic);
  return saturate(arith::AddIOp::create(builder, loc, rounded, i32(base)),
                  range.min, range.max);
}

Value ScalarEmitter::getHighestBit(Value value) {
  auto shiftRight = [&](Value a, int64_t bits) -> Value {
    return arith::ShRUIOp::create(builder, loc, a, i32(bits));
  };
  Value sign = arith::ShRSIOp::create(builder, loc, value, i32(31));
  Value bits = arith::XOrIOp::create(builder, loc, value, sign);
  for (int64_t n : {1, 2, 4, 8})
    bits = arith::OrIOp::create(builder, loc, bits, shiftRight(bits, n));
  return arith::SubIOp::create(builder, loc, bits, shiftRight(bits, 1));
}

Value ScalarEmitter::requantizeFixedProduct(const RequantizeForm &form,
                                            Value acc, Value factor,
                                            Value excess,
                                            const StoredRange &range) {
  Type i32Type = builder.getI32Type(), i64Type = builder.getI64Type();
  auto i64 = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI64IntegerAttr(value));
  };
  auto widen = [&](Value value) -> Value {
    return arith::ExtSIOp::create(builder, loc, i64Type, value);
  };
  auto narrow = [&](Value value) -> Value {
    return arith::TruncIOp::create(builder, loc, i32Type, value);
  };
  auto add = [&](Value a, Value b) -> Value {
    return arith::AddIOp::create(builder, loc, a, b);
  };
  auto shiftLeft = [&](Value value, Value n) -> Value {
    return arith::ShLIOp::create(builder, loc, value, n);
  };
  auto shiftRight = [&](Value value, Value n) -> Value {
    return arith::ShRSIOp::create(builder, loc, value, n);
  };
  excess = widen(excess);
  Value shift = add(excess, i64(kLeastProductShift));
  Value before = add(excess, i64(kLeastProductShift - 1));
  if (form.limitsProducts) {
    // Results of these sums saturate already; their products fit.
    acc = arith::MinSIOp::create(builder, loc, acc, i32(1 << 24));
    acc = arith::MaxSIOp::create(builder, loc, acc, i32(-(1 << 24)));
  }
  Value product =
      arith::MulIOp::create(builder, loc, widen(acc), widen(factor));
  Value twice = narrow(shiftRight(product, before));
  Value near = shiftLeft(widen(getHighestBit(twice)), excess);
  Value sum = add(add(product, shiftLeft(i64(1), before)), near);
  Value floor = shiftRight(sum, shift);
  Value rest =
      arith::SubIOp::create(builder, loc, sum, shiftLeft(floor, shift));
  Value isHalf = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sle,
                                       rest, shiftLeft(near, i64(1)));
  Value rounded = narrow(floor);
  Value even = arith::AndIOp::create(builder, loc, rounded, i32(-2));
  rounded = arith::SelectOp::create(builder, loc, isHalf, even, rounded);
  if (range.zeroPoint != 0)
    rounded = add(rounded, i32(range.zeroPoint));
  return clampTo(range, rounded);
}

/// How an op's integers are stored.
static StoredRange getRange(Operation *op, int64_t zeroPoint, int64_t min,
                            int64_t max) {
  return {getElementTypeOrSelf(op->getResult(0)), zeroPoint, min, max};
}

/// `(acc * multiplier + 2^30) asr 31`.
Value ScalarEmitter::roundOnce(Value acc, Value multiplier, bool isShort) {
  auto multiplyHigh = [&](Value value, uint32_t shift) -> Value {
    return qvec::MultiplyHighOp::create(builder, loc, value.getType(), value,
                                        multiplier, shift);
  };
  if (target.requantizeShift == 31)
    return multiplyHigh(acc, 31);
  if (target.requantizeShift == 32 && isShort)
    return multiplyHigh(arith::ShLIOp::create(builder, loc, acc, i32(1)), 32);
  Type i64Type = builder.getI64Type();
  auto widen = [&](Value value) -> Value {
    return arith::ExtSIOp::create(builder, loc, i64Type, value);
  };
  auto i64 = [&](int64_t value) -> Value {
    return arith::ConstantOp::create(builder, loc,
                                     builder.getI64IntegerAttr(value));
  };
  // A constant shift: small processors have no other one of 64 bits.
  Value product =
      arith::MulIOp::create(builder, loc, widen(acc), widen(multiplier));
  product = arith::AddIOp::create(builder, loc, product, i64(1 << 30));
  product = arith::ShRSIOp::create(builder, loc, product, i64(31));
  return arith::TruncIOp::create(builder, loc, builder.getI32Type(), product);
}

Value ScalarEmitter::requantizeTwice(Value acc, Value multiplier, Value shift,
                                     const TwoRoundings &known,
                                     const StoredRange &range) {
  bool isSmallScale = known.isSmallScale;
  auto sub = [&](Value a, Value b) -> Value {
    return arith::SubIOp::create(builder, loc, a, b);
  };
  auto shiftRight = [&](Value a, Value b) -> Value {
    return arith::ShRSIOp::create(builder, loc, a, b);
  };
  if (!isSmallScale) {
    // What a shift below 31 lacks moves the sum to the left. A sum that would
    // not fit is limited: scaled it exceeds every byte either way.
    Value left =
        arith::MaxSIOp::create(builder, loc, sub(i32(31), shift), i32(0));
    Value limit = shiftRight(i32(INT32_MAX), left);
    acc = arith::MinSIOp::create(builder, loc, acc, limit);
    acc = arith::MaxSIOp::create(builder, loc, acc, sub(i32(0), limit));
    acc = arith::ShLIOp::create(builder, loc, acc, left);
  }
  Value once = roundOnce(acc, multiplier, known.isShort && isSmallScale);
  // Halves away from zero: one less for negative numbers, then halves up, with
  // a sum that cannot overflow.
  Value lowered =
      arith::AddIOp::create(builder, loc, once, shiftRight(once, i32(31)));
  Value rest = sub(shift, i32(32));
  if (!isSmallScale)
    rest = arith::MaxSIOp::create(builder, loc, rest, i32(0));
  Value twice =
      arith::AddIOp::create(builder, loc, shiftRight(lowered, rest), i32(1));
  twice = shiftRight(twice, i32(1));
  if (!isSmallScale) {
    Value isSmall = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::sgt, shift, i32(31));
    twice = arith::SelectOp::create(builder, loc, isSmall, twice, once);
  }
  twice = arith::AddIOp::create(builder, loc, twice, i32(range.zeroPoint));
  return clampTo(range, twice);
}

Value ScalarEmitter::rescaleAdd(qnn::RescaleAddOp op, Value lhs, Value rhs) {
  int64_t ma = int32_t(op.getLhsMultiplier());
  int64_t mb = int32_t(op.getRhsMultiplier());
  int64_t constant =
      int32_t(op.getOffset()) - getOffset(lhs.getType()) * (ma + mb);
  StoredRange range =
      getRange(op, 0, int32_t(op.getMin()), int32_t(op.getMax()));
  bool isBytes = lhs.getType().isInteger(8) && range.type.isInteger(8);
  int64_t min = int32_t(op.getMin()), max = int32_t(op.getMax());
  int64_t shift = int32_t(op.getShift());
  // The offset of the result moves in front of the shift when the sum still
  // fits.
  int64_t moved = offset << shift, reach = 128 * (std::abs(ma) + std::abs(mb));
  if (isBytes && llvm::isInt<24>(ma) && llvm::isInt<24>(mb) &&
      llvm::isInt<32>(int32_t(op.getOffset()) + moved + reach) &&
      llvm::isInt<32>(int32_t(op.getOffset()) + moved - reach)) {
    Value byte = qvec::RescaleAddOp::create(
        builder, loc, lhs.getType(), lhs, rhs, int32_t(ma), int32_t(mb),
        int32_t(constant + moved), int32_t(shift), offset != 0);
    return limitByte(byte, min, max);
  }
  Value a = arith::MulIOp::create(builder, loc, extend(lhs), i32(ma));
  Value b = arith::MulIOp::create(builder, loc, extend(rhs), i32(mb));
  Value sum = arith::AddIOp::create(builder, loc, a, b);
  sum = arith::AddIOp::create(builder, loc, sum, i32(constant));
  sum = arith::ShRSIOp::create(builder, loc, sum, i32(shift));
  return clampTo(range, sum);
}

Value ScalarEmitter::rescaleMul(qnn::RescaleMulOp op, Value lhs, Value rhs) {
  StoredRange range = getRange(op, int32_t(op.getZeroPoint()),
                               int32_t(op.getMin()), int32_t(op.getMax()));
  Value product = arith::MulIOp::create(
      builder, loc, center(lhs, int32_t(op.getLhsZeroPoint())),
      center(rhs, int32_t(op.getRhsZeroPoint())));
  Multiplier multiplier{int32_t(op.getMultiplier()), int32_t(op.getShift())};
  if (op.getRoundTwice())
    return requantizeTwice(product, i32(multiplier.m), i32(multiplier.shift),
                           {op.getShift() > 31, /*isShort=*/true}, range);
  // Products of bytes keep to integers, which need no fused multiply-add; that
  // of microcontrollers is of binary32 only.
  if (range.type.isInteger(16) && target.hasFma() &&
      target.has(TargetLevel::kDoubles) &&
      doubleFormIsExact(multiplier, INT32_MAX))
    return requantizeDouble(product, f32(float(multiplier.toReal())), range);
  return requantizeWide(product, i32(multiplier.m), i32(multiplier.shift),
                        range);
}

Value ScalarEmitter::lookupSum(Value lhs, Value rhs, Value lhsTable,
                               Value rhsTable) {
  auto load = [&](Value table, Value stored) -> Value {
    Value index =
        arith::AddIOp::create(builder, loc, extend(stored), i32(128 - offset));
    index =
        arith::IndexCastOp::create(builder, loc, builder.getIndexType(), index);
    return tensor::ExtractOp::create(builder, loc, table, index);
  };
  return arith::AddIOp::create(builder, loc, load(lhsTable, lhs),
                               load(rhsTable, rhs));
}

Value ScalarEmitter::lookup(ArrayRef<int8_t> table, Value stored) {
  // In the order of stored bytes without sign.
  SmallVector<int8_t> entries(table.size());
  for (auto [i, entry] : llvm::enumerate(table))
    entries[uint8_t(int64_t(i) - 128 + offset)] = int8_t(entry + offset);
  return qvec::LookupOp::create(builder, loc, stored.getType(), stored,
                                builder.getDenseI8ArrayAttr(entries));
}
