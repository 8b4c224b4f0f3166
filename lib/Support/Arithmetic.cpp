//===- Arithmetic.cpp - The numbers of the project ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <cfloat>
#include <cmath>

using namespace quantopt;

/// Wide enough for every i64 times a multiplier.
using Wide = __int128;

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

int64_t quantopt::roundHalfEven(double x) {
  if (x != x)
    return 0;
  if (x >= 0x1p63)
    return INT64_MAX;
  if (x < -0x1p63)
    return INT64_MIN;
  auto truncated = static_cast<int64_t>(x);
  // Exact: both have the same integer part, and above 2^52 it is zero.
  double rest = x - static_cast<double>(truncated);
  double distance = rest < 0 ? -rest : rest;
  if (distance > 0.5 || (distance == 0.5 && (truncated & 1)))
    return rest > 0 ? truncated + 1 : truncated - 1;
  return truncated;
}

/// `x * 2^-shift` rounded to the nearest integer, halves to the even one.
static Wide shiftWideHalfEven(Wide x, int32_t shift) {
  if (shift <= 0)
    return x;
  Wide quotient = x >> shift; // rounds down
  Wide rest = x - (quotient << shift);
  Wide half = Wide(1) << (shift - 1);
  if (rest > half || (rest == half && (quotient & 1)))
    ++quotient;
  return quotient;
}

int64_t quantopt::shiftRightHalfEven(int64_t x, int32_t shift) {
  return static_cast<int64_t>(shiftWideHalfEven(x, shift));
}

//===----------------------------------------------------------------------===//
// Affine quantization
//===----------------------------------------------------------------------===//

/// `clamp(round_half_even(quotient) + zeroPoint, min, max)`; NaN gives `min`.
static int64_t storeQuotient(float quotient, int64_t zeroPoint, int64_t min,
                             int64_t max) {
  if (quotient != quotient)
    return min;
  // Saturated quotients must not overflow when the zero point is added.
  int64_t rounded = clampInteger(roundHalfEven(quotient), -(int64_t(1) << 40),
                                 int64_t(1) << 40);
  return clampInteger(rounded + zeroPoint, min, max);
}

int64_t quantopt::quantizeValue(float x, float scale, int64_t zeroPoint,
                                int64_t min, int64_t max) {
  return storeQuotient(x / scale, zeroPoint, min, max);
}

int64_t quantopt::quantizeReciprocalForm(float x,
                                         const ScaleReciprocal &reciprocal,
                                         int64_t zeroPoint) {
  x = reciprocal.lower < x ? x : reciprocal.lower; // also for NaN
  x = reciprocal.upper < x ? reciprocal.upper : x;
  float quotient = std::fma(x, reciprocal.high, x * reciprocal.low);
  return roundHalfEven(quotient) + zeroPoint;
}

/// The smallest number that is quantized to `q` or more.
static float findStep(float scale, int64_t zeroPoint, int64_t min, int64_t max,
                      int64_t q) {
  auto reaches = [&](float x) {
    return quantizeValue(x, scale, zeroPoint, min, max) >= q;
  };
  auto x = static_cast<float>((double(q - zeroPoint) - 0.5) * double(scale));
  while (reaches(x))
    x = std::nextafter(x, -INFINITY);
  while (!reaches(x))
    x = std::nextafter(x, INFINITY);
  return x;
}

std::optional<ScaleReciprocal> quantopt::deriveReciprocal(float scale,
                                                          int64_t zeroPoint,
                                                          int64_t min,
                                                          int64_t max) {
  // The form is monotone: between neighbours `x * high` grows by 2^-24 of
  // itself or more and the rounded `x * low` by 2^-46 at most, unless numbers
  // are denormal; where that could be, quotients are far below 1/2.
  if (scale < 0x1p-60f || scale > 0x1p60f)
    return std::nullopt;
  ScaleReciprocal result;
  result.high = 1.0f / scale;
  result.low = static_cast<float>(1.0 / double(scale) - double(result.high));
  result.lower = static_cast<float>(min - zeroPoint) * scale;
  result.upper = static_cast<float>(max - zeroPoint) * scale;
  auto agreesAt = [&](float x) {
    return quantizeReciprocalForm(x, result, zeroPoint) ==
           quantizeValue(x, scale, zeroPoint, min, max);
  };
  if (!agreesAt(result.lower) || !agreesAt(result.upper))
    return std::nullopt;
  for (int64_t q = min + 1; q <= max; ++q) {
    float step = findStep(scale, zeroPoint, min, max, q);
    if (!agreesAt(step) || !agreesAt(std::nextafter(step, -INFINITY)))
      return std::nullopt;
  }
  return result;
}

float quantopt::dequantizeValue(int64_t q, float scale, int64_t zeroPoint) {
  return scale * static_cast<float>(q - zeroPoint);
}

/// A finite scale of at least FLT_MIN near `scale`.
static float legalizeScale(double scale) {
  if (scale > FLT_MAX)
    return FLT_MAX;
  return std::max(static_cast<float>(scale), FLT_MIN);
}

AffineParams quantopt::chooseSymmetric(float absMax, int64_t qmax) {
  if (!(absMax > 0))
    return {1.0f, 0};
  return {legalizeScale(double(absMax) / double(qmax)), 0};
}

AffineParams quantopt::chooseAffine(float lo, float hi, int64_t qmin,
                                    int64_t qmax) {
  double low = std::min(double(lo), 0.0), high = std::max(double(hi), 0.0);
  if (!(low < high))
    return {1.0f, clampInteger(0, qmin, qmax)};
  float scale = legalizeScale((high - low) / double(qmax - qmin));
  int64_t zeroPoint = roundHalfEven(double(qmin) - low / double(scale));
  return {scale, clampInteger(zeroPoint, qmin, qmax)};
}

//===----------------------------------------------------------------------===//
// Scales found at run time
//===----------------------------------------------------------------------===//

float quantopt::chooseDynamicScale(float largest, int64_t levels) {
  return std::max(std::min(largest, FLT_MAX) / float(levels), FLT_MIN);
}

AffineParams quantopt::chooseDynamicRange(float lo, float hi) {
  lo = std::max(lo, -FLT_MAX);
  hi = std::min(hi, FLT_MAX);
  if (lo == hi)
    return {1.0f, -128};
  float scale = std::max(std::min(hi - lo, FLT_MAX) / 255.0f, FLT_MIN);
  return {scale, roundHalfEven(std::min(-lo / scale, 255.0f)) - 128};
}

int64_t quantopt::quantizeDynamic(float x, float inverse, int64_t zeroPoint,
                                  int64_t min, int64_t max) {
  return storeQuotient(x * inverse, zeroPoint, min, max);
}

//===----------------------------------------------------------------------===//
// Requantization
//===----------------------------------------------------------------------===//

double Multiplier::toReal() const { return std::ldexp(double(m), -shift); }

/// The odd integer nearest to `x`; an even integer gives the next one.
static int64_t nearestOdd(double x) {
  auto floorOfHalf = static_cast<int64_t>(x / 2); // x is not negative
  return 2 * floorOfHalf + 1;
}

bool quantopt::isTieFree(Multiplier multiplier, int64_t maxAbsAcc) {
  // acc * m = (k + 1/2) * 2^shift with m odd makes 2^(shift-1) divide acc.
  if (multiplier.m == 0 || multiplier.shift == 0)
    return true;
  return maxAbsAcc < (int64_t(1) << (multiplier.shift - 1));
}

Multiplier quantopt::deriveMultiplier(double realScale, int64_t maxAbsAcc,
                                      int32_t maxShift) {
  if (!(realScale > std::ldexp(1.0, -maxShift - 1)))
    return {};
  constexpr auto largest = static_cast<int32_t>(kMultiplierLimit - 1);
  if (realScale >= double(largest))
    return {largest, 0};
  int exponent = 0;
  std::frexp(realScale, &exponent); // in [2^(exponent-1), 2^exponent)
  int32_t shift = std::clamp(24 - exponent, 0, maxShift);
  double scaled = std::ldexp(realScale, shift);

  int64_t nearest = roundHalfEven(scaled);
  Multiplier reduced{0, shift};
  while (nearest != 0 && nearest % 2 == 0 && reduced.shift > 0) {
    nearest /= 2;
    --reduced.shift;
  }
  if (nearest % 2 != 0 && nearest < kMultiplierLimit) {
    reduced.m = static_cast<int32_t>(nearest);
    if (isTieFree(reduced, maxAbsAcc))
      return reduced;
  }
  int64_t odd = std::min(nearestOdd(scaled), kMultiplierLimit - 1);
  return {static_cast<int32_t>(odd), shift};
}

int64_t quantopt::requantize(int64_t acc, Multiplier multiplier,
                             int64_t zeroPoint, int64_t min, int64_t max) {
  Wide scaled = shiftWideHalfEven(Wide(acc) * multiplier.m, multiplier.shift);
  Wide result = scaled + zeroPoint;
  return result < min ? min : result > max ? max : static_cast<int64_t>(result);
}

int64_t quantopt::requantizeFloatForm(int32_t acc, Multiplier multiplier,
                                      int64_t zeroPoint, int64_t min,
                                      int64_t max) {
  // Adding this moves the unit bit to the lowest bit of the significand, so
  // the addition itself rounds to an integer.
  constexpr float magic = 0x1.8p23f;
  auto scale = static_cast<float>(multiplier.toReal()); // exact: m < 2^24
  float sum = std::fma(static_cast<float>(acc), scale,
                       magic + static_cast<float>(zeroPoint));
  auto rounded = static_cast<int32_t>(llvm::bit_cast<uint32_t>(sum) -
                                      llvm::bit_cast<uint32_t>(magic));
  return std::clamp<int64_t>(std::clamp(rounded, -128, 127), min, max);
}

int64_t quantopt::requantizeDoubleForm(int64_t acc, Multiplier multiplier,
                                       int64_t zeroPoint, int64_t min,
                                       int64_t max) {
  constexpr double magic = 0x1.8p52; // with 32 low bits of zeros
  double sum = std::fma(static_cast<double>(acc), multiplier.toReal(), magic);
  auto low = static_cast<int32_t>(llvm::bit_cast<uint64_t>(sum));
  return clampInteger(low + zeroPoint, min, max);
}

bool quantopt::doubleFormIsExact(Multiplier multiplier, int64_t maxAbsAcc) {
  return maxAbsAcc <= int64_t(1) << 53 &&
         static_cast<double>(maxAbsAcc) * multiplier.toReal() < 0x1p31 - 0x1p17;
}

bool quantopt::doubleProductIsExact(Multiplier multiplier, int64_t maxAbsAcc) {
  return Wide(multiplier.m) * maxAbsAcc <= Wide(1) << 53;
}

int64_t quantopt::getBreakpoint(Multiplier multiplier, int64_t value) {
  // Find the first acc with acc * m >= (value - 1/2) * 2^shift; an exact half
  // counts only when it rounds up, to an even value.
  Wide m = Wide(multiplier.m) * 2;
  Wide bound = (Wide(2) * value - 1) << multiplier.shift;
  Wide quotient = bound / m;
  if (quotient * m > bound)
    --quotient; // now the floor
  Wide rest = bound - quotient * m;
  bool reached = rest == 0 && value % 2 == 0;
  return static_cast<int64_t>(reached ? quotient : quotient + 1);
}

bool quantopt::floatFormIsExact(Multiplier multiplier, int64_t lo, int64_t hi,
                                int64_t zeroPoint, int64_t min, int64_t max) {
  constexpr int64_t limit = int64_t(1) << 24; // f32(acc) is exact up to here
  if (lo < -limit || hi > limit)
    return false;
  // Below, the sum could become negative, where bits do not order as numbers.
  if (double(lo) * multiplier.toReal() < -0x1p23)
    return false;
  auto agreesAt = [&](int64_t acc) {
    if (acc < lo || acc > hi)
      return true;
    return requantizeFloatForm(static_cast<int32_t>(acc), multiplier, zeroPoint,
                               min, max) ==
           requantize(acc, multiplier, zeroPoint, min, max);
  };
  if (!agreesAt(lo) || !agreesAt(hi))
    return false;
  if (multiplier.m == 0)
    return true;
  for (int64_t q = min + 1; q <= max; ++q) {
    int64_t breakpoint = getBreakpoint(multiplier, q - zeroPoint);
    if (!agreesAt(breakpoint - 1) || !agreesAt(breakpoint))
      return false;
  }
  return true;
}

std::optional<int32_t> quantopt::deriveHighFactor(Multiplier multiplier,
                                                  int32_t shift, int32_t lift,
                                                  int64_t lo, int64_t hi) {
  IntegerRange lifted{lo * (int64_t(1) << lift), hi * (int64_t(1) << lift)};
  int32_t up = shift - multiplier.shift - lift;
  if (up < 0 || !lifted.fitsI32() ||
      !isTieFree(multiplier, IntegerRange{lo, hi}.maxAbs()))
    return std::nullopt;
  int64_t factor = int64_t(multiplier.m) << up;
  if (factor > INT32_MAX)
    return std::nullopt;
  return static_cast<int32_t>(factor);
}

int32_t quantopt::multiplyHigh(int32_t value, int32_t factor, int32_t shift) {
  int64_t half = int64_t(1) << (shift - 1);
  return static_cast<int32_t>((int64_t(value) * factor + half) >> shift);
}

int64_t quantopt::requantizeHighForm(int32_t acc, int32_t factor, int32_t shift,
                                     int32_t lift, int64_t zeroPoint,
                                     int64_t min, int64_t max) {
  auto lifted = static_cast<int32_t>(uint32_t(acc) << lift);
  return clampInteger(multiplyHigh(lifted, factor, shift) + zeroPoint, min,
                      max);
}

//===----------------------------------------------------------------------===//
// Sums and products of scaled operands
//===----------------------------------------------------------------------===//

/// The range of `m * x` over x in [min, max].
static IntegerRange getProductRange(int64_t m, int64_t min, int64_t max) {
  return {std::min(m * min, m * max), std::max(m * min, m * max)};
}

/// Above all multipliers of sums: products with bytes leave room for zero
/// points.
static constexpr int64_t kAddMultiplierEnd = int64_t(1) << 21;

/// The same sum with a smaller shift, as long as a multiplier has more than 16
/// bits and nothing is lost.
static RescaleAdd shorten(RescaleAdd add) {
  auto isLong = [](int32_t m) { return m > INT16_MAX || m < -INT16_MAX; };
  while (add.shift > 0 &&
         (isLong(add.lhsMultiplier) || isLong(add.rhsMultiplier)) &&
         (add.lhsMultiplier | add.rhsMultiplier | add.offset) % 2 == 0)
    add = {add.lhsMultiplier / 2, add.rhsMultiplier / 2, add.offset / 2,
           add.shift - 1};
  return add;
}

std::optional<RescaleAdd> quantopt::deriveRescaleAdd(AffineParams lhs,
                                                     AffineParams rhs,
                                                     AffineParams result,
                                                     int64_t storageMin,
                                                     int64_t storageMax) {
  double lhsRatio = double(lhs.scale) / double(result.scale);
  double rhsRatio = double(rhs.scale) / double(result.scale);
  for (int32_t shift = 30; shift >= 0; --shift) {
    int64_t a = roundHalfEven(std::ldexp(lhsRatio, shift));
    int64_t b = roundHalfEven(std::ldexp(rhsRatio, shift));
    if (std::max(a, b) >= kAddMultiplierEnd ||
        std::min(a, b) <= -kAddMultiplierEnd)
      continue;
    int64_t half = shift == 0 ? 0 : int64_t(1) << (shift - 1);
    int64_t offset = result.zeroPoint * (int64_t(1) << shift) + half -
                     a * lhs.zeroPoint - b * rhs.zeroPoint;
    IntegerRange aRange = getProductRange(a, storageMin, storageMax);
    IntegerRange bRange = getProductRange(b, storageMin, storageMax);
    IntegerRange sum{aRange.lo + bRange.lo + offset,
                     aRange.hi + bRange.hi + offset};
    // Kernels may store bytes without sign, and words never.
    if (storageMin == INT8_MIN)
      sum.hi += int64_t(128) << shift;
    if (!sum.fitsI32() || !IntegerRange{offset, offset}.fitsI32())
      continue;
    return shorten({static_cast<int32_t>(a), static_cast<int32_t>(b),
                    static_cast<int32_t>(offset), shift});
  }
  return std::nullopt;
}

int64_t quantopt::rescaleAdd(int64_t a, int64_t b, const RescaleAdd &constants,
                             int64_t min, int64_t max) {
  int64_t sum = constants.lhsMultiplier * a + constants.rhsMultiplier * b +
                constants.offset;
  return clampInteger(sum >> constants.shift, min, max);
}

int64_t quantopt::rescaleMul(int64_t a, int64_t za, int64_t b, int64_t zb,
                             Multiplier multiplier, int64_t zeroPoint,
                             int64_t min, int64_t max) {
  return requantize((a - za) * (b - zb), multiplier, zeroPoint, min, max);
}

//===----------------------------------------------------------------------===//
// Accumulators
//===----------------------------------------------------------------------===//

template <typename T>
static IntegerRange sumRanges(llvm::ArrayRef<T> weights, int64_t zeroPoint,
                              int64_t xmin, int64_t xmax, int64_t bias) {
  int64_t low = std::min<int64_t>(xmin - zeroPoint, 0);
  int64_t high = std::max<int64_t>(xmax - zeroPoint, 0);
  IntegerRange range{bias, bias};
  for (T weight : weights) {
    int64_t w = weight;
    range.lo += w * (w > 0 ? low : high);
    range.hi += w * (w > 0 ? high : low);
  }
  return range;
}

IntegerRange quantopt::getAccumulatorRange(llvm::ArrayRef<int64_t> weights,
                                           int64_t zeroPoint, int64_t xmin,
                                           int64_t xmax, int64_t bias) {
  return sumRanges(weights, zeroPoint, xmin, xmax, bias);
}

IntegerRange quantopt::getAccumulatorRange(llvm::ArrayRef<int8_t> weights,
                                           int64_t zeroPoint, int64_t xmin,
                                           int64_t xmax, int64_t bias) {
  return sumRanges(weights, zeroPoint, xmin, xmax, bias);
}

//===----------------------------------------------------------------------===//
// Small floats
//===----------------------------------------------------------------------===//

static uint16_t encodeSmallFloat(float x, const llvm::fltSemantics &semantics,
                                 bool *overflowed) {
  llvm::APFloat value(x);
  bool finite = value.isFinite(), losesInfo = false;
  value.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  bool overflow = finite && !value.isFinite();
  if (overflow)
    value = llvm::APFloat::getLargest(semantics, value.isNegative());
  if (overflowed)
    *overflowed = overflow;
  return static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue());
}

static float decodeSmallFloat(uint16_t bits,
                              const llvm::fltSemantics &semantics) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool losesInfo = false;
  value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToFloat();
}

uint16_t quantopt::encodeF16(float x, bool *overflowed) {
  return encodeSmallFloat(x, llvm::APFloat::IEEEhalf(), overflowed);
}

uint16_t quantopt::encodeBF16(float x, bool *overflowed) {
  return encodeSmallFloat(x, llvm::APFloat::BFloat(), overflowed);
}

float quantopt::decodeF16(uint16_t bits) {
  return decodeSmallFloat(bits, llvm::APFloat::IEEEhalf());
}

float quantopt::decodeBF16(uint16_t bits) {
  return decodeSmallFloat(bits, llvm::APFloat::BFloat());
}
