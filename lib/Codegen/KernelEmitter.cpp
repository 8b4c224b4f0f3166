//===- KernelEmitter.cpp - Emission of kernels as vector code -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "mlir/IR/IRMapping.h"

using namespace quantopt;

KernelEmitter::KernelEmitter(OpBuilder &builder, qvec::KernelOp kernel,
                             Value begin, Value end)
    : VectorEmitter(builder, kernel), kernel(kernel), begin(begin), end(end) {}

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
