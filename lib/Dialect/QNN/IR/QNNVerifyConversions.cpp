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

/// (C3), (C4) and (C5) of qnn.constant.
static LogicalResult verifyParameters(ConstantOp op, int64_t expected) {
  ElementsAttr scales = op.getScalesAttr();
  int64_t found = scales ? scales.getNumElements() : 0;
  if (found != expected) // (C3)
    return op.emitOpError("expected ")
           << expected << " scales for this type and shape, but got " << found;
  if (scales) {
    auto dense = dyn_cast<DenseElementsAttr>(scales);
    if (!dense || !isa<FloatType>(scales.getElementType()))
      return op.emitOpError("expected dense float scales");
    for (auto [i, scale] : llvm::enumerate(dense.getValues<APFloat>())) {
      // Denormal `f16` numbers are normal in the arithmetic that uses them.
      bool usable = scale.isFinite() && !scale.isNegative() &&
                    !scale.isZero() &&
                    (scales.getElementType().isF16() || !scale.isDenormal());
      if (!usable) // (C5)
        return op.emitOpError("expected scales that are finite, positive and "
                              "normal, but scale ")
               << i << " is " << scale.convertToDouble();
    }
  }
  ElementsAttr zeroPoints = op.getZeroPointsAttr();
  if (zeroPoints && zeroPoints.getNumElements() != expected) // (C4)
    return op.emitOpError("expected ")
           << expected << " zero points, one per scale, but got "
           << zeroPoints.getNumElements();
  if (zeroPoints && !(isa<DenseElementsAttr>(zeroPoints) &&
                      isa<IntegerType>(zeroPoints.getElementType())))
    return op.emitOpError("expected dense integer zero points");
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
  return verifyParameters(*this, element.getNumScales(type.getShape()));
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
  if (failed(verifyMultipliers(*this, getMultipliers(), getShifts())))
    return failure(); // (C3) (C4)
  return verifyClampRange(*this, int32_t(getMin()), int32_t(getMax())); // (C5)
}

LogicalResult LookupOp::verify() {
  if (getTable().size() != 256) // (C1)
    return emitOpError("expected a table of 256 entries, but got ")
           << getTable().size();
  return success();
}
