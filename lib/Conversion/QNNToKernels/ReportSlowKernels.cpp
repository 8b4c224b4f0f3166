//===- ReportSlowKernels.cpp - Layers that 8 bits do not make faster ------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Conversion/QNNToKernels/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/SetVector.h"

namespace quantopt {
#define GEN_PASS_DEF_REPORTSLOWKERNELS
#include "quant-opt/Conversion/QNNToKernels/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using qvec::KernelOp;

/// Sums of fewer products take longer with bytes than with floats where a
/// product of bytes is not one instruction: the difference does not pay for
/// rounding the sum. Measured on Zen 4; equal at 32 products.
static constexpr int64_t kFewProducts = 32;
/// A depthwise window of up to 3x3 does so on images of few channels.
static constexpr int64_t kSmallWindow = 9;
static constexpr int64_t kFewChannels = 128;

/// Whether the kernel may be slower than the same one on floats.
static bool isSlow(KernelOp kernel) {
  if (!kernel.getAccumulatorType().isInteger(32) ||
      !getElementTypeOrSelf(kernel.getInput().getType()).isInteger(8))
    return false;
  ArrayRef<int64_t> window = kernel.getWindow().getKernel();
  int64_t taps = window[0] * window[1];
  if (kernel.getKind() == qvec::KernelKind::Depthwise)
    return taps <= kSmallWindow && kernel.getOutputShape()[3] < kFewChannels;
  auto input = cast<ShapedType>(kernel.getInput().getType());
  int64_t products = taps * input.getShape()[3] / kernel.getGroups();
  return kernel.getKind() == qvec::KernelKind::Contraction &&
         products < kFewProducts;
}

static void report(func::FuncOp func, const TargetLevel &level,
                   int64_t &numSlow) {
  llvm::SetVector<StringRef> names;
  int64_t total = 0;
  func.walk([&](KernelOp kernel) {
    total += bool(kernel.getWeight());
    if (!isSlow(kernel))
      return;
    ++numSlow;
    auto name = kernel.getLoc()->findInstanceOf<NameLoc>();
    names.insert(name ? name.getName().getValue() : "unnamed");
  });
  if (names.empty())
    return;
  InFlightDiagnostic remark = emitRemark(func.getLoc())
                              << "on level '" << level.name << "' "
                              << names.size() << " of " << total
                              << " layers may take longer in 8 bits than in "
                                 "floats, since it has no instruction for "
                                 "products of bytes and their sums are short: ";
  llvm::interleaveComma(names, remark);
  remark << "; a --config in which their weights are f32 keeps them float";
}

namespace {
struct ReportSlowKernelsPass
    : public quantopt::impl::ReportSlowKernelsBase<ReportSlowKernelsPass> {
  void runOnOperation() override {
    int64_t count = 0;
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      const TargetLevel &level = getTargetLevel(func);
      // Without fused multiply-add floats are far slower.
      if (!func.isExternal() && level.hasVectors() && level.dotGroup == 2 &&
          level.hasFma())
        report(func, level, count);
    }
    numSlow += count;
  }
};
} // namespace
