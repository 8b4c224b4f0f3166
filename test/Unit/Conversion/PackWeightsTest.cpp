//===- PackWeightsTest.cpp - Where packed weights are ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The documentation of `qvec.kernel` says which weight each packed element is.
// Here every packed element is asked; what belongs to no weight is zero.
//
//===----------------------------------------------------------------------===//

#include "PackWeights.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/Support/MathExtras.h"
#include "gtest/gtest.h"
#include <random>
#include <vector>

using namespace quantopt;

namespace {
/// A weight with random elements none of which is zero.
struct Weight {
  Weight(int64_t outputs, int64_t height, int64_t width, int64_t channels,
         int64_t elementBytes)
      : bytes(outputs * height * width * channels * elementBytes),
        view{{}, elementBytes, outputs, height, width, channels} {
    std::mt19937 random(unsigned(bytes.size()));
    for (char &byte : bytes)
      byte = char(1 + random() % 255);
    view.data = bytes;
  }

  /// The bytes of one element.
  std::vector<char> get(int64_t o, int64_t i, int64_t j, int64_t c) const {
    int64_t index = ((o * view.height + i) * view.width + j) * view.channels;
    const char *first = bytes.data() + (index + c) * view.elementBytes;
    return {first, first + view.elementBytes};
  }

  std::vector<char> bytes;
  WeightView view;
};

class PackWeights : public testing::Test {
protected:
  /// Checks the shape and every element of the packed weight.
  void check(const Weight &weight, int64_t groups, int64_t group, bool merge);

  Type getType(int64_t bytes) {
    Builder b(&context);
    return bytes == 1   ? Type(b.getI8Type())
           : bytes == 2 ? Type(b.getF16Type())
                        : Type(b.getF32Type());
  }

  MLIRContext context;
};
} // namespace

void PackWeights::check(const Weight &weight, int64_t groups, int64_t group,
                        bool merge) {
  const WeightView &w = weight.view;
  DenseElementsAttr packed =
      packContraction(w, getType(w.elementBytes), groups, group, merge);
  // Panels of 16 output channels of a group, runs of a tap or a merged row,
  // steps of `group` elements of a run, lanes of the panel's channels.
  int64_t perGroup = w.outputs / groups, panels = (perGroup + 15) / 16;
  int64_t runs = merge ? w.height : w.height * w.width;
  int64_t length = merge ? w.width * w.channels : w.channels;
  int64_t steps = (length + group - 1) / group;
  ASSERT_EQ(cast<RankedTensorType>(packed.getType()).getShape(),
            ArrayRef<int64_t>({groups * panels, runs, steps, 16 * group}));
  ArrayRef<char> raw = packed.getRawData();
  const char *next = raw.data();
  for (int64_t panel = 0; panel < groups * panels; ++panel)
    for (int64_t run = 0; run < runs; ++run)
      for (int64_t step = 0; step < steps; ++step)
        for (int64_t lane = 0; lane < 16; ++lane)
          for (int64_t e = 0; e < group; ++e, next += w.elementBytes) {
            std::vector<char> found(next, next + w.elementBytes);
            std::vector<char> expected(w.elementBytes, 0);
            int64_t inGroup = panel % panels * 16 + lane;
            int64_t o = panel / panels * perGroup + inGroup;
            int64_t element = step * group + e;
            int64_t tap = merge ? element / w.channels : run % w.width;
            int64_t row = merge ? run : run / w.width;
            if (inGroup < perGroup && element < length)
              expected = weight.get(o, row, tap, element % w.channels);
            ASSERT_EQ(found, expected)
                << "panel " << panel << ", run " << run << ", step " << step
                << ", lane " << lane << ", element " << e;
          }
  ASSERT_EQ(next, raw.end());
}

TEST_F(PackWeights, ChannelsAroundAPanel) {
  for (int64_t outputs : {1, 15, 16, 17, 31, 32, 33})
    check(Weight(outputs, 1, 1, 8, 1), /*groups=*/1, /*group=*/4, false);
}

TEST_F(PackWeights, DepthAroundAStep) {
  for (int64_t channels : {1, 3, 4, 5, 7, 8, 9})
    for (bool merge : {false, true})
      check(Weight(17, 2, 3, channels, 1), /*groups=*/1, /*group=*/4, merge);
}

TEST_F(PackWeights, GroupsHavePanelsOfTheirOwn) {
  for (int64_t perGroup : {1, 2, 15, 16, 17})
    for (int64_t groups : {2, 3, 5})
      check(Weight(groups * perGroup, 3, 2, 5, 1), groups, /*group=*/4, false);
}

TEST_F(PackWeights, WiderElementsStayWhole) {
  for (int64_t bytes : {2, 4})
    for (int64_t channels : {1, 6})
      for (bool merge : {false, true})
        check(Weight(19, 2, 2, channels, bytes), /*groups=*/1, /*group=*/1,
              merge);
}

TEST_F(PackWeights, PairsAlternateBetweenTwoChannels) {
  // Pairs of 9 elements: (0, 2), (1, 3), (4, 6), (5, 7), (8, none).
  Weight weight(17, 2, 3, 3, 1);
  DenseElementsAttr packed =
      packContraction(weight.view, getType(1), /*groups=*/1, /*group=*/2,
                      /*mergeTaps=*/true, {/*paired=*/true});
  ASSERT_EQ(cast<RankedTensorType>(packed.getType()).getShape(),
            ArrayRef<int64_t>({2, 2, 5, 32}));
  const int64_t pairs[5][2] = {{0, 2}, {1, 3}, {4, 6}, {5, 7}, {8, 9}};
  const char *next = packed.getRawData().data();
  for (int64_t panel = 0; panel < 2; ++panel)
    for (int64_t row = 0; row < 2; ++row)
      for (const auto &pair : pairs)
        for (int64_t lane = 0; lane < 16; lane += 2)
          for (int64_t element : pair)
            for (int64_t c = lane; c < lane + 2; ++c, ++next) {
              int64_t o = panel * 16 + c;
              char expected = 0;
              if (o < 17 && element < 9)
                expected = weight.get(o, row, element / 3, element % 3)[0];
              ASSERT_EQ(*next, expected) << "channel " << o << ", row " << row
                                         << ", element " << element;
            }
}

TEST_F(PackWeights, JoinedPairsAreWords) {
  Weight weight(16, 1, 1, 8, 1);
  // A byte of -128 has none below.
  for (char &byte : weight.bytes)
    byte = byte == -128 ? 127 : byte;
  weight.view.data = weight.bytes;
  DenseElementsAttr packed =
      packContraction(weight.view, getType(1), /*groups=*/1, /*group=*/2,
                      /*mergeTaps=*/false, {/*paired=*/true, /*joined=*/true});
  ArrayRef<char> raw = packed.getRawData();
  for (int64_t c = 0; c < 16; c += 2)
    for (int64_t second : {0, 1}) {
      const char *bytes = &raw[c / 2 * 4 + second * 2];
      auto word = int16_t(uint8_t(bytes[0]) | uint8_t(bytes[1]) << 8);
      int64_t element = 2 * second;
      EXPECT_EQ(word, 256 * int8_t(weight.get(c + 1, 0, 0, element)[0]) +
                          int8_t(weight.get(c, 0, 0, element)[0]));
    }
}

TEST_F(PackWeights, StepsOfPairsHaveAnElement) {
  for (int64_t channels : {1, 2, 3, 4, 5, 6, 7, 8}) {
    int64_t steps[] = {0, 1, 2, 2, 2, 3, 4, 4, 4};
    Weight weight(1, 1, 1, channels, 1);
    DenseElementsAttr packed =
        packContraction(weight.view, getType(1), /*groups=*/1, /*group=*/2,
                        /*mergeTaps=*/false, {/*paired=*/true});
    EXPECT_EQ(cast<RankedTensorType>(packed.getType()).getDimSize(2),
              steps[channels]);
  }
}

/// Weights of 4 bits.
static void makeSmall(Weight &weight) {
  for (char &byte : weight.bytes)
    byte = char(int(byte & 15) - 8);
  weight.view.data = weight.bytes;
}

TEST_F(PackWeights, HalvedPairsShareBytes) {
  // Pairs of 7 elements: (0, 2), (1, 3), (4, 6), (5, none).
  Weight weight(18, 1, 1, 7, 1);
  makeSmall(weight);
  WeightOrder order;
  order.paired = order.joined = order.halved = true;
  DenseElementsAttr packed =
      packContraction(weight.view, getType(1), /*groups=*/1, /*group=*/2,
                      /*mergeTaps=*/false, order);
  ASSERT_EQ(cast<RankedTensorType>(packed.getType()).getShape(),
            ArrayRef<int64_t>({2, 1, 4, 16}));
  const int64_t pairs[4][2] = {{0, 2}, {1, 3}, {4, 6}, {5, 7}};
  const char *next = packed.getRawData().data();
  for (int64_t panel = 0; panel < 2; ++panel)
    for (const auto &pair : pairs)
      for (int64_t four = 0; four < 16; four += 4)
        for (int64_t element : pair)
          for (int64_t two = 0; two < 4; two += 2, ++next) {
            int64_t o = panel * 16 + four + two;
            auto get = [&](int64_t channel) {
              bool exists = channel < 18 && element < 7;
              return exists ? weight.get(channel, 0, 0, element)[0] : 0;
            };
            EXPECT_EQ(*next & 15, get(o) + 8) << o << ", " << element;
            EXPECT_EQ(int8_t(*next) >> 4, get(o + 1)) << o << ", " << element;
          }
}

TEST_F(PackWeights, HalvedStepsShareBytes) {
  // 20 elements are 5 steps of 4, or 3 of 8: the last one has no neighbour.
  Weight weight(18, 1, 1, 20, 1);
  makeSmall(weight);
  WeightOrder order;
  order.halved = true;
  for (int64_t group : {1, 4, 8}) {
    DenseElementsAttr packed =
        packContraction(weight.view, getType(1), /*groups=*/1, group,
                        /*mergeTaps=*/false, order);
    int64_t steps = llvm::divideCeil(20, 2 * group);
    ASSERT_EQ(cast<RankedTensorType>(packed.getType()).getShape(),
              ArrayRef<int64_t>({2, 1, steps, 16 * group}));
    for (int64_t e = 0; e < 2 * steps * group; ++e)
      for (int64_t o = 0; o < 32; ++o) {
        int64_t at = (o / 16 * steps + e / (2 * group)) * 16 * group +
                     o % 16 * group + e % group;
        int8_t byte = packed.getRawData()[at];
        int low = int8_t(byte << 4) >> 4;
        int expected = o < 18 && e < 20 ? weight.get(o, 0, 0, e)[0] : 0;
        EXPECT_EQ(e / group % 2 ? byte >> 4 : low, expected) << o << ", " << e;
      }
  }
}

TEST_F(PackWeights, HalvedChannelsShareBytes) {
  Weight weight(3, 1, 1, 20, 1);
  makeSmall(weight);
  WeightOrder order;
  order.halved = true;
  DenseElementsAttr packed =
      packContraction(weight.view, getType(1), /*groups=*/1, /*group=*/16,
                      /*mergeTaps=*/false, order);
  ASSERT_EQ(cast<RankedTensorType>(packed.getType()).getShape(),
            ArrayRef<int64_t>({1, 1, 2, 128}));
  for (int64_t e = 0; e < 32; ++e)
    for (int64_t o = 0; o < 4; ++o) {
      int8_t byte = packed.getRawData()[e / 16 * 128 + o / 2 * 16 + e % 16];
      int low = int8_t(byte << 4) >> 4;
      int expected = o < 3 && e < 20 ? weight.get(o, 0, 0, e)[0] : 0;
      EXPECT_EQ(o % 2 ? byte >> 4 : low, expected) << o << ", " << e;
    }
}

TEST_F(PackWeights, GatheredTapsAreOneRun) {
  // Of 12 elements, which fill a step of 16 but for the last four.
  Weight weight(3, 2, 3, 2, 1);
  DenseElementsAttr packed = packContraction(
      weight.view, getType(1), /*groups=*/1, /*group=*/16, /*mergeTaps=*/false,
      {/*paired=*/false, /*joined=*/false, /*gathered=*/true});
  ASSERT_EQ(cast<RankedTensorType>(packed.getType()).getShape(),
            ArrayRef<int64_t>({1, 1, 1, 256}));
  for (int64_t o = 0; o < 3; ++o)
    for (int64_t e = 0; e < 16; ++e)
      EXPECT_EQ(packed.getRawData()[o * 16 + e],
                e < 12 ? weight.get(o, e / 6, e / 2 % 3, e % 2)[0] : 0);
}

TEST_F(PackWeights, DependsOnTheWeightOnly) {
  Weight weight(33, 3, 3, 7, 1);
  Type i8 = getType(1);
  EXPECT_EQ(packContraction(weight.view, i8, 1, 4, true),
            packContraction(weight.view, i8, 1, 4, true));
}
