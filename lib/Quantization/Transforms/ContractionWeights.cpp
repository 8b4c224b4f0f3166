//===- ContractionWeights.cpp - Weights of integer products ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

std::variant<IntegerConstant, std::string>
quantopt::findIntegerConstant(Value weight) {
  auto dequantize = weight.getDefiningOp<DequantizeOp>();
  auto constant = dequantize ? dequantize.getInput().getDefiningOp<ConstantOp>()
                             : ConstantOp();
  if (!constant)
    return "its weight is not quantized";
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  auto storage = dyn_cast<IntegerType>(element.getStorageType());
  if (!storage || storage.getWidth() > 8)
    return "its weight has no integers of 8 bits or less";
  return IntegerConstant{constant, type, storage};
}

std::variant<IntegerWeight, std::string>
quantopt::readIntegerWeight(Value value) {
  auto found = findIntegerConstant(value);
  if (auto *reason = std::get_if<std::string>(&found))
    return *reason;
  auto [constant, type, storage] = std::get<IntegerConstant>(found);
  FailureOr<RowParameters> rows = getRowParameters(constant);
  if (failed(rows))
    return "its weight has more than one scale per output channel";
  int64_t offset =
      storage.isUnsigned() ? int64_t(1) << (storage.getWidth() - 1) : 0;
  for (int64_t zeroPoint : rows->zeroPoints)
    if (zeroPoint != offset)
      return "its weight is not symmetric";
  IntegerWeight weight;
  for (int64_t stored : getStoredIntegers(constant))
    weight.values.push_back(int8_t(stored - offset));
  weight.scales = rows->scales;
  weight.type = RankedTensorType::get(
      type.getShape(), IntegerType::get(type.getContext(), storage.getWidth()));
  return weight;
}

Value quantopt::createIntegers(OpBuilder &builder, Location loc,
                               RankedTensorType type, ArrayRef<int8_t> values) {
  unsigned bits = type.getElementTypeBitWidth();
  SmallVector<APInt> integers;
  for (int8_t value : values)
    integers.push_back(APInt(8, uint8_t(value)).trunc(bits));
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, integers));
}

std::optional<SmallVector<float>> quantopt::readBias(Value bias, int64_t rows) {
  if (!bias)
    return SmallVector<float>(rows, 0.0f);
  SmallVector<float> values;
  if (DenseElementsAttr attr = getFloatConstant(bias)) {
    values = getFloatElements(attr);
  } else if (auto dequantize = bias.getDefiningOp<DequantizeOp>()) {
    if (auto constant = dequantize.getInput().getDefiningOp<ConstantOp>())
      values = dequantizeConstant(constant);
  }
  bool usable = int64_t(values.size()) == rows &&
                llvm::all_of(values, [](float v) { return std::isfinite(v); });
  if (!usable)
    return std::nullopt;
  return values;
}

Value quantopt::createSums(OpBuilder &builder, ContractionOpInterface op,
                           Type sumElement, Value input, Value weight,
                           Value bias, int64_t inputZeroPoint) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Type sumType = type.clone(sumElement);
  IntegerAttr zeroPoint = builder.getI32IntegerAttr(inputZeroPoint);
  if (auto conv = dyn_cast<Conv2DOp>(op.getOperation()))
    return Conv2DOp::create(builder, op->getLoc(), sumType, input, weight, bias,
                            conv.getWindow(), conv.getGroupsAttr(), zeroPoint);
  return DenseOp::create(builder, op->getLoc(), sumType, input, weight, bias,
                         zeroPoint);
}
