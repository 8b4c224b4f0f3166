//===- ChannelChain.cpp - Where channels are made and read ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChannelChain.h"

using namespace quantopt;
using namespace quantopt::qnn;

std::optional<ChannelChain>
qnn::findChannelChain(Operation *producer,
                      llvm::function_ref<bool(Operation *)> keepsChannels) {
  ChannelChain chain{producer, {}, nullptr};
  Operation *op = producer;
  while (op->hasOneUse()) {
    OpOperand &use = *op->getResult(0).use_begin();
    op = use.getOwner();
    if (op->getNumResults() != 1 || use.getOperandNumber() != 0)
      return std::nullopt;
    if (keepsChannels(op)) {
      chain.between.push_back(op);
      continue;
    }
    if (!readsAllChannels(op))
      return std::nullopt;
    chain.consumer = op;
    return chain;
  }
  return std::nullopt;
}

bool qnn::readsAllChannels(Operation *op) {
  auto conv = dyn_cast<Conv2DOp>(op);
  return isa<DenseOp>(op) || (conv && conv.getGroups() == 1);
}

bool qnn::reshapesChannels(Operation *op) {
  auto reshape = dyn_cast<ReshapeOp>(op);
  if (!reshape)
    return false;
  int64_t channels = reshape.getInput().getType().getShape().back();
  auto type = cast<RankedTensorType>(reshape.getType());
  return type.getShape().back() == channels &&
         type.getNumElements() == channels;
}
