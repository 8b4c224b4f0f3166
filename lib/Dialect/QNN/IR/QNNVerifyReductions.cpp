//===- QNNVerifyReductions.cpp - Verifiers of pools and reductions --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// Rank, result shape and pads of a pool.
static LogicalResult
verifyPoolWindow(Operation *op, WindowAttr window,
                 std::optional<ArrayRef<int64_t>> countedPads) {
  RankedTensorType input = tensorOf(op->getOperand(0));
  if (input.getRank() != 4)
    return op->emitOpError("expected an input of rank 4, but got ") << input;
  if (failed(verifyResultShape(
          op, getWindowResultShape(input, window, input.getDimSize(3)))))
    return failure();
  for (unsigned i = 0; i < 4; ++i)
    if (window.getPads()[i] >= window.getExtent(i % 2))
      return op->emitOpError("expected pads smaller than the window's extent ")
             << window.getExtent(i % 2) << ", but got " << window.getPads()[i];
  if (!countedPads)
    return success();
  if (countedPads->size() != 4)
    return op->emitOpError("expected 4 counted pads, but got ")
           << countedPads->size();
  for (auto [counted, pad] : llvm::zip(*countedPads, window.getPads()))
    if (counted < 0 || counted > pad)
      return op->emitOpError("expected counted pads in [0, ")
             << pad << "], the window's pad, but got " << counted;
  return success();
}

LogicalResult PoolOp::verify() {
  Type element = tensorOf(getInput()).getElementType();
  if (failed(verifySameElementType(*this))) // (C1)
    return failure();
  if (element.isInteger() && getKind() != PoolKind::Max) // (C1)
    return emitOpError("expected 'max' for an input of ")
           << element << "; an average of integers is 'qnn.pool_requantize'";
  if (getCountedPads() && getKind() != PoolKind::Average) // (C4)
    return emitOpError("expected counted pads on 'average' only");
  return verifyPoolWindow(*this, getWindow(), getCountedPads()); // (C2)-(C4)
}

LogicalResult PoolRequantizeOp::verify() {
  if (failed(verifyPoolWindow(*this, getWindow(), getCountedPads()))) // (C1)
    return failure();
  int64_t counts = getWindow().getKernel()[0] * getWindow().getKernel()[1];
  if (int64_t(getMultipliers().size()) != counts ||
      int64_t(getShifts().size()) != counts) // (C2)
    return emitOpError("expected ")
           << counts << " multipliers and shifts, one per count, but got "
           << getMultipliers().size() << " and " << getShifts().size();
  if (failed(verifyMultipliers(*this, getMultipliers(), getShifts(),
                               getRoundTwice())))
    return failure();                                      // (C3) (C4)
  if (failed(verifyRoundTwice(*this, getRoundTwice(), 8))) // (C7)
    return failure();
  int64_t zeroPoint = int32_t(getInputZeroPoint());
  IntegerLimits limits = getLimits(getInput());
  int64_t reach = std::max(limits.max - zeroPoint, zeroPoint - limits.min);
  if (counts * reach > INT32_MAX) // (C6)
    return emitOpError("sum of ")
           << counts << " elements may reach " << counts * reach
           << ", above the i32 maximum 2147483647";
  return verifyClampRange(*this, int32_t(getMin()), int32_t(getMax())); // (C5)
}

LogicalResult ReduceOp::verify() {
  RankedTensorType input = tensorOf(getInput());
  SmallVector<int64_t> shape(input.getShape());
  int64_t previous = -1;
  for (int64_t axis : getAxes()) {
    if (axis <= previous || axis >= input.getRank()) // (C1)
      return emitOpError("expected ascending axes below the rank ")
             << input.getRank() << ", but got " << axis << " after "
             << previous;
    previous = axis;
    shape[axis] = 1;
  }
  return verifyResultShape(*this, shape); // (C2)
}

LogicalResult SoftmaxOp::verify() {
  return verifyAxis(*this, getAxis(), tensorOf(getInput()).getRank()); // (C1)
}

LogicalResult SoftmaxLookupOp::verify() {
  RankedTensorType type = tensorOf(getInput());
  if (failed(verifyAxis(*this, getAxis(), type.getRank()))) // (C1)
    return failure();
  ArrayRef<int32_t> table = getTable();
  if (table.size() != 256 || table.front() <= 0 || table.back() < 0 ||
      !llvm::is_sorted(table, std::greater<>())) // (C2)
    return emitOpError("expected a table of 256 entries, not negative, not "
                       "increasing, the first positive");
  int64_t sum = int64_t(table.front()) * type.getDimSize(getAxis());
  int64_t levels = int32_t(getOutputLevels());
  if (levels <= 0 || sum > INT32_MAX ||
      sum + table.front() * levels > INT32_MAX) // (C3)
    return emitOpError("sum of exponentials may reach ")
           << sum << " and overflow 31 bits; scale the table down";
  return success();
}

LogicalResult SoftmaxFixedPointOp::verify() {
  RankedTensorType type = tensorOf(getInput());
  if (failed(verifyAxis(*this, getAxis(), type.getRank()))) // (C1)
    return failure();
  ArrayRef<int32_t> table = getTable();
  if (table.size() != 256 || table.front() != INT32_MAX ||
      llvm::any_of(table, [](int32_t e) { return e < 0; })) // (C2)
    return emitOpError("expected a table of 256 entries, not negative, the "
                       "first 2147483647");
  // The sum has 12 bits in front of the point.
  int64_t length = type.getDimSize(getAxis());
  if (length > 4095) // (C3)
    return emitOpError(
               "expected at most 4095 elements along the axis, but got ")
           << length;
  return success();
}
