//===- ArithmeticTest.cpp - Tests of the numbers --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/bit.h"
#include "gtest/gtest.h"
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>

using namespace quantopt;

namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// `acc * m * 2^-shift` to the nearest integer, by search among candidates:
/// shares nothing with the implementation. Requires the product to fit i64.
int64_t nearestByDistance(int64_t acc, Multiplier mul) {
  __int128 product = __int128(acc) * mul.m;
  __int128 unit = __int128(1) << mul.shift;
  auto guess = static_cast<int64_t>(product / unit);
  int64_t best = guess - 2;
  auto distance = [&](int64_t q) {
    __int128 d = product - unit * q;
    return d < 0 ? -d : d;
  };
  for (int64_t q = guess - 2; q <= guess + 2; ++q)
    if (distance(q) < distance(best) ||
        (distance(q) == distance(best) && q % 2 == 0))
      best = q;
  return best;
}

/// Scales of all sizes, log-uniform, from a fixed seed.
std::vector<double> sampleScales(int count, double lowExp, double highExp) {
  std::mt19937_64 random(20240517);
  std::vector<double> scales;
  for (int i = 0; i < count; ++i) {
    double u = double(random() >> 11) * 0x1p-53;
    scales.push_back(std::exp2(lowExp + u * (highExp - lowExp)));
  }
  return scales;
}

TEST(Rounding, HalvesGoToEven) {
  EXPECT_EQ(roundHalfEven(0.5f), 0);
  EXPECT_EQ(roundHalfEven(1.5f), 2);
  EXPECT_EQ(roundHalfEven(2.5f), 2);
  EXPECT_EQ(roundHalfEven(-0.5f), 0);
  EXPECT_EQ(roundHalfEven(-1.5f), -2);
  EXPECT_EQ(roundHalfEven(-2.5), -2);
  EXPECT_EQ(roundHalfEven(std::nextafter(0.5, 1.0)), 1);
  EXPECT_EQ(roundHalfEven(std::nextafter(-0.5, -1.0)), -1);
  EXPECT_EQ(roundHalfEven(0.49999999999999994), 0);
}

TEST(Rounding, ExtremesSaturate) {
  EXPECT_EQ(roundHalfEven(kNaN), 0);
  EXPECT_EQ(roundHalfEven(kInf), INT64_MAX);
  EXPECT_EQ(roundHalfEven(-kInf), INT64_MIN);
  EXPECT_EQ(roundHalfEven(0x1p62), int64_t(1) << 62);
  EXPECT_EQ(roundHalfEven(4503599627370497.5), 4503599627370498);
}

TEST(Rounding, ShiftMatchesRealRounding) {
  for (int64_t x = -4096; x <= 4096; ++x)
    for (int32_t shift = 0; shift <= 6; ++shift)
      ASSERT_EQ(shiftRightHalfEven(x, shift),
                roundHalfEven(std::ldexp(double(x), -shift)))
          << x << " >> " << shift;
}

TEST(Dynamic, ScalesAreFiniteAndNormal) {
  EXPECT_EQ(chooseDynamicScale(127.0f, 127), 1.0f);
  EXPECT_EQ(chooseDynamicScale(0.0f, 127), FLT_MIN);
  EXPECT_EQ(chooseDynamicScale(0x1p-149f, 255), FLT_MIN);
  EXPECT_EQ(chooseDynamicScale(kInf, 255), FLT_MAX / 255.0f);
  EXPECT_TRUE(std::isnormal(1.0f / chooseDynamicScale(kInf, 127)));
}

TEST(Dynamic, TheLargestMagnitudeIsTheLastLevel) {
  for (double magnitude : sampleScales(20000, -125, 127))
    for (int64_t levels : {127, 255}) {
      auto x = float(magnitude);
      float inverse = 1.0f / chooseDynamicScale(x, levels);
      ASSERT_LT(x * inverse, float(levels) + 0.5f);
      if (x >= FLT_MIN * float(levels))
        ASSERT_EQ(quantizeDynamic(x, inverse, 0, -1000, 1000), levels) << x;
    }
}

TEST(Dynamic, RangesHaveAnExactZero) {
  EXPECT_EQ(chooseDynamicRange(0.0f, 0.0f).scale, 1.0f);
  EXPECT_EQ(chooseDynamicRange(0.0f, 0.0f).zeroPoint, -128);
  EXPECT_EQ(chooseDynamicRange(0.0f, 255.0f).scale, 1.0f);
  EXPECT_EQ(chooseDynamicRange(0.0f, 255.0f).zeroPoint, -128);
  EXPECT_EQ(chooseDynamicRange(-255.0f, 0.0f).zeroPoint, 127);
  EXPECT_EQ(chooseDynamicRange(-127.5f, 127.5f).zeroPoint, 0); // 127.5 -> 128
  EXPECT_EQ(chooseDynamicRange(0.0f, 0x1p-149f).scale, FLT_MIN);
  EXPECT_EQ(chooseDynamicRange(-kInf, kInf).scale, FLT_MAX / 255.0f);
  EXPECT_EQ(chooseDynamicRange(-kInf, kInf).zeroPoint, 127);
}

TEST(Dynamic, RoundsTheProductAndClamps) {
  EXPECT_EQ(quantizeDynamic(0.5f, 1.0f, 0, -127, 127), 0);
  EXPECT_EQ(quantizeDynamic(1.5f, 1.0f, -128, -128, 127), -126);
  EXPECT_EQ(quantizeDynamic(-1.0f, 1.0f, -128, -128, 127), -128);
  EXPECT_EQ(quantizeDynamic(kInf, 1.0f, 0, -127, 127), 127);
  EXPECT_EQ(quantizeDynamic(kNaN, 1.0f, 0, -127, 127), -127);
}

TEST(Quantize, RoundsTheQuotientAndClamps) {
  EXPECT_EQ(quantizeValue(0.25f, 0.5f, 3, -128, 127), 3);  // 0.5 -> 0
  EXPECT_EQ(quantizeValue(0.75f, 0.5f, 3, -128, 127), 5);  // 1.5 -> 2
  EXPECT_EQ(quantizeValue(-0.75f, 0.5f, 3, -128, 127), 1); // -1.5 -> -2
  EXPECT_EQ(quantizeValue(1e30f, 1.0f, 127, -128, 127), 127);
  EXPECT_EQ(quantizeValue(-1e30f, 1.0f, 0, 0, 255), 0);
  EXPECT_EQ(quantizeValue(FLT_MAX, FLT_MIN, 5, -128, 127), 127);
  EXPECT_EQ(quantizeValue(kInf, 1.0f, 127, -128, 127), 127);
  EXPECT_EQ(quantizeValue(-kInf, 1.0f, -128, -128, 127), -128);
  EXPECT_EQ(quantizeValue(kNaN, 1.0f, 0, -128, 127), -128);
}

TEST(Quantize, EveryStoredIntegerSurvivesARoundTrip) {
  for (double scale : sampleScales(200, -120, 100))
    for (int64_t q = -128; q <= 127; ++q) {
      float real = dequantizeValue(q, float(scale), -7);
      ASSERT_EQ(quantizeValue(real, float(scale), -7, -128, 127), q);
    }
}

TEST(ChooseParams, SymmetricCoversTheRange) {
  EXPECT_EQ(chooseSymmetric(0.0f, 127).scale, 1.0f);
  EXPECT_EQ(chooseSymmetric(127.0f, 127).scale, 1.0f);
  EXPECT_EQ(chooseSymmetric(FLT_MIN / 2, 127).scale, FLT_MIN);
  EXPECT_TRUE(std::isfinite(chooseSymmetric(kInf, 127).scale));
  EXPECT_EQ(chooseSymmetric(5.0f, 127).zeroPoint, 0);
}

TEST(ChooseParams, AffineKeepsZeroExactAndErrorsBelowHalfAStep) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    float a = (float(random() % 2000001) - 1e6f) * 1e-4f;
    float b = (float(random() % 2000001) - 1e6f) * 1e-4f;
    float lo = std::min(a, b), hi = std::max(a, b);
    AffineParams p = chooseAffine(lo, hi, -128, 127);
    ASSERT_GE(p.scale, FLT_MIN);
    ASSERT_EQ(quantizeValue(0.0f, p.scale, p.zeroPoint, -128, 127),
              p.zeroPoint);
    for (float t : {0.0f, 0.3f, 0.77f, 1.0f}) {
      float x = lo + t * (hi - lo);
      int64_t q = quantizeValue(x, p.scale, p.zeroPoint, -128, 127);
      double error = double(p.scale) * double(q - p.zeroPoint) - double(x);
      ASSERT_LE(std::fabs(error), 0.50002 * double(p.scale))
          << lo << ' ' << hi << ' ' << x;
    }
  }
}

TEST(ChooseParams, DegenerateRanges) {
  AffineParams zero = chooseAffine(0.0f, 0.0f, -128, 127);
  EXPECT_EQ(zero.scale, 1.0f);
  EXPECT_EQ(zero.zeroPoint, 0);
  AffineParams positive = chooseAffine(3.0f, 3.0f, 0, 255);
  EXPECT_EQ(positive.zeroPoint, 0);
  EXPECT_EQ(quantizeValue(3.0f, positive.scale, 0, 0, 255), 255);
  AffineParams negative = chooseAffine(-3.0f, -3.0f, 0, 255);
  EXPECT_EQ(negative.zeroPoint, 255);
  AffineParams widest = chooseAffine(-FLT_MAX, FLT_MAX, -128, 127);
  EXPECT_TRUE(std::isfinite(widest.scale));
}

TEST(DeriveMultiplier, IsOddAndWithinTheStatedError) {
  for (double scale : sampleScales(200000, -36, 23.9)) {
    for (int64_t maxAbs : {int64_t(0), int64_t(1) << 20}) {
      Multiplier mul = deriveMultiplier(scale, maxAbs);
      ASSERT_TRUE(mul.m == 0 || mul.m % 2 == 1);
      ASSERT_LT(mul.m, kMultiplierLimit);
      ASSERT_GE(mul.shift, 0);
      ASSERT_LE(mul.shift, 31);
      int n = std::min(31, 23 - std::ilogb(scale));
      ASSERT_LE(std::fabs(mul.toReal() - scale), std::ldexp(1.0, -n)) << scale;
    }
  }
}

TEST(DeriveMultiplier, SpecialScales) {
  EXPECT_EQ(deriveMultiplier(0.0), (Multiplier{0, 0}));
  EXPECT_EQ(deriveMultiplier(-1.0), (Multiplier{0, 0}));
  EXPECT_EQ(deriveMultiplier(double(kNaN)), (Multiplier{0, 0}));
  EXPECT_EQ(deriveMultiplier(0x1p-32), (Multiplier{0, 0}));
  EXPECT_EQ(deriveMultiplier(0x1.8p-32), (Multiplier{1, 31}));
  EXPECT_EQ(deriveMultiplier(1.0), (Multiplier{1, 0}));
  EXPECT_EQ(deriveMultiplier(0.5), (Multiplier{1, 1}));
  EXPECT_EQ(deriveMultiplier(0.75), (Multiplier{3, 2}));
  // No odd multiple of 2^-n equals 2: the neighbour is taken.
  EXPECT_EQ(deriveMultiplier(2.0), (Multiplier{(1 << 23) + 1, 22}));
  EXPECT_EQ(deriveMultiplier(0x1p24), (Multiplier{(1 << 24) - 1, 0}));
  EXPECT_EQ(deriveMultiplier(double(kInf)), (Multiplier{(1 << 24) - 1, 0}));
  // Just below a power of two the significand rounds up to 2^24.
  Multiplier carried = deriveMultiplier(1.0 - 0x1p-40);
  EXPECT_EQ(carried, (Multiplier{1, 0}));
}

TEST(DeriveMultiplier, AvoidsHalvesWhenAsked) {
  Multiplier mul = deriveMultiplier(0.5, 1000);
  EXPECT_EQ(mul, (Multiplier{(1 << 23) + 1, 24}));
  EXPECT_TRUE(isTieFree(mul, 1000));
  EXPECT_FALSE(isTieFree(deriveMultiplier(0.5), 1000));
}

TEST(DeriveMultiplier, TiesBeginAtHalfThePower) {
  // 8 * 3 / 16 = 1.5 is the first exact half.
  EXPECT_TRUE(isTieFree({3, 4}, 7));
  EXPECT_FALSE(isTieFree({3, 4}, 8));
  EXPECT_TRUE(isTieFree({0, 4}, 1000));
}

TEST(Requantize, SmallAccumulatorsNeverGiveAnExactHalf) {
  // Property: m odd and |acc| < 2^(n-1).
  for (int32_t shift = 1; shift <= 12; ++shift)
    for (int32_t m = 1; m < 300; m += 2)
      for (int64_t acc = 1; acc < (int64_t(1) << (shift - 1)); ++acc)
        ASSERT_NE((acc * m) & ((int64_t(1) << shift) - 1), int64_t(1)
                                                               << (shift - 1));
  // The bound is sharp.
  EXPECT_EQ((int64_t(1) << 7) * 3 % 256, 128);
}

TEST(Requantize, MatchesTheNearestIntegerExhaustively) {
  for (int32_t shift = 0; shift <= 9; ++shift)
    for (int32_t m : {0, 1, 3, 5, 7, 127, 255, 1023})
      for (int64_t acc = -1100; acc <= 1100; ++acc) {
        Multiplier mul{m, shift};
        int64_t expected =
            clampInteger(nearestByDistance(acc, mul) + 5, -128, 127);
        ASSERT_EQ(requantize(acc, mul, 5, -128, 127), expected)
            << acc << " * " << m << " >> " << shift;
      }
}

TEST(Requantize, MatchesTheNearestIntegerAtRandomAndAtExtremes) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 500000; ++i) {
    Multiplier mul{int32_t(random() % (1 << 24)) | 1, int32_t(random() % 32)};
    auto acc = static_cast<int32_t>(random());
    ASSERT_EQ(requantize(acc, mul, 0, INT64_MIN, INT64_MAX),
              nearestByDistance(acc, mul));
  }
  Multiplier largest{(1 << 24) - 1, 0};
  EXPECT_EQ(requantize(INT64_MAX, largest, 9, -128, 127), 127);
  EXPECT_EQ(requantize(INT64_MIN, largest, -9, -128, 127), -128);
}

TEST(Requantize, BreakpointsAreTheFirstAccumulators) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 100000; ++i) {
    int32_t shift = random() % 32;
    Multiplier mul{int32_t(random() % (1 << (1 + random() % 24))) | 1, shift};
    int64_t value = int64_t(random() % 511) - 255;
    int64_t acc = getBreakpoint(mul, value);
    ASSERT_GE(requantize(acc, mul, 0, INT64_MIN, INT64_MAX), value);
    ASSERT_LT(requantize(acc - 1, mul, 0, INT64_MIN, INT64_MAX), value);
  }
}

TEST(FloatForm, BreakpointCheckPredictsEveryAccumulator) {
  std::mt19937_64 random(5);
  int exact = 0;
  for (double scale : sampleScales(60, -14, 1)) {
    Multiplier mul = deriveMultiplier(scale);
    int64_t zp = int64_t(random() % 256) - 128;
    int64_t bound = 1 << 17;
    bool predicted = floatFormIsExact(mul, -bound, bound, zp, -128, 127);
    bool actual = true;
    for (int64_t acc = -bound; acc <= bound && actual; ++acc)
      actual = requantizeFloatForm(int32_t(acc), mul, zp, -128, 127) ==
               requantize(acc, mul, zp, -128, 127);
    ASSERT_EQ(predicted, actual) << scale << " zp " << zp;
    exact += predicted;
  }
  EXPECT_GE(exact, 50);
}

TEST(FloatForm, DiffersBelowABreakpoint) {
  // An odd zero point turns the tie at 1 / 2 to the other even number; at 2,
  // the first accumulator that gives 2, both forms agree.
  Multiplier half{1, 1};
  EXPECT_EQ(getBreakpoint(half, 1), 2);
  EXPECT_EQ(requantize(1, half, 1, -128, 127), 1);
  EXPECT_EQ(requantizeFloatForm(1, half, 1, -128, 127), 2);
  EXPECT_FALSE(floatFormIsExact(half, 0, 2, 1, -128, 127));
  EXPECT_TRUE(floatFormIsExact(half, 0, 2, 0, -128, 127));
}

TEST(FloatForm, IsExactForTieFreeScalesBelowOneHalf) {
  for (double scale : sampleScales(3000, -20, -1.001)) {
    int64_t bound = 1 << 20;
    Multiplier mul = deriveMultiplier(scale, bound);
    ASSERT_TRUE(floatFormIsExact(mul, -bound, bound, -3, -128, 127)) << scale;
  }
  EXPECT_FALSE(floatFormIsExact({3, 5}, -(1 << 25), 0, 0, -128, 127));
  // A sum below zero: its bits do not order as numbers do.
  EXPECT_FALSE(floatFormIsExact({(1 << 23) + 1, 0}, -2, 2, 0, -128, 127));
  EXPECT_TRUE(floatFormIsExact({(1 << 23) - 1, 0}, -1, 2, 0, -128, 127));
  // A half under an odd zero point rounds the other way.
  EXPECT_FALSE(floatFormIsExact({1, 1}, -100, 100, 1, -128, 127));
  EXPECT_TRUE(floatFormIsExact({1, 1}, -100, 100, 2, -128, 127));
}

TEST(HighForm, EqualsRequantizeWhereThereIsAFactor) {
  // From far below 1/2, where all fit, to 8, where sums have to be moved up.
  std::mt19937_64 random(11);
  int found = 0, lifted = 0;
  for (double scale : sampleScales(400, -24, 3)) {
    int64_t bound = int64_t(1) << (6 + random() % 16);
    Multiplier mul = deriveMultiplier(scale, bound);
    for (int32_t shift : {31, 32}) {
      int32_t lift = 0;
      auto factor = deriveHighFactor(mul, shift, lift, -bound, bound);
      while (!factor && lift < 16)
        factor = deriveHighFactor(mul, shift, ++lift, -bound, bound);
      if (!factor)
        continue;
      ++found;
      lifted += lift != 0;
      int64_t zp = int64_t(random() % 256) - 128;
      auto expectEqual = [&](int64_t acc) {
        if (acc < -bound || acc > bound)
          return;
        ASSERT_EQ(requantizeHighForm(int32_t(acc), *factor, shift, lift, zp,
                                     -128, 127),
                  requantize(acc, mul, zp, -128, 127))
            << acc << " * " << mul.m << " >> " << mul.shift;
      };
      for (int64_t q = -130; q <= 130; ++q)
        for (int64_t step : {-1, 0, 1})
          expectEqual(mul.m ? getBreakpoint(mul, q) + step : q);
      for (int64_t acc = -bound; acc <= bound; acc += 1 + bound / 500)
        expectEqual(acc);
      expectEqual(bound);
    }
  }
  EXPECT_GE(found, 700);
  EXPECT_GE(lifted, 50);
}

TEST(HighForm, RefusesHalvesAndWhatDoesNotFit) {
  // 1 * 1/2 is a half, which rounds to the even 0 and not up.
  EXPECT_FALSE(deriveHighFactor({1, 1}, 32, 1, -10, 10));
  EXPECT_FALSE(deriveHighFactor({1, 1}, 32, 0, 0, 0)); // the factor is 2^31
  EXPECT_TRUE(deriveHighFactor({1, 1}, 32, 1, 0, 0));
  // A sum that would leave 32 bits when it is moved up.
  EXPECT_TRUE(deriveHighFactor({3, 31}, 32, 1, 0, (int64_t(1) << 30) - 1));
  EXPECT_FALSE(deriveHighFactor({3, 31}, 32, 1, 0, int64_t(1) << 30));
  // The multiplier has more fraction bits than are rounded off.
  EXPECT_FALSE(deriveHighFactor({3, 31}, 31, 1, 0, 1));
}

TEST(DoubleForm, IsExactWhereItSaysSo) {
  std::mt19937_64 random(9);
  int used = 0;
  for (double scale : sampleScales(2000, -30, 2)) {
    int64_t bound = int64_t(1) << (10 + random() % 30);
    Multiplier mul = deriveMultiplier(scale, bound, kWideShift);
    if (!doubleFormIsExact(mul, bound))
      continue;
    ++used;
    int64_t zp = int64_t(random() % 65536) - 32768;
    auto check = [&](int64_t acc) {
      if (std::abs(acc) > bound)
        return;
      ASSERT_EQ(requantizeDoubleForm(acc, mul, zp, -32768, 32767),
                requantize(acc, mul, zp, -32768, 32767))
          << acc << " scale " << scale << " zp " << zp;
    };
    for (int i = 0; i < 20; ++i)
      check(int64_t(random() % uint64_t(2 * bound)) - bound);
    if (mul.m != 0)
      for (int64_t value : {-32768, -5, 0, 1, 1000, 32767})
        for (int64_t near : {-1, 0, 1})
          check(getBreakpoint(mul, value) + near);
    check(bound);
    check(-bound);
  }
  EXPECT_GE(used, 1000);
}

TEST(DoubleForm, RoundsHalvesToEvenAndKnowsItsLimits) {
  Multiplier half{1, 1};
  EXPECT_EQ(requantizeDoubleForm(1, half, 1, -128, 127), 1);
  EXPECT_EQ(requantizeDoubleForm(3, half, 1, -128, 127), 3);
  EXPECT_EQ(requantizeDoubleForm(-1, half, 0, -128, 127), 0);
  EXPECT_FALSE(doubleFormIsExact({1, 0}, int64_t(1) << 31));
  EXPECT_FALSE(doubleFormIsExact({1, 31}, (int64_t(1) << 53) + 1));
  EXPECT_TRUE(doubleFormIsExact({1, 31}, int64_t(1) << 53));
}

TEST(DoubleForm, NeedsNoFusedAdditionWhereProductsAreExact) {
  Multiplier mul{(1 << 24) - 1, 31};
  int64_t most = (int64_t(1) << 53) / mul.m;
  EXPECT_TRUE(doubleProductIsExact(mul, most));
  EXPECT_FALSE(doubleProductIsExact(mul, most + 1));
  volatile double product = double(most) * double(mul.m);
  EXPECT_EQ(int64_t(product), most * mul.m);
}

TEST(Multiplier, HasMoreDigitsWhereShiftsAreWide) {
  for (double scale : sampleScales(500, -24, -9)) {
    Multiplier narrow = deriveMultiplier(scale);
    Multiplier wide = deriveMultiplier(scale, 0, kWideShift);
    EXPECT_LE(narrow.shift, kNarrowShift);
    EXPECT_LE(std::fabs(wide.toReal() / scale - 1), 0x1p-22);
    EXPECT_LE(std::fabs(wide.toReal() - scale),
              std::fabs(narrow.toReal() - scale));
  }
  EXPECT_EQ(deriveMultiplier(0x1p-40).m, 0);
  EXPECT_NE(deriveMultiplier(0x1p-40, 0, kWideShift).m, 0);
}

TEST(Reciprocal, GivesTheDivisionsResultForEveryNumber) {
  std::mt19937_64 random(7);
  int found = 0;
  for (int i = 0; i < 40; ++i) {
    float scale = std::exp2(float(random() % 4000) / 100 - 20);
    int64_t zp = int64_t(random() % 256) - 128;
    auto reciprocal = deriveReciprocal(scale, zp, -128, 127);
    if (!reciprocal)
      continue;
    ++found;
    auto expectEqual = [&](float x) {
      ASSERT_EQ(quantizeReciprocalForm(x, *reciprocal, zp),
                quantizeValue(x, scale, zp, -128, 127))
          << x << " / " << scale << " zp " << zp;
    };
    for (uint64_t bits = i; bits <= UINT32_MAX; bits += 40009)
      expectEqual(llvm::bit_cast<float>(uint32_t(bits)));
    // The neighbourhood of every step.
    for (int q = -260; q <= 260; ++q) {
      float x = float((q + 0.5) * double(scale));
      for (int step = 0; step < 20; ++step)
        x = std::nextafter(x, -INFINITY);
      for (int step = 0; step < 40; ++step)
        expectEqual(x = std::nextafter(x, INFINITY));
    }
  }
  EXPECT_GE(found, 38);
}

TEST(Reciprocal, IsRefusedWhereItWouldDiffer) {
  EXPECT_FALSE(deriveReciprocal(0x1p-100f, 0, -128, 127));
  EXPECT_FALSE(deriveReciprocal(FLT_MAX, 0, -128, 127));
  // One unit of the reciprocal more or less moves a step.
  auto exact = deriveReciprocal(0.1f, 3, -128, 127);
  ASSERT_TRUE(exact);
  ScaleReciprocal wrong = *exact;
  wrong.low = 0;
  bool differs = false;
  for (int q = -131; q <= 124; ++q) {
    float x = float((q + 0.5) * double(0.1f));
    for (float y : {std::nextafter(x, -1e9f), x, std::nextafter(x, 1e9f)})
      differs |= quantizeReciprocalForm(y, wrong, 3) !=
                 quantizeValue(y, 0.1f, 3, -128, 127);
  }
  EXPECT_TRUE(differs);
}

TEST(RescaleAdd, StaysWithinTheStatedError) {
  std::mt19937_64 random(6);
  auto scale = [&] { return std::exp2(float(random() % 800) / 100 - 8); };
  auto zero = [&] { return int64_t(random() % 256) - 128; };
  for (int i = 0; i < 2000; ++i) {
    AffineParams a{scale(), zero()}, b{scale(), zero()}, y{scale(), zero()};
    auto constants = deriveRescaleAdd(a, b, y);
    ASSERT_TRUE(constants.has_value());
    ASSERT_EQ(rescaleAdd(a.zeroPoint, b.zeroPoint, *constants, -128, 127),
              y.zeroPoint);
    for (int j = 0; j < 200; ++j) {
      int64_t p = zero(), q = zero();
      double real = (double(a.scale) * double(p - a.zeroPoint) +
                     double(b.scale) * double(q - b.zeroPoint)) /
                    double(y.scale);
      int64_t got = rescaleAdd(p, q, *constants, INT32_MIN, INT32_MAX);
      double distance = std::abs(p - a.zeroPoint) + std::abs(q - b.zeroPoint);
      double bound = 0.5 + distance * std::ldexp(0.5, -constants->shift) + 1e-9;
      ASSERT_LE(std::fabs(double(got - y.zeroPoint) - real), bound);
    }
  }
}

TEST(RescaleAdd, IsNearestButNextToHalves) {
  // Ratios of at most 1 have 20 bits behind the point.
  std::mt19937_64 random(8);
  for (int i = 0; i < 200; ++i) {
    AffineParams a{1.0f - float(random() % 999) / 2000, -128};
    AffineParams b{1.0f - float(random() % 999) / 2000, 5}, y{1.0f, -128};
    auto constants = deriveRescaleAdd(a, b, y);
    ASSERT_TRUE(constants.has_value());
    for (int64_t p = -128; p < 128; ++p)
      for (int64_t q = -128; q < 128; q += 5) {
        double real = double(a.scale) * double(p - a.zeroPoint) +
                      double(b.scale) * double(q - b.zeroPoint);
        int64_t got =
            rescaleAdd(p, q, *constants, INT32_MIN, INT32_MAX) - y.zeroPoint;
        ASSERT_LE(std::fabs(double(got) - real), 0.5 + 0x1p-12);
      }
  }
}

TEST(RescaleAdd, MultipliersAreShortWhereNothingIsLost) {
  auto c = deriveRescaleAdd({0.5f, 0}, {1.0f, 0}, {1.0f, 0});
  ASSERT_TRUE(c);
  EXPECT_EQ(c->lhsMultiplier, 8192);
  EXPECT_EQ(c->rhsMultiplier, 16384);
  EXPECT_EQ(c->offset, 8192);
  EXPECT_EQ(c->shift, 14);
  auto rounded = deriveRescaleAdd({1.0f / 3, 0}, {1.0f, 0}, {1.0f, 0});
  ASSERT_TRUE(rounded);
  EXPECT_GT(rounded->rhsMultiplier, INT16_MAX);
}

TEST(RescaleAdd, MultipliersHave21BitsWhereSumsAllowIt) {
  auto c = deriveRescaleAdd({0.77f, 0}, {0.93f, 0}, {1.0f, 0});
  ASSERT_TRUE(c);
  EXPECT_GE(c->lhsMultiplier, 1 << 20);
  EXPECT_LT(c->rhsMultiplier, 1 << 21);
}

TEST(RescaleAdd, LeavesRoomForBytesWithoutSign) {
  // Their results are 128 larger in front of the shift.
  for (float ratio : {0.5f, 0.012f, 0.0031f, 0.0007f}) {
    auto c = deriveRescaleAdd({ratio * 0.77f, 0}, {ratio, 0}, {1.0f, 0});
    ASSERT_TRUE(c);
    int64_t sum = (int64_t(c->lhsMultiplier) + c->rhsMultiplier) * 127;
    EXPECT_LE(sum + c->offset + (int64_t(128) << c->shift), INT32_MAX);
  }
}

TEST(RescaleAdd, NoShiftIsLeftToShorten) {
  auto c = deriveRescaleAdd({0x1p20f, 0}, {0x1p20f, 0}, {1.0f, 0});
  ASSERT_TRUE(c.has_value());
  EXPECT_EQ(c->shift, 0);
  EXPECT_EQ(c->lhsMultiplier, 1 << 20);
}

TEST(RescaleAdd, SumsFitI32AtTheEnds) {
  for (int64_t zp : {-128, 0, 127})
    for (float ratio : {1e-6f, 0.01f, 1.0f, 100.0f, 30000.0f}) {
      auto c = deriveRescaleAdd({ratio, zp}, {1.0f, -zp - 1}, {1.0f, zp});
      ASSERT_TRUE(c.has_value());
      for (int64_t p : {-128, 127})
        for (int64_t q : {-128, 127}) {
          int64_t sum = c->lhsMultiplier * p + c->rhsMultiplier * q + c->offset;
          ASSERT_EQ(sum, int64_t(int32_t(sum)));
        }
    }
  EXPECT_FALSE(deriveRescaleAdd({1e7f, 0}, {1.0f, 0}, {1.0f, 0}).has_value());
}

TEST(RescaleAdd, TheConstantAloneFitsButNotTheSum) {
  // With a shift of 24 the constant is just below 2^31.
  float scale = 32767.0f / (1 << 24);
  auto c = deriveRescaleAdd({scale, -128}, {scale, -128}, {1.0f, 127});
  ASSERT_TRUE(c);
  int64_t sum = (int64_t(c->lhsMultiplier) + c->rhsMultiplier) * 127;
  EXPECT_LE(sum + c->offset, INT32_MAX);
}

TEST(RescaleMul, EqualsTheExactProduct) {
  Multiplier mul = deriveMultiplier(0.0123);
  for (int64_t a = -128; a <= 127; ++a)
    for (int64_t b = -128; b <= 127; ++b) {
      int64_t product = (a - 3) * (b + 128);
      ASSERT_EQ(rescaleMul(a, 3, b, -128, mul, -4, -128, 127),
                clampInteger(nearestByDistance(product, mul) - 4, -128, 127));
    }
}

TEST(Accumulator, RangeIsReached) {
  std::vector<int8_t> weights = {-128, 127, 5, 0, -3};
  IntegerRange range = getAccumulatorRange(weights, -10, -128, 127, 1000);
  int64_t lo = 1000, hi = 1000;
  for (int64_t w : weights) {
    lo += std::min(w * (-128 + 10), w * (127 + 10));
    hi += std::max(w * (-128 + 10), w * (127 + 10));
  }
  EXPECT_EQ(range.lo, lo);
  EXPECT_EQ(range.hi, hi);
  EXPECT_TRUE(range.fitsI32());
  EXPECT_EQ(range.maxAbs(), std::max(hi, -lo));
}

TEST(Accumulator, FindsTheLargestSafeLength) {
  // 255 * 128 * k crosses 2^31 at k = 65794.
  std::vector<int64_t> weights(65794, -128);
  EXPECT_FALSE(getAccumulatorRange(weights, -128, -128, 127, 0).fitsI32());
  weights.pop_back();
  EXPECT_TRUE(getAccumulatorRange(weights, -128, -128, 127, 0).fitsI32());
}

TEST(SmallFloats, RoundHalfEvenAndSaturate) {
  bool overflowed = false;
  EXPECT_EQ(encodeF16(1.0f), 0x3c00);
  EXPECT_EQ(encodeF16(1.0f + 0x1p-11f), 0x3c00); // half to even
  EXPECT_EQ(encodeF16(1.0f + 3 * 0x1p-11f), 0x3c02);
  EXPECT_EQ(encodeF16(0x1p-24f), 0x0001); // denormal
  EXPECT_EQ(encodeF16(70000.0f, &overflowed), 0x7bff);
  EXPECT_TRUE(overflowed);
  EXPECT_EQ(encodeF16(-70000.0f), 0xfbff);
  EXPECT_EQ(encodeF16(kInf, &overflowed), 0x7c00);
  EXPECT_FALSE(overflowed);
  EXPECT_EQ(encodeBF16(1.0f), 0x3f80);
  EXPECT_EQ(encodeBF16(FLT_MAX), 0x7f7f);
  for (uint32_t bits = 0; bits < 0x7c00; ++bits)
    ASSERT_EQ(encodeF16(decodeF16(uint16_t(bits))), bits);
  for (uint32_t bits = 0; bits < 0x7f80; ++bits)
    ASSERT_EQ(encodeBF16(decodeBF16(uint16_t(bits))), bits);
}

} // namespace
