//===- PreparedRow.cpp - The only row of a product ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitPacked.h"
#include <numeric>

using namespace quantopt;

/// Rows of more bytes are not copied to the stack.
static constexpr int64_t kMostBytes = 16 * 1024;

/// Elements that are prepared at a time; 0 when the row cannot be prepared.
static int64_t getPieceSize(KernelEmitter &e, const PackedWeights &weights) {
  const PackedLayout &layout = weights.layout;
  ArrayRef<int64_t> out = e.output.shape;
  ArrayRef<int64_t> window = e.kernel.getWindow().getKernel();
  int64_t middle = e.kernel.getUnsignedInput() ? 128 : 0;
  bool isRow = out[0] * out[1] * out[2] == 1 && e.kernel.getGroups() == 1 &&
               window[0] * window[1] == 1;
  if (!isRow || weights.isSigned() || !weights.packing.hasScales() ||
      int32_t(e.kernel.getInputZeroPoint()) != middle ||
      layout.depth % layout.block != 0 || layout.depth > kMostBytes)
    return 0;
  constexpr int64_t kLeast = 16, kMost = 64;
  int64_t piece = std::gcd(layout.block, kMost);
  return piece < kLeast ? 0 : piece;
}

/// A buffer on the stack.
static FlatBuffer makeBuffer(KernelEmitter &e, int64_t size, Type element) {
  FlatBuffer buffer;
  buffer.view = memref::AllocaOp::create(
      e.b, e.loc, MemRefType::get({size}, element), e.b.getI64IntegerAttr(64));
  buffer.elementType = element;
  buffer.shape = {size};
  buffer.strides = {1};
  return buffer;
}

PreparedRow quantopt::prepareRow(KernelEmitter &e,
                                 const PackedWeights &weights) {
  int64_t piece = getPieceSize(e, weights);
  if (piece == 0)
    return {};
  const PackedLayout &layout = weights.layout;
  OpBuilder &b = e.b;
  PreparedRow row{makeBuffer(e, layout.depth, b.getI8Type()),
                  makeBuffer(e, layout.blocks, b.getI32Type())};
  auto wide = VectorType::get({piece}, b.getI32Type());
  Value zero = e.splat(b.getI32IntegerAttr(0), piece);
  Value sign = e.splat(b.getI8IntegerAttr(-128), piece);
  e.forLoop(layout.blocks, [&](Value block) {
    Value start = e.mul(block, layout.block);
    auto sums = e.reduceLoop(
        e.index(0), e.index(layout.block / piece), {zero},
        [&](Value number, ValueRange before) -> SmallVector<Value> {
          Value at = e.add(start, e.mul(number, piece));
          Value x = e.load(e.input, at, piece);
          if (e.kernel.getUnsignedInput())
            x = arith::XOrIOp::create(b, e.loc, x, sign);
          e.store(x, row.elements, at, piece);
          Value w = arith::ExtSIOp::create(b, e.loc, wide, x);
          return {arith::AddIOp::create(b, e.loc, before[0], w)};
        });
    Value sum = vector::ReductionOp::create(
        b, e.loc, vector::CombiningKind::ADD, sums[0]);
    memref::StoreOp::create(b, e.loc, sum, row.sums.view, block);
  });
  return row;
}
