//===- ContractionTilingTest.cpp - How contractions are cut up ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseStrategy.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "gtest/gtest.h"
#include <random>
#include <vector>

using namespace quantopt;

//===----------------------------------------------------------------------===//
// splitEvenly
//===----------------------------------------------------------------------===//

TEST(SplitEvenly, CoversEveryPositionOnceWithTheFewestTiles) {
  for (int64_t limit = 1; limit <= 16; ++limit)
    for (int64_t count = 1; count <= 70; ++count) {
      TileSplit s = splitEvenly(count, limit);
      ASSERT_EQ(s.large * s.size + s.small * (s.size - 1), count);
      ASSERT_EQ(s.getTiles(), (count + limit - 1) / limit);
      ASSERT_LE(s.size, limit);
      ASSERT_GE(s.large, 1);
      ASSERT_GE(s.small, 0);
      ASSERT_TRUE(s.small == 0 || s.size > 1) << "tiles without positions";
    }
}

TEST(SplitEvenly, AroundTheLimit) {
  auto expect = [](int64_t count, TileSplit expected) {
    TileSplit found = splitEvenly(count, 6);
    EXPECT_EQ(found.size, expected.size) << count;
    EXPECT_EQ(found.large, expected.large) << count;
    EXPECT_EQ(found.small, expected.small) << count;
  };
  expect(5, {5, 1, 0});
  expect(6, {6, 1, 0});
  expect(7, {4, 1, 1});
  expect(11, {6, 1, 1});
  expect(12, {6, 2, 0});
  expect(13, {5, 1, 2});
}

//===----------------------------------------------------------------------===//
// ContractionLayout
//===----------------------------------------------------------------------===//

namespace {
class Layout : public testing::Test {
protected:
  Layout() { context.loadDialect<qvec::QVecDialect>(); }

  qvec::StrategyAttr getStrategy(int64_t rows, int64_t vectors, int64_t lanes,
                                 int64_t group, int64_t pass) {
    return qvec::StrategyAttr::get(&context, rows, vectors, lanes, group,
                                   /*mergeTaps=*/false, pass, /*steps=*/1,
                                   /*paired=*/false, /*joined=*/false,
                                   /*gathered=*/false);
  }

  MLIRContext context;
};
} // namespace

/// The positions [first, last) in a row of `units` that tile `tile` covers.
static std::pair<int64_t, int64_t> getTile(const TileSplit &split,
                                           int64_t tile) {
  if (tile < split.large)
    return {tile * split.size, (tile + 1) * split.size};
  int64_t first =
      split.large * split.size + (tile - split.large) * (split.size - 1);
  return {first, first + split.size - 1};
}

/// How often the work items of a layout compute each element of the output.
static std::vector<int> countVisits(const ContractionLayout &layout,
                                    int64_t width) {
  int64_t channels = layout.groups * layout.channelsPerGroup;
  std::vector<int> visits(layout.rows * width * channels, 0);
  for (int64_t item = 0; item < layout.getItems(); ++item) {
    // The documented order of items.
    int64_t block = item % layout.blocks;
    int64_t pass = item / layout.blocks % layout.passes;
    int64_t group = item / layout.blocks / layout.passes;
    int64_t lastUnit = std::min((pass + 1) * layout.pass, layout.units);
    int64_t first = block * layout.channelsPerTile;
    int64_t last =
        std::min(first + layout.channelsPerTile, layout.channelsPerGroup);
    for (int64_t unit = pass * layout.pass; unit < lastUnit; ++unit) {
      int64_t row = layout.rows == 1 ? 0 : unit;
      auto range = std::pair(int64_t(0), width);
      if (layout.rows == 1)
        range = getTile(layout.tiles, unit);
      for (int64_t w = range.first; w < range.second; ++w)
        for (int64_t c = first; c < last; ++c)
          ++visits[(row * width + w) * channels +
                   group * layout.channelsPerGroup + c];
    }
  }
  return visits;
}

TEST_F(Layout, ItemsComputeEveryElementOnce) {
  std::mt19937 random(1);
  auto pick = [&](std::initializer_list<int64_t> values) {
    return values.begin()[random() % values.size()];
  };
  for (int i = 0; i < 2000; ++i) {
    int64_t groups = pick({1, 1, 2, 3}), group = pick({1, 4});
    int64_t lanes = pick({4, 8, 16});
    int64_t output[] = {pick({1, 1, 2}), pick({1, 1, 3, 5}),
                        1 + int64_t(random() % 40),
                        groups * (1 + int64_t(random() % 70))};
    qvec::StrategyAttr strategy =
        getStrategy(1 + random() % 14, pick({1, 2, 4}), lanes, group,
                    1 + int64_t(random() % 9));
    ContractionLayout layout(output, groups, strategy);
    for (int visits : countVisits(layout, output[2]))
      ASSERT_EQ(visits, 1) << "shape " << output[0] << "x" << output[1] << "x"
                           << output[2] << "x" << output[3] << ", groups "
                           << groups << ", rows " << strategy.getRows();
  }
}

TEST_F(Layout, ChannelsAroundATile) {
  for (auto [lanes, tile] : {std::pair(16, 32), {8, 16}}) {
    qvec::StrategyAttr strategy = getStrategy(6, 2, lanes, 4, 1);
    for (int64_t rest : {-1, 0, 1}) {
      ContractionLayout layout({1, 8, 8, 2 * tile + rest}, 1, strategy);
      EXPECT_EQ(layout.channelsPerTile, tile);
      EXPECT_EQ(layout.blocks, rest == 1 ? 3 : 2);
      EXPECT_EQ(layout.fullBlocks, rest == -1 ? 1 : 2);
    }
  }
}

TEST_F(Layout, UnitsAreRowsOrTilesOfTheOnlyRow) {
  qvec::StrategyAttr strategy = getStrategy(6, 2, 16, 4, 100);
  ContractionLayout image({2, 5, 13, 32}, 1, strategy);
  EXPECT_EQ(image.units, 10);
  EXPECT_EQ(image.pass, 10);
  EXPECT_EQ(image.passes, 1);
  ContractionLayout product({1, 1, 13, 32}, 1, strategy);
  EXPECT_EQ(product.units, 3);
}

//===----------------------------------------------------------------------===//
// chooseContractionTile
//===----------------------------------------------------------------------===//

namespace {
/// Calls a function with many problems on every level.
template <typename Fn> void forEachProblem(Fn fn) {
  const int64_t positions[] = {1, 2, 3, 5, 6, 7, 8, 13, 14, 15, 56, 112, 1000};
  const int64_t channels[] = {1,  7,  8,  15, 16, 17,  31,  32,  33,
                              47, 48, 49, 64, 65, 128, 255, 1000};
  const int64_t depths[] = {1, 4, 27, 64, 576, 4608};
  for (const TargetLevel &level : getTargetLevels())
    for (int64_t p : positions)
      for (int64_t c : channels)
        for (int64_t d : depths)
          for (int64_t group : {level.getContractionGroup(), int64_t(1)})
            for (bool isBytes : {false, level.has(TargetLevel::kPairedSums)}) {
              TileProblem problem{p, c, d, group};
              problem.isBytes = isBytes;
              fn(level, problem);
            }
}
} // namespace

TEST(ChooseTile, FitsTheRegisters) {
  forEachProblem([](const TargetLevel &level, const TileProblem &problem) {
    Tile tile = chooseContractionTile(level, problem);
    if (tile.steps > 1) {
      // Sums, both factors, each of its own size.
      int64_t parts = (tile.rows + 15) / 16;
      ASSERT_LE(parts * tile.vectors + parts + tile.vectors,
                level.tileRegisters);
      return;
    }
    // Two sums in a register, beside addresses of rows.
    if (problem.group == 1 && problem.isBytes &&
        level.has(TargetLevel::kPairedSums)) {
      ASSERT_LE(tile.rows * ((tile.vectors + 1) / 2) + 6 + tile.vectors + 2,
                level.vectorRegisters);
      return;
    }
    // Sums in general registers.
    if (problem.group == 16) {
      ASSERT_LE(tile.rows * tile.vectors, 4);
      return;
    }
    // Accumulators, a weight per vector, the input and what it becomes; words
    // of even and odd bytes, a mask and a product where bytes make pairs; both
    // halves and several products where each is added by itself; the input of
    // all rows and two weights where dot products choose parts of it.
    bool pairs = problem.group == 4 && level.dotGroup == 2;
    bool isSplit = pairs || (problem.group == 4 && level.hasVectors() &&
                             level.dotCost > 1);
    bool isIndexed = problem.group == 4 && level.has(TargetLevel::kIndexedDots);
    int64_t inputs = isIndexed ? tile.rows : pairs ? 4 : isSplit ? 8 : 2;
    int64_t weights = isIndexed ? std::min<int64_t>(tile.vectors, 2)
                                : tile.vectors * (isSplit ? 2 : 1);
    int64_t needed = tile.rows * tile.vectors + weights + inputs;
    ASSERT_LE(needed, level.vectorRegisters)
        << level.name.str() << ": " << tile.rows << "x" << tile.vectors;
  });
}

TEST(ChooseTile, FitsTheProblemAndThePanels) {
  forEachProblem([](const TargetLevel &level, const TileProblem &problem) {
    Tile tile = chooseContractionTile(level, problem);
    int64_t lanes =
        problem.group == 1 ? level.getLanes() : level.getContractionLanes();
    int64_t perPanel = 16 / lanes, padded = (problem.channels + 15) / 16 * 16;
    ASSERT_GE(tile.rows, 1);
    ASSERT_GE(tile.vectors, 1);
    ASSERT_LE(tile.rows, problem.positions);
    ASSERT_LE(tile.vectors * lanes, padded);
    // Part of a panel, or whole ones.
    ASSERT_EQ(tile.vectors < perPanel ? perPanel % tile.vectors
                                      : tile.vectors % perPanel,
              0);
  });
}

TEST(ChooseTile, CoversFewChannelsWithOneBlock) {
  // A second block would read the input again, and a partial one would also
  // leave registers idle.
  for (const TargetLevel &level : getTargetLevels()) {
    // Vectors as long as a panel, any number of which makes a tile.
    if (level.dotGroup != 4 || level.vectorRegisters != 32 ||
        level.getLanes() != 16 || level.tileRegisters != 0)
      continue;
    for (int64_t vectors = 1; vectors <= 5; ++vectors)
      for (int64_t rest : {0, 1, 15}) {
        int64_t channels = vectors * level.getLanes() - rest;
        EXPECT_EQ(chooseContractionTile(level, {56, channels, 576, 4}).vectors,
                  vectors)
            << channels << " channels";
      }
  }
}

TEST(ChooseTile, DependsOnItsArgumentsOnly) {
  forEachProblem([](const TargetLevel &level, const TileProblem &problem) {
    Tile first = chooseContractionTile(level, problem);
    Tile second = chooseContractionTile(level, problem);
    ASSERT_EQ(first.rows, second.rows);
    ASSERT_EQ(first.vectors, second.vectors);
  });
}

TEST(ChooseTile, WeighsLoadsAndLatency) {
  auto choose = [](StringRef level, TileProblem problem) {
    Tile tile = chooseContractionTile(*findTargetLevel(level), problem);
    return std::pair(tile.rows, tile.vectors);
  };
  // As many inputs as weights are loaded: 7 rows of 2 vectors would have 9
  // loads for 14 products, 4 of 4 have 8 for 16.
  EXPECT_EQ(choose("avx512vnni", {7, 64, 576, 4}), std::pair(4L, 4L));
  EXPECT_EQ(choose("avx512vnni", {7, 256, 576, 4}), std::pair(4L, 6L));
  EXPECT_EQ(choose("avx512vnni", {56, 64, 576, 4}), std::pair(6L, 4L));
  // One row: four sums at a time hide the latency, and 16 vectors are four
  // times four.
  EXPECT_EQ(choose("avxvnni", {1, 256, 576, 4}), std::pair(1L, 4L));
}

TEST(ChooseTile, KeepsWeightsInTheFarCache) {
  const TargetLevel &level = *findTargetLevel("avx512vnni");
  TileProblem problem{7, 512, 4608, 1};
  Tile near = chooseContractionTile(level, problem);
  EXPECT_GT(near.vectors * 16 * problem.depth * 4, level.cacheBytes);
  problem.weightBits = 32;
  Tile tile = chooseContractionTile(level, problem);
  EXPECT_LE(tile.vectors * 16 * problem.depth * 4, level.cacheBytes);
  EXPECT_GE(tile.rows * tile.vectors, 16) << "registers are left idle";
  // A single row reads weights once wherever they are.
  problem.positions = 1;
  Tile row = chooseContractionTile(level, problem);
  problem.weightBits = 0;
  EXPECT_EQ(row.vectors, chooseContractionTile(level, problem).vectors);
}

TEST(ChooseTile, StepsDivideEveryRun) {
  for (const TargetLevel &level : getTargetLevels())
    for (int64_t run : {1, 12, 27, 64, 72, 80, 144, 148, 576, 1000}) {
      TileProblem problem{56, 64, 9 * run, 4, run};
      int64_t steps = chooseContractionTile(level, problem).steps;
      ASSERT_GE(steps, 1);
      ASSERT_LE(steps, 16);
      ASSERT_EQ((run + 3) / 4 % steps, 0) << run;
    }
}

TEST(ChooseTile, PairsRowsWhereTheyPay) {
  int64_t paired = 0;
  for (const TargetLevel &level : getTargetLevels()) {
    TileProblem problem{196, 256, 1152, 4};
    problem.isBytes = true;
    auto getGroup = [&] { return chooseContractionTile(level, problem).group; };
    bool isPaired = getGroup() == kMmlaGroup;
    EXPECT_EQ(isPaired, getMmlaIntrinsic(level, false).has_value());
    paired += isPaired;
    // One position would leave half of each product idle, and of a step of
    // eight bytes three would be used.
    problem.positions = 1;
    EXPECT_EQ(getGroup(), 4);
    problem.positions = 196;
    problem.depth = 27;
    problem.run = 3;
    EXPECT_EQ(getGroup(), 4);
  }
  EXPECT_EQ(paired, 1);
}

TEST(ChooseTile, UsesMatricesWhereTheyPay) {
  const TargetLevel *matrices = nullptr;
  for (const TargetLevel &level : getTargetLevels()) {
    if (level.tileRegisters)
      matrices = &level;
    else
      EXPECT_EQ(chooseContractionTile(level, {3136, 64, 576, 4}).steps, 1);
  }
  ASSERT_TRUE(matrices);
  auto choose = [&](TileProblem problem) {
    return chooseContractionTile(*matrices, problem);
  };
  // Two parts of 16 positions by two panels fill the registers.
  Tile large = choose({3136, 64, 576, 4});
  EXPECT_EQ(large.steps, 16);
  EXPECT_EQ(large.vectors, 2);
  EXPECT_EQ(large.rows, 32);
  // A row of 28 is not split into 16 and 12.
  EXPECT_EQ(choose({28, 64, 576, 4, 192}).rows, 28);
  // Three steps of four elements are too few, and so is one row.
  EXPECT_EQ(choose({3136, 64, 12, 4}).steps, 1);
  EXPECT_EQ(choose({1, 4096, 4096, 4}).steps, 1);
  // 37 steps have no divisor but 1.
  EXPECT_EQ(choose({3136, 64, 148, 4}).steps, 1);
  // Floats have no tiles.
  EXPECT_EQ(choose({3136, 64, 576, 1}).steps, 1);
}

//===----------------------------------------------------------------------===//
// choosePass
//===----------------------------------------------------------------------===//

TEST(ChoosePass, KeepsItsPromises) {
  std::mt19937 random(2);
  for (int i = 0; i < 20000; ++i) {
    PassProblem p;
    p.units = 1 + random() % 300;
    p.blocks = 1 + random() % 80;
    p.weightBytes = 1 + random() % (i % 2 ? 40000 : 4000000);
    p.unitBytes = 1 + random() % (i % 3 ? 3000 : 600000);
    int64_t pass = choosePass(p);
    ASSERT_GE(pass, 1);
    ASSERT_LE(pass, p.units);
    ASSERT_EQ(pass, choosePass(p));
    int64_t passes = (p.units + pass - 1) / pass;
    // Enough items for several threads, where there are so many: half of what
    // is asked for at least.
    int64_t items = p.weightBytes > 512 * 1024 ? 8 : 16;
    ASSERT_GE(passes * p.blocks, std::min<int64_t>(p.units * p.blocks, items));
    // What a pass reads and writes stays in half of the cache that it is for.
    int64_t cache = p.weightBytes <= 16 * 1024 ? 32 * 1024 : 512 * 1024;
    ASSERT_TRUE(pass == 1 || pass * p.unitBytes <= cache / 2);
  }
}

TEST(ChoosePass, SplitsOnlyWhereItHelps) {
  // Blocks enough for all threads: one pass.
  EXPECT_EQ(choosePass({/*units=*/56, /*blocks=*/64, /*weightBytes=*/1 << 20,
                        /*unitBytes=*/100}),
            56);
  // One block: as many passes as there should be items.
  EXPECT_EQ(choosePass({/*units=*/64, /*blocks=*/1, /*weightBytes=*/1 << 18,
                        /*unitBytes=*/100}),
            2);
  // Fewer where each pass reads the weights from behind the far cache.
  EXPECT_EQ(choosePass({/*units=*/64, /*blocks=*/1, /*weightBytes=*/1 << 20,
                        /*unitBytes=*/100}),
            4);
  // The input of a pass stays near: 16 KB of 4 KB each.
  EXPECT_EQ(choosePass({/*units=*/64, /*blocks=*/32, /*weightBytes=*/1 << 10,
                        /*unitBytes=*/4096}),
            4);
}
