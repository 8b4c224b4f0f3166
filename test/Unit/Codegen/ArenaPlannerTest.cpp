//===- ArenaPlannerTest.cpp - Placement of buffers ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Codegen/ArenaPlanner.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

using namespace quantopt;

namespace {
using Buffers = std::vector<ArenaBuffer>;

Buffers makeRandom(std::mt19937_64 &random, size_t count, int64_t times) {
  Buffers buffers;
  for (size_t i = 0; i < count; ++i) {
    int64_t first = int64_t(random() % times);
    int64_t last = std::min(times - 1, first + int64_t(random() % 4));
    buffers.push_back({64 * int64_t(1 + random() % 9), first, last});
  }
  return buffers;
}

/// Fails when two buffers that are live together overlap, or the size is not
/// that of the placement.
void expectValid(const Buffers &buffers, int64_t total) {
  int64_t end = 0;
  for (size_t i = 0; i < buffers.size(); ++i) {
    const ArenaBuffer &a = buffers[i];
    ASSERT_GE(a.offset, 0);
    end = std::max(end, a.offset + a.size);
    for (size_t j = 0; j < i; ++j) {
      const ArenaBuffer &b = buffers[j];
      if (a.first <= b.last && b.first <= a.last)
        ASSERT_TRUE(a.offset + a.size <= b.offset ||
                    b.offset + b.size <= a.offset);
    }
  }
  ASSERT_EQ(end, total);
  ASSERT_GE(total, getLiveBound(buffers));
}

/// The least size over first fit in every order, which reaches the optimum: in
/// order of an optimal placement's offsets no buffer is placed higher.
int64_t findOptimum(const Buffers &buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), 0);
  int64_t best = INT64_MAX;
  do {
    Buffers placed;
    int64_t total = 0;
    for (size_t i : order) {
      ArenaBuffer buffer = buffers[i];
      buffer.offset = 0;
      for (bool moved = true; moved;) {
        moved = false;
        for (const ArenaBuffer &other : placed)
          if (buffer.overlapsInTime(other) &&
              buffer.offset < other.offset + other.size &&
              other.offset < buffer.offset + buffer.size) {
            buffer.offset = other.offset + other.size;
            moved = true;
          }
      }
      total = std::max(total, buffer.offset + buffer.size);
      placed.push_back(buffer);
    }
    best = std::min(best, total);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

TEST(ArenaPlanner, PlacesNothing) {
  EXPECT_EQ(placeBuffers({}), 0);
  EXPECT_EQ(getLiveBound({}), 0);
}

TEST(ArenaPlanner, NeverOverlapsAndIsAboveTheBound) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 300; ++i) {
    Buffers buffers = makeRandom(random, 1 + random() % 30, 20);
    int64_t total = placeBuffers(buffers, /*maxSteps=*/500);
    expectValid(buffers, total);
  }
}

TEST(ArenaPlanner, IsOptimalForFewBuffers) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 400; ++i) {
    Buffers buffers = makeRandom(random, 1 + random() % 7, 6);
    int64_t total = placeBuffers(buffers);
    expectValid(buffers, total);
    ASSERT_EQ(total, findOptimum(buffers));
  }
}

TEST(ArenaPlanner, ProvesThatTheBoundCannotBeReached) {
  Buffers buffers = {{1, 4, 6}, {1, 0, 0}, {3, 1, 3}, {2, 2, 6},
                     {3, 7, 7}, {1, 3, 4}, {3, 6, 7}, {3, 0, 1}};
  EXPECT_EQ(getLiveBound(buffers), 6);
  int64_t total = placeBuffers(buffers);
  expectValid(buffers, total);
  EXPECT_EQ(total, 7);
  EXPECT_EQ(findOptimum(buffers), 7);
}

TEST(ArenaPlanner, SearchReachesTheBoundWhereOrdersFail) {
  std::mt19937_64 random(3);
  int improved = 0;
  for (int i = 0; i < 300; ++i) {
    Buffers byOrders = makeRandom(random, 12, 8), searched = byOrders;
    int64_t without = placeBuffers(byOrders, /*maxSteps=*/0);
    int64_t with = placeBuffers(searched);
    ASSERT_LE(with, without);
    improved += with < without;
  }
  EXPECT_GT(improved, 10);
}

TEST(ArenaPlanner, GivesUpEarlyWhatCannotFit) {
  // A thousand steps suffice for each of these only because the search leaves
  // placements above which the rest has no room.
  std::mt19937_64 random(5);
  for (int i = 0; i < 300; ++i) {
    Buffers buffers = makeRandom(random, 14, 7);
    ASSERT_EQ(placeBuffers(buffers, 1000), getLiveBound(buffers)) << i;
  }
}

TEST(ArenaPlanner, DependsOnItsArgumentsOnly) {
  std::mt19937_64 random(4);
  Buffers buffers = makeRandom(random, 40, 30), again = buffers;
  EXPECT_EQ(placeBuffers(buffers, 1000), placeBuffers(again, 1000));
  for (size_t i = 0; i < buffers.size(); ++i)
    EXPECT_EQ(buffers[i].offset, again[i].offset);
}
} // namespace
