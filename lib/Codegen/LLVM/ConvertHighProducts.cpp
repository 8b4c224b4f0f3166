//===- ConvertHighProducts.cpp - Rounded products -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvertHighProducts.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;

/// The definition: a product of 64 bits.
static Value lowerScalar(OpBuilder &b, Location loc, Value value, Value factor,
                         int64_t shift) {
  Type wide = b.getI64Type();
  auto constant = [&](int64_t number) -> Value {
    return arith::ConstantOp::create(b, loc, b.getI64IntegerAttr(number));
  };
  Value product =
      arith::MulIOp::create(b, loc, arith::ExtSIOp::create(b, loc, wide, value),
                            arith::ExtSIOp::create(b, loc, wide, factor));
  Value sum = arith::AddIOp::create(b, loc, product,
                                    constant(int64_t(1) << (shift - 1)));
  Value high = arith::ShRSIOp::create(b, loc, sum, constant(shift));
  return arith::TruncIOp::create(b, loc, value.getType(), high);
}

/// Lane by lane.
static Value lowerLanes(OpBuilder &b, qvec::MultiplyHighOp op,
                        VectorType type) {
  SmallVector<Value> results;
  for (int64_t lane = 0; lane < type.getDimSize(0); ++lane) {
    auto at = [&](Value vector) -> Value {
      return vector::ExtractOp::create(b, op.getLoc(), vector, lane);
    };
    results.push_back(lowerScalar(b, op.getLoc(), at(op.getValue()),
                                  at(op.getFactor()), op.getShift()));
  }
  return vector::FromElementsOp::create(b, op.getLoc(), type, results);
}

/// Parts that are as long as the instruction's vectors; the last one may be
/// filled up.
static Value lowerParts(OpBuilder &b, qvec::MultiplyHighOp op, VectorType type,
                        int64_t lanes, StringRef intrinsic) {
  Location loc = op.getLoc();
  auto partType = VectorType::get({lanes}, b.getI32Type());
  int64_t count = type.getDimSize(0);
  SmallVector<Value> parts;
  for (int64_t first = 0; first < count; first += lanes) {
    SmallVector<int64_t> mask(lanes, vector::ShuffleOp::kPoisonIndex);
    std::iota(mask.begin(), mask.begin() + std::min(lanes, count - first),
              first);
    auto slice = [&](Value vector) -> Value {
      return vector::ShuffleOp::create(b, loc, vector, vector, mask);
    };
    parts.push_back(LLVM::CallIntrinsicOp::create(
                        b, loc, partType, b.getStringAttr(intrinsic),
                        ValueRange{slice(op.getValue()), slice(op.getFactor())})
                        .getResult(0));
  }
  Value result = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  for (auto [i, part] : llvm::enumerate(parts)) {
    int64_t first = int64_t(i) * lanes;
    Value valid = part;
    if (count - first < lanes)
      valid = vector::ExtractStridedSliceOp::create(
          b, loc, part, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{count - first},
          ArrayRef<int64_t>{1});
    result = vector::InsertStridedSliceOp::create(
        b, loc, valid, result, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{1});
  }
  return result;
}

static Value lower(OpBuilder &b, qvec::MultiplyHighOp op) {
  auto type = dyn_cast<VectorType>(op.getType());
  if (!type)
    return lowerScalar(b, op.getLoc(), op.getValue(), op.getFactor(),
                       op.getShift());
  const TargetLevel &level = getTargetLevel(op);
  int64_t lanes = level.getLanes();
  auto intrinsic = getHighIntrinsic(level, lanes);
  if (!intrinsic || level.requantizeShift != op.getShift())
    return lowerLanes(b, op, type);
  return lowerParts(b, op, type, lanes, *intrinsic);
}

void quantopt::convertHighProducts(ModuleOp module) {
  SmallVector<qvec::MultiplyHighOp> ops;
  module.walk([&](qvec::MultiplyHighOp op) { ops.push_back(op); });
  for (qvec::MultiplyHighOp op : ops) {
    OpBuilder b(op);
    op.replaceAllUsesWith(lower(b, op));
    op.erase();
  }
}
