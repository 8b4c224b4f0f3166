//===- LowerMovement.cpp - Data movement ----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace quantopt;

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

static SmallVector<OpFoldResult> fold(OpBuilder &b, ArrayRef<int64_t> values) {
  return getAsIndexOpFoldResult(b.getContext(), values);
}

/// Writes each operand into its part of the destination.
static LogicalResult lowerConcat(LoweringState &state, qnn::ConcatOp op) {
  OpBuilder &b = state.builder;
  Location loc = op.getLoc();
  Value whole = state.getDestination(op.getResult(), loc);
  SmallVector<int64_t> offsets(shapeOf(op.getResult()).size(), 0);
  SmallVector<int64_t> ones(offsets.size(), 1);
  for (Value input : op.getInputs()) {
    whole = tensor::InsertSliceOp::create(
        b, loc, state.get(input, loc), whole, fold(b, offsets),
        fold(b, shapeOf(input)), fold(b, ones));
    offsets[op.getAxis()] += shapeOf(input)[op.getAxis()];
  }
  state.set(op.getResult(), whole, loc);
  return success();
}

/// The lowered element that pads a value.
static TypedAttr getPadElement(LoweringState &state, qnn::PadOp op) {
  OpBuilder &b = state.builder;
  Type element = cast<RankedTensorType>(op.getType()).getElementType();
  int64_t offset = state.target.getActivationOffset();
  if (auto affine = dyn_cast<qnn::AffineType>(element)) {
    auto storage = affine.getStorage();
    int64_t value = getSignedEquivalent(storage, affine.getZeroPoint());
    Type lowered = state.getLoweredElementType(element);
    if (lowered.isInteger(8))
      value = int8_t(value + offset);
    return b.getIntegerAttr(lowered, value);
  }
  if (element.isF32())
    return b.getF32FloatAttr(op.getValue().convertToFloat());
  int64_t stored = int32_t(op.getStorageValue());
  if (element.isInteger(8))
    stored = int8_t(stored + offset);
  return b.getIntegerAttr(element, stored);
}

std::optional<SpatialPads> quantopt::getHalo(qnn::PadOp op) {
  ArrayRef<int64_t> low = op.getLow(), high = op.getHigh();
  if (!op.getFill() || low.size() != 4 || low[0] != 0 || high[0] != 0 ||
      low[3] != 0 || high[3] != 0 ||
      !op.getInput().getDefiningOp<qnn::QuantizeDynamicOp>())
    return std::nullopt;
  return SpatialPads{low[1], low[2], high[1], high[2]};
}

static LogicalResult lowerPad(LoweringState &state, qnn::PadOp op) {
  OpBuilder &b = state.builder;
  Location loc = op.getLoc();
  if (auto halo = getHalo(op)) {
    state.setView(op.getResult(), state.getPadded(op.getInput(), *halo, loc),
                  loc);
    return success();
  }
  Value whole = state.getDestination(op.getResult(), loc);
  if (op.getFill()) {
    whole = state.fill(state.get(op.getFill(), loc), whole, loc);
  } else {
    Value fill = arith::ConstantOp::create(b, loc, getPadElement(state, op));
    whole = linalg::FillOp::create(b, loc, fill, whole).getResult(0);
  }
  SmallVector<int64_t> ones(op.getLow().size(), 1);
  whole = tensor::InsertSliceOp::create(
      b, loc, state.get(op.getInput(), loc), whole, fold(b, op.getLow()),
      fold(b, shapeOf(op.getInput())), fold(b, ones));
  state.set(op.getResult(), whole, loc);
  return success();
}

/// A loop nest over the output whose body reads the input at computed indices.
static LogicalResult lowerIndexed(
    LoweringState &state, Operation *op,
    function_ref<Value(OpBuilder &, Location, SmallVector<Value>)> body) {
  OpBuilder &b = state.builder;
  Location loc = op->getLoc();
  Value result = op->getResult(0);
  int64_t rank = shapeOf(result).size();
  Value destination = state.getDestination(result, loc);
  SmallVector<AffineMap> maps = {
      AffineMap::getMultiDimIdentityMap(rank, b.getContext())};
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, loc, destination.getType(), ValueRange{}, destination, maps, iterators,
      [&](OpBuilder &inner, Location l, ValueRange) {
        SmallVector<Value> indices;
        for (int64_t i = 0; i < rank; ++i)
          indices.push_back(linalg::IndexOp::create(inner, l, i));
        linalg::YieldOp::create(inner, l, body(inner, l, indices));
      });
  state.set(result, generic.getResult(0), loc);
  return success();
}

static LogicalResult lowerSlice(LoweringState &state, qnn::SliceOp op) {
  OpBuilder &b = state.builder;
  Location loc = op.getLoc();
  Value input = state.get(op.getInput(), loc);
  if (llvm::all_of(op.getStrides(), [](int64_t s) { return s > 0; })) {
    Value slice = tensor::ExtractSliceOp::create(
        b, loc, input, fold(b, op.getOffsets()),
        fold(b, shapeOf(op.getResult())), fold(b, op.getStrides()));
    // A copy: kernels may rely on adjacent pixels of what they read.
    Value destination = state.getDestination(op.getResult(), loc);
    Value copy =
        linalg::CopyOp::create(b, loc, slice, destination).getResult(0);
    state.set(op.getResult(), copy, loc);
    return success();
  }
  return lowerIndexed(
      state, op, [&](OpBuilder &in, Location l, SmallVector<Value> index) {
        for (auto [i, value] : llvm::enumerate(index)) {
          Value stride =
              arith::ConstantIndexOp::create(in, l, op.getStrides()[i]);
          Value offset =
              arith::ConstantIndexOp::create(in, l, op.getOffsets()[i]);
          value = arith::AddIOp::create(
              in, l, arith::MulIOp::create(in, l, value, stride), offset);
        }
        return Value(tensor::ExtractOp::create(in, l, input, index));
      });
}

/// A constant table of indices.
static Value indexTable(LoweringState &state, ArrayRef<int64_t> values,
                        Location loc) {
  return state.constantI32(SmallVector<int32_t>(values.begin(), values.end()),
                           loc);
}

/// `table[i]` as an index.
static Value readIndex(OpBuilder &b, Location l, Value table, Value i) {
  Value entry = tensor::ExtractOp::create(b, l, table, i);
  return arith::IndexCastOp::create(b, l, b.getIndexType(), entry);
}

static LogicalResult lowerGather(LoweringState &state, qnn::GatherOp op) {
  Value input = state.get(op.getInput(), op.getLoc());
  Value table = indexTable(state, op.getIndices(), op.getLoc());
  int64_t axis = op.getAxis();
  return lowerIndexed(
      state, op, [&](OpBuilder &b, Location l, SmallVector<Value> index) {
        index[axis] = readIndex(b, l, table, index[axis]);
        return Value(tensor::ExtractOp::create(b, l, input, index));
      });
}

static LogicalResult lowerInterpolate(LoweringState &state,
                                      qnn::InterpolateOp op) {
  Location loc = op.getLoc();
  Value input = state.get(op.getInput(), loc);
  Value lower = indexTable(state, op.getLower(), loc);
  Value upper = indexTable(state, op.getUpper(), loc);
  Value fractions = state.constantF32(op.getFractions(), loc);
  int64_t axis = op.getAxis();
  return lowerIndexed(
      state, op, [&](OpBuilder &b, Location l, SmallVector<Value> index) {
        Value i = index[axis];
        index[axis] = readIndex(b, l, lower, i);
        Value below = tensor::ExtractOp::create(b, l, input, index);
        index[axis] = readIndex(b, l, upper, i);
        Value above = tensor::ExtractOp::create(b, l, input, index);
        Value fraction = tensor::ExtractOp::create(b, l, fractions, i);
        Value delta = arith::SubFOp::create(b, l, above, below);
        return Value(math::FmaOp::create(b, l, delta, fraction, below));
      });
}

LogicalResult quantopt::lowerMovement(LoweringState &state, Operation *op) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<qnn::ConcatOp>([&](auto o) { return lowerConcat(state, o); })
      .Case<qnn::PadOp>([&](auto o) { return lowerPad(state, o); })
      .Case<qnn::SliceOp>([&](auto o) { return lowerSlice(state, o); })
      .Case<qnn::GatherOp>([&](auto o) { return lowerGather(state, o); })
      .Case<qnn::InterpolateOp>(
          [&](auto o) { return lowerInterpolate(state, o); })
      // Computed where it is read.
      .Case<qnn::InterpolateFixedOp>([](auto) { return success(); })
      .Case<qnn::ReshapeOp>([&](auto o) {
        Value view = state.reshape(state.get(o.getInput(), o.getLoc()),
                                   shapeOf(o.getResult()), o.getLoc());
        state.setView(o.getResult(), view, o.getLoc());
        return success();
      })
      .Default([](Operation *unknown) {
        return unknown->emitOpError("has no lowering to kernels");
      });
}
