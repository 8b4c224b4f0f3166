//===- LowerRuntimeWeights.cpp - Contractions without constants -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels read weights that the compiler has packed and biases that it has
// padded. A contraction of floats whose weight or bias is computed at run time
// becomes a loop nest that adds in the same order.
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace quantopt;

namespace {
/// Builds the loop nest of one contraction. Dimensions of the nest are those of
/// the result and then the summed ones.
class RuntimeContraction {
public:
  RuntimeContraction(LoweringState &state, Operation *op)
      : state(state), loc(op->getLoc()), b(state.builder) {}

  void lower(qnn::Conv2DOp conv);
  void lower(qnn::DenseOp dense);

private:
  AffineExpr dim(unsigned i) { return getAffineDimExpr(i, b.getContext()); }
  AffineMap map(unsigned dims, ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(dims, 0, exprs, b.getContext());
  }
  Value getStart(Value bias, ArrayRef<int64_t> shape,
                 ArrayRef<AffineExpr> channel);
  Value multiply(Value input, Value weight, Value start, AffineMap inputMap,
                 AffineMap weightMap, unsigned summed);

  LoweringState &state;
  Location loc;
  OpBuilder &b;
};
} // namespace

/// The accumulators' start: the bias at `channel`, or zeros.
Value RuntimeContraction::getStart(Value bias, ArrayRef<int64_t> shape,
                                   ArrayRef<AffineExpr> channel) {
  unsigned rank = shape.size();
  Value init = state.empty(RankedTensorType::get(shape, b.getF32Type()), loc);
  if (!bias) {
    Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0.0f));
    return linalg::FillOp::create(b, loc, zero, init).getResult(0);
  }
  SmallVector<utils::IteratorType> kinds(rank, utils::IteratorType::parallel);
  SmallVector<AffineMap> maps = {
      map(rank, channel),
      AffineMap::getMultiDimIdentityMap(rank, b.getContext())};
  return linalg::GenericOp::create(
             b, loc, init.getType(), bias, init, maps, kinds,
             [](OpBuilder &in, Location l, ValueRange args) {
               linalg::YieldOp::create(in, l, args[0]);
             })
      .getResult(0);
}

/// One chain of fused multiply-adds per element of `start`.
Value RuntimeContraction::multiply(Value input, Value weight, Value start,
                                   AffineMap inputMap, AffineMap weightMap,
                                   unsigned summed) {
  auto type = cast<RankedTensorType>(start.getType());
  unsigned rank = type.getRank();
  SmallVector<AffineExpr> kept;
  for (unsigned i = 0; i < rank; ++i)
    kept.push_back(dim(i));
  SmallVector<utils::IteratorType> kinds(rank, utils::IteratorType::parallel);
  kinds.append(summed, utils::IteratorType::reduction);
  SmallVector<AffineMap> maps = {inputMap, weightMap, map(rank + summed, kept)};
  return linalg::GenericOp::create(
             b, loc, type, ValueRange{input, weight}, start, maps, kinds,
             [](OpBuilder &in, Location l, ValueRange args) {
               Value sum =
                   math::FmaOp::create(in, l, args[0], args[1], args[2]);
               linalg::YieldOp::create(in, l, sum);
             })
      .getResult(0);
}

void RuntimeContraction::lower(qnn::Conv2DOp conv) {
  qnn::WindowAttr window = conv.getWindow();
  ArrayRef<int64_t> p = window.getPads(), s = window.getStrides(),
                    d = window.getDilations();
  auto weightShape =
      cast<RankedTensorType>(conv.getWeight().getType()).getShape();
  auto shape = cast<RankedTensorType>(conv.getType()).getShape();
  int64_t groups = conv.getGroups(), perGroup = weightShape[0] / groups;
  int64_t inputs = weightShape[3];
  // n, h, w, group, channel; row, column, input channel.
  AffineExpr row = dim(1) * s[0] + dim(5) * d[0];
  AffineExpr column = dim(2) * s[1] + dim(6) * d[1];
  Value input = state.getPadded(conv.getInput(), {p[0], p[1], p[2], p[3]}, loc);
  Value weight = state.reshape(
      state.get(conv.getWeight(), loc),
      {groups, perGroup, weightShape[1], weightShape[2], inputs}, loc);
  Value bias;
  if (conv.getBias())
    bias =
        state.reshape(state.get(conv.getBias(), loc), {groups, perGroup}, loc);
  Value start = getStart(bias, {shape[0], shape[1], shape[2], groups, perGroup},
                         {dim(3), dim(4)});
  Value result =
      multiply(input, weight, start,
               map(8, {dim(0), row, column, dim(3) * inputs + dim(7)}),
               map(8, {dim(3), dim(4), dim(5), dim(6), dim(7)}), /*summed=*/3);
  state.setView(conv, state.reshape(result, shape, loc), loc);
}

void RuntimeContraction::lower(qnn::DenseOp dense) {
  auto weightShape =
      cast<RankedTensorType>(dense.getWeight().getType()).getShape();
  auto type = cast<RankedTensorType>(dense.getType());
  int64_t rows = type.getNumElements() / weightShape[0];
  Value input = state.reshape(state.get(dense.getInput(), loc),
                              {rows, weightShape[1]}, loc);
  Value bias = dense.getBias() ? state.get(dense.getBias(), loc) : Value();
  Value start = getStart(bias, {rows, weightShape[0]}, {dim(1)});
  Value result = multiply(input, state.get(dense.getWeight(), loc), start,
                          map(3, {dim(0), dim(2)}), map(3, {dim(1), dim(2)}),
                          /*summed=*/1);
  state.setView(dense, state.reshape(result, type.getShape(), loc), loc);
}

LogicalResult quantopt::lowerRuntimeContraction(LoweringState &state,
                                                Operation *op) {
  auto isFloat = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getElementType().isF32();
  };
  if (!llvm::all_of(op->getOperands(), isFloat))
    return op->emitOpError("expected a constant weight and bias, because an "
                           "operand is not of type f32");
  RuntimeContraction loops(state, op);
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op))
    loops.lower(conv);
  else
    loops.lower(cast<qnn::DenseOp>(op));
  return success();
}
