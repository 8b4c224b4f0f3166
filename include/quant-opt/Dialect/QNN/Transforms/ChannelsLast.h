//===- ChannelsLast.h - Channels-last forms of ops --------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_TRANSFORMS_CHANNELSLAST_H
#define QUANTOPT_DIALECT_QNN_TRANSFORMS_CHANNELSLAST_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::qnn {

/// Permutations of rank-4 images: `N C H W` to `N H W C`, and back.
inline constexpr int64_t kToChannelsLast[] = {0, 2, 3, 1};
inline constexpr int64_t kToChannelsFirst[] = {0, 3, 1, 2};

/// The transpose with this permutation that defines `value`, or null.
TransposeOp getTranspose(Value value, ArrayRef<int64_t> permutation);

/// A new transpose of `value`.
Value createTranspose(OpBuilder &builder, Location loc, Value value,
                      ArrayRef<int64_t> permutation);

/// Whether the op exists in both orders: all its operands and its result are
/// rank-4 images (or broadcast to them) and it treats dimensions alike or
/// names them in attributes.
bool hasChannelsLastForm(Operation *op);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_TRANSFORMS_CHANNELSLAST_H
