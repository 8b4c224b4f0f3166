//===- SmallMemory.cpp - Chains that make a run take less memory ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SmallMemory.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace quantopt;

/// Chains have at most this many ops: networks may have thousands.
static constexpr size_t kMaxOps = 40;

namespace {
/// An allocation and the ops between which it is live, as their numbers.
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

/// Finds the chains of a block. Ops are those that write memory and are no
/// fills, in their order.
class Planner {
public:
  explicit Planner(Block &block);

  std::vector<std::pair<RowChain, BandPlan>> run();

private:
  void addBuffer(memref::AllocOp alloc);
  std::optional<RowChain> getChain(size_t begin, size_t end) const;
  int64_t getLiveBytes(size_t begin, size_t end, const RowChain *chain) const;
  int64_t getBytes(size_t number) const;
  int64_t getBytes(size_t begin, size_t end, const RowChain &chain,
                   const BandPlan &plan) const;
  int64_t findBound() const;
  std::optional<Choice> choose(size_t begin, size_t end, int64_t bound) const;

  Block &block;
  SmallVector<Operation *> ops;
  llvm::DenseMap<Operation *, size_t> numbers;
  llvm::DenseMap<Operation *, LiveBuffer> live;
  /// Row buffers by the op that writes them.
  llvm::DenseMap<Operation *, RowBuffer> written;
};
} // namespace

static int64_t align(int64_t bytes) {
  return int64_t(llvm::alignTo(bytes, kSmallAlignment));
}

/// Finds between which ops an allocation is live; a fill counts as the op
/// behind it.
void Planner::addBuffer(memref::AllocOp alloc) {
  MemRefType type = alloc.getType();
  LiveBuffer buffer;
  buffer.bytes = align(type.getNumElements() *
                       llvm::divideCeil(type.getElementTypeBitWidth(), 8));
  SmallVector<Value> worklist = {alloc};
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
  live[alloc] = buffer;
  if (std::optional<RowBuffer> rows = matchRowBuffer(alloc))
    written[rows->producer.getOperation()] = *rows;
}

Planner::Planner(Block &block) : block(block) {
  for (Operation &op : block.without_terminator())
    if (!isMemoryEffectFree(&op) &&
        !isa<linalg::FillOp, memref::AllocOp, memref::GetGlobalOp>(op)) {
      numbers[&op] = ops.size();
      ops.push_back(&op);
    }
  for (auto alloc : block.getOps<memref::AllocOp>())
    addBuffer(alloc);
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
  for (const auto &[alloc, buffer] : live) {
    bool isOwn = chain && llvm::any_of(chain->buffers, [&](auto &own) {
                   return memref::AllocOp(own.alloc).getOperation() == alloc;
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

/// The same for a chain.
int64_t Planner::getBytes(size_t begin, size_t end, const RowChain &chain,
                          const BandPlan &plan) const {
  int64_t bytes = getLiveBytes(begin, end, &chain);
  for (auto [buffer, rows] : llvm::zip(chain.buffers, plan.capacities))
    bytes += align(rows * buffer.getRowBytes());
  if (RowOp last = chain.ops.back(); last.isSum())
    bytes += align(getSumsBytes(last.getKernel()));
  return bytes;
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

std::vector<std::pair<RowChain, BandPlan>> Planner::run() {
  int64_t bound = findBound();
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
  std::vector<std::pair<RowChain, BandPlan>> chains;
  for (size_t end = ops.size(); end > 0; end = best[end]->begin)
    if (best[end]->plan && best[end]->plan->bands.size() > 1)
      chains.push_back({*getChain(best[end]->begin, end), *best[end]->plan});
  return chains;
}

std::vector<std::pair<RowChain, BandPlan>>
quantopt::planSmallMemory(Block &block) {
  return Planner(block).run();
}
