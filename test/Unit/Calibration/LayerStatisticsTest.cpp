//===- LayerStatisticsTest.cpp - Tests of second moments ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/LayerStatistics.h"
#include "../Support/FileFixture.h"
#include "gtest/gtest.h"

using namespace quantopt;

namespace {

class LayerStatisticsTest : public FileFixture {
protected:
  /// Writes an archive with one layer called "conv".
  std::string writeLayer(const LayerStatistics &statistics) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    NpzWriter writer(stream);
    statistics.write(writer, "conv");
    writer.finish();
    return write("s.npz", text);
  }
};

/// Two groups of vectors of three inputs, three vectors each.
LayerStatistics makeStatistics() {
  LayerStatistics statistics(2, 3);
  statistics.add(2, {1, 2, 3, 4, 5, 6, /*group 1*/ 1, 0, -1, 0, 2, 0});
  statistics.add(1, {7, 8, 9, /*group 1*/ 1, 1, 1});
  return statistics;
}

TEST_F(LayerStatisticsTest, moments_are_means_of_products) {
  LayerStatistics statistics = makeStatistics();
  EXPECT_EQ(statistics.getCount(), 3);
  EXPECT_EQ(statistics.getMean(0), std::vector<double>({4, 5, 6}));
  SquareMatrix moments = statistics.getMoments(0, /*centered=*/false);
  EXPECT_EQ(moments.at(0, 0), 22); // 1 + 16 + 49
  EXPECT_DOUBLE_EQ(moments.at(0, 2), (3 + 24 + 63) / 3.0);
  EXPECT_DOUBLE_EQ(moments.at(2, 0), moments.at(0, 2));
  SquareMatrix centered = statistics.getMoments(0, /*centered=*/true);
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 3; ++j)
      EXPECT_NEAR(centered.at(i, j), 6, 1e-12);
  EXPECT_EQ(statistics.getMoments(1, false).at(0, 2), 0); // -1 + 0 + 1
  EXPECT_NEAR(statistics.getDiagonal(1, false)[1], 5 / 3.0, 1e-12);
  EXPECT_NEAR(statistics.getDiagonal(1, true)[1], 5 / 3.0 - 1, 1e-12);
}

TEST_F(LayerStatisticsTest, tiles_cover_long_vectors) {
  constexpr int64_t length = 200;
  LayerStatistics statistics(1, length);
  std::vector<double> x;
  for (int64_t i = 0; i < length; ++i)
    x.push_back(double(i % 7) - 3);
  statistics.add(1, x);
  SquareMatrix moments = statistics.getMoments(0, false);
  for (int64_t i = 0; i < length; ++i)
    for (int64_t j = 0; j < length; ++j)
      ASSERT_EQ(moments.at(i, j), x[i] * x[j]) << i << " " << j;
}

TEST_F(LayerStatisticsTest, very_long_vectors_keep_the_diagonal) {
  constexpr int64_t length = LayerStatistics::kMaxLength + 1;
  LayerStatistics statistics(1, length);
  std::vector<double> x(length, 2.0);
  x.back() = 3;
  statistics.add(1, x);
  EXPECT_FALSE(statistics.hasProducts());
  EXPECT_EQ(statistics.getDiagonal(0, false).back(), 9);
  EXPECT_EQ(statistics.getDiagonal(0, true).back(), 0);
  auto file = llvm::cantFail(StatisticsFile::open(writeLayer(statistics)));
  EXPECT_EQ(llvm::cantFail(file.read("conv")).getDiagonal(0, false),
            statistics.getDiagonal(0, false));
}

TEST_F(LayerStatisticsTest, files_keep_every_bit) {
  LayerStatistics statistics = makeStatistics();
  auto file = llvm::cantFail(StatisticsFile::open(writeLayer(statistics)));
  EXPECT_TRUE(file.contains("conv"));
  EXPECT_FALSE(file.contains("dense"));
  LayerStatistics read = llvm::cantFail(file.read("conv"));
  EXPECT_EQ(read.getCount(), 3);
  EXPECT_EQ(read.getNumGroups(), 2);
  EXPECT_EQ(read.getMoments(1, true).getElements(),
            statistics.getMoments(1, true).getElements());
}

TEST_F(LayerStatisticsTest, what_does_not_fit_is_an_error) {
  auto message = [&](const char *key, ArrayRef<int64_t> shape,
                     std::vector<double> values) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    NpzWriter writer(stream);
    double count = 1;
    std::vector<double> sums(3, 1.0), products(9, 1.0);
    auto add = [&](StringRef name, ArrayRef<int64_t> size,
                   const std::vector<double> &data) {
      if (name == key) {
        writer.add(
            name, QO_F64, shape,
            {reinterpret_cast<const char *>(values.data()), values.size() * 8});
        return;
      }
      writer.add(
          name, QO_F64, size,
          {reinterpret_cast<const char *>(data.data()), data.size() * 8});
    };
    add("a.count", {}, {count});
    add("a.sums", {1, 3}, sums);
    add("a.products", {1, 3, 3}, products);
    writer.finish();
    auto file = llvm::cantFail(StatisticsFile::open(write("e.npz", text)));
    return llvm::toString(file.read("a").takeError());
  };
  EXPECT_EQ(message("none", {}, {}), "");
  for (auto [key, shape, values] :
       {std::tuple<const char *, std::vector<int64_t>, std::vector<double>>(
            "a.sums", {1, 2}, {1, 1}),
        {"a.sums", {3}, {1, 1, 1}},
        {"a.products", {1, 3}, {1, 1, 1}},
        {"a.count", {2}, {1, 1}},
        {"a.count", {}, {-1}}})
    EXPECT_NE(message(key, shape, values).find("do not fit each other"),
              std::string::npos)
        << key;
  EXPECT_NE(message("a.sums", {1, 3},
                    {1, std::numeric_limits<double>::quiet_NaN(), 1})
                .find("expected finite numbers in 'a.sums'"),
            std::string::npos);
}

} // namespace
