//===- SourceRoundingTest.cpp - Tests of TFLite's arithmetic --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/SourceRounding.h"
#include "quant-opt/Support/FixedPoint.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace quantopt;

TEST(SourceRounding, HalvesGoAwayFromZero) {
  EXPECT_EQ(roundHalfAway(0.5), 1);
  EXPECT_EQ(roundHalfAway(-0.5), -1);
  EXPECT_EQ(roundHalfAway(-2.5), -3);
  EXPECT_EQ(roundHalfAway(std::nextafter(0.5, 0.0)), 0);
}

TEST(SourceRounding, MultipliersHave31Bits) {
  EXPECT_EQ(deriveTwiceMultiplier(0.5), (Multiplier{1 << 30, 31}));
  EXPECT_EQ(deriveTwiceMultiplier(1.0), (Multiplier{1 << 30, 30}));
  EXPECT_EQ(deriveTwiceMultiplier(0.0).m, 0);
  // One below a power of two may round up to it.
  EXPECT_EQ(deriveTwiceMultiplier(std::nextafter(1.0, 0.0)),
            (Multiplier{1 << 30, 30}));
  EXPECT_EQ(deriveTwiceMultiplier(0x1p-33).m, 0);
  EXPECT_EQ(deriveTwiceMultiplier(0x1p-32).shift, 62);
}

TEST(SourceRounding, RoundsTwice) {
  // 3/8: the first rounding gives 2 quarters, the second one 1.
  Multiplier eighth{1 << 30, 33};
  EXPECT_EQ(scaleTwice(3, eighth), 1);
  EXPECT_EQ(scaleTwice(-3, eighth), 0);
  EXPECT_EQ(scaleTwice(4, eighth), 1);
  EXPECT_EQ(scaleTwice(-4, eighth), -1);
}

TEST(SourceRounding, EqualMultipliersAgreeEverywhere) {
  std::mt19937 random(1);
  int found = 0;
  for (int i = 0; i < 400; ++i) {
    double scale = std::ldexp(1.0 + random() * 0x1p-32, -int(random() % 14));
    int64_t reach = random() % 600 + 10, zeroPoint = int(random() % 256) - 128;
    int64_t min = i % 2 ? zeroPoint : -128;
    Multiplier twice = deriveTwiceMultiplier(scale);
    auto once = findEqualMultiplier(twice, -reach, reach, zeroPoint, min, 127);
    if (!once)
      continue;
    ++found;
    EXPECT_TRUE(once->m % 2 == 1 && once->m < kMultiplierLimit);
    for (int64_t acc = -reach; acc <= reach; ++acc)
      ASSERT_EQ(requantize(acc, *once, zeroPoint, min, 127),
                requantizeTwice(acc, twice, zeroPoint, min, 127))
          << scale << ' ' << acc;
  }
  // Neither always nor never.
  EXPECT_GT(found, 20);
  EXPECT_LT(found, 400);
}

TEST(SourceRounding, AveragesRoundHalvesAwayFromZero) {
  for (int64_t count : {1, 2, 3, 4, 7, 16, 49, 64, 100, 1000}) {
    auto multiplier = findAverageMultiplier(count);
    ASSERT_TRUE(multiplier) << count;
    for (int64_t sum = -128 * count; sum <= 127 * count; ++sum) {
      int64_t expected =
          sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
      ASSERT_EQ(requantize(sum, *multiplier, 0, -128, 127), expected)
          << sum << " / " << count;
    }
  }
}

TEST(SourceRounding, EqualSumsAgreeForAllPairs) {
  std::mt19937 random(2);
  auto any = [&] { return float(std::ldexp(1.0 + random() * 0x1p-32, -4)); };
  int found = 0;
  for (int i = 0; i < 12; ++i) {
    bool subtract = i % 3 == 2;
    ByteParams a{any(), int(random() % 256) - 128};
    ByteParams b{i % 4 == 0 ? a.scale : any(), int(random() % 256) - 128};
    ByteParams y{std::max(a.scale, b.scale) * 1.5f, int(random() % 256) - 128};
    if (i == 0)
      y.scale = 2 * a.scale; // every other sum is a half
    auto twice = deriveTwiceAdd(a, b, y, subtract);
    ASSERT_TRUE(twice);
    auto once = findEqualAdd(*twice, a, b, y, subtract);
    if (!once)
      continue;
    ++found;
    for (int64_t p = -128; p <= 127; ++p)
      for (int64_t q = -128; q <= 127; ++q)
        ASSERT_EQ(
            rescaleAdd(p, q, *once, -128, 127),
            requantizeTwice(int64_t(twice->lhs[p + 128]) + twice->rhs[q + 128],
                            twice->multiplier, y.zeroPoint, -128, 127));
  }
  EXPECT_GE(found, 11);
}

TEST(SourceRounding, ZeroPointsMayBeMuchLargerThanProducts) {
  ByteParams a{0.01222f, 78}, b{0.01871f, 61}, y{0.6034f, 127};
  auto twice = deriveTwiceAdd(a, b, y, /*subtract=*/false);
  ASSERT_TRUE(twice);
  EXPECT_TRUE(findEqualAdd(*twice, a, b, y, /*subtract=*/false));
}

TEST(FixedPoint, FunctionsAreNearTheReal) {
  for (int i = -1000; i <= 1000; ++i) {
    double x = i * 0.0155;
    auto fixed = int32_t(std::ldexp(x, 27));
    EXPECT_NEAR(fixedpoint::logistic(fixed) * 0x1p-31, 1 / (1 + std::exp(-x)),
                1e-6);
    EXPECT_NEAR(fixedpoint::tanh(fixed) * 0x1p-31, std::tanh(x), 1e-6);
    if (i <= 0)
      EXPECT_NEAR(fixedpoint::expOfNegative(fixed, 4) * 0x1p-31, std::exp(x),
                  1e-6);
  }
  EXPECT_EQ(fixedpoint::divideByPowerOfTwo(-2, 2), -1);
  EXPECT_EQ(fixedpoint::divideByPowerOfTwo(2, 2), 1);
  EXPECT_EQ(fixedpoint::divideByPowerOfTwo(-1, 2), 0);
}

TEST(SourceRounding, TablesAreNearTheFunctions) {
  ByteParams input{0.05f, -7};
  auto logistic = makeLogisticTable(input);
  auto tanh = makeTanhTable(input);
  ByteParams result{0.05f, 3};
  auto swish = makeHardSwishTable(input, result);
  auto leaky = makeLeakyReluTable(-0.25f, input, result);
  for (int q = -128; q <= 127; ++q) {
    double x = 0.05 * (q + 7);
    EXPECT_NEAR(logistic[q + 128], 256 / (1 + std::exp(-x)) - 128, 1) << q;
    EXPECT_NEAR(tanh[q + 128], std::min(128 * std::tanh(x), 127.0), 1) << q;
    double y = x * std::clamp(x + 3, 0.0, 6.0) / 6;
    EXPECT_NEAR(swish[q + 128], std::min(y / 0.05 + 3, 127.0), 1.1) << q;
    double l = x < 0 ? -0.25 * x : x;
    EXPECT_NEAR(leaky[q + 128], std::min(l / 0.05 + 3, 127.0), 0.51) << q;
  }
}
