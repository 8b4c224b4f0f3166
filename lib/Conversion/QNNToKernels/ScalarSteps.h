//===- ScalarSteps.h - Elementwise steps as scalar IR -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_SCALARSTEPS_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_SCALARSTEPS_H

#include "RequantizeForm.h"
#include "mlir/IR/Builders.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt {

/// Emits scalar integer and float code for a level's storage convention: 8-bit
/// values are stored with an offset added, as unsigned bytes when it is not 0.
class ScalarEmitter {
public:
  ScalarEmitter(OpBuilder &builder, Location loc, const TargetLevel &target)
      : builder(builder), loc(loc), target(target),
        offset(target.getActivationOffset()) {}

  /// The stored integer as i32; 8-bit values keep the offset.
  Value extend(Value stored);
  /// What an 8-bit value carries besides its signed equivalent.
  int64_t getOffset(Type stored) const {
    return stored.isInteger(8) ? offset : 0;
  }
  Value i32(int64_t value);
  Value f32(float value);
  /// An i32 `value` limited to the range, as it is stored.
  Value clampTo(const StoredRange &range, Value value);
  /// The stored integer without offset and zero point, as i32.
  Value center(Value stored, int64_t zeroPoint);

  Value quantize(qnn::AffineType type, Value x);
  Value dequantize(qnn::AffineType type, Value stored);
  /// The same for an `i8` and a scale of run time.
  Value dequantize(int64_t zeroPoint, Value scale, Value stored);
  /// The same for a zero point of run time, as it is stored.
  Value dequantize(Value zeroPoint, Value scale, Value stored);
  /// The integer for `x * inverse`, within [min, max].
  Value quantizeDynamic(Value x, Value inverse, int64_t zeroPoint, int64_t min,
                        int64_t max);
  /// The integer for `x / scale` plus a zero point of run time, as it is
  /// stored.
  Value quantizeAsymmetric(Value x, Value scale, Value zeroPoint);
  /// The zero point that gives 0 for `-lowest` and the scale, as it is stored.
  Value chooseZeroPoint(Value lowest, Value scale);
  /// `sum - zeroPoint * factor`, with the zero point as it is stored.
  Value shiftSum(Value sum, Value zeroPoint, Value factor);
  /// `fma(float(sum), rowScale * scale, offset)`; no row scale means 1.
  Value scaleSum(Value sum, Value scale, Value offset, Value rowScale);
  /// In a form with its constants in order: scales; factors; or multipliers and
  /// shifts.
  Value requantize(const RequantizeForm &form, Value acc, ValueRange constants,
                   const StoredRange &range);
  /// The float form (see Support/Arithmetic.h); `scale` is M * 2^-n.
  Value requantizeFloat(Value acc, Value scale, int64_t zeroPoint, int64_t min,
                        int64_t max);
  /// The form with a high product (see Support/Arithmetic.h) and the level's
  /// shift.
  Value requantizeHigh(Value acc, Value factor, int32_t lift,
                       const StoredRange &range);
  /// The form in binary64; `scale` is M * 2^-n as `f32`.
  Value requantizeDouble(Value acc, Value scale, const StoredRange &range);
  /// The exact 64-bit form with round half even.
  Value requantizeWide(Value acc, Value multiplier, Value shift,
                       const StoredRange &range);
  /// The product of binary32 (see Support/Arithmetic.h); `scale` is M * 2^-n.
  Value requantizeProduct(const RequantizeForm &form, Value acc, Value scale,
                          const StoredRange &range);
  /// The same rounding on integers.
  Value requantizeFixedProduct(const RequantizeForm &form, Value acc,
                               Value factor, Value excess,
                               const StoredRange &range);
  /// The form with two roundings (see Support/SourceRounding.h).
  Value requantizeTwice(Value acc, Value multiplier, Value shift,
                        const TwoRoundings &known, const StoredRange &range);
  Value rescaleAdd(qnn::RescaleAddOp op, Value lhs, Value rhs);
  Value rescaleMul(qnn::RescaleMulOp op, Value lhs, Value rhs);
  /// The sum of the entries of tables of `i32` for two bytes.
  Value lookupSum(Value lhs, Value rhs, Value lhsTable, Value rhsTable);
  /// `table` has an entry for each signed byte, in order.
  Value lookup(ArrayRef<int8_t> table, Value stored);

private:
  /// The highest bit of the magnitude of an i32 of at most 16 bits, or of what
  /// is one below it for negative numbers.
  Value getHighestBit(Value value);
  Value roundOnce(Value acc, Value multiplier, bool isShort);
  /// `x / scale`, limited to the type's range; NaN gives the lowest value.
  Value divideByScale(qnn::AffineType type, Value x);
  /// `x` limited to [lower, upper]; NaN gives the lower end.
  Value limit(Value x, float lower, float upper);
  Value limit(Value x, Value lower, Value upper);
  /// The integer nearest to `quotient`, which lies in the range of `bits` bits
  /// when the zero point is added, as it is stored.
  Value store(Value quotient, int64_t zeroPoint, unsigned bits);
  /// `value`, which has the offset, as a byte in [min, max] plus the offset.
  Value saturate(Value value, int64_t min, int64_t max);
  /// A stored byte limited to [min, max] plus the offset.
  Value limitByte(Value byte, int64_t min, int64_t max);

  OpBuilder &builder;
  Location loc;
  const TargetLevel &target;
  int64_t offset;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_SCALARSTEPS_H
