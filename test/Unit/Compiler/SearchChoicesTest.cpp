//===- SearchChoicesTest.cpp - Tests of the front of a search -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Search.h"
#include "gtest/gtest.h"
#include <random>

using namespace quantopt;
using Layers = std::vector<std::vector<FormatCost>>;

static int64_t countBytes(const Layers &layers, const FormatChoice &choice) {
  int64_t bytes = 0;
  for (size_t i = 0; i < layers.size(); ++i)
    bytes += layers[i][choice[i]].bytes;
  return bytes;
}

static double sumNoise(const Layers &layers, const FormatChoice &choice) {
  double noise = 0;
  for (size_t i = 0; i < layers.size(); ++i)
    noise += layers[i][choice[i]].noise;
  return noise;
}

/// Three layers with three formats each.
static Layers makeLayers(std::mt19937 &random) {
  Layers layers(3);
  for (auto &formats : layers)
    for (int i = 0; i < 3; ++i)
      formats.push_back({int64_t(random() % 50 + 1), double(random() % 1000)});
  return layers;
}

/// Calls `fn` with every choice.
template <typename Fn> static void forEachChoice(Fn fn) {
  for (size_t i = 0; i < 27; ++i)
    fn(FormatChoice{i % 3, i / 3 % 3, i / 9});
}

TEST(SearchChoices, StartsWithTheLeastNoiseAndEndsWithTheFewestBytes) {
  Layers layers = {{{8, 0.0}, {4, 1.0}, {2, 5.0}}, {{80, 0.0}, {40, 0.5}}};
  std::vector<FormatChoice> expected = {{0, 0}, {0, 1}, {1, 1}, {2, 1}};
  EXPECT_EQ(findSmallerChoices(layers), expected);
}

TEST(SearchChoices, StartsWithTheSmallestOfEquallyGoodFormats) {
  Layers layers = {{{8, 1.0}, {6, 1.0}, {7, 1.0}}};
  EXPECT_EQ(findSmallerChoices(layers).front(), FormatChoice{1});
}

TEST(SearchChoices, LeavesOutFormatsAboveTheHull) {
  // 4 bytes cost more noise per byte than 2 do.
  Layers layers = {{{8, 0.0}, {4, 9.0}, {2, 10.0}}};
  std::vector<FormatChoice> expected = {{0}, {2}};
  EXPECT_EQ(findSmallerChoices(layers), expected);
}

TEST(SearchChoices, HasNoBetterChoiceOfAsFewBytesOnItsWay) {
  std::mt19937 random(3);
  for (int run = 0; run < 200; ++run) {
    Layers layers = makeLayers(random);
    for (const FormatChoice &choice : findSmallerChoices(layers))
      forEachChoice([&](const FormatChoice &other) {
        if (countBytes(layers, other) <= countBytes(layers, choice))
          EXPECT_GE(sumNoise(layers, other), sumNoise(layers, choice));
      });
  }
}

TEST(SearchChoices, UsesBytesThatAreLeft) {
  std::mt19937 random(4);
  for (int run = 0; run < 200; ++run) {
    Layers layers = makeLayers(random);
    FormatChoice choice = findSmallerChoices(layers).back();
    int64_t allowed = countBytes(layers, choice) + int64_t(random() % 60);
    double before = sumNoise(layers, choice);
    useBytesLeft(layers, allowed, choice);
    EXPECT_LE(countBytes(layers, choice), allowed);
    EXPECT_LE(sumNoise(layers, choice), before);
    // No single exchange would still be a gain.
    for (size_t layer = 0; layer < 3; ++layer)
      for (size_t format = 0; format < 3; ++format) {
        FormatChoice other = choice;
        other[layer] = format;
        if (countBytes(layers, other) <= allowed)
          EXPECT_GE(sumNoise(layers, other), sumNoise(layers, choice));
      }
  }
}
