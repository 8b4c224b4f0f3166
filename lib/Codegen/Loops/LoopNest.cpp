//===- LoopNest.cpp - Loop nests of structured ops ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopNest.h"

using namespace quantopt;

/// Elements between two iterations of each of the op's loops for an operand of
/// this type; nothing when that is no constant.
static std::optional<SmallVector<int64_t>> getSteps(Type type, AffineMap map) {
  SmallVector<int64_t> steps(map.getNumDims(), 0);
  auto buffer = dyn_cast<MemRefType>(type);
  if (!buffer)
    return type.isIntOrFloat() ? std::optional(steps) : std::nullopt;
  SmallVector<int64_t> strides;
  int64_t offset;
  if (!buffer.hasStaticShape() ||
      failed(buffer.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return std::nullopt;
  for (auto [expr, stride] : llvm::zip(map.getResults(), strides)) {
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      steps[dim.getPosition()] += stride;
    else if (expr != getAffineConstantExpr(0, map.getContext()))
      return std::nullopt;
  }
  return steps;
}

FailureOr<LoopNest> LoopNest::get(linalg::LinalgOp op) {
  if (op.getNumDpsInits() != 1)
    return failure();
  SmallVector<SmallVector<int64_t>> steps;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (auto [type, map] : llvm::zip(op->getOperandTypes(), maps)) {
    auto own = getSteps(type, map);
    if (!own)
      return failure();
    steps.push_back(std::move(*own));
  }
  llvm::SmallDenseSet<unsigned> indexed;
  op->getRegion(0).walk(
      [&](linalg::IndexOp index) { indexed.insert(index.getDim()); });
  LoopNest nest(op);
  auto kinds = op.getIteratorTypesArray();
  for (auto [dim, extent] : llvm::enumerate(op.getStaticLoopRanges())) {
    if (ShapedType::isDynamic(extent))
      return failure();
    nest.isEmpty |= extent == 0;
    if (extent == 1)
      continue;
    NestLoop loop{extent,
                  kinds[dim] == utils::IteratorType::reduction,
                  indexed.contains(dim),
                  unsigned(dim),
                  {}};
    for (const SmallVector<int64_t> &own : steps)
      loop.strides.push_back(own[dim]);
    nest.loops.push_back(std::move(loop));
  }
  nest.joinLoops();
  return nest;
}

/// Whether the two loops are one loop over all their iterations.
bool LoopNest::canJoin(const NestLoop &outer, const NestLoop &inner) const {
  if (outer.isReduction != inner.isReduction || outer.isIndexed ||
      inner.isIndexed)
    return false;
  return llvm::all_of(
      llvm::zip(outer.strides, inner.strides), [&](const auto &pair) {
        return std::get<0>(pair) == std::get<1>(pair) * inner.extent;
      });
}

void LoopNest::joinLoops() {
  // Each element of the result is reduced in the op's order whatever the order
  // of parallel loops.
  auto comesBefore = [&](const NestLoop *x, const NestLoop *y) {
    if (x->isReduction || y->isReduction)
      return !x->isReduction && y->isReduction;
    return getOutputStride(*x) > getOutputStride(*y);
  };
  SmallVector<NestLoop *> order;
  for (NestLoop &loop : loops)
    order.push_back(&loop);
  llvm::stable_sort(order, comesBefore);
  SmallVector<NestLoop> joined;
  for (NestLoop *next : order) {
    NestLoop &loop = *next;
    if (!joined.empty() && canJoin(joined.back(), loop)) {
      loop.extent *= joined.back().extent;
      joined.pop_back();
    }
    joined.push_back(std::move(loop));
  }
  loops = std::move(joined);
}

unsigned LoopNest::getNumParallel() const {
  return llvm::count_if(loops,
                        [](const NestLoop &l) { return !l.isReduction; });
}

std::optional<unsigned> LoopNest::findUnitLoop(unsigned operand) const {
  for (unsigned i = 0, e = getNumParallel(); i < e; ++i)
    if (loops[i].strides[operand] == 1)
      return i;
  return std::nullopt;
}
