//===- RangeSelection.cpp - From counts to a range ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/RangeSelection.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace quantopt;
using Bin = Histogram::Bin;

llvm::Expected<RangeMethod> RangeMethod::parse(llvm::StringRef text) {
  RangeMethod method;
  auto [name, parameter] = text.split(':');
  if (name == "percentile") {
    method.kind = Percentile;
    if (!parameter.empty() &&
        (parameter.getAsDouble(method.percentile) ||
         !(method.percentile > 50.0 && method.percentile <= 100.0)))
      return llvm::createStringError(
          "expected a percentile above 50 and up to 100, but got '" +
          parameter.str() + "'");
    return method;
  }
  if (name == "moving") {
    method.kind = Moving;
    if (!parameter.empty() &&
        (parameter.getAsDouble(method.momentum) ||
         !(method.momentum > 0.0 && method.momentum <= 1.0)))
      return llvm::createStringError(
          "expected a weight above 0 and up to 1 for 'moving', but got '" +
          parameter.str() + "'");
    return method;
  }
  if (text == "minmax") {
    method.kind = MinMax;
    return method;
  }
  if (text == "entropy") {
    method.kind = Entropy;
    return method;
  }
  if (text == "mse") {
    method.kind = MSE;
    return method;
  }
  return llvm::createStringError(
      "expected 'minmax', 'moving:C', 'percentile:P', "
      "'entropy' or 'mse' as the range method, but got '" +
      text.str() + "'");
}

/// A number with as many digits as a user would write.
static std::string formatNumber(double value) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.10g", value);
  return text;
}

std::string RangeMethod::toString() const {
  switch (kind) {
  case MinMax:
    return "minmax";
  case Moving:
    return "moving:" + formatNumber(momentum);
  case Percentile:
    return "percentile:" + formatNumber(percentile);
  case Entropy:
    return "entropy";
  case MSE:
    return "mse";
  }
  return "minmax";
}

/// The value beyond which at most `allowed` values lie; bins are visited from
/// the end that is cut.
template <typename Range>
static const Bin *findTail(const Range &bins, double allowed) {
  double beyond = 0;
  for (const Bin &bin : bins) {
    beyond += double(bin.count);
    if (beyond > allowed)
      return &bin;
  }
  return nullptr;
}

static FloatRange selectPercentile(llvm::ArrayRef<Bin> bins, uint64_t count,
                                   double percentile) {
  double allowed = double(count) * (100.0 - percentile) / 200.0;
  const Bin *low = findTail(bins, allowed);
  const Bin *high = findTail(llvm::reverse(bins), allowed);
  if (!low || !high || low->lower > high->upper)
    return {bins.front().lower, bins.back().upper};
  return {low->lower, high->upper};
}

/// Expected squared error of 256 levels over [low, high].
static double expectedError(llvm::ArrayRef<Bin> bins, double low, double high) {
  double step = std::max((high - low) / 255.0, 1e-38);
  double sum = 0;
  for (const Bin &bin : bins) {
    double x = 0.5 * (double(bin.lower) + double(bin.upper));
    double error;
    if (x > high)
      error = (x - high) * (x - high);
    else if (x < low)
      error = (x - low) * (x - low);
    else if (std::fabs(x) < 0.5 * step)
      error = x * x; // rounds to zero, which is exact
    else
      error = step * step / 12.0;
    sum += error * double(bin.count);
  }
  return sum;
}

/// Coordinate descent over the fraction of each end that is kept.
static FloatRange selectMSE(llvm::ArrayRef<Bin> bins, FloatRange full) {
  double low = std::min(full.min, 0.0f), high = std::max(full.max, 0.0f);
  constexpr int kSteps = 128;
  int keptLow = kSteps, keptHigh = kSteps;
  auto error = [&](int a, int b) {
    return expectedError(bins, low * a / kSteps, high * b / kSteps);
  };
  double best = error(keptLow, keptHigh);
  auto consider = [&](int a, int b) {
    double value = error(a, b);
    if (value >= best)
      return;
    best = value;
    keptLow = a;
    keptHigh = b;
  };
  for (int k = kSteps - 1; k >= kSteps / 16; --k)
    consider(k, k);
  for (int round = 0; round < 2; ++round) {
    for (int k = kSteps; k >= kSteps / 16; --k)
      consider(k, keptHigh);
    for (int k = kSteps; k >= kSteps / 16; --k)
      consider(keptLow, k);
  }
  FloatRange kept{std::max(full.min, float(low * keptLow / kSteps)),
                  std::min(full.max, float(high * keptHigh / kSteps))};
  // Errors of tiny numbers vanish, whatever is left of them.
  return kept.min <= kept.max ? kept : full;
}

/// Divergence between the first `used` counts (the rest added to the last) and
/// their form with `levels` levels; infinite when nearly all counts are in the
/// rest, so that there is nothing to compare.
static double divergence(llvm::ArrayRef<double> counts, int used, int levels) {
  double total = 0, outside = 0;
  for (auto [i, c] : llvm::enumerate(counts)) {
    total += c;
    if (int(i) >= used)
      outside += c;
  }
  if (total - outside <= 1e-6 * total)
    return std::numeric_limits<double>::infinity();
  double result = 0;
  for (int level = 0; level < levels; ++level) {
    int begin = int64_t(level) * used / levels;
    int end = int64_t(level + 1) * used / levels;
    double sum = 0, occupied = 0;
    for (int i = begin; i < end; ++i) {
      sum += counts[i];
      occupied += counts[i] > 0;
    }
    for (int i = begin; i < end; ++i) {
      double p = counts[i] + (i == used - 1 ? outside : 0);
      if (p <= 0)
        continue;
      double q = counts[i] > 0 ? sum / occupied : 1e-6 * total;
      result += p / total * std::log(p / total / (q / (total - outside)));
    }
  }
  return result;
}

static FloatRange selectEntropy(llvm::ArrayRef<Bin> bins, FloatRange full) {
  constexpr int kBins = 2048;
  double limit = std::max(std::fabs(full.min), std::fabs(full.max));
  if (limit == 0)
    return full;
  std::vector<double> counts(kBins, 0.0);
  for (const Bin &bin : bins) {
    // A bin of the histogram may be wider than one of these: spread it.
    double a = std::min(std::fabs(bin.lower), std::fabs(bin.upper));
    double b = std::max(std::fabs(bin.lower), std::fabs(bin.upper));
    int first = std::min(kBins - 1, int(a / limit * kBins));
    int last = std::min(kBins - 1, int(b / limit * kBins));
    for (int i = first; i <= last; ++i)
      counts[i] += double(bin.count) / (last - first + 1);
  }
  // Zeros are exact whatever the range; half of all values after a rectifier,
  // they would hide what clipping costs.
  counts[0] = counts[1];
  int levels = full.min >= 0.0f || full.max <= 0.0f ? 256 : 128;
  int best = kBins;
  double smallest = divergence(counts, kBins, levels);
  for (int used = levels; used < kBins; used += 4) {
    double value = divergence(counts, used, levels);
    if (value < smallest) {
      smallest = value;
      best = used;
    }
  }
  float threshold = float(limit * best / kBins);
  return {std::max(full.min, -threshold), std::min(full.max, threshold)};
}

void MovingLimits::add(llvm::ArrayRef<float> values, double momentum) {
  bool seen = false;
  float low = 0, high = 0;
  for (float value : values) {
    if (!std::isfinite(value))
      continue;
    low = seen ? std::min(low, value) : value;
    high = seen ? std::max(high, value) : value;
    seen = true;
  }
  if (!seen)
    return;
  double weight = isEmpty ? 1.0 : momentum;
  min += weight * (double(low) - min);
  max += weight * (double(high) - max);
  isEmpty = false;
}

FloatRange quantopt::selectRange(const Histogram &histogram,
                                 const RangeMethod &method) {
  if (histogram.getMin() > histogram.getMax())
    return {};
  FloatRange full{histogram.getMin(), histogram.getMax()};
  llvm::SmallVector<Bin> bins = histogram.getBins();
  if (bins.empty())
    return full;
  switch (method.kind) {
  case RangeMethod::MinMax:
  case RangeMethod::Moving:
    return full;
  case RangeMethod::Percentile:
    return selectPercentile(bins, histogram.getCount(), method.percentile);
  case RangeMethod::Entropy:
    return selectEntropy(bins, full);
  case RangeMethod::MSE:
    return selectMSE(bins, full);
  }
  return full;
}
