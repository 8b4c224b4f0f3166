//===- PlaceResults.cpp - Write results into arguments --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {
#define GEN_PASS_DEF_PLACERESULTS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// The allocation of which `value` is a view with all elements in order, or
/// null.
static memref::AllocOp getWholeAllocation(Value value) {
  while (Operation *producer = value.getDefiningOp()) {
    if (auto alloc = dyn_cast<memref::AllocOp>(producer))
      return alloc;
    if (!isa<memref::CollapseShapeOp, memref::ExpandShapeOp, memref::CastOp>(
            producer))
      return {};
    value = producer->getOperand(0);
  }
  return {};
}

/// Whether a kernel reads the buffer through any view as its input, of which it
/// may read past the end.
static bool isKernelInput(Value buffer) {
  SmallVector<Value> worklist = {buffer};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    for (Operation *user : value.getUsers()) {
      auto kernel = dyn_cast<qvec::KernelOp>(user);
      if (kernel && kernel.getInput() == value)
        return true;
      if (isa<ViewLikeOpInterface>(user))
        worklist.push_back(user->getResult(0));
    }
  }
  return false;
}

/// Whether the argument can take the allocation's place.
static bool canReplace(memref::AllocOp alloc, MemRefType argument) {
  MemRefType type = alloc.getType();
  if (!type.hasStaticShape() || !type.getLayout().isIdentity() ||
      !argument.getLayout().isIdentity() ||
      type.getNumElements() != argument.getNumElements())
    return false;
  return !type.getElementType().isInteger() || !isKernelInput(alloc);
}

/// Makes the argument the allocation's buffer.
static void replaceAllocation(memref::AllocOp alloc, BlockArgument argument) {
  MemRefType type = alloc.getType();
  Value buffer = argument;
  if (buffer.getType() != type) {
    OpBuilder b(alloc);
    auto [strides, offset] = type.getStridesAndOffset();
    buffer = memref::ReinterpretCastOp::create(
        b, alloc.getLoc(), type, argument, offset, type.getShape(), strides);
  }
  alloc.replaceAllUsesWith(buffer);
  alloc.erase();
}

/// Returns how many results were written in place.
static FailureOr<int64_t> placeResults(func::FuncOp func) {
  if (!func.getBody().hasOneBlock())
    return func.emitOpError("expected one block");
  auto ret = cast<func::ReturnOp>(func.getBody().front().getTerminator());
  OpBuilder b(ret);
  int64_t placed = 0;
  unsigned number = func.getNumResults();
  for (unsigned i = 0; i < number; ++i) {
    Value value = ret.getOperand(i);
    auto type = dyn_cast<MemRefType>(value.getType());
    if (!type)
      return ret.emitOpError("expected buffers as results, but got ")
             << value.getType();
    unsigned position = func.getNumArguments();
    if (failed(func.insertArgument(position, type, func.getResultAttrDict(i),
                                   value.getLoc())))
      return failure();
    BlockArgument argument = func.getArgument(position);
    memref::AllocOp alloc = getWholeAllocation(value);
    if (alloc && canReplace(alloc, type)) {
      replaceAllocation(alloc, argument);
      ++placed;
      continue;
    }
    memref::CopyOp::create(b, ret.getLoc(), value, argument);
  }
  ret->setOperands({});
  llvm::BitVector all(number, true);
  return failed(func.eraseResults(all)) ? FailureOr<int64_t>() : placed;
}

namespace {
struct PlaceResultsPass
    : public quantopt::impl::PlaceResultsBase<PlaceResultsPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      int64_t number = func.getNumResults();
      FailureOr<int64_t> placed = placeResults(func);
      if (failed(placed))
        return signalPassFailure();
      numPlaced += *placed;
      numCopied += number - *placed;
    }
  }
};
} // namespace
