//===- FuseChecks.cpp - What 'fuse' guarantees ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/RoundingPlan.h"
#include "quant-opt/Quantization/Transforms/Passes.h"

namespace quantopt {
#define GEN_PASS_DEF_VERIFYFUSEDPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// Whether a type is a tensor of f32.
static bool isFloat(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && tensor.getElementType().isF32();
}

namespace {
struct VerifyFusedPass
    : public quantopt::impl::VerifyFusedPassBase<VerifyFusedPass> {
  using VerifyFusedPassBase::VerifyFusedPassBase;

  void runOnOperation() override {
    WalkResult result = getOperation().walk([&](Operation *op) -> WalkResult {
      if (!isa_and_present<QNNDialect>(op->getDialect()))
        return WalkResult::advance();
      return failed(verifyOp(op)) ? WalkResult::interrupt()
                                  : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

  LogicalResult verifyOp(Operation *op) {
    if (auto contraction = dyn_cast<ContractionOpInterface>(op)) {
      auto dequantize = contraction.getWeightOperand()
                            .get()
                            .getDefiningOp<DequantizeOp>();
      if (dequantize && dequantize.getInput().getDefiningOp<ConstantOp>())
        return op->emitError("expected a quantized weight as operand after "
                             "'fuse', but got a dequantized one; run "
                             "'qnn-fuse-integer'");
    }
    bool float32 = llvm::any_of(op->getOperandTypes(), isFloat) ||
                   llvm::any_of(op->getResultTypes(), isFloat);
    if (!float32)
      return success();
    if (!RoundingPlan::movesValues(op))
      ++floatOps;
    if (!integerOnly)
      return success();
    auto reason =
        op->getAttrOfType<StringAttr>(QNNDialect::getReasonAttrName());
    InFlightDiagnostic diag =
        op->emitError("stays float, which '--integer-only' forbids");
    if (reason)
      diag << ": " << reason.getValue();
    return diag;
  }
};
} // namespace
