//===- QNNVerifyDynamic.cpp - Verifiers of quantization at run time -------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// The scales must have the shape of the first `rowDims` dimensions.
static LogicalResult verifyRows(Operation *op, RankedTensorType type,
                                RankedTensorType scales, int64_t rowDims) {
  if (rowDims < 0 || rowDims > type.getRank()) // (C1)
    return op->emitOpError("expected rowDims in [0, ")
           << type.getRank() << "], but got " << rowDims;
  if (scales.getShape() != type.getShape().take_front(rowDims)) // (C2)
    return op->emitOpError("expected one scale per row, ")
           << RankedTensorType::get(type.getShape().take_front(rowDims),
                                    scales.getElementType())
           << ", but got " << scales;
  return success();
}

LogicalResult QuantizeDynamicOp::verify() {
  if (tensorOf(getResult()).getShape() != tensorOf(getInput()).getShape())
    return emitOpError("expected a result of the input's shape, but got ")
           << getResult().getType() << " for " << getInput().getType();
  Value zeroPoints = getZeroPoints(); // (C3)
  if (zeroPoints && (getRowDims() != 0 || getNonNegative() ||
                     tensorOf(zeroPoints).getRank() != 0))
    return emitOpError(
               "expected zero points of a whole tensor, as 'tensor<i8>' "
               "and without 'nonNegative', but got ")
           << zeroPoints.getType() << " for " << getRowDims() << " row dims";
  return verifyRows(*this, tensorOf(getInput()), tensorOf(getScales()),
                    getRowDims()); // (C1) (C2)
}

LogicalResult DequantizeDynamicOp::verify() {
  if (tensorOf(getResult()).getShape() != tensorOf(getInput()).getShape())
    return emitOpError("expected a result of the input's shape, but got ")
           << getResult().getType() << " for " << getInput().getType();
  auto zeroPoint = int32_t(getZeroPoint());
  if (zeroPoint < -128 || zeroPoint > 127) // (C3)
    return emitOpError("expected a zero point in [-128, 127], but got ")
           << zeroPoint;
  Value zeroPoints = getZeroPoints(); // (C4)
  if (zeroPoints && (zeroPoint != 0 || tensorOf(zeroPoints).getRank() != 0))
    return emitOpError("expected a zero point of type 'tensor<i8>' and the "
                       "attribute to be 0, but got ")
           << zeroPoints.getType() << " and " << zeroPoint;
  return verifyRows(*this, tensorOf(getInput()), tensorOf(getScales()),
                    getRowDims()); // (C1) (C2)
}

LogicalResult ScaleSumsOp::verify() {
  RankedTensorType type = tensorOf(getSums());
  int64_t channels = type.getRank() ? type.getShape().back() : 1;
  auto fits = [&](int64_t count) { return count == 1 || count == channels; };
  int64_t scales = getScales().size();
  if (!fits(scales)) // (C1)
    return emitOpError("expected 1 or ")
           << channels << " scales, one per channel, but got " << scales;
  int64_t offsets = getOffsets() ? getOffsets()->size() : 0;
  if (offsets != 0 && !fits(offsets)) // (C2)
    return emitOpError("expected 1 or ")
           << channels << " offsets, one per channel, but got " << offsets;
  if (Value rows = getRowScales()) {
    ArrayRef<int64_t> shape = tensorOf(rows).getShape();
    if (int64_t(shape.size()) >= std::max<int64_t>(type.getRank(), 1) ||
        type.getShape().take_front(shape.size()) != shape) // (C3)
      return emitOpError("expected row scales of the shape of leading "
                         "dimensions of ")
             << type << ", but got " << rows.getType();
  }
  int64_t factors = getZeroFactors() ? getZeroFactors()->size() : 0;
  Value zeroPoint = getZeroPoint(); // (C5)
  bool isComplete = zeroPoint ? fits(factors) && factors != 0 : factors == 0;
  if (!isComplete || (zeroPoint && tensorOf(zeroPoint).getRank() != 0) ||
      (zeroPoint && !type.getElementType().isInteger()))
    return emitOpError("expected a zero point of type 'tensor<i8>' with 1 or ")
           << channels << " zeroFactors for integer sums, or neither, but got "
           << factors << " for " << type;
  return verifyResultShape(*this, type.getShape()); // (C4)
}
