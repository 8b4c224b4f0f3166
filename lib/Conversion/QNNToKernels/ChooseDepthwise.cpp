//===- ChooseDepthwise.cpp - Tiling of depthwise kernels ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Tilings of integer kernels are compared by a count of vector operations: of
/// all operations, two issue in a cycle; loads issue beside them, one in a
/// cycle.
///
//===----------------------------------------------------------------------===//

#include "ChooseDepthwise.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"

using namespace quantopt;

/// Vectors that hold the channels of a tile's pixels.
static constexpr int64_t kQuarters = 4;

/// Bytes of parameters that may be read again for each tile and still come from
/// the first-level cache.
static constexpr int64_t kCachedParameters = 16384;

/// Vectors of a group of pixels that are worth code of their own.
static constexpr int64_t kUnrolledParts = 12;

namespace {
/// The size of a tile.
struct TileSize {
  int64_t outputs, columns, pixels;
};

/// Operations of a part of a tile.
struct Count {
  double operations = 0, loads = 0;
  /// Vector registers that are in use at the same time.
  int64_t registers = 0;
};

/// Models the time of one tiling of a kernel.
class TilingModel {
public:
  TilingModel(const TargetLevel &target, const DepthwiseProblem &problem,
              qvec::DepthwiseStrategyAttr strategy)
      : problem(problem), s(strategy), taps(problem.window, strategy),
        channels(problem.output[3]), registers(target.vectorRegisters),
        bytes(target.vectorBytes) {}

  /// Cycles of the kernel; nothing when the registers do not suffice.
  std::optional<double> getCycles() const;

private:
  Count countSums(TileSize tile, int64_t pieces) const;
  std::optional<double> getPartCycles(TileSize tile, int64_t valid,
                                      int64_t pieces) const;
  std::optional<double> getTileCycles(TileSize tile) const;
  std::optional<double> getRowCycles(int64_t tileHeight) const;

  const DepthwiseProblem &problem;
  qvec::DepthwiseStrategyAttr s;
  DepthwiseTaps taps;
  int64_t channels, registers, bytes;
};
} // namespace

/// Operations that zip `members` vectors into quarters.
static int64_t countZips(int64_t members, int64_t group) {
  if (group == 2)
    return 2 + kQuarters; // widened in the second step
  return members <= 2 ? 2 + kQuarters : 4 + kQuarters;
}

/// Interleaving and products of one part, whose vectors are joined from
/// `pieces`.
Count TilingModel::countSums(TileSize tile, int64_t pieces) const {
  int64_t group = s.getGroup(), walkedTaps = taps.getWalkedTaps();
  int64_t interleaved = tile.columns * walkedTaps;

  Count count;
  int64_t groupsRead = 0, total = taps.getMembers().size();
  for (int64_t g = 0; g < taps.getGroups(); ++g) {
    int64_t members = std::min(group, total - g * group);
    count.operations += interleaved * countZips(members, group);
    count.loads += interleaved * members * pieces;
    count.operations += interleaved * members * (pieces - 1);
    for (int64_t output = 0; output < tile.outputs; ++output)
      groupsRead += taps.reads(output, g);
  }
  int64_t dots = walkedTaps * groupsRead * tile.columns * kQuarters;
  int64_t weights = walkedTaps * groupsRead * kQuarters;
  // Without a fused dot product the sum is an operation of its own.
  count.operations += group == 4 ? dots : 2 * dots;
  count.loads += weights;

  constexpr int64_t temporaries = 4;
  int64_t vectors = tile.outputs * tile.columns;
  count.registers = vectors * kQuarters + kQuarters + temporaries - 1;
  // Weights of an output's groups that are used again.
  if (tile.columns > 1)
    count.registers += 3 * llvm::divideCeil(groupsRead, tile.outputs);
  // In a loop products of more than two groups are added to each other first.
  if (group == 2 && walkedTaps > 1 && groupsRead > 2 * tile.outputs)
    count.registers += 2;
  count.operations += 2 * walkedTaps;
  return count;
}

/// Cycles of a part of which `valid` elements exist.
std::optional<double> TilingModel::getPartCycles(TileSize tile, int64_t valid,
                                                 int64_t pieces) const {
  // Without masks a part of a vector is accessed by powers of two.
  constexpr int64_t maskedBytes = 64;
  if (valid != bytes && bytes != maskedBytes)
    pieces += llvm::popcount(uint64_t(valid)) - 1;
  Count count = countSums(tile, pieces);
  if (count.registers > registers)
    return std::nullopt;
  // Conversion, scaling, rounding of each quarter; packing and storing.
  int64_t vectors = tile.outputs * tile.columns;
  count.operations += vectors * (3 * kQuarters + 3 + 2 * pieces - 1);
  count.loads += 2 * kQuarters;
  constexpr double perPart = 6;
  return std::max(count.operations / 2, count.loads) + perPart;
}

/// Bytes of weights and of what else belongs to the channels.
static int64_t getParameterBytes(const DepthwiseProblem &problem,
                                 qvec::DepthwiseStrategyAttr strategy) {
  DepthwiseChannels order(problem.output[3], strategy.getPixels());
  SmallVector<int64_t> weights =
      getDepthwiseWeightShape(problem.output[3], problem.window, strategy);
  int64_t bytes = strategy.getGroup() == 2 ? 2 : 1;
  return ShapedType::getNumElements(weights) * bytes + 8 * order.getPositions();
}

std::optional<double> TilingModel::getTileCycles(TileSize tile) const {
  int64_t size = tile.pixels * channels;
  bool areNeighbours =
      s.getPixels() == 1 || problem.window.getStrides()[1] == 1;
  double cycles = 0;
  for (int64_t first = 0; first < size; first += bytes) {
    int64_t end = std::min(first + bytes, size);
    int64_t pieces = (end - 1) / channels - first / channels + 1;
    auto part = getPartCycles(tile, end - first, areNeighbours ? 1 : pieces);
    if (!part)
      return std::nullopt;
    cycles += *part;
  }
  // A tile of several pixels reads the parameters of all channels: a line of
  // the cache in a cycle for those that come from the second level.
  constexpr double lineBytes = 64;
  int64_t far = getParameterBytes(problem, s) - kCachedParameters;
  if (s.getPixels() > 1 && far > 0)
    cycles += far / lineBytes;
  return cycles;
}

/// Cycles of a row of tiles of a height.
std::optional<double> TilingModel::getRowCycles(int64_t tileHeight) const {
  int64_t width = problem.output[2], pixels = s.getPixels();
  bool alongRows = s.getAxis() == 0;
  TileSize tile{s.getOutputs(), s.getColumns(), pixels};
  (alongRows ? tile.outputs : tile.columns) = tileHeight;
  int64_t unit = alongRows ? pixels : pixels * s.getOutputs();
  double cycles = 0;
  auto add = [&](int64_t times, TileSize size) {
    auto each = times == 0 ? 0 : getTileCycles(size);
    if (each)
      cycles += times * *each;
    return each.has_value();
  };
  int64_t units = width / unit, left = width % unit;
  if (units != 0) {
    TileSplit split = splitEvenly(units, alongRows ? s.getColumns() : 1);
    TileSize large = tile, small = tile;
    if (alongRows) {
      large.columns = split.size;
      small.columns = split.size - 1;
    }
    if (!add(split.large, large) || !add(split.small, small))
      return std::nullopt;
  }
  if (left != 0) {
    if (alongRows)
      tile.columns = 1;
    (pixels > 1 ? tile.pixels : tile.outputs) = left;
    if (!add(1, tile))
      return std::nullopt;
  }
  return cycles;
}

std::optional<double> TilingModel::getCycles() const {
  int64_t height = problem.output[1];
  int64_t tileHeight = s.getAxis() == 0 ? s.getOutputs() : s.getColumns();
  int64_t left = height % tileHeight;
  auto full = getRowCycles(tileHeight);
  auto rest = left == 0 ? 0 : getRowCycles(left);
  if (!full || !rest)
    return std::nullopt;
  // All parameters come from memory once. Some of the price is for their size:
  // a layer of few positions gains little by weights that serve several
  // outputs.
  constexpr double farBytes = 3;
  return height / tileHeight * *full + *rest +
         getParameterBytes(problem, s) / farBytes;
}

/// Whether a strategy fits the problem's size.
static bool isPossible(const DepthwiseProblem &problem,
                       qvec::DepthwiseStrategyAttr s, int64_t bytes) {
  int64_t axis = s.getAxis(), pixels = s.getPixels();
  if (s.getOutputs() > problem.output[1 + axis] ||
      s.getColumns() > problem.output[2 - axis] || pixels > problem.output[2])
    return false;
  if (pixels == 1)
    return true;
  if (axis == 1 && s.getOutputs() != 1)
    return false;
  int64_t parts = llvm::divideCeil(pixels * problem.output[3], bytes);
  return getParameterBytes(problem, s) <= 2 * kCachedParameters &&
         (problem.window.getStrides()[1] == 1 || parts <= kUnrolledParts);
}

namespace {
/// The size of a tile that is summed tap by tap.
struct Positions {
  int64_t columns, lanes;
};
} // namespace

/// Neighbours of a row whose sums are in general registers, and what else is
/// there: an element, taps of a row, addresses.
static constexpr int64_t kSingleSums = 6, kBesideSums = 4;

/// How many neighbours a tile has: a number up to a limit that divides the row,
/// if there is one that is not small.
static int64_t getNeighbours(int64_t width, int64_t limit) {
  int64_t most = std::min(limit, width);
  for (int64_t columns = most; columns > most / 2; --columns)
    if (width % columns == 0)
      return columns;
  return most;
}

/// Vectors of sums that fit the registers beside those of a tap.
static Positions getPositions(const TargetLevel &target,
                              const DepthwiseProblem &problem) {
  constexpr int64_t kLanes = 16, kFewestLanes = 4, kColumns = 4;
  if (!target.hasVectors() && problem.isBytes &&
      target.vectorRegisters >= kSingleSums + kBesideSums)
    return {getNeighbours(problem.output[2], kSingleSums), 1};
  if (!target.hasVectors())
    return {1, kFewestLanes};
  if (!problem.isBytes)
    return {kColumns, target.getLanes()};
  // Sums of 16 channels, whose bytes fill registers that are loaded whole.
  int64_t registersPerSum = llvm::divideCeil(kLanes, target.getLanes());
  int64_t columns = target.vectorRegisters / registersPerSum / 2;
  if (columns > 1)
    return {std::min(kColumns, columns), kLanes};
  // Eight registers: five sums, and three for an element, a tap and a product;
  // only whole vectors of channels are summed so.
  constexpr int64_t kVectorSums = 5;
  int64_t channels = problem.output[3];
  if (target.dotGroup == 16 && channels % target.getLanes() == 0 &&
      channels == problem.input[3])
    return {getNeighbours(problem.output[2], kVectorSums), target.getLanes()};
  return {kColumns, target.getLanes()};
}

qvec::DepthwiseStrategyAttr
quantopt::chooseDepthwiseStrategy(const TargetLevel &target,
                                  const DepthwiseProblem &problem) {
  MLIRContext *context = problem.window.getContext();
  if (!problem.isBytes || target.depthwiseGroup == 1) {
    Positions positions = getPositions(target, problem);
    return qvec::DepthwiseStrategyAttr::get(
        context, /*axis=*/0, /*outputs=*/1,
        std::min(positions.columns, problem.output[2]), /*pixels=*/1,
        positions.lanes, /*group=*/1, /*channelsOuter=*/false);
  }
  int64_t lanes = target.getLanes();
  auto make = [&](int64_t axis, int64_t outputs, int64_t columns,
                  int64_t pixels, bool channelsOuter) {
    return qvec::DepthwiseStrategyAttr::get(
        context, axis, outputs, columns, pixels, lanes, target.depthwiseGroup,
        channelsOuter);
  };
  qvec::DepthwiseStrategyAttr best = make(0, 1, 1, 1, false);
  std::optional<double> bestCycles;
  auto consider = [&](qvec::DepthwiseStrategyAttr strategy) {
    if (!isPossible(problem, strategy, target.vectorBytes))
      return;
    auto cycles = TilingModel(target, problem, strategy).getCycles();
    // Rows of pixels are read in the order of memory along axis 0.
    if (cycles && strategy.getAxis() == 1)
      *cycles *= 1.1;
    if (cycles && (!bestCycles || *cycles < *bestCycles)) {
      bestCycles = cycles;
      best = strategy;
    }
  };
  for (int64_t axis : {0, 1})
    for (int64_t outputs = 1; outputs <= 4; ++outputs)
      for (int64_t columns = 1; columns <= 4; ++columns)
        for (int64_t pixels : {1, 2, 3, 4, 5, 6, 7, 8})
          if (pixels == 1 || axis == 0 || outputs == 1)
            consider(make(axis, outputs, columns, pixels, false));
  // Blocks of channels are the outer loop when their parameters would leave the
  // near cache before the next tile reads them.
  bool channelsOuter = best.getPixels() == 1 &&
                       getParameterBytes(problem, best) > kCachedParameters;
  return make(best.getAxis(), best.getOutputs(), best.getColumns(),
              best.getPixels(), channelsOuter);
}
