//===- ChooseStrategy.cpp - Tile selection --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseStrategy.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/PairBlock.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Whether a product of bytes takes several instructions, for which both
/// factors are split in two.
static bool splitsFactors(const TargetLevel &target, const TileProblem &p) {
  return p.group == 4 &&
         (target.dotGroup == 2 || (target.hasVectors() && target.dotCost > 1));
}

/// Whether groups of vector registers are multiplied by general registers,
/// which another unit loads.
static bool scalesGroups(const TargetLevel &target) {
  return target.hasVectors() && target.dotGroup == 1;
}

/// Whether one multiplication serves two channels.
static bool pairsSums(const TargetLevel &target, const TileProblem &p) {
  return p.group == 1 && p.isBytes && !p.isLong &&
         target.has(TargetLevel::kPairedSums);
}

/// What caches of all processors of the tables have at least.
static constexpr int64_t kNearBytes = 32 * 1024, kFarBytes = 512 * 1024;

/// What loading a vector of weights takes longer where those of `vectors`
/// vectors, which all tiles of a block read, leave the far cache or fill much
/// of it.
static double getDistanceCost(const TargetLevel &target, const TileProblem &p,
                              double vectors) {
  if (p.positions == 1)
    return 0;
  int64_t lanes =
      p.group == 1 ? target.getLanes() : target.getContractionLanes();
  double bytes = vectors * double(lanes * p.depth * p.weightBits) / 8;
  int64_t far = target.cacheBytes > 0 ? target.cacheBytes : kFarBytes;
  return bytes > double(far) ? 1.0 : bytes > double(far) / 4 ? 0.2 : 0.0;
}

/// Modelled time of one tile: per step of the depth a dot per accumulator, a
/// load per weight vector and a broadcast per row; per accumulator an epilogue.
/// `distance` is what a load takes longer.
static double getTileCost(const TargetLevel &target, const TileProblem &p,
                          double rows, double vectors, double distance) {
  bool isFloat = p.group == 1, isWords = p.group == 2;
  double dot = isFloat ? 1.0 : isWords ? 2.0 : target.dotCost;
  double load = isFloat ? 0.6 : isWords ? 1.2 : target.operandCost;
  double steps = double(p.depth) / double(p.group);
  if (p.group == kMmlaGroup) {
    int64_t run = p.run ? p.run : p.depth;
    steps = double(p.depth) / run * llvm::divideCeil(run, p.group);
    rows = llvm::alignTo(int64_t(rows), 2);
  }
  double input = scalesGroups(target) ? 0.25 * load : load;
  // A weight is loaded and joined with its neighbour.
  if (pairsSums(target, p)) {
    input = 1.0;
    load = 2.0;
  }
  if (p.isHalved)
    load = load / 2 + 1.0;
  load += distance;
  double step = rows * vectors * dot + rows * input + vectors * load + 0.5;
  // Latency: too few independent chains leave the multipliers idle. Processors
  // without vectors execute in order.
  double chains = rows * vectors;
  double latency = !target.hasVectors()       ? 0.0
                   : splitsFactors(target, p) ? 6.0
                                              : 9.0;
  return steps * std::max(step, std::min(latency, latency * 8 / (chains * 4))) +
         rows * vectors * 8.0 + 12.0;
}

/// Modelled time of all tiles of a size; `needed` vectors have all channels.
static double
getTotalCost(const TileProblem &p, int64_t needed, Tile tile,
             llvm::function_ref<double(int64_t, int64_t)> getCost) {
  TileSplit split = splitEvenly(p.positions, tile.rows);
  double cost = 0;
  auto add = [&](int64_t count, int64_t vectors) {
    if (count == 0 || vectors == 0)
      return;
    cost += count * split.large * getCost(split.size, vectors);
    if (split.small)
      cost += count * split.small * getCost(split.size - 1, vectors);
  };
  int64_t rest = needed % tile.vectors;
  add(needed / tile.vectors, tile.vectors);
  add(rest ? 1 : 0, rest);
  return cost;
}

namespace {
/// The best tile so far.
struct Choice {
  Tile tile{1, 1};
  double cost = 0;

  void consider(Tile other, double otherCost) {
    if (cost == 0 || otherCost < cost)
      *this = {other, otherCost};
  }
};
} // namespace

/// Whether a step's inputs stay in registers, from which products take them.
static bool keepsInputs(const TargetLevel &target, const TileProblem &p) {
  return p.group == kMmlaGroup ||
         (p.group == 4 && target.has(TargetLevel::kIndexedDots));
}

/// The best tile of vectors.
static Choice chooseVectors(const TargetLevel &target, const TileProblem &p) {
  int64_t lanes =
      p.group == 1 ? target.getLanes() : target.getContractionLanes();
  bool isSplit = splitsFactors(target, p);
  int64_t needed =
      llvm::divideCeil(llvm::alignTo(p.channels, kPanelWidth), lanes);
  int64_t perPanel = kPanelWidth / lanes;
  Choice best;
  bool keepsInput = keepsInputs(target, p);
  // An input and a product; where they are split both halves, and a mask; of
  // products that are added by another instruction, several.
  int64_t spare = !isSplit ? 2 : target.dotGroup == 2 ? 4 : 8;
  int64_t perWeight = isSplit ? 2 : 1;
  bool isPaired = pairsSums(target, p);
  for (int64_t vectors = 1; vectors <= std::min<int64_t>(needed, 8);
       ++vectors) {
    // A tile is part of one panel or several whole ones.
    if (vectors < perPanel ? perPanel % vectors : vectors % perPanel)
      continue;
    double distance = getDistanceCost(target, p, vectors);
    for (int64_t rows = 1; rows <= std::min<int64_t>(p.positions, 14); ++rows) {
      // Positions of a product of two rows.
      int64_t held = p.group == kMmlaGroup ? llvm::alignTo(rows, 2) : rows;
      int64_t sums = held * vectors * (p.isLong ? 3 : 1);
      // Addresses of rows take registers, too.
      if (isPaired)
        sums = rows * llvm::divideCeil(vectors, 2) + 6;
      int64_t inputs = keepsInput ? held : spare;
      int64_t weights =
          keepsInput ? std::min(vectors, kIndexedWeights) : perWeight * vectors;
      // Bytes that two weights share, and a mask.
      if (p.isHalved)
        weights += 2;
      if (sums + weights + inputs > target.vectorRegisters)
        break;
      Tile tile{rows, vectors, /*steps=*/1, p.group};
      best.consider(
          tile,
          getTotalCost(p, needed, tile, [&](int64_t rows, int64_t vectors) {
            return getTileCost(target, p, rows, vectors, distance);
          }));
    }
  }
  return best;
}

/// The most steps that divide a run and fit a tile.
static int64_t getTileSteps(const TileProblem &p) {
  int64_t runSteps = llvm::divideCeil(p.run ? p.run : p.depth, p.group);
  int64_t steps = std::min(runSteps, qvec::kTileRows);
  while (runSteps % steps != 0)
    --steps;
  return steps;
}

/// Loading the sizes of tiles and releasing them, 200 cycles, in each call.
static constexpr double kTileSetUp = 400;

/// Modelled time of sums of `rows` by `vectors` in tiles, in units of the
/// vector products of `getTileCost`, two of which a core with tiles issues in a
/// cycle. Cycles are those that the maker gives for the first such core (a
/// product of tiles 16, 52 until its sum is there, a load 8, a store 16); none
/// was measured.
static double getMatrixCost(const TileProblem &p, int64_t rows,
                            int64_t vectors) {
  constexpr double product = 32, latency = 104, load = 16, store = 32;
  int64_t parts = llvm::divideCeil(rows, qvec::kTileRows);
  int64_t tiles = parts * vectors;
  double depth = double(p.depth) / (p.group * getTileSteps(p));
  double step = std::max({tiles * product, (parts + vectors) * load, latency});
  // Each sum is read back for the epilogue.
  return depth * step + tiles * (load + store) + rows * vectors * 9.0 + 12.0;
}

/// Replaces the best tile by one of matrices if that is faster.
static void considerMatrices(const TargetLevel &target, const TileProblem &p,
                             Choice &best) {
  // A step at a time is what vectors do.
  if (p.group != 4 || getTileSteps(p) == 1)
    return;
  int64_t needed = llvm::divideCeil(p.channels, kPanelWidth);
  auto fits = [&](int64_t parts, int64_t vectors) {
    return parts * vectors + parts + vectors <= target.tileRegisters;
  };
  for (int64_t vectors = 1; vectors <= needed && fits(1, vectors); ++vectors)
    for (int64_t rows = 1; rows <= p.positions; ++rows) {
      if (!fits(llvm::divideCeil(rows, qvec::kTileRows), vectors))
        break;
      Tile tile{rows, vectors, getTileSteps(p), p.group};
      auto getCost = [&](int64_t rows, int64_t vectors) {
        return getMatrixCost(p, rows, vectors);
      };
      best.consider(tile, kTileSetUp + getTotalCost(p, needed, tile, getCost));
    }
}

/// Replaces the best tile by one of products of two rows if that is faster.
static void considerRowPairs(const TargetLevel &target, const TileProblem &p,
                             Choice &best) {
  if (!p.isBytes || p.isLong || p.group != 4 || p.positions < 2 ||
      !getMmlaIntrinsic(target, /*unsignedLhs=*/false))
    return;
  TileProblem pairs = p;
  pairs.group = kMmlaGroup;
  Choice other = chooseVectors(target, pairs);
  best.consider(other.tile, other.cost);
}

/// The tile of words in general registers. Sums, a step's words of all
/// positions and a word of weights fill them beside two addresses and a
/// counter.
static Tile choosePairs(const TargetLevel &target, const TileProblem &p) {
  Tile tile;
  tile.group = p.group;
  tile.paired = true;
  tile.joined = p.isShort || p.isHalved;
  tile.rows = std::min<int64_t>(p.positions, 2);
  bool fitsStack = tile.rows * p.depth * 2 <= kMostWidenedBytes;
  // Starting a block's registers pays for itself in long sums.
  constexpr int64_t kLongSum = 32;
  if (p.positions == 1 && tile.joined && !p.isHalved && p.depth >= kLongSum &&
      p.channels >= 2 * kPairBlockSums &&
      getPairBlock(target, /*rows=*/1, 2 * kPanelWidth)) {
    tile.rows = 1;
    tile.vectors = kPairBlockSums;
    return tile;
  }
  // A word has the halved weights of four channels.
  if (p.isHalved && !fitsStack)
    tile.rows = 1;
  int64_t most = tile.rows == 1 || fitsStack ? 4 : 2;
  int64_t channels =
      p.isHalved ? most : llvm::PowerOf2Ceil(std::max<int64_t>(p.channels, 2));
  tile.vectors = std::min(most, channels);
  return tile;
}

/// The tile of sums in general registers: their epilogue is that of one vector
/// of neighbouring channels.
static Tile chooseReductions(const TileProblem &p) {
  Tile tile;
  tile.rows = 1;
  tile.vectors = std::min<int64_t>(4, llvm::PowerOf2Ceil(p.channels));
  tile.group = p.group;
  // Setting up a loop for each run costs more than a copy of short ones, even
  // where that fills no more of a step.
  constexpr int64_t kShortRun = 6;
  int64_t run = p.run ? p.run : p.depth;
  tile.gathered = p.depth != run && llvm::divideCeil(run, p.group) <= kShortRun;
  tile.joined = p.isHalved && p.fitsBytes;
  return tile;
}

Tile quantopt::chooseContractionTile(const TargetLevel &target,
                                     const TileProblem &p) {
  if (p.group == 16)
    return chooseReductions(p);
  if (target.pairsWords() && p.group == 2 && p.isBytes)
    return choosePairs(target, p);
  Choice best = chooseVectors(target, p);
  considerMatrices(target, p, best);
  considerRowPairs(target, p, best);
  return best.tile;
}

int64_t quantopt::choosePass(const PassProblem &p) {
  // With weights that stay in the near cache, blocks change often and the
  // output is written in order; else the input of a pass is kept close while
  // the weights stream.
  // Packed weights are read slowly, a few bytes for each dot product: the far
  // cache is near enough for them.
  int64_t far = p.unpacks ? kFarBytes : kFarBytes / 2;
  int64_t limit = p.unpacks ? kFarBytes : kNearBytes / 2;
  int64_t budget = p.weightBytes <= limit ? kNearBytes / 2 : far;
  int64_t pass = std::clamp<int64_t>(budget / p.unitBytes, 1, p.units);
  // Enough items for several threads; fewer where each pass reads the weights
  // from memory anew.
  int64_t items = p.weightBytes > kFarBytes ? 16 : 32;
  int64_t passes = llvm::divideCeil(p.units, pass);
  if (passes * p.blocks < items)
    passes = std::min<int64_t>(p.units, llvm::divideCeil(items, p.blocks));
  return llvm::divideCeil(p.units, passes);
}
