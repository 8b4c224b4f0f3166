//===- Elementwise.cpp - Functions of one and two numbers -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Support/SourceRounding.h"

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

SmallVector<int64_t> reference::getBroadcastStrides(ArrayRef<int64_t> from,
                                                    ArrayRef<int64_t> to) {
  SmallVector<int64_t> strides(to.size(), 0);
  SmallVector<int64_t> own = getRowMajorStrides(from);
  size_t missing = to.size() - from.size();
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i] != 1)
      strides[missing + i] = own[i];
  return strides;
}

/// The elements of `input`, repeated to `shape`.
template <typename T>
static std::vector<T> broadcast(const Tensor &input, ArrayRef<int64_t> shape) {
  std::vector<T> result(ShapedType::getNumElements(shape));
  if (!result.empty())
    copyStrided<T>(shape, input.get<T>().data(),
                   getBroadcastStrides(input.getShape(), shape), result.data(),
                   getRowMajorStrides(shape));
  return result;
}

/// result[i] = fn(lhs[i], rhs[i]) with broadcasting.
template <typename T, typename Fn>
static Tensor mapPairs(Value value, ArrayRef<Tensor> operands, Fn fn) {
  Tensor result = makeResult(value);
  std::vector<T> lhs = broadcast<T>(operands[0], result.getShape());
  std::vector<T> rhs = broadcast<T>(operands[1], result.getShape());
  for (auto [a, b, y] : llvm::zip(lhs, rhs, result.getMutable<T>()))
    y = fn(a, b);
  return result;
}

/// The same on integers, whose result may have another width.
template <typename Fn>
static Tensor mapIntegers(Value value, ArrayRef<Tensor> operands, Fn fn) {
  Tensor result = makeResult(value);
  operands[0].visit([&](auto data) {
    using T = typename decltype(data)::value_type;
    std::vector<T> lhs = broadcast<T>(operands[0], result.getShape());
    std::vector<T> rhs = broadcast<T>(operands[1], result.getShape());
    for (size_t i = 0; i < lhs.size(); ++i)
      result.setInteger(i, fn(int64_t(lhs[i]), int64_t(rhs[i])));
  });
  return result;
}

static Error evaluateUnary(qnn::UnaryOp op, ArrayRef<Tensor> operands,
                           Results &results) {
  Tensor result = makeResult(op.getResult());
  floatfn::HostAlgebra algebra;
  qnn::UnaryFn fn = op.getFn();
  float alpha = op.getAlpha().convertToFloat();
  float beta = op.getBeta().convertToFloat();
  for (auto [x, y] :
       llvm::zip(operands[0].get<float>(), result.getMutable<float>()))
    y = qnn::evaluateUnary(algebra, fn, x, alpha, beta);
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateClamp(qnn::ClampOp op, ArrayRef<Tensor> operands,
                           Results &results) {
  Tensor result = makeResult(op.getResult());
  float min = op.getMin().convertToFloat(), max = op.getMax().convertToFloat();
  for (auto [x, y] :
       llvm::zip(operands[0].get<float>(), result.getMutable<float>())) {
    float raised = x < min ? min : x; // keeps NaN
    y = max < raised ? max : raised;
  }
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateBinary(qnn::BinaryOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  floatfn::HostAlgebra algebra;
  qnn::BinaryFn fn = op.getFn();
  results.push_back(
      mapPairs<float>(op.getResult(), operands, [&](float a, float b) {
        return qnn::evaluateBinary(algebra, fn, a, b);
      }));
  return Error::success();
}

static Error evaluateRescaleAdd(qnn::RescaleAddOp op, ArrayRef<Tensor> operands,
                                Results &results) {
  RescaleAdd constants{int32_t(op.getLhsMultiplier()),
                       int32_t(op.getRhsMultiplier()), int32_t(op.getOffset()),
                       int32_t(op.getShift())};
  int64_t min = int32_t(op.getMin()), max = int32_t(op.getMax());
  results.push_back(
      mapIntegers(op.getResult(), operands, [&](int64_t a, int64_t b) {
        return rescaleAdd(a, b, constants, min, max);
      }));
  return Error::success();
}

static Error evaluateRescaleMul(qnn::RescaleMulOp op, ArrayRef<Tensor> operands,
                                Results &results) {
  Multiplier multiplier{int32_t(op.getMultiplier()), int32_t(op.getShift())};
  int64_t lhsZero = int32_t(op.getLhsZeroPoint()),
          rhsZero = int32_t(op.getRhsZeroPoint()),
          zeroPoint = int32_t(op.getZeroPoint()), min = int32_t(op.getMin()),
          max = int32_t(op.getMax());
  results.push_back(
      mapIntegers(op.getResult(), operands, [&](int64_t a, int64_t b) {
        if (op.getRoundTwice())
          return int64_t(requantizeTwice(int32_t((a - lhsZero) * (b - rhsZero)),
                                         multiplier, zeroPoint, min, max));
        return rescaleMul(a, lhsZero, b, rhsZero, multiplier, zeroPoint, min,
                          max);
      }));
  return Error::success();
}

static Error evaluateLookupSum(qnn::LookupSumOp op, ArrayRef<Tensor> operands,
                               Results &results) {
  Tensor result = makeResult(op.getResult());
  std::vector<int8_t> lhs = broadcast<int8_t>(operands[0], result.getShape());
  std::vector<int8_t> rhs = broadcast<int8_t>(operands[1], result.getShape());
  ArrayRef<int32_t> lhsTable = op.getLhsTable(), rhsTable = op.getRhsTable();
  for (auto [a, b, y] : llvm::zip(lhs, rhs, result.getMutable<int32_t>()))
    y = lhsTable[a + 128] + rhsTable[b + 128];
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addElementwiseEvaluators(EvaluatorTable &table) {
  table.add(evaluateUnary);
  table.add(evaluateClamp);
  table.add(evaluateBinary);
  table.add(evaluateRescaleAdd);
  table.add(evaluateRescaleMul);
  table.add(evaluateLookupSum);
}
