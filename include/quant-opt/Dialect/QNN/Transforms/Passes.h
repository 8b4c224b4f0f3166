//===- Passes.h - Passes on float qnn networks ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_TRANSFORMS_PASSES_H
#define QUANTOPT_DIALECT_QNN_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::qnn {

#define GEN_PASS_DECL
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"

/// A copy of `op` for channels-last tensors, or failure when `op` has no such
/// form. `op` has rank-4 channels-first operands and a rank-4 result; the copy
/// reads transposed operands and its result is transposed as well.
FailureOr<Operation *> convertToChannelsLast(OpBuilder &builder, Operation *op);

/// Runs the rewrites of each pass on `root` and returns how many were made.
FailureOr<int64_t> foldScales(Operation *root);
FailureOr<int64_t> combineScales(Operation *root);
FailureOr<int64_t> foldPadding(Operation *root);
FailureOr<int64_t> fuseActivations(Operation *root);
int64_t eliminateDeadChannels(Operation *root);
/// Sets weights to zero (see `qnn-prune-weights`) and returns how many were not
/// zero before; nothing for an amount that is not understood.
std::optional<int64_t> pruneWeights(Operation *root, StringRef amount);
/// Whether `amount` is one that `pruneWeights` understands.
bool isPruningAmount(StringRef amount);
int64_t foldConstants(Operation *root, int64_t maxElements);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_TRANSFORMS_PASSES_H
