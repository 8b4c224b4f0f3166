//===- InputChannels.h - Channels that weights multiply ---------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_INPUTCHANNELS_H
#define QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_INPUTCHANNELS_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::qnn {

/// The input channel that column `column` of weight row `row` multiplies.
int64_t getInputChannel(Operation *op, int64_t row, int64_t column);

} // namespace quantopt::qnn

#endif // QUANTOPT_LIB_DIALECT_QNN_TRANSFORMS_INPUTCHANNELS_H
