//===- ChooseStrategy.cpp - Tile selection --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseStrategy.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Whether a product of bytes takes two instructions for pairs of words.
static bool usesPairs(const TargetLevel &target, const TileProblem &p) {
  return p.group == 4 && target.dotGroup == 2;
}

/// Modelled time of one tile: per step of the depth a dot per accumulator, a
/// load per weight vector and a broadcast per row; per accumulator an epilogue.
static double getTileCost(const TargetLevel &target, const TileProblem &p,
                          double rows, double vectors) {
  // Two products, each with an addition, of operands that are split first.
  bool pairs = usesPairs(target, p);
  double dot = pairs ? 4.0 : 1.0;
  double load = pairs ? 2.5 : 0.6;
  double steps = double(p.depth) / (p.group == 1 ? 1 : 4);
  double step = rows * vectors * dot + (rows + vectors) * load + 0.5;
  // Latency: too few independent chains leave the multipliers idle.
  double chains = rows * vectors;
  double latency = pairs ? 6.0 : 9.0;
  return steps * std::max(step, std::min(latency, latency * 8 / (chains * 4))) +
         rows * vectors * 8.0 + 12.0;
}

Tile quantopt::chooseContractionTile(const TargetLevel &target,
                                     const TileProblem &p) {
  int64_t lanes = target.getLanes();
  bool pairs = usesPairs(target, p);
  int64_t needed =
      llvm::divideCeil(llvm::alignTo(p.channels, kPanelWidth), lanes);
  int64_t perPanel = kPanelWidth / lanes;
  Tile best{1, 1};
  double bestCost = 0;
  // An input and a product; of pairs both halves, and a mask.
  int64_t spare = pairs ? 4 : 2;
  int64_t perWeight = pairs ? 2 : 1;
  for (int64_t vectors = 1; vectors <= std::min<int64_t>(needed, 8);
       ++vectors) {
    // A tile is part of one panel or several whole ones.
    if (vectors < perPanel ? perPanel % vectors : vectors % perPanel)
      continue;
    for (int64_t rows = 1; rows <= std::min<int64_t>(p.positions, 14); ++rows) {
      if (rows * vectors + perWeight * vectors + spare > target.vectorRegisters)
        break;
      TileSplit split = splitEvenly(p.positions, rows);
      double cost = 0;
      int64_t blocks = needed / vectors, rest = needed % vectors;
      auto add = [&](int64_t count, int64_t v) {
        if (count == 0 || v == 0)
          return;
        cost += count * split.large * getTileCost(target, p, split.size, v);
        if (split.small)
          cost +=
              count * split.small * getTileCost(target, p, split.size - 1, v);
      };
      add(blocks, vectors);
      add(rest ? 1 : 0, rest);
      if (bestCost == 0 || cost < bestCost) {
        bestCost = cost;
        best = {rows, vectors};
      }
    }
  }
  return best;
}

int64_t quantopt::choosePass(const PassProblem &p) {
  // Sizes that the caches of all processors of the tables have.
  constexpr int64_t kNearBytes = 32 * 1024, kFarBytes = 512 * 1024;
  // With weights that stay in the near cache, blocks change often and the
  // output is written in order; else the input of a pass is kept close while
  // the weights stream.
  // Packed weights are read slowly, a few bytes for each dot product: the far
  // cache is near enough for them.
  int64_t far = p.unpacks ? kFarBytes : kFarBytes / 2;
  int64_t limit = p.unpacks ? kFarBytes : kNearBytes / 2;
  int64_t budget = p.weightBytes <= limit ? kNearBytes / 2 : far;
  int64_t pass = std::clamp<int64_t>(budget / p.unitBytes, 1, p.units);
  // Enough items for several threads.
  constexpr int64_t kItems = 32;
  int64_t passes = llvm::divideCeil(p.units, pass);
  if (passes * p.blocks < kItems)
    passes = std::min<int64_t>(p.units, llvm::divideCeil(kItems, p.blocks));
  return llvm::divideCeil(p.units, passes);
}
