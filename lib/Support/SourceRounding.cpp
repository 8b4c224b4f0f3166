//===- SourceRounding.cpp - The arithmetic of TFLite's kernels ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/SourceRounding.h"
#include "quant-opt/Support/FixedPoint.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantopt;
using llvm::ArrayRef;
using llvm::SmallVector;

//===----------------------------------------------------------------------===//
// Scaling
//===----------------------------------------------------------------------===//

int64_t quantopt::roundHalfAway(double x) {
  if (x != x)
    return 0;
  // Not x + 0.5, which rounds: 0.5 - 2^-54 would become 1.
  double whole = std::trunc(x);
  double rest = std::fabs(x - whole);
  double rounded = rest >= 0.5 ? whole + (x < 0 ? -1.0 : 1.0) : whole;
  return int64_t(std::clamp(rounded, -0x1p62, 0x1p62));
}

Multiplier quantopt::deriveTwiceMultiplier(double realScale) {
  int exponent = 0;
  double fraction = std::frexp(realScale, &exponent);
  int64_t m = roundHalfAway(std::ldexp(fraction, 31));
  if (m == int64_t(1) << 31) {
    m /= 2;
    ++exponent;
  }
  if (m <= 0 || exponent < -31)
    return {0, 31};
  return {int32_t(m), std::max(31 - exponent, 0)};
}

int64_t quantopt::scaleTwice(int64_t x, Multiplier multiplier) {
  int32_t first = std::min(multiplier.shift, 31);
  int64_t half = first == 0 ? 0 : int64_t(1) << (first - 1);
  int64_t scaled = (x * multiplier.m + half) >> first;
  int32_t rest = multiplier.shift - first;
  if (rest == 0)
    return scaled;
  return (scaled + (int64_t(1) << (rest - 1)) - (scaled < 0)) >> rest;
}

int64_t quantopt::requantizeTwice(int64_t acc, Multiplier multiplier,
                                  int64_t zeroPoint, int64_t min, int64_t max) {
  return clampInteger(scaleTwice(acc, multiplier) + zeroPoint, min, max);
}

//===----------------------------------------------------------------------===//
// Equal multipliers
//===----------------------------------------------------------------------===//

namespace {
/// A function of sums that does not decrease.
using Monotone = llvm::function_ref<int64_t(int64_t)>;

/// The real scales that are possible.
struct ScaleRange {
  double low = 0, high = 0x1p24;

  /// Requires `acc * scale >= bound`.
  void reach(int64_t acc, double bound) {
    if (acc > 0)
      low = std::max(low, bound / double(acc));
    else if (acc < 0)
      high = std::min(high, bound / double(acc));
    else if (bound > 0)
      high = -1;
  }
  /// Requires `acc * scale <= bound`.
  void stayBelow(int64_t acc, double bound) {
    if (acc > 0)
      high = std::min(high, bound / double(acc));
    else if (acc < 0)
      low = std::max(low, bound / double(acc));
    else if (bound < 0)
      high = -1;
  }
};
} // namespace

/// The first sum in [lo, hi] with `f(sum) >= value`; hi + 1 if there is none.
static int64_t findStep(Monotone f, int64_t lo, int64_t hi, int64_t value) {
  ++hi;
  while (lo < hi) {
    int64_t middle = lo + (hi - lo) / 2;
    if (f(middle) >= value)
      hi = middle;
    else
      lo = middle + 1;
  }
  return lo;
}

/// An odd multiplier for `requantize` that equals `f` on [lo, hi].
static std::optional<Multiplier> findMultiplier(Monotone f, int64_t lo,
                                                int64_t hi, int64_t zeroPoint,
                                                int64_t min, int64_t max) {
  SmallVector<int64_t> sums = {lo, hi};
  ScaleRange range;
  for (int64_t q = min + 1; q <= max; ++q) {
    int64_t step = findStep(f, lo, hi, q);
    double bound = double(q - zeroPoint) - 0.5;
    if (step <= hi) {
      sums.push_back(step);
      range.reach(step, bound);
    }
    if (step > lo) {
      sums.push_back(step - 1);
      range.stayBelow(step - 1, bound);
    }
    if (range.low > range.high)
      return std::nullopt;
  }
  auto agrees = [&](Multiplier multiplier) {
    return llvm::all_of(sums, [&](int64_t sum) {
      return requantize(sum, multiplier, zeroPoint, min, max) == f(sum);
    });
  };
  for (int32_t shift = 31; shift >= 0; --shift) {
    double low = std::ldexp(range.low, shift);
    double high =
        std::min(std::ldexp(range.high, shift), double(kMultiplierLimit - 1));
    if (low > high)
      continue;
    int64_t m = int64_t((low + high) / 2) | 1;
    for (int64_t odd : {m, m - 2, m + 2}) {
      Multiplier multiplier{int32_t(odd), shift};
      if (odd > 0 && odd < kMultiplierLimit && agrees(multiplier))
        return multiplier;
    }
  }
  return std::nullopt;
}

std::optional<Multiplier>
quantopt::findEqualMultiplier(Multiplier multiplier, int64_t lo, int64_t hi,
                              int64_t zeroPoint, int64_t min, int64_t max) {
  return findMultiplier(
      [&](int64_t acc) {
        return requantizeTwice(acc, multiplier, zeroPoint, min, max);
      },
      lo, hi, zeroPoint, min, max);
}

std::optional<Multiplier> quantopt::findAverageMultiplier(int64_t count) {
  return findMultiplier(
      [&](int64_t sum) {
        int64_t half = count / 2;
        return sum > 0 ? (sum + half) / count : (sum - half) / count;
      },
      -128 * count, 127 * count, 0, -128, 127);
}

//===----------------------------------------------------------------------===//
// Sums of scaled operands
//===----------------------------------------------------------------------===//

/// Bits that operands are shifted left by.
static constexpr int kAddShift = 20;

/// An operand's byte for each entry, on the scale of sums.
static SmallVector<int32_t> makeOperandTable(const ByteParams &operand,
                                             double ratio, int sign) {
  Multiplier multiplier = deriveTwiceMultiplier(ratio);
  SmallVector<int32_t> table;
  for (int64_t q = -128; q <= 127; ++q) {
    int64_t shifted = (q - operand.zeroPoint) * (int64_t(1) << kAddShift);
    table.push_back(int32_t(sign * scaleTwice(shifted, multiplier)));
  }
  return table;
}

std::optional<TwiceAdd> quantopt::deriveTwiceAdd(const ByteParams &lhs,
                                                 const ByteParams &rhs,
                                                 const ByteParams &result,
                                                 bool subtract) {
  float larger = std::max(lhs.scale, rhs.scale);
  double twice = 2 * double(larger);
  double lhsRatio = double(lhs.scale) / twice;
  double rhsRatio = double(rhs.scale) / twice;
  double ratio = twice / (double(1 << kAddShift) * double(result.scale));
  if (subtract) {
    float narrow = 2 * larger;
    lhsRatio = double(lhs.scale / narrow);
    rhsRatio = double(rhs.scale / narrow);
    ratio = double(narrow / (float(1 << kAddShift) * result.scale));
  }
  if (!(ratio < 1) || !(lhsRatio > 0) || !(rhsRatio > 0) || !(ratio > 0))
    return std::nullopt;
  return TwiceAdd{makeOperandTable(lhs, lhsRatio, 1),
                  makeOperandTable(rhs, rhsRatio, subtract ? -1 : 1),
                  deriveTwiceMultiplier(ratio)};
}

/// The offsets that make `(a * x + b * y + offset) asr shift` equal to
/// `results` (in row-major order of x and y) after limiting; an empty range if
/// there are none.
static IntegerRange findOffsets(int64_t a, int64_t b, int32_t shift,
                                ArrayRef<int8_t> results, int64_t min,
                                int64_t max) {
  IntegerRange range{INT32_MIN, INT32_MAX};
  const int8_t *result = results.data();
  for (int64_t x = -128; x <= 127; ++x)
    for (int64_t y = -128; y <= 127; ++y) {
      int64_t q = *result++, sum = a * x + b * y;
      if (q > min)
        range.lo = std::max(range.lo, q * (int64_t(1) << shift) - sum);
      if (q < max)
        range.hi =
            std::min(range.hi, (q + 1) * (int64_t(1) << shift) - 1 - sum);
    }
  return range;
}

/// Whether all sums fit 32 bits, as `qnn.rescale_add` demands.
static bool fitsSum(int64_t a, int64_t b, int64_t offset) {
  return llvm::isInt<24>(a) && llvm::isInt<24>(b) &&
         128 * (std::abs(a) + std::abs(b)) + std::abs(offset) <= INT32_MAX;
}

std::optional<RescaleAdd> quantopt::findEqualAdd(const TwiceAdd &add,
                                                 const ByteParams &lhs,
                                                 const ByteParams &rhs,
                                                 const ByteParams &result,
                                                 bool subtract) {
  SmallVector<int8_t> results;
  for (int32_t a : add.lhs)
    for (int32_t b : add.rhs)
      results.push_back(
          int8_t(requantizeTwice(int64_t(a) + b, add.multiplier,
                                 result.zeroPoint, result.min, result.max)));
  double lhsRatio = double(lhs.scale) / double(result.scale);
  double rhsRatio = double(rhs.scale) / double(result.scale);
  if (subtract)
    rhsRatio = -rhsRatio;
  // Halves that must go away from zero ask for slightly larger ratios.
  constexpr int64_t steps[] = {0, 1, -1, 2, -2};
  int attempts = 0;
  for (int32_t shift = 30; shift >= 0 && attempts < 3; --shift) {
    int64_t a = roundHalfEven(std::ldexp(lhsRatio, shift));
    int64_t b = roundHalfEven(std::ldexp(rhsRatio, shift));
    int64_t near = result.zeroPoint * (int64_t(1) << shift) -
                   a * lhs.zeroPoint - b * rhs.zeroPoint;
    if (!fitsSum(a, b, near))
      continue;
    ++attempts;
    for (int64_t da : steps)
      for (int64_t db : steps) {
        IntegerRange offsets =
            findOffsets(a + da, b + db, shift, results, result.min, result.max);
        int64_t offset = offsets.lo + (offsets.hi - offsets.lo) / 2;
        if (offsets.lo <= offsets.hi && fitsSum(a + da, b + db, offset))
          return RescaleAdd{int32_t(a + da), int32_t(b + db), int32_t(offset),
                            shift};
      }
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Functions of one byte
//===----------------------------------------------------------------------===//

/// Entries for all bytes, limited to the result's range.
static SmallVector<int8_t> makeTable(const ByteParams &result,
                                     llvm::function_ref<int64_t(int64_t)> f) {
  SmallVector<int8_t> table;
  for (int64_t q = -128; q <= 127; ++q)
    table.push_back(int8_t(clampInteger(f(q), result.min, result.max)));
  return table;
}

SmallVector<int8_t> quantopt::makeRescaleTable(double ratio,
                                               const ByteParams &input,
                                               const ByteParams &result) {
  Multiplier multiplier = deriveTwiceMultiplier(ratio);
  return makeTable(result, [&](int64_t q) {
    return scaleTwice(q - input.zeroPoint, multiplier) + result.zeroPoint;
  });
}

SmallVector<int8_t> quantopt::makeLeakyReluTable(float alpha,
                                                 const ByteParams &input,
                                                 const ByteParams &result) {
  Multiplier identity =
      deriveTwiceMultiplier(double(input.scale / result.scale));
  float product = input.scale * std::fabs(alpha);
  Multiplier slope = deriveTwiceMultiplier(double(product / result.scale));
  return makeTable(result, [&](int64_t q) {
    int64_t x = q - input.zeroPoint;
    if (x >= 0)
      return scaleTwice(x, identity) + result.zeroPoint;
    int64_t scaled = scaleTwice(x, slope);
    return (alpha < 0 ? -scaled : scaled) + result.zeroPoint;
  });
}

/// `a * b * 2^-15` of 16-bit numbers, halves up.
static int32_t mulHigh16(int32_t a, int32_t b) {
  return (a * b + (1 << 14)) >> 15;
}

/// `a * 2^n` limited to 16 bits.
static int32_t shiftLeft16(int32_t a, int n) {
  return int32_t(
      clampInteger(int64_t(a) << std::min(n, 31), INT16_MIN, INT16_MAX));
}

/// A multiplier of 31 bits with the 15 highest of them, and its exponent.
static std::pair<int32_t, int> deriveMultiplier16(double scale) {
  Multiplier wide = deriveTwiceMultiplier(scale);
  int32_t narrow =
      wide.m >= INT32_MAX - (1 << 15) ? INT16_MAX : (wide.m + (1 << 15)) >> 16;
  return {narrow, 31 - wide.shift};
}

SmallVector<int8_t> quantopt::makeHardSwishTable(const ByteParams &input,
                                                 const ByteParams &result) {
  float fine = (1.0f / 128.0f) * input.scale;
  auto [outputM, outputShift] = deriveMultiplier16(double(fine / result.scale));
  auto [reluM, reluShift] =
      deriveMultiplier16(double(fine / (3.0f / 32768.0f)));
  return makeTable(result, [&, outputM = outputM, outputShift = outputShift,
                            reluM = reluM, reluShift = reluShift](int64_t q) {
    auto x = int32_t(q - input.zeroPoint) * 128;
    int32_t scaled = mulHigh16(x, outputM);
    // x / 3 in [-1, 1] with 15 bits behind the point.
    int32_t relu = x;
    if (reluShift > 0)
      relu = shiftLeft16(relu, reluShift - 1);
    relu = mulHigh16(relu, reluM);
    if (reluShift > 0)
      relu = shiftLeft16(relu, 1);
    if (reluShift < 0)
      relu = fixedpoint::divideByPowerOfTwo(relu, -reluShift);
    relu = (relu + (1 << 15)) >> 1;
    int32_t product = relu * scaled / (1 << 15); // towards zero
    return int64_t(fixedpoint::divideByPowerOfTwo(product,
                                                  std::max(-outputShift, 0))) +
           result.zeroPoint;
  });
}

namespace {
/// A byte as a fixed-point number with 4 integer bits.
struct FixedInput {
  explicit FixedInput(const ByteParams &input)
      : input(input),
        multiplier(deriveTwiceMultiplier(double(input.scale) * 0x1p27)) {
    int exponent = 31 - multiplier.shift;
    radius = int64_t(std::floor(std::ldexp(15.0 * 0x1p27, -exponent)));
  }

  /// `f` of the number with some bits behind the point, plus a zero point; the
  /// ends of the range where the number is too large.
  int64_t apply(int64_t q, int32_t (*f)(int32_t), int fractionBits,
                int64_t zeroPoint) const {
    int64_t x = q - input.zeroPoint;
    if (x <= -radius)
      return INT8_MIN;
    if (x >= radius)
      return INT8_MAX;
    int32_t y = f(int32_t(scaleTwice(x, multiplier)));
    return fixedpoint::divideByPowerOfTwo(y, 31 - fractionBits) + zeroPoint;
  }

  ByteParams input;
  Multiplier multiplier;
  int64_t radius;
};
} // namespace

SmallVector<int8_t> quantopt::makeLogisticTable(const ByteParams &input) {
  FixedInput fixed(input);
  return makeTable({1.0f / 256, -128, -128, 127}, [&](int64_t q) {
    return fixed.apply(q, fixedpoint::logistic, 8, -128);
  });
}

SmallVector<int8_t> quantopt::makeTanhTable(const ByteParams &input) {
  FixedInput fixed(input);
  return makeTable({1.0f / 128, 0, -128, 127}, [&](int64_t q) {
    return fixed.apply(q, fixedpoint::tanh, 7, 0);
  });
}

SmallVector<int32_t> quantopt::makeSoftmaxTable(double scale) {
  constexpr int integerBits = 5;
  double fixed =
      std::min(scale * double(1 << (31 - integerBits)), double(INT32_MAX));
  Multiplier multiplier = deriveTwiceMultiplier(fixed);
  int exponent = 31 - multiplier.shift;
  auto radius = int64_t(std::floor(
      std::ldexp(31.0 * double(1 << (31 - integerBits)), -exponent)));
  SmallVector<int32_t> table;
  for (int64_t distance = 0; distance < 256; ++distance)
    table.push_back(
        distance > radius
            ? 0
            : fixedpoint::expOfNegative(
                  int32_t(scaleTwice(-distance, multiplier)), integerBits));
  return table;
}

int64_t quantopt::quantizeLimit(float limit, const ByteParams &result) {
  // A quotient in binary32; infinite limits stay infinite.
  double quotient = limit / result.scale;
  double steps = std::clamp(quotient, -0x1p40, 0x1p40);
  return clampInteger(roundHalfAway(steps) + result.zeroPoint, result.min,
                      result.max);
}
