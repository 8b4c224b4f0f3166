//===- QNNVerify.cpp - Checks shared by verifiers -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"

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

LogicalResult qnn::verifyClampRange(Operation *op, int64_t min, int64_t max) {
  if (min >= -128 && min <= max && max <= 127)
    return success();
  return op->emitOpError("expected -128 <= min <= max <= 127, but got min ")
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
    if (n < 0 || n > 31)
      return op->emitOpError("expected shifts in [0, 31], but got ") << n;
  return success();
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
