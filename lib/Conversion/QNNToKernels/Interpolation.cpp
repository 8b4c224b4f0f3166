//===- Interpolation.cpp - Interpolated integers as scalar IR -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interpolation.h"
#include "ScalarSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace quantopt;

bool quantopt::isInnerInterpolation(Operation *op) {
  return isa<qnn::InterpolateFixedOp>(op) && op->hasOneUse() &&
         isa<qnn::InterpolateFixedOp>(*op->user_begin());
}

Interpolation::Interpolation(LoweringState &state, qnn::InterpolateFixedOp op)
    : state(state) {
  Location loc = op.getLoc();
  auto addTable = [&](ArrayRef<int64_t> indices) {
    return state.constantI32(
        SmallVector<int32_t>(indices.begin(), indices.end()), loc);
  };
  auto add = [&](qnn::InterpolateFixedOp each) {
    axes.push_back({each, addTable(each.getLower()), addTable(each.getUpper()),
                    state.constantI32(each.getFractions(), loc)});
  };
  add(op);
  Value source = op.getInput();
  while (Operation *inner = source.getDefiningOp()) {
    if (!isInnerInterpolation(inner))
      break;
    add(cast<qnn::InterpolateFixedOp>(inner));
    source = inner->getOperand(0);
  }
  input = state.get(source, loc);
}

Value Interpolation::read(OpBuilder &b, Location loc, SmallVector<Value> index,
                          ArrayRef<Axis> inner) const {
  ScalarEmitter emit(b, loc, state.target);
  if (inner.empty()) {
    Value element = tensor::ExtractOp::create(b, loc, input, index);
    qnn::InterpolateFixedOp op = axes.back().op;
    auto zeroPoint = int32_t(op.getInputZeroPoint());
    return element.getType().isInteger(32) ? element
                                           : emit.center(element, zeroPoint);
  }
  const Axis &axis = inner.front();
  qnn::InterpolateFixedOp op = axis.op;
  Value &place = index[op.getAxis()];
  Value i = place;
  auto readAt = [&](Value table) {
    Value entry = tensor::ExtractOp::create(b, loc, table, i);
    place = arith::IndexCastOp::create(b, loc, b.getIndexType(), entry);
    return read(b, loc, index, inner.drop_front());
  };
  Value below = readAt(axis.lower), above = readAt(axis.upper);
  Value fraction = tensor::ExtractOp::create(b, loc, axis.fractions, i);
  Value one = emit.i32(int64_t(1) << int32_t(op.getBits()));
  Value rest = arith::SubIOp::create(b, loc, one, fraction);
  return arith::AddIOp::create(b, loc,
                               arith::MulIOp::create(b, loc, below, rest),
                               arith::MulIOp::create(b, loc, above, fraction));
}

Value Interpolation::read(OpBuilder &builder, Location loc,
                          SmallVector<Value> index) const {
  return read(builder, loc, std::move(index), axes);
}

IntegerRange Interpolation::getRange() const {
  qnn::InterpolateFixedOp innermost = axes.back().op;
  auto zeroPoint = int32_t(innermost.getInputZeroPoint());
  int64_t reach = innermost.getInput().getType().getElementType().isInteger(8)
                      ? getByteReach(zeroPoint)
                      : INT32_MAX;
  for (const Axis &axis : axes) {
    qnn::InterpolateFixedOp op = axis.op;
    auto one = int64_t(1) << int32_t(op.getBits());
    int64_t largest = one;
    for (int64_t fraction : op.getFractions())
      largest =
          std::max(largest, std::abs(one - fraction) + std::abs(fraction));
    reach = std::min<int64_t>(reach * largest, INT32_MAX);
  }
  return {-reach, reach};
}
