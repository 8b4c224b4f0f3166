//===- ArenaPlanner.cpp - Placement of buffers ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Codegen/ArenaPlanner.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <limits>
#include <numeric>
#include <random>
#include <tuple>
#include <vector>

using namespace quantopt;

int64_t quantopt::getOverlappedBytes(int64_t size,
                                     SmallVectorImpl<LowerBuffer> &lower) {
  // Those that may reach least far into the buffer come first.
  llvm::sort(lower, [](const LowerBuffer &x, const LowerBuffer &y) {
    return std::pair(x.size - x.distance, x.size) <
           std::pair(y.size - y.distance, y.size);
  });
  int64_t sum = 0, offset = 0;
  for (const LowerBuffer &buffer : lower) {
    offset = std::max(offset, sum + std::min(buffer.distance, buffer.size));
    sum += buffer.size;
  }
  return std::max(sum, offset + size);
}

int64_t quantopt::getLiveBound(ArrayRef<ArenaBuffer> buffers,
                               ArrayRef<ArenaOverlap> overlaps) {
  int64_t bound = 0;
  for (const ArenaBuffer &at : buffers) {
    auto isLive = [&](const ArenaBuffer &other) {
      return other.first <= at.first && at.first <= other.last;
    };
    int64_t sum = 0;
    for (const ArenaBuffer &other : buffers)
      sum += isLive(other) ? other.size : 0;
    llvm::SmallMapVector<size_t, SmallVector<LowerBuffer>, 4> byUpper;
    for (const ArenaOverlap &overlap : overlaps)
      if (isLive(buffers[overlap.lower]) && isLive(buffers[overlap.upper]))
        byUpper[overlap.upper].push_back(
            {buffers[overlap.lower].size, overlap.distance});
    int64_t saved = 0;
    for (auto &[upper, lower] : byUpper) {
      int64_t apart = buffers[upper].size;
      for (const LowerBuffer &buffer : lower)
        apart += buffer.size;
      saved += apart - getOverlappedBytes(buffers[upper].size, lower);
    }
    bound = std::max(bound, sum - saved);
  }
  return bound;
}

//===----------------------------------------------------------------------===//
// First fit
//===----------------------------------------------------------------------===//

namespace {
/// Offsets [begin, end) at which a buffer must not begin.
struct Taken {
  int64_t begin, end;
};

/// Places buffers one after another, each at the lowest offset that others
/// leave it.
class FirstFit {
public:
  FirstFit(MutableArrayRef<ArenaBuffer> buffers,
           ArrayRef<ArenaOverlap> overlaps)
      : buffers(buffers), overlaps(buffers.size()) {
    for (const ArenaOverlap &overlap : overlaps) {
      this->overlaps[overlap.lower].push_back(overlap);
      this->overlaps[overlap.upper].push_back(overlap);
    }
  }

  /// Returns the total size.
  int64_t place(ArrayRef<size_t> order);

private:
  Taken getTaken(size_t buffer, size_t other) const;

  MutableArrayRef<ArenaBuffer> buffers;
  /// Of each buffer.
  std::vector<SmallVector<ArenaOverlap, 2>> overlaps;
};
} // namespace

Taken FirstFit::getTaken(size_t buffer, size_t other) const {
  int64_t place = buffers[other].offset;
  Taken taken = {place - buffers[buffer].size + 1, place + buffers[other].size};
  for (const ArenaOverlap &overlap : overlaps[buffer]) {
    if (overlap.upper == other)
      taken.begin = std::max(taken.begin, place - overlap.distance + 1);
    else if (overlap.lower == other)
      taken.end = std::min(taken.end, place + overlap.distance);
  }
  return taken;
}

int64_t FirstFit::place(ArrayRef<size_t> order) {
  int64_t total = 0;
  for (size_t at = 0; at < order.size(); ++at) {
    ArenaBuffer &buffer = buffers[order[at]];
    SmallVector<std::pair<int64_t, int64_t>> taken;
    for (size_t other : order.take_front(at))
      if (buffer.overlapsInTime(buffers[other])) {
        auto [begin, end] = getTaken(order[at], other);
        taken.push_back({begin, end});
      }
    llvm::sort(taken);
    int64_t offset = 0;
    for (auto [begin, end] : taken) {
      if (offset < begin)
        break;
      offset = std::max(offset, end);
    }
    buffer.offset = offset;
    total = std::max(total, offset + buffer.size);
  }
  return total;
}

namespace {
/// The best of the orders that were tried.
struct BestOrder {
  SmallVector<size_t> order;
  SmallVector<ArenaBuffer> placement;
  int64_t total = std::numeric_limits<int64_t>::max();

  /// Whether an order, whose placement the buffers have, is as good.
  bool take(ArrayRef<size_t> tried, ArrayRef<ArenaBuffer> buffers,
            int64_t size) {
    if (size > total)
      return false;
    if (size < total)
      placement.assign(buffers.begin(), buffers.end());
    order.assign(tried.begin(), tried.end());
    total = size;
    return true;
  }
};
} // namespace

/// Moves one buffer at a time to another place in the best order.
static void changeOrder(MutableArrayRef<ArenaBuffer> buffers, FirstFit &fit,
                        BestOrder &best, int64_t bound, int64_t steps) {
  std::minstd_rand random(1);
  for (int64_t step = 0; step < steps && best.total > bound; ++step) {
    SmallVector<size_t> order(best.order);
    size_t from = random() % order.size(), to = random() % order.size();
    size_t moved = order[from];
    order.erase(order.begin() + from);
    order.insert(order.begin() + to, moved);
    best.take(order, buffers, fit.place(order));
  }
}

/// The best of several orders, whose offsets the buffers get.
static int64_t placeByOrders(MutableArrayRef<ArenaBuffer> buffers,
                             ArrayRef<ArenaOverlap> overlaps, int64_t bound,
                             int64_t maxSteps) {
  if (buffers.empty())
    return 0;
  using Key = std::pair<int64_t, int64_t> (*)(const ArenaBuffer &);
  const Key keys[] = {
      [](const ArenaBuffer &b) { return std::pair(-b.size, b.first); },
      [](const ArenaBuffer &b) { return std::pair(b.first, -b.size); },
      [](const ArenaBuffer &b) { return std::pair(b.last, -b.size); },
      [](const ArenaBuffer &b) { return std::pair(b.first - b.last, -b.size); },
      [](const ArenaBuffer &b) {
        return std::pair(-b.size * (b.last - b.first + 1), b.first);
      },
      // What is written into consumed bytes comes before what is consumed.
      [](const ArenaBuffer &b) { return std::pair(-b.first, -b.size); },
      [](const ArenaBuffer &b) { return std::pair(-b.last, -b.size); },
  };
  FirstFit fit(buffers, overlaps);
  BestOrder best;
  ArrayRef<Key> tried(keys);
  for (Key key : overlaps.empty() ? tried.drop_back(2) : tried) {
    SmallVector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::sort(order, [&](size_t x, size_t y) {
      return std::pair(key(buffers[x]), x) < std::pair(key(buffers[y]), y);
    });
    best.take(order, buffers, fit.place(order));
    if (best.total <= bound)
      break;
  }
  // A placement takes a time that grows with the square of their number.
  auto square = int64_t(buffers.size() * buffers.size());
  if (!overlaps.empty())
    changeOrder(buffers, fit, best, bound,
                std::min(maxSteps, maxSteps * 1000 / square));
  llvm::copy(best.placement, buffers.begin());
  return best.total;
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
                               ArrayRef<ArenaOverlap> overlaps,
                               int64_t maxSteps) {
  int64_t bound = getLiveBound(buffers, overlaps);
  int64_t best = placeByOrders(buffers, overlaps, bound, maxSteps);
  if (!overlaps.empty())
    return best;
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
