//===- ArenaPlanner.cpp - Placement of buffers ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Codegen/ArenaPlanner.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <numeric>
#include <tuple>

using namespace quantopt;

int64_t quantopt::getLiveBound(ArrayRef<ArenaBuffer> buffers) {
  int64_t bound = 0;
  for (const ArenaBuffer &at : buffers) {
    int64_t sum = 0;
    for (const ArenaBuffer &other : buffers)
      if (other.first <= at.first && at.first <= other.last)
        sum += other.size;
    bound = std::max(bound, sum);
  }
  return bound;
}

//===----------------------------------------------------------------------===//
// First fit
//===----------------------------------------------------------------------===//

/// Places buffers in this order, each at the lowest offset that is free during
/// its life. Returns the total size.
static int64_t placeInOrder(MutableArrayRef<ArenaBuffer> buffers,
                            ArrayRef<size_t> order) {
  SmallVector<size_t> placed;
  int64_t total = 0;
  for (size_t i : order) {
    ArenaBuffer &buffer = buffers[i];
    SmallVector<std::pair<int64_t, int64_t>> taken;
    for (size_t j : placed)
      if (buffer.overlapsInTime(buffers[j]))
        taken.push_back(
            {buffers[j].offset, buffers[j].offset + buffers[j].size});
    llvm::sort(taken);
    int64_t offset = 0;
    for (auto [begin, end] : taken) {
      if (offset + buffer.size <= begin)
        break;
      offset = std::max(offset, end);
    }
    buffer.offset = offset;
    total = std::max(total, offset + buffer.size);
    placed.push_back(i);
  }
  return total;
}

/// The best of several orders, whose offsets the buffers get.
static int64_t placeByOrders(MutableArrayRef<ArenaBuffer> buffers,
                             int64_t bound) {
  using Key = std::pair<int64_t, int64_t> (*)(const ArenaBuffer &);
  const Key keys[] = {
      [](const ArenaBuffer &b) { return std::pair(-b.size, b.first); },
      [](const ArenaBuffer &b) { return std::pair(b.first, -b.size); },
      [](const ArenaBuffer &b) { return std::pair(b.last, -b.size); },
      [](const ArenaBuffer &b) { return std::pair(b.first - b.last, -b.size); },
      [](const ArenaBuffer &b) {
        return std::pair(-b.size * (b.last - b.first + 1), b.first);
      },
  };
  int64_t best = -1;
  SmallVector<ArenaBuffer> bestPlacement;
  for (Key key : keys) {
    SmallVector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](size_t x, size_t y) {
      return std::pair(key(buffers[x]), x) < std::pair(key(buffers[y]), y);
    });
    int64_t total = placeInOrder(buffers, order);
    if (best >= 0 && total >= best)
      continue;
    best = total;
    bestPlacement.assign(buffers.begin(), buffers.end());
    if (best <= bound)
      break;
  }
  llvm::copy(bestPlacement, buffers.begin());
  return std::max<int64_t>(best, 0);
}

//===----------------------------------------------------------------------===//
// Exact search
//===----------------------------------------------------------------------===//

namespace {
/// Searches for a placement of at most a given size.
///
/// In some best placement every buffer lies at 0 or on top of one that is live
/// with it: others can be lowered. Its buffers, in order of their offsets, are
/// each placed at the top of what is below during their lives, and these tops
/// never decrease along the order. Exactly such sequences are tried.
class PlacementSearch {
public:
  PlacementSearch(MutableArrayRef<ArenaBuffer> buffers, int64_t limit,
                  int64_t steps);

  /// Whether there is one; then the buffers have its offsets. False also when
  /// the steps are used up.
  bool run() { return place(0); }

private:
  /// Times [begin, end) at which buffer `i` is live, as numbers of `tops`.
  struct Life {
    size_t begin, end;
  };
  bool place(int64_t lowest);
  int64_t getTop(size_t buffer) const;
  bool fits(int64_t lowest) const;

  MutableArrayRef<ArenaBuffer> buffers;
  int64_t limit, steps;
  SmallVector<Life> lives;
  /// For each time at which a buffer begins: the end of what is placed, and the
  /// sizes of what is not.
  SmallVector<int64_t> tops, rests;
  SmallVector<bool> isPlaced;
  size_t numPlaced = 0;
};
} // namespace

PlacementSearch::PlacementSearch(MutableArrayRef<ArenaBuffer> buffers,
                                 int64_t limit, int64_t steps)
    : buffers(buffers), limit(limit), steps(steps),
      isPlaced(buffers.size(), false) {
  SmallVector<int64_t> times;
  for (const ArenaBuffer &buffer : buffers)
    times.push_back(buffer.first);
  llvm::sort(times);
  times.erase(std::unique(times.begin(), times.end()), times.end());
  tops.assign(times.size(), 0);
  rests.assign(times.size(), 0);
  for (const ArenaBuffer &buffer : buffers) {
    Life life{size_t(llvm::lower_bound(times, buffer.first) - times.begin()),
              size_t(llvm::upper_bound(times, buffer.last) - times.begin())};
    for (size_t t = life.begin; t < life.end; ++t)
      rests[t] += buffer.size;
    lives.push_back(life);
  }
}

int64_t PlacementSearch::getTop(size_t buffer) const {
  int64_t top = 0;
  for (size_t t = lives[buffer].begin; t < lives[buffer].end; ++t)
    top = std::max(top, tops[t]);
  return top;
}

/// Whether what is left can still lie above `lowest` at every time.
bool PlacementSearch::fits(int64_t lowest) const {
  for (auto [top, rest] : llvm::zip(tops, rests))
    if (rest != 0 && std::max(top, lowest) + rest > limit)
      return false;
  return true;
}

bool PlacementSearch::place(int64_t lowest) {
  if (numPlaced == buffers.size())
    return true;
  if (--steps < 0 || !fits(lowest))
    return false;
  SmallVector<std::tuple<int64_t, int64_t, size_t>> candidates;
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (isPlaced[i])
      continue;
    int64_t top = getTop(i);
    if (top + buffers[i].size > limit)
      return false;
    if (top >= lowest)
      candidates.push_back({top, -buffers[i].size, i});
  }
  llvm::sort(candidates);
  for (auto [offset, size, i] : candidates) {
    SmallVector<int64_t> oldTops(tops);
    buffers[i].offset = offset;
    isPlaced[i] = true;
    ++numPlaced;
    for (size_t t = lives[i].begin; t < lives[i].end; ++t) {
      tops[t] = offset + buffers[i].size;
      rests[t] -= buffers[i].size;
    }
    if (place(offset))
      return true;
    isPlaced[i] = false;
    --numPlaced;
    for (size_t t = lives[i].begin; t < lives[i].end; ++t)
      rests[t] += buffers[i].size;
    tops = std::move(oldTops);
    if (steps < 0)
      return false;
  }
  return false;
}

int64_t quantopt::placeBuffers(MutableArrayRef<ArenaBuffer> buffers,
                               int64_t maxSteps) {
  int64_t bound = getLiveBound(buffers);
  int64_t best = placeByOrders(buffers, bound);
  // Sizes below `low` were searched for in vain; the bound is tried first.
  int64_t low = bound;
  for (int64_t limit = bound; low < best; limit = low + (best - low) / 2) {
    SmallVector<ArenaBuffer> trial(buffers.begin(), buffers.end());
    if (!PlacementSearch(trial, limit, maxSteps).run()) {
      low = limit + 1;
      continue;
    }
    best = 0;
    for (const ArenaBuffer &buffer : trial)
      best = std::max(best, buffer.offset + buffer.size);
    llvm::copy(trial, buffers.begin());
  }
  return best;
}
