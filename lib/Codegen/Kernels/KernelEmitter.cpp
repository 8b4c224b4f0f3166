//===- KernelEmitter.cpp - Emission of kernels as vector code -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/IRMapping.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/bit.h"

using namespace quantopt;

KernelEmitter::KernelEmitter(OpBuilder &builder, qvec::KernelOp kernel,
                             Value begin, Value end)
    : VectorEmitter(builder, kernel), kernel(kernel),
      common(getCommonLoops(kernel->getParentOfType<func::FuncOp>())),
      begin(begin), end(end) {
  hasCommonLoops = common.has_value();
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
                 failed(flatten(kernel.getTables(), tables)) ||
                 failed(flatten(kernel.getBias(), bias)) ||
                 failed(flatten(kernel.getInit(), output)) ||
                 failed(flattenAll(kernel.getChannelParams(), channelParams)) ||
                 failed(flattenAll(kernel.getRowParams(), rowParams)) ||
                 failed(flattenAll(kernel.getCountParams(), countParams)) ||
                 failed(flattenAll(kernel.getResiduals(), residuals)));
}

Value KernelEmitter::offsetOf(const FlatBuffer &buffer, Value n, Value h,
                              Value w, Value c) {
  Value offset = add(mul(n, buffer.strides[0]), mul(h, buffer.strides[1]));
  offset = add(offset, mul(w, buffer.strides[2]));
  return add(offset, mul(c, buffer.strides[3]));
}

Value KernelEmitter::fma(Value x, Value y, Value z) {
  return math::FmaOp::create(b, loc, x, y, z, kernel.getFastmath());
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

void KernelEmitter::storeParts(Value result, ArrayRef<TilePart> parts,
                               const TileOrigin &at) {
  int64_t lanes =
      cast<VectorType>(result.getType()).getDimSize(0) / int64_t(parts.size());
  int64_t pixel = output.strides[2];
  for (size_t i = 0; i < parts.size();) {
    // The parts that follow without a gap, in memory and in the vector.
    int64_t size = parts[i].valid;
    size_t end = i + 1;
    auto positionOf = [&](const TilePart &part) {
      return part.column * pixel + part.channel * output.strides[3];
    };
    while (end < parts.size() && size == int64_t(end - i) * lanes &&
           positionOf(parts[end]) == positionOf(parts[i]) + size)
      size += parts[end++].valid;
    Value run = result;
    if (parts.size() != 1 && size != lanes * int64_t(parts.size()))
      run = vector::ExtractStridedSliceOp::create(
          b, loc, result, ArrayRef<int64_t>{int64_t(i) * lanes},
          ArrayRef<int64_t>{size}, ArrayRef<int64_t>{1});
    Value offset = offsetOf(output, at.n, at.h, add(at.w, parts[i].column),
                            add(at.channel, parts[i].channel));
    store(run, output, offset, size);
    i = end;
  }
}

Value KernelEmitter::loadRowParam(const FlatBuffer &param, Value n, Value h,
                                  Value w) {
  int64_t count = ShapedType::getNumElements(param.shape);
  if (count == 1)
    return loadScalar(param, index(0));
  ArrayRef<int64_t> shape = output.shape;
  int64_t perRow = shape[0] * shape[1] * shape[2] / count;
  // Whole samples, the usual case, need no division.
  int64_t perSample = shape[1] * shape[2];
  if (perRow == perSample)
    return loadScalar(param, n);
  Value position = add(mul(add(mul(n, shape[1]), h), shape[2]), w);
  return loadScalar(param, div(position, perRow));
}

void KernelEmitter::finishParts(ArrayRef<TilePart> parts, const TileOrigin &at,
                                Value count) {
  int64_t lanes =
      cast<VectorType>(parts[0].accumulators.getType()).getDimSize(0);
  auto gather = [&](function_ref<Value(const TilePart &)> get) {
    SmallVector<Value> vectors;
    for (const TilePart &part : parts)
      vectors.push_back(get(part));
    return concat(vectors);
  };
  // Single sums of neighbouring channels have parameters that lie together.
  bool isRun = lanes == 1 && parts.size() > 1;
  for (auto [i, part] : llvm::enumerate(parts))
    isRun &= part.column == parts[0].column &&
             part.channel == parts[0].channel + int64_t(i);
  SmallVector<Value> arguments = {
      gather([](const TilePart &part) { return part.accumulators; })};
  for (const FlatBuffer &param : channelParams) {
    if (isRun) {
      Value channel = add(at.channel, parts[0].channel);
      arguments.push_back(load(param, channel, parts.size()));
      continue;
    }
    arguments.push_back(gather([&](const TilePart &part) {
      return load(param, add(at.channel, part.channel), lanes);
    }));
  }
  for (const FlatBuffer &param : rowParams)
    arguments.push_back(gather([&](const TilePart &part) {
      Value w = add(at.w, part.column);
      return broadcast(loadRowParam(param, at.n, at.h, w), lanes);
    }));
  for (const FlatBuffer &param : countParams)
    arguments.push_back(
        broadcast(loadScalar(param, count), lanes * int64_t(parts.size())));
  for (const FlatBuffer &residual : residuals) {
    auto offsetOfPart = [&](const TilePart &part) {
      return offsetOf(residual, at.n, at.h, add(at.w, part.column),
                      add(at.channel, part.channel));
    };
    if (isRun && residual.strides[3] == 1) {
      arguments.push_back(load(residual, offsetOfPart(parts[0]), parts.size()));
      continue;
    }
    arguments.push_back(gather([&](const TilePart &part) {
      return load(residual, offsetOfPart(part), lanes, part.valid);
    }));
  }
  Value result = vectorizeRegion(b, kernel.getEpilogue(), arguments,
                                 lanes * int64_t(parts.size()));
  storeParts(result, parts, at);
}

void KernelEmitter::finishTile(ArrayRef<TilePart> parts, Value n, Value h,
                               Value w, Value channel, Value count) {
  // Four vectors of 32-bit integers make one of bytes. Parts with results that
  // are not stored stay alone: LLVM 22 does not come to an end on bytes that
  // are packed, limited, permuted and then stored 8 at a time.
  bool packs =
      output.elementType.isInteger(8) && getTargetLevel(kernel).hasVectors();
  size_t limit = packs ? 4 : 1;
  auto isFull = [](const TilePart &part) {
    return part.valid ==
           cast<VectorType>(part.accumulators.getType()).getDimSize(0);
  };
  while (!parts.empty()) {
    size_t full = parts.take_while(isFull).size();
    size_t size = std::clamp<size_t>(llvm::bit_floor(full), 1, limit);
    finishParts(parts.take_front(size), {n, h, w, channel}, count);
    parts = parts.drop_front(size);
  }
}
