//===- Statistics.cpp - Normalization by statistics of the input ----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Layer, instance, group and root-mean-square normalization and their kin: a
// mean, a mean of squares, and elementwise operations.
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include <limits>

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;
using qnn::ReduceFn;
using qnn::UnaryFn;

namespace {
/// Builds chains of operations; after a failure it only passes it on.
class Chain {
public:
  Chain(NodeImporter &op, FailureOr<Value> start) : op(&op), value(start) {}

  Chain with(BinaryFn fn, const Chain &other) const {
    if (failed(value) || failed(other.value))
      return Chain(*op, failure());
    return Chain(*op, op->binary(fn, *value, *other.value));
  }
  Chain operator+(const Chain &c) const { return with(BinaryFn::Add, c); }
  Chain operator-(const Chain &c) const { return with(BinaryFn::Sub, c); }
  Chain operator*(const Chain &c) const { return with(BinaryFn::Mul, c); }
  Chain operator/(const Chain &c) const { return with(BinaryFn::Div, c); }
  Chain operator+(float x) const { return *this + Chain(*op, op->scalar(x)); }
  Chain operator*(float x) const { return *this * Chain(*op, op->scalar(x)); }
  Chain apply(UnaryFn fn) const {
    return failed(value) ? *this : Chain(*op, op->unary(fn, *value));
  }
  Chain reduce(ReduceFn fn, ArrayRef<int64_t> axes) const {
    return failed(value) ? *this : Chain(*op, op->reduce(fn, *value, axes));
  }
  Chain reshape(ArrayRef<int64_t> shape) const {
    if (failed(value))
      return *this;
    FailureOr<ImportValue> result = op->reshape(*value, shape);
    return Chain(*op, failed(result) ? FailureOr<Value>(failure())
                                     : result->runtime);
  }
  FailureOr<Value> get() const { return value; }

private:
  NodeImporter *op;
  FailureOr<Value> value;
};

/// Mean and the reciprocal of the deviation over `axes`, and what they make of
/// the input.
struct Normalized {
  Chain mean, inverse, value;
};
} // namespace

/// (x - mean) / sqrt(mean((x - mean)^2) + epsilon).
static Normalized normalize(const Chain &x, ArrayRef<int64_t> axes,
                            float epsilon) {
  Chain mean = x.reduce(ReduceFn::Mean, axes);
  Chain centred = x - mean;
  Chain variance = (centred * centred).reduce(ReduceFn::Mean, axes);
  Chain inverse =
      (variance + epsilon).apply(UnaryFn::Sqrt).apply(UnaryFn::Reciprocal);
  return {mean, inverse, centred * inverse};
}

static LogicalResult setResult(NodeImporter &op, unsigned i,
                               const Chain &chain) {
  FailureOr<Value> value = chain.get();
  return failed(value) ? failure() : op.setResult(i, *value);
}

/// The numbers in [first, end).
static SmallVector<int64_t> numbers(int64_t first, int64_t end) {
  SmallVector<int64_t> result;
  for (int64_t i = first; i < end; ++i)
    result.push_back(i);
  return result;
}

/// Multiplies by input `scale` and adds the next one, when they are there.
static Chain applyAffine(NodeImporter &op, Chain value, unsigned scale) {
  if (op.hasInput(scale))
    value = value * Chain(op, op.getFloat(scale));
  if (op.hasInput(scale + 1))
    value = value + Chain(op, op.getFloat(scale + 1));
  return value;
}

static LogicalResult importLayerNormalization(NodeImporter &op) {
  float epsilon = op.getFloat("epsilon", 1e-5f);
  if (failed(op.expectInputs(2, 3)))
    return failure();
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getInt("axis", -1), op.getRank(0));
  if (failed(axis))
    return failure();
  Normalized normalized = normalize(Chain(op, op.getFloat(0)),
                                    numbers(*axis, op.getRank(0)), epsilon);
  if (op.hasResult(1) && failed(setResult(op, 1, normalized.mean)))
    return failure();
  if (op.hasResult(2) && failed(setResult(op, 2, normalized.inverse)))
    return failure();
  return setResult(op, 0, applyAffine(op, normalized.value, 1));
}

static LogicalResult importRMSNormalization(NodeImporter &op) {
  float epsilon = op.getFloat("epsilon", 1e-5f);
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getInt("axis", -1), op.getRank(0));
  if (failed(axis))
    return failure();
  Chain x(op, op.getFloat(0));
  Chain square = (x * x).reduce(ReduceFn::Mean, numbers(*axis, op.getRank(0)));
  Chain inverse =
      (square + epsilon).apply(UnaryFn::Sqrt).apply(UnaryFn::Reciprocal);
  return setResult(op, 0, applyAffine(op, x * inverse, 1));
}

/// Fails unless the input is N x C x spatial.
static LogicalResult expectChannels(NodeImporter &op) {
  if (op.getRank(0) >= 3)
    return success();
  return op.malformed("expected an input of rank >= 3, but got " +
                      formatShape(op.getShape(0)));
}

/// Input `i` in another shape.
static Chain getReshaped(NodeImporter &op, unsigned i,
                         ArrayRef<int64_t> shape) {
  FailureOr<ImportValue> value = op.reshape(op.getInput(i), shape);
  return Chain(op, failed(value) ? FailureOr<Value>(failure())
                                 : op.toFloat(*value));
}

/// Input `i`, one number per channel, in a shape that broadcasts to N x C x
/// spatial.
static Chain getPerChannel(NodeImporter &op, unsigned i) {
  SmallVector<int64_t> shape(op.getRank(0) - 1, 1);
  shape[0] = op.getShape(0)[1];
  return getReshaped(op, i, shape);
}

static LogicalResult importInstanceNormalization(NodeImporter &op) {
  float epsilon = op.getFloat("epsilon", 1e-5f);
  if (failed(op.expectInputs(3, 3)) || failed(expectChannels(op)))
    return failure();
  Chain value =
      normalize(Chain(op, op.getFloat(0)), numbers(2, op.getRank(0)), epsilon)
          .value;
  return setResult(op, 0, value * getPerChannel(op, 1) + getPerChannel(op, 2));
}

static LogicalResult importGroupNormalization(NodeImporter &op) {
  float epsilon = op.getFloat("epsilon", 1e-5f);
  int64_t groups = op.getInt("num_groups", 0);
  if (failed(op.expectInputs(3, 3)) || failed(expectChannels(op)))
    return failure();
  SmallVector<int64_t> shape(op.getShape(0));
  if (groups < 1 || shape[1] % groups != 0)
    return op.malformed("expected num_groups (" + Twine(groups) +
                        ") to divide " + Twine(shape[1]) + " channels");
  int64_t rest = *getNumElements(shape) / (shape[0] * groups);
  Chain grouped = Chain(op, op.getFloat(0)).reshape({shape[0], groups, rest});
  Chain value = normalize(grouped, {2}, epsilon).value;
  // Until operator set 21 there was one number per group.
  if (op.getOpset() < 21) {
    Chain scaled = value * getReshaped(op, 1, {groups, 1});
    return setResult(op, 0,
                     (scaled + getReshaped(op, 2, {groups, 1})).reshape(shape));
  }
  return setResult(op, 0,
                   value.reshape(shape) * getPerChannel(op, 1) +
                       getPerChannel(op, 2));
}

static LogicalResult importMeanVarianceNormalization(NodeImporter &op) {
  SmallVector<int64_t> declared = op.getInts("axes", {0, 2, 3});
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes =
      op.normalizeAxes(declared, op.getRank(0));
  if (failed(axes))
    return failure();
  // The function that defines the operator adds this to the deviation.
  constexpr float smallest = 1e-9f;
  Chain x(op, op.getFloat(0));
  Chain centred = x - x.reduce(ReduceFn::Mean, *axes);
  Chain variance = (centred * centred).reduce(ReduceFn::Mean, *axes);
  return setResult(op, 0, centred / (variance.apply(UnaryFn::Sqrt) + smallest));
}

/// Numbers divided by their norm; zeros stay zeros.
static LogicalResult importLpNormalization(NodeImporter &op) {
  int64_t p = op.getInt("p", 2);
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getInt("axis", -1), op.getRank(0));
  if (failed(axis))
    return failure();
  if (p != 1 && p != 2)
    return op.malformed("expected p to be 1 or 2, but got " + Twine(p));
  Chain x(op, op.getFloat(0));
  Chain norm = p == 1 ? x.apply(UnaryFn::Abs) : x * x;
  norm = norm.reduce(ReduceFn::Sum, {*axis});
  if (p == 2)
    norm = norm.apply(UnaryFn::Sqrt);
  Chain least(op, op.scalar(std::numeric_limits<float>::min()));
  return setResult(op, 0, x / norm.with(BinaryFn::Max, least));
}

/// Each number divided by a power of the mean of squares of its neighbours
/// among the channels.
static LogicalResult importLRN(NodeImporter &op) {
  float alpha = op.getFloat("alpha", 1e-4f), beta = op.getFloat("beta", 0.75f);
  float bias = op.getFloat("bias", 1.0f);
  int64_t size = op.getInt("size", 0);
  if (failed(op.expectInputs(1, 1)) || failed(expectChannels(op)))
    return failure();
  if (size < 1 || size > 1024)
    return op.malformed("expected a size in [1, 1024], but got " + Twine(size));
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  Chain x(op, *input), square = x * x;
  FailureOr<Value> squares = square.get();
  if (failed(squares))
    return failure();
  // The window has (size - 1) / 2 channels before and the others behind.
  SmallVector<int64_t> low(op.getRank(0), 0), high(op.getRank(0), 0);
  low[1] = (size - 1) / 2;
  high[1] = size - 1 - low[1];
  Value padded = op.pad(*squares, low, high);
  SmallVector<int64_t> offsets(op.getRank(0), 0), ones(op.getRank(0), 1);
  std::optional<Chain> sum;
  for (int64_t i = 0; i < size; ++i) {
    offsets[1] = i;
    FailureOr<ImportValue> part =
        op.slice(padded, offsets, ones, op.getShape(0));
    if (failed(part))
      return failure();
    Chain term(op, part->runtime);
    sum = sum ? *sum + term : term;
  }
  Chain base = *sum * (alpha / float(size)) + bias;
  Chain power = (base.apply(UnaryFn::Log) * -beta).apply(UnaryFn::Exp);
  return setResult(op, 0, x * power);
}

ArrayRef<OpRow> quantopt::onnx::getStatisticsOps() {
  static const OpRow rows[] = {
      {"GroupNormalization", 18, importGroupNormalization},
      {"InstanceNormalization", 7, importInstanceNormalization},
      {"LRN", 7, importLRN, "size at most 1024"},
      {"LayerNormalization", 17, importLayerNormalization},
      {"LpNormalization", 7, importLpNormalization},
      {"MeanVarianceNormalization", 9, importMeanVarianceNormalization},
      {"RMSNormalization", 23, importRMSNormalization},
  };
  return rows;
}
