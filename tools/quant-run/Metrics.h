//===- Metrics.h - How good outputs are -------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TOOLS_QUANTRUN_METRICS_H
#define QUANTOPT_TOOLS_QUANTRUN_METRICS_H

#include "quant-opt/Reference/Ports.h"

namespace quantopt {

/// All results of one output of a model: dimension 0 holds the samples.
struct Outputs {
  std::string name;
  int64_t samples = 0;
  int64_t sampleSize = 0;
  std::vector<double> values; ///< real numbers; quantized ones are decoded

  ArrayRef<double> getSample(int64_t i) const {
    return ArrayRef(values).slice(i * sampleSize, sampleSize);
  }
};

/// Appends the real values of a tensor that came out of a port.
void appendReals(const reference::Tensor &tensor, const reference::Port &port,
                 std::vector<double> &values);

/// Hits among the samples; ties go to the lowest index.
struct Accuracy {
  double top1 = 0;
  double top5 = 0;
  int64_t count = 0;
};

/// Compares classes of highest value with labels. Fails when there are fewer
/// labels than samples or a label is no class.
llvm::Expected<Accuracy> measureAccuracy(const Outputs &outputs,
                                         NpyFile &labels);

/// The difference of two sets of outputs.
struct Difference {
  double sqnr = 0;      ///< signal to noise ratio in dB; infinite when equal
  double maxAbs = 0;    ///< largest absolute difference
  double cosine = 1;    ///< of the angle between both, all samples as a vector
  double agreement = 1; ///< samples with the same class of highest value
};

/// Measures how `outputs` differ from `expected`, which has the same size.
Difference measureDifference(const Outputs &outputs, const Outputs &expected);

} // namespace quantopt

#endif // QUANTOPT_TOOLS_QUANTRUN_METRICS_H
