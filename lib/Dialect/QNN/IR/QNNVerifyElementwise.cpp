//===- QNNVerifyElementwise.cpp - Verifiers of elementwise ops ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"

using namespace quantopt;
using namespace quantopt::qnn;

LogicalResult UnaryOp::verify() { return success(); }

LogicalResult ClampOp::verify() {
  if (getMin().isNaN() || getMax().isNaN() || getMin() > getMax()) // (C1)
    return emitOpError("expected min <= max, neither NaN, but got ")
           << getMinAttr() << " and " << getMaxAttr();
  return success();
}

/// Both operands must broadcast to the result, and the result must not be
/// larger than the operands make it.
static LogicalResult verifyBroadcast(Operation *op) {
  RankedTensorType result = tensorOf(op->getResult(0));
  RankedTensorType lhs = tensorOf(op->getOperand(0));
  RankedTensorType rhs = tensorOf(op->getOperand(1));
  bool ok = broadcastsTo(lhs.getShape(), result.getShape()) &&
            broadcastsTo(rhs.getShape(), result.getShape()) &&
            result.getRank() == std::max(lhs.getRank(), rhs.getRank());
  for (int64_t i = 1; ok && i <= result.getRank(); ++i) {
    auto size = [&](RankedTensorType type) {
      return i <= type.getRank() ? type.getDimSize(type.getRank() - i) : 1;
    };
    if (size(result) != 1 && size(lhs) == 1 && size(rhs) == 1)
      ok = false;
  }
  if (!ok)
    return op->emitOpError("expected the result of broadcasting ")
           << lhs << " and " << rhs << ", but got " << result;
  return success();
}

/// Both operands have one element type.
static LogicalResult verifyEqualOperands(Operation *op) {
  Type lhs = tensorOf(op->getOperand(0)).getElementType();
  Type rhs = tensorOf(op->getOperand(1)).getElementType();
  if (lhs == rhs)
    return success();
  return op->emitOpError("expected operands of one element type, but got ")
         << lhs << " and " << rhs;
}

LogicalResult BinaryOp::verify() { return verifyBroadcast(*this); } // (C1)

LogicalResult RescaleAddOp::verify() {
  int64_t ma = int32_t(getLhsMultiplier()), mb = int32_t(getRhsMultiplier());
  int64_t shift = int32_t(getShift()), offset = int32_t(getOffset());
  if (!llvm::isInt<24>(ma) || !llvm::isInt<24>(mb)) // (C1)
    return emitOpError("expected multipliers that fit 24 bits, but got ")
           << ma << " and " << mb;
  if (shift < 0 || shift > 30) // (C2)
    return emitOpError("expected a shift in [0, 30], but got ") << shift;
  if (failed(verifyEqualOperands(*this))) // (C6)
    return failure();
  int64_t largest = -getLimits(getLhs()).min;
  int64_t reach = largest * (std::abs(ma) + std::abs(mb)) + std::abs(offset);
  if (reach > INT32_MAX) // (C3)
    return emitOpError("sum may reach ")
           << reach << ", above the i32 maximum 2147483647";
  if (failed(verifyClampRange(*this, int32_t(getMin()), int32_t(getMax()))))
    return failure();            // (C4)
  return verifyBroadcast(*this); // (C5)
}

LogicalResult RescaleMulOp::verify() {
  if (failed(verifyMultipliers(*this, {int32_t(getMultiplier())},
                               {int32_t(getShift())}, getRoundTwice())))
    return failure(); // (C1) (C2)
  if (failed(verifyEqualOperands(*this)))
    return failure();                                      // (C5)
  if (failed(verifyRoundTwice(*this, getRoundTwice(), 8))) // (C6)
    return failure();
  if (failed(verifyClampRange(*this, int32_t(getMin()), int32_t(getMax()))))
    return failure();            // (C3)
  return verifyBroadcast(*this); // (C4)
}

LogicalResult LookupSumOp::verify() {
  ArrayRef<int32_t> lhs = getLhsTable(), rhs = getRhsTable();
  if (lhs.size() != 256 || rhs.size() != 256) // (C1)
    return emitOpError("expected tables of 256 entries, but got ")
           << lhs.size() << " and " << rhs.size();
  int64_t high = int64_t(*llvm::max_element(lhs)) + *llvm::max_element(rhs);
  int64_t low = int64_t(*llvm::min_element(lhs)) + *llvm::min_element(rhs);
  if (high > INT32_MAX || low < INT32_MIN) // (C2)
    return emitOpError("sum may reach ")
           << (high > INT32_MAX ? high : low) << " and leave i32";
  return verifyBroadcast(*this); // (C3)
}
