//===- VerifyPrepared.cpp - What 'prepare' guarantees ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"

namespace quantopt::qnn {
#define GEN_PASS_DEF_VERIFYPREPAREDPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

/// Fails unless `op` is one that the later phases take.
static LogicalResult verifyOp(Operation *op) {
  if (!isa<arith::ConstantOp, func::ReturnOp>(op) &&
      !isa_and_present<QNNDialect>(op->getDialect()))
    return op->emitError("expected only 'qnn' ops and constants in '@main' "
                         "after 'prepare', but got '")
           << op->getName() << "'";
  for (Type type : op->getResultTypes()) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape())
      return op->emitError("expected a tensor of static shape after 'prepare', "
                           "but got ")
             << type;
  }
  auto transpose = dyn_cast<TransposeOp>(op);
  if (transpose && transpose.getInput().getDefiningOp<TransposeOp>())
    return op->emitError("expected no transpose of a transpose after "
                         "'prepare'; run 'qnn-propagate-transposes'");
  return success();
}

namespace {
struct VerifyPreparedPass
    : public qnn::impl::VerifyPreparedPassBase<VerifyPreparedPass> {
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal()) {
      getOperation().emitError("expected a function '@main' with a body");
      return signalPassFailure();
    }
    for (Type type : main.getArgumentTypes()) {
      auto tensor = dyn_cast<RankedTensorType>(type);
      if (tensor && tensor.hasStaticShape())
        continue;
      main.emitError("expected arguments that are tensors of static shape, "
                     "but got ")
          << type;
      return signalPassFailure();
    }
    WalkResult result = main.getBody().walk([&](Operation *op) {
      ++checked;
      return failed(verifyOp(op)) ? WalkResult::interrupt()
                                  : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
