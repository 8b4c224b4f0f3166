//===- Contractions.cpp - Convolutions and dense layers -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "Window.h"

using namespace quantopt;
using namespace quantopt::tflite;

/// The places of fields in the tables of options.
namespace {
enum ConvField {
  ConvPadding,
  ConvStrideW,
  ConvStrideH,
  ConvActivation,
  ConvDilationW,
  ConvDilationH
};
enum DepthwiseField {
  DwPadding,
  DwStrideW,
  DwStrideH,
  DwMultiplier,
  DwActivation,
  DwDilationW,
  DwDilationH
};
enum DenseField { DenseActivation, DenseFormat, DenseKeepDims };
enum TransposeField {
  TransposePadding,
  TransposeStrideW,
  TransposeStrideH,
  TransposeActivation
};
enum MatmulField { MatmulAdjointX, MatmulAdjointY };
} // namespace

/// Emits the convolution of input 0 with a weight.
static LogicalResult emitConv(OpImporter &op, const WindowOptions &options,
                              FailureOr<Value> weight, int64_t groups,
                              int8_t activation) {
  FailureOr<qnn::WindowAttr> window = makeWindow(op, op.getShape(0), options);
  if (failed(window) || failed(weight))
    return failure();
  int64_t channels = getShape(*weight)[0];
  FailureOr<Value> input = op.getReal(0);
  FailureOr<Value> bias = op.getBias(2, 0, 1, channels);
  if (failed(input) || failed(bias))
    return failure();
  Value result =
      qnn::Conv2DOp::create(op.getBuilder(), op.getLoc(),
                            getWindowResultType(*input, *window, channels),
                            *input, *weight, *bias, *window, groups);
  return op.setActivated(0, op.withExactBias(result), activation);
}

static LogicalResult importConv(OpImporter &op) {
  if (failed(op.expect(2, 3)))
    return failure();
  SmallVector<int64_t> x(op.getShape(0)), w(op.getShape(1));
  if (x.size() != 4 || w.size() != 4 || w[0] < 1 || w[3] < 1 ||
      x[3] % w[3] != 0 || w[0] % std::max<int64_t>(x[3] / w[3], 1) != 0)
    return op.malformed("the filter " + formatShape(w) +
                        " does not fit the input " + formatShape(x));
  WindowOptions options{{w[1], w[2]},
                        {op.getOption<int32_t>(ConvStrideH, 0),
                         op.getOption<int32_t>(ConvStrideW, 0)},
                        {op.getOption<int32_t>(ConvDilationH, 1),
                         op.getOption<int32_t>(ConvDilationW, 1)},
                        op.getOption<int8_t>(ConvPadding, 0)};
  return emitConv(op, options, op.getWeight(1, {w, {}}), x[3] / w[3],
                  op.getOption<int8_t>(ConvActivation, 0));
}

static LogicalResult importDepthwise(OpImporter &op) {
  if (failed(op.expect(2, 3)))
    return failure();
  SmallVector<int64_t> x(op.getShape(0)), w(op.getShape(1));
  if (x.size() != 4 || w.size() != 4 || w[0] != 1 || w[3] < 1 || x[3] < 1 ||
      w[3] % x[3] != 0)
    return op.malformed("the filter " + formatShape(w) +
                        " does not fit the input " + formatShape(x));
  WindowOptions options{{w[1], w[2]},
                        {op.getOption<int32_t>(DwStrideH, 0),
                         op.getOption<int32_t>(DwStrideW, 0)},
                        {op.getOption<int32_t>(DwDilationH, 1),
                         op.getOption<int32_t>(DwDilationW, 1)},
                        op.getOption<int8_t>(DwPadding, 0)};
  WeightLayout layout{{w[3], w[1], w[2], 1}, {3, 1, 2, 0}};
  return emitConv(op, options, op.getWeight(1, layout), x[3],
                  op.getOption<int8_t>(DwActivation, 0));
}

static LogicalResult importDense(OpImporter &op) {
  if (failed(op.expect(2, 3)))
    return failure();
  if (op.getOption<int8_t>(DenseFormat, 0) != 0)
    return op.unsupported("shuffled weights");
  SmallVector<int64_t> x(op.getShape(0)), w(op.getShape(1));
  int64_t count = ShapedType::getNumElements(x);
  if (w.size() != 2 || w[0] < 1 || w[1] < 1 || count % w[1] != 0 || count == 0)
    return op.malformed("the weights " + formatShape(w) +
                        " do not fit the input " + formatShape(x));
  SmallVector<int64_t> rows = {count / w[1], w[1]};
  if (op.getOption<uint8_t>(DenseKeepDims, 0)) {
    if (x.empty() || x.back() != w[1])
      return op.malformed("the weights " + formatShape(w) +
                          " do not fit the input " + formatShape(x));
    rows = x;
  }
  FailureOr<Value> input = op.getReal(0);
  FailureOr<Value> weight = op.getWeight(1, {w, {}});
  FailureOr<Value> bias = op.getBias(2, 0, 1, w[0]);
  if (failed(input) || failed(weight) || failed(bias))
    return failure();
  input = op.reshape(*input, rows);
  rows.back() = w[0];
  Value result =
      qnn::DenseOp::create(op.getBuilder(), op.getLoc(),
                           cast<RankedTensorType>(input->getType()).clone(rows),
                           *input, *weight, *bias);
  return op.setActivated(0, op.withExactBias(result),
                         op.getOption<int8_t>(DenseActivation, 0));
}

/// The transposed convolution is one of the input with zeros between its
/// elements, whose filter is turned by half a turn.
static LogicalResult importTransposeConv(OpImporter &op) {
  if (failed(op.expect(3, 4)))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = op.getInts(0, "the output's shape");
  if (failed(shape))
    return failure();
  SmallVector<int64_t> w(op.getShape(1)), x(op.getShape(2));
  int64_t strides[] = {op.getOption<int32_t>(TransposeStrideH, 0),
                       op.getOption<int32_t>(TransposeStrideW, 0)};
  bool fits = w.size() == 4 && x.size() == 4 && shape->size() == 4 &&
              w[3] == x[3] && (*shape)[0] == x[0] && (*shape)[3] == w[0] &&
              w[0] >= 1 && x[3] >= 1;
  if (!fits)
    return op.malformed("the filter " + formatShape(w) +
                        " does not fit input and output");
  int8_t padding = op.getOption<int8_t>(TransposePadding, 0);
  SmallVector<int64_t> low = {0, 0, 0, 0}, high = low, spread = x;
  for (int dim : {0, 1}) {
    int64_t stride = strides[dim], in = x[1 + dim], out = (*shape)[1 + dim],
            kernel = w[1 + dim];
    if (stride < 1 || stride > 1024 || in < 1 || in > 1 << 20 || out < 1 ||
        out > 1 << 20 || kernel < 1 || kernel > 1 << 20)
      return op.malformed("a size or stride is not possible");
    // The window that would make the input of the output.
    int64_t before =
        padding == 0
            ? std::max<int64_t>((in - 1) * stride + kernel - out, 0) / 2
            : 0;
    spread[1 + dim] = (in - 1) * stride + 1;
    low[1 + dim] = kernel - 1 - before;
    high[1 + dim] = out - spread[1 + dim] - low[1 + dim] + kernel - 1;
    if (low[1 + dim] < 0 || high[1 + dim] < 0)
      return op.unsupported("an output that leaves out elements of the input");
  }
  FailureOr<Value> input = op.getReal(2);
  WeightLayout layout{w, {}, /*isTurned=*/true};
  FailureOr<Value> weight = op.getWeight(1, layout);
  FailureOr<Value> bias = op.getBias(3, 2, 1, w[0]);
  if (failed(input) || failed(weight) || failed(bias))
    return failure();
  // Zeros between elements: behind each one, then the last ones fall away.
  Value value = *input;
  if (strides[0] != 1 || strides[1] != 1) {
    value = *op.reshape(value, {x[0], x[1], 1, x[2], 1, x[3]});
    value = op.pad(value, {0, 0, 0, 0, 0, 0},
                   {0, 0, strides[0] - 1, 0, strides[1] - 1, 0});
    value =
        *op.reshape(value, {x[0], x[1] * strides[0], x[2] * strides[1], x[3]});
    value = op.slice(value, {0, 0, 0, 0}, {1, 1, 1, 1}, spread);
  }
  value = op.pad(value, low, high);
  auto window = qnn::WindowAttr::get(op.getContext(), {w[1], w[2]}, {1, 1},
                                     {1, 1}, {0, 0, 0, 0});
  Value result = qnn::Conv2DOp::create(op.getBuilder(), op.getLoc(),
                                       getWindowResultType(value, window, w[0]),
                                       value, *weight, *bias, window, 1);
  return op.setActivated(0, op.withExactBias(result),
                         op.getOption<int8_t>(TransposeActivation, 0));
}

/// A value with its last two dimensions exchanged.
static Value exchangeLast(OpImporter &op, Value value) {
  int64_t rank = getShape(value).size();
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(permutation[rank - 1], permutation[rank - 2]);
  return op.transpose(value, permutation);
}

/// Whether input 1 is the weight of a dense layer: one matrix, around 0.
static bool isMatrixWeight(OpImporter &op) {
  if (!op.isConstant(1) || op.getShape(1).size() != 2)
    return false;
  FlatVector<int64_t> zeroPoints = op.getInput(1).zeroPoints;
  for (size_t i = 0; i < zeroPoints.size(); ++i)
    if (zeroPoints[i] != 0)
      return false;
  return true;
}

/// The product with a constant matrix as a dense layer.
static LogicalResult emitMatrixProduct(OpImporter &op, Value input,
                                       bool isTransposed) {
  SmallVector<int64_t> matrix(op.getShape(1)), shape(getShape(input));
  WeightLayout layout{matrix, {}};
  if (!isTransposed)
    layout = {{matrix[1], matrix[0]}, {1, 0}};
  if (layout.shape[1] != shape.back())
    return op.malformed("shapes " + formatShape(shape) + " and " +
                        formatShape(matrix) + " cannot be multiplied");
  FailureOr<Value> weight = op.getWeight(1, layout);
  if (failed(weight))
    return failure();
  shape.back() = layout.shape[0];
  return op.setResult(
      0,
      qnn::DenseOp::create(op.getBuilder(), op.getLoc(),
                           cast<RankedTensorType>(input.getType()).clone(shape),
                           input, *weight, Value()));
}

static LogicalResult importBatchMatmul(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  if (op.getShape(0).size() < 2 || op.getShape(1).size() < 2)
    return op.malformed("expected operands of rank 2 or more");
  FailureOr<Value> lhs = op.getReal(0);
  if (failed(lhs))
    return failure();
  if (op.getOption<uint8_t>(MatmulAdjointX, 0))
    lhs = exchangeLast(op, *lhs);
  bool isTransposed = op.getOption<uint8_t>(MatmulAdjointY, 0) != 0;
  if (isMatrixWeight(op))
    return emitMatrixProduct(op, *lhs, isTransposed);
  FailureOr<Value> rhs = op.getReal(1);
  if (failed(rhs))
    return failure();
  if (isTransposed)
    rhs = exchangeLast(op, *rhs);
  SmallVector<int64_t> a(getShape(*lhs)), b(getShape(*rhs));
  size_t rank = std::max(a.size(), b.size());
  SmallVector<int64_t> shape(rank, 1);
  if (a.back() != b[b.size() - 2])
    return op.malformed("shapes " + formatShape(a) + " and " + formatShape(b) +
                        " cannot be multiplied");
  for (size_t i = 3; i <= rank; ++i) {
    int64_t x = i <= a.size() ? a[a.size() - i] : 1;
    int64_t y = i <= b.size() ? b[b.size() - i] : 1;
    if (x != y && x != 1 && y != 1)
      return op.malformed("shapes " + formatShape(a) + " and " +
                          formatShape(b) + " do not broadcast");
    shape[rank - i] = x == 1 ? y : x;
  }
  shape[rank - 2] = a[a.size() - 2];
  shape[rank - 1] = b.back();
  Value result = qnn::MatmulOp::create(
      op.getBuilder(), op.getLoc(),
      cast<RankedTensorType>(lhs->getType()).clone(shape), *lhs, *rhs);
  return op.setResult(0, result);
}

ArrayRef<OpRow> tflite::getContractionOps() {
  static const OpRow rows[] = {
      {3, "CONV_2D", importConv, SourceForm::Exact},
      {4, "DEPTHWISE_CONV_2D", importDepthwise, SourceForm::Exact},
      {9, "FULLY_CONNECTED", importDense, SourceForm::Exact,
       "no shuffled weights"},
      {67, "TRANSPOSE_CONV", importTransposeConv, SourceForm::Exact,
       "output shape a constant"},
      {126, "BATCH_MATMUL", importBatchMatmul, SourceForm::Exact},
  };
  return rows;
}
