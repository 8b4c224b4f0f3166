//===- Window.h - The geometry of sliding windows ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_TFLITE_WINDOW_H
#define QUANTOPT_LIB_IMPORT_TFLITE_WINDOW_H

#include "OpImporter.h"

namespace quantopt::tflite {

/// Height and width of a window as options give them.
struct WindowOptions {
  int64_t kernel[2];
  int64_t strides[2];
  int64_t dilations[2] = {1, 1};
  int8_t padding = 0; ///< 0 is SAME, 1 is VALID
};

/// The window over an input of rank 4; checks that it fits.
FailureOr<qnn::WindowAttr> makeWindow(OpImporter &op, ArrayRef<int64_t> input,
                                      const WindowOptions &options);

/// The `f32` type of what a window makes of an input, with other channels.
RankedTensorType getWindowResultType(Value input, qnn::WindowAttr window,
                                     int64_t channels);

} // namespace quantopt::tflite

#endif // QUANTOPT_LIB_IMPORT_TFLITE_WINDOW_H
