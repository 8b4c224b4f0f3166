//===- FuseExtremes.cpp - The larger or smaller of two integers -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Rounding is monotone: the larger of two numbers, rounded, is the larger of
/// both rounded. Two tensors become the rows of an image, and their maximum
/// that of a window over both; `min(x, y)` is `~max(~x, ~y)`.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// `-1 - q` for each byte.
static Value invert(OpBuilder &builder, Location loc, Value bytes) {
  IntegerOperand operand{bytes, {1.0f, 0, -128, 127}};
  return createLookup(builder, loc, operand, [](int64_t q) { return ~q; });
}

/// A tensor of a shape, repeated if need be, as the row of an image whose
/// channels are its last dimension.
static Value makeRow(OpBuilder &builder, Location loc, Value bytes,
                     RankedTensorType type, RankedTensorType row) {
  if (bytes.getType() != type)
    bytes = BroadcastOp::create(builder, loc, type, bytes);
  return ReshapeOp::create(builder, loc, row, bytes);
}

FailureOr<Value> Fusion::fuseExtreme(BinaryOp op, const IntegerOperand &lhs,
                                     const IntegerOperand &rhs) {
  RankedTensorType type = getTargetType(op);
  if (lhs.params.isWide() || rhs.params.isWide() || target.isWide() ||
      !type.hasStaticShape())
    return fail(op, "'" + stringifyBinaryFn(op.getFn()) +
                        "' has an integer form for 8 bits and fixed shapes");
  Location loc = op.getLoc();
  bool isMin = op.getFn() == BinaryFn::Min;
  int64_t channels = type.getRank() ? type.getShape().back() : 1;
  if (type.getNumElements() == 0)
    return fail(op, "it has no elements");
  int64_t columns = type.getNumElements() / channels;
  auto row = type.clone({1, 1, columns, channels});
  SmallVector<Value> rows;
  for (const IntegerOperand &operand : {lhs, rhs}) {
    Value bytes = rescale(operand, target);
    if (isMin)
      bytes = invert(builder, loc, bytes);
    rows.push_back(makeRow(builder, loc, bytes, type, row));
  }
  Value image =
      ConcatOp::create(builder, loc, type.clone({1, 2, columns, channels}),
                       rows, builder.getI64IntegerAttr(1));
  auto window =
      WindowAttr::get(op->getContext(), {2, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0});
  Value most = PoolOp::create(builder, loc, row, PoolKind::Max, image, window,
                              DenseI64ArrayAttr());
  Value result = ReshapeOp::create(builder, loc, type, most);
  return isMin ? invert(builder, loc, result) : result;
}
