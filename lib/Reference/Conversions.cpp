//===- Conversions.cpp - Constants, quantization, tables ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

static Error evaluateArithConstant(arith::ConstantOp op, ArrayRef<Tensor>,
                                   Results &results) {
  auto attr = dyn_cast<ElementsAttr>(op.getValue());
  if (!attr) {
    RankedTensorType type = getTensorType(op.getType());
    attr = DenseElementsAttr::get(type, ArrayRef<Attribute>(op.getValue()));
  }
  auto tensor = Tensor::fromAttribute(attr, getTensorType(op.getType()));
  if (!tensor)
    return makeError(op, llvm::toString(tensor.takeError()));
  results.push_back(std::move(*tensor));
  return Error::success();
}

static Error evaluateConstant(qnn::ConstantOp op, ArrayRef<Tensor>,
                              Results &results) {
  Tensor result = makeResult(op.getResult());
  auto element = cast<qnn::QuantizedTypeInterface>(result.getElementType());
  std::vector<float> decoded;
  llvm::append_range(decoded, qnn::dequantizeConstant(op));
  if (isa<FloatType>(element.getStorageType())) {
    llvm::copy(decoded, result.getMutable<float>().begin());
  } else {
    for (auto [i, q] : llvm::enumerate(qnn::getStoredIntegers(op)))
      result.setInteger(i, q);
  }
  result.setDecoded(std::move(decoded));
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateQuantize(qnn::QuantizeOp op, ArrayRef<Tensor> operands,
                              Results &results) {
  Tensor result = makeResult(op.getResult());
  auto type = cast<qnn::AffineType>(result.getElementType());
  float scale = type.getScale();
  int64_t zeroPoint = type.getZeroPoint(), min = type.getStorageMin(),
          max = type.getStorageMax();
  ArrayRef<float> input = operands[0].get<float>();
  auto convert = [&](auto data) {
    using T = typename decltype(data)::value_type;
    for (auto [x, q] : llvm::zip(input, data))
      q = static_cast<T>(quantizeValue(x, scale, zeroPoint, min, max));
  };
  if (result.getStorage() == Storage::I8)
    convert(result.getMutable<int8_t>());
  else
    convert(result.getMutable<int32_t>());
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateDequantize(qnn::DequantizeOp op, ArrayRef<Tensor> operands,
                                Results &results) {
  Tensor result = makeResult(op.getResult());
  MutableArrayRef<float> output = result.getMutable<float>();
  const Tensor &input = operands[0];
  if (const std::vector<float> *decoded = input.getDecoded()) {
    llvm::copy(*decoded, output.begin());
  } else if (input.getStorage() == Storage::F32) {
    llvm::copy(input.get<float>(), output.begin());
  } else {
    auto type = dyn_cast<qnn::AffineType>(input.getElementType());
    if (!type)
      return makeError(op, "expected an operand that knows its scales");
    float scale = type.getScale();
    int64_t zeroPoint = type.getZeroPoint();
    input.visit([&](auto data) {
      for (auto [q, x] : llvm::zip(data, output))
        x = dequantizeValue(static_cast<int64_t>(q), scale, zeroPoint);
    });
  }
  results.push_back(std::move(result));
  return Error::success();
}

/// What is added to stored integers of type `from` to view them as `to`: half
/// the range between unsigned and signless.
static int64_t getStorageOffset(Type from, Type to) {
  auto storageOf = [](Type type) {
    if (auto quantized = dyn_cast<qnn::QuantizedTypeInterface>(type))
      type = quantized.getStorageType();
    return dyn_cast<IntegerType>(type);
  };
  IntegerType source = storageOf(from), target = storageOf(to);
  if (!source || !target || source.isUnsigned() == target.isUnsigned())
    return 0;
  int64_t half = int64_t(1) << (source.getWidth() - 1);
  return source.isUnsigned() ? -half : half;
}

static Error evaluateStorageCast(qnn::StorageCastOp op,
                                 ArrayRef<Tensor> operands, Results &results) {
  const Tensor &input = operands[0];
  auto type = cast<RankedTensorType>(op.getType());
  int64_t offset =
      getStorageOffset(input.getElementType(), type.getElementType());
  if (offset == 0) {
    results.push_back(input.withType(type));
    return Error::success();
  }
  Tensor result = Tensor::zeros(type);
  for (int64_t i = 0, e = input.getNumElements(); i < e; ++i)
    result.setInteger(i, input.getInteger(i) + offset);
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateRequantize(qnn::RequantizeOp op, ArrayRef<Tensor> operands,
                                Results &results) {
  Tensor result = makeResult(op.getResult());
  int64_t zeroPoint = int32_t(op.getZeroPoint()), min = int32_t(op.getMin()),
          max = int32_t(op.getMax()),
          inputZero = int32_t(op.getInputZeroPoint());
  ArrayRef<int32_t> multipliers = op.getMultipliers(), shifts = op.getShifts();
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i) {
    size_t c = size_t(i) % multipliers.size();
    Multiplier multiplier{multipliers[c], shifts[c]};
    int64_t x = operands[0].getInteger(i) - inputZero;
    result.setInteger(i, requantizeAs(qnn::getSumRounding(op), x, multiplier,
                                      zeroPoint, min, max));
  }
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateLookup(qnn::LookupOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<int8_t> table = op.getTable();
  for (auto [x, y] :
       llvm::zip(operands[0].get<int8_t>(), result.getMutable<int8_t>()))
    y = table[x + 128];
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addConversionEvaluators(EvaluatorTable &table) {
  table.add(evaluateArithConstant);
  table.add(evaluateConstant);
  table.add(evaluateQuantize);
  table.add(evaluateDequantize);
  table.add(evaluateStorageCast);
  table.add(evaluateRequantize);
  table.add(evaluateLookup);
}
