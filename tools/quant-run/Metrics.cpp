//===- Metrics.cpp - How good outputs are ---------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Metrics.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include <cmath>

using namespace quantopt;

void quantopt::appendReals(const reference::Tensor &tensor,
                           const reference::Port &port,
                           std::vector<double> &values) {
  qnn::AffineType affine = port.quantization;
  double scale = affine ? affine.getScale() : 1.0;
  double zeroPoint = affine ? double(affine.getZeroPoint()) : 0.0;
  for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i)
    values.push_back(scale * (tensor.getNumber(i) - zeroPoint));
}

/// How many classes come before `label` in descending order of value, the
/// lowest index first among equals. NaN comes last.
static int64_t getRank(ArrayRef<double> values, int64_t label) {
  double own = values[label];
  int64_t rank = 0;
  for (int64_t i = 0, e = values.size(); i < e; ++i) {
    bool before = values[i] > own || (values[i] == own && i < label);
    if (before || (std::isnan(own) && !std::isnan(values[i])))
      ++rank;
  }
  return rank;
}

/// The index of the highest value, the lowest one among equals.
static int64_t getTop(ArrayRef<double> values) {
  int64_t top = 0;
  for (int64_t i = 1, e = values.size(); i < e; ++i)
    if (values[i] > values[top] || std::isnan(values[top]))
      top = i;
  return top;
}

llvm::Expected<Accuracy> quantopt::measureAccuracy(const Outputs &outputs,
                                                   NpyFile &labels) {
  if (labels.getNumElements() < outputs.samples)
    return llvm::createStringError(
        labels.getName() + ": expected a label for each of " +
        Twine(outputs.samples) + " samples, but got " +
        Twine(labels.getNumElements()));
  std::vector<int64_t> classes(outputs.samples);
  if (auto error = labels.read(0, outputs.samples, QO_I64, classes.data()))
    return std::move(error);
  Accuracy accuracy;
  accuracy.count = outputs.samples;
  int64_t first = 0, five = 0;
  for (int64_t i = 0; i < outputs.samples; ++i) {
    if (classes[i] < 0 || classes[i] >= outputs.sampleSize)
      return llvm::createStringError(
          labels.getName() + ": expected labels in [0, " +
          Twine(outputs.sampleSize) + "), but label " + Twine(i) + " is " +
          Twine(classes[i]));
    int64_t rank = getRank(outputs.getSample(i), classes[i]);
    first += rank < 1;
    five += rank < 5;
  }
  if (accuracy.count > 0) {
    accuracy.top1 = double(first) / double(accuracy.count);
    accuracy.top5 = double(five) / double(accuracy.count);
  }
  return accuracy;
}

Difference quantopt::measureDifference(const Outputs &outputs,
                                       const Outputs &expected) {
  Difference difference;
  double signal = 0, noise = 0, own = 0, product = 0;
  for (auto [x, y] : llvm::zip(outputs.values, expected.values)) {
    double d = x == y ? 0 : x - y; // equal infinities do not differ
    signal += y * y;
    noise += d * d;
    own += x * x;
    product += x * y;
    if (!(std::fabs(d) <= difference.maxAbs))
      difference.maxAbs = std::fabs(d);
  }
  difference.sqnr = noise == 0 ? INFINITY : 10 * std::log10(signal / noise);
  if (signal > 0 && own > 0)
    difference.cosine = product / std::sqrt(signal * own);
  int64_t equal = 0;
  for (int64_t i = 0; i < outputs.samples; ++i)
    equal += getTop(outputs.getSample(i)) == getTop(expected.getSample(i));
  if (outputs.samples > 0)
    difference.agreement = double(equal) / double(outputs.samples);
  return difference;
}
