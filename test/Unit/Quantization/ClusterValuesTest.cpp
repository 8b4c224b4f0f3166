//===- ClusterValuesTest.cpp - Few numbers for many -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/ClusterValues.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace quantopt;

namespace {
std::vector<float> makeNormal(size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(count);
  for (float &value : values)
    value = normal(random);
  return values;
}

double getError(llvm::ArrayRef<float> values, llvm::ArrayRef<float> importance,
                llvm::ArrayRef<float> table) {
  double total = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    double best = INFINITY;
    for (float entry : table)
      best = std::min(best, std::pow(double(values[i]) - double(entry), 2.0));
    total += best * (importance.empty() ? 1.0 : double(importance[i]));
  }
  return total;
}
} // namespace

TEST(ClusterValues, KeepsFewDifferentValues) {
  auto table = clusterValues({3, -1, 3, 0.5f, -1, -0.0f, 0}, {}, 4);
  EXPECT_EQ(std::vector<float>(table.begin(), table.end()),
            (std::vector<float>{-1, 0, 0.5f, 3}));
  table = clusterValues({2, 2}, {}, 4);
  EXPECT_EQ(std::vector<float>(table.begin(), table.end()),
            (std::vector<float>{2, 2, 2, 2}));
}

TEST(ClusterValues, FindsMeansOfGroups) {
  auto table = clusterValues({0, 1, 10, 20, 30}, {}, 4);
  EXPECT_EQ(std::vector<float>(table.begin(), table.end()),
            (std::vector<float>{0.5f, 10, 20, 30}));
  // Important values draw the mean to themselves.
  table = clusterValues({0, 1, 10, 20, 30}, {1, 3, 1, 1, 1}, 4);
  EXPECT_EQ(std::vector<float>(table.begin(), table.end()),
            (std::vector<float>{0.75f, 10, 20, 30}));
}

TEST(ClusterValues, IsOrderIndependent) {
  std::vector<float> values = makeNormal(5000, 1);
  auto table = clusterValues(values, {}, 16);
  std::shuffle(values.begin(), values.end(), std::mt19937(2));
  auto again = clusterValues(values, {}, 16);
  EXPECT_TRUE(std::equal(table.begin(), table.end(), again.begin()));
}

/// No entry can move alone without a larger error, and the result is close to
/// the known optimum for normal values: squared errors of 0.1175 with 4 levels
/// and 0.009497 with 16 (Max, Quantizing for Minimum Distortion, 1960).
TEST(ClusterValues, ReachesTheOptimumOfNormalValues) {
  std::vector<float> values = makeNormal(40000, 3);
  EXPECT_NEAR(getError(values, {}, clusterValues(values, {}, 4)) / 40000,
              0.1175, 0.004);
  auto table = clusterValues(values, {}, 16);
  double error = getError(values, {}, table);
  EXPECT_NEAR(error / 40000, 0.009497, 0.0004);
  for (float &entry : table) {
    float before = entry;
    for (float step : {-0.01f, 0.01f}) {
      entry = before + step;
      EXPECT_GE(getError(values, {}, table), error);
    }
    entry = before;
  }
}

TEST(ChooseSignScale, HasTheLeastSquaredError) {
  std::vector<float> values = makeNormal(60, 4), importance(60);
  for (size_t i = 0; i < importance.size(); ++i)
    importance[i] = 0.1f + float(i % 7);
  for (bool hasZero : {false, true})
    for (llvm::ArrayRef<float> weights :
         {llvm::ArrayRef<float>(), llvm::ArrayRef<float>(importance)}) {
      float scale = chooseSignScale(values, weights, hasZero);
      auto errorOf = [&](float s) {
        std::vector<float> table = {-s, s};
        if (hasZero)
          table.push_back(0);
        return getError(values, weights, table);
      };
      for (float other = 0.01f; other < 4; other += 0.01f)
        EXPECT_LE(errorOf(scale), errorOf(other) + 1e-5);
    }
  EXPECT_EQ(chooseSignScale({0, 0}, {}, true), 0);
}
