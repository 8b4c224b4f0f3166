//===- VectorEmitter.cpp - Emission of loops and vectors ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

LogicalResult VectorEmitter::flatten(Value buffer, FlatBuffer &flat) {
  if (!buffer)
    return success();
  auto type = dyn_cast<MemRefType>(buffer.getType());
  int64_t offset = 0;
  if (!type || !type.hasStaticShape() ||
      failed(type.getStridesAndOffset(flat.strides, offset)) ||
      ShapedType::isDynamic(offset) ||
      llvm::any_of(flat.strides, ShapedType::isDynamic))
    return op->emitOpError("expected buffers of static shape and layout, "
                           "but got ")
           << buffer.getType();
  flat.shape = llvm::to_vector(type.getShape());
  flat.elementType = type.getElementType();
  int64_t size = 1;
  for (auto [extent, stride] : llvm::zip(flat.shape, flat.strides))
    size += (extent - 1) * stride;
  auto flatType =
      MemRefType::get({size}, flat.elementType,
                      StridedLayoutAttr::get(b.getContext(), offset, {1}),
                      type.getMemorySpace());
  if (offset == 0)
    flatType = MemRefType::get({size}, flat.elementType, AffineMap(),
                               type.getMemorySpace());
  flat.view = memref::ReinterpretCastOp::create(b, loc, flatType, buffer,
                                                offset, ArrayRef<int64_t>{size},
                                                ArrayRef<int64_t>{1});
  return success();
}

//===----------------------------------------------------------------------===//
// Indices and loops
//===----------------------------------------------------------------------===//

Value VectorEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

Value VectorEmitter::size(int64_t value) {
  if (!hasCommonLoops)
    return index(value);
  auto target =
      op->getParentOfType<func::FuncOp>()->getAttrOfType<qvec::TargetAttr>(
          qvec::QVecDialect::getTargetAttrName());
  Type type = b.getIntegerType(getIndexBits(target.getTriple()));
  // Nothing sees behind the cast before it is an operand of the LLVM dialect.
  Value number =
      LLVM::ConstantOp::create(b, loc, b.getIntegerAttr(type, value));
  return UnrealizedConversionCastOp::create(b, loc, b.getIndexType(), number)
      .getResult(0);
}

/// The value of a constant index.
static std::optional<int64_t> getConstant(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Value VectorEmitter::add(Value x, Value y) {
  auto cx = getConstant(x), cy = getConstant(y);
  if (cx && cy)
    return index(*cx + *cy);
  if (cx && *cx == 0)
    return y;
  if (cy && *cy == 0)
    return x;
  return arith::AddIOp::create(b, loc, x, y);
}

Value VectorEmitter::mul(Value x, int64_t y) {
  if (auto c = getConstant(x))
    return index(*c * y);
  if (y == 1)
    return x;
  return arith::MulIOp::create(b, loc, x, index(y));
}

Value VectorEmitter::div(Value x, int64_t y) {
  if (y == 1)
    return x;
  return arith::DivUIOp::create(b, loc, x, index(y));
}

Value VectorEmitter::rem(Value x, int64_t y) {
  if (y == 1)
    return index(0);
  return arith::RemUIOp::create(b, loc, x, index(y));
}

std::pair<Value, Value> VectorEmitter::split(Value x, int64_t size,
                                             int64_t rows) {
  Value row = rows == 1 ? index(0) : div(x, size);
  return {row, rows == 1 && size != 1 ? x : rem(x, size)};
}

Value VectorEmitter::min(Value x, Value y) {
  return arith::MinSIOp::create(b, loc, x, y);
}
Value VectorEmitter::max(Value x, Value y) {
  return arith::MaxSIOp::create(b, loc, x, y);
}

void VectorEmitter::forLoop(Value from, Value to, int64_t step,
                            function_ref<void(Value)> body) {
  auto first = getConstant(from), last = getConstant(to);
  if (first && last && *first + step >= *last) {
    if (*first < *last)
      body(from);
    return;
  }
  auto loop = scf::ForOp::create(b, loc, from, to, index(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value> VectorEmitter::reduceLoop(
    Value from, Value to, ValueRange start,
    function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto first = getConstant(from), last = getConstant(to);
  if (first && last && *first + 1 == *last)
    return body(from, start);
  auto loop = scf::ForOp::create(b, loc, from, to, index(1), start);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next =
      body(loop.getInductionVar(), loop.getRegionIterArgs());
  // A loop that carries nothing has its terminator already.
  if (!start.empty())
    scf::YieldOp::create(b, loc, next);
  return SmallVector<Value>(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

Value VectorEmitter::splat(TypedAttr value, int64_t lanes) {
  auto type = VectorType::get({lanes}, value.getType());
  return arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(type, Attribute(value)));
}

Value VectorEmitter::widen(Value integers, Type element) {
  auto type = cast<VectorType>(integers.getType());
  if (type.getElementType() == element)
    return integers;
  return arith::ExtSIOp::create(
      b, loc, VectorType::get(type.getShape(), element), integers);
}

Value VectorEmitter::shuffle(Value x, Value y, ArrayRef<int64_t> mask) {
  return vector::ShuffleOp::create(b, loc, x, y, mask);
}

/// Whether part of a vector is accessed through a mask: levels with vectors of
/// 64 bytes have masks for elements, which cost nothing. LLVM would narrow what
/// is extracted: the last multiply-add of a loop then stands a second time
/// behind it, and its operands take the registers of sums.
static bool isMasked(VectorType type) {
  Type element = type.getElementType();
  return (element.isInteger(8) || element.isF32()) &&
         type.getDimSize(0) * element.getIntOrFloatBitWidth() == 512;
}

Value VectorEmitter::maskOf(int64_t lanes, int64_t from, int64_t to) {
  SmallVector<bool> mask(lanes, false);
  std::fill(mask.begin() + from, mask.begin() + to, true);
  auto type = VectorType::get({lanes}, b.getI1Type());
  return arith::ConstantOp::create(b, loc, DenseElementsAttr::get(type, mask));
}

Value VectorEmitter::load(const FlatBuffer &buffer, Value offset, int64_t lanes,
                          int64_t valid) {
  if (valid != lanes) {
    auto zero = cast<TypedAttr>(b.getZeroAttr(buffer.elementType));
    return loadLanes(buffer, offset, 0, valid, splat(zero, lanes));
  }
  auto type = VectorType::get({lanes}, buffer.elementType);
  return vector::LoadOp::create(b, loc, type, buffer.view, offset);
}

Value VectorEmitter::loadLanes(const FlatBuffer &buffer, Value offset,
                               int64_t from, int64_t to, Value others) {
  auto type = cast<VectorType>(others.getType());
  if (isMasked(type))
    return vector::MaskedLoadOp::create(b, loc, type, buffer.view, offset,
                                        maskOf(type.getDimSize(0), from, to),
                                        others);
  Value part = load(buffer, add(offset, from), to - from);
  return vector::InsertStridedSliceOp::create(
      b, loc, part, others, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{1});
}

Value VectorEmitter::loadScalar(const FlatBuffer &buffer, Value offset) {
  return memref::LoadOp::create(b, loc, buffer.view, offset);
}

void VectorEmitter::storeLanes(Value vector, const FlatBuffer &buffer,
                               Value offset, int64_t from, int64_t to) {
  auto type = cast<VectorType>(vector.getType());
  int64_t lanes = type.getDimSize(0);
  if (to - from == lanes) {
    vector::StoreOp::create(b, loc, vector, buffer.view, offset);
    return;
  }
  if (isMasked(type)) {
    vector::MaskedStoreOp::create(b, loc, buffer.view, offset,
                                  maskOf(lanes, from, to), vector);
    return;
  }
  vector = vector::ExtractStridedSliceOp::create(
      b, loc, vector, ArrayRef<int64_t>{from}, ArrayRef<int64_t>{to - from},
      ArrayRef<int64_t>{1});
  vector::StoreOp::create(b, loc, vector, buffer.view, add(offset, from));
}

Value VectorEmitter::broadcast(Value scalar, int64_t lanes) {
  auto type = VectorType::get({lanes}, scalar.getType());
  return vector::BroadcastOp::create(b, loc, type, scalar);
}

Value VectorEmitter::concat(ArrayRef<Value> vectors) {
  if (vectors.size() == 1)
    return vectors[0];
  size_t half = llvm::PowerOf2Ceil(vectors.size()) / 2;
  Value x = concat(vectors.take_front(half));
  Value y = concat(vectors.drop_front(half));
  SmallVector<int64_t> mask(cast<VectorType>(x.getType()).getDimSize(0) +
                            cast<VectorType>(y.getType()).getDimSize(0));
  std::iota(mask.begin(), mask.end(), 0);
  return shuffle(x, y, mask);
}
