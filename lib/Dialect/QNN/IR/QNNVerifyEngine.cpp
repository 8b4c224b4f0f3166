//===- QNNVerifyEngine.cpp - Checks of attributes for engines -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// Checks a requantization of inputs with this many bits.
template <typename Op>
static LogicalResult verifyProducts(Op op, unsigned inputBits) {
  // Attributes are checked before the op is.
  if (!op.getMultipliersAttr() || !op.getShiftsAttr())
    return success();
  StringRef name = getRoundProductAttrName();
  if (op.getRoundTwice())
    return op.emitOpError("expected 'roundTwice' or '")
           << name << "', but got both";
  Type from = getElementTypeOrSelf(op.getInput());
  Type to = getElementTypeOrSelf(op->getResult(0));
  if (!from.isInteger(inputBits) || !to.isInteger(8))
    return op.emitOpError("expected i")
           << inputBits << " that becomes i8 with '" << name << "', but got "
           << from << " and " << to;
  for (auto [m, shift] : llvm::zip(op.getMultipliers(), op.getShifts())) {
    double scale = Multiplier{m, shift}.toReal();
    if (m != 0 && (scale < kLeastProductScale || scale >= kProductScaleEnd))
      return op.emitOpError("expected scales that are 0 or in [2^-15, 64) "
                            "with '")
             << name << "', but got " << m << " * 2^-" << shift;
  }
  return success();
}

LogicalResult qnn::verifyRoundProduct(Operation *op) {
  if (auto requantize = dyn_cast<RequantizeOp>(op))
    return verifyProducts(requantize, 32);
  if (auto pool = dyn_cast<PoolRequantizeOp>(op))
    return verifyProducts(pool, 8);
  return op->emitOpError("has attribute '")
         << getRoundProductAttrName()
         << "', which is for 'qnn.requantize' and 'qnn.pool_requantize'";
}
