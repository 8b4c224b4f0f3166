//===- ScaleSearch.cpp - Scales with the least squared error --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Methods/RoundWeights.h"

using namespace quantopt;

/// Parts of a range that are tried: 1, 63/64, ... down to 21/64.
static constexpr int kSteps = 64, kLeastStep = 21;

/// The weighed squared error of each group when every value has its nearest
/// code.
static std::vector<double> measureGroups(const WeightCodec &codec,
                                         ArrayRef<float> values,
                                         ArrayRef<float> importance) {
  std::vector<double> errors(codec.getNumGroups());
  for (auto [i, value] : llvm::enumerate(values)) {
    int64_t group = codec.getGroup(i);
    double change =
        double(codec.decode(codec.encode(value, group), group)) - double(value);
    errors[group] +=
        change * change * (importance.empty() ? 1.0 : double(importance[i]));
  }
  return errors;
}

/// The smallest and largest value of each group, and 0.
static std::vector<std::pair<float, float>> findRanges(const WeightCodec &codec,
                                                       ArrayRef<float> values) {
  std::vector<std::pair<float, float>> ranges(codec.getNumGroups());
  for (auto [i, value] : llvm::enumerate(values)) {
    auto &[low, high] = ranges[codec.getGroup(i)];
    low = std::min(low, value);
    high = std::max(high, value);
  }
  return ranges;
}

void quantopt::searchScales(WeightRounding &rounding,
                            ArrayRef<float> importance) {
  WeightCodec &codec = rounding.codec;
  chooseParameters(codec, rounding.values, importance);
  if (!codec.isPalette()) {
    int64_t count = codec.getNumGroups();
    std::vector<std::pair<float, float>> ranges =
        findRanges(codec, rounding.values);
    SmallVector<CodeParameters> best;
    for (int64_t group = 0; group < count; ++group)
      best.push_back(codec.getParameters(group));
    std::vector<double> least =
        measureGroups(codec, rounding.values, importance);
    for (int step = kSteps; step >= kLeastStep; --step) {
      SmallVector<CodeParameters> tried;
      float part = float(step) / kSteps;
      for (auto [low, high] : ranges)
        tried.push_back(codec.chooseForRange(low * part, high * part));
      codec.setParameters(tried);
      std::vector<double> errors =
          measureGroups(codec, rounding.values, importance);
      for (int64_t group = 0; group < count; ++group)
        if (errors[group] < least[group]) {
          least[group] = errors[group];
          best[group] = tried[group];
        }
    }
    codec.setParameters(best);
  }
  rounding.codes = roundToNearest(codec, rounding.values);
}
