//===- QNNVerifyConversions.cpp - Verifiers of constants and conversions --===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"
#include <cfloat>
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

/// (C2) of qnn.constant.
static LogicalResult verifyPayload(ConstantOp op, RankedTensorType type,
                                   QuantizedTypeInterface element) {
  auto payload = dyn_cast<DenseElementsAttr>(op.getPayload());
  if (!payload)
    return op.emitOpError("expected a dense payload");
  auto found = cast<RankedTensorType>(payload.getType());
  Type storage = element.getStorageType();
  if (storage.getIntOrFloatBitWidth() < 8) {
    auto bytes =
        RankedTensorType::get({element.getPayloadBytes(type.getShape())},
                              IntegerType::get(op.getContext(), 8));
    if (found == bytes)
      return success();
    return op.emitOpError("expected packed payload of type ")
           << bytes << ", but got " << found;
  }
  auto expected = RankedTensorType::get(type.getShape(), storage);
  if (found != expected)
    return op.emitOpError("expected payload of type ")
           << expected << ", but got " << found;
  return success();
}

/// (C5): every scale is a positive number that `f32` arithmetic can use.
static LogicalResult verifyScales(ConstantOp op, DenseElementsAttr scales) {
  auto refuse = [&](size_t i, double scale) {
    return op.emitOpError("expected scales that are finite, positive and "
                          "normal, but scale ")
           << i << " is " << scale;
  };
  if (isa<IntegerType>(scales.getElementType())) {
    for (auto [i, scale] : llvm::enumerate(scales.getValues<APInt>()))
      if (scale.isZero())
        return refuse(i, 0);
    return success();
  }
  // Denormal `f16` numbers are normal in the arithmetic that uses them.
  bool isHalf = scales.getElementType().isF16();
  for (auto [i, scale] : llvm::enumerate(scales.getValues<APFloat>())) {
    auto value = float(scale.convertToDouble());
    if (!std::isfinite(value) || value <= 0 || (!isHalf && value < FLT_MIN))
      return refuse(i, scale.convertToDouble());
  }
  return success();
}

/// (C8): the factors of scales of type `ui8`.
static LogicalResult verifySuperScales(ConstantOp op, RankedTensorType type) {
  ElementsAttr scales = op.getScalesAttr(), factors = op.getSuperScalesAttr();
  bool isNeeded = scales && scales.getElementType().isUnsignedInteger(8);
  if (!isNeeded && !factors)
    return success();
  SuperScales layout(cast<QuantizedTypeInterface>(type.getElementType()),
                     type.getShape());
  auto dense = dyn_cast_or_null<DenseElementsAttr>(factors);
  if (!isNeeded || !dense || !dense.getElementType().isF32() ||
      dense.getNumElements() != layout.count)
    return op.emitOpError("expected ")
           << layout.count
           << " super scales of type f32 with scales of type ui8, and none "
              "with others";
  for (float factor : dense.getValues<float>())
    if (!std::isfinite(factor) || factor < FLT_MIN)
      return op.emitOpError("expected super scales that are finite, positive "
                            "and normal, but got ")
             << factor;
  return success();
}

/// (C3), (C4), (C5) and (C8) of qnn.constant.
static LogicalResult verifyParameters(ConstantOp op, RankedTensorType type) {
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  int64_t expected = element.getNumScales(type.getShape());
  ElementsAttr scales = op.getScalesAttr();
  int64_t found = scales ? scales.getNumElements() : 0;
  if (found != expected) // (C3)
    return op.emitOpError("expected ")
           << expected << " scales for this type and shape, but got " << found;
  if (scales) {
    auto dense = dyn_cast<DenseElementsAttr>(scales);
    if (!dense || !(isa<FloatType>(scales.getElementType()) ||
                    scales.getElementType().isUnsignedInteger(8)))
      return op.emitOpError("expected dense scales of floats or ui8");
    if (failed(verifyScales(op, dense))) // (C5)
      return failure();
  }
  ElementsAttr zeroPoints = op.getZeroPointsAttr();
  bool isCodebook = isa<CodebookType>(type.getElementType());
  if (zeroPoints &&
      (zeroPoints.getNumElements() != expected || isCodebook)) // (C4)
    return op.emitOpError("expected ")
           << (isCodebook ? 0 : expected)
           << " zero points, one per scale, but got "
           << zeroPoints.getNumElements();
  if (zeroPoints && !(isa<DenseElementsAttr>(zeroPoints) &&
                      isa<IntegerType>(zeroPoints.getElementType())))
    return op.emitOpError("expected dense integer zero points");
  return verifySuperScales(op, type); // (C8)
}

/// (C6) and (C7) of qnn.constant.
static LogicalResult verifyTables(ConstantOp op, RankedTensorType type) {
  auto codebook = dyn_cast<CodebookType>(type.getElementType());
  ElementsAttr tables = op.getTablesAttr();
  int64_t expected = codebook ? codebook.getNumTables(type.getShape()) : 0;
  if (tables || expected) {
    auto dense = dyn_cast_or_null<DenseElementsAttr>(tables);
    int64_t entries =
        codebook ? int64_t(1) << getCodeBits(codebook.getCodes()) : 0;
    auto wanted = RankedTensorType::get({expected, entries},
                                        Float32Type::get(op.getContext()));
    if (!dense || dense.getType() != wanted) // (C6)
      return op.emitOpError("expected tables of type ") << wanted;
    for (float value : dense.getValues<float>())
      if (!std::isfinite(value)) // (C6)
        return op.emitOpError("expected tables of finite numbers");
  }
  SmallVector<float> table;
  if (codebook)
    table = codebook.getCodeTable();
  if (table.empty())
    return success();
  for (auto [i, code] : llvm::enumerate(getStoredIntegers(op)))
    if (code >= int64_t(table.size()) || !std::isfinite(table[code])) // (C7)
      return op.emitOpError("expected codes that stand for finite numbers, but "
                            "code ")
             << code << " of element " << i << " does not";
  return success();
}

LogicalResult ConstantOp::verify() {
  RankedTensorType type = tensorOf(getResult());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  if (!type.hasStaticShape()) // (C1)
    return emitOpError("expected a static shape, but got ") << type;
  if (auto axis = dyn_cast<AffineAxisType>(type.getElementType()))
    if (axis.getAxis() >= type.getRank()) // (C1)
      return emitOpError("expected an axis below the rank ")
             << type.getRank() << ", but got " << axis.getAxis();
  if (failed(verifyPayload(*this, type, element))) // (C2)
    return failure();
  if (failed(verifyParameters(*this, type))) // (C3) (C4) (C5) (C8)
    return failure();
  return verifyTables(*this, type); // (C6) (C7)
}

LogicalResult QuantizeOp::verify() {
  if (!isa<AffineType>(tensorOf(getResult()).getElementType())) // (C1)
    return emitOpError("expected a '!qnn.affine' result, whose type carries "
                       "its parameters, but got ")
           << getType();
  return success();
}

LogicalResult DequantizeOp::verify() {
  auto element =
      cast<QuantizedTypeInterface>(tensorOf(getInput()).getElementType());
  if (element.hasParametersInConstant() &&
      !getInput().getDefiningOp<ConstantOp>()) // (C1)
    return emitOpError("expected an operand made by 'qnn.constant', which "
                       "holds the parameters of ")
           << getInput().getType();
  return success();
}

LogicalResult StorageCastOp::verify() {
  Type from = tensorOf(getInput()).getElementType();
  Type to = tensorOf(getResult()).getElementType();
  auto quantized = dyn_cast<QuantizedTypeInterface>(from);
  Type stored = to;
  if (!quantized) {
    quantized = dyn_cast<QuantizedTypeInterface>(to);
    stored = from;
  }
  auto matches = [&] {
    if (!quantized || isa<QuantizedTypeInterface>(stored))
      return false;
    Type storage = quantized.getStorageType();
    auto integer = dyn_cast<IntegerType>(storage);
    return stored == storage ||
           (integer && integer.isUnsigned() &&
            stored == IntegerType::get(getContext(), integer.getWidth()));
  };
  if (!matches()) // (C1)
    return emitOpError("expected a quantized type and its storage type, but "
                       "got ")
           << from << " and " << to;
  return success();
}

LogicalResult RequantizeOp::verify() {
  RankedTensorType type = tensorOf(getInput());
  int64_t channels = type.getRank() ? type.getShape().back() : 1;
  int64_t count = getMultipliers().size();
  if (count != 1 && count != channels) // (C1)
    return emitOpError("expected 1 or ")
           << channels << " multipliers, one per channel, but got " << count;
  if (int64_t(getShifts().size()) != count) // (C2)
    return emitOpError("expected ")
           << count << " shifts, one per multiplier, but got "
           << getShifts().size();
  if (failed(verifyMultipliers(*this, getMultipliers(), getShifts(),
                               getRoundTwice())))
    return failure();                                       // (C3) (C4)
  if (failed(verifyRoundTwice(*this, getRoundTwice(), 32))) // (C7)
    return failure();
  if (failed(verifyInputZeroPoint(*this, getInput(),
                                  int32_t(getInputZeroPoint())))) // (C6)
    return failure();
  return verifyClampRange(*this, int32_t(getMin()), int32_t(getMax())); // (C5)
}

LogicalResult LookupOp::verify() {
  if (getTable().size() != 256) // (C1)
    return emitOpError("expected a table of 256 entries, but got ")
           << getTable().size();
  return success();
}
