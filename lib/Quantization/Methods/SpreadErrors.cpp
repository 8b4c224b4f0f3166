//===- SpreadErrors.cpp - Errors made up for by later weights -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Threading.h"
#include "quant-opt/Quantization/Methods/RoundWeights.h"
#include <numeric>

using namespace quantopt;

/// Rows that pass over the matrix together, which is read once for them.
static constexpr int64_t kRows = 16;

/// The inputs in the order of rounding: large diagonal elements first.
static std::vector<int64_t> chooseOrder(const SquareMatrix &moments) {
  std::vector<int64_t> order(moments.getSize());
  std::iota(order.begin(), order.end(), 0);
  llvm::stable_sort(order, [&](int64_t a, int64_t b) {
    return moments.at(a, a) > moments.at(b, b);
  });
  return order;
}

/// Rounds some rows. `factor` is U with U^T U = H^-1, in the given order.
static void roundRows(WeightRounding &rounding, const SquareMatrix &factor,
                      ArrayRef<int64_t> order, int64_t firstRow,
                      int64_t numRows) {
  int64_t length = rounding.length;
  std::vector<std::vector<double>> rest(numRows, std::vector<double>(length));
  for (int64_t row = 0; row < numRows; ++row)
    for (int64_t i = 0; i < length; ++i)
      rest[row][i] = rounding.values[(firstRow + row) * length + order[i]];
  for (int64_t i = 0; i < length; ++i)
    for (int64_t row = 0; row < numRows; ++row) {
      int64_t element = (firstRow + row) * length + order[i];
      double value = rest[row][i];
      rounding.codes[element] =
          rounding.codec.encode(float(value), rounding.codec.getGroup(element));
      double error = (value - rounding.decode(element)) / factor.at(i, i);
      addScaled(MutableArrayRef(rest[row]).drop_front(i), -error,
                factor.getRow(i).drop_front(i));
    }
}

bool quantopt::spreadErrors(WeightRounding &rounding, const RowGroup &group) {
  std::vector<int64_t> order = chooseOrder(group.moments);
  SquareMatrix factor(order.size());
  for (size_t i = 0; i < order.size(); ++i)
    for (size_t j = 0; j < order.size(); ++j)
      factor.at(i, j) = group.moments.at(order[i], order[j]);
  if (failed(factorizeInverse(factor)))
    return false;
  int64_t parts = llvm::divideCeil(group.numRows, kRows);
  mlir::parallelFor(rounding.context, 0, parts, [&](size_t part) {
    int64_t first = int64_t(part) * kRows;
    roundRows(rounding, factor, order, group.firstRow + first,
              std::min(kRows, group.numRows - first));
  });
  return true;
}
