//===- LegalizeMath.cpp - Arithmetic without an instruction ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {
#define GEN_PASS_DEF_LEGALIZEMATH
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

namespace {
/// Emits expansions on scalars or vectors shaped like `like`.
class Expander {
public:
  Expander(Operation *op)
      : b(op->getLoc(), op), like(op->getResult(0).getType()) {}

  Value expandFma(math::FmaOp op);
  Value expandRound(Operation *op, Value x);
  Value expandHalf(Value x);
  Value expandDivision(arith::DivUIOp op);
  Value splitDivision(arith::DivUIOp op);

private:
  Type shaped(Type element) {
    if (auto vector = dyn_cast<VectorType>(like))
      return VectorType::get(vector.getShape(), element);
    return element;
  }
  Value constant(TypedAttr value) {
    Type type = shaped(value.getType());
    if (auto vector = dyn_cast<VectorType>(type))
      return arith::ConstantOp::create(
          b, DenseElementsAttr::get(vector, Attribute(value)));
    return arith::ConstantOp::create(b, value);
  }
  Value compare(arith::CmpFPredicate predicate, Value x, Value y) {
    return arith::CmpFOp::create(b, predicate, x, y);
  }
  Value compare(arith::CmpIPredicate predicate, Value x, Value y) {
    return arith::CmpIOp::create(b, predicate, x, y);
  }

  ImplicitLocOpBuilder b;
  Type like;
};
} // namespace

/// The product of two binary32 numbers is exact in binary64. Its sum with `z`
/// is rounded to odd: when inexact and the last bit is 0, the neighbour towards
/// the lost part is taken. A last rounding to binary32 is then right, since 53
/// >= 24 + 2. An op that may be contracted need not be exact.
Value Expander::expandFma(math::FmaOp op) {
  Value x = op.getA(), y = op.getB(), z = op.getC();
  if (arith::bitEnumContainsAll(op.getFastmath(),
                                arith::FastMathFlags::contract))
    return arith::AddFOp::create(
        b, arith::MulFOp::create(b, x, y, op.getFastmathAttr()), z,
        op.getFastmathAttr());
  Type f64 = shaped(b.getF64Type()), i64 = shaped(b.getI64Type());
  auto widen = [&](Value v) -> Value {
    return arith::ExtFOp::create(b, f64, v);
  };
  Value p = arith::MulFOp::create(b, widen(x), widen(y));
  Value c = widen(z);
  Value s = arith::AddFOp::create(b, p, c);
  // The exact error of the sum.
  Value pPart = arith::SubFOp::create(b, s, c);
  Value cPart = arith::SubFOp::create(b, s, pPart);
  Value error = arith::AddFOp::create(b, arith::SubFOp::create(b, p, pPart),
                                      arith::SubFOp::create(b, c, cPart));
  Value zero = constant(b.getF64FloatAttr(0.0));
  Value bits = arith::BitcastOp::create(b, i64, s);
  Value one = constant(b.getI64IntegerAttr(1));
  Value isEven =
      compare(arith::CmpIPredicate::eq, arith::AndIOp::create(b, bits, one),
              constant(b.getI64IntegerAttr(0)));
  // False for NaN and infinity, whose error is NaN.
  Value inexact = compare(arith::CmpFPredicate::ONE, error, zero);
  Value adjust = arith::AndIOp::create(b, isEven, inexact);
  // Away from zero when the lost part has the sum's sign.
  Value sumNegative = compare(arith::CmpFPredicate::OLT, s, zero);
  Value errorNegative = compare(arith::CmpFPredicate::OLT, error, zero);
  Value differ = arith::XOrIOp::create(b, sumNegative, errorNegative);
  Value step = arith::SelectOp::create(b, differ,
                                       constant(b.getI64IntegerAttr(-1)), one);
  Value moved = arith::AddIOp::create(b, bits, step);
  Value odd = arith::BitcastOp::create(
      b, f64, arith::SelectOp::create(b, adjust, moved, bits));
  return arith::TruncFOp::create(b, like, odd);
}

/// Adding and subtracting 2^23 rounds a smaller magnitude half to even.
Value Expander::expandRound(Operation *op, Value x) {
  Type i32 = shaped(b.getI32Type());
  Value limit = constant(b.getF32FloatAttr(8388608.0f));
  Value bits = arith::BitcastOp::create(b, i32, x);
  Value signBit =
      arith::AndIOp::create(b, bits, constant(b.getI32IntegerAttr(INT32_MIN)));
  Value magnitude = arith::BitcastOp::create(
      b, like, arith::XOrIOp::create(b, bits, signBit));
  auto withSign = [&](Value v) -> Value {
    Value raw = arith::BitcastOp::create(b, i32, v);
    return arith::BitcastOp::create(b, like,
                                    arith::OrIOp::create(b, raw, signBit));
  };
  Value rounded = withSign(arith::SubFOp::create(
      b, arith::AddFOp::create(b, magnitude, limit), limit));
  // Large numbers and NaN are integers already, or stay what they are.
  Value isSmall = compare(arith::CmpFPredicate::OLT, magnitude, limit);
  rounded = arith::SelectOp::create(b, isSmall, rounded, x);
  if (isa<math::RoundEvenOp>(op))
    return rounded;
  bool floor = isa<math::FloorOp>(op);
  Value wrong =
      compare(floor ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT,
              rounded, x);
  Value next = withSign(arith::BitcastOp::create(
      b, like,
      arith::AndIOp::create(
          b,
          arith::BitcastOp::create(
              b, i32,
              arith::AddFOp::create(
                  b, rounded,
                  constant(b.getF32FloatAttr(floor ? -1.0f : 1.0f)))),
          constant(b.getI32IntegerAttr(INT32_MAX)))));
  return arith::SelectOp::create(b, wrong, next, rounded);
}

/// Moves exponent and significand of binary16 to their places in binary32 and
/// corrects the exponent's bias by a multiplication, which is exact and takes
/// care of subnormal numbers.
Value Expander::expandHalf(Value x) {
  Type i32 = shaped(b.getI32Type());
  auto integer = [&](int32_t value) {
    return constant(b.getI32IntegerAttr(value));
  };
  Value bits = arith::ExtUIOp::create(
      b, i32, arith::BitcastOp::create(b, shaped(b.getI16Type()), x));
  Value magnitude = arith::AndIOp::create(b, bits, integer(0x7fff));
  Value sign = arith::ShLIOp::create(
      b, arith::XOrIOp::create(b, bits, magnitude), integer(16));
  Value moved = arith::BitcastOp::create(
      b, like, arith::ShLIOp::create(b, magnitude, integer(13)));
  Value scaled =
      arith::MulFOp::create(b, moved, constant(b.getF32FloatAttr(0x1p112f)));
  // Infinity and NaN have the largest exponent in both formats.
  Value isFinite =
      compare(arith::CmpIPredicate::slt, magnitude, integer(0x7c00));
  Value raw = arith::BitcastOp::create(b, i32, scaled);
  Value special = arith::OrIOp::create(b, raw, integer(0x7f800000));
  Value result = arith::SelectOp::create(b, isFinite, raw, special);
  return arith::BitcastOp::create(b, like,
                                  arith::OrIOp::create(b, result, sign));
}

/// The quotient in binary64, cut off. An exact quotient that is no integer lies
/// at least 1 / y > 2^-32 below the next integer n. It is rounded by at most n
/// * 2^-53 < 2^-20 / y, since n * y < 2^33: never up to that integer.
Value Expander::expandDivision(arith::DivUIOp op) {
  Type f64 = shaped(b.getF64Type());
  Value x = arith::UIToFPOp::create(b, f64, op.getLhs());
  Value y = arith::UIToFPOp::create(b, f64, op.getRhs());
  return arith::FPToUIOp::create(b, like, arith::DivFOp::create(b, x, y));
}

/// Quotients one by one. The code generator would widen short vectors, and
/// divide 64 bits then.
Value Expander::splitDivision(arith::DivUIOp op) {
  auto type = cast<VectorType>(op.getType());
  SmallVector<Value> quotients;
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    SmallVector<int64_t> at =
        mlir::delinearize(i, mlir::computeStrides(type.getShape()));
    Value x = vector::ExtractOp::create(b, op.getLhs(), at);
    Value y = vector::ExtractOp::create(b, op.getRhs(), at);
    quotients.push_back(arith::DivUIOp::create(b, x, y));
  }
  return vector::FromElementsOp::create(b, type, quotients);
}

/// Whether an op divides vectors of 32-bit integers.
static bool dividesVectors(Operation *op) {
  if (!isa<arith::DivUIOp>(op))
    return false;
  auto type = dyn_cast<VectorType>(op->getResult(0).getType());
  return type && type.getElementType().isInteger(32);
}

/// Whether an op widens binary16 to binary32.
static bool widensHalf(Operation *op) {
  return isa<arith::ExtFOp>(op) &&
         getElementTypeOrSelf(op->getOperand(0)).isF16() &&
         getElementTypeOrSelf(op->getResult(0)).isF32();
}

namespace {
struct LegalizeMathPass
    : public quantopt::impl::LegalizeMathBase<LegalizeMathPass> {
  void runOnOperation() override {
    SmallVector<Operation *> work;
    getOperation().walk([&](Operation *op) {
      bool isFma = isa<math::FmaOp>(op);
      bool isRound = isa<math::RoundEvenOp, math::FloorOp, math::CeilOp>(op);
      bool isHalf = widensHalf(op);
      bool isDivision = dividesVectors(op);
      if (!isFma && !isRound && !isHalf && !isDivision)
        return;
      const TargetLevel &level = getTargetLevel(op);
      // Nothing is known of the level that fits every architecture.
      if (isDivision && !level.arch.empty() &&
          !level.has(TargetLevel::kVectorDivision))
        work.push_back(op);
      // Levels with fused multiply-add convert halves as well.
      if (((isFma || isHalf) && !level.hasFma()) ||
          (isRound && !level.hasRound()))
        work.push_back(op);
    });
    for (Operation *op : work) {
      Expander expander(op);
      Value result;
      if (auto fma = dyn_cast<math::FmaOp>(op))
        result = expander.expandFma(fma);
      else if (auto division = dyn_cast<arith::DivUIOp>(op))
        // Small processors have no doubles.
        result = getTargetLevel(op).has(TargetLevel::kDoubles)
                     ? expander.expandDivision(division)
                     : expander.splitDivision(division);
      else if (widensHalf(op))
        result = expander.expandHalf(op->getOperand(0));
      else
        result = expander.expandRound(op, op->getOperand(0));
      op->getResult(0).replaceAllUsesWith(result);
      op->erase();
    }
  }
};
} // namespace
