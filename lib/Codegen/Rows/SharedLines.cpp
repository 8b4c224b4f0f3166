//===- SharedLines.cpp - Buffers of rows in one place ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedLines.h"

using namespace quantopt;

/// Whether the rows of two buffers are of one kind, without padding.
static bool haveEqualRows(const RowBuffer &x, const RowBuffer &y) {
  auto getRow = [](const RowBuffer &buffer) {
    return buffer.getType().getShape().drop_front(2);
  };
  return x.fills.empty() && y.fills.empty() && getRow(x) == getRow(y) &&
         x.getType().getElementType() == y.getType().getElementType();
}

/// The buffer with a place of its own whose rows an op adds to those that it
/// hands on, if nothing else reads them.
static std::optional<size_t> findSummand(const RowChain &chain,
                                         ArrayRef<LinePlace> places, size_t i) {
  for (OpOperand *residual : chain.ops[i].getResiduals()) {
    std::optional<size_t> number = chain.findBuffer(residual->get());
    if (number && !places[*number].other &&
        chain.buffers[*number].readers.size() == 1 &&
        haveEqualRows(chain.buffers[*number], chain.buffers[i]))
      return number;
  }
  return std::nullopt;
}

SmallVector<LinePlace> quantopt::placeLines(const RowChain &chain,
                                            const BandPlan &plan) {
  SmallVector<BandStage> stages = chain.getStages();
  SmallVector<BandLink> links = chain.getLinks();
  SmallVector<LinePlace> places(links.size());
  // For each buffer that later ones may have the last op that reads it.
  SmallVector<std::pair<size_t, size_t>> free;
  for (auto [i, link] : llvm::enumerate(links)) {
    const RowBuffer &buffer = chain.buffers[i];
    if (!buffer.fills.empty() || !isPassedOn(stages, link, i, plan))
      continue;
    size_t last = 0;
    for (const BandReader &reader : link.readers)
      last = std::max(last, reader.stage);
    if (std::optional<size_t> summand = findSummand(chain, places, i)) {
      places[i] = {summand, /*isSummand=*/true};
      for (auto &[owner, end] : free)
        if (owner == *summand)
          end = last;
      continue;
    }
    auto *found = llvm::find_if(free, [&, i = i](auto &entry) {
      return entry.second < i &&
             plan.capacities[entry.first] == plan.capacities[i] &&
             haveEqualRows(chain.buffers[entry.first], buffer);
    });
    if (found == free.end()) {
      free.push_back({i, last});
      continue;
    }
    places[i].other = found->first;
    found->second = last;
  }
  return places;
}
