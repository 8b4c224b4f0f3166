//===- Engine.h - Whose integers a model brings -----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_ENGINE_H
#define QUANTOPT_DIALECT_QNN_UTILS_ENGINE_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Support/SumRounding.h"

namespace quantopt::qnn {

/// The attribute of a module whose model rounds values itself: the engine that
/// it was made for.
inline StringRef getEngineAttrName() { return "qnn.engine"; }
inline StringRef getOnnxRuntimeName() { return "onnxruntime"; }

/// The attribute of a `qnn.requantize` or `qnn.pool_requantize` that rounds as
/// `requantizeProduct` does: the sum and its product with the scale become
/// binary32 before this becomes an integer.
inline StringRef getRoundProductAttrName() { return "qnn.round_product"; }

/// How one of these ops rounds its scaled sums.
template <typename Op> SumRounding getSumRounding(Op op) {
  if (op.getRoundTwice())
    return SumRounding::Twice;
  return op->hasAttr(getRoundProductAttrName()) ? SumRounding::Product
                                                : SumRounding::Once;
}

/// Checks an op with that attribute.
LogicalResult verifyRoundProduct(Operation *op);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_ENGINE_H
