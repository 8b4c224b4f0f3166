//===- Contractions.cpp - Convolutions and products -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Every output is one chain over the summed index in ascending order. For
/// speed, the chains of all outputs of one position advance together: the
/// summed index is the outer loop, the output channel the inner one. That
/// changes no chain.
///
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

// Hosts whose baseline lacks a fused multiply-add instruction would call a
// library for each one; let the loader choose a copy of the inner loops that
// uses the instruction. Both give the same bits.
#if defined(__x86_64__) && defined(__linux__) && !defined(__FMA__)
#define QUANTOPT_HOST_CLONES                                                   \
  __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define QUANTOPT_HOST_CLONES
#endif

//===----------------------------------------------------------------------===//
// Inner loops
//===----------------------------------------------------------------------===//

/// acc[o] = fma(x[k], w[k][o], acc[o]) for k ascending.
QUANTOPT_HOST_CLONES
static void accumulate(const float *x, int64_t depth, const float *weights,
                       int64_t outputs, float *acc) {
  for (int64_t k = 0; k < depth; ++k) {
    const float *row = weights + k * outputs;
    float value = x[k];
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] = __builtin_fmaf(value, row[o], acc[o]);
  }
}

/// acc[o] = fma(x[k][o], w[k][o], acc[o]) for k ascending.
QUANTOPT_HOST_CLONES
static void accumulateEach(const float *x, int64_t depth, const float *weights,
                           int64_t outputs, float *acc) {
  for (int64_t k = 0; k < depth; ++k)
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] =
          __builtin_fmaf(x[k * outputs + o], weights[k * outputs + o], acc[o]);
}

/// The number of products of two numbers of at most 9 and 8 bits whose sum
/// fits i32.
constexpr int64_t kSafeDepth = 1 << 14;

/// sums[o] += x[k] * w[k][o] in i32.
QUANTOPT_HOST_CLONES
static void accumulatePart(const int32_t *x, int64_t depth,
                           const int32_t *weights, int64_t outputs,
                           int32_t *sums) {
  for (int64_t k = 0; k < depth; ++k) {
    const int32_t *row = weights + k * outputs;
    int32_t value = x[k];
    for (int64_t o = 0; o < outputs; ++o)
      sums[o] += value * row[o];
  }
}

/// acc[o] += x[k] * w[k][o], exact: parts that fit i32 are added in i64.
static void accumulate(const int32_t *x, int64_t depth, const int32_t *weights,
                       int64_t outputs, int64_t *acc) {
  std::vector<int32_t> sums(outputs);
  for (int64_t begin = 0; begin < depth; begin += kSafeDepth) {
    std::fill(sums.begin(), sums.end(), 0);
    accumulatePart(x + begin, std::min(kSafeDepth, depth - begin),
                   weights + begin * outputs, outputs, sums.data());
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] += sums[o];
  }
}

/// acc[o] += x[k][o] * w[k][o], exact.
QUANTOPT_HOST_CLONES
static void accumulateEach(const int32_t *x, int64_t depth,
                           const int32_t *weights, int64_t outputs,
                           int64_t *acc) {
  for (int64_t k = 0; k < depth; ++k)
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] += int64_t(x[k * outputs + o]) * weights[k * outputs + o];
}

//===----------------------------------------------------------------------===//
// The two kinds of numbers
//===----------------------------------------------------------------------===//

/// f32: chains of fused multiply-adds from the bias or +0.
struct FloatForm {
  using Number = float;
  using Sum = float;
  using Output = float;
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

/// i8 x i8 -> i32: exact sums. Subtracting the zero point first makes padding
/// zero.
struct IntegerForm {
  using Number = int32_t;
  using Sum = int64_t;
  using Output = int32_t;
  static std::vector<Number> read(const Tensor &tensor, int64_t zeroPoint) {
    std::vector<int32_t> values;
    values.reserve(tensor.getNumElements());
    for (int8_t q : tensor.get<int8_t>())
      values.push_back(int32_t(q - zeroPoint));
    return values;
  }
  static bool fits(Sum sum) { return sum == static_cast<int32_t>(sum); }
};

/// Starts all sums at the bias or 0.
template <typename Form>
static void startSums(const Tensor *bias, int64_t first,
                      MutableArrayRef<typename Form::Sum> sums) {
  if (!bias) {
    llvm::fill(sums, typename Form::Sum(0));
    return;
  }
  auto values = bias->get<typename Form::Output>().slice(first, sums.size());
  llvm::copy(values, sums.begin());
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

/// Weights [O][K] as [K][O], so that the inner loop is contiguous.
template <typename T>
static std::vector<T> transposeWeights(const T *weights, int64_t outputs,
                                       int64_t depth) {
  std::vector<T> result(outputs * depth);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t k = 0; k < depth; ++k)
      result[k * outputs + o] = weights[o * depth + k];
  return result;
}

//===----------------------------------------------------------------------===//
// qnn.conv2d
//===----------------------------------------------------------------------===//

namespace {
/// One convolution: numbers read from its operands, and its geometry.
template <typename Form> struct Convolution {
  using Number = typename Form::Number;
  using Sum = typename Form::Sum;
  using Output = typename Form::Output;

  Convolution(qnn::Conv2DOp op, ArrayRef<Tensor> operands)
      : op(op), window(op.getWindow()), groups(op.getGroups()),
        inputShape(operands[0].getShape()),
        resultShape(cast<RankedTensorType>(op.getType()).getShape()),
        input(Form::read(operands[0], int32_t(op.getInputZeroPoint()))),
        bias(op.getBias() ? &operands[2] : nullptr) {
    taps = window.getKernel()[0] * window.getKernel()[1];
    groupInputs = inputShape[3] / groups;
    groupOutputs = resultShape[3] / groups;
    isDepthwise = groupInputs == 1 && groups > 1;
    std::vector<Number> original = Form::read(operands[1], 0);
    int64_t depth = taps * groupInputs;
    if (isDepthwise) {
      weights = transposeWeights(original.data(), resultShape[3], taps);
      return;
    }
    for (int64_t g = 0; g < groups; ++g)
      llvm::append_range(
          weights, transposeWeights(original.data() + g * groupOutputs * depth,
                                    groupOutputs, depth));
  }

  Error run(MutableArrayRef<Output> output) {
    Output *next = output.data();
    for (int64_t n = 0; n < resultShape[0]; ++n)
      for (int64_t h = 0; h < resultShape[1]; ++h)
        for (int64_t w = 0; w < resultShape[2]; ++w) {
          if (Error error = runPosition(n, h, w, next))
            return error;
          next += resultShape[3];
        }
    return Error::success();
  }

private:
  /// The channels of the input at this tap, null in the padding.
  const Number *getTap(int64_t n, int64_t h, int64_t w, int64_t tap) const {
    int64_t i = tap / window.getKernel()[1], j = tap % window.getKernel()[1];
    int64_t y = h * window.getStrides()[0] + i * window.getDilations()[0] -
                window.getPads()[0];
    int64_t x = w * window.getStrides()[1] + j * window.getDilations()[1] -
                window.getPads()[1];
    if (y < 0 || y >= inputShape[1] || x < 0 || x >= inputShape[2])
      return nullptr;
    return input.data() +
           ((n * inputShape[1] + y) * inputShape[2] + x) * inputShape[3];
  }

  Error runPosition(int64_t n, int64_t h, int64_t w, Output *output) {
    return isDepthwise ? runDepthwise(n, h, w, output)
                       : runGroups(n, h, w, output);
  }

  Error runDepthwise(int64_t n, int64_t h, int64_t w, Output *output) {
    int64_t channels = resultShape[3];
    patch.assign(taps * channels, Number(0));
    for (int64_t tap = 0; tap < taps; ++tap)
      if (const Number *source = getTap(n, h, w, tap))
        for (int64_t o = 0; o < channels; ++o)
          patch[tap * channels + o] = source[o / groupOutputs];
    sums.resize(channels);
    startSums<Form>(bias, 0, sums);
    accumulateEach(patch.data(), taps, weights.data(), channels, sums.data());
    return finishSums<Form>(op, sums, 0, output);
  }

  Error runGroups(int64_t n, int64_t h, int64_t w, Output *output) {
    int64_t depth = taps * groupInputs;
    sums.resize(groupOutputs);
    for (int64_t g = 0; g < groups; ++g) {
      patch.assign(depth, Number(0));
      for (int64_t tap = 0; tap < taps; ++tap)
        if (const Number *source = getTap(n, h, w, tap))
          std::copy_n(source + g * groupInputs, groupInputs,
                      patch.begin() + tap * groupInputs);
      int64_t first = g * groupOutputs;
      startSums<Form>(bias, first, sums);
      accumulate(patch.data(), depth, weights.data() + first * depth,
                 groupOutputs, sums.data());
      if (Error error = finishSums<Form>(op, sums, first, output + first))
        return error;
    }
    return Error::success();
  }

  qnn::Conv2DOp op;
  qnn::WindowAttr window;
  int64_t groups, taps, groupInputs, groupOutputs;
  bool isDepthwise;
  ArrayRef<int64_t> inputShape, resultShape;
  std::vector<Number> input, weights, patch;
  std::vector<Sum> sums;
  const Tensor *bias;
};
} // namespace

static Error evaluateConv2D(qnn::Conv2DOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  Error error = Error::success();
  if (result.getStorage() == Storage::F32)
    error =
        Convolution<FloatForm>(op, operands).run(result.getMutable<float>());
  else
    error = Convolution<IntegerForm>(op, operands)
                .run(result.getMutable<int32_t>());
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
  const Tensor *bias = op.getBias() ? &operands[2] : nullptr;
  std::vector<typename Form::Sum> sums(outputs);
  int64_t rows = outputs ? output.size() / outputs : 0;
  for (int64_t row = 0; row < rows; ++row) {
    startSums<Form>(bias, 0, sums);
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
  if (result.getStorage() == Storage::F32)
    error = runDense<FloatForm>(op, operands, result.getMutable<float>());
  else
    error = runDense<IntegerForm>(op, operands, result.getMutable<int32_t>());
  results.push_back(std::move(result));
  return error;
}

static Error evaluateMatmul(qnn::MatmulOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
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
  const float *lhs = operands[0].get<float>().data();
  const float *rhs = operands[1].get<float>().data();
  float *output = result.getMutable<float>().data();
  int64_t batches = ShapedType::getNumElements(batch);
  for (int64_t b = 0; b < batches; ++b) {
    int64_t lhsMatrix = 0, rhsMatrix = 0;
    for (size_t d = 0; d < batch.size(); ++d) {
      int64_t index = b / batchStrides[d] % batch[d];
      lhsMatrix += index * lhsStrides[d];
      rhsMatrix += index * rhsStrides[d];
    }
    for (int64_t row = 0; row < m; ++row)
      accumulate(lhs + (lhsMatrix * m + row) * depth, depth,
                 rhs + rhsMatrix * depth * n, n, output + (b * m + row) * n);
  }
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addContractionEvaluators(EvaluatorTable &table) {
  table.add(evaluateConv2D);
  table.add(evaluateDense);
  table.add(evaluateMatmul);
}
