//===- Pools.cpp - Sliding windows ----------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "PoolGeometry.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

/// Maximum over the valid positions, from the lowest value.
template <typename T>
static void poolMax(const PoolGeometry &geometry, ArrayRef<T> input,
                    MutableArrayRef<T> output, T lowest) {
  geometry.forEachPosition([&](const WindowPosition &position, int64_t target) {
    for (int64_t c = 0; c < geometry.result[3]; ++c) {
      T value = lowest;
      for (int64_t offset : position.offsets)
        value = larger(value, input[offset + c]);
      output[target + c] = value;
    }
  });
}

/// Average of floats: additions from 0 in row-major order, one division.
static void poolAverage(const PoolGeometry &geometry, ArrayRef<float> input,
                        MutableArrayRef<float> output) {
  geometry.forEachPosition([&](const WindowPosition &position, int64_t target) {
    for (int64_t c = 0; c < geometry.result[3]; ++c) {
      float sum = 0.0f;
      for (int64_t offset : position.offsets)
        sum += input[offset + c];
      output[target + c] = sum / static_cast<float>(position.count);
    }
  });
}

static Error evaluatePool(qnn::PoolOp op, ArrayRef<Tensor> operands,
                          Results &results) {
  Tensor result = makeResult(op.getResult());
  const Tensor &input = operands[0];
  PoolGeometry geometry(op.getWindow(), op.getCountedPads(), input, result);
  bool isMax = op.getKind() == qnn::PoolKind::Max;
  if (result.getStorage() == Storage::F32 && !isMax)
    poolAverage(geometry, input.get<float>(), result.getMutable<float>());
  else if (result.getStorage() == Storage::F32)
    poolMax<float>(geometry, input.get<float>(), result.getMutable<float>(),
                   -INFINITY);
  else if (result.getStorage() == Storage::I8 && isMax)
    poolMax<int8_t>(geometry, input.get<int8_t>(), result.getMutable<int8_t>(),
                    INT8_MIN);
  else if (result.getStorage() == Storage::I32 && isMax)
    poolMax<int32_t>(geometry, input.get<int32_t>(),
                     result.getMutable<int32_t>(), INT32_MIN);
  else
    return makeError(op, "pools elements that the interpreter does not know");
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluatePoolRequantize(qnn::PoolRequantizeOp op,
                                    ArrayRef<Tensor> operands,
                                    Results &results) {
  Tensor result = makeResult(op.getResult());
  PoolGeometry geometry(op.getWindow(), op.getCountedPads(), operands[0],
                        result);
  const Tensor &input = operands[0];
  int64_t inputZero = int32_t(op.getInputZeroPoint()),
          zeroPoint = int32_t(op.getZeroPoint()), min = int32_t(op.getMin()),
          max = int32_t(op.getMax());
  geometry.forEachPosition([&](const WindowPosition &position, int64_t target) {
    Multiplier multiplier; // an empty window gives the zero point
    if (position.count > 0)
      multiplier = {op.getMultipliers()[position.count - 1],
                    op.getShifts()[position.count - 1]};
    for (int64_t c = 0; c < geometry.result[3]; ++c) {
      int64_t sum = 0;
      for (int64_t offset : position.offsets)
        sum += input.getInteger(offset + c) - inputZero;
      result.setInteger(target + c,
                        requantizeAs(qnn::getSumRounding(op), sum, multiplier,
                                     zeroPoint, min, max));
    }
  });
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addPoolEvaluators(EvaluatorTable &table) {
  table.add(evaluatePool);
  table.add(evaluatePoolRequantize);
}
