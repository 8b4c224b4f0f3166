//===- BuildKernel.cpp - Building qvec.kernel -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lowerings.h"

using namespace quantopt;

/// Parameters of rows as one sequence.
static Value flattenRows(LoweringState &state, Value tensor, Location loc) {
  auto type = cast<RankedTensorType>(tensor.getType());
  return state.reshape(tensor, {type.getNumElements()}, loc);
}

LogicalResult quantopt::buildKernel(LoweringState &state,
                                    const FusionGroup &group,
                                    ScalarChain &chain,
                                    const KernelSpec &spec) {
  OpBuilder &builder = state.builder;
  Location loc = group.getTail()->getLoc();
  Value tail = group.getTail()->getResult(0);
  SmallVector<Value> channelParams, rowParams, residuals;
  // Where each operand of the chain is found among the epilogue's arguments.
  for (const SideOperand &side : chain.getOperands()) {
    if (side.kind == SideOperand::Kind::Channel) {
      channelParams.push_back(side.tensor);
      continue;
    }
    if (side.kind == SideOperand::Kind::Row) {
      rowParams.push_back(flattenRows(state, side.tensor, loc));
      continue;
    }
    residuals.push_back(state.reshape(side.tensor, spec.outputShape, loc));
  }
  Value destination = state.getDestination(tail, loc);
  auto destinationType = cast<RankedTensorType>(destination.getType());
  Value init = state.reshape(destination, spec.outputShape, loc);
  auto kernel = qvec::KernelOp::create(
      builder, loc, TypeRange{init.getType()}, spec.kind, spec.input,
      spec.weight, spec.weightScales, spec.tables, spec.bias, channelParams,
      rowParams, spec.countParams, residuals, init, spec.window, spec.strategy,
      spec.depthwiseStrategy, spec.groups, spec.countedPads, spec.zeroPads,
      spec.packing, spec.inputZeroPoint, spec.unsignedInput);

  OpBuilder::InsertionGuard guard(builder);
  Block *block = builder.createBlock(&kernel.getEpilogue());
  auto addArguments = [&](ValueRange values) {
    for (Value value : values)
      block->addArgument(getElementTypeOrSelf(value.getType()), loc);
  };
  block->addArgument(spec.accumulatorType, loc);
  addArguments(channelParams);
  addArguments(rowParams);
  addArguments(spec.countParams);
  addArguments(residuals);
  unsigned nextChannel = 1;
  unsigned nextRow = nextChannel + channelParams.size();
  unsigned firstCount = nextRow + rowParams.size();
  unsigned nextResidual = firstCount + spec.countParams.size();
  ValueRange counts =
      block->getArguments().slice(firstCount, spec.countParams.size());
  SmallVector<Value> sides;
  for (const SideOperand &side : chain.getOperands()) {
    unsigned &next = side.kind == SideOperand::Kind::Channel ? nextChannel
                     : side.kind == SideOperand::Kind::Row   ? nextRow
                                                             : nextResidual;
    sides.push_back(block->getArgument(next++));
  }
  Value input = block->getArgument(0);
  if (spec.prologue)
    input = spec.prologue(builder, input, counts);
  Value result = chain.emit(builder, loc, input, sides);
  qvec::YieldOp::create(builder, loc, result);

  builder.setInsertionPointAfter(kernel);
  Value output =
      state.reshape(kernel.getResult(0), destinationType.getShape(), loc);
  state.set(tail, output, loc);
  return success();
}
