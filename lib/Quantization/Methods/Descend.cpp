//===- Descend.cpp - Coordinate descent over codes ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/Threading.h"
#include "quant-opt/Quantization/Methods/RoundWeights.h"

using namespace quantopt;

/// Passes over a row; most rows need fewer than ten.
static constexpr int kMaxSweeps = 32;

/// H d, the negative half of the gradient by the row's stored values.
static std::vector<double> computeGradient(const SquareMatrix &moments,
                                           ArrayRef<double> errors) {
  std::vector<double> gradient(errors.size());
  for (auto [i, error] : llvm::enumerate(errors))
    if (error != 0)
      addScaled(gradient, error, moments.getRow(i));
  return gradient;
}

/// Improves the codes of one row. With all others fixed, the error is a
/// parabola in one stored value, whose best code is the one nearest to its
/// vertex.
static void descendRow(WeightRounding &rounding, const SquareMatrix &moments,
                       int64_t row) {
  std::vector<double> gradient =
      computeGradient(moments, rounding.getErrors(row));
  bool changed = true;
  for (int sweep = 0; changed && sweep < kMaxSweeps; ++sweep) {
    changed = false;
    for (int64_t i = 0; i < rounding.length; ++i) {
      double curvature = moments.at(i, i);
      if (!(curvature > 0))
        continue;
      int64_t element = row * rounding.length + i;
      int64_t group = rounding.codec.getGroup(element);
      double now = rounding.decode(element);
      double vertex = now + gradient[i] / curvature;
      int64_t code = rounding.codec.encode(float(vertex), group);
      double change = double(rounding.codec.decode(code, group)) - now;
      // Rounding may make two neighbours look equally good for ever.
      if (!(change * (2 * gradient[i] - change * curvature) > 0))
        continue;
      rounding.codes[element] = code;
      addScaled(gradient, -change, moments.getRow(i));
      changed = true;
    }
  }
}

void quantopt::descend(WeightRounding &rounding, const RowGroup &group) {
  mlir::parallelFor(rounding.context, 0, group.numRows, [&](size_t row) {
    descendRow(rounding, group.moments, group.firstRow + int64_t(row));
  });
}
