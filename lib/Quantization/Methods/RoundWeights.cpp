//===- RoundWeights.cpp - Codes by their effect on outputs ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Methods/RoundWeights.h"
#include "mlir/IR/Threading.h"

using namespace quantopt;

/// The part of the mean diagonal element that is added to the diagonal.
static constexpr double kDamping = 0.01;

std::vector<double> WeightRounding::getErrors(int64_t row) const {
  std::vector<double> errors(length);
  for (int64_t i = 0; i < length; ++i) {
    int64_t element = row * length + i;
    errors[i] = double(values[element]) - decode(element);
  }
  return errors;
}

/// The sum of x^T H x over the vectors x that `getVector` gives for rows.
static double
sumForms(const WeightRounding &rounding, const RowGroup &group,
         llvm::function_ref<std::vector<double>(int64_t)> getVector) {
  std::vector<double> parts(group.numRows);
  mlir::parallelFor(rounding.context, 0, group.numRows, [&](size_t row) {
    std::vector<double> x = getVector(group.firstRow + int64_t(row));
    parts[row] = group.moments.getSize() ? quadraticForm(group.moments, x)
                                         : dotProduct(x, x);
  });
  double sum = 0;
  for (double part : parts)
    sum += part;
  return sum;
}

double quantopt::measureError(const WeightRounding &rounding,
                              const RowGroup &group) {
  return sumForms(rounding, group,
                  [&](int64_t row) { return rounding.getErrors(row); });
}

double quantopt::measurePower(const WeightRounding &rounding,
                              const RowGroup &group) {
  return sumForms(rounding, group, [&](int64_t row) {
    ArrayRef<float> values =
        rounding.values.slice(row * rounding.length, rounding.length);
    return std::vector<double>(values.begin(), values.end());
  });
}

void quantopt::dampMoments(SquareMatrix &moments) {
  double sum = 0;
  size_t size = moments.getSize();
  for (size_t i = 0; i < size; ++i)
    sum += moments.at(i, i);
  double added = sum > 0 ? kDamping * sum / double(size) : 1.0;
  for (size_t i = 0; i < size; ++i)
    moments.at(i, i) += added;
}

namespace {
/// The steps of one weight.
class Rounder {
public:
  Rounder(WeightCodec &codec, ArrayRef<float> values, int64_t numRows,
          const RoundingMethod &method, const LayerStatistics *statistics,
          MLIRContext *context)
      : method(method), statistics(statistics),
        rounding{codec, values, int64_t(values.size()) / numRows, {}, context},
        numGroups(statistics ? statistics->getNumGroups() : 1),
        rowsPerGroup(numRows / numGroups) {}

  RoundedWeight run();

private:
  bool hasProducts() const { return statistics && statistics->hasProducts(); }
  RowGroup getGroup(int64_t index, bool centered) const;
  SmallVector<float> getImportance() const;
  void chooseCodes(RoundedWeight &result);
  double measure(bool correctsBias) const;

  const RoundingMethod &method;
  const LayerStatistics *statistics;
  WeightRounding rounding;
  int64_t numGroups, rowsPerGroup;
};
} // namespace

/// The rows of one group of channels.
RowGroup Rounder::getGroup(int64_t index, bool centered) const {
  RowGroup group{index * rowsPerGroup, rowsPerGroup, {}};
  if (hasProducts())
    group.moments = statistics->getMoments(index, centered);
  return group;
}

/// The mean square of the input of each weight; nothing if not known.
SmallVector<float> Rounder::getImportance() const {
  SmallVector<float> importance;
  if (!statistics)
    return importance;
  for (int64_t group = 0; group < numGroups; ++group) {
    std::vector<double> squares =
        statistics->getDiagonal(group, method.correctsBias);
    for (int64_t row = 0; row < rowsPerGroup; ++row)
      for (double square : squares)
        importance.push_back(float(std::max(square, 0.0)));
  }
  return importance;
}

void Rounder::chooseCodes(RoundedWeight &result) {
  if (method.searchesScales)
    searchScales(rounding, getImportance());
  if (!method.spreadsErrors && !method.descends)
    return;
  if (!hasProducts()) {
    result.remark = "rows of more than " +
                    std::to_string(LayerStatistics::kMaxLength) +
                    " weights are rounded to nearest";
    return;
  }
  for (int64_t index = 0; index < numGroups; ++index) {
    RowGroup group = getGroup(index, method.correctsBias);
    dampMoments(group.moments);
    if (method.spreadsErrors && !spreadErrors(rounding, group))
      result.remark = "the products of its inputs have no inverse";
    if (method.descends)
      descend(rounding, group);
  }
}

/// The change of the outputs relative to their size.
double Rounder::measure(bool correctsBias) const {
  double error = 0, power = 0;
  for (int64_t index = 0; index < numGroups; ++index) {
    RowGroup group = getGroup(index, /*centered=*/false);
    power += measurePower(rounding, group);
    if (correctsBias)
      group = getGroup(index, /*centered=*/true);
    error += measureError(rounding, group);
  }
  return power > 0 ? error / power : 0.0;
}

RoundedWeight Rounder::run() {
  RoundedWeight result;
  chooseParameters(rounding.codec, rounding.values);
  rounding.codes = roundToNearest(rounding.codec, rounding.values);
  result.errorBefore = measure(/*correctsBias=*/false);
  chooseCodes(result);
  result.errorAfter = measure(method.correctsBias);
  result.codes = std::move(rounding.codes);
  return result;
}

SmallVector<float> quantopt::getLostMeans(ArrayRef<float> values,
                                          ArrayRef<float> stored,
                                          const LayerStatistics &statistics) {
  SmallVector<float> lost;
  int64_t length = statistics.getLength();
  int64_t numRows = int64_t(values.size()) / length;
  int64_t rowsPerGroup = numRows / statistics.getNumGroups();
  for (int64_t row = 0; row < numRows; ++row) {
    std::vector<double> mean = statistics.getMean(row / rowsPerGroup);
    double sum = 0;
    for (int64_t i = 0; i < length; ++i) {
      int64_t element = row * length + i;
      sum += (double(values[element]) - double(stored[element])) * mean[i];
    }
    lost.push_back(float(sum));
  }
  return lost;
}

RoundedWeight quantopt::roundWeight(WeightCodec &codec, ArrayRef<float> values,
                                    int64_t numRows,
                                    const RoundingMethod &method,
                                    const LayerStatistics *statistics,
                                    MLIRContext *context) {
  return Rounder(codec, values, numRows, method, statistics, context).run();
}
