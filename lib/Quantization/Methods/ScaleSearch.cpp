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

namespace {
/// The ends of values and 0.
struct Extent {
  float low = 0, high = 0;

  void add(float value) {
    low = std::min(low, value);
    high = std::max(high, value);
  }
};
} // namespace

void quantopt::searchScales(WeightRounding &rounding,
                            ArrayRef<float> importance) {
  WeightCodec &codec = rounding.codec;
  ArrayRef<float> values = rounding.values;
  chooseParameters(codec, values, importance);
  if (!codec.isPalette()) {
    int64_t count = codec.getNumGroups();
    Extent whole;
    SmallVector<Extent> own(count);
    for (auto [i, value] : llvm::enumerate(values)) {
      own[codec.getGroup(i)].add(value);
      whole.add(value);
    }
    SmallVector<CodeParameters> best;
    for (int64_t group = 0; group < count; ++group)
      best.push_back(codec.getParameters(group));
    std::vector<double> least = measureGroups(codec, values, importance);
    auto compare = [&](ArrayRef<CodeParameters> tried) {
      codec.setParameters(tried);
      std::vector<double> errors = measureGroups(codec, values, importance);
      for (int64_t group = 0; group < count; ++group)
        if (errors[group] < least[group]) {
          least[group] = errors[group];
          best[group] = tried[group];
        }
    };
    for (int step = kSteps; step >= kLeastStep; --step) {
      float part = float(step) / kSteps;
      compare(llvm::map_to_vector(own, [&](const Extent &range) {
        return codec.chooseForRange(range.low * part, range.high * part);
      }));
    }
    // Weights may lie on the grid of one scale already.
    compare(SmallVector<CodeParameters>(
        count, codec.chooseForRange(whole.low, whole.high)));
    codec.setParameters(best);
  }
  rounding.codes = roundToNearest(codec, values);
}
