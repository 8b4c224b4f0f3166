//===- SelfTestTest.cpp - Tests of the self-test's generator --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Runtime.h"
#include "gtest/gtest.h"
#include <vector>

namespace {
/// Fills a vector of the type and returns it.
template <typename T>
std::vector<T> fill(const char *type, int64_t count, float scale = 0,
                    int64_t index = 0) {
  std::vector<T> values(count);
  qo_tensor tensor = {"x",   type, 1, &count, int64_t(count * sizeof(T)),
                      scale, 0,    0};
  EXPECT_EQ(qo_selftest_fill(&tensor, index, values.data()), 0);
  return values;
}

// The numbers are part of the contract: stored hashes depend on them.
TEST(SelfTestTest, generatesDocumentedNumbers) {
  auto words = fill<uint64_t>("ui64", 3, /*scale=*/1);
  auto bytes = fill<uint8_t>("ui8", 3);
  auto reals = fill<float>("f32", 3);
  auto wide = fill<double>("f64", 3);
  auto flags = fill<int32_t>("i32", 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(bytes[i], words[i] & 0xFF);
    EXPECT_EQ(flags[i], int32_t(words[i] & 1));
    EXPECT_EQ(reals[i], (double(words[i] >> 40) - 8388608) / 4194304);
    EXPECT_EQ(wide[i], reals[i]);
  }
  // SplitMix64 by its published definition, for the first number.
  uint64_t z = 0x71756F7074u + 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  EXPECT_EQ(words[0], z ^ (z >> 31));
}

TEST(SelfTestTest, givesEveryInputOtherNumbers) {
  EXPECT_NE(fill<uint8_t>("i8", 16, 0, 0), fill<uint8_t>("i8", 16, 0, 1));
}

TEST(SelfTestTest, refusesUnknownTypes) {
  int64_t count = 1;
  qo_tensor tensor = {"x", "f8", 1, &count, 1, 0, 0, 0};
  char byte;
  EXPECT_EQ(qo_selftest_fill(&tensor, 0, &byte), 1);
}

TEST(SelfTestTest, hashesAsPublished) {
  EXPECT_EQ(qo_fnv1a(QO_FNV1A_START, "", 0), 0xCBF29CE484222325u);
  EXPECT_EQ(qo_fnv1a(QO_FNV1A_START, "a", 1), 0xAF63DC4C8601EC8Cu);
  EXPECT_EQ(qo_fnv1a(QO_FNV1A_START, "foobar", 6), 0x85944171F73967E8u);
}

TEST(CpuFeaturesTest, readsLists) {
  EXPECT_TRUE(qo_cpu_has(""));
  EXPECT_FALSE(qo_cpu_has("no_such_feature"));
  EXPECT_FALSE(qo_cpu_has("sse2x"));
#if defined(__x86_64__)
  EXPECT_TRUE(qo_cpu_has("sse2"));
  EXPECT_TRUE(qo_cpu_has("sse,sse2"));
  EXPECT_FALSE(qo_cpu_has("sse2,no_such_feature"));
  EXPECT_FALSE(qo_cpu_has("no_such_feature,sse2"));
#endif
}
} // namespace
