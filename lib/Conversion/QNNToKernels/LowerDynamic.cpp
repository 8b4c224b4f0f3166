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

/// Reduces each part of each row, `[rows, length]`: to the largest magnitude,
/// `[rows, parts]`, or both ends of the range, `[rows, 2, parts]`.
static Value buildRowMax(LoweringState &state, qvec::KernelKind kind,
                         Value input, int64_t rows, int64_t length,
                         Location loc) {
  OpBuilder &b = state.builder;
  int64_t parts = getNumParts(length);
  int64_t ends = kind == qvec::KernelKind::RowRange ? 2 : 1;
  auto window = qnn::WindowAttr::get(b.getContext(), {1, 1}, {1, 1}, {1, 1},
                                     {0, 0, 0, 0});
  Value init = state.empty(
      RankedTensorType::get({1, 1, rows, ends * parts}, b.getF32Type()), loc);
  auto kernel = qvec::KernelOp::create(
      b, loc, TypeRange{init.getType()}, kind,
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
  return state.reshape(kernel.getResult(0), {rows * ends, parts}, loc);
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

/// A new tensor of rank 0: `body` of the elements 0 and 1 of `ends`.
static Value mapEnds(LoweringState &state, Value ends, Location loc,
                     function_ref<Value(qnn::IRAlgebra &, Value, Value)> body) {
  OpBuilder &b = state.builder;
  auto element = [&](int64_t i) {
    return AffineMap::get(1, 0, b.getAffineConstantExpr(i), b.getContext());
  };
  Value init = state.empty(RankedTensorType::get({1}, b.getF32Type()), loc);
  auto generic = linalg::GenericOp::create(
      b, loc, init.getType(), ValueRange{ends, ends}, init,
      ArrayRef<AffineMap>{element(0), element(1),
                          AffineMap::getMultiDimIdentityMap(1, b.getContext())},
      ArrayRef<utils::IteratorType>{utils::IteratorType::parallel},
      [&](OpBuilder &in, Location l, ValueRange args) {
        qnn::IRAlgebra a(in, l, args[0].getType());
        linalg::YieldOp::create(in, l, body(a, args[0], args[1]));
      });
  return state.reshape(generic.getResult(0), {}, loc);
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

/// Writes the integers into the result's destination; `parameters` have the
/// shape of the rows.
static void
quantizeRows(LoweringState &state, qnn::QuantizeDynamicOp op,
             ArrayRef<Value> parameters,
             function_ref<Value(ScalarEmitter &, Value, ValueRange)> body) {
  OpBuilder &b = state.builder;
  Location loc = op.getLoc();
  unsigned rank = cast<RankedTensorType>(op.getInput().getType()).getRank();
  AffineMap map = AffineMap::getMultiDimIdentityMap(rank, b.getContext());
  AffineMap rows = AffineMap::get(
      rank, 0, map.getResults().take_front(op.getRowDims()), b.getContext());
  SmallVector<utils::IteratorType> kinds(rank, utils::IteratorType::parallel);
  Value destination = state.getDestination(op.getResult(), loc);
  SmallVector<Value> inputs = {state.get(op.getInput(), loc)};
  inputs.append(parameters.begin(), parameters.end());
  SmallVector<AffineMap> maps(inputs.size(), rows);
  maps.front() = map;
  maps.push_back(map);
  auto generic = linalg::GenericOp::create(
      b, loc, destination.getType(), inputs, destination, maps, kinds,
      [&](OpBuilder &in, Location l, ValueRange args) {
        ScalarEmitter emit(in, l, state.target);
        linalg::YieldOp::create(
            in, l, body(emit, args[0], args.slice(1, parameters.size())));
      });
  state.set(op.getResult(), generic.getResult(0), loc);
}

/// The zero point for a scale and the largest `-x`, element 0 of `ends`.
static Value buildZeroPoint(LoweringState &state, Value ends, Value scale,
                            Location loc) {
  OpBuilder &b = state.builder;
  Value init =
      state.empty(RankedTensorType::get({1}, b.getIntegerType(8)), loc);
  AffineMap first =
      AffineMap::get(1, 0, b.getAffineConstantExpr(0), b.getContext());
  auto generic = linalg::GenericOp::create(
      b, loc, init.getType(), ValueRange{ends, state.reshape(scale, {1}, loc)},
      init,
      ArrayRef<AffineMap>{first, first,
                          AffineMap::getMultiDimIdentityMap(1, b.getContext())},
      ArrayRef<utils::IteratorType>{utils::IteratorType::parallel},
      [&](OpBuilder &in, Location l, ValueRange args) {
        qnn::IRAlgebra a(in, l, args[0].getType());
        ScalarEmitter emit(in, l, state.target);
        Value limit = a.constant(FLT_MAX);
        Value lowest = a.select(a.less(limit, args[0]), limit, args[0]);
        linalg::YieldOp::create(in, l, emit.chooseZeroPoint(lowest, args[1]));
      });
  return state.reshape(generic.getResult(0), {}, loc);
}

/// Scale and zero point of a whole tensor, see `chooseDynamicRange`.
static void lowerAsymmetric(LoweringState &state, qnn::QuantizeDynamicOp op) {
  Location loc = op.getLoc();
  int64_t length =
      cast<RankedTensorType>(op.getInput().getType()).getNumElements();
  Value ends =
      reduceParts(state,
                  buildRowMax(state, qvec::KernelKind::RowRange,
                              state.get(op.getInput(), loc), 1, length, loc),
                  loc);
  Value scale =
      mapEnds(state, ends, loc,
              [](qnn::IRAlgebra &a, Value lowest, Value highest) -> Value {
                Value limit = a.constant(FLT_MAX), least = a.constant(FLT_MIN);
                auto atMost = [&](Value x) {
                  return a.select(a.less(limit, x), limit, x);
                };
                Value width = a.add(atMost(lowest), atMost(highest));
                Value scale = a.div(atMost(width), a.constant(255.0f));
                scale = a.select(a.less(scale, least), least, scale);
                return a.select(a.less(a.constant(0.0f), width), scale,
                                a.constant(1.0f));
              });
  Value zeroPoint = buildZeroPoint(state, ends, scale, loc);
  state.setView(op.getScales(), scale, loc);
  state.setView(op.getZeroPoints(), zeroPoint, loc);
  quantizeRows(state, op, {scale, zeroPoint},
               [](ScalarEmitter &emit, Value x, ValueRange parameters) {
                 return emit.quantizeAsymmetric(x, parameters[0],
                                                parameters[1]);
               });
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
  if (op.getZeroPoints()) {
    lowerAsymmetric(state, op);
    return success();
  }
  Value maxima =
      reduceParts(state,
                  buildRowMax(state, qvec::KernelKind::RowMax,
                              state.get(op.getInput(), loc), rows, length, loc),
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
  quantizeRows(state, op, state.reshape(inverse, rowShape, loc),
               [&](ScalarEmitter &emit, Value x, ValueRange parameters) {
                 return emit.quantizeDynamic(
                     x, parameters[0], op.getZeroPoint(), op.getMin(), 127);
               });
  return success();
}
