//===- RangeTableTest.cpp - Tests of range tables -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/RangeTable.h"
#include "gtest/gtest.h"

using namespace quantopt;

namespace {

/// A table of two values after `values` went through both.
RangeTable calibrate(llvm::ArrayRef<float> values) {
  Calibrator calibrator({"a", "b \"quoted\""}, RangeMethod());
  calibrator.observe(0, values);
  calibrator.observe(1, values);
  return calibrator.finish(/*keepHistograms=*/true);
}

TEST(RangeTableTest, json_round_trips_exactly) {
  RangeTable table = calibrate({0.1f, -3.3333333f, 1e-30f});
  std::string text = table.toJSON();
  RangeTable read = llvm::cantFail(RangeTable::parse(text, "t"));
  EXPECT_EQ(read.toJSON(), text);
  ASSERT_NE(read.find("b \"quoted\""), nullptr);
  EXPECT_EQ(read.find("a")->range.min, -3.3333333f);
  EXPECT_EQ(read.find("c"), nullptr);
}

TEST(RangeTableTest, shards_merge_to_the_table_of_the_whole) {
  std::string whole = calibrate({1.0f, 2.0f, -3.0f, 0.5f}).toJSON();
  RangeTable first = calibrate({2.0f, 0.5f});
  RangeTable second = calibrate({-3.0f, 1.0f});
  EXPECT_EQ(llvm::cantFail(RangeTable::merge({first, second}, RangeMethod()))
                .toJSON(),
            whole);
  EXPECT_EQ(llvm::cantFail(RangeTable::merge({second, first}, RangeMethod()))
                .toJSON(),
            whole);
}

TEST(RangeTableTest, tables_without_histograms_do_not_merge) {
  RangeTable table = calibrate({1.0f});
  table.entries.front().histogram.reset();
  llvm::Expected<RangeTable> merged =
      RangeTable::merge({table, table}, RangeMethod());
  EXPECT_EQ(llvm::toString(merged.takeError()),
            "expected a histogram for 'a' in every table: calibrate with "
            "'--keep-histograms'");
}

TEST(RangeTableTest, tables_of_other_values_do_not_merge) {
  RangeTable table = calibrate({1.0f}), smaller = table;
  smaller.entries.pop_back();
  for (auto &tables : {std::vector<RangeTable>{table, smaller},
                       std::vector<RangeTable>{smaller, table}})
    EXPECT_NE(
        llvm::toString(RangeTable::merge(tables, RangeMethod()).takeError()),
        "");
}

TEST(RangeTableTest, negative_zero_does_not_show_the_order) {
  std::string whole = calibrate({0.0f, -0.0f, 1.0f}).toJSON();
  RangeTable first = calibrate({-0.0f}), second = calibrate({0.0f, 1.0f});
  for (auto &tables : {std::vector<RangeTable>{first, second},
                       std::vector<RangeTable>{second, first}})
    EXPECT_EQ(llvm::cantFail(RangeTable::merge(tables, RangeMethod())).toJSON(),
              whole);
}

TEST(RangeTableTest, moving_averages_follow_the_order) {
  RangeMethod method = llvm::cantFail(RangeMethod::parse("moving:0.5"));
  Calibrator calibrator({"a"}, method);
  calibrator.observe(0, {-1.0f, 4.0f});
  calibrator.observe(0, {-2.0f, 8.0f, std::numeric_limits<float>::infinity()});
  RangeTable table = calibrator.finish(/*keepHistograms=*/true);
  EXPECT_EQ(table.find("a")->range.min, -1.5f);
  EXPECT_EQ(table.find("a")->range.max, 6.0f);
  EXPECT_EQ(table.find("a")->source, "moving:0.5");
  EXPECT_EQ(
      llvm::toString(RangeTable::merge({table, table}, method).takeError()),
      "a moving average depends on the order of the samples, so tables cannot "
      "be merged for it: choose another method with '--ranges'");
}

/// What the parser says about a text.
std::string getError(llvm::StringRef text) {
  llvm::Expected<RangeTable> table = RangeTable::parse(text, "t.json");
  return table ? "" : llvm::toString(table.takeError());
}

TEST(RangeTableTest, malformed_texts_are_errors) {
  for (const char *text :
       {"", "[]", "{}", "{\"version\": 1}", "{\"version\": 1, \"values\": 3}",
        "{\"version\": 1, \"values\": [3]}",
        "{\"version\": 1, \"values\": [{\"name\": 3, \"min\": 0, \"max\": 1}]}",
        "{\"version\": 1, \"values\": [{\"name\": \"a\", \"min\": 1e300, "
        "\"max\": 1e301}]}",
        "{\"version\": 1, \"values\": [{\"name\": \"a\", \"min\": 0, \"max\": "
        "1, "
        "\"histogram\": [[1]]}]}",
        "{\"version\": 1, \"values\": [{\"name\": \"a\", \"min\": 0, \"max\": "
        "1, "
        "\"histogram\": [[70000, 1]], \"observedMin\": 0, \"observedMax\": "
        "1}]}"})
    EXPECT_NE(getError(text), "") << text;
  std::string deep(100000, '[');
  EXPECT_NE(getError(deep), "");
}

} // namespace
