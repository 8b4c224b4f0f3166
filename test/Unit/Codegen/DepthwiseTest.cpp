//===- DepthwiseTest.cpp - Layout and tiling of depthwise kernels ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseDepthwise.h"
#include "PackWeights.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"
#include "gtest/gtest.h"
#include <set>

using namespace quantopt;

namespace {

class DepthwiseTest : public testing::Test {
protected:
  DepthwiseTest() { context.loadDialect<qnn::QNNDialect, qvec::QVecDialect>(); }

  qnn::WindowAttr window(int64_t kh, int64_t kw, int64_t stride = 1,
                         int64_t dilation = 1) {
    return qnn::WindowAttr::get(&context, {kh, kw}, {stride, stride},
                                {dilation, dilation}, {0, 0, 0, 0});
  }
  qvec::DepthwiseStrategyAttr strategy(int64_t axis, int64_t outputs,
                                       int64_t group = 4, int64_t pixels = 1) {
    return qvec::DepthwiseStrategyAttr::get(&context, axis, outputs, 2, pixels,
                                            16, group, /*channelsOuter=*/false);
  }
  qvec::DepthwiseStrategyAttr choose(StringRef level, ArrayRef<int64_t> input,
                                     ArrayRef<int64_t> output,
                                     qnn::WindowAttr window,
                                     bool isInteger = true) {
    return chooseDepthwiseStrategy(*findTargetLevel(level),
                                   {input, output, window, isInteger});
  }

  MLIRContext context;
};

//===----------------------------------------------------------------------===//
// Layout
//===----------------------------------------------------------------------===//

TEST_F(DepthwiseTest, EveryChannelHasItsPosition) {
  for (int64_t channels : {1, 15, 16, 17, 32, 33, 63, 64, 65, 144, 200}) {
    DepthwiseChannels layout(channels, 1);
    std::set<int64_t> positions;
    for (int64_t channel = 0; channel < channels; ++channel) {
      int64_t position = layout.getPosition(channel);
      EXPECT_LT(position, layout.getPositions());
      EXPECT_EQ(layout.getChannel(position), channel);
      positions.insert(position);
    }
    EXPECT_EQ(int64_t(positions.size()), channels);
  }
}

// What two steps of interleaving blocks of 16 bytes do to the order of
// channels: quarter q has channels 4q to 4q + 3 of each block.
TEST_F(DepthwiseTest, QuartersAreWhatInterleavingLeaves) {
  DepthwiseChannels layout(64, 1);
  for (int64_t quarter = 0; quarter < 4; ++quarter)
    for (int64_t block = 0; block < 4; ++block)
      for (int64_t i = 0; i < 4; ++i)
        EXPECT_EQ(layout.getChannel(16 * quarter + 4 * block + i),
                  16 * block + 4 * quarter + i);
}

// Three pixels of 40 channels are 120 elements of two blocks.
TEST_F(DepthwiseTest, PixelsFollowEachOther) {
  DepthwiseChannels layout(40, 3);
  EXPECT_EQ(layout.getFullBlocks(), 1);
  EXPECT_EQ(layout.getBlocks(), 2);
  EXPECT_EQ(layout.getChannel(0), 0);
  // Element 16 * 2 + 8 is the second pixel's first.
  EXPECT_EQ(layout.getChannel(16 * 2 + 4 * 2), 0);
  // The last element of the third pixel is 119 = 64 + 16 * 3 + 4 * 1 + 3.
  EXPECT_EQ(layout.getChannel(64 + 16 * 1 + 4 * 3 + 3), 39);
  EXPECT_EQ(layout.getChannel(64 + 16 * 2 + 4 * 3), std::nullopt);
}

TEST_F(DepthwiseTest, NeighbouringOutputsShareMembers) {
  DepthwiseTaps taps(window(3, 5), strategy(0, 2));
  EXPECT_EQ(taps.getMembers(), ArrayRef<int64_t>({0, 1, 2, 3}));
  EXPECT_EQ(taps.getGroups(), 1);
  EXPECT_EQ(taps.getWalkedTaps(), 5);
  EXPECT_EQ(taps.getTap(0, 0), 0);
  EXPECT_EQ(taps.getTap(0, 3), std::nullopt);
  EXPECT_EQ(taps.getTap(1, 0), std::nullopt);
  EXPECT_EQ(taps.getTap(1, 3), 2);
}

TEST_F(DepthwiseTest, StrideAndDilationSpreadMembers) {
  DepthwiseTaps strided(window(3, 3, 2), strategy(0, 2));
  EXPECT_EQ(strided.getMembers(), ArrayRef<int64_t>({0, 1, 2, 3, 4}));
  EXPECT_FALSE(strided.reads(0, 1));
  EXPECT_TRUE(strided.reads(1, 0));
  EXPECT_TRUE(strided.reads(1, 1));
  DepthwiseTaps dilated(window(3, 3, 1, 2), strategy(0, 1));
  EXPECT_EQ(dilated.getMembers(), ArrayRef<int64_t>({0, 2, 4}));
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

// Every weight is found where the layout says, for each output; the rest is 0.
TEST_F(DepthwiseTest, PackedWeightsMoveWithTheOutput) {
  SmallVector<char> data;
  for (int i = 0; i < 20 * 9; ++i)
    data.push_back(char(i % 120 + 1));
  qvec::DepthwiseStrategyAttr s = strategy(0, 2);
  WeightView view{data, 1, 20, 3, 3, 1};
  DenseElementsAttr packed =
      packDepthwise(view, IntegerType::get(&context, 8), window(3, 3), s);
  EXPECT_EQ(packed.getType().getShape(), ArrayRef<int64_t>({1, 3, 1, 2, 256}));
  SmallVector<int8_t> values(packed.getValues<int8_t>());
  DepthwiseChannels channels(20, 1);
  for (int64_t column = 0; column < 3; ++column)
    for (int64_t output = 0; output < 2; ++output)
      for (int64_t position = 0; position < 64; ++position)
        for (int64_t member = 0; member < 4; ++member) {
          int64_t tap = member - output;
          auto channel = channels.getChannel(position);
          int8_t expected = 0;
          if (channel && tap >= 0 && tap < 3)
            expected = data[(*channel * 3 + tap) * 3 + column];
          EXPECT_EQ(
              values[((column * 2 + output) * 64 + position) * 4 + member],
              expected);
        }
}

TEST_F(DepthwiseTest, WordsAlongColumns) {
  SmallVector<char> data = {-1, 2, -3, 4, -5, 6}; // 1 channel, 2 x 3
  WeightView view{data, 1, 1, 2, 3, 1};
  DenseElementsAttr packed =
      packDepthwise(view, IntegerType::get(&context, 8), window(2, 3),
                    strategy(1, 1, /*group=*/2));
  EXPECT_EQ(packed.getType().getShape(), ArrayRef<int64_t>({1, 2, 2, 1, 128}));
  SmallVector<int16_t> values(packed.getValues<int16_t>());
  EXPECT_EQ(ArrayRef(values).take_front(2), ArrayRef<int16_t>({-1, 2}));
  EXPECT_EQ(ArrayRef(values).slice(128, 2), ArrayRef<int16_t>({-3, 0}));
  EXPECT_EQ(ArrayRef(values).slice(256, 2), ArrayRef<int16_t>({4, -5}));
  EXPECT_EQ(ArrayRef(values).slice(384, 2), ArrayRef<int16_t>({6, 0}));
}

TEST_F(DepthwiseTest, FloatsAreNotGrouped) {
  SmallVector<float> floats = {1, 2, 3, 4}; // 2 channels, 1 x 2
  ArrayRef<char> raw(reinterpret_cast<const char *>(floats.data()), 16);
  DenseElementsAttr packed =
      packDepthwise({raw, 4, 2, 1, 2, 1}, Float32Type::get(&context),
                    window(1, 2), strategy(0, 1, /*group=*/1));
  EXPECT_EQ(packed.getType().getShape(), ArrayRef<int64_t>({1, 1, 2, 16}));
  SmallVector<float> values(packed.getValues<float>());
  EXPECT_EQ(values[0], 1);
  EXPECT_EQ(values[1], 3);
  EXPECT_EQ(values[2], 0);
  EXPECT_EQ(values[16], 2);
}

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

// Three taps and four members of a dot product: two outputs share.
TEST_F(DepthwiseTest, ChoosesTwoOutputsForThreeTaps) {
  for (StringRef level : {"avx512vnni", "avxvnni", "x86-64-v3", "x86-64"}) {
    auto s = choose(level, {1, 58, 58, 64}, {1, 56, 56, 64}, window(3, 3));
    EXPECT_EQ(s.getAxis(), 0) << level.str();
    EXPECT_EQ(s.getOutputs(), 2) << level.str();
  }
}

// With stride 2 a second output would need a second group.
TEST_F(DepthwiseTest, ChoosesOneOutputForStrideTwo) {
  auto s =
      choose("avx512vnni", {1, 57, 57, 64}, {1, 28, 28, 64}, window(3, 3, 2));
  EXPECT_EQ(s.getOutputs(), 1);
}

// A window of one row has neighbours along columns only.
TEST_F(DepthwiseTest, ChoosesTheAxisThatHasTaps) {
  auto row = choose("avx512vnni", {1, 8, 64, 64}, {1, 8, 56, 64}, window(1, 9));
  EXPECT_EQ(row.getAxis(), 1);
  auto column =
      choose("avx512vnni", {1, 64, 8, 64}, {1, 56, 8, 64}, window(9, 1));
  EXPECT_EQ(column.getAxis(), 0);
}

// 40 channels fill 62 % of a vector, three pixels of them 94 % of two.
TEST_F(DepthwiseTest, TilesOfFewSumsDivideRows) {
  auto tile = [&](StringRef level, int64_t width) {
    auto chosen =
        choose(level, {1, 6, width + 2, 8}, {1, 4, width, 8}, window(3, 3));
    return std::make_pair(chosen.getColumns(), chosen.getLanes());
  };
  using Tile = std::pair<int64_t, int64_t>;
  EXPECT_EQ(tile("armv7em", 48), Tile(6, 1));
  EXPECT_EQ(tile("armv7m", 25), Tile(5, 1));
  EXPECT_EQ(tile("rv32imac", 3), Tile(3, 1));
  EXPECT_EQ(tile("scalar", 11), Tile(6, 1));
  // Too few registers: four channels of a position.
  EXPECT_EQ(tile("armv6m", 48), Tile(1, 4));
  // Eight registers of vectors.
  EXPECT_EQ(tile("armv8.1m-mve", 48), Tile(4, 4));
  EXPECT_EQ(tile("armv8.1m-mve", 25), Tile(5, 4));
}

TEST_F(DepthwiseTest, FewChannelsShareVectors) {
  auto narrow =
      choose("avx512vnni", {1, 58, 58, 40}, {1, 56, 56, 40}, window(3, 3));
  EXPECT_GT(narrow.getPixels(), 1);
  auto full =
      choose("avx512vnni", {1, 58, 58, 128}, {1, 56, 56, 128}, window(3, 3));
  EXPECT_EQ(full.getPixels(), 1);
}

// Four pixels of 16 channels make a vector at any stride.
TEST_F(DepthwiseTest, PixelsOfAStrideAreJoined) {
  auto s =
      choose("avx512vnni", {1, 57, 57, 16}, {1, 28, 28, 16}, window(3, 3, 2));
  EXPECT_EQ(s.getPixels(), 4);
}

// 15 blocks of 64 channels have more parameters than the near cache.
TEST_F(DepthwiseTest, ManyChannelsAreTheOuterLoop) {
  auto wide =
      choose("avx512vnni", {1, 9, 9, 960}, {1, 7, 7, 960}, window(3, 3));
  EXPECT_TRUE(wide.getChannelsOuter());
  auto narrow =
      choose("avx512vnni", {1, 58, 58, 144}, {1, 56, 56, 144}, window(3, 3));
  EXPECT_FALSE(narrow.getChannelsOuter());
}

// Accumulators, interleaved bytes and temporaries fit the registers.
TEST_F(DepthwiseTest, NarrowLevelsKeepFewerSums) {
  for (StringRef level : {"avxvnni", "x86-64-v3", "x86-64"})
    for (int64_t k : {3, 5, 7}) {
      auto s =
          choose(level, {1, 20 + k, 20 + k, 64}, {1, 21, 21, 64}, window(k, k));
      EXPECT_LE(s.getOutputs() * s.getColumns(), 2) << level.str() << k;
    }
}

TEST_F(DepthwiseTest, FloatsAreTiledAlongRows) {
  auto s = choose("avx512vnni", {1, 5, 5, 8}, {1, 3, 3, 8}, window(3, 3),
                  /*isInteger=*/false);
  EXPECT_EQ(s.getGroup(), 1);
  EXPECT_EQ(s.getColumns(), 3);
}

} // namespace
