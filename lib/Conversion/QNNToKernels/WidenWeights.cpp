//===- WidenWeights.cpp - Weights of fewer than 4 bits --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionView.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace quantopt;

void quantopt::widenWeight(const TargetLevel &target, Operation *contraction) {
  constexpr unsigned kBits = 4;
  ContractionView view = getContractionView(contraction);
  DenseElementsAttr attr;
  if (!matchPattern(view.weight, m_Constant(&attr)) ||
      !attr.getElementType().isSignlessInteger() ||
      attr.getElementType().getIntOrFloatBitWidth() >= kBits ||
      !canHalve(target, view))
    return;
  Operation *constant = view.weight.getDefiningOp();
  OpBuilder b(constant);
  DenseElementsAttr wide = attr.mapValues(
      b.getIntegerType(kBits), [](const APInt &q) { return q.sext(kBits); });
  int64_t elements = attr.getNumElements();
  int64_t added =
      elements * (kBits - attr.getElementType().getIntOrFloatBitWidth()) / 8;
  contraction->emitRemark("weight of type ")
      << attr.getElementType() << " takes " << kBits << " bits, " << added
      << " bytes more, for which the processor has faster kernels; "
         "'storage=smallest' keeps its bits, with more code and time";
  // Layers that share the weight go on sharing it.
  auto widened = arith::ConstantOp::create(b, constant->getLoc(), wide);
  view.weight.replaceAllUsesWith(widened);
  constant->erase();
}
