//===- HistogramTest.cpp - Tests of counts and ranges ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/RangeSelection.h"
#include "gtest/gtest.h"
#include <cmath>
#include <vector>

using namespace quantopt;

namespace {

/// A deterministic sample of a bell-shaped distribution.
std::vector<float> makeBell(size_t count, float outlier) {
  std::vector<float> values;
  uint32_t state = 1;
  auto uniform = [&] {
    state = state * 1664525u + 1013904223u;
    return float(state >> 8) / float(1 << 24);
  };
  for (size_t i = 0; i < count; ++i) {
    float sum = -6.0f;
    for (int j = 0; j < 12; ++j)
      sum += uniform();
    values.push_back(sum);
  }
  values.push_back(outlier);
  return values;
}

RangeMethod parse(const char *text) {
  return llvm::cantFail(RangeMethod::parse(text));
}

TEST(HistogramTest, limits_are_exact) {
  Histogram histogram;
  histogram.add({1.0f, -2.5f, 0.1f});
  EXPECT_EQ(histogram.getMin(), -2.5f);
  EXPECT_EQ(histogram.getMax(), 1.0f);
  EXPECT_EQ(histogram.getCount(), 3u);
}

TEST(HistogramTest, values_that_are_not_finite_are_counted_apart) {
  Histogram histogram;
  histogram.add({1.0f, NAN, INFINITY, -INFINITY});
  EXPECT_EQ(histogram.getCount(), 1u);
  EXPECT_EQ(histogram.getNonFiniteCount(), 3u);
  EXPECT_EQ(histogram.getMax(), 1.0f);
  Histogram other = histogram;
  other.merge(histogram);
  EXPECT_EQ(other.getNonFiniteCount(), 6u);
}

TEST(HistogramTest, bins_ascend_and_hold_their_values) {
  Histogram histogram;
  std::vector<float> values = makeBell(1000, 50.0f);
  histogram.add(values);
  uint64_t count = 0;
  float last = -INFINITY;
  for (const Histogram::Bin &bin : histogram.getBins()) {
    EXPECT_LE(last, bin.lower);
    EXPECT_LE(bin.lower, bin.upper);
    last = bin.lower;
    count += bin.count;
  }
  EXPECT_EQ(count, values.size());
}

TEST(HistogramTest, parts_merge_to_the_whole_in_any_order) {
  std::vector<float> values = makeBell(1000, -50.0f);
  llvm::ArrayRef<float> all(values);
  Histogram whole, first, second;
  whole.add(all);
  first.add(all.drop_front(300));
  second.add(all.take_front(300));
  first.merge(second);
  EXPECT_EQ(first.getCounts(), whole.getCounts());
  EXPECT_EQ(first.getMin(), whole.getMin());
  EXPECT_EQ(first.getMax(), whole.getMax());
}

TEST(RangeSelectionTest, no_values_give_zero) {
  for (const char *method : {"minmax", "percentile:99", "entropy", "mse"}) {
    FloatRange range = selectRange(Histogram(), parse(method));
    EXPECT_EQ(range.min, 0.0f);
    EXPECT_EQ(range.max, 0.0f);
  }
}

TEST(RangeSelectionTest, a_constant_is_its_own_range) {
  Histogram histogram;
  histogram.add({3.0f, 3.0f});
  for (const char *method : {"minmax", "percentile:99", "entropy", "mse"})
    EXPECT_EQ(selectRange(histogram, parse(method)).max, 3.0f) << method;
}

TEST(RangeSelectionTest, values_far_from_zero_stay_inside) {
  Histogram histogram;
  histogram.add({0.75f, 0.8f, 0.9f, 1.0f});
  for (const char *method : {"minmax", "percentile:99", "entropy", "mse"}) {
    FloatRange range = selectRange(histogram, parse(method));
    EXPECT_LE(range.min, 0.75f) << method;
    EXPECT_GE(range.max, 0.9f) << method;
  }
}

TEST(RangeSelectionTest, tiny_constants_are_their_own_range) {
  for (float value : {1.17549435e-38f, -1.17549435e-38f, 1e-42f}) {
    Histogram histogram;
    histogram.add({value, value});
    for (const char *method : {"minmax", "percentile:99", "entropy", "mse"}) {
      FloatRange range = selectRange(histogram, parse(method));
      EXPECT_LE(range.min, range.max) << method;
    }
  }
}

TEST(RangeSelectionTest, minmax_keeps_outliers_and_others_cut_them) {
  Histogram histogram;
  histogram.add(makeBell(100000, 1000.0f));
  EXPECT_EQ(selectRange(histogram, parse("minmax")).max, 1000.0f);
  for (const char *method : {"percentile:99.9", "entropy"}) {
    FloatRange range = selectRange(histogram, parse(method));
    EXPECT_LT(range.max, 100.0f) << method;
    EXPECT_GT(range.max, 2.0f) << method;
    EXPECT_LE(range.min, -2.0f) << method;
    EXPECT_GE(range.min, histogram.getMin()) << method;
  }
  EXPECT_LE(selectRange(histogram, parse("mse")).max, 1000.0f);
}

TEST(RangeSelectionTest, a_percentile_leaves_out_its_share) {
  Histogram histogram;
  std::vector<float> values = makeBell(100000, 0.0f);
  histogram.add(values);
  FloatRange range = selectRange(histogram, parse("percentile:90"));
  size_t below = 0, above = 0;
  for (float value : values) {
    below += value < range.min;
    above += value > range.max;
  }
  EXPECT_LE(below, values.size() / 20);
  EXPECT_LE(above, values.size() / 20);
  EXPECT_GE(below + above, values.size() / 12);
}

TEST(RangeMethodTest, text_round_trips) {
  for (const char *text : {"minmax", "percentile:99.5", "entropy", "mse"})
    EXPECT_EQ(parse(parse(text).toString().c_str()).kind, parse(text).kind);
  EXPECT_EQ(parse("percentile:99.5").percentile, 99.5);
}

TEST(RangeMethodTest, other_text_is_refused) {
  for (const char *text :
       {"", "max", "minmax:3", "percentile:50", "percentile:101",
        "percentile:x", "percentile:nan"}) {
    llvm::Expected<RangeMethod> method = RangeMethod::parse(text);
    EXPECT_FALSE(bool(method)) << text;
    llvm::consumeError(method.takeError());
  }
}

} // namespace
