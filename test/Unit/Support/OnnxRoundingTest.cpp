//===- OnnxRoundingTest.cpp - Tests of ONNX Runtime's arithmetic ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/OnnxRounding.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>

using namespace quantopt;

/// A scale in [2^-(least + 1), 2^-most).
static float makeScale(std::mt19937 &random, int most, int least) {
  int exponent = most + int(random() % unsigned(least - most + 1));
  return float(std::ldexp(0.5 + random() * 0x1p-33, -exponent));
}

TEST(OnnxRounding, ScalesAreExactMultipliers) {
  IntegerRange sums{-1000000, 1000000};
  for (float scale : {0x1.fffffep-3f, 0x1p-9f, 1.0f, 3.0f, 0x1.000002p-15f}) {
    auto multiplier = deriveProductMultiplier(scale, sums);
    ASSERT_TRUE(multiplier) << scale;
    EXPECT_EQ(multiplier->toReal(), double(scale));
    EXPECT_EQ(multiplier->m % 2, 1);
  }
  // Even integers, and what kernels have no form for.
  for (float scale : {2.0f, 64.0f, 0x1.fffffep-16f})
    EXPECT_FALSE(deriveProductMultiplier(scale, sums)) << scale;
  // No sum reaches a half.
  auto none = deriveProductMultiplier(0x1.8p-16f, {-10000, 10000});
  ASSERT_TRUE(none);
  EXPECT_EQ(none->m, 0);
}

TEST(OnnxRounding, ProductsOfBinary32BecomeHalves) {
  // The exact product is beyond the half by less than binary32 resolves.
  struct Case {
    float scale;
    int64_t sum, rounded, nearest;
  };
  for (Case c : {Case{0x1.4cc626p-9f, -12801, -32, -33},
                 Case{0x1.234dc2p-8f, -13386, -60, -59},
                 Case{0x1.54b2eap-7f, -8608, -90, -89},
                 Case{0x1.f32272p-9f, -17988, -68, -69}}) {
    auto multiplier = deriveProductMultiplier(c.scale, {-40000, 40000});
    ASSERT_TRUE(multiplier);
    EXPECT_EQ(requantizeProduct(c.sum, *multiplier, 0, -128, 127), c.rounded);
    EXPECT_EQ(requantizeProduct(c.sum, *multiplier, 3, -128, 127),
              c.rounded + 3);
    EXPECT_EQ(requantize(c.sum, *multiplier, 0, -128, 127), c.nearest);
  }
}

/// The largest shift that a factor for the scale has.
static int32_t getShift(Multiplier multiplier) {
  return std::max(multiplier.shift, kLeastProductShift);
}

TEST(OnnxRounding, IntegersGiveTheProductsOfBinary32) {
  std::mt19937 random(3);
  int halves = 0;
  for (int i = 0; i < 4000; ++i) {
    float scale = makeScale(random, -5, 14);
    IntegerRange all{INT32_MIN, INT32_MAX};
    auto multiplier = deriveProductMultiplier(scale, all);
    ASSERT_TRUE(multiplier) << scale;
    int32_t shift = getShift(*multiplier) + i % 2;
    auto factor = deriveProductFactor(*multiplier, shift);
    if (!factor)
      continue;
    int64_t zeroPoint = int(random() % 256) - 128;
    auto agrees = [&](int64_t sum) {
      ASSERT_EQ(requantizeProductForm(int32_t(sum), *factor, shift, zeroPoint,
                                      -128, 127),
                requantizeProduct(sum, *multiplier, zeroPoint, -128, 127))
          << scale << ' ' << sum;
    };
    // Where exact products are next to halves.
    for (int64_t k = -256; k <= 255; ++k) {
      auto sum = int64_t(std::floor((double(k) + 0.5) / double(scale)));
      for (int64_t near : {sum - 1, sum, sum + 1})
        agrees(near);
      float product = float(sum) * scale;
      halves += product - std::floor(product) == 0.5f &&
                double(sum) * double(scale) != double(product);
    }
    for (int64_t sum : {int64_t(INT32_MIN), int64_t(INT32_MAX), int64_t(0),
                        int64_t(1) << 24, (int64_t(1) << 24) + 1})
      agrees(sum);
  }
  EXPECT_GT(halves, 1000);
}

TEST(OnnxRounding, EqualMultipliersAgreeEverywhere) {
  std::mt19937 random(1);
  int found = 0, refused = 0;
  for (int i = 0; i < 400; ++i) {
    float scale = makeScale(random, 4, 11);
    int64_t reach = random() % 200000 + 10;
    int64_t zeroPoint = int(random() % 256) - 128;
    int64_t min = i % 2 ? zeroPoint : -128;
    IntegerRange sums{-reach, reach};
    auto exact = deriveProductMultiplier(scale, sums);
    auto once = findEqualProduct(scale, sums, zeroPoint, min, 127);
    refused += !once;
    if (!exact || !once)
      continue;
    ++found;
    EXPECT_TRUE(isTieFree(*once, reach));
    for (int64_t sum = -reach; sum <= reach; ++sum)
      ASSERT_EQ(requantize(sum, *once, zeroPoint, min, 127),
                requantizeProduct(sum, *exact, zeroPoint, min, 127))
          << scale << ' ' << sum;
  }
  // Neither always nor never.
  EXPECT_GT(found, 50);
  EXPECT_GT(refused, 20);
}

/// What the kernel computes for a sum, without what makes it an OnnxSum.
static int64_t addAsKernel(int64_t p, int64_t q, const ByteParams &a,
                           const ByteParams &b, const ByteParams &y,
                           int64_t stored) {
  float ra = a.scale / y.scale, rb = b.scale / y.scale;
  float start =
      float(y.zeroPoint + stored) - std::fma(ra, float(a.zeroPoint + stored),
                                             rb * float(b.zeroPoint + stored));
  float sum =
      std::fma(float(p + stored), ra, std::fma(float(q + stored), rb, start));
  return clampInteger(roundHalfEven(sum) - stored, y.min, y.max);
}

TEST(OnnxRounding, SumsAgreeForAllPairs) {
  std::mt19937 random(2);
  int found = 0, moved = 0;
  for (int i = 0; i < 24; ++i) {
    int64_t stored = i % 2 ? 128 : 0;
    ByteParams a{makeScale(random, 4, 5), int(random() % 256) - 128};
    ByteParams b{makeScale(random, 4, 5), int(random() % 256) - 128};
    ByteParams y{(a.scale + b.scale) * 0.7f, int(random() % 256) - 128};
    y.min = i % 3 ? -128 : y.zeroPoint;
    auto sum = deriveOnnxSum(a, b, y, stored);
    ASSERT_TRUE(sum);
    auto constants = sum->findConstants();
    if (!constants)
      continue;
    ++found;
    auto near = deriveRescaleAdd({a.scale, a.zeroPoint}, {b.scale, b.zeroPoint},
                                 {y.scale, y.zeroPoint});
    for (int64_t p = -128; p <= 127; ++p)
      for (int64_t q = -128; q <= 127; ++q) {
        int64_t expected = addAsKernel(p, q, a, b, y, stored);
        ASSERT_EQ(rescaleAdd(p, q, *constants, y.min, y.max), expected)
            << p << ' ' << q;
        moved += rescaleAdd(p, q, *near, y.min, y.max) != expected;
      }
  }
  EXPECT_GE(found, 20);
  EXPECT_GT(moved, 0); // the nearest sums differ
}

TEST(OnnxRounding, TablesHaveWhatMultipliersHaveNot) {
  // Every other sum is a half; the second one has a few that binary32 moves.
  ByteParams operands[] = {{0.25f, 3}, {0.314159f, 10}, {0.0371f, -128}};
  for (int64_t stored : {0, 128})
    for (const ByteParams &b : operands) {
      ByteParams a{0.25f, 3}, y{0.5f, -5, stored ? -5 : -128, 127};
      auto sum = deriveOnnxSum(a, b, y, stored);
      ASSERT_TRUE(sum);
      EXPECT_FALSE(sum->findConstants());
      auto tables = sum->findTables();
      ASSERT_TRUE(tables) << b.scale;
      for (int64_t p = -128; p <= 127; ++p)
        for (int64_t q = -128; q <= 127; ++q)
          ASSERT_EQ(
              requantize(int64_t(tables->lhs[p + 128]) + tables->rhs[q + 128],
                         {1, tables->shift}, 0, y.min, y.max),
              addAsKernel(p, q, a, b, y, stored))
              << p << ' ' << q;
    }
}
