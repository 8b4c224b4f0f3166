//===- RoundWeights.h - Codes by their effect on outputs --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The steps that choose scales and codes so that a layer's outputs change
/// little. An output multiplies a vector x of inputs with its weights w. When
/// those become w - d, the mean squared change is d^T H d, where H is the mean
/// of x x^T, or of the centered products when the bias takes over the mean
/// change. All steps are deterministic and independent of threads.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_METHODS_ROUNDWEIGHTS_H
#define QUANTOPT_QUANTIZATION_METHODS_ROUNDWEIGHTS_H

#include "quant-opt/Calibration/LayerStatistics.h"
#include "quant-opt/Quantization/Methods/RoundingMethod.h"
#include "quant-opt/Quantization/Schemes/WeightCodec.h"

namespace quantopt {

/// Rows of a weight that see the same inputs, and how those are distributed.
struct RowGroup {
  int64_t firstRow, numRows;
  /// H; empty where it is not known, which counts as the identity.
  SquareMatrix moments;
};

/// A weight while it is rounded.
struct WeightRounding {
  WeightCodec &codec;
  ArrayRef<float> values;
  int64_t length; ///< of a row: values that are summed
  SmallVector<int64_t> codes;
  MLIRContext *context; ///< for threads

  /// The value that an element has now.
  double decode(int64_t element) const {
    return codec.decode(codes[element], codec.getGroup(element));
  }
  /// How far the elements of a row are from their values.
  std::vector<double> getErrors(int64_t row) const;
};

/// Shrinks the range of each group of weights that share a scale to where the
/// squared error of rounding, weighed by `importance` if given, is smallest
/// (the search of Choukroun et al., "Low-bit quantization of neural networks
/// for efficient inference", 2019, over a grid). Palettes are clustered.
/// Rounds to the nearest codes.
void searchScales(WeightRounding &rounding, ArrayRef<float> importance);

/// Rounds one input's weights after the other, the largest diagonal elements of
/// H first, and makes up for each error with the weights that are still to come
/// (Frantar et al., "GPTQ", 2022; scales stay as they are). With H a multiple
/// of the identity the result is the nearest code of each value. Returns false,
/// having done nothing, when H has no inverse.
bool spreadErrors(WeightRounding &rounding, const RowGroup &group);

/// Replaces single codes as long as that makes d^T H d smaller: cyclic
/// coordinate descent, each step to the best code (Behdin et al., "QuantEase",
/// 2023). Never increases an output's error under H.
void descend(WeightRounding &rounding, const RowGroup &group);

/// The sum over the group's rows of d^T H d.
double measureError(const WeightRounding &rounding, const RowGroup &group);
/// The sum over the group's rows of w^T H w.
double measurePower(const WeightRounding &rounding, const RowGroup &group);

/// Adds 1 % of the mean of the diagonal to the diagonal, so that directions in
/// which no input was seen keep weights near their values; a matrix of zeros
/// becomes the identity.
void dampMoments(SquareMatrix &moments);

/// What has become of a weight.
struct RoundedWeight {
  SmallVector<int64_t> codes;
  /// Mean squared changes of the outputs over their mean squares: with the
  /// nearest codes under the largest scales, and at the end. Of the weights
  /// themselves where no products of inputs are known.
  double errorBefore = 0, errorAfter = 0;
  /// Why steps were left out, or nothing.
  std::string remark;
};

/// Runs the steps that choose codes on a weight with `numRows` outputs. The
/// codec gets its parameters. `statistics` may be null if no step needs them.
RoundedWeight roundWeight(WeightCodec &codec, ArrayRef<float> values,
                          int64_t numRows, const RoundingMethod &method,
                          const LayerStatistics *statistics,
                          MLIRContext *context);

/// What the mean of each output has lost: what its bias must gain (Nagel et
/// al., "Data-free quantization through weight equalization and bias
/// correction", 2019, section 4.2, with means from samples).
SmallVector<float> getLostMeans(ArrayRef<float> values, ArrayRef<float> stored,
                                const LayerStatistics &statistics);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_METHODS_ROUNDWEIGHTS_H
