//===- SmallMemory.cpp - Chains that make a run take less memory ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallMemory.h"
#include "ConsumedRows.h"
#include "SharedLines.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "quant-opt/Codegen/ArenaPlanner.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace quantopt;

/// Chains have at most this many ops: networks may have thousands.
static constexpr size_t kMaxOps = 40;
/// Bounds of chains, as parts of the smallest one, and steps of a search.
static constexpr int64_t kTriedPercents[] = {100, 105, 110, 120},
                         kPlacementSteps = 2000;

namespace {
/// A buffer and the ops between which it is live, as their numbers.
struct LiveBuffer {
  int64_t bytes = 0;
  size_t first = std::numeric_limits<size_t>::max(), last = 0;
};

/// A way to compute ops [begin, end).
struct Choice {
  size_t begin = 0;
  std::optional<BandPlan> plan; ///< none: one op as it is
  int64_t numOps = 0;
};

/// Chains of a block and their bands, the last ones first.
using PlannedChains = std::vector<std::pair<RowChain, BandPlan>>;

/// Finds the chains of a block. Ops are those that write memory and are no
/// fills, in their order.
class Planner {
public:
  Planner(Block &block, std::optional<size_t> numInputs);

  PlannedChains run();

private:
  LiveBuffer &addBuffer(Value value);
  void addArguments(size_t numInputs);
  std::optional<RowChain> getChain(size_t begin, size_t end) const;
  int64_t getLiveBytes(size_t begin, size_t end, const RowChain *chain) const;
  int64_t getBytes(size_t number) const;
  int64_t getBytes(size_t begin, size_t end, const RowChain &chain,
                   const BandPlan &plan) const;
  int64_t findBound() const;
  std::optional<Choice> choose(size_t begin, size_t end, int64_t bound) const;
  PlannedChains findChains(int64_t bound) const;
  std::optional<SmallVector<int64_t>>
  getDistances(size_t end, const RowChain &chain, const BandPlan &plan) const;
  int64_t place(const PlannedChains &chains) const;
  bool tryBounds(int64_t &least, PlannedChains &best) const;

  Block &block;
  SmallVector<Operation *> ops;
  llvm::DenseMap<Operation *, size_t> numbers;
  llvm::MapVector<Value, LiveBuffer> live;
  /// Row buffers by the op that writes them.
  llvm::DenseMap<Operation *, RowBuffer> written;
  /// Whether results of chains that write over more than these have read count
  /// as a whole.
  bool countsGrowth = false;
};
} // namespace

static int64_t align(int64_t bytes) {
  return int64_t(llvm::alignTo(bytes, kSmallAlignment));
}

/// Finds between which ops a buffer is live; a fill counts as the op behind it.
LiveBuffer &Planner::addBuffer(Value value) {
  auto type = cast<MemRefType>(value.getType());
  LiveBuffer buffer;
  buffer.bytes = align(type.getNumElements() *
                       llvm::divideCeil(type.getElementTypeBitWidth(), 8));
  SmallVector<Value> worklist = {value};
  while (!worklist.empty())
    for (Operation *user : worklist.pop_back_val().getUsers()) {
      if (isa<ViewLikeOpInterface>(user)) {
        worklist.push_back(user->getResult(0));
        continue;
      }
      auto found = numbers.find(block.findAncestorOpInBlock(*user));
      if (found == numbers.end())
        continue;
      buffer.first = std::min(buffer.first, found->second);
      buffer.last = std::max(buffer.last, found->second);
    }
  return live[value] = buffer;
}

/// Inputs are live from the first op, outputs to the last one.
void Planner::addArguments(size_t numInputs) {
  for (BlockArgument argument : block.getArguments()) {
    LiveBuffer &buffer = addBuffer(argument);
    if (argument.getArgNumber() < numInputs)
      buffer.first = 0;
    else
      buffer.last = ops.size() - 1;
  }
}

Planner::Planner(Block &block, std::optional<size_t> numInputs) : block(block) {
  for (Operation &op : block.without_terminator())
    if (!isMemoryEffectFree(&op) &&
        !isa<linalg::FillOp, memref::AllocOp, memref::GetGlobalOp>(op)) {
      numbers[&op] = ops.size();
      ops.push_back(&op);
    }
  for (auto alloc : block.getOps<memref::AllocOp>()) {
    addBuffer(alloc);
    if (std::optional<RowBuffer> rows = matchRowBuffer(alloc))
      written[rows->producer.getOperation()] = *rows;
  }
  if (numInputs)
    addArguments(*numInputs);
}

/// Ops [begin, end) as a chain; nothing when they are none.
std::optional<RowChain> Planner::getChain(size_t begin, size_t end) const {
  RowChain chain;
  for (size_t i = begin; i < end; ++i) {
    if (!isStreamable(ops[i]))
      return std::nullopt;
    chain.ops.push_back(RowOp(ops[i]));
    if (i + 1 == end)
      break;
    auto buffer = written.find(ops[i]);
    if (buffer == written.end())
      return std::nullopt;
    for (const RowReader &reader : buffer->second.readers)
      if (numbers.lookup(reader.op.getOperation()) >= end)
        return std::nullopt;
    chain.buffers.push_back(buffer->second);
  }
  // The last op's rows are known from what it reads.
  if (!chain.findBuffer(chain.ops.back().getInput().get()))
    return std::nullopt;
  return chain;
}

/// Bytes of the buffers that are live during any of the ops, without those
/// within the chain.
int64_t Planner::getLiveBytes(size_t begin, size_t end,
                              const RowChain *chain) const {
  int64_t bytes = 0;
  for (const auto &entry : live) {
    Value value = entry.first;
    const LiveBuffer &buffer = entry.second;
    bool isOwn = chain && llvm::any_of(chain->buffers, [&](auto &own) {
                   return memref::AllocOp(own.alloc).getResult() == value;
                 });
    if (!isOwn && buffer.first < end && buffer.last >= begin)
      bytes += buffer.bytes;
  }
  return bytes;
}

/// The same for an op by itself.
int64_t Planner::getBytes(size_t number) const {
  return getLiveBytes(number, number + 1, nullptr);
}

/// The distances of a chain up to op `end` from what it reads for the last
/// time; nothing where that is no buffer.
std::optional<SmallVector<int64_t>>
Planner::getDistances(size_t end, const RowChain &chain,
                      const BandPlan &plan) const {
  auto *source = live.find(getViewedBuffer(chain.ops.front().getInput().get()));
  if (source == live.end() || source->second.last >= end)
    return std::nullopt;
  return getRowDistances(chain, plan);
}

/// The same for a chain. What it reads for the last time may lie below what it
/// writes.
int64_t Planner::getBytes(size_t begin, size_t end, const RowChain &chain,
                          const BandPlan &plan) const {
  int64_t rest = getLiveBytes(begin, end, &chain);
  if (RowOp last = chain.ops.back(); last.isSum())
    rest += align(getSumsBytes(last.getKernel()));
  SmallVector<LowerBuffer> lower;
  for (auto [buffer, rows, place] :
       llvm::zip(chain.buffers, plan.capacities, placeLines(chain, plan))) {
    int64_t bytes = place.other ? 0 : align(rows * buffer.getRowBytes());
    lower.push_back({bytes, bytes});
  }
  auto *source = live.find(getViewedBuffer(chain.ops.front().getInput().get()));
  auto *result = live.find(getViewedBuffer(chain.ops.back().getInit().get()));
  int64_t sourceBytes = 0;
  if (auto distances = getDistances(end, chain, plan)) {
    sourceBytes = source->second.bytes;
    rest -= sourceBytes;
    if (result != live.end()) {
      rest -= result->second.bytes;
      lower.push_back({result->second.bytes, 0});
    }
    for (auto [buffer, distance] : llvm::zip(lower, *distances))
      buffer.distance = distance;
    LowerBuffer &last = lower.back();
    if (countsGrowth && result != live.end() && last.distance > 0)
      last.distance = last.size;
  }
  return rest + getOverlappedBytes(sourceBytes, lower);
}

/// The fewest bytes that any sequence of chains needs.
int64_t Planner::findBound() const {
  SmallVector<int64_t> best = {0};
  for (size_t end = 1; end <= ops.size(); ++end) {
    int64_t bytes = std::max(best[end - 1], getBytes(end - 1));
    for (size_t size = 2; size <= std::min(end, kMaxOps); ++size) {
      size_t begin = end - size;
      std::optional<RowChain> chain = getChain(begin, end);
      if (!chain)
        continue;
      BandPlan plan = planBands(chain->getStages(), chain->getLinks(), 1,
                                /*isSteady=*/true);
      bytes = std::min(
          bytes, std::max(best[begin], getBytes(begin, end, *chain, plan)));
    }
    best.push_back(bytes);
  }
  return best.back();
}

/// Ops that compute rows, and those that move rows.
static int64_t countOps(const BandPlan &plan) {
  int64_t count = 0;
  for (const Band &band : plan.bands)
    count += llvm::count_if(band.computed,
                            [](RowRange rows) { return !rows.empty(); }) +
             int64_t(band.held.size());
  return count;
}

/// Ops [begin, end) in as few bands as stay within `bound`.
std::optional<Choice> Planner::choose(size_t begin, size_t end,
                                      int64_t bound) const {
  if (end - begin == 1)
    return getBytes(begin) <= bound
               ? std::optional<Choice>(Choice{begin, std::nullopt, 1})
               : std::nullopt;
  std::optional<RowChain> chain = getChain(begin, end);
  if (!chain)
    return std::nullopt;
  SmallVector<BandStage> stages = chain->getStages();
  SmallVector<BandLink> links = chain->getLinks();
  int64_t rows = stages.front().outputRows;
  for (int64_t perBand = rows; perBand >= 1; --perBand) {
    BandPlan plan = planBands(stages, links, perBand, /*isSteady=*/true);
    if (getBytes(begin, end, *chain, plan) > bound)
      continue;
    int64_t numOps = countOps(plan);
    return Choice{begin, std::move(plan), numOps};
  }
  return std::nullopt;
}

PlannedChains Planner::findChains(int64_t bound) const {
  SmallVector<std::optional<Choice>> best = {Choice()};
  for (size_t end = 1; end <= ops.size(); ++end) {
    std::optional<Choice> found;
    for (size_t size = 1; size <= std::min(end, kMaxOps); ++size) {
      size_t begin = end - size;
      std::optional<Choice> choice =
          best[begin] ? choose(begin, end, bound) : std::nullopt;
      if (!choice)
        continue;
      choice->numOps += best[begin]->numOps;
      if (!found || choice->numOps < found->numOps)
        found = std::move(choice);
    }
    best.push_back(std::move(found));
  }
  PlannedChains chains;
  for (size_t end = ops.size(); end > 0; end = best[end]->begin)
    if (best[end]->plan && best[end]->plan->bands.size() > 1)
      chains.push_back({*getChain(best[end]->begin, end), *best[end]->plan});
  return chains;
}

/// The bytes that all buffers take with these chains, each of which is a single
/// time.
int64_t Planner::place(const PlannedChains &chains) const {
  SmallVector<int64_t> times;
  for (size_t i = 0; i < ops.size(); ++i)
    times.push_back(int64_t(i));
  llvm::DenseSet<Value> own;
  for (const auto &[chain, plan] : chains) {
    for (RowOp op : chain.ops)
      times[numbers.lookup(op.getOperation())] =
          int64_t(numbers.lookup(chain.ops.back().getOperation()));
    for (const RowBuffer &buffer : chain.buffers)
      own.insert(memref::AllocOp(buffer.alloc));
  }
  SmallVector<ArenaBuffer> buffers;
  llvm::DenseMap<Value, size_t> places;
  for (const auto &[value, buffer] : live)
    if (!own.contains(value) && buffer.first <= buffer.last) {
      places[value] = buffers.size();
      buffers.push_back(
          {buffer.bytes, times[buffer.first], times[buffer.last]});
    }
  SmallVector<ArenaOverlap> overlaps;
  for (const auto &[chain, plan] : chains) {
    RowOp last = chain.ops.back();
    size_t number = numbers.lookup(last.getOperation());
    SmallVector<size_t> lower;
    for (auto [buffer, rows] : llvm::zip(chain.buffers, plan.capacities)) {
      lower.push_back(buffers.size());
      buffers.push_back(
          {align(rows * buffer.getRowBytes()), times[number], times[number]});
    }
    auto result = places.find(getViewedBuffer(last.getInit().get()));
    if (result != places.end())
      lower.push_back(result->second);
    if (last.isSum())
      buffers.push_back({align(getSumsBytes(last.getKernel())), times[number],
                         times[number]});
    auto distances = getDistances(number + 1, chain, plan);
    if (!distances)
      continue;
    size_t upper = places.lookup(
        getViewedBuffer(RowOp(chain.ops.front()).getInput().get()));
    for (auto [buffer, distance] : llvm::zip(lower, *distances))
      if (distance < buffers[buffer].size)
        overlaps.push_back({buffer, upper,
                            llvm::divideCeilSigned(distance, kSmallAlignment) *
                                kSmallAlignment});
  }
  return placeBuffers(buffers, overlaps, kPlacementSteps);
}

/// Finds chains with which all buffers take fewer than `least` bytes; whether
/// they take no more than one chain does.
bool Planner::tryBounds(int64_t &least, PlannedChains &best) const {
  int64_t bound = findBound();
  for (int64_t percent : kTriedPercents) {
    PlannedChains chains = findChains(bound * percent / 100);
    int64_t bytes = place(chains);
    if (bytes < least) {
      least = bytes;
      best = std::move(chains);
    }
    if (least <= bound)
      return true;
  }
  return false;
}

/// Chains that each stay within a bound need not do so together: what one
/// writes may lie in the way of what another one consumes. Larger bounds are
/// tried then, and chains that do not grow: what they read may lie at the start
/// of something that was consumed itself, with nothing in front of it.
PlannedChains Planner::run() {
  int64_t least = std::numeric_limits<int64_t>::max();
  PlannedChains best;
  for (bool counts : {false, true}) {
    countsGrowth = counts;
    if (tryBounds(least, best))
      break;
  }
  return best;
}

std::vector<std::pair<RowChain, BandPlan>>
quantopt::planSmallMemory(Block &block, std::optional<size_t> numInputs) {
  return Planner(block, numInputs).run();
}
