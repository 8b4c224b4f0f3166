//===- IRAlgebra.cpp - Float functions as IR ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/IRAlgebra.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// `element`, or a vector of it with the shape of `like`.
static Type withElement(Type like, Type element) {
  if (auto vector = dyn_cast<VectorType>(like))
    return VectorType::get(vector.getShape(), element,
                           vector.getScalableDims());
  return element;
}

/// An attribute of `type` (scalar or splat) with this scalar value.
static TypedAttr splat(Type type, TypedAttr value) {
  if (auto vector = dyn_cast<VectorType>(type))
    return DenseElementsAttr::get(vector, Attribute(value));
  return value;
}

IRAlgebra::IRAlgebra(OpBuilder &builder, Location loc, Type type)
    : builder(builder), loc(loc),
      floatType(withElement(type, builder.getF32Type())),
      intType(withElement(type, builder.getI32Type())) {}

Value IRAlgebra::constant(float x) {
  return arith::ConstantOp::create(
      builder, loc, splat(floatType, builder.getF32FloatAttr(x)));
}
Value IRAlgebra::integer(int32_t x) {
  return arith::ConstantOp::create(
      builder, loc, splat(intType, builder.getI32IntegerAttr(x)));
}
Value IRAlgebra::add(Value a, Value b) {
  return arith::AddFOp::create(builder, loc, a, b);
}
Value IRAlgebra::sub(Value a, Value b) {
  return arith::SubFOp::create(builder, loc, a, b);
}
Value IRAlgebra::mul(Value a, Value b) {
  return arith::MulFOp::create(builder, loc, a, b);
}
Value IRAlgebra::div(Value a, Value b) {
  return arith::DivFOp::create(builder, loc, a, b);
}
Value IRAlgebra::fma(Value a, Value b, Value c) {
  return math::FmaOp::create(builder, loc, a, b, c);
}
Value IRAlgebra::sqrt(Value x) { return math::SqrtOp::create(builder, loc, x); }
Value IRAlgebra::roundEven(Value x) {
  return math::RoundEvenOp::create(builder, loc, x);
}
Value IRAlgebra::floor(Value x) {
  return math::FloorOp::create(builder, loc, x);
}
Value IRAlgebra::ceil(Value x) { return math::CeilOp::create(builder, loc, x); }
Value IRAlgebra::abs(Value x) { return math::AbsFOp::create(builder, loc, x); }
Value IRAlgebra::neg(Value x) { return arith::NegFOp::create(builder, loc, x); }
Value IRAlgebra::less(Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::OLT, a, b);
}
Value IRAlgebra::isNaN(Value x) {
  return arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, x, x);
}
Value IRAlgebra::select(Value c, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, c, a, b);
}
Value IRAlgebra::toInt(Value x) {
  return arith::FPToSIOp::create(builder, loc, intType, x);
}
Value IRAlgebra::toFloat(Value x) {
  return arith::SIToFPOp::create(builder, loc, floatType, x);
}
Value IRAlgebra::bits(Value x) {
  return arith::BitcastOp::create(builder, loc, intType, x);
}
Value IRAlgebra::fromBits(Value x) {
  return arith::BitcastOp::create(builder, loc, floatType, x);
}
Value IRAlgebra::addInt(Value a, Value b) {
  return arith::AddIOp::create(builder, loc, a, b);
}
Value IRAlgebra::subInt(Value a, Value b) {
  return arith::SubIOp::create(builder, loc, a, b);
}
Value IRAlgebra::andInt(Value a, Value b) {
  return arith::AndIOp::create(builder, loc, a, b);
}
Value IRAlgebra::shiftLeft(Value a, int n) {
  return arith::ShLIOp::create(builder, loc, a, integer(n));
}
Value IRAlgebra::shiftRight(Value a, int n) {
  return arith::ShRSIOp::create(builder, loc, a, integer(n));
}
