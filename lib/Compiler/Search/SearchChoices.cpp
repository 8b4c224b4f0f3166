//===- SearchChoices.cpp - Formats between bytes and noise ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Search.h"

using namespace quantopt;

namespace {
/// Another format for one layer, and its price.
struct Step {
  size_t layer = 0, format = 0;
  double price = 0; ///< noise per byte
  int64_t bytes = 0;

  /// The lowest price first, then the most bytes.
  bool isBetterThan(const std::optional<Step> &other) const {
    return !other || price < other->price ||
           (price == other->price && bytes > other->bytes);
  }
};
} // namespace

/// The format with the least noise; of equals the smallest.
static size_t findBest(ArrayRef<FormatCost> formats) {
  size_t best = 0;
  for (size_t i = 1; i < formats.size(); ++i)
    if (formats[i].noise < formats[best].noise ||
        (formats[i].noise == formats[best].noise &&
         formats[i].bytes < formats[best].bytes))
      best = i;
  return best;
}

std::vector<FormatChoice>
quantopt::findSmallerChoices(ArrayRef<std::vector<FormatCost>> layers) {
  FormatChoice choice;
  for (const std::vector<FormatCost> &formats : layers)
    choice.push_back(findBest(formats));
  std::vector<FormatChoice> choices = {choice};
  while (true) {
    std::optional<Step> best;
    for (auto [layer, formats] : llvm::enumerate(layers)) {
      const FormatCost &now = formats[choice[layer]];
      for (auto [format, cost] : llvm::enumerate(formats)) {
        int64_t saved = now.bytes - cost.bytes;
        if (saved <= 0)
          continue;
        Step step{layer, format, (cost.noise - now.noise) / double(saved),
                  saved};
        if (step.isBetterThan(best))
          best = step;
      }
    }
    if (!best)
      return choices;
    choice[best->layer] = best->format;
    choices.push_back(choice);
  }
}

void quantopt::useBytesLeft(ArrayRef<std::vector<FormatCost>> layers,
                            int64_t maxBytes, FormatChoice &choice) {
  int64_t left = maxBytes;
  for (auto [layer, formats] : llvm::enumerate(layers))
    left -= formats[choice[layer]].bytes;
  while (true) {
    std::optional<Step> best;
    for (auto [layer, formats] : llvm::enumerate(layers)) {
      const FormatCost &now = formats[choice[layer]];
      for (auto [format, cost] : llvm::enumerate(formats)) {
        int64_t added = cost.bytes - now.bytes;
        double gain = now.noise - cost.noise;
        if (added > left || gain <= 0)
          continue;
        Step step{layer, format, -gain / double(std::max<int64_t>(added, 1)),
                  added};
        if (step.isBetterThan(best))
          best = step;
      }
    }
    if (!best)
      return;
    choice[best->layer] = best->format;
    left -= best->bytes;
  }
}
