//===- ChannelsLast.cpp - Channels-last forms of ops ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Transforms/ChannelsLast.h"
#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// The dimension of the channels-last tensor that is `dim` of the other.
static int64_t mapDimension(int64_t dim) {
  return llvm::find(kToChannelsLast, dim) - std::begin(kToChannelsLast);
}

TransposeOp qnn::getTranspose(Value value, ArrayRef<int64_t> permutation) {
  auto transpose = value.getDefiningOp<TransposeOp>();
  if (transpose && transpose.getPermutation() == permutation)
    return transpose;
  return {};
}

/// A tensor type with the dimensions of `type` permuted.
static RankedTensorType permuteType(Type type, ArrayRef<int64_t> permutation) {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(permuteShape(tensor.getShape(), permutation),
                               tensor.getElementType());
}

Value qnn::createTranspose(OpBuilder &builder, Location loc, Value value,
                           ArrayRef<int64_t> permutation) {
  return TransposeOp::create(builder, loc,
                             permuteType(value.getType(), permutation), value,
                             permutation);
}

/// The shape with 1s in front up to rank 4.
static SmallVector<int64_t> expandShape(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> result(4 - shape.size(), 1);
  result.append(shape.begin(), shape.end());
  return result;
}

/// A constant in channels-last order, without leading dimensions of size 1.
static Value transposeConstant(OpBuilder &builder, Location loc,
                               DenseElementsAttr attr) {
  SmallVector<int64_t> shape =
      expandShape(cast<RankedTensorType>(attr.getType()).getShape());
  SmallVector<float> values =
      permuteElements<float>(getFloatElements(attr), shape, kToChannelsLast);
  SmallVector<int64_t> target = permuteShape(shape, kToChannelsLast);
  ArrayRef<int64_t> trimmed = target;
  while (!trimmed.empty() && trimmed.front() == 1)
    trimmed = trimmed.drop_front();
  return createFloatConstant(builder, loc, trimmed, values);
}

/// `value` of rank up to 4, aligned at the last dimension of a channels-first
/// tensor, for use with channels-last ones. `mayBroadcast` allows a constant of
/// lower rank as the result.
static Value toChannelsLast(OpBuilder &builder, Location loc, Value value,
                            bool mayBroadcast) {
  if (TransposeOp transpose = getTranspose(value, kToChannelsFirst))
    return transpose.getInput();
  if (DenseElementsAttr attr = getFloatConstant(value); attr && mayBroadcast)
    return transposeConstant(builder, loc, attr);
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getRank() < 4) {
    auto expanded = RankedTensorType::get(expandShape(type.getShape()),
                                          type.getElementType());
    value = ReshapeOp::create(builder, loc, expanded, value);
  }
  return createTranspose(builder, loc, value, kToChannelsLast);
}

/// Permutes the attributes of `op`, already a channels-last copy, that name
/// dimensions.
static void mapAttributes(Operation *op) {
  auto permute = [](ArrayRef<int64_t> values) {
    return permuteShape(values, kToChannelsLast);
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case<ConcatOp, SoftmaxOp, GatherOp, InterpolateOp>(
          [](auto op) { op.setAxis(mapDimension(op.getAxis())); })
      .Case<PadOp>([&](PadOp op) {
        op.setLow(permute(op.getLow()));
        op.setHigh(permute(op.getHigh()));
      })
      .Case<SliceOp>([&](SliceOp op) {
        op.setOffsets(permute(op.getOffsets()));
        op.setStrides(permute(op.getStrides()));
      })
      .Case<ReduceOp>([](ReduceOp op) {
        SmallVector<int64_t> axes;
        for (int64_t axis : op.getAxes())
          axes.push_back(mapDimension(axis));
        llvm::sort(axes);
        op.setAxes(axes);
      });
}

bool qnn::hasChannelsLastForm(Operation *op) {
  if (!isa<UnaryOp, ClampOp, BinaryOp, QuantizeOp, DequantizeOp, ConcatOp,
           SoftmaxOp, GatherOp, InterpolateOp, PadOp, SliceOp, ReduceOp,
           BroadcastOp>(op))
    return false;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (type.getRank() != 4)
    return false;
  bool mayBroadcast = isa<BinaryOp, BroadcastOp>(op);
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    int64_t rank = cast<RankedTensorType>(operand.getType()).getRank();
    return !operand.getDefiningOp<ConstantOp>() &&
           (rank == 4 || (mayBroadcast && rank < 4));
  });
}

FailureOr<Operation *> qnn::convertToChannelsLast(OpBuilder &builder,
                                                  Operation *op) {
  if (!hasChannelsLastForm(op))
    return failure();
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(
        toChannelsLast(builder, op->getLoc(), operand, isa<BinaryOp>(op)));
  Operation *copy = mlir::clone(
      builder, op, permuteType(op->getResult(0).getType(), kToChannelsLast),
      operands);
  mapAttributes(copy);
  return copy;
}
