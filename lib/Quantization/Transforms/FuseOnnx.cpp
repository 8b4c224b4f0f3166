//===- FuseOnnx.cpp - The integers of ONNX Runtime's kernels --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Constants with which ops give the bytes that the kernel of ONNX Runtime
/// gives for the same parameters. See Support/OnnxRounding.h.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/OnnxRounding.h"

using namespace quantopt;
using namespace quantopt::qnn;

std::optional<SumMultipliers>
Fusion::deriveOnnxMultipliers(ArrayRef<float> scales,
                              ArrayRef<IntegerRange> ranges) {
  SumMultipliers result;
  for (auto [scale, range] : llvm::zip_equal(scales, ranges)) {
    auto found = findEqualProduct(scale, range, target.zeroPoint, target.min,
                                  target.max);
    if (!found)
      break;
    result.multipliers.push_back(*found);
  }
  if (result.multipliers.size() == scales.size())
    return result;
  result.multipliers.clear();
  result.rounding = SumRounding::Product;
  for (auto [scale, range] : llvm::zip_equal(scales, ranges)) {
    auto exact = deriveProductMultiplier(scale, range);
    if (!exact)
      return std::nullopt;
    result.multipliers.push_back(*exact);
  }
  ++statistics.products;
  return result;
}

FailureOr<Value> Fusion::fuseOnnxSum(BinaryOp op, const IntegerOperand &lhs,
                                     const IntegerOperand &rhs) {
  // One kernel for bytes of one kind, none for differences.
  int64_t moved = target.moved;
  if (op.getFn() != BinaryFn::Add || lhs.params.moved != moved ||
      rhs.params.moved != moved)
    return failure();
  auto sum = deriveOnnxSum(lhs.params.toBytes(), rhs.params.toBytes(),
                           target.toBytes(), moved);
  if (!sum)
    return failure();
  Location loc = op.getLoc();
  RankedTensorType type = getTargetType(op);
  if (auto constants = sum->findConstants())
    return createRescaleAdd(loc, type, lhs.value, rhs.value, *constants);
  auto tables = sum->findTables();
  if (!tables)
    return failure();
  Value looked = LookupSumOp::create(
      builder, loc, type.clone(builder.getI32Type()), lhs.value, rhs.value,
      builder.getDenseI32ArrayAttr(tables->lhs),
      builder.getDenseI32ArrayAttr(tables->rhs));
  return Value(
      RequantizeOp::create(builder, loc, type, looked, ArrayRef<int32_t>(1),
                           ArrayRef<int32_t>(tables->shift), /*zeroPoint=*/0,
                           int32_t(target.min), int32_t(target.max)));
}
