//===- ExactBias.h - Biases that floats cannot hold -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_EXACTBIAS_H
#define QUANTOPT_DIALECT_QNN_UTILS_EXACTBIAS_H

#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"

namespace quantopt::qnn {

/// The attribute of a contraction that holds its bias in steps of its sums, the
/// products of input and weight scales, as `array<i32>`. Its float bias is that
/// in real numbers, rounded to `f32`; where they differ by more, the float
/// counts.
inline StringRef getExactBiasAttrName() { return "qnn.exact_bias"; }

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_EXACTBIAS_H
