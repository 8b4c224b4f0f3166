//===- Retype.cpp - Changing element types throughout a module ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Retype.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace quantopt;

/// Whether the op only moves whole values around, so that their element types
/// do not matter to it.
static bool passesValuesOn(Operation *op) {
  StringRef name = op->getName().getDialectNamespace();
  return llvm::is_contained({"builtin", "cf", "func", "scf", "tensor", "ub"},
                            name);
}

/// The types that the op gives to values: results, block arguments, signature.
static SmallVector<Type> getDefinedTypes(Operation *op) {
  SmallVector<Type> types(op->getResultTypes());
  for (Region &region : op->getRegions())
    for (Block &block : region)
      llvm::append_range(types, block.getArgumentTypes());
  if (auto function = dyn_cast<FunctionOpInterface>(op))
    types.push_back(function.getFunctionType());
  return types;
}

/// Whether `predicate` holds for a part of the type.
static bool anyPart(Type type, function_ref<bool(Type)> predicate) {
  return type
      .walk([&](Type part) {
        return predicate(part) ? WalkResult::interrupt()
                               : WalkResult::advance();
      })
      .wasInterrupted();
}

LogicalResult
quantopt::checkStayingOp(Operation *op, function_ref<bool(Type)> isQuantized,
                         function_ref<LogicalResult(Type)> visit) {
  SmallVector<Type> defined = getDefinedTypes(op);
  if (!passesValuesOn(op)) {
    SmallVector<Type> types = defined;
    llvm::append_range(types, op->getOperandTypes());
    for (Type type : types)
      if (anyPart(type, isQuantized))
        return op->emitOpError("has a value of type ")
               << type
               << ", but only casts and ops of the dialects 'builtin', 'cf', "
                  "'func', 'scf', 'tensor' and 'ub' may have quantized types "
                  "here; dequantize its operands first";
  }
  for (Type type : defined) {
    WalkResult result = type.walk([&](Type part) {
      return isQuantized(part) && failed(visit(part)) ? WalkResult::interrupt()
                                                      : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
  }
  return success();
}

void quantopt::retype(Operation *op, AttrTypeReplacer &replacer) {
  for (OpResult result : op->getResults())
    result.setType(replacer.replace(result.getType()));
  for (Region &region : op->getRegions())
    for (Block &block : region)
      for (BlockArgument argument : block.getArguments())
        argument.setType(replacer.replace(argument.getType()));
  if (auto function = dyn_cast<FunctionOpInterface>(op))
    function.setFunctionTypeAttr(
        TypeAttr::get(replacer.replace(function.getFunctionType())));
}

LogicalResult quantopt::checkRanked(Operation *cast) {
  for (Type type :
       {cast->getOperand(0).getType(), cast->getResult(0).getType()})
    if (!isa<RankedTensorType>(type))
      return cast->emitOpError("expected ranked tensors, but got ") << type;
  return success();
}

Value quantopt::bitcast(OpBuilder &builder, Location loc, Type type,
                        Value value) {
  auto producer = value.getDefiningOp<tensor::BitcastOp>();
  if (producer && producer.getSource().getType() == type)
    return producer.getSource();
  return tensor::BitcastOp::create(builder, loc, type, value);
}

void quantopt::eraseWithProducer(Operation *cast) {
  Operation *producer = cast->getOperands().empty()
                            ? nullptr
                            : cast->getOperand(0).getDefiningOp();
  cast->erase();
  if (isa_and_present<arith::ConstantOp, tensor::BitcastOp>(producer) &&
      producer->use_empty())
    producer->erase();
}

void quantopt::rewriteCasts(Operation *root, AttrTypeReplacer &replacer,
                            const CastRewriter &rewriter) {
  SmallVector<Operation *> casts, fromQuantized, others;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (!rewriter.isCast(op))
      others.push_back(op);
    else if (rewriter.isQuantized(
                 getElementTypeOrSelf(op->getResult(0).getType())))
      casts.push_back(op);
    else
      fromQuantized.push_back(op);
  });
  for (Operation *op : others)
    retype(op, replacer);
  // Producers come before the casts that ask for their operands' types.
  llvm::append_range(casts, fromQuantized);
  OpBuilder builder(root->getContext());
  for (Operation *op : casts) {
    builder.setInsertionPoint(op);
    Value result = rewriter.rewrite(builder, op);
    result.getDefiningOp()->setDiscardableAttrs(
        llvm::to_vector(op->getDiscardableAttrs()));
    op->getResult(0).replaceAllUsesWith(result);
    eraseWithProducer(op);
  }
}
