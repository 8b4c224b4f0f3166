//===- Dynamic.cpp - Quantization at run time -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

/// The elements of one row, given the number of rows.
template <typename T> static T getRow(T values, size_t row, size_t rows) {
  size_t length = values.size() / rows;
  return values.slice(row * length, length);
}

/// The largest magnitude of a row.
static float getLargest(ArrayRef<float> row) {
  float largest = 0;
  for (float x : row)
    if (std::fabs(x) > largest) // false for NaN
      largest = std::fabs(x);
  return largest;
}

/// With a zero point found at run time, of the whole tensor.
static Error quantizeAsymmetric(qnn::QuantizeDynamicOp op, const Tensor &input,
                                Results &results) {
  float lo = 0, hi = 0;
  for (float x : input.get<float>()) { // comparisons are false for NaN
    lo = x < lo ? x : lo;
    hi = x > hi ? x : hi;
  }
  AffineParams params = chooseDynamicRange(lo, hi);
  Tensor result = makeResult(op.getResult());
  for (auto [x, q] : llvm::zip(input.get<float>(), result.getMutable<int8_t>()))
    q = static_cast<int8_t>(
        quantizeValue(x, params.scale, params.zeroPoint, -128, 127));
  Tensor scales = makeResult(op.getScales());
  scales.getMutable<float>()[0] = params.scale;
  Tensor zeroPoints = makeResult(op.getZeroPoints());
  zeroPoints.getMutable<int8_t>()[0] = int8_t(params.zeroPoint);
  results.append({std::move(result), std::move(scales), std::move(zeroPoints)});
  return Error::success();
}

static Error evaluateQuantizeDynamic(qnn::QuantizeDynamicOp op,
                                     ArrayRef<Tensor> operands,
                                     Results &results) {
  if (op.getZeroPoints())
    return quantizeAsymmetric(op, operands[0], results);
  Tensor result = makeResult(op.getResult());
  Tensor scales = makeResult(op.getScales());
  ArrayRef<float> input = operands[0].get<float>();
  MutableArrayRef<int8_t> output = result.getMutable<int8_t>();
  size_t rows = scales.getNumElements();
  for (size_t row = 0; row < rows; ++row) {
    ArrayRef<float> values = getRow(input, row, rows);
    float scale = chooseDynamicScale(getLargest(values), op.getLevels());
    float inverse = 1.0f / scale;
    for (auto [x, q] : llvm::zip(values, getRow(output, row, rows)))
      q = static_cast<int8_t>(
          quantizeDynamic(x, inverse, op.getZeroPoint(), op.getMin(), 127));
    scales.getMutable<float>()[row] = scale;
  }
  results.push_back(std::move(result));
  results.push_back(std::move(scales));
  return Error::success();
}

static Error evaluateDequantizeDynamic(qnn::DequantizeDynamicOp op,
                                       ArrayRef<Tensor> operands,
                                       Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<int8_t> input = operands[0].get<int8_t>();
  ArrayRef<float> scales = operands[1].get<float>();
  MutableArrayRef<float> output = result.getMutable<float>();
  int64_t zeroPoint = op.getZeroPoints() ? operands[2].get<int8_t>()[0]
                                         : int32_t(op.getZeroPoint());
  for (size_t row = 0; row < scales.size(); ++row)
    for (auto [q, x] : llvm::zip(getRow(input, row, scales.size()),
                                 getRow(output, row, scales.size())))
      x = dequantizeValue(q, scales[row], zeroPoint);
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateScaleSums(qnn::ScaleSumsOp op, ArrayRef<Tensor> operands,
                               Results &results) {
  Tensor result = makeResult(op.getResult());
  const Tensor &sums = operands[0];
  MutableArrayRef<float> output = result.getMutable<float>();
  ArrayRef<float> rowScales;
  if (op.getRowScales())
    rowScales = operands[1].get<float>();
  int64_t zeroPoint = op.getZeroPoint() ? operands.back().get<int8_t>()[0] : 0;
  ArrayRef<int32_t> factors = op.getZeroFactors().value_or(ArrayRef<int32_t>());
  ArrayRef<float> scales = op.getScales();
  ArrayRef<float> offsets = op.getOffsets().value_or(ArrayRef<float>());
  size_t channels = result.getShape().empty() ? 1 : result.getShape().back();
  size_t rowLength = rowScales.empty() ? 0 : output.size() / rowScales.size();
  for (size_t i = 0; i < output.size(); ++i) {
    size_t c = i % channels;
    float sum = 0;
    if (sums.getStorage() == Storage::F32) {
      sum = sums.get<float>()[i];
    } else {
      int64_t exact = sums.get<int32_t>()[i];
      if (!factors.empty())
        exact -= zeroPoint * factors[factors.size() == 1 ? 0 : c];
      sum = static_cast<float>(static_cast<int32_t>(exact));
    }
    float scale = scales[scales.size() == 1 ? 0 : c];
    if (!rowScales.empty())
      scale = rowScales[i / rowLength] * scale;
    float offset = 0;
    if (!offsets.empty())
      offset = offsets[offsets.size() == 1 ? 0 : c];
    output[i] = std::fma(sum, scale, offset);
  }
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addDynamicEvaluators(EvaluatorTable &table) {
  table.add(evaluateQuantizeDynamic);
  table.add(evaluateDequantizeDynamic);
  table.add(evaluateScaleSums);
}
