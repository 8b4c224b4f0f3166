//===- PlanLoops.cpp - How loop nests use vectors -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitLoops.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

/// Nests with fewer iterations are not worth waking threads for.
static constexpr int64_t kSmallestSharedWork = 16384;
/// Iterations of a work item of a nest without outer loops.
static constexpr int64_t kItemIterations = 4096;
/// Blocks with at most this many vectors are interleaved instead of transposed.
static constexpr int64_t kMaxInterleaved = 4;
/// Results of a reduction that are computed together.
static constexpr int64_t kReducedRows = 6;

static int64_t getBytes(Type type) {
  Type element = getElementTypeOrSelf(type);
  return element.isIntOrFloat()
             ? llvm::divideCeil(element.getIntOrFloatBitWidth(), 8)
             : 4;
}

/// The largest element that the region computes with, of 4 bytes at least.
static int64_t getWidestBytes(linalg::LinalgOp op) {
  int64_t widest = 4;
  op->getRegion(0).walk([&](Operation *inner) {
    for (Type type : inner->getResultTypes())
      if (!type.isIndex())
        widest = std::max(widest, getBytes(type));
  });
  return widest;
}

/// Whether the region can be run on vectors.
static bool hasVectorForm(linalg::LinalgOp op) {
  Block &block = op->getRegion(0).front();
  return llvm::all_of(block.without_terminator(), [](Operation &inner) {
    return OpTrait::hasElementwiseMappableTraits(&inner) ||
           isa<arith::ConstantOp, linalg::IndexOp, memref::LoadOp>(inner);
  });
}

/// Whether the region reads memory: such elements may have to be fetched one by
/// one.
static bool readsMemory(linalg::LinalgOp op) {
  bool found = false;
  op->getRegion(0).walk([&](memref::LoadOp) { found = true; });
  return found;
}

/// Lanes for a nest whose operands are contiguous or do not move: a register of
/// the smallest elements, but few registers of the widest.
static int64_t chooseLanes(const LoopPlan &plan, const TargetLevel &level) {
  linalg::LinalgOp op = plan.nest.op;
  const NestLoop &loop = plan.nest.loops[plan.lanes.loop];
  int64_t smallest = 4;
  bool isStrided = readsMemory(op);
  for (auto [operand, stride] : llvm::zip(op->getOperands(), loop.strides)) {
    if (stride == 1)
      smallest = std::min(smallest, getBytes(operand.getType()));
    isStrided |= stride > 1 || stride < 0;
  }
  int64_t limit = 4 * level.vectorBytes / getWidestBytes(op);
  if (isStrided)
    limit = std::min<int64_t>(limit, 16);
  return std::min(level.vectorBytes / smallest, limit);
}

/// Looks for an input that lies across the lanes and makes blocks of the loop
/// in which it is contiguous.
static void planTranspose(LoopPlan &plan, const TargetLevel &level) {
  const LoopNest &nest = plan.nest;
  const NestLoop &lanes = nest.loops[plan.lanes.loop];
  unsigned output = nest.getOutput(), input = output;
  std::optional<unsigned> rows;
  for (unsigned k = 0; k < output && !rows; ++k)
    if (lanes.strides[k] != 0 && lanes.strides[k] != 1) {
      input = k;
      rows = nest.findUnitLoop(k);
    }
  if (!rows || readsMemory(nest.op))
    return;
  const NestLoop &across = nest.loops[*rows];
  int64_t inputBytes = getBytes(nest.op->getOperand(input).getType());
  int64_t outputBytes = getBytes(nest.op->getOperand(output).getType());
  plan.kind = LoopPlan::Kind::Transpose;
  // The smaller elements are transposed.
  plan.computesAlongRows = inputBytes >= outputBytes;
  for (unsigned k = 0; k < output; ++k)
    if (across.strides[k] != 0 && across.strides[k] != 1)
      plan.computesAlongRows = false;
  int64_t bytes = plan.computesAlongRows ? outputBytes : inputBytes;
  int64_t size = std::clamp<int64_t>(level.vectorBytes / bytes, 4, 16);
  plan.lanes.size = size;
  plan.rows = BlockLoop{*rows, size};
  // A few channels are interleaved whole.
  int64_t whole = level.vectorBytes / bytes;
  if (plan.computesAlongRows && lanes.extent <= kMaxInterleaved &&
      across.strides[output] == lanes.extent)
    plan.rows->size = whole;
  if (!plan.computesAlongRows && across.extent <= kMaxInterleaved &&
      lanes.strides[input] == across.extent)
    plan.lanes.size = whole;
}

/// Finds a loop in which a reduction uses an operand again.
static void planReduction(LoopPlan &plan, const TargetLevel &level) {
  plan.kind = LoopPlan::Kind::Reduce;
  plan.lanes.size =
      std::min(2 * level.getLanes(), 2 * chooseLanes(plan, level));
  for (unsigned i = 0, e = plan.nest.getNumParallel(); i < e; ++i)
    if (i != plan.lanes.loop &&
        llvm::is_contained(plan.nest.loops[i].strides, 0))
      plan.rows = BlockLoop{i, kReducedRows};
}

/// Splits the work when there is enough of it.
static void planItems(LoopPlan &plan) {
  int64_t work = 1;
  for (const NestLoop &loop : plan.nest.loops)
    work *= loop.extent;
  if (work < kSmallestSharedWork)
    return;
  if (!plan.outer.empty()) {
    plan.items = plan.nest.loops[plan.outer.front()].extent;
    return;
  }
  const BlockLoop &first = plan.lanesComeFirst() ? plan.lanes : *plan.rows;
  int64_t extent = plan.getExtent(first);
  int64_t target = std::max<int64_t>(1, kItemIterations * extent / work);
  plan.itemSize = llvm::alignTo(target, first.size);
  plan.items = llvm::divideCeil(extent, plan.itemSize);
}

FailureOr<LoopPlan> quantopt::planLoops(linalg::LinalgOp op) {
  FailureOr<LoopNest> nest = LoopNest::get(op);
  if (failed(nest) || nest->isEmpty || !hasVectorForm(op))
    return failure();
  std::optional<unsigned> lanes = nest->findUnitLoop(nest->getOutput());
  if (!lanes)
    return failure();
  const TargetLevel &level = getTargetLevel(op);
  LoopPlan plan(std::move(*nest));
  plan.lanes = BlockLoop{*lanes, 1};
  unsigned parallel = plan.nest.getNumParallel();
  if (parallel != plan.nest.loops.size())
    planReduction(plan, level);
  else
    planTranspose(plan, level);
  if (plan.kind == LoopPlan::Kind::Plain)
    plan.lanes.size = chooseLanes(plan, level);
  for (unsigned i = 0; i < parallel; ++i)
    if (i != plan.lanes.loop && !(plan.rows && plan.rows->loop == i))
      plan.outer.push_back(i);
  planItems(plan);
  return plan;
}
