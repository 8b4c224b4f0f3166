//===- FuseMovement.cpp - Integers that are only moved --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/RoundingPlan.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// The 8-bit type behind a dequantized value, or null.
static AffineType getDequantizedType(Value value) {
  auto dequantize = value.getDefiningOp<DequantizeOp>();
  if (!dequantize)
    return {};
  auto type = dyn_cast<AffineType>(
      cast<RankedTensorType>(dequantize.getInput().getType()).getElementType());
  return type && getSignedParams(type) ? type : AffineType();
}

FailureOr<Value> Fusion::fuseMovement(Operation *op) {
  SmallVector<IntegerOperand> operands;
  for (Value value : op->getOperands()) {
    auto operand = getOperand(value);
    if (!operand)
      return fail(op, "an operand is not quantized to 8 bits");
    operands.push_back(*operand);
  }
  // One operand: move first, a table afterwards on what is left. Several: each
  // gets the result's parameters.
  bool single = operands.size() == 1;
  SmallVector<Value> values;
  for (IntegerOperand &operand : operands)
    values.push_back(single ? operand.value : rescale(operand, target));
  Value result = op->getResult(0);
  RankedTensorType type = getIntegerType(
      result, single ? operands.front().params.bits : target.bits);
  Operation *copy = mlir::clone(builder, op, TypeRange(type), values);
  if (auto pad = dyn_cast<PadOp>(copy)) {
    const SignedParams &params = operands.front().params;
    float value = pad.getValue().convertToFloat();
    int64_t stored = quantizeValue(value, params.scale, params.zeroPoint,
                                   params.min, params.max);
    pad.setValue(APFloat(0.0f));
    pad.setStorageValueAttr(builder.getI32IntegerAttr(stored));
  }
  copy->removeAttr(QNNDialect::getRangeAttrName());
  if (!single)
    return copy->getResult(0);
  return rescale({copy->getResult(0), operands.front().params}, target);
}

/// Q(move(x)) -> Q(move(DQ(Q(x)))): rounding commutes with movement. New
/// rounding points are appended to `worklist`.
static void hoistRounding(QuantizeOp quantize,
                          SmallVectorImpl<QuantizeOp> &worklist) {
  Operation *op = quantize.getInput().getDefiningOp();
  if (!RoundingPlan::movesValues(op) || !op->hasOneUse())
    return;
  Type element = quantize.getType().getElementType();
  OpBuilder builder(op);
  for (OpOperand &operand : op->getOpOperands()) {
    auto type = cast<RankedTensorType>(operand.get().getType());
    if (!type.getElementType().isF32() || getDequantizedType(operand.get()))
      continue;
    auto rounded = QuantizeOp::create(
        builder, quantize.getLoc(),
        RankedTensorType::get(type.getShape(), element), operand.get());
    operand.set(
        DequantizeOp::create(builder, quantize.getLoc(), type, rounded));
    worklist.push_back(rounded);
  }
}

/// move(DQ(x)) -> DQ(Q(move(DQ(x)))) for float users: moves integers instead.
static void sinkDequantize(Operation *op) {
  if (!RoundingPlan::movesValues(op) || op->use_empty() ||
      !cast<RankedTensorType>(op->getResult(0).getType())
           .getElementType()
           .isF32())
    return;
  AffineType type;
  for (Value operand : op->getOperands()) {
    AffineType own = getDequantizedType(operand);
    if (!own || (type && own != type) || isConstantData(operand))
      return;
    type = own;
  }
  auto pad = dyn_cast<PadOp>(op);
  if (!type || (pad && !pad.getValue().isZero()))
    return;
  Value result = op->getResult(0);
  if (llvm::all_of(op->getUsers(),
                   [](Operation *user) { return isa<QuantizeOp>(user); }))
    return;
  OpBuilder builder(op->getContext());
  builder.setInsertionPointAfter(op);
  auto tensor = cast<RankedTensorType>(result.getType());
  auto quantize = QuantizeOp::create(
      builder, op->getLoc(), RankedTensorType::get(tensor.getShape(), type),
      result);
  auto dequantize =
      DequantizeOp::create(builder, op->getLoc(), tensor, quantize);
  result.replaceUsesWithIf(dequantize, [](OpOperand &use) {
    return !isa<QuantizeOp>(use.getOwner());
  });
}

/// move(DQ(x)) -> DQ(move(x)) where one scale of run time serves all elements.
static void sinkDynamicDequantize(Operation *op) {
  if (!RoundingPlan::movesValues(op) || op->getNumOperands() != 1 ||
      isa<PadOp>(op))
    return;
  auto dequantize = op->getOperand(0).getDefiningOp<DequantizeDynamicOp>();
  if (!dequantize || dequantize.getRowDims() != 0)
    return;
  OpBuilder builder(op);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Operation *moved =
      mlir::clone(builder, op, TypeRange(type.clone(builder.getI8Type())),
                  dequantize.getInput());
  auto result = cast<DequantizeDynamicOp>(builder.clone(*dequantize));
  result.getInputMutable().assign(moved->getResult(0));
  result.getResult().setType(type);
  op->getResult(0).replaceAllUsesWith(result.getResult());
  op->erase();
}

void quantopt::placeRoundingAroundMovement(func::FuncOp function) {
  SmallVector<QuantizeOp> worklist;
  function.walk([&](QuantizeOp op) {
    if (getSignedParams(op.getType().getElementType()))
      worklist.push_back(op);
  });
  while (!worklist.empty())
    hoistRounding(worklist.pop_back_val(), worklist);
  SmallVector<Operation *> ops;
  for (Operation &op : function.getBody().front())
    ops.push_back(&op);
  for (Operation *op : ops)
    if (op->getNumResults() == 1) {
      sinkDequantize(op);
      sinkDynamicDequantize(op);
    }
}
