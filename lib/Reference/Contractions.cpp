//===- Contractions.cpp - Convolutions and products -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockWeights.h"
#include "Convolution.h"
#include "Evaluators.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

//===----------------------------------------------------------------------===//
// The two kinds of numbers
//===----------------------------------------------------------------------===//

/// f32: chains of fused multiply-adds from the bias or +0.
struct FloatForm {
  using Number = float;
  using Sum = float;
  using Output = float;
  using Bias = float;
  static std::vector<Number> read(const Tensor &tensor, int64_t zeroPoint) {
    if (const std::vector<float> *decoded = tensor.getDecoded())
      return *decoded;
    if (auto affine = dyn_cast<qnn::AffineType>(tensor.getElementType())) {
      std::vector<float> values(tensor.getNumElements());
      for (size_t i = 0; i < values.size(); ++i)
        values[i] = affine.getScale() *
                    float(tensor.getInteger(i) - affine.getZeroPoint());
      return values;
    }
    return tensor.get<float>().vec();
  }
  static bool fits(Sum) { return true; }
};

/// i8 or i16 x i8 -> i32: exact sums. Subtracting the zero point first makes
/// padding zero.
struct IntegerForm {
  using Number = int32_t;
  using Sum = int64_t;
  using Output = int32_t;
  using Bias = int32_t;
  static std::vector<Number> read(const Tensor &tensor, int64_t zeroPoint) {
    std::vector<int32_t> values;
    values.reserve(tensor.getNumElements());
    tensor.visit([&](auto data) {
      for (auto q : data)
        values.push_back(static_cast<int32_t>(int64_t(q) - zeroPoint));
    });
    return values;
  }
  static bool fits(Sum sum) { return sum == static_cast<int32_t>(sum); }
};

/// i16 x i8 -> i64.
struct WideIntegerForm : IntegerForm {
  using Output = int64_t;
  static bool fits(Sum) { return true; }
};

/// Where the sums of all outputs start.
template <typename Form>
static std::vector<typename Form::Sum> readBias(const Tensor &bias) {
  auto values = bias.get<typename Form::Bias>();
  return {values.begin(), values.end()};
}

/// Writes finished sums; fails on one that the output type cannot hold.
template <typename Form>
static Error finishSums(Operation *op, ArrayRef<typename Form::Sum> sums,
                        int64_t first, typename Form::Output *output) {
  for (auto [o, sum] : llvm::enumerate(sums)) {
    if (!Form::fits(sum))
      return makeError(op, "accumulator of output channel " +
                               Twine(first + int64_t(o)) + " reached " +
                               Twine(int64_t(sum)) + ", outside i32");
    output[o] = static_cast<typename Form::Output>(sum);
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Scaled sums of integers
//===----------------------------------------------------------------------===//

/// The weights of each group, from the constant that defines them.
static std::vector<BlockWeights> readBlocks(qnn::ConstantOp constant,
                                            int64_t groups) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<qnn::QuantizedTypeInterface>(type.getElementType());
  int64_t depth = qnn::getRowSize(type.getShape());
  int64_t outputs = type.getDimSize(0) / groups;
  int64_t block = element.getBlockSize();
  SmallVector<float> scales = qnn::getScaleParameters(constant).scales;
  SmallVector<int64_t> integers = *qnn::getUnscaledIntegers(constant);
  std::vector<BlockWeights> result(
      groups, BlockWeights(outputs, depth, block ? block : depth));
  for (auto [i, value] : llvm::enumerate(integers)) {
    int64_t s = element.getScaleIndex(type.getShape(), i);
    int64_t row = int64_t(i) / depth, k = int64_t(i) % depth;
    BlockWeights &weights = result[row / outputs];
    weights.getValue(row % outputs, k) = int32_t(value);
    weights.getScale(row % outputs, weights.getBlock(k)) = scales[s];
  }
  return result;
}

/// One group's results at one position.
static Error sumBlocks(Operation *op, const BlockWeights &weights,
                       ArrayRef<int32_t> x, float *output) {
  auto sums = weights.sum(x);
  if (!sums)
    return makeError(op, "the sum of a block is outside i32");
  llvm::copy(*sums, output);
  return Error::success();
}

static Error runScaledConv2D(qnn::Conv2DOp op, ArrayRef<Tensor> operands,
                             Tensor &result) {
  int64_t groups = op.getGroups();
  auto weights =
      readBlocks(op.getWeight().getDefiningOp<qnn::ConstantOp>(), groups);
  auto input = IntegerForm::read(operands[0], int32_t(op.getInputZeroPoint()));
  PatchReader<int32_t> reader{op.getWindow(), groups, operands[0].getShape(),
                              input};
  ArrayRef<int64_t> shape = result.getShape();
  float *output = result.getMutable<float>().data();
  std::vector<int32_t> patch;
  for (int64_t p = 0, e = shape[0] * shape[1] * shape[2]; p < e; ++p)
    for (int64_t g = 0; g < groups; ++g, output += shape[3] / groups) {
      reader.read(p / shape[2] / shape[1], p / shape[2] % shape[1],
                  p % shape[2], g, patch);
      if (Error error = sumBlocks(op, weights[g], patch, output))
        return error;
    }
  return Error::success();
}

static Error runScaledDense(qnn::DenseOp op, ArrayRef<Tensor> operands,
                            Tensor &result) {
  auto weights = readBlocks(op.getWeight().getDefiningOp<qnn::ConstantOp>(), 1);
  auto input = IntegerForm::read(operands[0], int32_t(op.getInputZeroPoint()));
  int64_t outputs = operands[1].getShape()[0],
          depth = operands[1].getShape()[1];
  MutableArrayRef<float> output = result.getMutable<float>();
  for (int64_t row = 0, e = output.size() / outputs; row < e; ++row)
    if (Error error =
            sumBlocks(op, weights[0], ArrayRef(input).slice(row * depth, depth),
                      output.data() + row * outputs))
      return error;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// qnn.conv2d
//===----------------------------------------------------------------------===//

template <typename Form>
static Error runConv2D(qnn::Conv2DOp op, ArrayRef<Tensor> operands,
                       Tensor &result) {
  Convolution<typename Form::Number, typename Form::Sum> convolution;
  convolution.window = op.getWindow();
  convolution.groups = op.getGroups();
  convolution.inputShape = operands[0].getShape();
  convolution.resultShape = result.getShape();
  convolution.input = Form::read(operands[0], int32_t(op.getInputZeroPoint()));
  convolution.weights = Form::read(operands[1], 0);
  if (op.getBias())
    convolution.bias = readBias<Form>(operands[2]);
  auto output = result.getMutable<typename Form::Output>();
  int64_t channels = result.getShape()[3];
  return convolution.run(
      [&](int64_t position, int64_t first, ArrayRef<typename Form::Sum> sums) {
        return finishSums<Form>(op, sums, first,
                                output.data() + position * channels + first);
      });
}

static Error evaluateConv2D(qnn::Conv2DOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  Error error = Error::success();
  if (result.getStorage() == Storage::F32 &&
      operands[0].getStorage() != Storage::F32)
    error = runScaledConv2D(op, operands, result);
  else if (result.getStorage() == Storage::F32)
    error = runConv2D<FloatForm>(op, operands, result);
  else if (result.getStorage() == Storage::I64)
    error = runConv2D<WideIntegerForm>(op, operands, result);
  else
    error = runConv2D<IntegerForm>(op, operands, result);
  results.push_back(std::move(result));
  return error;
}

//===----------------------------------------------------------------------===//
// qnn.dense and qnn.matmul
//===----------------------------------------------------------------------===//

template <typename Form>
static Error runDense(qnn::DenseOp op, ArrayRef<Tensor> operands,
                      MutableArrayRef<typename Form::Output> output) {
  ArrayRef<int64_t> weightShape = operands[1].getShape();
  int64_t outputs = weightShape[0], depth = weightShape[1];
  auto input = Form::read(operands[0], int32_t(op.getInputZeroPoint()));
  auto original = Form::read(operands[1], 0);
  auto weights = transposeWeights(original.data(), outputs, depth);
  std::vector<typename Form::Sum> start(outputs), sums;
  if (op.getBias())
    start = readBias<Form>(operands[2]);
  int64_t rows = outputs ? output.size() / outputs : 0;
  for (int64_t row = 0; row < rows; ++row) {
    sums = start;
    accumulate(input.data() + row * depth, depth, weights.data(), outputs,
               sums.data());
    if (Error error =
            finishSums<Form>(op, sums, 0, output.data() + row * outputs))
      return error;
  }
  return Error::success();
}

static Error evaluateDense(qnn::DenseOp op, ArrayRef<Tensor> operands,
                           Results &results) {
  Tensor result = makeResult(op.getResult());
  Error error = Error::success();
  if (result.getStorage() == Storage::F32 &&
      operands[0].getStorage() != Storage::F32)
    error = runScaledDense(op, operands, result);
  else if (result.getStorage() == Storage::F32)
    error = runDense<FloatForm>(op, operands, result.getMutable<float>());
  else if (result.getStorage() == Storage::I64)
    error =
        runDense<WideIntegerForm>(op, operands, result.getMutable<int64_t>());
  else
    error = runDense<IntegerForm>(op, operands, result.getMutable<int32_t>());
  results.push_back(std::move(result));
  return error;
}

template <typename Form>
static Error runMatmul(qnn::MatmulOp op, ArrayRef<Tensor> operands,
                       Tensor &result) {
  ArrayRef<int64_t> shape = result.getShape();
  ArrayRef<int64_t> lhsShape = operands[0].getShape();
  ArrayRef<int64_t> rhsShape = operands[1].getShape();
  int64_t m = lhsShape[lhsShape.size() - 2], depth = lhsShape.back(),
          n = rhsShape.back();
  ArrayRef<int64_t> batch = shape.drop_back(2);
  // Batch strides count matrices.
  auto lhsStrides = getBroadcastStrides(lhsShape.drop_back(2), batch);
  auto rhsStrides = getBroadcastStrides(rhsShape.drop_back(2), batch);
  auto batchStrides = getRowMajorStrides(batch);
  auto lhs = Form::read(operands[0], int32_t(op.getLhsZeroPoint()));
  auto rhs = Form::read(operands[1], int32_t(op.getRhsZeroPoint()));
  auto output = result.getMutable<typename Form::Output>();
  int64_t batches = ShapedType::getNumElements(batch);
  std::vector<typename Form::Sum> sums(n);
  for (int64_t b = 0; b < batches; ++b) {
    int64_t lhsMatrix = 0, rhsMatrix = 0;
    for (size_t d = 0; d < batch.size(); ++d) {
      int64_t index = b / batchStrides[d] % batch[d];
      lhsMatrix += index * lhsStrides[d];
      rhsMatrix += index * rhsStrides[d];
    }
    for (int64_t row = 0; row < m; ++row) {
      llvm::fill(sums, 0);
      accumulate(lhs.data() + (lhsMatrix * m + row) * depth, depth,
                 rhs.data() + rhsMatrix * depth * n, n, sums.data());
      if (Error error =
              finishSums<Form>(op, sums, 0, output.data() + (b * m + row) * n))
        return error;
    }
  }
  return Error::success();
}

static Error evaluateMatmul(qnn::MatmulOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  Error error = result.getStorage() == Storage::F32
                    ? runMatmul<FloatForm>(op, operands, result)
                    : runMatmul<IntegerForm>(op, operands, result);
  results.push_back(std::move(result));
  return error;
}

void reference::addContractionEvaluators(EvaluatorTable &table) {
  table.add(evaluateConv2D);
  table.add(evaluateDense);
  table.add(evaluateMatmul);
}
