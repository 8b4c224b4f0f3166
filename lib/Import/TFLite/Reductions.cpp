//===- Reductions.cpp - Pools, reductions, softmax ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "Window.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::tflite;
using qnn::BinaryFn;
using qnn::ReduceFn;
using qnn::UnaryFn;

namespace {
enum PoolField {
  PoolPadding,
  PoolStrideW,
  PoolStrideH,
  PoolWidth,
  PoolHeight,
  PoolActivation
};
} // namespace

template <qnn::PoolKind kind> static LogicalResult importPool(OpImporter &op) {
  if (failed(op.expect(1, 1)))
    return failure();
  WindowOptions options{{op.getOption<int32_t>(PoolHeight, 0),
                         op.getOption<int32_t>(PoolWidth, 0)},
                        {op.getOption<int32_t>(PoolStrideH, 0),
                         op.getOption<int32_t>(PoolStrideW, 0)},
                        {1, 1},
                        op.getOption<int8_t>(PoolPadding, 0)};
  FailureOr<qnn::WindowAttr> window = makeWindow(op, op.getShape(0), options);
  if (failed(window))
    return failure();
  FailureOr<Value> input = op.getReal(0);
  if (failed(input))
    return failure();
  Value result = qnn::PoolOp::create(
      op.getBuilder(), op.getLoc(),
      getWindowResultType(*input, *window, getShape(*input)[3]), kind, *input,
      *window, DenseI64ArrayAttr());
  return op.setActivated(0, result, op.getOption<int8_t>(PoolActivation, 0));
}

/// Ascending, distinct axes from input 1.
static FailureOr<SmallVector<int64_t>> readAxes(OpImporter &op, int64_t rank) {
  FailureOr<SmallVector<int64_t>> given = op.getInts(1, "the axes");
  if (failed(given))
    return failure();
  SmallVector<int64_t> axes;
  for (int64_t axis : *given) {
    FailureOr<int64_t> normal = op.normalizeAxis(axis, rank);
    if (failed(normal))
      return failure();
    axes.push_back(*normal);
  }
  llvm::sort(axes);
  axes.erase(llvm::unique(axes), axes.end());
  return axes;
}

/// A mean over neighbouring axes as one over height and width, the form that
/// computes on integers.
static FailureOr<Value> emitMean(OpImporter &op, Value input,
                                 ArrayRef<int64_t> axes) {
  ArrayRef<int64_t> shape = getShape(input);
  bool isImage = shape.size() == 4 && axes == ArrayRef<int64_t>({1, 2});
  bool isRun = axes.back() - axes.front() + 1 == int64_t(axes.size());
  if (isImage || !isRun)
    return op.reduce(ReduceFn::Mean, input, axes);
  int64_t outer = ShapedType::getNumElements(shape.take_front(axes.front()));
  int64_t length =
      ShapedType::getNumElements(shape.slice(axes.front(), axes.size()));
  int64_t inner = ShapedType::getNumElements(shape.drop_front(axes.back() + 1));
  FailureOr<Value> image = op.reshape(input, {outer, length, 1, inner});
  return failed(image) ? FailureOr<Value>(failure())
                       : op.reduce(ReduceFn::Mean, *image, {1, 2});
}

template <ReduceFn fn> static LogicalResult importReduce(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  SmallVector<int64_t> shape(op.getShape(0));
  FailureOr<SmallVector<int64_t>> axes = readAxes(op, shape.size());
  FailureOr<Value> input = op.getReal(0);
  if (failed(axes) || failed(input))
    return failure();
  if (axes->empty())
    return op.setResult(0, *input);
  FailureOr<Value> value = fn == ReduceFn::Mean ? emitMean(op, *input, *axes)
                                                : op.reduce(fn, *input, *axes);
  if (failed(value))
    return failure();
  bool keeps = op.getOption<uint8_t>(0, 0) != 0;
  SmallVector<int64_t> result;
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (!llvm::is_contained(*axes, int64_t(i)))
      result.push_back(size);
    else if (keeps)
      result.push_back(1);
  }
  value = op.reshape(*value, result);
  return failed(value) ? failure() : op.setResult(0, *value);
}

static LogicalResult importSoftmax(OpImporter &op) {
  if (failed(op.expect(1, 1)))
    return failure();
  int64_t rank = op.getShape(0).size();
  auto beta = op.getOption<float>(0, 0);
  if (rank < 1)
    return op.malformed("expected an input of rank 1 or more");
  if (!(beta > 0 && std::isfinite(beta)))
    return op.malformed("expected a positive beta, but got " +
                        std::to_string(beta));
  FailureOr<Value> input = op.getReal(0);
  if (failed(input))
    return failure();
  if (beta != 1)
    input = op.binary(BinaryFn::Mul, *input, op.constant({}, {beta}));
  return op.setResult(0, qnn::SoftmaxOp::create(op.getBuilder(), op.getLoc(),
                                                input->getType(), *input,
                                                rank - 1));
}

static LogicalResult importLogSoftmax(OpImporter &op) {
  if (failed(op.expect(1, 1)))
    return failure();
  int64_t rank = op.getShape(0).size();
  FailureOr<Value> input = op.getReal(0);
  if (failed(input))
    return failure();
  if (rank < 1)
    return op.malformed("expected an input of rank 1 or more");
  Value most = op.reduce(ReduceFn::Max, *input, {rank - 1});
  Value below = *op.binary(BinaryFn::Sub, *input, most);
  Value sum =
      op.reduce(ReduceFn::Sum, op.unary(UnaryFn::Exp, below), {rank - 1});
  return op.setResult(
      0, *op.binary(BinaryFn::Sub, below, op.unary(UnaryFn::Log, sum)));
}

ArrayRef<OpRow> tflite::getReductionOps() {
  static const OpRow rows[] = {
      {1, "AVERAGE_POOL_2D", importPool<qnn::PoolKind::Average>,
       SourceForm::Exact},
      {17, "MAX_POOL_2D", importPool<qnn::PoolKind::Max>, SourceForm::Moves},
      {25, "SOFTMAX", importSoftmax, SourceForm::Exact,
       "integers with beta 1 only"},
      {40, "MEAN", importReduce<ReduceFn::Mean>, SourceForm::Exact,
       "axes constants; integers for neighbouring axes"},
      {50, "LOG_SOFTMAX", importLogSoftmax},
      {74, "SUM", importReduce<ReduceFn::Sum>, SourceForm::None,
       "axes constants"},
      {82, "REDUCE_MAX", importReduce<ReduceFn::Max>, SourceForm::None,
       "axes constants"},
      {89, "REDUCE_MIN", importReduce<ReduceFn::Min>, SourceForm::None,
       "axes constants"},
  };
  return rows;
}
