//===- DelayFills.cpp - Fill frames when they are needed ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DelayFills.h"
#include "../Memory/BufferParts.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace quantopt;

/// The first op of the block behind a fill that uses what the fill writes; null
/// if there is none.
static Operation *findNextUse(linalg::FillOp fill, memref::SubViewOp part) {
  Operation *next = nullptr;
  SmallVector<Operation *> worklist;
  for (Operation *user : part.getSource().getUsers())
    if (user != part && !(user->getNumResults() == 1 &&
                          areDisjointParts(user->getResult(0), part)))
      worklist.push_back(user);
  llvm::append_range(worklist, part->getUsers());
  while (!worklist.empty()) {
    Operation *user = worklist.pop_back_val();
    if (isa<ViewLikeOpInterface>(user)) {
      llvm::append_range(worklist, user->getUsers());
      continue;
    }
    Operation *ancestor = fill->getBlock()->findAncestorOpInBlock(*user);
    if (ancestor && ancestor != fill && fill->isBeforeInBlock(ancestor) &&
        (!next || ancestor->isBeforeInBlock(next)))
      next = ancestor;
  }
  return next;
}

void quantopt::delayFills(Block &block) {
  SmallVector<linalg::FillOp> fills(block.getOps<linalg::FillOp>());
  for (linalg::FillOp fill : fills) {
    auto part = fill.getOutputs()[0].getDefiningOp<memref::SubViewOp>();
    if (!part || !part.getSource().getDefiningOp<memref::AllocOp>())
      continue;
    if (Operation *next = findNextUse(fill, part))
      fill->moveBefore(next);
  }
}
