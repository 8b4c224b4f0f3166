//===- QNNScalarFunctions.h - Unary and binary functions --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Maps the function enums of the dialect to their definitions, for any algebra
/// (see Support/FloatFunctions.h).
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNSCALARFUNCTIONS_H
#define QUANTOPT_DIALECT_QNN_IR_QNNSCALARFUNCTIONS_H

#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "quant-opt/Support/FloatFunctions.h"
#include "llvm/Support/ErrorHandling.h"

namespace quantopt::qnn {

/// `fn(x)` with the parameters of `qnn.unary`.
template <typename A>
typename A::Float evaluateUnary(A &a, UnaryFn fn, typename A::Float x,
                                float alpha, float beta) {
  switch (fn) {
  case UnaryFn::Abs:
    return a.abs(x);
  case UnaryFn::Neg:
    return a.neg(x);
  case UnaryFn::Exp:
    return floatfn::exp(a, x);
  case UnaryFn::Log:
    return floatfn::log(a, x);
  case UnaryFn::Sqrt:
    return a.sqrt(x);
  case UnaryFn::Reciprocal:
    return a.div(a.constant(1.0f), x);
  case UnaryFn::Floor:
    return a.floor(x);
  case UnaryFn::Ceil:
    return a.ceil(x);
  case UnaryFn::Round:
    return a.roundEven(x);
  case UnaryFn::Erf:
    return floatfn::erf(a, x);
  case UnaryFn::Sigmoid:
    return floatfn::sigmoid(a, x);
  case UnaryFn::Tanh:
    return floatfn::tanh(a, x);
  case UnaryFn::HardSigmoid:
    return floatfn::hardSigmoid(a, x, alpha, beta);
  case UnaryFn::HardSwish:
    return floatfn::hardSwish(a, x);
  case UnaryFn::LeakyRelu:
    return floatfn::leakyRelu(a, x, a.constant(alpha));
  case UnaryFn::Elu:
    return floatfn::elu(a, x, alpha);
  case UnaryFn::Softplus:
    return floatfn::softplus(a, x);
  }
  llvm_unreachable("unknown unary function");
}

/// `fn(lhs, rhs)`; `max` and `min` give NaN when either operand is NaN.
template <typename A>
typename A::Float evaluateBinary(A &a, BinaryFn fn, typename A::Float lhs,
                                 typename A::Float rhs) {
  switch (fn) {
  case BinaryFn::Add:
    return a.add(lhs, rhs);
  case BinaryFn::Sub:
    return a.sub(lhs, rhs);
  case BinaryFn::Mul:
    return a.mul(lhs, rhs);
  case BinaryFn::Div:
    return a.div(lhs, rhs);
  case BinaryFn::Max:
    return a.select(a.isNaN(rhs), rhs, a.select(a.less(lhs, rhs), rhs, lhs));
  case BinaryFn::Min:
    return a.select(a.isNaN(rhs), rhs, a.select(a.less(rhs, lhs), rhs, lhs));
  case BinaryFn::PRelu:
    return floatfn::leakyRelu(a, lhs, rhs);
  }
  llvm_unreachable("unknown binary function");
}

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_IR_QNNSCALARFUNCTIONS_H
