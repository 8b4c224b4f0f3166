//===- Reductions.cpp - Sums, extremes, softmax ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Support/FixedPoint.h"
#include "llvm/ADT/bit.h"

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

/// Reduces floats that arrive in row-major order.
static float reduceValues(qnn::ReduceFn fn, ArrayRef<float> values) {
  floatfn::HostAlgebra algebra;
  if (fn == qnn::ReduceFn::Sum || fn == qnn::ReduceFn::Mean) {
    InterleavedSum sum;
    for (float value : values)
      sum.add(value);
    if (fn == qnn::ReduceFn::Sum)
      return sum.get();
    return sum.get() / static_cast<float>(values.size());
  }
  bool isMax = fn == qnn::ReduceFn::Max;
  qnn::BinaryFn pick = isMax ? qnn::BinaryFn::Max : qnn::BinaryFn::Min;
  float result = isMax ? -INFINITY : INFINITY;
  for (float value : values)
    result = qnn::evaluateBinary(algebra, pick, result, value);
  return result;
}

static Error evaluateReduce(qnn::ReduceOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<int64_t> shape = operands[0].getShape();
  SmallVector<int64_t> inner(shape.size(), 1); // the reduced box
  for (int64_t axis : op.getAxes())
    inner[axis] = shape[axis];
  SmallVector<int64_t> inputStrides = getRowMajorStrides(shape);
  SmallVector<int64_t> outerStrides = getRowMajorStrides(result.getShape());
  std::vector<float> values(ShapedType::getNumElements(inner));
  MutableArrayRef<float> output = result.getMutable<float>();
  for (size_t i = 0; i < output.size(); ++i) {
    int64_t offset = 0;
    for (size_t d = 0; d < shape.size(); ++d)
      offset +=
          int64_t(i) / outerStrides[d] % result.getShape()[d] * inputStrides[d];
    if (!values.empty())
      copyStrided<float>(inner, operands[0].get<float>().data() + offset,
                         inputStrides, values.data(),
                         getRowMajorStrides(inner));
    output[i] = reduceValues(op.getFn(), values);
  }
  results.push_back(std::move(result));
  return Error::success();
}

/// Calls `fn(index of the first element, stride, length)` for each line of
/// elements along an axis.
template <typename Fn>
static void forEachLine(ArrayRef<int64_t> shape, int64_t axis, Fn fn) {
  int64_t stride = getRowMajorStrides(shape)[axis], length = shape[axis];
  int64_t total = ShapedType::getNumElements(shape);
  for (int64_t outer = 0; outer < total; outer += stride * length)
    for (int64_t inner = 0; inner < stride; ++inner)
      fn(outer + inner, stride, length);
}

static Error evaluateSoftmax(qnn::SoftmaxOp op, ArrayRef<Tensor> operands,
                             Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<float> input = operands[0].get<float>();
  MutableArrayRef<float> output = result.getMutable<float>();
  floatfn::HostAlgebra algebra;
  forEachLine(result.getShape(), op.getAxis(),
              [&](int64_t first, int64_t stride, int64_t length) {
                float max = -INFINITY;
                for (int64_t i = 0; i < length; ++i)
                  max = qnn::evaluateBinary(algebra, qnn::BinaryFn::Max, max,
                                            input[first + i * stride]);
                InterleavedSum sum;
                for (int64_t i = 0; i < length; ++i) {
                  float &e = output[first + i * stride];
                  e = floatfn::exp(algebra, input[first + i * stride] - max);
                  sum.add(e);
                }
                float total = sum.get();
                for (int64_t i = 0; i < length; ++i)
                  output[first + i * stride] /= total;
              });
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateSoftmaxLookup(qnn::SoftmaxLookupOp op,
                                   ArrayRef<Tensor> operands,
                                   Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<int8_t> input = operands[0].get<int8_t>();
  MutableArrayRef<int8_t> output = result.getMutable<int8_t>();
  ArrayRef<int32_t> table = op.getTable();
  int64_t levels = int32_t(op.getOutputLevels());
  forEachLine(result.getShape(), op.getAxis(),
              [&](int64_t first, int64_t stride, int64_t length) {
                int8_t max = INT8_MIN;
                for (int64_t i = 0; i < length; ++i)
                  max = std::max(max, input[first + i * stride]);
                int64_t sum = 0;
                for (int64_t i = 0; i < length; ++i)
                  sum += table[max - input[first + i * stride]];
                for (int64_t i = 0; i < length; ++i) {
                  int64_t e = table[max - input[first + i * stride]];
                  int64_t y =
                      std::min<int64_t>((e * levels + sum / 2) / sum, 255);
                  output[first + i * stride] = static_cast<int8_t>(y - 128);
                }
              });
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateSoftmaxFixedPoint(qnn::SoftmaxFixedPointOp op,
                                       ArrayRef<Tensor> operands,
                                       Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<int8_t> input = operands[0].get<int8_t>();
  MutableArrayRef<int8_t> output = result.getMutable<int8_t>();
  ArrayRef<int32_t> table = op.getTable();
  fixedpoint::HostAlgebra algebra;
  forEachLine(
      result.getShape(), op.getAxis(),
      [&](int64_t first, int64_t stride, int64_t length) {
        int8_t max = INT8_MIN;
        for (int64_t i = 0; i < length; ++i)
          max = std::max(max, input[first + i * stride]);
        uint32_t sum = 0;
        for (int64_t i = 0; i < length; ++i)
          sum +=
              uint32_t(table[max - input[first + i * stride]] + 2048LL) >> 12;
        int zeros = llvm::countl_zero(sum);
        auto fraction = int32_t((sum << zeros) - (uint32_t(1) << 31));
        int32_t inverse = fixedpoint::invertOnePlus(algebra, fraction);
        for (int64_t i = 0; i < length; ++i) {
          int32_t e = table[max - input[first + i * stride]];
          int64_t y = fixedpoint::divideByPowerOfTwo(
              algebra.mulHigh(inverse, e), 35 - zeros);
          output[first + i * stride] =
              static_cast<int8_t>(std::min<int64_t>(y, 255) - 128);
        }
      });
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addReductionEvaluators(EvaluatorTable &table) {
  table.add(evaluateReduce);
  table.add(evaluateSoftmax);
  table.add(evaluateSoftmaxLookup);
  table.add(evaluateSoftmaxFixedPoint);
}
