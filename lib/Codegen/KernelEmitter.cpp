//===- KernelEmitter.cpp - Emission of kernels as vector code -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace quantopt;

KernelEmitter::KernelEmitter(OpBuilder &builder, qvec::KernelOp kernel,
                             Value begin, Value end)
    : b(builder), kernel(kernel), loc(kernel.getLoc()), begin(begin), end(end) {
}

LogicalResult KernelEmitter::flatten(Value buffer, FlatBuffer &flat) {
  if (!buffer)
    return success();
  auto type = dyn_cast<MemRefType>(buffer.getType());
  int64_t offset = 0;
  if (!type || !type.hasStaticShape() ||
      failed(type.getStridesAndOffset(flat.strides, offset)) ||
      ShapedType::isDynamic(offset) ||
      llvm::any_of(flat.strides, ShapedType::isDynamic))
    return kernel.emitOpError("expected buffers of static shape and layout, "
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

LogicalResult KernelEmitter::prepare() {
  auto flattenAll = [&](ValueRange buffers,
                        SmallVector<FlatBuffer> &flats) -> LogicalResult {
    for (Value buffer : buffers)
      if (failed(flatten(buffer, flats.emplace_back())))
        return failure();
    return success();
  };
  return failure(failed(flatten(kernel.getInput(), input)) ||
                 failed(flatten(kernel.getWeight(), weight)) ||
                 failed(flatten(kernel.getWeightScales(), weightScales)) ||
                 failed(flatten(kernel.getBias(), bias)) ||
                 failed(flatten(kernel.getInit(), output)) ||
                 failed(flattenAll(kernel.getChannelParams(), channelParams)) ||
                 failed(flattenAll(kernel.getCountParams(), countParams)) ||
                 failed(flattenAll(kernel.getResiduals(), residuals)));
}

//===----------------------------------------------------------------------===//
// Indices and loops
//===----------------------------------------------------------------------===//

Value KernelEmitter::index(int64_t value) {
  return arith::ConstantIndexOp::create(b, loc, value);
}

/// The value of a constant index.
static std::optional<int64_t> getConstant(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Value KernelEmitter::add(Value x, Value y) {
  auto cx = getConstant(x), cy = getConstant(y);
  if (cx && cy)
    return index(*cx + *cy);
  if (cx && *cx == 0)
    return y;
  if (cy && *cy == 0)
    return x;
  return arith::AddIOp::create(b, loc, x, y);
}

Value KernelEmitter::mul(Value x, int64_t y) {
  if (auto c = getConstant(x))
    return index(*c * y);
  if (y == 1)
    return x;
  return arith::MulIOp::create(b, loc, x, index(y));
}

Value KernelEmitter::div(Value x, int64_t y) {
  if (y == 1)
    return x;
  return arith::DivUIOp::create(b, loc, x, index(y));
}

Value KernelEmitter::rem(Value x, int64_t y) {
  if (y == 1)
    return index(0);
  return arith::RemUIOp::create(b, loc, x, index(y));
}

Value KernelEmitter::min(Value x, Value y) {
  return arith::MinSIOp::create(b, loc, x, y);
}
Value KernelEmitter::max(Value x, Value y) {
  return arith::MaxSIOp::create(b, loc, x, y);
}

void KernelEmitter::forLoop(Value from, Value to, int64_t step,
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

SmallVector<Value> KernelEmitter::reduceLoop(
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
  scf::YieldOp::create(b, loc, next);
  return SmallVector<Value>(loop.getResults());
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

Value KernelEmitter::splat(TypedAttr value, int64_t lanes) {
  auto type = VectorType::get({lanes}, value.getType());
  return arith::ConstantOp::create(
      b, loc, DenseElementsAttr::get(type, Attribute(value)));
}

Value KernelEmitter::shuffle(Value x, Value y, ArrayRef<int64_t> mask) {
  return vector::ShuffleOp::create(b, loc, x, y, mask);
}

Value KernelEmitter::load(const FlatBuffer &buffer, Value offset, int64_t lanes,
                          int64_t valid) {
  auto type = VectorType::get({valid}, buffer.elementType);
  Value part = vector::LoadOp::create(b, loc, type, buffer.view, offset);
  if (valid == lanes)
    return part;
  Value zero = splat(cast<TypedAttr>(b.getZeroAttr(buffer.elementType)), lanes);
  return vector::InsertStridedSliceOp::create(
      b, loc, part, zero, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
}

Value KernelEmitter::loadScalar(const FlatBuffer &buffer, Value offset) {
  return memref::LoadOp::create(b, loc, buffer.view, offset);
}

void KernelEmitter::store(Value vector, const FlatBuffer &buffer, Value offset,
                          int64_t valid) {
  int64_t lanes = cast<VectorType>(vector.getType()).getDimSize(0);
  if (valid < lanes)
    vector = vector::ExtractStridedSliceOp::create(
        b, loc, vector, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{valid},
        ArrayRef<int64_t>{1});
  vector::StoreOp::create(b, loc, vector, buffer.view, offset);
}

Value KernelEmitter::broadcast(Value scalar, int64_t lanes) {
  auto type = VectorType::get({lanes}, scalar.getType());
  return vector::BroadcastOp::create(b, loc, type, scalar);
}

Value KernelEmitter::offsetOf(const FlatBuffer &buffer, Value n, Value h,
                              Value w, Value c) {
  Value offset = add(mul(n, buffer.strides[0]), mul(h, buffer.strides[1]));
  offset = add(offset, mul(w, buffer.strides[2]));
  return add(offset, mul(c, buffer.strides[3]));
}

Value KernelEmitter::decodeWeight(Value stored, Value scale) {
  auto type = cast<VectorType>(stored.getType());
  Type element = type.getElementType();
  auto real = VectorType::get(type.getShape(), b.getF32Type());
  if (element.isF32())
    return stored;
  if (isa<FloatType>(element))
    return arith::ExtFOp::create(b, loc, real, stored);
  auto wide = VectorType::get(type.getShape(), b.getI32Type());
  Value q = arith::ExtSIOp::create(b, loc, wide, stored);
  Value f = arith::SIToFPOp::create(b, loc, real, q);
  return scale ? arith::MulFOp::create(b, loc, scale, f).getResult() : f;
}

//===----------------------------------------------------------------------===//
// Epilogue
//===----------------------------------------------------------------------===//

/// A constant of vector type that repeats a scalar constant.
static Value cloneConstant(OpBuilder &b, arith::ConstantOp op, int64_t lanes) {
  auto type = VectorType::get({lanes}, op.getType());
  return arith::ConstantOp::create(b, op.getLoc(),
                                   DenseElementsAttr::get(type, op.getValue()));
}

Value quantopt::vectorizeRegion(OpBuilder &b, Region &region,
                                ValueRange arguments, int64_t lanes) {
  IRMapping mapping;
  Block &block = region.front();
  mapping.map(block.getArguments(), arguments);
  for (Operation &op : block.without_terminator()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      mapping.map(op.getResult(0), cloneConstant(b, constant, lanes));
      continue;
    }
    Operation *clone = b.clone(op, mapping);
    for (OpResult result : clone->getResults())
      result.setType(VectorType::get({lanes}, result.getType()));
    mapping.map(op.getResults(), clone->getResults());
  }
  return mapping.lookup(cast<qvec::YieldOp>(block.getTerminator()).getValue());
}

void KernelEmitter::finish(Value accumulators, Value n, Value h, Value w,
                           Value channel, int64_t valid, Value count) {
  int64_t lanes = cast<VectorType>(accumulators.getType()).getDimSize(0);
  SmallVector<Value> arguments = {accumulators};
  for (const FlatBuffer &param : channelParams)
    arguments.push_back(load(param, channel, lanes));
  for (const FlatBuffer &param : countParams)
    arguments.push_back(broadcast(loadScalar(param, count), lanes));
  for (const FlatBuffer &residual : residuals)
    arguments.push_back(
        load(residual, offsetOf(residual, n, h, w, channel), lanes, valid));
  Value result = vectorizeRegion(b, kernel.getEpilogue(), arguments, lanes);
  store(result, output, offsetOf(output, n, h, w, channel), valid);
}
