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
    floats.clear();
    WalkResult result = getOperation().walk([&](Operation *op) -> WalkResult {
      if (!isa_and_present<QNNDialect>(op->getDialect()))
        return WalkResult::advance();
      return failed(verifyOp(op)) ? WalkResult::interrupt()
                                  : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    if (!integerOnly || floats.empty())
      return;
    reportFloats();
    signalPassFailure();
  }

  LogicalResult verifyOp(Operation *op) {
    if (auto contraction = dyn_cast<ContractionOpInterface>(op)) {
      auto dequantize =
          contraction.getWeightOperand().get().getDefiningOp<DequantizeOp>();
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
    floats.push_back(op);
    return success();
  }

  /// Names every float op that has a reason, or else the first one.
  void reportFloats() {
    auto report = [](Operation *op, const Twine &why) {
      op->emitOpError("stays float, which 'integer-only' forbids") << why;
    };
    bool explained = false;
    for (Operation *op : floats) {
      auto reason =
          op->getAttrOfType<StringAttr>(QNNDialect::getReasonAttrName());
      if (!reason)
        continue;
      report(op, ": " + reason.getValue());
      explained = true;
    }
    if (!explained)
      report(floats.front(), "");
  }

  SmallVector<Operation *> floats;
};
} // namespace
