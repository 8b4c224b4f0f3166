//===- Pooling.cpp - Maxima and averages over windows ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "SlidingWindow.h"

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::PoolKind;

/// The pool of channels-last planes.
static Value emitPlanes(NodeImporter &op, PoolKind kind, Value planes,
                        const SlidingWindow &window, bool countPads) {
  qnn::WindowAttr geometry = window.getAttribute(op.getContext());
  SmallVector<int64_t> counted = window.getCountedPads();
  DenseI64ArrayAttr countedPads;
  if (countPads && llvm::any_of(counted, [](int64_t p) { return p != 0; }))
    countedPads = op.getBuilder().getDenseI64ArrayAttr(counted);
  return qnn::PoolOp::create(
      op.getBuilder(), op.getLoc(),
      getWindowResultType(planes, geometry, getShape(planes)[3]), kind, planes,
      geometry, countedPads);
}

/// The pool of a volume N x C x D x H x W: first of its planes, then of rows
/// along the depth. The mean of a box is the mean of its planes' means, because
/// the valid positions of a box are a box.
static FailureOr<Value> emitVolume(NodeImporter &op, PoolKind kind, Value input,
                                   const SlidingWindow &window,
                                   bool countPads) {
  FailureOr<Value> last = op.toChannelsLast(input);
  if (failed(last))
    return failure();
  SmallVector<int64_t> s(getShape(*last));
  FailureOr<ImportValue> planes =
      op.reshape(*last, {s[0] * s[1], s[2], s[3], s[4]});
  if (failed(planes))
    return failure();
  Value pooled =
      emitPlanes(op, kind, planes->runtime, window.slice(1, 2), countPads);
  SmallVector<int64_t> p(getShape(pooled));
  FailureOr<ImportValue> rows =
      op.reshape(pooled, {s[0], s[1], p[1] * p[2], p[3]});
  if (failed(rows))
    return failure();
  // The depth takes the place of the height.
  SlidingWindow depth = window.slice(0, 1);
  for (auto *values : {&depth.kernel, &depth.strides, &depth.dilations})
    values->push_back(1);
  for (auto *values : {&depth.before, &depth.after, &depth.countedAfter})
    values->push_back(0);
  Value result = emitPlanes(op, kind, rows->runtime, depth, countPads);
  FailureOr<ImportValue> volume =
      op.reshape(result, {s[0], getShape(result)[1], p[1], p[2], p[3]});
  if (failed(volume))
    return failure();
  return op.toChannelsFirst(volume->runtime);
}

/// Emits the pool of a channels-first value.
static LogicalResult emitPool(NodeImporter &op, PoolKind kind, Value input,
                              const SlidingWindow &window, bool countPads) {
  int64_t rank = getShape(input).size();
  FailureOr<Value> result = failure();
  if (rank == 5) {
    result = emitVolume(op, kind, input, window, countPads);
  } else {
    FailureOr<Value> last = toWindowLayout(op, input);
    if (succeeded(last))
      result = fromWindowLayout(
          op, emitPlanes(op, kind, *last, window, countPads), rank);
  }
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

/// The input, which a maximum may also take in quantized form.
static FailureOr<Value> getPoolInput(NodeImporter &op, PoolKind kind) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  if (op.getRank(0) < 3)
    return op.malformed("expected an input of rank >= 3, but got " +
                        formatShape(op.getShape(0)));
  return kind == PoolKind::Max ? op.toTensor(op.getInput(0)) : op.getFloat(0);
}

template <PoolKind kind> static LogicalResult importPool(NodeImporter &op) {
  FailureOr<Value> input = getPoolInput(op, kind);
  if (failed(input))
    return failure();
  if (op.getRank(0) > 5)
    return op.unsupported(Twine(op.getRank(0) - 2) + "-d pooling");
  bool countPads = op.getInt("count_include_pad", 0) != 0;
  FailureOr<SlidingWindow> window =
      readWindow(op, op.getShape(0).drop_front(2), op.getInts("kernel_shape"));
  if (failed(window))
    return failure();
  for (size_t i = 0; i < window->kernel.size(); ++i) {
    int64_t extent = (window->kernel[i] - 1) * window->dilations[i] + 1;
    if (window->before[i] >= extent || window->after[i] >= extent)
      return op.unsupported("padding as large as the window");
  }
  return emitPool(op, kind, *input, *window, countPads);
}

/// A pool whose window is the whole plane.
template <PoolKind kind> static LogicalResult importGlobal(NodeImporter &op) {
  FailureOr<Value> input = getPoolInput(op, kind);
  if (failed(input))
    return failure();
  SmallVector<int64_t> shape(op.getShape(0));
  // More spatial dimensions are one wide plane to a global window.
  int64_t rank = shape.size();
  if (rank > 4) {
    SmallVector<int64_t> flat = {shape[0], shape[1], 1};
    for (int64_t size : ArrayRef<int64_t>(shape).drop_front(2))
      flat[2] *= size;
    FailureOr<ImportValue> reshaped = op.reshape(*input, flat);
    if (failed(reshaped))
      return failure();
    input = reshaped->runtime;
    shape = flat;
  }
  SlidingWindow window;
  window.kernel.assign(shape.begin() + 2, shape.end());
  window.strides.assign(window.kernel.size(), 1);
  window.dilations = window.strides;
  window.before.assign(window.kernel.size(), 0);
  window.after = window.countedAfter = window.before;
  if (failed(emitPool(op, kind, *input, window, /*countPads=*/false)))
    return failure();
  if (rank <= 4)
    return success();
  SmallVector<int64_t> full(rank, 1);
  full[0] = shape[0];
  full[1] = shape[1];
  FailureOr<ImportValue> result = op.reshape(op.getResults()[0], full);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

ArrayRef<OpRow> quantopt::onnx::getPoolingOps() {
  static const OpRow rows[] = {
      {"AveragePool", 7, importPool<PoolKind::Average>, "1-d, 2-d and 3-d"},
      {"GlobalAveragePool", 7, importGlobal<PoolKind::Average>},
      {"GlobalMaxPool", 7, importGlobal<PoolKind::Max>},
      {"MaxPool", 7, importPool<PoolKind::Max>, "1-d, 2-d and 3-d; no indices"},
  };
  return rows;
}
