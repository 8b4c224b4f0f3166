//===- SourceRounding.cpp - The arithmetic of TFLite's kernels ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/SourceRounding.h"
#include "quant-opt/Support/EqualConstants.h"
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

std::optional<Multiplier>
quantopt::findEqualMultiplier(Multiplier multiplier, int64_t lo, int64_t hi,
                              int64_t zeroPoint, int64_t min, int64_t max) {
  return findStepMultiplier(
      [&](int64_t acc) {
        return requantizeTwice(acc, multiplier, zeroPoint, min, max);
      },
      lo, hi, zeroPoint, min, max);
}

std::optional<Multiplier> quantopt::findAverageMultiplier(int64_t count) {
  return findStepMultiplier(
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
  // Halves that must go away from zero ask for slightly larger ratios.
  return findAddConstants(results, {lhsRatio, lhs.zeroPoint},
                          {subtract ? -rhsRatio : rhsRatio, rhs.zeroPoint},
                          result, {});
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
