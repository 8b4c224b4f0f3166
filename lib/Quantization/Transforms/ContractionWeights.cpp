//===- ContractionWeights.cpp - Weights of integer products ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "llvm/Support/MathExtras.h"
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
  std::optional<int64_t> largest = getLargestInteger(type.getElementType());
  if (!largest || *largest > 255)
    return "its weight has no integers of 8 bits or less";
  return IntegerConstant{constant, type,
                         cast<IntegerType>(element.getStorageType())};
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
  // Unsigned integers are symmetric around the middle of their range.
  bool isCodebook = isa<CodebookType>(type.getElementType());
  unsigned bits = storage.getWidth();
  int64_t middle =
      storage.isUnsigned() && !isCodebook ? int64_t(1) << (bits - 1) : 0;
  for (int64_t zeroPoint : rows->zeroPoints)
    if (zeroPoint != middle)
      return "its weight is not symmetric";
  IntegerWeight weight;
  std::optional<SmallVector<int64_t>> integers = getUnscaledIntegers(constant);
  for (int64_t value : *integers) {
    weight.values.push_back(int8_t(value));
    // The bits of 1 and -1 may be fewer than those of both with a sign.
    while (!llvm::isIntN(bits, value))
      ++bits;
  }
  weight.scales = rows->scales;
  weight.type = RankedTensorType::get(
      type.getShape(), IntegerType::get(type.getContext(), bits));
  return weight;
}

std::variant<CenteredWeight, std::string>
quantopt::readCenteredWeight(Value value) {
  auto found = findIntegerConstant(value);
  if (auto *reason = std::get_if<std::string>(&found))
    return *reason;
  ConstantOp constant = std::get<IntegerConstant>(found).op;
  FailureOr<RowParameters> rows = getRowParameters(constant);
  if (failed(rows))
    return "its weight has more than one scale per output channel";
  CenteredWeight weight;
  weight.scales = rows->scales;
  weight.values = *getUnscaledIntegers(constant);
  return weight;
}

Value quantopt::createIntegers(OpBuilder &builder, Location loc,
                               RankedTensorType type,
                               ArrayRef<int64_t> values) {
  unsigned bits = type.getElementTypeBitWidth();
  SmallVector<APInt> integers;
  for (int64_t value : values)
    integers.push_back(APInt(64, uint64_t(value)).trunc(bits));
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, integers));
}

Value quantopt::createIntegers(OpBuilder &builder, Location loc,
                               RankedTensorType type, ArrayRef<int8_t> values) {
  return createIntegers(builder, loc, type,
                        SmallVector<int64_t>(values.begin(), values.end()));
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
