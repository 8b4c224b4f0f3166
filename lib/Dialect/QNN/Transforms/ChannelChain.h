//===- ChannelChain.h - Where channels are made and read --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_CHANNELCHAIN_H
#define QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_CHANNELCHAIN_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Support/LLVM.h"
#include <optional>

namespace quantopt::qnn {

/// From the contraction that makes channels to the one that reads them all;
/// every value in between has one user.
struct ChannelChain {
  Operation *producer;
  SmallVector<Operation *> between;
  Operation *consumer = nullptr;
};

/// The chain that starts at `producer`, through ops for which `keepsChannels`
/// holds; nothing when it has no consumer.
std::optional<ChannelChain>
findChannelChain(Operation *producer,
                 llvm::function_ref<bool(Operation *)> keepsChannels);

/// Whether every output channel of a contraction may read every input channel.
bool readsAllChannels(Operation *op);

/// Whether the op reshapes a tensor of which only the channels, its last
/// dimension before and after, are larger than 1.
bool reshapesChannels(Operation *op);

} // namespace quantopt::qnn

#endif // QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_CHANNELCHAIN_H
