//===- LowerPools.cpp - Pools ---------------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"
#include "ScalarSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

/// Number of positions in a window.
static int64_t getWindowSize(qnn::WindowAttr window) {
  return window.getKernel()[0] * window.getKernel()[1];
}

/// Channel operands of pools are padded to whole panels.
static SmallVector<int64_t> getOrder(int64_t channels) {
  return getPaddedOrder(channels, llvm::alignTo(channels, qvec::kPanelWidth));
}

static LogicalResult lowerFloatOrMaxPool(LoweringState &state,
                                         const FusionGroup &group,
                                         qnn::PoolOp op) {
  Location loc = op.getLoc();
  KernelSpec spec;
  bool isMax = op.getKind() == qnn::PoolKind::Max;
  spec.kind = isMax ? qvec::KernelKind::PoolMax : qvec::KernelKind::PoolSum;
  spec.input = state.get(op.getInput(), loc);
  spec.window = op.getWindow();
  spec.countedPads = op.getCountedPadsAttr();
  auto resultType = cast<RankedTensorType>(op.getType());
  spec.outputShape = llvm::to_vector(resultType.getShape());
  spec.accumulatorType =
      state.getLoweredElementType(resultType.getElementType());
  spec.unsignedInput =
      spec.accumulatorType.isInteger(8) && state.target.unsignedActivations();
  auto divide = [](OpBuilder &b, Value acc, ValueRange counts) -> Value {
    return arith::DivFOp::create(b, acc.getLoc(), acc, counts[0]);
  };
  if (!isMax) {
    SmallVector<float> counts;
    for (int64_t n = 1; n <= getWindowSize(spec.window); ++n)
      counts.push_back(float(n));
    spec.countParams.push_back(state.constantF32(counts, loc));
    spec.prologue = divide;
  }
  ScalarChain chain(state, group.steps, op.getResult(), {},
                    getOrder(spec.outputShape.back()), loc);
  return buildKernel(state, group, chain, spec);
}

/// An average of integers: sum, then a requantization that depends on the
/// count. The input's zero point is folded into a correction per count.
static LogicalResult lowerIntegerAverage(LoweringState &state,
                                         const FusionGroup &group,
                                         qnn::PoolRequantizeOp op) {
  Location loc = op.getLoc();
  KernelSpec spec;
  spec.kind = qvec::KernelKind::PoolSum;
  spec.input = state.get(op.getInput(), loc);
  spec.window = op.getWindow();
  spec.countedPads = op.getCountedPadsAttr();
  spec.outputShape =
      llvm::to_vector(cast<RankedTensorType>(op.getType()).getShape());
  spec.accumulatorType = state.builder.getI32Type();
  auto inputType = cast<RankedTensorType>(op.getInput().getType());
  unsigned bits = inputType.getElementTypeBitWidth();
  spec.unsignedInput = bits == 8 && state.target.unsignedActivations();
  int64_t inputZeroPoint = int32_t(op.getInputZeroPoint());
  StoredRange stored{getElementTypeOrSelf(op.getType()),
                     int32_t(op.getZeroPoint()), int32_t(op.getMin()),
                     int32_t(op.getMax())};
  bool twice = op.getRoundTwice();
  SmallVector<Multiplier> multipliers;
  SmallVector<IntegerRange> ranges;
  for (auto [i, m] : llvm::enumerate(op.getMultipliers())) {
    int64_t count = i + 1;
    multipliers.push_back({m, op.getShifts()[i]});
    ranges.push_back({count * (llvm::minIntN(bits) - inputZeroPoint),
                      count * (llvm::maxIntN(bits) - inputZeroPoint)});
  }
  TwoRoundings roundings = TwoRoundings::get(op.getShifts(), ranges);
  // Two roundings take multipliers and shifts, as the exact form does.
  if (twice)
    ranges.clear();
  RequantizeForm form =
      qnn::getSumRounding(op) == SumRounding::Product
          ? chooseProductForm(state.target, multipliers, ranges)
          : chooseRequantizeForm(state.target, multipliers, ranges, stored);
  if (!form.scales.empty())
    spec.countParams.push_back(state.constantF32(form.scales, loc));
  if (!form.factors.empty())
    spec.countParams.push_back(state.constantI32(form.factors, loc));
  if (!form.shifts.empty())
    spec.countParams.push_back(state.constantI32(form.shifts, loc));
  int64_t offset = bits == 8 ? state.target.getActivationOffset() : 0;
  auto requantize = [&](OpBuilder &b, Value acc, ValueRange counts) -> Value {
    ScalarEmitter emitter(b, loc, state.target);
    if (twice)
      return emitter.requantizeTwice(acc, counts[0], counts[1], roundings,
                                     stored);
    return emitter.requantize(form, acc, counts, stored);
  };
  spec.prologue = requantize;
  // Positions in the padding contribute the zero point, so the correction is
  // the same for every window and serves as the sum's start.
  spec.bias = state.constantI32({int32_t(-(inputZeroPoint + offset))}, loc);
  ScalarChain chain(state, group.steps, op.getResult(), {},
                    getOrder(spec.outputShape.back()), loc);
  return buildKernel(state, group, chain, spec);
}

LogicalResult quantopt::lowerPool(LoweringState &state,
                                  const FusionGroup &group) {
  if (auto pool = dyn_cast<qnn::PoolOp>(group.root))
    return lowerFloatOrMaxPool(state, group, pool);
  return lowerIntegerAverage(state, group,
                             cast<qnn::PoolRequantizeOp>(group.root));
}
