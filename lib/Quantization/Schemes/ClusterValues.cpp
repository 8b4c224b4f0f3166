//===- ClusterValues.cpp - Few numbers for many ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/ClusterValues.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace quantopt;

namespace {
/// Different values in ascending order with sums of what precedes each.
struct SortedValues {
  SortedValues(ArrayRef<float> values, ArrayRef<float> importance);

  /// The weighted mean of values [from, to); their middle without weight.
  double getMean(size_t from, size_t to) const;
  /// The weighted squared distance of values [from, to) from a number.
  double getError(size_t from, size_t to, double number) const;
  size_t size() const { return values.size(); }

  SmallVector<float> values;
  /// Of weights, of values and of their squares; one more than values.
  SmallVector<double> weight, sum, square;
};
} // namespace

SortedValues::SortedValues(ArrayRef<float> all, ArrayRef<float> importance) {
  SmallVector<std::pair<float, float>> pairs;
  pairs.reserve(all.size());
  for (auto [i, value] : llvm::enumerate(all))
    // Adding 0 makes -0 and 0 the same.
    pairs.emplace_back(value + 0.0f, importance.empty() ? 1.0f : importance[i]);
  llvm::sort(pairs);
  weight = sum = square = {0.0};
  for (auto [value, w] : pairs) {
    if (values.empty() || values.back() != value) {
      values.push_back(value);
      weight.push_back(weight.back());
      sum.push_back(sum.back());
      square.push_back(square.back());
    }
    weight.back() += double(w);
    sum.back() += double(w) * double(value);
    square.back() += double(w) * double(value) * double(value);
  }
}

double SortedValues::getMean(size_t from, size_t to) const {
  double w = weight[to] - weight[from];
  if (w > 0)
    return (sum[to] - sum[from]) / w;
  return double(values[(from + to) / 2]);
}

double SortedValues::getError(size_t from, size_t to, double number) const {
  double w = weight[to] - weight[from];
  return square[to] - square[from] -
         number * (2 * (sum[to] - sum[from]) - number * w);
}

/// Where the values nearest to each center begin; centers ascend.
static SmallVector<size_t> findBorders(const SortedValues &sorted,
                                       ArrayRef<double> centers) {
  SmallVector<size_t> borders = {0};
  for (size_t c = 1; c < centers.size(); ++c) {
    double middle = (centers[c - 1] + centers[c]) / 2;
    const float *at = std::lower_bound(
        sorted.values.begin() + borders.back(), sorted.values.end(), middle,
        [](float value, double m) { return double(value) < m; });
    borders.push_back(at - sorted.values.begin());
  }
  borders.push_back(sorted.size());
  return borders;
}

/// Lloyd's iteration from these centers, which it replaces; returns the error.
static double moveCenters(const SortedValues &sorted,
                          SmallVectorImpl<double> &centers) {
  constexpr int kMostSteps = 200;
  SmallVector<size_t> borders;
  for (int step = 0; step < kMostSteps; ++step) {
    SmallVector<size_t> next = findBorders(sorted, centers);
    if (next == borders)
      break;
    borders = next;
    // A center without values stays where it is.
    for (size_t c = 0; c < centers.size(); ++c)
      if (borders[c] < borders[c + 1])
        centers[c] = sorted.getMean(borders[c], borders[c + 1]);
  }
  double error = 0;
  for (size_t c = 0; c < centers.size(); ++c)
    error += sorted.getError(borders[c], borders[c + 1], centers[c]);
  return error;
}

SmallVector<float> quantopt::clusterValues(ArrayRef<float> values,
                                           ArrayRef<float> importance,
                                           int64_t count) {
  SortedValues sorted(values, importance);
  if (sorted.size() <= size_t(count)) {
    SmallVector<float> result = sorted.values;
    result.resize(count, result.empty() ? 0.0f : result.back());
    return result;
  }
  // Quantiles, then evenly spaced numbers.
  SmallVector<double> quantiles, even;
  double total = sorted.weight.back();
  double lo = sorted.values.front(), hi = sorted.values.back();
  for (int64_t c = 0; c < count; ++c) {
    double place = (double(c) + 0.5) / double(count);
    const double *at = std::upper_bound(sorted.weight.begin() + 1,
                                        sorted.weight.end() - 1, place * total);
    quantiles.push_back(sorted.values[at - sorted.weight.begin() - 1]);
    even.push_back(lo + (hi - lo) * place);
  }
  double quantileError = moveCenters(sorted, quantiles);
  double evenError = moveCenters(sorted, even);
  SmallVector<float> result;
  for (double center : quantileError <= evenError ? quantiles : even)
    result.push_back(float(center));
  llvm::sort(result);
  return result;
}

float quantopt::chooseSignScale(ArrayRef<float> values,
                                ArrayRef<float> importance, bool hasZero) {
  SmallVector<std::pair<float, float>> pairs;
  for (auto [i, value] : llvm::enumerate(values))
    pairs.emplace_back(std::abs(value),
                       importance.empty() ? 1.0f : importance[i]);
  llvm::sort(pairs, [](auto a, auto b) { return a > b; });
  double weight = 0, sum = 0, bestGain = -1, best = 0;
  for (auto [i, pair] : llvm::enumerate(pairs)) {
    weight += double(pair.second);
    sum += double(pair.second) * double(pair.first);
    if (weight <= 0 || (!hasZero && i + 1 != pairs.size()))
      continue;
    // With the mean as scale the squared error falls by sum^2 / weight.
    double gain = sum / weight * sum;
    if (gain > bestGain) {
      bestGain = gain;
      best = sum / weight;
    }
  }
  return float(best);
}
