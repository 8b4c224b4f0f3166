//===- BandPlanTest.cpp - Which rows a band of a chain computes -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Codegen/BandPlan.h"
#include "gtest/gtest.h"
#include <limits>
#include <optional>
#include <random>
#include <vector>

using namespace quantopt;

namespace {
struct Chain {
  std::vector<BandStage> stages;
  std::vector<BandLink> links;
};

/// Windows of any size and stride with padding in the buffers between them.
Chain makeRandom(std::mt19937_64 &random) {
  auto pick = [&](int64_t low, int64_t high) {
    return low + int64_t(random() % uint64_t(high - low + 1));
  };
  Chain chain;
  int64_t rows = pick(20, 60);
  for (int64_t i = pick(2, 4); i > 0; --i) {
    BandStage stage = {rows, 0, pick(1, 5), pick(1, 3), pick(0, 1)};
    stage.before = std::min(stage.before, stage.extent - 1);
    int64_t span = rows + stage.before - stage.extent;
    if (span < 0)
      break;
    stage.outputRows = span / stage.stride + 1;
    chain.stages.push_back(stage);
    BandLink link = {pick(0, 2),
                     stage.outputRows,
                     pick(0, 2),
                     {{chain.stages.size(), false}}};
    rows = link.getTotal();
    chain.links.push_back(link);
  }
  chain.links.pop_back();
  return chain;
}

/// Executes the plan on row numbers: every buffer holds, for each row, which
/// framed row it is. Fails when a row is read that is not there.
void simulate(const Chain &chain, const BandPlan &plan) {
  size_t count = chain.links.size();
  std::vector<std::vector<int64_t>> lines;
  for (int64_t capacity : plan.capacities)
    lines.emplace_back(size_t(capacity), -1);
  std::vector<int64_t> done(count + 1, 0);
  const Band *previous = nullptr;
  for (const Band &band : plan.bands) {
    for (size_t i = 0; i < count; ++i) {
      std::vector<int64_t> moved(lines[i].size(), -1);
      for (int64_t row = band.held[i].begin;
           previous && row < previous->held[i].end; ++row)
        moved[size_t(row - band.held[i].begin)] =
            lines[i][size_t(row - previous->held[i].begin)];
      lines[i] = std::move(moved);
    }
    for (size_t i = 0; i <= count; ++i) {
      RowRange out = band.computed[i];
      // Nothing is computed twice.
      ASSERT_GE(out.begin, done[i]);
      done[i] = out.end;
      for (size_t l = 0; l < i && !out.empty(); ++l)
        for (const BandReader &reader : chain.links[l].readers) {
          if (reader.stage != i)
            continue;
          RowRange in = getInputRows(chain.stages[i], out);
          if (int64_t before = chain.links[l].before; reader.isResidual)
            in = {out.begin + before, out.end + before};
          for (int64_t row = in.begin; row < in.end; ++row) {
            int64_t at = row - band.held[l].begin;
            ASSERT_GE(at, 0);
            ASSERT_LT(at, int64_t(lines[l].size()));
            ASSERT_EQ(lines[l][size_t(at)], row);
          }
        }
      if (i == count)
        continue;
      const BandLink &link = chain.links[i];
      for (int64_t row = band.held[i].begin; row < band.held[i].end; ++row) {
        bool isPadding = row < link.before || row >= link.before + link.rows;
        int64_t source = row - link.before;
        if (isPadding || (source >= out.begin && source < out.end))
          lines[i][size_t(row - band.held[i].begin)] = row;
      }
    }
    previous = &band;
  }
  EXPECT_EQ(done[count], chain.stages.back().outputRows);
}

/// Executes the bands that row forms describe: buffers are full of padding at
/// first, and move up at the end of a band. Fails when a row is read that is
/// not there, or when one is not computed.
void simulateForms(const Chain &chain, const BandPlan &plan,
                   llvm::ArrayRef<RowForm> forms) {
  constexpr int64_t kPadding = -1;
  auto getFirst = [&](size_t l, int64_t band) {
    int64_t first = std::numeric_limits<int64_t>::max();
    for (const BandReader &reader : chain.links[l].readers) {
      int64_t row = forms[reader.stage].evaluate(band - 1);
      const BandStage &stage = chain.stages[reader.stage];
      first = std::min(first, reader.isResidual
                                  ? row + chain.links[l].before
                                  : row * stage.stride - stage.before);
    }
    return first;
  };
  std::vector<std::vector<int64_t>> lines;
  for (int64_t capacity : plan.capacities)
    lines.emplace_back(size_t(capacity), kPadding);
  for (int64_t band = 0; band < int64_t(plan.bands.size()); ++band) {
    for (size_t i = 0; i < forms.size(); ++i) {
      RowRange out = {forms[i].evaluate(band - 1), forms[i].evaluate(band)};
      for (size_t l = 0; l < i && !out.empty(); ++l)
        for (const BandReader &reader : chain.links[l].readers) {
          if (reader.stage != i)
            continue;
          const BandStage &stage = chain.stages[i];
          const BandLink &link = chain.links[l];
          RowRange in = {out.begin + link.before, out.end + link.before};
          if (!reader.isResidual)
            in = {out.begin * stage.stride - stage.before,
                  (out.end - 1) * stage.stride - stage.before + stage.extent};
          for (int64_t row = in.begin; row < in.end; ++row) {
            bool isPadding =
                row < link.before || row >= link.before + link.rows;
            auto at = size_t(row - getFirst(l, band));
            ASSERT_LT(at, lines[l].size());
            ASSERT_EQ(lines[l][at], isPadding ? kPadding : row);
          }
        }
      if (i == chain.links.size())
        continue;
      const BandLink &link = chain.links[i];
      for (int64_t row = out.begin; row < out.end; ++row)
        lines[i].at(size_t(row + link.before - getFirst(i, band))) =
            row + link.before;
      if (out.end != link.rows)
        continue;
      int64_t behind = link.before + link.rows - getFirst(i, band);
      for (int64_t k = 0; k < link.after; ++k)
        if (behind + k >= 0 && behind + k < plan.capacities[i])
          lines[i][size_t(behind + k)] = kPadding;
    }
    for (size_t i = 0; i < lines.size(); ++i) {
      auto up = size_t(getFirst(i, band + 1) - getFirst(i, band));
      for (size_t row = up; row < lines[i].size(); ++row)
        lines[i][row - up] = lines[i][row];
    }
  }
  for (auto [form, stage] : llvm::zip(forms, chain.stages))
    EXPECT_EQ(form.evaluate(int64_t(plan.bands.size()) - 1), stage.outputRows);
}
} // namespace

TEST(BandPlan, findsRowsByBand) {
  std::mt19937_64 random(2);
  int found = 0;
  for (int i = 0; i < 2000; ++i) {
    Chain chain = makeRandom(random);
    if (chain.stages.size() < 2)
      continue;
    SCOPED_TRACE(i);
    int64_t rows = 1 + int64_t(random() % 4);
    BandPlan plan = planBands(chain.stages, chain.links, rows, true);
    auto forms = findRowForms(chain.stages, chain.links, plan, rows);
    if (!forms)
      continue;
    ++found;
    simulateForms(chain, plan, *forms);
  }
  EXPECT_GT(found, 200);
}

TEST(BandPlan, findsRowsOfResiduals) {
  // As in `keepsResiduals`: the sum waits for the second window, which is a
  // band behind the first one.
  Chain chain;
  chain.stages = {{8, 8, 1, 1, 0}, {10, 8, 3, 1, 0}, {10, 8, 3, 1, 0}};
  chain.links = {{1, 8, 1, {{1, false}, {2, true}}}, {1, 8, 1, {{2, false}}}};
  BandPlan plan = planBands(chain.stages, chain.links, 1, true);
  auto forms = findRowForms(chain.stages, chain.links, plan, 1);
  ASSERT_TRUE(forms);
  simulateForms(chain, plan, *forms);
  ASSERT_EQ((*forms)[2].terms.size(), 1u);
  EXPECT_EQ((*forms)[2].terms[0].offset, -2);
  EXPECT_EQ((*forms)[2].evaluate(-1), 0);
  EXPECT_EQ((*forms)[2].evaluate(2), 1);
  EXPECT_EQ((*forms)[2].evaluate(40), 8);
}

TEST(BandPlan, findsNoRowsOutsideOfImages) {
  // The window's first row reads padding that no buffer has.
  Chain chain;
  chain.stages = {{8, 8, 1, 1, 0}, {8, 8, 3, 1, 1}};
  chain.links = {{0, 8, 0, {{1, false}}}};
  BandPlan plan = planBands(chain.stages, chain.links, 1, true);
  EXPECT_FALSE(findRowForms(chain.stages, chain.links, plan, 1));
  // Rows that nothing reads are left out by the plan.
  chain.stages = {{9, 9, 1, 1, 0}, {9, 4, 1, 2, 0}};
  chain.links = {{0, 9, 0, {{1, false}}}};
  plan = planBands(chain.stages, chain.links, 1, true);
  EXPECT_FALSE(findRowForms(chain.stages, chain.links, plan, 1));
}

TEST(BandPlan, readsWhatIsThere) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    Chain chain = makeRandom(random);
    if (chain.stages.size() < 2)
      continue;
    SCOPED_TRACE(i);
    for (bool isSteady : {false, true})
      simulate(chain, planBands(chain.stages, chain.links,
                                1 + int64_t(random() % 9), isSteady));
  }
}

TEST(BandPlan, keepsOverlap) {
  // 3x3 windows with padding 1: two rows of each band are read again.
  BandPlan plan = planBands({{8, 8, 1, 1, 0}, {10, 8, 3, 1, 0}},
                            {{1, 8, 1, {{1, false}}}}, 4);
  ASSERT_EQ(plan.bands.size(), 2u);
  EXPECT_EQ(plan.capacities[0], 6);
  EXPECT_EQ(plan.bands[0].computed[0], (RowRange{0, 5}));
  EXPECT_EQ(plan.bands[0].held[0], (RowRange{0, 6}));
  EXPECT_EQ(plan.bands[1].computed[0], (RowRange{5, 8}));
  EXPECT_EQ(plan.bands[1].held[0], (RowRange{4, 10}));
}

TEST(BandPlan, keepsResiduals) {
  // Two padded 3x3 windows after each other; what the first one reads is added
  // to what the second one computes, two rows later.
  Chain chain;
  chain.stages = {{8, 8, 1, 1, 0}, {10, 8, 3, 1, 0}, {10, 8, 3, 1, 0}};
  chain.links = {{1, 8, 1, {{1, false}, {2, true}}}, {1, 8, 1, {{2, false}}}};
  for (int64_t rows = 1; rows <= 8; ++rows)
    for (bool isSteady : {false, true})
      simulate(chain, planBands(chain.stages, chain.links, rows, isSteady));
  BandPlan plan = planBands(chain.stages, chain.links, 1);
  // Rows r to r + 2 of the sum's row r, framed, and the one below the window.
  EXPECT_EQ(plan.capacities[0], 4);
  EXPECT_EQ(plan.capacities[1], 3);
}

TEST(BandPlan, keepsResidualsOfStridedReaders) {
  // One reader takes every second row, the other every one.
  Chain chain;
  chain.stages = {{9, 9, 1, 1, 0},
                  {9, 4, 3, 2, 0},
                  {4, 2, 2, 2, 0},
                  {9, 9, 1, 1, 0},
                  {9, 2, 5, 4, 0}};
  chain.links = {{0, 9, 0, {{1, false}, {3, false}}},
                 {0, 4, 0, {{2, false}}},
                 {0, 2, 0, {{4, true}}},
                 {0, 9, 0, {{4, false}}}};
  for (int64_t rows = 1; rows <= 2; ++rows)
    for (bool isSteady : {false, true})
      simulate(chain, planBands(chain.stages, chain.links, rows, isSteady));
}

TEST(BandPlan, delaysSummands) {
  // A block that halves an image: a window of three rows and a projection read
  // the first buffer; the latter's rows are added to a second window's.
  Chain chain;
  chain.stages = {{16, 16, 1, 1, 0},
                  {17, 8, 3, 2, 0},
                  {17, 8, 1, 2, 0},
                  {10, 8, 3, 1, 0},
                  {8, 8, 1, 1, 0}};
  chain.links = {{0, 16, 1, {{1, false}, {2, false}}},
                 {1, 8, 1, {{3, false}}},
                 {0, 8, 0, {{3, true}}},
                 {0, 8, 0, {{4, false}}}};
  BandPlan plan = planBands(chain.stages, chain.links, 1, /*isSteady=*/true);
  EXPECT_EQ(plan.capacities[2], 3);
  delayStages(chain.stages, chain.links);
  EXPECT_EQ(chain.stages[2].delay, 2);
  // Others keep their time: their rows are read by windows, or at once.
  for (size_t i : {0, 1, 3, 4})
    EXPECT_EQ(chain.stages[i].delay, 0);
  for (int64_t rows = 1; rows <= 4; ++rows) {
    plan = planBands(chain.stages, chain.links, rows, /*isSteady=*/true);
    simulate(chain, plan);
    auto forms = findRowForms(chain.stages, chain.links, plan, rows);
    ASSERT_TRUE(forms);
    simulateForms(chain, plan, *forms);
  }
  plan = planBands(chain.stages, chain.links, 1, /*isSteady=*/true);
  EXPECT_EQ(plan.capacities[0], 3);
  EXPECT_EQ(plan.capacities[2], 2);
  // Only the last window's rows need not be kept.
  for (size_t i = 0; i < chain.links.size(); ++i)
    EXPECT_EQ(isPassedOn(chain.stages, chain.links[i], i, plan), i == 3);
}

TEST(BandPlan, delaysNoOthers) {
  // The rows of the projection are read by a window as well.
  Chain chain;
  chain.stages = {{16, 16, 1, 1, 0},
                  {17, 8, 3, 2, 0},
                  {17, 8, 1, 2, 0},
                  {10, 8, 3, 1, 0},
                  {8, 8, 1, 1, 0}};
  chain.links = {{0, 16, 1, {{1, false}, {2, false}}},
                 {1, 8, 1, {{3, false}}},
                 {0, 8, 0, {{3, true}, {4, false}}},
                 {0, 8, 0, {{4, true}}}};
  delayStages(chain.stages, chain.links);
  EXPECT_EQ(chain.stages[2].delay, 0);
  // Another stride: rows of one number are not there together.
  chain.links[2].readers.pop_back();
  chain.stages[2].stride = 1;
  delayStages(chain.stages, chain.links);
  EXPECT_EQ(chain.stages[2].delay, 0);
  // The window's rows begin behind the projection's, which would have to stay.
  chain.stages[2].stride = 2;
  chain.stages[2].before = 1;
  delayStages(chain.stages, chain.links);
  EXPECT_EQ(chain.stages[2].delay, 0);
}

TEST(BandPlan, readsResidualsBelowPadding) {
  // The sum alone reads the first buffer, whose rows start below two of
  // padding.
  Chain chain;
  chain.stages = {{8, 8, 1, 1, 0}, {8, 8, 1, 1, 0}, {8, 8, 1, 1, 0}};
  chain.links = {{2, 8, 2, {{2, true}}}, {0, 8, 0, {{2, false}}}};
  for (int64_t rows = 1; rows <= 8; ++rows)
    for (bool isSteady : {false, true})
      simulate(chain, planBands(chain.stages, chain.links, rows, isSteady));
}

TEST(BandPlan, advancesSteadily) {
  // Four padded 3x3 windows: each buffer holds three rows, and no band computes
  // more than one row of a stage. Else the first band needs five of the first.
  Chain chain;
  chain.stages = {{8, 8, 1, 1, 0}};
  for (size_t i = 1; i <= 4; ++i) {
    chain.stages.push_back({10, 8, 3, 1, 0});
    chain.links.push_back({1, 8, 1, {{i, false}}});
  }
  BandPlan plan = planBands(chain.stages, chain.links, 1);
  EXPECT_EQ(plan.capacities[0], 6);
  plan = planBands(chain.stages, chain.links, 1, /*isSteady=*/true);
  for (int64_t capacity : plan.capacities)
    EXPECT_EQ(capacity, 3);
  for (const Band &band : plan.bands)
    for (RowRange computed : band.computed)
      EXPECT_LE(computed.size(), 1);
}

TEST(BandPlan, leavesOutRowsThatNothingReads) {
  // Every second row, and none behind the last one read.
  BandPlan plan = planBands({{9, 9, 1, 1, 0}, {9, 4, 1, 2, 0}},
                            {{0, 9, 0, {{1, false}}}}, 1);
  ASSERT_EQ(plan.bands.size(), 4u);
  EXPECT_EQ(plan.capacities[0], 1);
  EXPECT_EQ(plan.bands[3].computed[0], (RowRange{6, 7}));
}
