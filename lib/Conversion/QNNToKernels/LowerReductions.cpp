//===- LowerReductions.cpp - Reductions, softmax and products of activations
//-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"
#include "ScalarSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Dialect/QNN/Utils/IRAlgebra.h"
#include "quant-opt/Support/FixedPoint.h"
#include "quant-opt/Support/FloatFunctions.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace quantopt;

namespace {
/// Builds loop nests on two-dimensional tensors `[rows, length]`: every
/// reduction here runs along the second dimension.
class RowBuilder {
public:
  using Body = function_ref<Value(OpBuilder &, Location, ValueRange)>;

  RowBuilder(LoweringState &state, Location loc) : state(state), loc(loc) {}

  static RankedTensorType typeOf(Value v) {
    return cast<RankedTensorType>(v.getType());
  }

  /// Elementwise over `[rows, length]`; operands of shape `[rows]` repeat.
  Value map(ValueRange inputs, Type element, Body body) {
    auto shape = typeOf(inputs[0]).getShape();
    Value init = state.empty(RankedTensorType::get(shape, element), loc);
    SmallVector<AffineMap> maps = getMaps(inputs);
    maps.push_back(identity(2));
    SmallVector<utils::IteratorType> kinds(2, utils::IteratorType::parallel);
    return build(inputs, init, maps, kinds, body);
  }

  /// Folds each row into one element, in ascending order. The body gets the
  /// inputs' elements and then the accumulator.
  Value reduce(ValueRange inputs, TypedAttr start, Body body) {
    int64_t rows = typeOf(inputs[0]).getDimSize(0);
    Value init = filled({rows}, start);
    SmallVector<AffineMap> maps = getMaps(inputs);
    maps.push_back(rowMap());
    SmallVector<utils::IteratorType> kinds = {utils::IteratorType::parallel,
                                              utils::IteratorType::reduction};
    return build(inputs, init, maps, kinds, body);
  }

  /// Sums each row with 16 interleaved partial sums (see qnn.reduce).
  Value sum(Value input);

  Value filled(ArrayRef<int64_t> shape, TypedAttr value) {
    Value init =
        state.empty(RankedTensorType::get(shape, value.getType()), loc);
    Value scalar = arith::ConstantOp::create(state.builder, loc, value);
    return linalg::FillOp::create(state.builder, loc, scalar, init)
        .getResult(0);
  }

private:
  AffineMap identity(unsigned rank) {
    return AffineMap::getMultiDimIdentityMap(rank, state.builder.getContext());
  }
  AffineMap rowMap() { return identity(2).getSubMap({0}); }

  SmallVector<AffineMap> getMaps(ValueRange inputs) {
    SmallVector<AffineMap> maps;
    for (Value input : inputs)
      maps.push_back(typeOf(input).getRank() == 1 ? rowMap() : identity(2));
    return maps;
  }

  Value build(ValueRange inputs, Value init, ArrayRef<AffineMap> maps,
              ArrayRef<utils::IteratorType> kinds, Body body) {
    auto generic = linalg::GenericOp::create(
        state.builder, loc, init.getType(), inputs, init, maps, kinds,
        [&](OpBuilder &b, Location l, ValueRange args) {
          linalg::YieldOp::create(b, l, body(b, l, args));
        });
    return generic.getResult(0);
  }

  LoweringState &state;
  Location loc;
};
} // namespace

Value RowBuilder::sum(Value input) {
  constexpr int64_t partials = 16;
  OpBuilder &b = state.builder;
  int64_t rows = typeOf(input).getDimSize(0);
  int64_t length = typeOf(input).getDimSize(1);
  int64_t chunks = llvm::divideCeil(length, partials);
  TypedAttr zero = b.getF32FloatAttr(0.0f);
  // Zeros at the end change no partial sum.
  if (chunks * partials != length) {
    Value padded = filled({rows, chunks * partials}, zero);
    auto fold = [&](ArrayRef<int64_t> v) {
      return getAsIndexOpFoldResult(b.getContext(), v);
    };
    input = tensor::InsertSliceOp::create(b, loc, input, padded, fold({0, 0}),
                                          fold({rows, length}), fold({1, 1}));
  }
  Value cube = state.reshape(input, {rows, chunks, partials}, loc);
  Value init = filled({rows, partials}, zero);
  SmallVector<AffineMap> maps = {identity(3), identity(3).getSubMap({0, 2})};
  SmallVector<utils::IteratorType> kinds = {utils::IteratorType::parallel,
                                            utils::IteratorType::reduction,
                                            utils::IteratorType::parallel};
  Value sums = build(cube, init, maps, kinds,
                     [](OpBuilder &in, Location l, ValueRange args) -> Value {
                       return arith::AddFOp::create(in, l, args[1], args[0]);
                     });
  auto half = [&](int64_t offset, int64_t size) -> Value {
    auto fold = [&](ArrayRef<int64_t> v) {
      return getAsIndexOpFoldResult(b.getContext(), v);
    };
    return tensor::ExtractSliceOp::create(b, loc, sums, fold({0, offset}),
                                          fold({rows, size}), fold({1, 1}));
  };
  for (int64_t size = partials / 2; size >= 1; size /= 2) {
    Value lower = half(0, size), upper = half(size, size);
    sums = map({lower, upper}, b.getF32Type(),
               [](OpBuilder &in, Location l, ValueRange args) -> Value {
                 return arith::AddFOp::create(in, l, args[0], args[1]);
               });
  }
  return state.reshape(sums, {rows}, loc);
}

/// Moves `axes` to the end and flattens to `[rows, length]`.
static Value toRows(LoweringState &state, Value input, ArrayRef<int64_t> axes,
                    Location loc) {
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> permutation, shape;
  for (int64_t i = 0; i < type.getRank(); ++i)
    if (!llvm::is_contained(axes, i))
      permutation.push_back(i);
  llvm::append_range(permutation, axes);
  int64_t length = 1;
  for (int64_t axis : axes)
    length *= type.getDimSize(axis);
  for (int64_t p : permutation)
    shape.push_back(type.getDimSize(p));
  if (!llvm::is_sorted(permutation)) {
    Value init =
        state.empty(RankedTensorType::get(shape, type.getElementType()), loc);
    input = linalg::TransposeOp::create(state.builder, loc, input, init,
                                        permutation)
                .getResult()[0];
  }
  int64_t rows = length ? type.getNumElements() / length : 0;
  return state.reshape(input, {rows, length}, loc);
}

/// Undoes `toRows` for a tensor of the original shape and one axis.
static Value fromRows(LoweringState &state, Value rows, int64_t axis,
                      RankedTensorType type, Location loc) {
  SmallVector<int64_t> shape, inverse(type.getRank());
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (i != axis)
      shape.push_back(type.getDimSize(i));
    inverse[i] = i < axis ? i : i == axis ? type.getRank() - 1 : i - 1;
  }
  shape.push_back(type.getDimSize(axis));
  Value moved = state.reshape(rows, shape, loc);
  if (llvm::is_sorted(inverse))
    return moved;
  Value init = state.empty(type, loc);
  return linalg::TransposeOp::create(state.builder, loc, moved, init, inverse)
      .getResult()[0];
}

static LogicalResult lowerSoftmax(LoweringState &state, qnn::SoftmaxOp op) {
  Location loc = op.getLoc();
  Type f32 = state.builder.getF32Type();
  RowBuilder rows(state, loc);
  int64_t axis = op.getAxis();
  Value x = toRows(state, state.get(op.getInput(), loc), axis, loc);
  // NaN need not win here: it makes the whole sum NaN.
  Value max =
      rows.reduce(x, state.builder.getF32FloatAttr(-INFINITY),
                  [](OpBuilder &b, Location l, ValueRange args) -> Value {
                    qnn::IRAlgebra a(b, l, args[0].getType());
                    return a.select(a.less(args[1], args[0]), args[0], args[1]);
                  });
  Value e = rows.map({x, max}, f32,
                     [](OpBuilder &b, Location l, ValueRange args) -> Value {
                       qnn::IRAlgebra a(b, l, args[0].getType());
                       return floatfn::exp(a, a.sub(args[0], args[1]));
                     });
  Value sum = rows.sum(e);
  Value y = rows.map({e, sum}, f32,
                     [](OpBuilder &b, Location l, ValueRange args) -> Value {
                       return arith::DivFOp::create(b, l, args[0], args[1]);
                     });
  auto type = cast<RankedTensorType>(op.getType());
  state.setView(op.getResult(), fromRows(state, y, axis, type, loc), loc);
  return success();
}

/// The table's entries up to the one that all others equal.
static ArrayRef<int32_t> getDifferent(ArrayRef<int32_t> entries) {
  size_t size = entries.size();
  while (size > 1 && entries[size - 2] == entries.back())
    --size;
  return entries.take_front(size);
}

/// The table's entry for each element's distance from the row's maximum. Where
/// bytes count more than time equal entries at the end are stored once.
static Value lookUpDistances(LoweringState &state, RowBuilder &rows, Value x,
                             ArrayRef<int32_t> entries, Location loc) {
  OpBuilder &builder = state.builder;
  ArrayRef<int32_t> stored =
      state.target.hasSmallMemory() ? getDifferent(entries) : entries;
  Value table = state.constantI32(stored, loc);
  auto widen = [&](OpBuilder &b, Location l, Value v) {
    return ScalarEmitter(b, l, state.target).extend(v);
  };
  Value max = rows.reduce(
      x, builder.getI32IntegerAttr(-128),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        return arith::MaxSIOp::create(b, l, args[1], widen(b, l, args[0]));
      });
  return rows.map(
      {x, max}, builder.getI32Type(),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        Value below =
            arith::SubIOp::create(b, l, args[1], widen(b, l, args[0]));
        if (stored.size() < entries.size()) {
          Value last = arith::ConstantOp::create(
              b, l, b.getI32IntegerAttr(int32_t(stored.size()) - 1));
          below = arith::MinSIOp::create(b, l, below, last);
        }
        Value index = arith::IndexCastOp::create(b, l, b.getIndexType(), below);
        return tensor::ExtractOp::create(b, l, table, index);
      });
}

static LogicalResult lowerSoftmaxLookup(LoweringState &state,
                                        qnn::SoftmaxLookupOp op) {
  Location loc = op.getLoc();
  OpBuilder &builder = state.builder;
  RowBuilder rows(state, loc);
  int64_t axis = op.getAxis();
  int64_t levels = int32_t(op.getOutputLevels());
  Value x = toRows(state, state.get(op.getInput(), loc), axis, loc);
  Value e = lookUpDistances(state, rows, x, op.getTable(), loc);
  Value sum =
      rows.reduce(e, builder.getI32IntegerAttr(0),
                  [](OpBuilder &b, Location l, ValueRange args) -> Value {
                    return arith::AddIOp::create(b, l, args[1], args[0]);
                  });
  Value y = rows.map(
      {e, sum}, builder.getI8Type(),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        ScalarEmitter emit(b, l, state.target);
        Value scaled = arith::MulIOp::create(b, l, args[0], emit.i32(levels));
        Value half = arith::ShRUIOp::create(b, l, args[1], emit.i32(1));
        Value q = arith::DivUIOp::create(
            b, l, arith::AddIOp::create(b, l, scaled, half), args[1]);
        q = arith::SubIOp::create(b, l, q, emit.i32(128));
        return emit.clampTo({b.getI8Type(), 0, -128, 127}, q);
      });
  auto type = state.getLoweredType(op.getType());
  state.setView(op.getResult(), fromRows(state, y, axis, type, loc), loc);
  return success();
}

namespace {
/// Fixed-point numbers as IR; see Support/FixedPoint.h.
struct FixedPointEmitter {
  using Int = Value;

  OpBuilder &b;
  Location loc;

  Value constant(int32_t x) {
    return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(x));
  }
  Value wide(int64_t x) {
    return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(x));
  }
  Value widen(Value x) {
    return arith::ExtSIOp::create(b, loc, b.getI64Type(), x);
  }
  Value narrow(Value x) {
    return arith::TruncIOp::create(b, loc, b.getI32Type(), x);
  }
  Value add(Value x, Value y) { return arith::AddIOp::create(b, loc, x, y); }
  Value sub(Value x, Value y) { return arith::SubIOp::create(b, loc, x, y); }
  Value shiftRight(Value x, Value n) {
    return arith::ShRSIOp::create(b, loc, x, n);
  }
  Value mulHigh(Value x, Value y) {
    Value product = arith::MulIOp::create(b, loc, widen(x), widen(y));
    return narrow(shiftRight(add(product, wide(1 << 30)), wide(31)));
  }
  Value shiftLeft(Value x, int n) {
    Value highest = constant(INT32_MAX >> n);
    Value lowest = constant(INT32_MIN >> n);
    Value limited = arith::MinSIOp::create(b, loc, x, highest);
    limited = arith::MaxSIOp::create(b, loc, limited, lowest);
    Value shifted = arith::ShLIOp::create(b, loc, limited, constant(n));
    // What is above the highest multiple of 2^n becomes the highest number.
    Value isAbove =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sgt, x, highest);
    return arith::SelectOp::create(b, loc, isAbove, constant(INT32_MAX),
                                   shifted);
  }
  Value halfOnePlus(Value x) {
    // Without the 32nd bit.
    return add(shiftRight(x, constant(1)), constant(1 << 30));
  }
};
} // namespace

static LogicalResult lowerSoftmaxFixedPoint(LoweringState &state,
                                            qnn::SoftmaxFixedPointOp op) {
  Location loc = op.getLoc();
  OpBuilder &builder = state.builder;
  Type i32 = builder.getI32Type();
  RowBuilder rows(state, loc);
  int64_t axis = op.getAxis();
  Value x = toRows(state, state.get(op.getInput(), loc), axis, loc);
  int64_t count = cast<RankedTensorType>(x.getType()).getDimSize(0);
  Value e = lookUpDistances(state, rows, x, op.getTable(), loc);
  Value sum =
      rows.reduce(e, builder.getI32IntegerAttr(0),
                  [](OpBuilder &b, Location l, ValueRange args) -> Value {
                    // (e + 2^11) >> 12 without the 32nd bit.
                    FixedPointEmitter a{b, l};
                    Value half = a.shiftRight(args[0], a.constant(11));
                    half =
                        a.shiftRight(a.add(half, a.constant(1)), a.constant(1));
                    return a.add(args[1], half);
                  });
  sum = state.reshape(sum, {count, 1}, loc);
  Value zeros = rows.map(
      sum, i32, [](OpBuilder &b, Location l, ValueRange args) -> Value {
        return math::CountLeadingZerosOp::create(b, l, args[0]);
      });
  Value inverse =
      rows.map({sum, zeros}, i32,
               [](OpBuilder &b, Location l, ValueRange args) -> Value {
                 FixedPointEmitter a{b, l};
                 Value shifted = arith::ShLIOp::create(b, l, args[0], args[1]);
                 Value fraction = arith::AndIOp::create(b, l, shifted,
                                                        a.constant(INT32_MAX));
                 return fixedpoint::invertOnePlus(a, fraction);
               });
  zeros = state.reshape(zeros, {count}, loc);
  inverse = state.reshape(inverse, {count}, loc);
  Value y = rows.map(
      {e, inverse, zeros}, builder.getI8Type(),
      [&](OpBuilder &b, Location l, ValueRange args) -> Value {
        FixedPointEmitter a{b, l};
        Value product = a.mulHigh(args[1], args[0]);
        // Halves up: one less of the shift, then the last bit. 31 bits leave 0.
        Value shift = arith::MinSIOp::create(
            b, l, a.sub(a.constant(34), args[2]), a.constant(31));
        Value half = a.add(a.shiftRight(product, shift), a.constant(1));
        Value q = a.sub(a.shiftRight(half, a.constant(1)), a.constant(128));
        return ScalarEmitter(b, l, state.target)
            .clampTo({b.getI8Type(), 0, -128, 127}, q);
      });
  auto type = state.getLoweredType(op.getType());
  state.setView(op.getResult(), fromRows(state, y, axis, type, loc), loc);
  return success();
}

static LogicalResult lowerReduce(LoweringState &state, qnn::ReduceOp op) {
  Location loc = op.getLoc();
  OpBuilder &builder = state.builder;
  RowBuilder rows(state, loc);
  Value x = toRows(state, state.get(op.getInput(), loc), op.getAxes(), loc);
  int64_t length = cast<RankedTensorType>(x.getType()).getDimSize(1);
  int64_t count = cast<RankedTensorType>(x.getType()).getDimSize(0);
  Value result;
  if (op.getFn() == qnn::ReduceFn::Max || op.getFn() == qnn::ReduceFn::Min) {
    bool isMax = op.getFn() == qnn::ReduceFn::Max;
    float start = isMax ? -INFINITY : INFINITY;
    result =
        rows.reduce(x, builder.getF32FloatAttr(start),
                    [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                      qnn::IRAlgebra a(b, l, args[0].getType());
                      return qnn::evaluateBinary(
                          a, isMax ? qnn::BinaryFn::Max : qnn::BinaryFn::Min,
                          args[1], args[0]);
                    });
  } else {
    result = state.reshape(rows.sum(x), {count, 1}, loc);
    if (op.getFn() == qnn::ReduceFn::Mean)
      result =
          rows.map(result, builder.getF32Type(),
                   [&](OpBuilder &b, Location l, ValueRange args) -> Value {
                     qnn::IRAlgebra a(b, l, args[0].getType());
                     return a.div(args[0], a.constant(float(length)));
                   });
  }
  auto shape = cast<RankedTensorType>(op.getType()).getShape();
  state.setView(op.getResult(), state.reshape(result, shape, loc), loc);
  return success();
}

std::optional<IntegerRange> quantopt::getSumRange(qnn::MatmulOp op) {
  auto lhs = cast<RankedTensorType>(op.getLhs().getType());
  if (!lhs.getElementType().isInteger(8))
    return std::nullopt;
  int64_t reach = lhs.getShape().back() *
                  getByteReach(int32_t(op.getLhsZeroPoint())) *
                  getByteReach(int32_t(op.getRhsZeroPoint()));
  return IntegerRange{-reach, reach};
}

/// Chains of fused multiply-adds in ascending k, or sums of integers; n is
/// innermost so that the loop can use vectors.
static LogicalResult lowerMatmul(LoweringState &state, qnn::MatmulOp op) {
  Location loc = op.getLoc();
  OpBuilder &b = state.builder;
  MLIRContext *ctx = b.getContext();
  auto type = cast<RankedTensorType>(op.getType());
  int64_t rank = type.getRank();
  // Loops: batch dimensions, m, k, n.
  auto batchExprs = [&](ArrayRef<int64_t> shape) {
    SmallVector<AffineExpr> exprs;
    int64_t lead = rank - shape.size();
    for (int64_t i = 0, e = int64_t(shape.size()) - 2; i < e; ++i)
      exprs.push_back(shape[i] == 1 && type.getDimSize(lead + i) != 1
                          ? getAffineConstantExpr(0, ctx)
                          : getAffineDimExpr(lead + i, ctx));
    return exprs;
  };
  AffineExpr m = getAffineDimExpr(rank - 2, ctx);
  AffineExpr k = getAffineDimExpr(rank - 1, ctx);
  AffineExpr n = getAffineDimExpr(rank, ctx);
  auto mapOf = [&](Value operand, AffineExpr row, AffineExpr column) {
    auto exprs =
        batchExprs(cast<RankedTensorType>(operand.getType()).getShape());
    exprs.push_back(row);
    exprs.push_back(column);
    return AffineMap::get(rank + 1, 0, exprs, ctx);
  };
  SmallVector<AffineMap> maps = {mapOf(op.getLhs(), m, k),
                                 mapOf(op.getRhs(), k, n),
                                 mapOf(op.getResult(), m, n)};
  SmallVector<utils::IteratorType> kinds(rank + 1,
                                         utils::IteratorType::parallel);
  kinds[rank - 1] = utils::IteratorType::reduction;
  RowBuilder rows(state, loc);
  Value init =
      rows.filled(type.getShape(), b.getZeroAttr(type.getElementType()));
  auto addFloats = [](OpBuilder &in, Location l, ValueRange args) -> Value {
    return math::FmaOp::create(in, l, args[0], args[1], args[2]);
  };
  auto addIntegers = [&](OpBuilder &in, Location l, ValueRange args) -> Value {
    ScalarEmitter emit(in, l, state.target);
    Value x = emit.center(args[0], int32_t(op.getLhsZeroPoint()));
    Value y = emit.center(args[1], int32_t(op.getRhsZeroPoint()));
    return arith::AddIOp::create(in, l, args[2],
                                 arith::MulIOp::create(in, l, x, y));
  };
  auto generic = linalg::GenericOp::create(
      b, loc, type,
      ValueRange{state.get(op.getLhs(), loc), state.get(op.getRhs(), loc)},
      init, maps, kinds, [&](OpBuilder &in, Location l, ValueRange args) {
        linalg::YieldOp::create(in, l,
                                type.getElementType().isF32()
                                    ? addFloats(in, l, args)
                                    : addIntegers(in, l, args));
      });
  state.setView(op.getResult(), generic.getResult(0), loc);
  return success();
}

LogicalResult quantopt::lowerReduction(LoweringState &state, Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<qnn::SoftmaxOp>([&](auto o) { return lowerSoftmax(state, o); })
      .Case<qnn::SoftmaxLookupOp>(
          [&](auto o) { return lowerSoftmaxLookup(state, o); })
      .Case<qnn::SoftmaxFixedPointOp>(
          [&](auto o) { return lowerSoftmaxFixedPoint(state, o); })
      .Case<qnn::ReduceOp>([&](auto o) { return lowerReduce(state, o); })
      .Case<qnn::MatmulOp>([&](auto o) { return lowerMatmul(state, o); })
      .Default([](Operation *unknown) {
        return unknown->emitOpError("has no lowering to kernels");
      });
}
