//===- LayerInputs.h - The vectors that weights multiply --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_LAYERINPUTS_H
#define QUANTOPT_QUANTIZATION_SCHEMES_LAYERINPUTS_H

#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include <array>

namespace quantopt {

/// How a contraction's outputs read its input, as a convolution: a dense layer
/// is one with a window of 1x1.
struct InputGeometry {
  int64_t samples = 1, height = 1, width = 1, channels = 1;
  int64_t groups = 1, outHeight = 1, outWidth = 1;
  std::array<int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  std::array<int64_t, 2> pads{0, 0}; ///< top and left

  /// The number of weights of an output.
  int64_t getLength() const {
    return kernel[0] * kernel[1] * (channels / groups);
  }
  int64_t getNumPositions() const { return outHeight * outWidth; }

  /// Writes what the outputs of `group` at `position` (row-major) of `sample`
  /// multiply with their weights, in the weights' order.
  void gather(ArrayRef<float> input, int64_t sample, int64_t position,
              int64_t group, MutableArrayRef<double> vector) const;
};

/// A contraction whose input is observed.
struct ObservedLayer {
  std::string name; ///< as in `getNamedContractions`
  InputGeometry geometry;
  size_t value; ///< the number of the observed value
};

/// A program that computes the inputs of contractions, and those contractions.
struct LayerObservation {
  ObservationModule module;
  SmallVector<ObservedLayer> layers;
};

/// Builds the observation program for the inputs of all contractions with a
/// float weight that its `qnn.scheme` wants stored in another way.
FailureOr<LayerObservation> createLayerObservation(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_LAYERINPUTS_H
