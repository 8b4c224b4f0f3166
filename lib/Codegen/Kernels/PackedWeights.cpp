//===- PackedWeights.cpp - Reading packed weights -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackedWeights.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Bytes of the channels' entries in an array of 16 entries at `offset` of the
/// panel.
Value PackedWeights::loadBytes(const PanelChannels &channels, Value offset,
                               int64_t bytesPerChannel) const {
  Value at = e.add(e.add(channels.panel, offset),
                   e.mul(channels.first, bytesPerChannel));
  return e.load(panels, at, channels.count * bytesPerChannel);
}

/// The number that a block's scales are factors of, for all channels.
Value PackedWeights::loadSuperScale(const PanelChannels &channels,
                                    Value block) const {
  Value number = e.div(block, PackedLayout::kSuperBlocks);
  Value offset =
      e.add(e.mul(number, sizeof(float)), layout.getSuperScaleOffset());
  Value bytes = e.load(panels, e.add(channels.panel, offset), sizeof(float));
  Value word = vector::BitCastOp::create(
      e.b, e.loc, VectorType::get({1}, e.b.getF32Type()), bytes);
  return e.broadcast(
      vector::ExtractOp::create(e.b, e.loc, word, ArrayRef<int64_t>{0}),
      channels.count);
}

Value PackedWeights::loadScales(const PanelChannels &channels,
                                Value block) const {
  OpBuilder &b = e.b;
  Value offset = e.add(e.mul(block, layout.scaleBytes * kPanelWidth),
                       layout.getScaleOffset(0));
  Value bytes = loadBytes(channels, offset, layout.scaleBytes);
  auto real = VectorType::get({channels.count}, b.getF32Type());
  if (layout.scaleBytes == 1) {
    auto wide = VectorType::get({channels.count}, b.getI32Type());
    Value word = arith::ExtUIOp::create(b, e.loc, wide, bytes);
    if (packing.hasSuperScales())
      return arith::MulFOp::create(
          b, e.loc, loadSuperScale(channels, block),
          arith::SIToFPOp::create(b, e.loc, real, word));
    // An exponent alone is a power of two.
    Value places = e.splat(b.getI32IntegerAttr(23), channels.count);
    return arith::BitcastOp::create(
        b, e.loc, real, arith::ShLIOp::create(b, e.loc, word, places));
  }
  Value scales = vector::BitCastOp::create(
      b, e.loc, VectorType::get({channels.count}, packing.getScale()), bytes);
  if (packing.getScale().isF32())
    return scales;
  return arith::ExtFOp::create(b, e.loc, real, scales);
}

Value PackedWeights::loadZeroPoints(const PanelChannels &channels,
                                    Value block) const {
  if (!packing.getZeroPoints())
    return e.splat(e.b.getI32IntegerAttr(packing.getZeroPoint()),
                   channels.count);
  Value offset = e.add(e.mul(block, layout.zeroPointBytes * kPanelWidth),
                       layout.getZeroPointOffset(0));
  Value bytes = loadBytes(channels, offset, 1);
  auto wide = VectorType::get({channels.count}, e.b.getI32Type());
  if (isSigned())
    return arith::ExtSIOp::create(e.b, e.loc, wide, bytes);
  return arith::ExtUIOp::create(e.b, e.loc, wide, bytes);
}

Value PackedWeights::loadZeroPointBytes(const PanelChannels &channels,
                                        Value block) const {
  int64_t bytes = channels.count * PackedLayout::kStep;
  if (!packing.getZeroPoints())
    return e.splat(e.b.getI8IntegerAttr(packing.getZeroPoint()), bytes);
  // Codes without sign: a product with 1 + 2^8 + 2^16 + 2^24 repeats them.
  Value words = arith::MulIOp::create(
      e.b, e.loc, loadZeroPoints(channels, block),
      e.splat(e.b.getI32IntegerAttr(0x01010101), channels.count));
  return vector::BitCastOp::create(
      e.b, e.loc, VectorType::get({bytes}, e.b.getI8Type()), words);
}

//===----------------------------------------------------------------------===//
// ChunkReader
//===----------------------------------------------------------------------===//

Value ChunkReader::getVector(unsigned plane, int64_t number) {
  Loaded &last = loaded[plane];
  if (last.number == number)
    return last.bytes;
  const PackedLayout &layout = weights.layout;
  KernelEmitter &e = weights.e;
  Value offset = e.add(e.mul(chunk, layout.getChunkBytes(layout.chunk)),
                       layout.getPlaneOffset(plane, codes) +
                           number * PackedLayout::kVectorBytes);
  last = {number, weights.loadBytes(channels, offset, PackedLayout::kStep)};
  return last.bytes;
}

Value ChunkReader::getBits(int64_t step, int64_t first, int64_t width) {
  KernelEmitter &e = weights.e;
  OpBuilder &b = e.b;
  Type element = b.getIntegerType(width);
  auto type = VectorType::get({channels.count * 32 / width}, element);
  Value result;
  for (auto [p, plane] : llvm::enumerate(weights.layout.planes)) {
    int64_t perVector = plane.getStepsPerVector();
    Value bytes = getVector(p, step / perVector);
    if (width != 8)
      bytes = vector::BitCastOp::create(b, e.loc, type, bytes);
    int64_t bit = first + step % perVector * plane.width;
    Value part = bytes;
    if (plane.width != width)
      part = qvec::UnpackOp::create(b, e.loc, type, bytes, bit, plane.width);
    if (plane.bit != 0) {
      Value places =
          e.splat(b.getIntegerAttr(element, plane.bit), type.getDimSize(0));
      part = arith::ShLIOp::create(b, e.loc, part, places);
    }
    result = result ? arith::OrIOp::create(b, e.loc, result, part).getResult()
                    : part;
  }
  return result;
}

Value ChunkReader::getStepInPlace(int64_t step) {
  KernelEmitter &e = weights.e;
  Value bytes = getVector(0, step / 2);
  int8_t mask = step % 2 == 0 ? 0x0F : int8_t(0xF0);
  return arith::AndIOp::create(e.b, e.loc, bytes,
                               e.splat(e.b.getI8IntegerAttr(mask),
                                       channels.count * PackedLayout::kStep));
}

Value ChunkReader::getCode(int64_t code) {
  KernelEmitter &e = weights.e;
  int64_t element = code % PackedLayout::kStep;
  Value bits = getBits(code / PackedLayout::kStep, 8 * element, 32);
  if (!weights.isSigned())
    return bits;
  Value places = e.splat(e.b.getI32IntegerAttr(24), channels.count);
  return arith::ShRSIOp::create(
      e.b, e.loc, arith::ShLIOp::create(e.b, e.loc, bits, places), places);
}
