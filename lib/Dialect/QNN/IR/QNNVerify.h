//===- QNNVerify.h - Checks shared by verifiers -----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_DIALECT_QNN_IR_QNNVERIFY_H
#define QUANTOPT_LIB_DIALECT_QNN_IR_QNNVERIFY_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::qnn {

inline RankedTensorType tensorOf(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// The result must have this shape; dynamic sizes match anything.
LogicalResult verifyResultShape(Operation *op, ArrayRef<int64_t> expected);

/// The result's element type must be the operand's.
LogicalResult verifySameElementType(Operation *op);

/// The limits of signed integers of a tensor's width.
struct IntegerLimits {
  int64_t min, max;
};
IntegerLimits getLimits(Value tensor);

/// The zero point of an operand is one of its integers; 0 where these are not
/// stored ones of 8 or 16 bits.
LogicalResult verifyInputZeroPoint(Operation *op, Value input,
                                   int64_t zeroPoint);

/// min <= max, both within the result's integers.
LogicalResult verifyClampRange(Operation *op, int64_t min, int64_t max);

/// Each multiplier is odd or zero, in [0, 2^24); each shift lies in [0, 47].
/// Where sums are rounded twice, no multiplier is negative, and each shift lies
/// in [1, 62].
LogicalResult verifyMultipliers(Operation *op, ArrayRef<int32_t> multipliers,
                                ArrayRef<int32_t> shifts, bool roundTwice);

/// Two roundings are for inputs of this width that become `i8`.
LogicalResult verifyRoundTwice(Operation *op, bool roundTwice,
                               unsigned inputBits);

/// The axis lies in [0, rank).
LogicalResult verifyAxis(Operation *op, int64_t axis, int64_t rank);

/// The shape that a window makes of a rank-4 input, channels replaced.
SmallVector<int64_t> getWindowResultShape(RankedTensorType input,
                                          WindowAttr window, int64_t channels);

} // namespace quantopt::qnn

#endif // QUANTOPT_LIB_DIALECT_QNN_IR_QNNVERIFY_H
