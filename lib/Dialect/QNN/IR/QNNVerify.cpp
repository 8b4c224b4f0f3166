//===- QNNVerify.cpp - Checks shared by verifiers -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using namespace quantopt::qnn;

LogicalResult qnn::verifyResultShape(Operation *op,
                                     ArrayRef<int64_t> expected) {
  ArrayRef<int64_t> found = tensorOf(op->getResult(0)).getShape();
  bool same = found.size() == expected.size();
  for (size_t i = 0; same && i < found.size(); ++i)
    same = found[i] == expected[i] || ShapedType::isDynamic(found[i]) ||
           ShapedType::isDynamic(expected[i]);
  if (same)
    return success();
  InFlightDiagnostic diag = op->emitOpError("expected result shape [");
  llvm::interleaveComma(expected, diag);
  diag << "], but got [";
  llvm::interleaveComma(found, diag);
  return diag << "]";
}

LogicalResult qnn::verifySameElementType(Operation *op) {
  Type found = tensorOf(op->getResult(0)).getElementType();
  for (Value operand : op->getOperands()) {
    Type expected = tensorOf(operand).getElementType();
    if (expected != found)
      return op->emitOpError("expected result element type ")
             << expected << ", the operand's, but got " << found;
  }
  return success();
}

IntegerLimits qnn::getLimits(Value tensor) {
  unsigned bits = tensorOf(tensor).getElementTypeBitWidth();
  return {llvm::minIntN(bits), llvm::maxIntN(bits)};
}

LogicalResult qnn::verifyInputZeroPoint(Operation *op, Value input,
                                        int64_t zeroPoint) {
  Type element = tensorOf(input).getElementType();
  bool isStored = element.isInteger(8) || element.isInteger(16);
  IntegerLimits limits = isStored ? getLimits(input) : IntegerLimits{0, 0};
  if (zeroPoint >= limits.min && zeroPoint <= limits.max)
    return success();
  return op->emitOpError("expected an input zero point in [")
         << limits.min << ", " << limits.max << "] for " << element
         << ", but got " << zeroPoint;
}

LogicalResult qnn::verifyClampRange(Operation *op, int64_t min, int64_t max) {
  IntegerLimits limits = getLimits(op->getResult(0));
  if (min >= limits.min && min <= max && max <= limits.max)
    return success();
  return op->emitOpError("expected ")
         << limits.min << " <= min <= max <= " << limits.max << ", but got min "
         << min << " and max " << max;
}

LogicalResult qnn::verifyMultipliers(Operation *op,
                                     ArrayRef<int32_t> multipliers,
                                     ArrayRef<int32_t> shifts,
                                     bool roundTwice) {
  if (roundTwice) {
    for (int32_t m : multipliers)
      if (m < 0)
        return op->emitOpError("expected multipliers that are not negative, "
                               "but got ")
               << m;
    for (int32_t n : shifts)
      if (n < 1 || n > 62)
        return op->emitOpError("expected shifts in [1, 62], but got ") << n;
    return success();
  }
  for (int32_t m : multipliers)
    if (m < 0 || m >= 1 << 24 || (m != 0 && m % 2 == 0))
      return op->emitOpError("expected multipliers that are 0 or odd and below "
                             "16777216, but got ")
             << m;
  for (int32_t n : shifts)
    if (n < 0 || n > kWideShift)
      return op->emitOpError("expected shifts in [0, ")
             << kWideShift << "], but got " << n;
  return success();
}

LogicalResult qnn::verifyRoundTwice(Operation *op, bool roundTwice,
                                    unsigned inputBits) {
  Type from = tensorOf(op->getOperand(0)).getElementType();
  Type to = tensorOf(op->getResult(0)).getElementType();
  if (!roundTwice || (from.isInteger(inputBits) && to.isInteger(8)))
    return success();
  return op->emitOpError("expected i")
         << inputBits << " that becomes i8 with 'roundTwice', but got " << from
         << " and " << to;
}

LogicalResult qnn::verifyAxis(Operation *op, int64_t axis, int64_t rank) {
  if (axis >= 0 && axis < rank)
    return success();
  return op->emitOpError("expected an axis in [0, ")
         << rank << "), but got " << axis;
}

SmallVector<int64_t> qnn::getWindowResultShape(RankedTensorType input,
                                               WindowAttr window,
                                               int64_t channels) {
  SmallVector<int64_t> shape = {input.getDimSize(0)};
  for (unsigned dim : {0u, 1u})
    shape.push_back(input.isDynamicDim(dim + 1)
                        ? ShapedType::kDynamic
                        : window.getOutputSize(dim, input.getDimSize(dim + 1)));
  shape.push_back(channels);
  return shape;
}
