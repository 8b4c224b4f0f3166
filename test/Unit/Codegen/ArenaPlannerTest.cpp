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
    int64_t total = placeBuffers(buffers, {}, /*maxSteps=*/500);
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
    int64_t without = placeBuffers(byOrders, {}, /*maxSteps=*/0);
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
    ASSERT_EQ(placeBuffers(buffers, {}, 1000), getLiveBound(buffers)) << i;
  }
}

TEST(ArenaPlanner, DependsOnItsArgumentsOnly) {
  std::mt19937_64 random(4);
  Buffers buffers = makeRandom(random, 40, 30), again = buffers;
  EXPECT_EQ(placeBuffers(buffers, {}, 1000), placeBuffers(again, {}, 1000));
  for (size_t i = 0; i < buffers.size(); ++i)
    EXPECT_EQ(buffers[i].offset, again[i].offset);
}

//===----------------------------------------------------------------------===//
// Overlaps
//===----------------------------------------------------------------------===//

/// Buffers whose bytes are written and read from the first one on, part by
/// part.
struct Streams {
  Buffers buffers;
  std::vector<ArenaOverlap> overlaps;
  /// For each buffer and time: bytes that are written by then, and the first
  /// one that is read then or later.
  std::vector<std::vector<int64_t>> written, read;
};

/// A buffer is written while the ones that are live then are read. All of the
/// first buffer is there at first.
Streams makeStreams(std::mt19937_64 &random, size_t count, int64_t times) {
  Streams streams;
  streams.buffers = makeRandom(random, count, times);
  for (ArenaBuffer &buffer : streams.buffers)
    buffer.last = std::min(times - 1, buffer.last + 2);
  auto share = [&](int64_t part, int64_t parts, int64_t size) {
    int64_t cut =
        part >= parts ? size : std::max<int64_t>(0, part * size / parts);
    return cut / 8 * 8;
  };
  for (const ArenaBuffer &buffer : streams.buffers) {
    int64_t middle =
        std::min(buffer.first + int64_t(random() % 2), buffer.last);
    int64_t parts = buffer.last - middle + 1;
    auto &written = streams.written.emplace_back();
    auto &read = streams.read.emplace_back();
    for (int64_t t = 0; t < times; ++t) {
      bool isStreamed = buffer.size % 128 == 0;
      written.push_back(t < buffer.first ? 0
                        : t >= middle    ? buffer.size
                                         : buffer.size / 16 * 8);
      read.push_back(t > buffer.last ? buffer.size
                     : !isStreamed   ? 0
                                     : share(t - middle, parts, buffer.size));
    }
  }
  for (size_t lower = 0; lower < count; ++lower)
    for (size_t upper = 0; upper < count; ++upper) {
      const ArenaBuffer &a = streams.buffers[lower];
      const ArenaBuffer &b = streams.buffers[upper];
      auto isWhole = [&](int64_t t) {
        return streams.written[upper][size_t(t)] == b.size;
      };
      if (lower == upper || !a.overlapsInTime(b) || a.first == 0 ||
          !isWhole(a.first - 1))
        continue;
      int64_t distance = -b.size;
      for (int64_t t = a.first; t < times; ++t)
        if (t <= b.last)
          distance = std::max(distance, streams.written[lower][size_t(t)] -
                                            streams.read[upper][size_t(t)]);
      if (distance < a.size)
        streams.overlaps.push_back({lower, upper, distance});
    }
  return streams;
}

/// Runs the streams in one memory: no byte may change before it is read.
void simulate(const Streams &streams, int64_t total) {
  size_t count = streams.buffers.size();
  std::vector<int> memory(size_t(total), -1);
  int64_t times = int64_t(streams.written.front().size());
  for (int64_t t = 0; t < times; ++t) {
    for (size_t i = 0; i < count; ++i) {
      const ArenaBuffer &buffer = streams.buffers[i];
      int64_t from = t == 0 ? 0 : streams.written[i][size_t(t - 1)];
      for (int64_t at = from; at < streams.written[i][size_t(t)]; ++at)
        memory.at(size_t(buffer.offset + at)) = int(i);
    }
    for (size_t i = 0; i < count; ++i) {
      const ArenaBuffer &buffer = streams.buffers[i];
      if (t < buffer.first || t > buffer.last)
        continue;
      for (int64_t at = streams.read[i][size_t(t)];
           at < streams.written[i][size_t(t)]; ++at)
        ASSERT_EQ(memory.at(size_t(buffer.offset + at)), int(i))
            << "byte " << at << " at time " << t;
    }
  }
}

TEST(ArenaPlanner, OverlapsWhatIsConsumed) {
  std::mt19937_64 random(6);
  int overlapping = 0, smaller = 0;
  for (int i = 0; i < 300; ++i) {
    SCOPED_TRACE(i);
    Streams streams = makeStreams(random, 8, 10);
    Buffers apart = streams.buffers;
    int64_t without = placeBuffers(apart);
    int64_t total = placeBuffers(streams.buffers, streams.overlaps);
    ASSERT_GE(total, getLiveBound(streams.buffers, streams.overlaps));
    simulate(streams, total);
    overlapping += !streams.overlaps.empty();
    smaller += total < without;
  }
  EXPECT_GT(overlapping, 200);
  EXPECT_GT(smaller, 50);
}

/// Whether no two buffers overlap but as they may.
bool isValid(const Buffers &buffers,
             const std::vector<ArenaOverlap> &overlaps) {
  for (size_t i = 0; i < buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const ArenaBuffer &a = buffers[i], &b = buffers[j];
      if (!a.overlapsInTime(b) || a.offset + a.size <= b.offset ||
          b.offset + b.size <= a.offset)
        continue;
      bool isAllowed = false;
      for (const ArenaOverlap &o : overlaps)
        isAllowed |=
            ((o.lower == i && o.upper == j) ||
             (o.lower == j && o.upper == i)) &&
            buffers[o.upper].offset - buffers[o.lower].offset >= o.distance;
      if (!isAllowed)
        return false;
    }
  return true;
}

TEST(ArenaPlanner, FindsTheBestOverlap) {
  // All placements of three buffers at multiples of 64, in less space.
  std::mt19937_64 random(7);
  int smaller = 0;
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    Buffers buffers;
    for (int b = 0; b < 3; ++b)
      buffers.push_back({64 * int64_t(1 + random() % 5), 0, 1});
    std::vector<ArenaOverlap> overlaps;
    for (size_t lower : {0, 1})
      overlaps.push_back(
          {lower, 2, buffers[lower].size - 64 * int64_t(1 + random() % 6)});
    int64_t sum = buffers[0].size + buffers[1].size + buffers[2].size;
    int64_t total = placeBuffers(buffers, overlaps);
    ASSERT_TRUE(isValid(buffers, overlaps));
    smaller += total < sum;
    SmallVector<LowerBuffer> lower;
    for (const ArenaOverlap &overlap : overlaps)
      lower.push_back({buffers[overlap.lower].size, overlap.distance});
    EXPECT_EQ(total, getOverlappedBytes(buffers[2].size, lower));
    for (int64_t x = 0; x + buffers[0].size < total; x += 64)
      for (int64_t y = 0; y + buffers[1].size < total; y += 64)
        for (int64_t z = 0; z + buffers[2].size < total; z += 64) {
          buffers[0].offset = x;
          buffers[1].offset = y;
          buffers[2].offset = z;
          ASSERT_FALSE(isValid(buffers, overlaps)) << x << ' ' << y << ' ' << z;
        }
  }
  EXPECT_GT(smaller, 100);
}

TEST(ArenaPlanner, KeepsDistance) {
  // 100 bytes are read while 96 are written, 16 of them before any is consumed.
  Buffers buffers = {{96, 0, 3}, {104, 0, 3}};
  std::vector<ArenaOverlap> overlaps = {{0, 1, 16}};
  EXPECT_EQ(placeBuffers(buffers, overlaps), 120);
  EXPECT_EQ(buffers[1].offset - buffers[0].offset, 16);
  EXPECT_EQ(getLiveBound(buffers, overlaps), 120);
  EXPECT_EQ(getLiveBound(buffers), 200);
}
} // namespace
