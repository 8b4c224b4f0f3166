//===- HostArithmetic.h - Arithmetic on known tensors -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The arithmetic that graphs do on shapes and on constants: exact for
/// integers (with wrap-around in the element type), one rounding for floats.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_HOSTARITHMETIC_H
#define QUANTOPT_LIB_IMPORT_ONNX_HOSTARITHMETIC_H

#include "HostTensor.h"
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h"

namespace quantopt::onnx {

/// Arithmetic and comparison of two tensors.
enum class HostBinary {
  Add,
  Sub,
  Mul,
  Div,
  Mod,
  Max,
  Min,
  Pow,
  Equal,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  And,
  Or,
  Xor
};

/// Applies `fn` with broadcasting to `shape`, which both shapes broadcast to.
/// Nothing when the operands' types differ or the operator has no meaning for
/// them, when an integer is divided by zero, or for a power of a float that is
/// not exact.
std::optional<HostTensor> foldBinary(HostBinary fn, const HostTensor &lhs,
                                     const HostTensor &rhs,
                                     ArrayRef<int64_t> shape);

/// Abs, Neg, Floor, Ceil, Round and Sqrt of a known tensor; nothing for other
/// functions, which are left to the definitions of the dialect.
std::optional<HostTensor> foldUnary(qnn::UnaryFn fn, const HostTensor &input);

/// The tensor with another element type, by value. Nothing when either type
/// is not a number.
std::optional<HostTensor> convertTo(const HostTensor &input, ElementType type);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_HOSTARITHMETIC_H
