//===- LowerDynamic.cpp - Quantization at run time ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"
#include "ScalarSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "quant-opt/Dialect/QNN/Utils/IRAlgebra.h"
#include <cfloat>

using namespace quantopt;

/// A part of a row that is worth a thread's attention.
static constexpr int64_t kPartLength = 16384;

/// How many parts a row of this length is cut into, so that none is empty.
static int64_t getNumParts(int64_t length) {
  int64_t parts = std::max<int64_t>(1, length / kPartLength);
  int64_t partLength = llvm::alignTo(llvm::divideCeil(length, parts), 64);
  return llvm::divideCeil(length, partLength);
}

/// The largest magnitude of each part of each row: `[rows, length]` to
/// `[rows, parts]`.
static Value buildRowMax(LoweringState &state, Value input, int64_t rows,
                         int64_t length, Location loc) {
  OpBuilder &b = state.builder;
  int64_t parts = getNumParts(length);
  auto window = qnn::WindowAttr::get(b.getContext(), {1, 1}, {1, 1}, {1, 1},
                                     {0, 0, 0, 0});
  Value init = state.empty(
      RankedTensorType::get({1, 1, rows, parts}, b.getF32Type()), loc);
  auto kernel = qvec::KernelOp::create(
      b, loc, TypeRange{init.getType()}, qvec::KernelKind::RowMax,
      state.reshape(input, {1, 1, rows, length}, loc), Value(), Value(),
      Value(), Value(), ValueRange(), ValueRange(), ValueRange(), ValueRange(),
      init, window, qvec::StrategyAttr(), qvec::DepthwiseStrategyAttr(),
      /*groups=*/1, /*countedPads=*/DenseI64ArrayAttr(),
      /*zeroPads=*/DenseI64ArrayAttr(), qvec::PackingAttr(),
      /*inputZeroPoint=*/0, /*unsignedInput=*/false);
  OpBuilder::InsertionGuard guard(b);
  Block *block = b.createBlock(&kernel.getEpilogue());
  qvec::YieldOp::create(b, loc, block->addArgument(b.getF32Type(), loc));
  b.setInsertionPointAfter(kernel);
  return state.reshape(kernel.getResult(0), {rows, parts}, loc);
}

/// One result per row from the elements of `[rows, parts]`.
static Value reduceParts(LoweringState &state, Value parts, Location loc) {
  OpBuilder &b = state.builder;
  auto type = cast<RankedTensorType>(parts.getType());
  int64_t rows = type.getDimSize(0);
  if (type.getDimSize(1) == 1)
    return state.reshape(parts, {rows}, loc);
  Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0.0f));
  Value init = state.empty(RankedTensorType::get({rows}, b.getF32Type()), loc);
  init = linalg::FillOp::create(b, loc, zero, init).getResult(0);
  AffineMap both = AffineMap::getMultiDimIdentityMap(2, b.getContext());
  SmallVector<utils::IteratorType> kinds = {utils::IteratorType::parallel,
                                            utils::IteratorType::reduction};
  return linalg::GenericOp::create(
             b, loc, init.getType(), parts, init,
             ArrayRef<AffineMap>{both, both.getMajorSubMap(1)}, kinds,
             [](OpBuilder &in, Location l, ValueRange args) {
               qnn::IRAlgebra a(in, l, args[0].getType());
               Value larger =
                   a.select(a.less(args[1], args[0]), args[0], args[1]);
               linalg::YieldOp::create(in, l, larger);
             })
      .getResult(0);
}

/// A new tensor whose elements are `body` of those of `input`.
static Value mapElements(LoweringState &state, Value input, Location loc,
                         function_ref<Value(qnn::IRAlgebra &, Value)> body) {
  OpBuilder &b = state.builder;
  auto type = cast<RankedTensorType>(input.getType());
  AffineMap map =
      AffineMap::getMultiDimIdentityMap(type.getRank(), b.getContext());
  SmallVector<utils::IteratorType> kinds(type.getRank(),
                                         utils::IteratorType::parallel);
  return linalg::GenericOp::create(
             b, loc, type, input, state.empty(type, loc),
             ArrayRef<AffineMap>{map, map}, kinds,
             [&](OpBuilder &in, Location l, ValueRange args) {
               qnn::IRAlgebra a(in, l, args[0].getType());
               linalg::YieldOp::create(in, l, body(a, args[0]));
             })
      .getResult(0);
}

/// Writes the integers into the result's destination; `inverse` has the shape
/// of the rows.
static void quantizeRows(LoweringState &state, qnn::QuantizeDynamicOp op,
                         Value inverse) {
  OpBuilder &b = state.builder;
  Location loc = op.getLoc();
  unsigned rank = cast<RankedTensorType>(op.getInput().getType()).getRank();
  AffineMap map = AffineMap::getMultiDimIdentityMap(rank, b.getContext());
  AffineMap rows = AffineMap::get(
      rank, 0, map.getResults().take_front(op.getRowDims()), b.getContext());
  SmallVector<utils::IteratorType> kinds(rank, utils::IteratorType::parallel);
  Value destination = state.getDestination(op.getResult(), loc);
  auto generic = linalg::GenericOp::create(
      b, loc, destination.getType(),
      ValueRange{state.get(op.getInput(), loc), inverse}, destination,
      ArrayRef<AffineMap>{map, rows, map}, kinds,
      [&](OpBuilder &in, Location l, ValueRange args) {
        ScalarEmitter emit(in, l, state.target);
        linalg::YieldOp::create(in, l,
                                emit.quantizeDynamic(args[0], args[1],
                                                     op.getZeroPoint(),
                                                     op.getMin(), 127));
      });
  state.set(op.getResult(), generic.getResult(0), loc);
}

LogicalResult quantopt::lowerQuantizeDynamic(LoweringState &state,
                                             qnn::QuantizeDynamicOp op) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getInput().getType());
  auto rowShape = cast<RankedTensorType>(op.getScales().getType()).getShape();
  int64_t rows = ShapedType::getNumElements(rowShape);
  int64_t length = rows ? type.getNumElements() / rows : 0;
  if (length == 0)
    return op.emitOpError("expected rows that are not empty, but got ") << type;
  Value maxima = reduceParts(
      state,
      buildRowMax(state, state.get(op.getInput(), loc), rows, length, loc),
      loc);
  auto levels = float(op.getLevels());
  Value scales =
      mapElements(state, maxima, loc, [&](qnn::IRAlgebra &a, Value m) -> Value {
        Value limit = a.constant(FLT_MAX), least = a.constant(FLT_MIN);
        m = a.select(a.less(limit, m), limit, m);
        Value scale = a.div(m, a.constant(levels));
        return a.select(a.less(scale, least), least, scale);
      });
  Value inverse =
      mapElements(state, scales, loc, [](qnn::IRAlgebra &a, Value scale) {
        return a.div(a.constant(1.0f), scale);
      });
  state.setView(op.getScales(), state.reshape(scales, rowShape, loc), loc);
  quantizeRows(state, op, state.reshape(inverse, rowShape, loc));
  return success();
}
