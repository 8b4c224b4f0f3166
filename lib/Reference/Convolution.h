//===- Convolution.h - Convolutions of any number form ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_CONVOLUTION_H
#define QUANTOPT_LIB_REFERENCE_CONVOLUTION_H

#include "InnerLoops.h"
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace quantopt::reference {

/// Weights [O][K] as [K][O], so that the inner loop is contiguous.
template <typename T>
std::vector<T> transposeWeights(const T *weights, int64_t outputs,
                                int64_t depth) {
  std::vector<T> result(outputs * depth);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t k = 0; k < depth; ++k)
      result[k * outputs + o] = weights[o * depth + k];
  return result;
}

/// The elements of an input that belong to an output position. Padding is zero.
template <typename Number> struct PatchReader {
  qnn::WindowAttr window;
  int64_t groups = 1;
  ArrayRef<int64_t> inputShape; // N, H, W, C
  ArrayRef<Number> input;

  /// The channels of the input at this tap, null in the padding.
  const Number *getTap(int64_t n, int64_t h, int64_t w, int64_t tap) const {
    int64_t i = tap / window.getKernel()[1], j = tap % window.getKernel()[1];
    int64_t y = h * window.getStrides()[0] + i * window.getDilations()[0] -
                window.getPads()[0];
    int64_t x = w * window.getStrides()[1] + j * window.getDilations()[1] -
                window.getPads()[1];
    if (y < 0 || y >= inputShape[1] || x < 0 || x >= inputShape[2])
      return nullptr;
    return input.data() +
           ((n * inputShape[1] + y) * inputShape[2] + x) * inputShape[3];
  }

  /// A group's elements by window row, window column and channel.
  void read(int64_t n, int64_t h, int64_t w, int64_t group,
            std::vector<Number> &patch) const {
    int64_t channels = inputShape[3] / groups;
    int64_t taps = window.getKernel()[0] * window.getKernel()[1];
    patch.assign(taps * channels, Number(0));
    for (int64_t tap = 0; tap < taps; ++tap)
      if (const Number *source = getTap(n, h, w, tap))
        std::copy_n(source + group * channels, channels,
                    patch.begin() + tap * channels);
  }
};

/// A convolution of `Number`s that are summed as `Sum`s: float and float, or
/// int32_t and int64_t. Padding takes part as zero.
template <typename Number, typename Sum> struct Convolution {
  qnn::WindowAttr window;
  int64_t groups = 1;
  ArrayRef<int64_t> inputShape;  // N, H, W, C
  ArrayRef<int64_t> resultShape; // N, H, W, C
  std::vector<Number> input;
  std::vector<Number> weights; // O, KH, KW, C / groups
  std::vector<Sum> bias;       // empty or O; where the sums start

  /// Calls `sink(index of the output position, first channel, sums)` for each
  /// position and group; stops at an error.
  template <typename Sink> llvm::Error run(Sink sink) {
    taps = window.getKernel()[0] * window.getKernel()[1];
    groupInputs = inputShape[3] / groups;
    groupOutputs = resultShape[3] / groups;
    isDepthwise = groupInputs == 1 && groups > 1;
    reader = {window, groups, inputShape, input};
    arrangeWeights();
    int64_t position = 0;
    for (int64_t n = 0; n < resultShape[0]; ++n)
      for (int64_t h = 0; h < resultShape[1]; ++h)
        for (int64_t w = 0; w < resultShape[2]; ++w, ++position)
          for (int64_t g = 0; g < (isDepthwise ? 1 : groups); ++g) {
            int64_t first = g * groupOutputs;
            startSums(first);
            if (isDepthwise)
              sumDepthwise(n, h, w);
            else
              sumGroup(n, h, w, g);
            if (llvm::Error error = sink(position, first, ArrayRef(sums)))
              return error;
          }
    return llvm::Error::success();
  }

private:
  void arrangeWeights() {
    int64_t depth = taps * groupInputs;
    arranged.clear();
    if (isDepthwise)
      arranged = transposeWeights(weights.data(), resultShape[3], taps);
    for (int64_t g = 0; g < groups && !isDepthwise; ++g)
      llvm::append_range(
          arranged, transposeWeights(weights.data() + g * groupOutputs * depth,
                                     groupOutputs, depth));
  }

  void startSums(int64_t first) {
    sums.assign(isDepthwise ? resultShape[3] : groupOutputs, Sum(0));
    if (!bias.empty())
      std::copy_n(bias.begin() + first, sums.size(), sums.begin());
  }

  void sumDepthwise(int64_t n, int64_t h, int64_t w) {
    int64_t channels = resultShape[3];
    patch.assign(taps * channels, Number(0));
    for (int64_t tap = 0; tap < taps; ++tap)
      if (const Number *source = reader.getTap(n, h, w, tap))
        for (int64_t o = 0; o < channels; ++o)
          patch[tap * channels + o] = source[o / groupOutputs];
    accumulateEach(patch.data(), taps, arranged.data(), channels, sums.data());
  }

  void sumGroup(int64_t n, int64_t h, int64_t w, int64_t g) {
    int64_t depth = taps * groupInputs;
    reader.read(n, h, w, g, patch);
    accumulate(patch.data(), depth, arranged.data() + g * groupOutputs * depth,
               groupOutputs, sums.data());
  }

  PatchReader<Number> reader;
  int64_t taps, groupInputs, groupOutputs;
  bool isDepthwise;
  std::vector<Number> arranged, patch;
  std::vector<Sum> sums;
};

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_CONVOLUTION_H
