//===- Normalization.cpp - Batch normalization and softmax ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;
using qnn::ReduceFn;
using qnn::UnaryFn;

//===----------------------------------------------------------------------===//
// BatchNormalization
//===----------------------------------------------------------------------===//

/// y = x * factors[c] + offsets[c].
struct ChannelAffine {
  SmallVector<float> factors, offsets;
};

/// Normalization with known statistics as one factor and one offset per
/// channel, computed in double and rounded once.
static FailureOr<ChannelAffine> readStatistics(NodeImporter &op,
                                               int64_t channels) {
  float epsilon = op.getFloat("epsilon", 1e-5f);
  SmallVector<SmallVector<float>> parameters;
  const char *names[] = {"scale", "B", "mean", "var"};
  for (auto [i, name] : llvm::enumerate(names)) {
    FailureOr<SmallVector<float>> values = op.getHostFloats(i + 1, name);
    if (failed(values))
      return failure();
    if (static_cast<int64_t>(values->size()) != channels)
      return op.malformed("expected " + Twine(channels) + " elements in " +
                          name + ", but got " + Twine(values->size()));
    parameters.push_back(std::move(*values));
  }
  ChannelAffine result;
  for (int64_t c = 0; c < channels; ++c) {
    double variance = double(parameters[3][c]) + double(epsilon);
    if (!(variance > 0))
      return op.malformed("the variance of channel " + Twine(c) +
                          " is not positive");
    double factor = parameters[0][c] / __builtin_sqrt(variance);
    result.factors.push_back(static_cast<float>(factor));
    result.offsets.push_back(
        static_cast<float>(parameters[1][c] - parameters[2][c] * factor));
  }
  return result;
}

static LogicalResult importBatchNormalization(NodeImporter &op) {
  if (failed(op.expectInputs(5, 5)))
    return failure();
  if (op.getInt("training_mode", 0) != 0)
    return op.unsupported("training mode");
  if (op.getInt("spatial", 1) != 1)
    return op.unsupported("statistics per element (spatial = 0)");
  int64_t rank = op.getRank(0);
  if (rank < 2)
    return op.malformed("expected an input of rank >= 2, but got " +
                        formatShape(op.getShape(0)));
  int64_t channels = op.getShape(0)[1];
  FailureOr<ChannelAffine> affine = readStatistics(op, channels);
  FailureOr<Value> input = op.getFloat(0);
  if (failed(affine) || failed(input))
    return failure();
  FailureOr<Value> value = op.toChannelsLast(*input);
  if (succeeded(value))
    value = op.binary(BinaryFn::Mul, *value,
                      op.constant({channels}, affine->factors));
  if (succeeded(value))
    value = op.binary(BinaryFn::Add, *value,
                      op.constant({channels}, affine->offsets));
  if (succeeded(value))
    value = op.toChannelsFirst(*value);
  if (failed(value))
    return failure();
  return op.setResult(0, *value);
}

//===----------------------------------------------------------------------===//
// Softmax
//===----------------------------------------------------------------------===//

/// x - max(x) - log(sum(exp(x - max(x)))) along an axis.
static FailureOr<Value> buildLogSoftmax(NodeImporter &op, Value input,
                                        int64_t axis) {
  FailureOr<Value> moved =
      op.binary(BinaryFn::Sub, input, op.reduce(ReduceFn::Max, input, {axis}));
  if (failed(moved))
    return failure();
  Value sum = op.reduce(ReduceFn::Sum, op.unary(UnaryFn::Exp, *moved), {axis});
  return op.binary(BinaryFn::Sub, *moved, op.unary(UnaryFn::Log, sum));
}

/// Softmax or its logarithm. Before operator set 13 all dimensions from the
/// axis on are normalized together.
template <bool isLog> static LogicalResult importSoftmax(NodeImporter &op) {
  bool flatten = op.getOpset() < 13;
  int64_t declared = op.getInt("axis", flatten ? 1 : -1);
  if (failed(op.expectInputs(1, 1)))
    return failure();
  SmallVector<int64_t> shape(op.getShape(0));
  int64_t rank = shape.size();
  // Flattening at the end is allowed and leaves rows of one element.
  bool atEnd = flatten && declared == rank;
  FailureOr<int64_t> axis = atEnd ? rank : op.normalizeAxis(declared, rank);
  FailureOr<Value> input = op.getFloat(0);
  if (failed(axis) || failed(input))
    return failure();
  flatten &= *axis != rank - 1;
  if (flatten) {
    int64_t outer = 1;
    for (int64_t size : ArrayRef<int64_t>(shape).take_front(*axis))
      outer *= size;
    int64_t inner = *getNumElements(shape) / std::max<int64_t>(outer, 1);
    FailureOr<ImportValue> flat = op.reshape(*input, {outer, inner});
    if (failed(flat))
      return failure();
    input = flat->runtime;
    axis = 1;
  }
  FailureOr<Value> result = failure();
  if (isLog)
    result = buildLogSoftmax(op, *input, *axis);
  else
    result = qnn::SoftmaxOp::create(op.getBuilder(), op.getLoc(),
                                    input->getType(), *input, *axis)
                 .getResult();
  if (failed(result))
    return failure();
  FailureOr<ImportValue> shaped = op.reshape(*result, shape);
  if (failed(shaped))
    return failure();
  return op.setResult(0, *shaped);
}

ArrayRef<OpRow> quantopt::onnx::getNormalizationOps() {
  static const OpRow rows[] = {
      {"BatchNormalization", 7, importBatchNormalization,
       "inference; statistics are constants"},
      {"LogSoftmax", 7, importSoftmax<true>},
      {"Softmax", 7, importSoftmax<false>},
  };
  return rows;
}
