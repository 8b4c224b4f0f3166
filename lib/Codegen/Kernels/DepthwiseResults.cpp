//===- DepthwiseResults.cpp - Results of depthwise kernels of integers ----===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DepthwiseEmitter.h"
#include "mlir/IR/Matchers.h"

using namespace quantopt;

/// A channel parameter for the four quarters.
Value DepthwiseEmitter::loadParameter(const FlatBuffer &buffer,
                                      const Part &part) {
  Value at = getPosition(part);
  if (lanes == 16)
    return e.load(buffer, at, kBlock);
  SmallVector<Value> quarters;
  for (int64_t q = 0; q < kQuarters; ++q)
    quarters.push_back(e.load(buffer, e.add(at, q * 16), lanes));
  return e.concat(quarters);
}

/// A parameter of rows for all lanes of a part.
Value DepthwiseEmitter::loadRowParameter(const FlatBuffer &buffer,
                                         const Part &part, Value n, Value h,
                                         Value w) {
  Value result;
  for (const Piece &piece : getPieces(part, 1)) {
    Value scalar = e.loadRowParam(buffer, n, h, e.add(w, piece.pixel));
    Value vector = e.broadcast(scalar, bytes);
    if (!result) {
      result = vector;
      continue;
    }
    SmallVector<int64_t> mask;
    for (int64_t i = 0; i < bytes; ++i)
      mask.push_back(i < piece.from ? i : bytes + i);
    result = e.shuffle(result, vector, mask);
  }
  return reorder(result, false);
}

/// From the order of quarters to that of channels, or back. Four channels stay
/// together, so that four bytes are moved as a word.
Value DepthwiseEmitter::reorder(Value vector, bool toChannels) {
  auto type = cast<VectorType>(vector.getType());
  bool isBytes = type.getElementType().isInteger(8);
  int64_t runs = lanes / 4, size = isBytes ? 1 : 4;
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < lanes; ++i) {
    int64_t from = toChannels ? i % kQuarters * runs + i / kQuarters
                              : i % runs * kQuarters + i / runs;
    for (int64_t j = 0; j < size; ++j)
      mask.push_back(from * size + j);
  }
  if (!isBytes)
    return e.shuffle(vector, vector, mask);
  auto words = VectorType::get({lanes}, e.b.getI32Type());
  Value x = vector::BitCastOp::create(e.b, e.loc, words, vector);
  return vector::BitCastOp::create(e.b, e.loc, type, e.shuffle(x, x, mask));
}

/// Puts the epilogue's results into the order of channels. Limits of bytes are
/// the same for all channels, so the order is changed before them, right after
/// the saturation, whose own reordering it undoes.
Value DepthwiseEmitter::orderChannels(Value result) {
  Value value = result;
  while (Operation *op = value.getDefiningOp()) {
    if (isa<qvec::SaturateOp>(op)) {
      OpBuilder::InsertionGuard guard(e.b);
      e.b.setInsertionPointAfter(op);
      Value ordered = reorder(value, true);
      if (value == result)
        return ordered;
      value.replaceUsesWithIf(ordered, [&](OpOperand &use) {
        return isa<arith::MaxSIOp, arith::MaxUIOp, arith::MinSIOp,
                   arith::MinUIOp>(use.getOwner());
      });
      return result;
    }
    bool isLimit =
        isa<arith::MaxSIOp, arith::MaxUIOp, arith::MinSIOp, arith::MinUIOp>(op);
    if (!isLimit || !matchPattern(op->getOperand(1), m_Constant()))
      break;
    value = op->getOperand(0);
  }
  return reorder(result, true);
}

void DepthwiseEmitter::finish(const Part &part, const Tile &tile,
                              int64_t output, int64_t column,
                              ArrayRef<Value> sums) {
  bool alongRows = g.axis == 0;
  Value h = e.add(tile.h, alongRows ? output : column);
  Value w = e.add(tile.w, alongRows ? column * g.pixels : output);
  Value element = getElement(part);
  SmallVector<Value> arguments = {e.concat(sums)};
  for (const FlatBuffer &param : e.channelParams)
    arguments.push_back(loadParameter(param, part));
  for (const FlatBuffer &param : e.rowParams)
    arguments.push_back(loadRowParameter(param, part, tile.n, h, w));
  for (const FlatBuffer &residual : e.residuals) {
    Value offset = e.offsetOf(residual, tile.n, h, w, element);
    arguments.push_back(reorder(
        loadPart(residual, offset, part, residual.strides[2], 1), false));
  }
  Value result = orderChannels(
      vectorizeRegion(e.b, e.kernel.getEpilogue(), arguments, bytes));
  storePart(result, e.offsetOf(e.output, tile.n, h, w, element), part);
}
