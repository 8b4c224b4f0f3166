//===- ContractionView.cpp - Convolutions and dense layers ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionView.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

qnn::WindowAttr quantopt::withoutPads(qnn::WindowAttr window) {
  return qnn::WindowAttr::get(window.getContext(), window.getKernel(),
                              window.getStrides(), window.getDilations(),
                              {0, 0, 0, 0});
}

ContractionView quantopt::getContractionView(Operation *op) {
  ContractionView view;
  view.op = op;
  if (auto conv = dyn_cast<qnn::Conv2DOp>(op)) {
    view.input = conv.getInput();
    view.weight = conv.getWeight();
    view.bias = conv.getBias();
    view.window = conv.getWindow();
    view.groups = conv.getGroups();
    view.inputZeroPoint = int32_t(conv.getInputZeroPoint());
    view.weightShape = llvm::to_vector(
        cast<RankedTensorType>(view.weight.getType()).getShape());
    return view;
  }
  auto dense = cast<qnn::DenseOp>(op);
  view.input = dense.getInput();
  view.weight = dense.getWeight();
  view.bias = dense.getBias();
  view.inputZeroPoint = int32_t(dense.getInputZeroPoint());
  view.window = qnn::WindowAttr::get(op->getContext(), {1, 1}, {1, 1}, {1, 1},
                                     {0, 0, 0, 0});
  auto shape = cast<RankedTensorType>(view.weight.getType()).getShape();
  view.weightShape = {shape[0], 1, 1, shape[1]};
  view.isDense = true;
  return view;
}

int64_t ContractionView::getLongestStep(const TargetLevel &target) const {
  int64_t group = getStepElements(target);
  if (group == 4 && getMmlaIntrinsic(target, /*unsignedLhs=*/false))
    group = kMmlaGroup;
  return canHalveWeights(target, *this)
             ? group * getHalvedSteps(target.pairsWords(), group)
             : group;
}

bool quantopt::canFlatten(LoweringState &state, const ContractionView &view,
                          const FusionGroup &group) {
  if (view.isDense)
    return true;
  auto isOne = [](ArrayRef<int64_t> v) { return v[0] == 1 && v[1] == 1; };
  Value tail = group.getTail()->getResult(0);
  if (!isOne(view.window.getKernel()) || !isOne(view.window.getStrides()) ||
      view.window.hasPadding() || state.hasPads(view.input) ||
      state.hasPads(tail))
    return false;
  for (Operation *user : tail.getUsers())
    if (isa<qnn::ConcatOp>(user))
      return false;
  for (Operation *step : group.steps)
    for (Value operand : step->getOperands())
      if (state.hasPads(operand))
        return false;
  return true;
}

qvec::StrategyAttr quantopt::completeStrategy(LoweringState &state,
                                              const ContractionView &view,
                                              const KernelSpec &spec, Tile tile,
                                              int64_t weightBytes, bool merge) {
  ArrayRef<int64_t> output = spec.outputShape;
  auto strategyOf = [&](int64_t pass) {
    return qvec::StrategyAttr::get(
        view.op->getContext(), tile.rows, tile.vectors, tile.lanes, tile.group,
        merge, pass, tile.steps, tile.paired, tile.joined, tile.gathered);
  };
  ContractionLayout layout(output, view.groups, strategyOf(1));
  auto input = cast<RankedTensorType>(spec.input.getType());
  int64_t inputBytes =
      input.getNumElements() * input.getElementTypeBitWidth() / 8;
  PassProblem order;
  order.units = layout.units;
  order.blocks = layout.groups * layout.blocks;
  order.weightBytes = weightBytes / view.groups;
  int64_t outputBytes = output[0] * output[1] * output[2] * output[3];
  order.unpacks = bool(spec.packing);
  // Tiles of packed weights are large: their results leave the cache.
  order.unitBytes = llvm::divideCeil(
      inputBytes + (order.unpacks ? 0 : outputBytes), layout.units);
  return strategyOf(choosePass(order));
}

/// Folds zero points into the bias and proves the range of each accumulator.
static SmallVector<int32_t> foldBias(const ContractionView &view,
                                     ArrayRef<int8_t> weights, int64_t offset,
                                     SmallVectorImpl<IntegerRange> &ranges) {
  int64_t outputs = view.weightShape[0];
  unsigned bits = view.getInputElement().getIntOrFloatBitWidth();
  int64_t row = weights.size() / outputs;
  SmallVector<int32_t> bias(outputs, 0);
  DenseElementsAttr attr;
  if (view.bias && matchPattern(view.bias, m_Constant(&attr)))
    llvm::copy(attr.getValues<int32_t>(), bias.begin());
  for (int64_t o = 0; o < outputs; ++o) {
    ArrayRef<int8_t> values = weights.slice(o * row, row);
    ranges.push_back(getAccumulatorRange(values, view.inputZeroPoint,
                                         llvm::minIntN(bits),
                                         llvm::maxIntN(bits), bias[o]));
    int64_t sum = 0;
    for (int8_t w : values)
      sum += w;
    // Wraps like the accumulator does: the total is exact modulo 2^32.
    bias[o] = int32_t(uint32_t(bias[o] - (view.inputZeroPoint + offset) * sum));
  }
  return bias;
}

void quantopt::setIntegerSums(LoweringState &state, const ContractionView &view,
                              ArrayRef<int8_t> weights, ArrayRef<int64_t> order,
                              KernelSpec &spec,
                              SmallVectorImpl<IntegerRange> &ranges,
                              Location loc) {
  int64_t offset = view.isBytes() ? state.target.getActivationOffset() : 0;
  SmallVector<int32_t> bias = foldBias(view, weights, offset, ranges);
  spec.bias = state.constantI32(arrangeChannels<int32_t>(bias, order), loc);
  spec.unsignedInput = view.isBytes() && state.target.unsignedActivations();
  spec.accumulatorType = state.builder.getI32Type();
  if (view.getSumType().isInteger())
    spec.accumulatorType = view.getSumType();
}

void quantopt::setFloatSums(LoweringState &state, const ContractionView &view,
                            ArrayRef<int64_t> order, KernelSpec &spec,
                            Location loc) {
  spec.accumulatorType = state.builder.getF32Type();
  DenseElementsAttr attr;
  if (!view.bias || !matchPattern(view.bias, m_Constant(&attr)))
    return;
  SmallVector<float> bias(attr.getValues<float>());
  spec.bias = state.constantF32(arrangeChannels<float>(bias, order), loc);
}
