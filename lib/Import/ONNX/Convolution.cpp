//===- Convolution.cpp - Convolutions -------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "SlidingWindow.h"

using namespace quantopt;
using namespace quantopt::onnx;

/// Fails unless ranks and channels of input, weight and bias fit.
static LogicalResult checkShapes(NodeImporter &op, int64_t groups) {
  ArrayRef<int64_t> input = op.getShape(0), weight = op.getShape(1);
  if (input.size() < 3 || input.size() != weight.size())
    return op.malformed("expected input and weight of one rank >= 3, but got " +
                        formatShape(input) + " and " + formatShape(weight));
  if (input.size() > 5)
    return op.unsupported(Twine(input.size() - 2) + "-d convolution");
  if (groups < 1 || weight[0] < 1 || weight[0] % groups != 0 ||
      groups > input[1] || input[1] % groups != 0 ||
      weight[1] != input[1] / groups)
    return op.malformed("expected groups (" + Twine(groups) +
                        ") to divide the channels of input " +
                        formatShape(input) + " and weight " +
                        formatShape(weight));
  if (op.hasInput(2) && op.getShape(2) != ArrayRef<int64_t>(weight[0]))
    return op.malformed("expected " + Twine(weight[0]) +
                        " biases, but got shape " +
                        formatShape(op.getShape(2)));
  return success();
}

/// A weight whose dimensions behind the first are taken together in another
/// way, in the IR. Scales per output channel stay with the first dimension.
static FailureOr<Value> reshapeWeight(NodeImporter &op,
                                      const ImportValue &weight,
                                      ArrayRef<int64_t> shape) {
  if (weight.isQuantized() && weight.quantized->axis <= 0 &&
      weight.quantized->block == 0) {
    QuantizedConstant constant = *weight.quantized;
    constant.values = constant.values.reshaped(shape);
    return op.toFloat(std::move(constant));
  }
  FailureOr<ImportValue> result = op.reshape(weight, shape);
  return failed(result) ? FailureOr<Value>(failure()) : op.toFloat(*result);
}

/// The weight with the output channel first and the input channel last. One
/// spatial dimension is the width; the taps of a third become channels.
static FailureOr<Value> getWeight(NodeImporter &op) {
  const ImportValue &weight = op.getInput(1);
  ArrayRef<int64_t> s = weight.getShape();
  SmallVector<int64_t> permutation = {0, 2, 3, 1}, shape;
  if (s.size() == 3) {
    permutation = {0, 2, 1};
    shape = {s[0], 1, s[2], s[1]};
  } else if (s.size() == 5) {
    permutation = {0, 3, 4, 2, 1};
    shape = {s[0], s[3], s[4], s[2] * s[1]};
  }
  FailureOr<ImportValue> last = op.transpose(weight, permutation);
  if (failed(last))
    return failure();
  return shape.empty() ? op.toFloat(*last) : reshapeWeight(op, *last, shape);
}

/// A volume N x C x D x H x W as planes (N * D') x H x W x C': for each place
/// of the window along the depth, what it covers becomes channels of one plane,
/// tap by tap within each group.
static FailureOr<Value> stackDepth(NodeImporter &op, Value input,
                                   const SlidingWindow &depth, int64_t groups) {
  FailureOr<Value> last = op.toChannelsLast(input);
  if (failed(last))
    return failure();
  Value padded = op.pad(*last, {0, depth.before[0], 0, 0, 0},
                        {0, depth.after[0], 0, 0, 0});
  SmallVector<int64_t> s(getShape(padded));
  int64_t extent = (depth.kernel[0] - 1) * depth.dilations[0] + 1;
  int64_t places = (s[1] - extent) / depth.strides[0] + 1;
  int64_t planes = s[0] * places, perGroup = s[4] / groups;
  SmallVector<ImportValue> taps;
  for (int64_t tap = 0; tap < depth.kernel[0]; ++tap) {
    FailureOr<ImportValue> part = op.slice(
        padded, {0, tap * depth.dilations[0], 0, 0, 0},
        {1, depth.strides[0], 1, 1, 1}, {s[0], places, s[2], s[3], s[4]});
    if (succeeded(part))
      part = op.reshape(*part, {planes, s[2], s[3], groups, 1, perGroup});
    if (failed(part))
      return failure();
    taps.push_back(*part);
  }
  FailureOr<ImportValue> joined = op.concat(taps, 4);
  if (succeeded(joined))
    joined = op.reshape(*joined, {planes, s[2], s[3], depth.kernel[0] * s[4]});
  if (failed(joined))
    return failure();
  return joined->runtime;
}

/// Planes of a volume as N x C x D x H x W again.
static FailureOr<Value> unstackDepth(NodeImporter &op, Value planes,
                                     int64_t batch) {
  SmallVector<int64_t> s(getShape(planes));
  FailureOr<ImportValue> volume =
      op.reshape(planes, {batch, s[0] / batch, s[1], s[2], s[3]});
  if (failed(volume))
    return failure();
  return op.toChannelsFirst(volume->runtime);
}

static LogicalResult importConv(NodeImporter &op) {
  int64_t groups = op.getInt("group", 1);
  if (failed(op.expectInputs(2, 3)) || failed(checkShapes(op, groups)))
    return failure();
  ArrayRef<int64_t> kernel = op.getShape(1).drop_front(2);
  SmallVector<int64_t> declared = op.getInts("kernel_shape", kernel);
  if (ArrayRef<int64_t>(declared) != kernel)
    return op.malformed("expected kernel_shape " + formatShape(kernel) +
                        ", the weight's, but got " + formatShape(declared));
  FailureOr<SlidingWindow> window =
      readWindow(op, op.getShape(0).drop_front(2), kernel);
  FailureOr<Value> input = op.getFloat(0);
  if (failed(window) || failed(input))
    return failure();
  bool isVolume = kernel.size() == 3;
  FailureOr<Value> planes =
      isVolume ? stackDepth(op, *input, window->slice(0, 1), groups)
               : toWindowLayout(op, *input);
  FailureOr<Value> weight = getWeight(op);
  FailureOr<Value> bias = op.hasInput(2) ? op.getFloat(2) : Value();
  if (failed(planes) || failed(weight) || failed(bias))
    return failure();
  qnn::WindowAttr geometry =
      (isVolume ? window->slice(1, 2) : *window).getAttribute(op.getContext());
  Value result = qnn::Conv2DOp::create(
      op.getBuilder(), op.getLoc(),
      getWindowResultType(*planes, geometry, getShape(*weight)[0]), *planes,
      *weight, *bias, geometry, groups);
  FailureOr<Value> first = isVolume
                               ? unstackDepth(op, result, op.getShape(0)[0])
                               : fromWindowLayout(op, result, op.getRank(0));
  if (failed(first))
    return failure();
  return op.setResult(0, *first);
}

ArrayRef<OpRow> quantopt::onnx::getConvolutionOps() {
  static const OpRow rows[] = {
      {"Conv", 7, importConv, "1-d, 2-d and 3-d"},
  };
  return rows;
}
