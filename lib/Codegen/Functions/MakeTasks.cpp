//===- MakeTasks.cpp - Layers as tasks ------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {
#define GEN_PASS_DEF_MAKETASKS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// Rewrites `void(inputs..., outputs..., arena, i64, i64)` to
/// `void(ptr context, i64, i64)`.
static LogicalResult makeTask(LLVM::LLVMFuncOp func) {
  OpBuilder b(func.getContext());
  Location loc = func.getLoc();
  unsigned count = func.getNumArguments();
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  for (unsigned i = 0; i < count; ++i) {
    Type type = func.getArgument(i).getType();
    if (i + 2 < count ? type != pointer
                      : !type.isInteger(64) && !type.isInteger(32))
      return func.emitOpError(
                 "expected pointers and a range of work items, but "
                 "argument ")
             << i << " is " << type;
  }
  Block &entry = func.getBody().front();
  BlockArgument context = entry.addArgument(pointer, loc);
  BlockArgument begin = entry.addArgument(b.getI64Type(), loc);
  BlockArgument end = entry.addArgument(b.getI64Type(), loc);
  b.setInsertionPointToStart(&entry);
  unsigned buffers = count - 2;
  for (unsigned i = 0; i < buffers; ++i) {
    if (entry.getArgument(i).use_empty())
      continue;
    // The arena is the functions' last buffer and the context's first.
    int32_t slot = i + 1 == buffers ? 0 : int32_t(i) + 1;
    Value address = LLVM::GEPOp::create(b, loc, pointer, pointer, context,
                                        ArrayRef<LLVM::GEPArg>{slot});
    Value buffer = LLVM::LoadOp::create(b, loc, pointer, address);
    entry.getArgument(i).replaceAllUsesWith(buffer);
  }
  for (auto [old, bound] : {std::pair(entry.getArgument(count - 2), begin),
                            std::pair(entry.getArgument(count - 1), end)}) {
    Value number = bound;
    if (old.getType() != number.getType())
      number = LLVM::TruncOp::create(b, loc, old.getType(), number);
    old.replaceAllUsesWith(number);
  }
  entry.eraseArguments(0, count);
  auto type =
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()),
                                  {pointer, b.getI64Type(), b.getI64Type()});
  func.setFunctionType(type);
  func.removeArgAttrsAttr();
  return success();
}

namespace {
struct MakeTasksPass : public quantopt::impl::MakeTasksBase<MakeTasksPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<LLVM::LLVMFuncOp> models;
    for (auto func : module.getOps<LLVM::LLVMFuncOp>()) {
      if (!func->hasAttr(qvec::QVecDialect::getLayerAttrName())) {
        bool isShared = func->hasAttr(qvec::QVecDialect::getCountAttrName());
        if (!func.isExternal() && !isShared)
          models.push_back(func);
        continue;
      }
      if (func.getNumArguments() == 3 &&
          func.getArgument(1).getType().isInteger(64))
        continue; // a task already
      if (failed(makeTask(func)))
        return signalPassFailure();
    }
    for (LLVM::LLVMFuncOp model : models)
      model.erase();
  }
};
} // namespace
