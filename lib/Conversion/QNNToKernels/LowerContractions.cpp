//===- LowerContractions.cpp - Convolutions and dense layers --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseDepthwise.h"
#include "ChooseStrategy.h"
#include "ContractionView.h"
#include "PackWeights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

namespace {
/// The weight's elements as they are stored, and how they are decoded.
struct WeightData {
  SmallVector<char> bytes;
  Type elementType;
  /// Per output channel; empty when elements need no scale.
  SmallVector<float> scales;
};
} // namespace

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

void quantopt::planPads(LoweringState &state, Operation *op) {
  if (!isa<qnn::Conv2DOp>(op))
    return;
  ContractionView view = getContractionView(op);
  if (!view.window.hasPadding())
    return;
  Builder b(op->getContext());
  TypedAttr fill = b.getF32FloatAttr(0.0f);
  if (view.isInteger())
    fill = b.getI8IntegerAttr(
        int8_t(view.inputZeroPoint + state.target.getActivationOffset()));
  state.requirePads(view.input, view.getPads(), fill);
}

/// Raw bytes of a dense attribute, splats expanded.
static SmallVector<char> getRawBytes(DenseElementsAttr attr) {
  ArrayRef<char> raw = attr.getRawData();
  if (!attr.isSplat())
    return SmallVector<char>(raw);
  SmallVector<char> bytes;
  for (int64_t i = 0, e = attr.getNumElements(); i < e; ++i)
    bytes.append(raw.begin(), raw.end());
  return bytes;
}

/// Float values as raw bytes.
static WeightData fromFloats(ArrayRef<float> values, Type f32) {
  const char *begin = reinterpret_cast<const char *>(values.data());
  return {
      SmallVector<char>(begin, begin + values.size() * sizeof(float)), f32, {}};
}

/// Reads a constant weight. Formats without a kernel of their own are expanded
/// to floats, with a remark.
static FailureOr<WeightData> readWeight(const ContractionView &view) {
  Builder b(view.op->getContext());
  DenseElementsAttr attr;
  if (matchPattern(view.weight, m_Constant(&attr))) {
    // Integers of fewer bits are bytes here.
    if (attr.getElementType().isInteger() &&
        !attr.getElementType().isInteger(8)) {
      view.op->emitRemark("weight of type ")
          << attr.getElementType() << " of a depthwise convolution is stored "
          << "in bytes";
      attr = cast<DenseElementsAttr>(attr.mapValues(
          b.getI8Type(), [](const APInt &q) { return q.sext(8); }));
    }
    return WeightData{getRawBytes(attr), attr.getElementType(), {}};
  }
  auto constant = view.weight.getDefiningOp<qnn::ConstantOp>();
  if (!constant)
    return view.op->emitOpError("expected a constant weight; a product of two "
                                "activations is 'qnn.matmul'");
  Type element = cast<RankedTensorType>(constant.getType()).getElementType();
  auto payload = cast<DenseElementsAttr>(constant.getPayload());
  if (isa<qnn::SmallFloatType>(element))
    return WeightData{getRawBytes(payload), payload.getElementType(), {}};
  auto quantized = cast<qnn::QuantizedTypeInterface>(element);
  auto affine = dyn_cast<qnn::AffineType>(element);
  auto axis = dyn_cast<qnn::AffineAxisType>(element);
  bool simple =
      quantized.getStorageType().isSignlessInteger(8) &&
      !constant.getZeroPoints() &&
      ((affine && affine.getZeroPoint() == 0) || (axis && axis.getAxis() == 0));
  if (!simple) {
    view.op->emitRemark("weight of type ")
        << element << " has no kernel of its own yet and is expanded to f32";
    return fromFloats(qnn::dequantizeConstant(constant), b.getF32Type());
  }
  WeightData data{getRawBytes(payload), b.getI8Type(), {}};
  if (affine)
    data.scales.assign(view.weightShape[0], affine.getScale());
  else
    for (float s :
         cast<DenseElementsAttr>(*constant.getScales()).getValues<float>())
      data.scales.push_back(s);
  return data;
}

SmallVector<int32_t> quantopt::foldBias(const ContractionView &view,
                                        ArrayRef<int8_t> weights,
                                        int64_t offset,
                                        SmallVectorImpl<IntegerRange> &ranges) {
  int64_t outputs = view.weightShape[0];
  int64_t row = weights.size() / outputs;
  SmallVector<int32_t> bias(outputs, 0);
  DenseElementsAttr attr;
  if (view.bias && matchPattern(view.bias, m_Constant(&attr)))
    llvm::copy(attr.getValues<int32_t>(), bias.begin());
  for (int64_t o = 0; o < outputs; ++o) {
    ArrayRef<int8_t> values = weights.slice(o * row, row);
    ranges.push_back(
        getAccumulatorRange(values, view.inputZeroPoint, -128, 127, bias[o]));
    int64_t sum = 0;
    for (int8_t w : values)
      sum += w;
    // Wraps like the accumulator does: the total is exact modulo 2^32.
    bias[o] = int32_t(uint32_t(bias[o] - (view.inputZeroPoint + offset) * sum));
  }
  return bias;
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

/// Whether taps of a window row can be read as one run.
static bool canMergeTaps(const ContractionView &view) {
  if (view.window.getDilations()[1] != 1 || view.groups != 1 ||
      view.window.getKernel()[1] == 1)
    return false;
  // A part of a concatenation has gaps between its pixels.
  return llvm::none_of(view.input.getUsers(), [](Operation *user) {
    return isa<qnn::ConcatOp>(user);
  });
}

qvec::StrategyAttr quantopt::completeStrategy(LoweringState &state,
                                              const ContractionView &view,
                                              const KernelSpec &spec, Tile tile,
                                              int64_t group,
                                              int64_t weightBytes, bool merge) {
  ArrayRef<int64_t> output = spec.outputShape;
  auto strategyOf = [&](int64_t pass) {
    return qvec::StrategyAttr::get(view.op->getContext(), tile.rows,
                                   tile.vectors, state.target.getLanes(), group,
                                   merge, pass);
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

/// The strategy of a kernel whose weight has elements of `weightBytes`.
static qvec::StrategyAttr chooseStrategy(LoweringState &state,
                                         const ContractionView &view,
                                         const KernelSpec &spec,
                                         int64_t weightBytes, bool merge) {
  TileProblem problem;
  problem.positions = spec.outputShape[2];
  problem.channels = view.weightShape[0] / view.groups;
  problem.depth =
      view.weightShape[1] * view.weightShape[2] * view.weightShape[3];
  problem.group = view.isInteger() ? 4 : 1;
  Tile tile = chooseContractionTile(state.target, problem);
  return completeStrategy(state, view, spec, tile, problem.group,
                          view.weightShape[0] * problem.depth * weightBytes,
                          merge);
}

/// The order of channels in the kernel's parameters.
static SmallVector<int64_t> getChannelOrder(const ContractionView &view,
                                            const KernelSpec &spec) {
  int64_t channels = view.weightShape[0];
  if (view.isDepthwise() && view.isInteger()) {
    DepthwiseChannels layout(channels, spec.depthwiseStrategy.getPixels());
    SmallVector<int64_t> order;
    for (int64_t i = 0; i < layout.getPositions(); ++i)
      order.push_back(layout.getChannel(i).value_or(-1));
    return order;
  }
  int64_t size = llvm::alignTo(channels, qvec::kPanelWidth);
  // A vector of parameters may start anywhere in a group.
  if (view.groups > 1 && !view.isDepthwise())
    size += qvec::kPanelWidth;
  return getPaddedOrder(channels, size);
}

/// Fills in what integer and float kernels differ in. Channel parameters are in
/// the given order.
static void setOperands(LoweringState &state, const ContractionView &view,
                        const WeightData &data, ArrayRef<int64_t> order,
                        KernelSpec &spec, SmallVectorImpl<IntegerRange> &ranges,
                        Location loc) {
  if (view.isInteger()) {
    ArrayRef<int8_t> weights(
        reinterpret_cast<const int8_t *>(data.bytes.data()), data.bytes.size());
    SmallVector<int32_t> bias =
        foldBias(view, weights, state.target.getActivationOffset(), ranges);
    spec.bias = state.constantI32(arrangeChannels<int32_t>(bias, order), loc);
    spec.unsignedInput = state.target.unsignedActivations;
    spec.accumulatorType = state.builder.getI32Type();
    return;
  }
  spec.accumulatorType = state.builder.getF32Type();
  DenseElementsAttr attr;
  if (view.bias && matchPattern(view.bias, m_Constant(&attr))) {
    SmallVector<float> bias(attr.getValues<float>());
    spec.bias = state.constantF32(arrangeChannels<float>(bias, order), loc);
  }
  if (!data.scales.empty())
    spec.weightScales =
        state.constantF32(arrangeChannels<float>(data.scales, order), loc);
}

/// Packs the weight and chooses the strategy of a contraction.
static void setWeight(LoweringState &state, const ContractionView &view,
                      const WeightData &data, bool flat, KernelSpec &spec,
                      Location loc) {
  ArrayRef<int64_t> shape = view.weightShape;
  int64_t bytes = data.elementType.getIntOrFloatBitWidth() / 8;
  WeightView raw{data.bytes, bytes, shape[0], shape[1], shape[2], shape[3]};
  int64_t group = view.isInteger() ? 4 : 1;
  if (view.isDepthwise()) {
    spec.kind = qvec::KernelKind::Depthwise;
    spec.weight =
        state.constant(packDepthwise(raw, data.elementType, spec.window,
                                     spec.depthwiseStrategy),
                       loc);
    return;
  }
  spec.kind = qvec::KernelKind::Contraction;
  spec.groups = view.groups;
  bool merge = !flat && canMergeTaps(view);
  spec.strategy = chooseStrategy(state, view, spec, bytes, merge);
  spec.weight = state.constant(
      packContraction(raw, data.elementType, view.groups, group, merge), loc);
}

LogicalResult quantopt::lowerContraction(LoweringState &state,
                                         const FusionGroup &group) {
  ContractionView view = getContractionView(group.root);
  if (isPackedContraction(view))
    return lowerPackedContraction(state, view, group);
  Location loc = group.root->getLoc();
  FailureOr<WeightData> data = readWeight(view);
  if (failed(data))
    return failure();
  ArrayRef<int64_t> shape = view.weightShape;
  auto resultType = cast<RankedTensorType>(group.root->getResult(0).getType());
  bool flat = view.groups == 1 && canFlatten(state, view, group);

  KernelSpec spec;
  spec.outputShape = llvm::to_vector(resultType.getShape());
  if (flat) {
    int64_t positions = resultType.getNumElements() / shape[0];
    spec.outputShape = {1, 1, positions, shape[0]};
    spec.input = state.reshape(state.get(view.input, loc),
                               {1, 1, positions, shape[3]}, loc);
  } else {
    spec.input = state.getPadded(view.input, view.getPads(), loc);
  }
  spec.window = withoutPads(view.window);
  if (view.isDepthwise())
    spec.depthwiseStrategy = chooseDepthwiseStrategy(
        state.target, {cast<RankedTensorType>(spec.input.getType()).getShape(),
                       spec.outputShape, spec.window, view.isInteger()});
  SmallVector<int64_t> order = getChannelOrder(view, spec);
  SmallVector<IntegerRange> ranges;
  setOperands(state, view, *data, order, spec, ranges, loc);
  setWeight(state, view, *data, flat, spec, loc);
  ScalarChain chain(state, group.steps, group.root->getResult(0), ranges, order,
                    loc);
  return buildKernel(state, group, chain, spec);
}
