//===- RangeSelection.h - From counts to a range ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CALIBRATION_RANGESELECTION_H
#define QUANTOPT_CALIBRATION_RANGESELECTION_H

#include "quant-opt/Calibration/Histogram.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace quantopt {

/// How a range is chosen from observed values. The squared error is the
/// default: on networks with outliers it keeps more of the float network's
/// answers than the whole range does, and elsewhere as many.
struct RangeMethod {
  enum Kind { MinMax, Moving, Percentile, Entropy, MSE } kind = MSE;
  /// Percent of values that the range keeps, for `Percentile`.
  double percentile = 99.99;
  /// The weight of a new run's limits, for `Moving`.
  double momentum = 0.01;

  /// Parses `minmax`, `moving:C` (0 < C <= 1), `percentile:P` (50 < P <= 100),
  /// `entropy` or `mse`.
  static llvm::Expected<RangeMethod> parse(llvm::StringRef text);
  /// The text that `parse` takes.
  std::string toString() const;
};

/// A closed interval.
struct FloatRange {
  float min = 0.0f;
  float max = 0.0f;
};

/// The range of the values that 8 bits should represent. An empty histogram
/// gives [0, 0]. A histogram knows no order of runs, so `moving` gives its
/// whole range.
///
/// `percentile:P` leaves out at most (100 - P) / 2 percent of the values at
/// each end. `entropy` clips both ends at the magnitude that minimizes the
/// divergence between the distribution and its quantized form (Migacz, "8-bit
/// inference with TensorRT", 2017). `mse` clips where the expected squared
/// rounding and clipping errors are smallest.
FloatRange selectRange(const Histogram &histogram, const RangeMethod &method);

/// An exponential moving average of the limits of runs (Jacob et al.,
/// "Quantization and training of neural networks for efficient
/// integer-arithmetic-only inference", 2018, section 3.1). It depends on the
/// order of the runs, hence parts cannot be merged.
class MovingLimits {
public:
  /// Moves the limits towards those of the finite values of one run.
  void add(llvm::ArrayRef<float> values, double momentum);
  /// The limits; [0, 0] without values.
  FloatRange getRange() const { return {float(min), float(max)}; }

private:
  bool isEmpty = true;
  double min = 0, max = 0;
};

} // namespace quantopt

#endif // QUANTOPT_CALIBRATION_RANGESELECTION_H
