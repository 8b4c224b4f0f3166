//===- QuantizeBorder.cpp - Quantized arguments and results ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Quantization/Schemes/ValueNames.h"
#include "quant-opt/Quantization/Transforms/Passes.h"

namespace quantopt {
#define GEN_PASS_DEF_QUANTIZEBORDERPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// Whether the op only moves elements of one operand, so that it commutes with
/// rounding.
static bool isMovement(Operation *op) {
  return isa_and_present<TransposeOp, ReshapeOp>(op);
}

static RankedTensorType withElement(Value value, Type element) {
  return RankedTensorType::get(
      cast<RankedTensorType>(value.getType()).getShape(), element);
}

/// The element type of per-tensor parameters, or null.
static AffineType getAffine(Value value) {
  return dyn_cast<AffineType>(
      cast<RankedTensorType>(value.getType()).getElementType());
}

/// Moves the quantize that alone reads `argument`, behind ops that move
/// elements, in front of these. Returns it, or null when there is none.
static QuantizeOp hoistQuantize(BlockArgument argument) {
  SmallVector<Operation *> moves;
  Value value = argument;
  while (value.hasOneUse() && isMovement(*value.user_begin())) {
    moves.push_back(*value.user_begin());
    value = moves.back()->getResult(0);
  }
  auto quantize = value.hasOneUse() ? dyn_cast<QuantizeOp>(*value.user_begin())
                                    : QuantizeOp();
  if (!quantize || moves.empty() || !getAffine(quantize))
    return quantize;
  AffineType type = getAffine(quantize);
  OpBuilder builder(moves.front());
  auto hoisted = QuantizeOp::create(builder, quantize.getLoc(),
                                    withElement(argument, type), argument);
  moves.front()->setOperand(0, hoisted);
  for (Operation *move : moves)
    move->getResult(0).setType(withElement(move->getResult(0), type));
  quantize.getResult().replaceAllUsesWith(value);
  quantize.erase();
  return hoisted;
}

/// Moves the dequantize in front of ops that move elements to the result that
/// is returned behind them. Returns it, or null when there is none.
static DequantizeOp sinkDequantize(OpOperand &result) {
  SmallVector<Operation *> moves;
  Value value = result.get();
  while (value.hasOneUse() && isMovement(value.getDefiningOp())) {
    moves.push_back(value.getDefiningOp());
    value = moves.back()->getOperand(0);
  }
  auto dequantize = value.getDefiningOp<DequantizeOp>();
  if (!dequantize || !getAffine(dequantize.getInput()))
    return {};
  if (moves.empty())
    return dequantize;
  AffineType type = getAffine(dequantize.getInput());
  moves.back()->setOperand(0, dequantize.getInput());
  for (Operation *move : llvm::reverse(moves))
    move->getResult(0).setType(withElement(move->getResult(0), type));
  OpBuilder builder(result.getOwner());
  auto sunk = DequantizeOp::create(
      builder, dequantize.getLoc(),
      withElement(result.get(), builder.getF32Type()), result.get());
  result.set(sunk);
  if (dequantize->use_empty())
    dequantize.erase();
  return sunk;
}

/// Records the float type that an argument or result had before.
static DictionaryAttr withModelType(DictionaryAttr attributes, Type type,
                                    MLIRContext *context) {
  NamedAttrList list(attributes);
  list.set(QNNDialect::getModelTypeAttrName(), TypeAttr::get(type));
  list.erase(QNNDialect::getRangeAttrName());
  return list.getDictionary(context);
}

/// Gives arguments that are only quantized their quantized type. `required`
/// makes others an error.
static LogicalResult quantizeArguments(func::FuncOp function, bool required) {
  for (BlockArgument argument : function.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.getElementType().isF32() || argument.use_empty())
      continue;
    QuantizeOp quantize = hoistQuantize(argument);
    if (!quantize) {
      if (!required)
        continue;
      return emitError(function.getLoc())
             << "argument '" << getValueName(argument)
             << "' cannot be quantized: a float op reads it";
    }
    unsigned index = argument.getArgNumber();
    argument.setType(quantize.getType());
    quantize.getResult().replaceAllUsesWith(argument);
    quantize.erase();
    function.setArgAttrs(index, withModelType(function.getArgAttrDict(index),
                                              type, function.getContext()));
  }
  return success();
}

/// Returns quantized tensors where a dequantized one was returned.
static LogicalResult quantizeResults(func::FuncOp function, bool required) {
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &operand : terminator->getOpOperands()) {
    auto type = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!type || !type.getElementType().isF32())
      continue;
    unsigned index = operand.getOperandNumber();
    DequantizeOp dequantize = sinkDequantize(operand);
    if (!dequantize) {
      if (!required)
        continue;
      return emitError(function.getLoc())
             << "result " << index
             << " cannot be quantized: it is computed in float";
    }
    operand.set(dequantize.getInput());
    if (dequantize->use_empty())
      dequantize.erase();
    function.setResultAttrs(index,
                            withModelType(function.getResultAttrDict(index),
                                          type, function.getContext()));
  }
  return success();
}

namespace {
struct QuantizeBorderPass
    : public quantopt::impl::QuantizeBorderPassBase<QuantizeBorderPass> {
  using QuantizeBorderPassBase::QuantizeBorderPassBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !function.getBody().hasOneBlock())
        continue;
      if (failed(quantizeArguments(function, required)) ||
          failed(quantizeResults(function, required)))
        return signalPassFailure();
      Block &block = function.getBody().front();
      function.setFunctionType(
          FunctionType::get(&getContext(), block.getArgumentTypes(),
                            block.getTerminator()->getOperandTypes()));
    }
  }
};
} // namespace
