//===- Arithmetic.h - The numbers of the project ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The one home of rounding, saturation and the derivation of scales and
/// integer multipliers. Everything here is exact or says how it rounds, and
/// gives the same bits on every host. See docs/Numerics.md.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_ARITHMETIC_H
#define QUANTOPT_SUPPORT_ARITHMETIC_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <optional>

namespace quantopt {

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

/// The nearest integer, halves to the even one. NaN gives 0; values outside
/// i64 saturate.
int64_t roundHalfEven(double x);
inline int64_t roundHalfEven(float x) { return roundHalfEven(double(x)); }

/// `x * 2^-shift` rounded to the nearest integer, halves to the even one.
/// Requires shift in [0, 62].
int64_t shiftRightHalfEven(int64_t x, int32_t shift);

/// `value` limited to [min, max].
inline int64_t clampInteger(int64_t value, int64_t min, int64_t max) {
  return value < min ? min : value > max ? max : value;
}

//===----------------------------------------------------------------------===//
// Affine quantization
//===----------------------------------------------------------------------===//

/// How the integer `q` stands for the real number `scale * (q - zeroPoint)`.
struct AffineParams {
  float scale = 1.0f;
  int64_t zeroPoint = 0;
};

/// `clamp(round_half_even(x / scale) + zeroPoint, min, max)` with one binary32
/// division. NaN gives `min`.
int64_t quantizeValue(float x, float scale, int64_t zeroPoint, int64_t min,
                      int64_t max);

/// How `quantizeValue` is computed without a division: `x` is limited to
/// [lower, upper], NaN to `lower`, and `fma(x, high, x * low)` stands for the
/// quotient.
struct ScaleReciprocal {
  float high, low;
  float lower, upper;
};

/// The quantized value computed that way.
int64_t quantizeReciprocalForm(float x, const ScaleReciprocal &reciprocal,
                               int64_t zeroPoint);

/// The reciprocal with which the form equals `quantizeValue` for every `x`;
/// nothing when there is none. Both are monotone, so it is enough to compare
/// them at the limits and on both sides of each `x` where the result steps.
std::optional<ScaleReciprocal> deriveReciprocal(float scale, int64_t zeroPoint,
                                                int64_t min, int64_t max);

/// `scale * (q - zeroPoint)`, rounded once to binary32. Requires
/// |q - zeroPoint| < 2^24.
float dequantizeValue(int64_t q, float scale, int64_t zeroPoint);

/// The symmetric scale that maps `absMax` to `qmax`. All zeros (absMax = 0)
/// give scale 1. The scale is finite and at least FLT_MIN. Requires absMax
/// not to be NaN and qmax > 0.
AffineParams chooseSymmetric(float absMax, int64_t qmax);

/// The scale and zero point that map [lo, hi], widened to contain 0, to
/// [qmin, qmax]. Real zero is exact. An all-zero range gives scale 1 and the
/// zero point 0 (or the end of [qmin, qmax] nearest to 0). A constant tensor
/// has the range between its value and 0. Requires lo <= hi and qmin < qmax.
AffineParams chooseAffine(float lo, float hi, int64_t qmin, int64_t qmax);

//===----------------------------------------------------------------------===//
// Scales found at run time
//===----------------------------------------------------------------------===//

/// The scale under which the magnitude `largest` is stored as `levels`:
/// `max(largest / levels, FLT_MIN)`, finite. Requires a magnitude that is not
/// NaN and levels > 0.
float chooseDynamicScale(float largest, int64_t levels);

/// Scale and zero point that map [lo, hi] to [-128, 127] as
/// DynamicQuantizeLinear maps it to [0, 255]: `(hi - lo) / 255` in binary32,
/// and `round_half_even(-lo / scale) - 128`. An empty range gives scale 1.
/// Requires lo <= 0 <= hi; neither is NaN.
AffineParams chooseDynamicRange(float lo, float hi);

/// `clamp(round_half_even(x * inverse) + zeroPoint, min, max)` with one
/// binary32 product, where `inverse` is the binary32 quotient `1 / scale`. NaN
/// gives `min`.
int64_t quantizeDynamic(float x, float inverse, int64_t zeroPoint, int64_t min,
                        int64_t max);

//===----------------------------------------------------------------------===//
// Requantization
//===----------------------------------------------------------------------===//

/// The real scale `m * 2^-shift`: m is odd or 0, 0 <= m < 2^24, and shift lies
/// in [0, 31], or in [0, 47] where 16-bit integers are involved.
struct Multiplier {
  int32_t m = 0;
  int32_t shift = 0;

  /// The scale as a real number; exact.
  double toReal() const;
  bool operator==(const Multiplier &other) const {
    return m == other.m && shift == other.shift;
  }
};

/// Bound of `Multiplier::m` (exclusive).
constexpr int64_t kMultiplierLimit = int64_t(1) << 24;

/// The largest shift of multipliers for sums of bytes that become bytes, and
/// for all others: results of 16 bits need more digits.
constexpr int32_t kNarrowShift = 31, kWideShift = 47;

/// The multiplier nearest to `realScale` under which no accumulator with
/// |acc| <= maxAbsAcc gives an exact half, where such a multiplier exists.
///
/// With e = floor(log2 realScale) and n = clamp(23 - e, 0, maxShift) the error
/// is at most 2^-n: relative 2^-23 for scales of 2^(23 - maxShift) and more,
/// absolute 2^-maxShift below. Without the condition on halves (maxAbsAcc = 0)
/// it is at most 2^-(n+1), except next to even integers, which no multiplier
/// equals. Scales up to 2^-(maxShift+1) give 0, scales of 2^24 and more
/// saturate at 2^24 - 1: no requantized value of up to 16 bits differs.
/// Negative numbers and NaN give 0.
Multiplier deriveMultiplier(double realScale, int64_t maxAbsAcc = 0,
                            int32_t maxShift = kNarrowShift);

/// Whether no accumulator with |acc| <= maxAbsAcc gives an exact half, so that
/// every rule for halves yields the same result.
bool isTieFree(Multiplier multiplier, int64_t maxAbsAcc);

/// `clamp(round_half_even(acc * m * 2^-shift) + zeroPoint, min, max)`, exact.
int64_t requantize(int64_t acc, Multiplier multiplier, int64_t zeroPoint,
                   int64_t min, int64_t max);

/// The same computed in binary32: one fused multiply-add with the constant
/// 1.5 * 2^23 + zeroPoint, whose bits minus those of 1.5 * 2^23 are the rounded
/// integer, which saturates to a byte and is then limited to [min, max]. Equal
/// to `requantize` where `floatFormIsExact` says so.
int64_t requantizeFloatForm(int32_t acc, Multiplier multiplier,
                            int64_t zeroPoint, int64_t min, int64_t max);

/// Whether the float form equals `requantize` for every accumulator in
/// [lo, hi]. Both are monotone, so it is enough to compare them at both ends
/// and on both sides of every accumulator where the exact result steps.
/// Requires -128 <= min <= max <= 127 and lo <= hi.
bool floatFormIsExact(Multiplier multiplier, int64_t lo, int64_t hi,
                      int64_t zeroPoint, int64_t min, int64_t max);

/// How sums are requantized with the high half of a product: `(acc * 2^lift *
/// factor + 2^(shift - 1)) asr shift + zeroPoint`, limited to [min, max]. The
/// factor is `m * 2^(shift - n - lift)` for the scale `m * 2^-n`.
///
/// Returns the factor, in [0, 2^31), when `acc * 2^lift` fits 32 bits and the
/// result equals `requantize` for every accumulator in [lo, hi]: halves, which
/// are rounded up, must not occur. Requires shift in [31, 32] and lift >= 0.
std::optional<int32_t> deriveHighFactor(Multiplier multiplier, int32_t shift,
                                        int32_t lift, int64_t lo, int64_t hi);

/// `requantize` computed that way.
int64_t requantizeHighForm(int32_t acc, int32_t factor, int32_t shift,
                           int32_t lift, int64_t zeroPoint, int64_t min,
                           int64_t max);

/// `(value * factor + 2^(shift - 1)) asr shift`, modulo 2^32.
int32_t multiplyHigh(int32_t value, int32_t factor, int32_t shift);

/// `requantize` computed in binary64: one fused multiply-add with the
/// constant 1.5
/// * 2^52, in whose low 32 bits the rounded integer then stands; the zero point
/// is added behind. Always equal to `requantize` where `doubleFormIsExact`.
int64_t requantizeDoubleForm(int64_t acc, Multiplier multiplier,
                             int64_t zeroPoint, int64_t min, int64_t max);

/// Whether accumulators with |acc| <= maxAbsAcc are exact in binary64 and the
/// rounded integer and its sum with the zero point fit 32 bits. The
/// multiply-add then rounds once, to an integer, halves to even. Requires
/// |zeroPoint| < 2^16.
bool doubleFormIsExact(Multiplier multiplier, int64_t maxAbsAcc);

/// Whether that holds for a multiplication followed by an addition as well:
/// products with such accumulators are exact in binary64.
bool doubleProductIsExact(Multiplier multiplier, int64_t maxAbsAcc);

/// The smallest accumulator for which the exact, unclamped
/// `round_half_even(acc * m * 2^-shift)` is at least `value`. Requires m > 0
/// and |value| < 2^31.
int64_t getBreakpoint(Multiplier multiplier, int64_t value);

//===----------------------------------------------------------------------===//
// Sums and products of scaled operands
//===----------------------------------------------------------------------===//

/// The constants of `clamp((lhsMultiplier * a + rhsMultiplier * b + offset)
/// asr shift, min, max)`: 22-bit multipliers, and the sum fits i32 for all
/// operands in their ranges.
struct RescaleAdd {
  int32_t lhsMultiplier = 0;
  int32_t rhsMultiplier = 0;
  int32_t offset = 0;
  int32_t shift = 0;
};

/// Derives the constants for `y = a + b` with `a`, `b` and `y` stored with
/// these parameters and operands in [storageMin, storageMax]. A negative scale
/// subtracts. Takes the largest shift (at most 30) for which everything fits;
/// the result then differs from the real sum by less than half a step plus
/// (|a - za| + |b - zb|) * 2^-(shift+1) steps, and zero plus zero is exact.
/// Returns nothing when a scale is so much larger than the result's that its
/// multiplier does not fit 16 bits even without a shift.
std::optional<RescaleAdd> deriveRescaleAdd(AffineParams lhs, AffineParams rhs,
                                           AffineParams result,
                                           int64_t storageMin = -128,
                                           int64_t storageMax = 127);

/// `clamp((lhsMultiplier * a + rhsMultiplier * b + offset) asr shift, min,
/// max)`.
int64_t rescaleAdd(int64_t a, int64_t b, const RescaleAdd &constants,
                   int64_t min, int64_t max);

/// `clamp(round_half_even((a - za) * (b - zb) * m * 2^-shift) + zeroPoint,
/// min, max)`, exact.
int64_t rescaleMul(int64_t a, int64_t za, int64_t b, int64_t zb,
                   Multiplier multiplier, int64_t zeroPoint, int64_t min,
                   int64_t max);

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

/// The exact range of a sum.
struct IntegerRange {
  int64_t lo = 0;
  int64_t hi = 0;

  bool fitsI32() const { return lo >= INT32_MIN && hi <= INT32_MAX; }
  int64_t maxAbs() const { return hi > -lo ? hi : -lo; }
};

/// The range of `bias + sum_k weights[k] * (x[k] - zeroPoint)` over all inputs
/// with xmin <= x[k] <= xmax and padding (which contributes 0). The ends are
/// reached when the zero point lies in [xmin, xmax]. Zero points of weights
/// are subtracted by the caller. Requires values below 2^31 and fewer than
/// 2^30 weights of at most 16 bits.
IntegerRange getAccumulatorRange(llvm::ArrayRef<int64_t> weights,
                                 int64_t zeroPoint, int64_t xmin, int64_t xmax,
                                 int64_t bias);
IntegerRange getAccumulatorRange(llvm::ArrayRef<int8_t> weights,
                                 int64_t zeroPoint, int64_t xmin, int64_t xmax,
                                 int64_t bias);

//===----------------------------------------------------------------------===//
// Small floats
//===----------------------------------------------------------------------===//

/// The bits of the nearest binary16, halves to even, denormals kept. A finite
/// value that is too large becomes the largest finite one and sets
/// `overflowed`.
uint16_t encodeF16(float x, bool *overflowed = nullptr);
/// The same for bfloat16.
uint16_t encodeBF16(float x, bool *overflowed = nullptr);
/// The exact value of these bits.
float decodeF16(uint16_t bits);
float decodeBF16(uint16_t bits);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_ARITHMETIC_H
