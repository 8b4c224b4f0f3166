//===- BandPlan.cpp - Which rows a band of a chain computes ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Codegen/BandPlan.h"
#include <algorithm>

using namespace quantopt;

RowRange quantopt::getInputRows(const BandStage &stage, RowRange output) {
  auto clamp = [&](int64_t row) {
    return std::clamp<int64_t>(row, 0, stage.inputRows);
  };
  int64_t first = output.begin * stage.stride - stage.before;
  int64_t last = (output.end - 1) * stage.stride - stage.before;
  return {clamp(first), clamp(last + stage.extent)};
}

/// The band that computes `output` of the last stage, after the one before.
static Band planBand(llvm::ArrayRef<BandStage> stages,
                     llvm::ArrayRef<BandLink> links, RowRange output,
                     const Band *previous) {
  Band band;
  band.computed.resize(stages.size());
  band.held.resize(links.size());
  band.computed.back() = output;
  for (size_t i = links.size(); i-- > 0;) {
    int64_t done = previous ? previous->computed[i].end : 0;
    RowRange reader = band.computed[i + 1];
    if (previous)
      band.held[i] = previous->held[i];
    if (!reader.empty())
      band.held[i] = getInputRows(stages[i + 1], reader);
    auto getRow = [&](int64_t held) {
      return std::clamp<int64_t>(held - links[i].before, done, links[i].rows);
    };
    // Rows that strides leave out are not computed at all.
    int64_t first = getRow(band.held[i].begin);
    band.computed[i] = {first, std::max(first, getRow(band.held[i].end))};
  }
  return band;
}

BandPlan quantopt::planBands(llvm::ArrayRef<BandStage> stages,
                             llvm::ArrayRef<BandLink> links,
                             int64_t rowsPerBand) {
  BandPlan plan;
  plan.capacities.assign(links.size(), 0);
  int64_t rows = stages.back().outputRows;
  for (int64_t begin = 0; begin < rows; begin += rowsPerBand) {
    RowRange output = {begin, std::min(begin + rowsPerBand, rows)};
    const Band *previous = plan.bands.empty() ? nullptr : &plan.bands.back();
    Band band = planBand(stages, links, output, previous);
    for (auto [capacity, held] : llvm::zip(plan.capacities, band.held))
      capacity = std::max(capacity, held.size());
    plan.bands.push_back(std::move(band));
  }
  return plan;
}
