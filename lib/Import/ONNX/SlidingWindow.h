//===- SlidingWindow.h - Windows of convolutions and pools ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What convolutions and pools share: attributes of the window and the change
/// between N x C x spatial and the 2-d channels-last form of the dialect.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_SLIDINGWINDOW_H
#define QUANTOPT_LIB_IMPORT_ONNX_SLIDINGWINDOW_H

#include "NodeImporter.h"

namespace quantopt::onnx {

/// A window over one to three spatial dimensions.
struct SlidingWindow {
  SmallVector<int64_t> kernel, strides, dilations, before, after;
  /// The padding that averages may count: without what rounding the output
  /// size up has added at the end.
  SmallVector<int64_t> countedAfter;

  /// The window over the spatial dimensions [first, first + count) alone.
  SlidingWindow slice(size_t first, size_t count) const;
  /// The window as the dialect's attribute, for one or two spatial dimensions;
  /// a single one becomes the width.
  qnn::WindowAttr getAttribute(MLIRContext *context) const;
  /// (top, left, bottom, right) of the counted padding.
  SmallVector<int64_t> getCountedPads() const;
};

/// Reads kernel, strides, dilations, pads, auto_pad and ceil_mode for an input
/// of these spatial sizes. Afterwards the window fits the input.
FailureOr<SlidingWindow> readWindow(NodeImporter &op,
                                    ArrayRef<int64_t> spatialSizes,
                                    ArrayRef<int64_t> kernel);

/// N x C x W or N x C x H x W as N x H x W x C with H = 1 if missing.
FailureOr<Value> toWindowLayout(NodeImporter &op, Value input);

/// The way back for a result whose source had `rank` dimensions.
FailureOr<Value> fromWindowLayout(NodeImporter &op, Value result, int64_t rank);

/// The result shape of a window over `input` (channels last).
RankedTensorType getWindowResultType(Value input, qnn::WindowAttr window,
                                     int64_t channels);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_SLIDINGWINDOW_H
