//===- FoldPadding.cpp - Padding becomes part of windows ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include <cfloat>

namespace quantopt::qnn {
#define GEN_PASS_DEF_FOLDPADDINGPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

/// The padding (top, left, bottom, right) of an op that pads height and width
/// of a channels-last image only; nothing otherwise.
static std::optional<SmallVector<int64_t>> getSpatialPadding(PadOp pad) {
  ArrayRef<int64_t> low = pad.getLow(), high = pad.getHigh();
  if (low.size() != 4 || low[0] || low[3] || high[0] || high[3])
    return std::nullopt;
  return SmallVector<int64_t>{low[1], low[2], high[1], high[2]};
}

/// The window with this much more padding, or null when it gets too large.
static WindowAttr addPadding(WindowAttr window, ArrayRef<int64_t> padding) {
  SmallVector<int64_t> pads(window.getPads());
  for (auto [i, value] : llvm::enumerate(padding))
    if ((pads[i] += value) > 1 << 20)
      return {};
  return WindowAttr::get(window.getContext(), window.getKernel(),
                         window.getStrides(), window.getDilations(), pads);
}

/// Whether padding with `value` never wins a maximum over `pad`'s input.
static bool isHarmlessForMaximum(PadOp pad) {
  float value = pad.getValue().convertToFloat();
  if (value <= -FLT_MAX)
    return true;
  auto clamp = pad.getInput().getDefiningOp<ClampOp>();
  return clamp && clamp.getMin().convertToFloat() >= value;
}

namespace {

struct FoldPaddingIntoConv : public OpRewritePattern<Conv2DOp> {
  FoldPaddingIntoConv(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(Conv2DOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || !pad.getInput().getType().getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "no padding before");
    auto padding = getSpatialPadding(pad);
    if (!padding || !pad.getValue().isZero())
      return rewriter.notifyMatchFailure(op, "padding is not spatial zeros");
    WindowAttr window = addPadding(op.getWindow(), *padding);
    if (!window)
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setWindowAttr(window);
      op.getInputMutable().assign(pad.getInput());
    });
    ++count;
    return success();
  }

  int64_t &count;
};

struct FoldPaddingIntoPool : public OpRewritePattern<PoolOp> {
  FoldPaddingIntoPool(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(PoolOp op,
                                PatternRewriter &rewriter) const override {
    auto pad = op.getInput().getDefiningOp<PadOp>();
    if (!pad || !pad.getInput().getType().getElementType().isF32())
      return rewriter.notifyMatchFailure(op, "no padding before");
    auto padding = getSpatialPadding(pad);
    bool isMax = op.getKind() == PoolKind::Max;
    if (!padding ||
        !(isMax ? isHarmlessForMaximum(pad) : pad.getValue().isZero()))
      return rewriter.notifyMatchFailure(op, "padding takes part");
    WindowAttr window = addPadding(op.getWindow(), *padding);
    if (!window)
      return failure();
    for (unsigned i = 0; i < 4; ++i)
      // With dilation a window can start in the padding and skip the image.
      if (window.getPads()[i] >= window.getKernel()[i % 2])
        return rewriter.notifyMatchFailure(op, "padding exceeds the window");
    SmallVector<int64_t> counted(*padding);
    if (auto old = op.getCountedPads())
      for (auto [i, value] : llvm::enumerate(*old))
        counted[i] += value;
    rewriter.modifyOpInPlace(op, [&] {
      op.setWindowAttr(window);
      op.getInputMutable().assign(pad.getInput());
      if (!isMax)
        op.setCountedPads(counted);
    });
    ++count;
    return success();
  }

  int64_t &count;
};

struct FoldPaddingPass
    : public qnn::impl::FoldPaddingPassBase<FoldPaddingPass> {
  void runOnOperation() override {
    FailureOr<int64_t> count = foldPadding(getOperation());
    if (failed(count)) {
      getOperation().emitError("folding padding did not come to an end");
      return signalPassFailure();
    }
    folded += *count;
  }
};
} // namespace

FailureOr<int64_t> qnn::foldPadding(Operation *root) {
  int64_t count = 0;
  RewritePatternSet patterns(root->getContext());
  patterns.add<FoldPaddingIntoConv, FoldPaddingIntoPool>(root->getContext(),
                                                         count);
  if (failed(applyPatternsGreedily(root, std::move(patterns))))
    return failure();
  return count;
}
