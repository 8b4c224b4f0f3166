//===- SlidingWindow.cpp - Windows of convolutions and pools --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SlidingWindow.h"

using namespace quantopt;
using namespace quantopt::onnx;

/// No number in a window may exceed this, so that sums cannot overflow.
static constexpr int64_t windowLimit = int64_t(1) << 30;

/// One number per spatial dimension, `missing` for each when there are none.
static SmallVector<int64_t> withDefault(ArrayRef<int64_t> values, int64_t rank,
                                        int64_t missing) {
  if (values.empty())
    return SmallVector<int64_t>(rank, missing);
  return SmallVector<int64_t>(values);
}

/// (h, w) or (w) as (h, w), with `missing` for the height.
static SmallVector<int64_t> asPair(ArrayRef<int64_t> values, int64_t missing) {
  SmallVector<int64_t> pair(values);
  if (pair.size() == 1)
    pair.insert(pair.begin(), missing);
  return pair;
}

SlidingWindow SlidingWindow::slice(size_t first, size_t count) const {
  auto part = [&](ArrayRef<int64_t> values) {
    return SmallVector<int64_t>(values.slice(first, count));
  };
  return {part(kernel), part(strides), part(dilations),
          part(before), part(after),   part(countedAfter)};
}

qnn::WindowAttr SlidingWindow::getAttribute(MLIRContext *context) const {
  SmallVector<int64_t> pads = asPair(before, 0);
  pads.append(asPair(after, 0));
  return qnn::WindowAttr::get(context, asPair(kernel, 1), asPair(strides, 1),
                              asPair(dilations, 1), pads);
}

SmallVector<int64_t> SlidingWindow::getCountedPads() const {
  SmallVector<int64_t> pads = asPair(before, 0);
  pads.append(asPair(countedAfter, 0));
  return pads;
}

/// Fails unless there is one value in [low, limit) per spatial dimension.
static LogicalResult checkValues(NodeImporter &op, StringRef name,
                                 ArrayRef<int64_t> values, int64_t count,
                                 int64_t low) {
  bool inRange = llvm::all_of(
      values, [&](int64_t v) { return v >= low && v < windowLimit; });
  if (static_cast<int64_t>(values.size()) == count && inRange)
    return success();
  return op.malformed("expected " + Twine(count) + " numbers >= " + Twine(low) +
                      " in '" + name + "', but got " + formatShape(values));
}

/// The padding that auto_pad asks for along one dimension.
static void padAutomatically(SlidingWindow &window, int64_t i, int64_t size,
                             int64_t extent, bool moreAtEnd) {
  int64_t outputs = (size + window.strides[i] - 1) / window.strides[i];
  int64_t total =
      std::max<int64_t>((outputs - 1) * window.strides[i] + extent - size, 0);
  int64_t small = total / 2, large = total - small;
  window.before[i] = moreAtEnd ? small : large;
  window.after[i] = moreAtEnd ? large : small;
}

/// Sets before and after from the attributes.
static LogicalResult readPads(NodeImporter &op, SlidingWindow &window,
                              ArrayRef<int64_t> sizes) {
  int64_t rank = sizes.size();
  std::string mode = op.getString("auto_pad", "NOTSET");
  SmallVector<int64_t> pads = op.getInts("pads");
  window.before.assign(rank, 0);
  window.after.assign(rank, 0);
  if (mode == "VALID")
    return success();
  if (mode == "NOTSET" || mode.empty()) {
    if (pads.empty())
      return success();
    if (llvm::any_of(pads, [](int64_t p) { return p < 0; }))
      return op.unsupported("negative pads");
    if (failed(checkValues(op, "pads", pads, 2 * rank, 0)))
      return failure();
    window.before.assign(pads.begin(), pads.begin() + rank);
    window.after.assign(pads.begin() + rank, pads.end());
    return success();
  }
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER")
    return op.malformed("unknown auto_pad '" + mode + "'");
  for (int64_t i = 0; i < rank; ++i)
    padAutomatically(window, i, sizes[i],
                     (window.kernel[i] - 1) * window.dilations[i] + 1,
                     mode == "SAME_UPPER");
  return success();
}

/// Moves the end of the padding so that rounding down gives the output size
/// that rounding up gives; a window that would start in the padding at the end
/// is left out.
static void roundUp(SlidingWindow &window, int64_t i, int64_t size,
                    int64_t extent) {
  int64_t stride = window.strides[i];
  int64_t padded = size + window.before[i] + window.after[i];
  int64_t outputs = (padded - extent + stride - 1) / stride + 1;
  if ((outputs - 1) * stride >= size + window.before[i])
    --outputs;
  window.after[i] = std::max<int64_t>(
      (outputs - 1) * stride + extent - size - window.before[i], 0);
}

FailureOr<SlidingWindow>
quantopt::onnx::readWindow(NodeImporter &op, ArrayRef<int64_t> spatialSizes,
                           ArrayRef<int64_t> kernel) {
  int64_t rank = spatialSizes.size();
  if (rank < 1 || rank > 3)
    return op.unsupported("windows over " + Twine(rank) +
                          " spatial dimensions");
  SlidingWindow window;
  window.kernel.assign(kernel.begin(), kernel.end());
  window.strides = withDefault(op.getInts("strides"), rank, 1);
  window.dilations = withDefault(op.getInts("dilations"), rank, 1);
  if (failed(checkValues(op, "kernel_shape", window.kernel, rank, 1)) ||
      failed(checkValues(op, "strides", window.strides, rank, 1)) ||
      failed(checkValues(op, "dilations", window.dilations, rank, 1)) ||
      failed(readPads(op, window, spatialSizes)))
    return failure();
  window.countedAfter = window.after;
  bool ceil = op.getInt("ceil_mode", 0) != 0;
  for (int64_t i = 0; i < rank; ++i) {
    int64_t extent = (window.kernel[i] - 1) * window.dilations[i] + 1;
    int64_t padded = spatialSizes[i] + window.before[i] + window.after[i];
    if (padded < extent)
      return op.malformed("the window spans " + Twine(extent) +
                          " elements, but the padded input has " +
                          Twine(padded));
    if (ceil)
      roundUp(window, i, spatialSizes[i], extent);
    window.countedAfter[i] = std::min(window.countedAfter[i], window.after[i]);
  }
  return window;
}

FailureOr<Value> quantopt::onnx::toWindowLayout(NodeImporter &op, Value input) {
  FailureOr<Value> last = op.toChannelsLast(input);
  if (failed(last) || getShape(*last).size() == 4)
    return last;
  ArrayRef<int64_t> shape = getShape(*last);
  FailureOr<ImportValue> result =
      op.reshape(*last, {shape[0], 1, shape[1], shape[2]});
  if (failed(result))
    return failure();
  return result->runtime;
}

FailureOr<Value> quantopt::onnx::fromWindowLayout(NodeImporter &op,
                                                  Value result, int64_t rank) {
  if (rank == 4)
    return op.toChannelsFirst(result);
  ArrayRef<int64_t> shape = getShape(result);
  FailureOr<ImportValue> flat =
      op.reshape(result, {shape[0], shape[2], shape[3]});
  if (failed(flat))
    return failure();
  return op.toChannelsFirst(flat->runtime);
}

RankedTensorType quantopt::onnx::getWindowResultType(Value input,
                                                     qnn::WindowAttr window,
                                                     int64_t channels) {
  ArrayRef<int64_t> shape = getShape(input);
  return cast<RankedTensorType>(input.getType())
      .clone({shape[0], window.getOutputSize(0, shape[1]),
              window.getOutputSize(1, shape[2]), channels});
}
