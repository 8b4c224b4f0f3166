//===- QNNOps.cpp - Operations of the qnn dialect -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace quantopt;
using namespace quantopt::qnn;

#define GET_OP_CLASSES
#include "quant-opt/Dialect/QNN/IR/QNNOps.cpp.inc"

OpOperand &Conv2DOp::getInputOperand() { return getInputMutable(); }
OpOperand &Conv2DOp::getWeightOperand() { return getWeightMutable(); }
Value Conv2DOp::getBiasValue() { return getBias(); }

bool Conv2DOp::isDepthwiseContraction() {
  auto input = cast<RankedTensorType>(getInput().getType());
  return getGroups() > 1 && int64_t(getGroups()) == input.getDimSize(3);
}

OpOperand &DenseOp::getInputOperand() { return getInputMutable(); }
OpOperand &DenseOp::getWeightOperand() { return getWeightMutable(); }
Value DenseOp::getBiasValue() { return getBias(); }
bool DenseOp::isDepthwiseContraction() { return false; }

bool qnn::broadcastsTo(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  if (from.size() > to.size())
    return false;
  for (auto [f, t] : llvm::zip(llvm::reverse(from), llvm::reverse(to)))
    if (f != 1 && f != t && !ShapedType::isDynamic(f) &&
        !ShapedType::isDynamic(t))
      return false;
  return true;
}
