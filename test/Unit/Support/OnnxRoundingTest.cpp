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
  // A half becomes 0; what is beyond one does not.
  EXPECT_EQ(deriveProductMultiplier(0x1p-16f, {-32768, 5}), Multiplier());
  EXPECT_FALSE(deriveProductMultiplier(0x1p-16f, {-32768, 32769}));
  EXPECT_FALSE(deriveProductMultiplier(0x1p-20f, {-524289, 5}));
  EXPECT_EQ(deriveProductMultiplier(0.5f, {-1, 1}), Multiplier());
  EXPECT_EQ(deriveProductMultiplier(0.5f, {-2, 1}), (Multiplier{1, 1}));
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

TEST(OnnxRounding, SumsBecomeBinary32) {
  // Not the product of the exact sum, 66.500004, which binary32 rounds up.
  EXPECT_EQ(requantizeProduct(25364157, {11530843, 42}, 0, -128, 127), 66);
}

TEST(OnnxRounding, ProductsBetweenAHalfAndItsNeighbourBecomeTheHalf) {
  // 8.5 + 2^-21, in the middle of two numbers of binary32, 9.5 - 2^-21, and
  // 128.5 + 2^-17, the highest bit of which is far from the lowest.
  struct Case {
    Multiplier multiplier;
    int64_t rounded;
  };
  for (const Case &c : {Case{{5941931, 21}, 8}, Case{{6640981, 21}, 10},
                        Case{{5614251, 17}, 128}})
    for (int64_t sign : {1, -1}) {
      auto factor = deriveProductFactor(c.multiplier, kLeastProductShift);
      ASSERT_TRUE(factor);
      EXPECT_EQ(requantizeProduct(3 * sign, c.multiplier, 0, -200, 200),
                sign * c.rounded);
      EXPECT_EQ(requantizeProductForm(int32_t(3 * sign), *factor,
                                      kLeastProductShift, 0, -200, 200),
                sign * c.rounded);
    }
}

TEST(OnnxRounding, FactorsHave31Bits) {
  EXPECT_EQ(deriveProductFactor({1, 0}, 30), 1 << 30);
  EXPECT_EQ(deriveProductFactor({3, 5}, 34), 3 << 29);
  EXPECT_FALSE(deriveProductFactor({1, 0}, 31));
  EXPECT_FALSE(deriveProductFactor({kMultiplierLimit - 1, 0}, 39));
  EXPECT_FALSE(deriveProductFactor({3, 26}, 25));
  EXPECT_EQ(deriveProductFactor({0, 5}, 4), 0);
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
    EXPECT_TRUE(once->m % 2 == 1 && once->m < kMultiplierLimit);
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
    // Kernels whose bytes have no sign add 128 steps.
    EXPECT_LE(
        128 * (int64_t(constants->lhsMultiplier) + constants->rhsMultiplier) +
            std::abs(int64_t(constants->offset)) +
            (int64_t(128) << constants->shift),
        INT32_MAX);
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

TEST(OnnxRounding, SumsRoundWhereTheKernelDoes) {
  struct Case {
    ByteParams a, b, y;
    int64_t stored, p, q, expected;
  };
  // Another order, or products that are rounded, give another byte: of the
  // constant (twice), of what is added to it, of the last product.
  for (const Case &c : {Case{{0x1.c90f3cp-3f, 117},
                             {0x1.2a431ep-4f, -47},
                             {0x1.1d0fa8p-2f, 24},
                             128,
                             1,
                             39,
                             -47},
                        Case{{0x1.55b18ap-6f, -10},
                             {0x1.667becp-3f, 28},
                             {0x1.566166p-4f, 57},
                             128,
                             -113,
                             62,
                             103},
                        Case{{0x1.17c29p-5f, 108},
                             {0x1.badef4p-4f, -94},
                             {0x1.0873dp-3f, 1},
                             0,
                             -60,
                             97,
                             117},
                        Case{{0x1.3a627ep-8f, 62},
                             {0x1.5578ccp-7f, 110},
                             {0x1.c00cc2p-7f, 35},
                             128,
                             -16,
                             -66,
                             -127}}) {
    auto sum = deriveOnnxSum(c.a, c.b, c.y, c.stored);
    ASSERT_TRUE(sum);
    EXPECT_EQ(sum->results[(c.p + 128) * 256 + c.q + 128], c.expected);
  }
}

TEST(OnnxRounding, RatiosOfSumsHave20Bits) {
  ByteParams one{1, 0}, large{0x1p20f, 0}, less{0x1.fffffep19f, 0};
  EXPECT_FALSE(deriveOnnxSum(large, one, one, 0));
  EXPECT_FALSE(deriveOnnxSum(one, large, one, 0));
  EXPECT_TRUE(deriveOnnxSum(less, less, one, 0));
}

TEST(OnnxRounding, OffsetsLeaveRoom) {
  // With a shift of 23 the products and the zero point do, but not the offset.
  auto sum = deriveOnnxSum({0.157621354f, 81}, {0.0308255758f, -91},
                           {0.19745791f, 56}, 0);
  ASSERT_TRUE(sum);
  auto constants = sum->findConstants();
  ASSERT_TRUE(constants);
  EXPECT_EQ(constants->shift, 22);
}

TEST(OnnxRounding, SumsHaveConstantsNextToTheNearest) {
  // The nearest multipliers differ somewhere.
  struct Case {
    ByteParams a, b, y;
    int64_t stored;
  };
  for (const Case &c : {Case{{0x1.c2a936p-4f, -74},
                             {0x1.958152p-6f, -14},
                             {0x1.e71e22p-4f, -39},
                             128},
                        Case{{0x1.36133ep-8f, 95},
                             {0x1.de2d6p-5f, -64},
                             {0x1.c1fe4ep-5f, -101},
                             0},
                        Case{{0x1.8e2f2ap-8f, -98},
                             {0x1.016888p-5f, 32},
                             {0x1.ae4cb6p-6f, 85},
                             0},
                        Case{{0x1.baba5p-7f, -75},
                             {0x1.c06026p-6f, -16},
                             {0x1.dfaadcp-7f, 58},
                             0},
                        // With the second largest shift only.
                        Case{{0.0282655731f, 58},
                             {0.0150072565f, 25},
                             {0.0250982437f, 29},
                             128}}) {
    auto sum = deriveOnnxSum(c.a, c.b, c.y, c.stored);
    ASSERT_TRUE(sum);
    auto constants = sum->findConstants();
    ASSERT_TRUE(constants);
    for (int64_t p = -128; p <= 127; ++p)
      for (int64_t q = -128; q <= 127; ++q)
        ASSERT_EQ(rescaleAdd(p, q, *constants, -128, 127),
                  addAsKernel(p, q, c.a, c.b, c.y, c.stored));
  }
}

/// Whether a sum has tables; then all pairs have the kernel's bytes.
static bool haveTables(const ByteParams &a, const ByteParams &b,
                       const ByteParams &y, int64_t stored) {
  auto tables = deriveOnnxSum(a, b, y, stored)->findTables();
  if (!tables)
    return false;
  for (int64_t p = -128; p <= 127; ++p)
    for (int64_t q = -128; q <= 127; ++q) {
      int64_t sum = int64_t(tables->lhs[p + 128]) + tables->rhs[q + 128];
      EXPECT_EQ(sum, int32_t(sum));
      EXPECT_EQ(requantize(sum, {1, tables->shift}, 0, y.min, y.max),
                addAsKernel(p, q, a, b, y, stored))
          << p << ' ' << q;
    }
  return true;
}

TEST(OnnxRounding, TablesHaveWhatMultipliersHaveNot) {
  // Every other sum is a half; the second one has a few that binary32 moves.
  ByteParams operands[] = {{0.25f, 3}, {0.314159f, 10}, {0.0371f, -128}};
  for (int64_t stored : {0, 128})
    for (const ByteParams &b : operands) {
      ByteParams a{0.25f, 3}, y{0.5f, -5, stored ? -5 : -128, 127};
      EXPECT_FALSE(deriveOnnxSum(a, b, y, stored)->findConstants());
      EXPECT_TRUE(haveTables(a, b, y, stored)) << b.scale;
    }
  // These settle after a while only.
  EXPECT_TRUE(haveTables({0.062f, -22}, {0.063f, 74}, {0.074f, -32}, 0));
  EXPECT_TRUE(haveTables({0.077f, 91}, {0.08f, -4}, {0.042f, -42}, 128));
  // The zero point takes more of an entry than products.
  EXPECT_TRUE(haveTables({0.01f, 0}, {0.02f, 0}, {1, -128}, 0));
}

TEST(OnnxRounding, SomeSumsHaveNoTables) {
  // What binary32 makes of halves depends on both operands.
  EXPECT_FALSE(haveTables({0.018f, -113}, {0.071f, -56}, {0.028f, -85}, 0));
  // No bits are left behind the point.
  EXPECT_FALSE(haveTables({0x1.fffffep19f, 0}, {0x1.fffffep19f, 0}, {1, 0}, 0));
}
