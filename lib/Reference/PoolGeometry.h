//===- PoolGeometry.h - Positions of sliding windows ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_POOLGEOMETRY_H
#define QUANTOPT_LIB_REFERENCE_POOLGEOMETRY_H

#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Reference/Tensor.h"
#include <algorithm>

namespace quantopt::reference {

/// The window at one output position.
struct WindowPosition {
  /// Offsets of the channels at each position inside the input, row-major.
  SmallVector<int64_t> offsets;
  /// Positions that an average counts: those inside, and counted padding.
  int64_t count = 0;
};

/// A pool's geometry.
struct PoolGeometry {
  qnn::WindowAttr window;
  SmallVector<int64_t> countedPads;
  ArrayRef<int64_t> input;  // N, H, W, C
  ArrayRef<int64_t> result; // N, H, W, C

  PoolGeometry(qnn::WindowAttr window,
               std::optional<ArrayRef<int64_t>> countedPads,
               const Tensor &input, const Tensor &result)
      : window(window), countedPads(4, 0), input(input.getShape()),
        result(result.getShape()) {
    if (countedPads)
      this->countedPads.assign(countedPads->begin(), countedPads->end());
  }

  WindowPosition getPosition(int64_t n, int64_t h, int64_t w) const {
    WindowPosition position;
    for (int64_t i = 0; i < window.getKernel()[0]; ++i) {
      for (int64_t j = 0; j < window.getKernel()[1]; ++j) {
        int64_t y = h * window.getStrides()[0] + i * window.getDilations()[0] -
                    window.getPads()[0];
        int64_t x = w * window.getStrides()[1] + j * window.getDilations()[1] -
                    window.getPads()[1];
        if (y >= -countedPads[0] && y < input[1] + countedPads[2] &&
            x >= -countedPads[1] && x < input[2] + countedPads[3])
          ++position.count;
        if (y >= 0 && y < input[1] && x >= 0 && x < input[2])
          position.offsets.push_back(((n * input[1] + y) * input[2] + x) *
                                     input[3]);
      }
    }
    return position;
  }

  /// Calls `fn(position, offset of the output's channels)`.
  template <typename Fn> void forEachPosition(Fn fn) const {
    int64_t offset = 0;
    for (int64_t n = 0; n < result[0]; ++n)
      for (int64_t h = 0; h < result[1]; ++h)
        for (int64_t w = 0; w < result[2]; ++w, offset += result[3])
          fn(getPosition(n, h, w), offset);
  }
};

/// The larger of two numbers as `qnn.binary max` defines it.
inline float larger(float a, float b) {
  floatfn::HostAlgebra algebra;
  return qnn::evaluateBinary(algebra, qnn::BinaryFn::Max, a, b);
}
template <typename T> T larger(T a, T b) { return std::max(a, b); }

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_POOLGEOMETRY_H
