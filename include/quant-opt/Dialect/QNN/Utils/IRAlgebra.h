//===- IRAlgebra.h - Float functions as IR ----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The algebra of Support/FloatFunctions.h whose numbers are SSA values: scalar
/// `f32`/`i32`, or vectors of them.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_IRALGEBRA_H
#define QUANTOPT_DIALECT_QNN_UTILS_IRALGEBRA_H

#include "mlir/IR/Builders.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt::qnn {

/// Emits one `arith` or `math` op per operation. `type` is `f32` or a vector
/// of `f32`; integers have the same shape.
class IRAlgebra {
public:
  using Float = Value;
  using Int = Value;
  using Bool = Value;

  IRAlgebra(OpBuilder &builder, Location loc, Type type);

  Value constant(float x);
  Value integer(int32_t x);
  Value add(Value a, Value b);
  Value sub(Value a, Value b);
  Value mul(Value a, Value b);
  Value div(Value a, Value b);
  Value fma(Value a, Value b, Value c);
  Value sqrt(Value x);
  Value roundEven(Value x);
  Value floor(Value x);
  Value ceil(Value x);
  Value abs(Value x);
  Value neg(Value x);
  Value less(Value a, Value b);
  Value isNaN(Value x);
  Value select(Value c, Value a, Value b);
  Value toInt(Value x);
  Value toFloat(Value x);
  Value bits(Value x);
  Value fromBits(Value x);
  Value addInt(Value a, Value b);
  Value subInt(Value a, Value b);
  Value andInt(Value a, Value b);
  Value shiftLeft(Value a, int n);
  Value shiftRight(Value a, int n);

private:
  OpBuilder &builder;
  Location loc;
  Type floatType;
  Type intType;
};

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_IRALGEBRA_H
