//===- FuseActivations.cpp - Merge clamps ---------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <cmath>

namespace quantopt::qnn {
#define GEN_PASS_DEF_FUSEACTIVATIONSPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

namespace {

/// clamp(clamp(x)) -> clamp(x).
struct MergeClamps : public OpRewritePattern<ClampOp> {
  MergeClamps(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(ClampOp op,
                                PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ClampOp>();
    if (!inner || !inner->hasOneUse())
      return rewriter.notifyMatchFailure(op, "no clamp of its own before");
    auto limit = [&](APFloat value) {
      return std::min(
          std::max(value.convertToFloat(), op.getMin().convertToFloat()),
          op.getMax().convertToFloat());
    };
    float min = limit(inner.getMin()), max = limit(inner.getMax());
    rewriter.modifyOpInPlace(op, [&] {
      op.setMinAttr(rewriter.getF32FloatAttr(min));
      op.setMaxAttr(rewriter.getF32FloatAttr(max));
      op.getInputMutable().assign(inner.getInput());
    });
    ++count;
    return success();
  }

  int64_t &count;
};

/// binary max/min (x, number) -> clamp.
struct ClampFromBinary : public OpRewritePattern<BinaryOp> {
  ClampFromBinary(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(BinaryOp op,
                                PatternRewriter &rewriter) const override {
    bool isMax = op.getFn() == BinaryFn::Max;
    if (!isMax && op.getFn() != BinaryFn::Min)
      return rewriter.notifyMatchFailure(op, "neither max nor min");
    Value input = op.getLhs();
    std::optional<float> number = getScalarConstant(op.getRhs());
    if (!number) {
      input = op.getRhs();
      number = getScalarConstant(op.getLhs());
    }
    if (!number || std::isnan(*number) || input.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "no single constant");
    float inf = INFINITY;
    rewriter.replaceOpWithNewOp<ClampOp>(
        op, op.getType(), input,
        rewriter.getF32FloatAttr(isMax ? *number : -inf),
        rewriter.getF32FloatAttr(isMax ? inf : *number));
    ++count;
    return success();
  }

  int64_t &count;
};

/// x * hard_sigmoid(x) -> hard_swish(x), for alpha 1/6 and beta 1/2.
struct HardSwishFromProduct : public OpRewritePattern<BinaryOp> {
  HardSwishFromProduct(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(BinaryOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getFn() != BinaryFn::Mul)
      return rewriter.notifyMatchFailure(op, "not a product");
    for (auto [x, other] : {std::pair(op.getLhs(), op.getRhs()),
                            std::pair(op.getRhs(), op.getLhs())}) {
      auto gate = other.getDefiningOp<UnaryOp>();
      if (!gate || gate.getFn() != UnaryFn::HardSigmoid ||
          gate.getInput() != x || !gate->hasOneUse() ||
          std::fabs(gate.getAlpha().convertToFloat() - 1.0f / 6) > 1e-6f ||
          gate.getBeta().convertToFloat() != 0.5f)
        continue;
      rewriter.replaceOpWithNewOp<UnaryOp>(op, op.getType(), UnaryFn::HardSwish,
                                           x, APFloat(0.0f), APFloat(0.0f));
      ++count;
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no hard sigmoid of the factor");
  }

  int64_t &count;
};

struct FuseActivationsPass
    : public qnn::impl::FuseActivationsPassBase<FuseActivationsPass> {
  void runOnOperation() override {
    FailureOr<int64_t> count = fuseActivations(getOperation());
    if (failed(count)) {
      getOperation().emitError("merging activations did not come to an end");
      return signalPassFailure();
    }
    fused += *count;
  }
};
} // namespace

FailureOr<int64_t> qnn::fuseActivations(Operation *root) {
  int64_t count = 0;
  RewritePatternSet patterns(root->getContext());
  patterns.add<MergeClamps, ClampFromBinary, HardSwishFromProduct>(
      root->getContext(), count);
  if (failed(applyPatternsGreedily(root, std::move(patterns))))
    return failure();
  return count;
}
