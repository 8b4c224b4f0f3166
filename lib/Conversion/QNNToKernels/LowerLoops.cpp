//===- LowerLoops.cpp - Loop nests of elementwise ops ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interpolation.h"
#include "Lowerings.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace quantopt;

/// Reads a tensor of `shape` at an output index, repeating dimensions of size 1
/// and missing leading ones.
static AffineMap getBroadcastMap(ArrayRef<int64_t> shape,
                                 ArrayRef<int64_t> output, MLIRContext *ctx) {
  SmallVector<AffineExpr> exprs;
  int64_t lead = output.size() - shape.size();
  for (auto [i, size] : llvm::enumerate(shape))
    exprs.push_back(size == 1 && output[lead + i] != 1
                        ? getAffineConstantExpr(0, ctx)
                        : getAffineDimExpr(lead + i, ctx));
  return AffineMap::get(output.size(), 0, exprs, ctx);
}

/// Reads a tensor of the output's leading dimensions.
static AffineMap getRowMap(unsigned rank, unsigned outputRank,
                           MLIRContext *ctx) {
  // Rank 0, whole tensors, is nothing that getMajorSubMap knows.
  AffineMap all = AffineMap::getMultiDimIdentityMap(outputRank, ctx);
  return AffineMap::get(outputRank, 0, all.getResults().take_front(rank), ctx);
}

/// How the root's first operand is read.
static AffineMap getInputMap(Operation *root, ArrayRef<int64_t> output) {
  MLIRContext *ctx = root->getContext();
  auto shape = cast<RankedTensorType>(root->getOperand(0).getType()).getShape();
  auto transpose = dyn_cast<qnn::TransposeOp>(root);
  if (!transpose)
    return getBroadcastMap(shape, output, ctx);
  SmallVector<AffineExpr> exprs(shape.size());
  for (auto [i, p] : llvm::enumerate(transpose.getPermutation()))
    exprs[p] = getAffineDimExpr(i, ctx);
  return AffineMap::get(output.size(), 0, exprs, ctx);
}

/// From an index of the result to the index at which it is computed.
static AffineMap getOutputMap(Operation *transpose, unsigned rank,
                              MLIRContext *ctx) {
  if (!transpose)
    return AffineMap::getMultiDimIdentityMap(rank, ctx);
  SmallVector<AffineExpr> exprs(rank);
  auto permutation = cast<qnn::TransposeOp>(transpose).getPermutation();
  for (auto [i, p] : llvm::enumerate(permutation))
    exprs[p] = getAffineDimExpr(i, ctx);
  return AffineMap::get(rank, 0, exprs, ctx);
}

/// The indices of a loop nest over a shape.
static SmallVector<Value> getIndices(OpBuilder &b, Location loc,
                                     ArrayRef<int64_t> shape) {
  SmallVector<Value> indices;
  for (size_t i = 0; i < shape.size(); ++i)
    indices.push_back(linalg::IndexOp::create(b, loc, i));
  return indices;
}

/// The range of sums that `root` reads or computes, where it is known.
static SmallVector<IntegerRange>
getSumRanges(const std::optional<Interpolation> &interpolation, Value source) {
  if (interpolation)
    return {interpolation->getRange()};
  if (auto matmul = source.getDefiningOp<qnn::MatmulOp>())
    if (auto range = getSumRange(matmul))
      return {*range};
  return {};
}

LogicalResult quantopt::lowerLoopGroup(LoweringState &state,
                                       const FusionGroup &group) {
  OpBuilder &builder = state.builder;
  MLIRContext *ctx = builder.getContext();
  Operation *root = group.root;
  Location loc = group.getTail()->getLoc();
  Value tail = group.getTail()->getResult(0);
  // The shape in which the steps compute; a transpose at the end only changes
  // where results are written.
  Value computed = group.transpose ? group.transpose->getOperand(0) : tail;
  auto output = cast<RankedTensorType>(computed.getType()).getShape();
  AffineMap toComputed = getOutputMap(group.transpose, output.size(), ctx);
  // A movement only chooses which element is read; other roots compute.
  SmallVector<Operation *> steps;
  if (isScalarStep(root))
    steps.push_back(root);
  llvm::append_range(steps, group.steps);
  Value source = root->getOperand(0);
  Value chainInput = isScalarStep(root) ? source : root->getResult(0);
  std::optional<Interpolation> interpolation;
  if (auto op = dyn_cast<qnn::InterpolateFixedOp>(root))
    interpolation.emplace(state, op);
  ScalarChain chain(state, steps, chainInput,
                    getSumRanges(interpolation, source), /*channelOrder=*/{},
                    loc);

  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  if (!interpolation) {
    inputs.push_back(state.get(source, loc));
    maps.push_back(getInputMap(root, output).compose(toComputed));
  }
  SmallVector<Value> sides(chain.getOperands().size());
  SmallVector<unsigned> argumentOf(chain.getOperands().size(), 0);
  for (auto [i, side] : llvm::enumerate(chain.getOperands())) {
    auto shape = cast<RankedTensorType>(side.tensor.getType()).getShape();
    argumentOf[i] = inputs.size();
    inputs.push_back(side.tensor);
    AffineMap map = side.kind == SideOperand::Kind::Row
                        ? getRowMap(shape.size(), output.size(), ctx)
                        : getBroadcastMap(shape, output, ctx);
    maps.push_back(map.compose(toComputed));
  }
  Value destination = state.getDestination(tail, loc);
  maps.push_back(AffineMap::getMultiDimIdentityMap(output.size(), ctx));
  SmallVector<utils::IteratorType> iterators(output.size(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      builder, loc, destination.getType(), inputs, destination, maps, iterators,
      [&](OpBuilder &b, Location l, ValueRange args) {
        for (auto [i, argument] : llvm::enumerate(argumentOf))
          sides[i] = args[argument];
        Value first = interpolation
                          ? interpolation->read(b, l, getIndices(b, l, output))
                          : args[0];
        Value result = chain.emit(b, l, first, sides);
        linalg::YieldOp::create(b, l, result);
      });
  state.set(tail, generic.getResult(0), loc);
  return success();
}
