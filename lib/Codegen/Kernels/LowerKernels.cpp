//===- LowerKernels.cpp - Kernels and linalg ops as loops -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Loops/EmitLoops.h"
#include "BlockMoves.h"
#include "KernelEmitter.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Codegen/Passes.h"

namespace quantopt {
#define GEN_PASS_DEF_LOWERKERNELS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

static LogicalResult lowerKernel(func::FuncOp layer, qvec::KernelOp kernel) {
  OpBuilder b(kernel);
  unsigned count = layer.getNumArguments();
  KernelEmitter emitter(b, kernel, layer.getArgument(count - 2),
                        layer.getArgument(count - 1));
  if (failed(emitter.prepare()))
    return failure();
  LogicalResult result = success();
  switch (kernel.getKind()) {
  case qvec::KernelKind::Contraction:
    result = emitContraction(emitter);
    break;
  case qvec::KernelKind::Depthwise:
    result = emitDepthwise(emitter);
    break;
  case qvec::KernelKind::PoolMax:
  case qvec::KernelKind::PoolSum:
    result = emitPool(emitter);
    break;
  case qvec::KernelKind::RowMax:
  case qvec::KernelKind::RowRange:
    result = emitRowMax(emitter);
    break;
  case qvec::KernelKind::Packed:
    result = emitPacked(emitter);
    break;
  }
  kernel.erase();
  return result;
}

/// Lowers to scalar loops; the first parallel loop that is not trivial gets the
/// layer's range.
static LogicalResult lowerToScalarLoops(func::FuncOp layer, linalg::LinalgOp op,
                                        bool isShared) {
  IRRewriter rewriter(op->getContext());
  rewriter.setInsertionPoint(op);
  auto ranges = op.getStaticLoopRanges();
  auto kinds = op.getIteratorTypesArray();
  FailureOr<linalg::LinalgLoops> loops = linalg::linalgOpToLoops(rewriter, op);
  if (failed(loops))
    return op->emitOpError("cannot be lowered to loops");
  if (!isShared)
    return success();
  unsigned count = layer.getNumArguments();
  for (auto [loop, range, kind] : llvm::zip(*loops, ranges, kinds)) {
    if (kind != utils::IteratorType::parallel)
      break;
    if (range == 1)
      continue;
    auto forOp = cast<scf::ForOp>(loop);
    forOp.setLowerBound(layer.getArgument(count - 2));
    forOp.setUpperBound(layer.getArgument(count - 1));
    break;
  }
  return success();
}

/// Scalar loops of fewer iterations are not worth a remark.
static constexpr int64_t kLongLoops = 16384;

static int64_t getNumIterations(linalg::LinalgOp op) {
  int64_t count = 1;
  for (int64_t range : op.getStaticLoopRanges())
    count *= range;
  return count;
}

static LogicalResult lowerLinalg(func::FuncOp layer, linalg::LinalgOp op) {
  if (isBlockMove(op)) {
    OpBuilder b(op);
    emitBlockMove(b, op);
    op->erase();
    return success();
  }
  FailureOr<LoopPlan> plan = planLoops(op);
  auto items =
      layer->getAttrOfType<IntegerAttr>(qvec::QVecDialect::getCountAttrName());
  // An op that belongs to the first item alone is nested.
  bool isShared = items.getInt() != 1 && op->getParentOp() == layer;
  LogicalResult result = success();
  if (failed(plan)) {
    if (getNumIterations(op) >= kLongLoops)
      op->emitRemark("is computed one element at a time: its results are "
                     "contiguous in no loop, or its region has no vector form");
    result = lowerToScalarLoops(layer, op, isShared);
  } else {
    OpBuilder b(op);
    unsigned count = layer.getNumArguments();
    if (!isShared)
      plan->items = 1;
    result = emitLoops(b, *plan, layer.getArgument(count - 2),
                       layer.getArgument(count - 1));
  }
  op->erase();
  return result;
}

namespace {
struct LowerKernelsPass
    : public quantopt::impl::LowerKernelsBase<LowerKernelsPass> {
  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (!func->hasAttr(qvec::QVecDialect::getCountAttrName()))
        continue;
      SmallVector<Operation *> work;
      func.walk([&](Operation *op) {
        if (isa<qvec::KernelOp, linalg::LinalgOp>(op))
          work.push_back(op);
      });
      for (Operation *op : work) {
        auto kernel = dyn_cast<qvec::KernelOp>(op);
        LogicalResult result =
            kernel ? lowerKernel(func, kernel)
                   : lowerLinalg(func, cast<linalg::LinalgOp>(op));
        if (failed(result))
          return signalPassFailure();
      }
    }
  }
};
} // namespace
