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
  if (input.size() > 4)
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

/// The weight with the output channel first and the input channel last.
static FailureOr<Value> getWeight(NodeImporter &op) {
  ImportValue weight = op.getInput(1);
  if (weight.getRank() == 3) {
    ArrayRef<int64_t> shape = weight.getShape();
    SmallVector<int64_t> permutation = {0, 2, 1};
    FailureOr<ImportValue> last = op.transpose(weight, permutation);
    if (failed(last))
      return failure();
    SmallVector<int64_t> wide = {shape[0], 1, shape[2], shape[1]};
    // The new dimension stands behind the axis of the scales.
    if (last->isQuantized() && last->quantized->axis <= 0) {
      QuantizedConstant constant = *last->quantized;
      constant.values = constant.values.reshaped(wide);
      return op.toFloat(std::move(constant));
    }
    FailureOr<ImportValue> result = op.reshape(*last, wide);
    return failed(result) ? FailureOr<Value>(failure()) : op.toFloat(*result);
  }
  FailureOr<ImportValue> last = op.transpose(weight, {0, 2, 3, 1});
  return failed(last) ? FailureOr<Value>(failure()) : op.toFloat(*last);
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
  FailureOr<Value> last = toWindowLayout(op, *input), weight = getWeight(op);
  if (failed(last) || failed(weight))
    return failure();
  Value bias;
  if (op.hasInput(2)) {
    FailureOr<Value> value = op.getFloat(2);
    if (failed(value))
      return failure();
    bias = *value;
  }
  qnn::WindowAttr geometry = window->getAttribute(op.getContext());
  Value result = qnn::Conv2DOp::create(
      op.getBuilder(), op.getLoc(),
      getWindowResultType(*last, geometry, getShape(*weight)[0]), *last,
      *weight, bias, geometry, groups);
  FailureOr<Value> first = fromWindowLayout(op, result, op.getRank(0));
  if (failed(first))
    return failure();
  return op.setResult(0, *first);
}

ArrayRef<OpRow> quantopt::onnx::getConvolutionOps() {
  static const OpRow rows[] = {
      {"Conv", 7, importConv, "1-d and 2-d"},
  };
  return rows;
}
