//===- QNNElementwise.cpp - Scalar meaning of elementwise ops -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Dialect/QNN/Utils/IRAlgebra.h"

using namespace quantopt;
using namespace quantopt::qnn;

Value UnaryOp::buildScalar(OpBuilder &builder, Location loc,
                           ValueRange elements) {
  IRAlgebra algebra(builder, loc, elements[0].getType());
  return evaluateUnary(algebra, getFn(), elements[0],
                       getAlpha().convertToFloat(), getBeta().convertToFloat());
}

Value BinaryOp::buildScalar(OpBuilder &builder, Location loc,
                            ValueRange elements) {
  IRAlgebra algebra(builder, loc, elements[0].getType());
  return evaluateBinary(algebra, getFn(), elements[0], elements[1]);
}

Value ClampOp::buildScalar(OpBuilder &builder, Location loc,
                           ValueRange elements) {
  IRAlgebra a(builder, loc, elements[0].getType());
  Value x = elements[0];
  // An infinite end limits nothing; leaving it out keeps NaN as well.
  if (!getMin().isInfinity()) {
    Value lo = a.constant(getMin().convertToFloat());
    x = a.select(a.less(x, lo), lo, x);
  }
  if (!getMax().isInfinity()) {
    Value hi = a.constant(getMax().convertToFloat());
    x = a.select(a.less(hi, x), hi, x);
  }
  return x;
}
