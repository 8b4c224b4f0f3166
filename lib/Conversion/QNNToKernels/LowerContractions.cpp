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
#include <cmath>

using namespace quantopt;

namespace {
/// The weight's elements as they are stored, and how they are decoded.
struct WeightData {
  SmallVector<char> bytes;
  Type elementType;
  /// Per output channel; empty when elements need no scale.
  SmallVector<float> scales;
  /// Whether elements have 4 bits and two of them are to share a byte.
  bool halved = false;
};
} // namespace

/// What stands for zero in the input's memory.
static int64_t getZero(LoweringState &state, const ContractionView &view) {
  if (!view.isBytes())
    return view.inputZeroPoint;
  return int8_t(view.inputZeroPoint + state.target.getActivationOffset());
}

void quantopt::planPads(LoweringState &state, Operation *op) {
  if (auto pad = dyn_cast<qnn::PadOp>(op))
    if (auto pads = getHalo(pad))
      state.requirePads(pad.getInput(), *pads, pad.getFill());
  if (!isa<qnn::Conv2DOp>(op))
    return;
  ContractionView view = getContractionView(op);
  if (!view.window.hasPadding())
    return;
  Builder b(op->getContext());
  TypedAttr fill = b.getF32FloatAttr(0.0f);
  if (view.isInteger())
    fill = b.getIntegerAttr(view.getInputElement(), getZero(state, view));
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

/// Weights that are bytes times a scale of their output channel, whatever their
/// format is.
static std::optional<WeightData> readBytes(const ContractionView &view,
                                           qnn::ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  ArrayRef<int64_t> shape = type.getShape();
  auto element = cast<qnn::QuantizedTypeInterface>(type.getElementType());
  auto [scales, zeroPoints] = qnn::getScaleParameters(constant);
  if (scales.empty() || element.getNumTables(shape) > 1)
    return std::nullopt;
  SmallVector<float> table = qnn::getCodeTables(constant);
  int64_t row = type.getNumElements() / view.weightShape[0];
  WeightData data{{}, IntegerType::get(type.getContext(), 8), {}};
  for (auto [i, q] : llvm::enumerate(qnn::getStoredIntegers(constant))) {
    int64_t s = element.getScaleIndex(shape, i);
    if (int64_t(i) % row == 0)
      data.scales.push_back(scales[s]);
    float value = table.empty() ? float(q - zeroPoints[s]) : table[q];
    if (scales[s] != data.scales.back() || value < -128 || value > 127 ||
        value != std::trunc(value))
      return std::nullopt;
    data.bytes.push_back(char(int8_t(value)));
  }
  return data;
}

/// Reads a constant weight. Formats without a kernel of their own are expanded
/// to floats, with a remark.
static FailureOr<WeightData> readWeight(LoweringState &state,
                                        const ContractionView &view) {
  Builder b(view.op->getContext());
  DenseElementsAttr attr;
  if (matchPattern(view.weight, m_Constant(&attr))) {
    // Integers of fewer bits are bytes here.
    bool halved = canHalveWeights(state.target, view);
    if (attr.getElementType().isInteger() &&
        !attr.getElementType().isInteger(8)) {
      if (!halved)
        view.op->emitRemark("weight of type ")
            << attr.getElementType() << " of a "
            << (view.isBytes() ? "depthwise convolution"
                               : "layer with 16-bit activations")
            << " is stored in bytes";
      attr = cast<DenseElementsAttr>(attr.mapValues(
          b.getI8Type(), [](const APInt &q) { return q.sext(8); }));
    }
    return WeightData{getRawBytes(attr), attr.getElementType(), {}, halved};
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
    if (std::optional<WeightData> data = readBytes(view, constant))
      return *data;
    view.op->emitRemark("weight of type ")
        << element << " has no kernel of its own yet and is expanded to f32";
    return fromFloats(qnn::dequantizeConstant(constant), b.getF32Type());
  }
  WeightData data{getRawBytes(payload), b.getI8Type(), {}};
  if (affine)
    data.scales.assign(view.weightShape[0], affine.getScale());
  else
    data.scales = qnn::getScaleParameters(constant).scales;
  return data;
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

/// Whether sums of products with bytes fit 24 bits, and all weights have a
/// neighbour below.
static bool fits24Bits(const ContractionView &view, const WeightData &data) {
  constexpr int64_t kLimit = int64_t(1) << 23, kLargestByte = 128;
  int64_t row = data.bytes.size() / view.weightShape[0];
  for (ArrayRef<char> rest = data.bytes; !rest.empty();
       rest = rest.drop_front(row)) {
    int64_t sum = 0;
    for (char w : rest.take_front(row)) {
      auto weight = static_cast<int8_t>(w);
      if (weight == std::numeric_limits<int8_t>::min())
        return false;
      sum += std::abs(int64_t(weight));
    }
    if (sum * kLargestByte >= kLimit)
      return false;
  }
  return true;
}

/// Whether `16 * odd + even` is a byte for weights of 4 bits of all
/// neighbouring channels.
static bool fitsJoinedBytes(const ContractionView &view,
                            const WeightData &data) {
  constexpr int8_t kLeast = -8;
  int64_t channels = view.weightShape[0] / view.groups;
  int64_t row = data.bytes.size() / view.weightShape[0];
  for (int64_t o = 0; o < view.weightShape[0]; ++o) {
    if (o % channels % 2 == 0)
      continue;
    auto *odd = reinterpret_cast<const int8_t *>(&data.bytes[o * row]);
    const int8_t *even = odd - row;
    for (int64_t i = 0; i < row; ++i)
      if (odd[i] == kLeast && even[i] < 0)
        return false;
  }
  return true;
}

/// The strategy of a kernel with these weights.
static qvec::StrategyAttr chooseStrategy(LoweringState &state,
                                         const ContractionView &view,
                                         const KernelSpec &spec,
                                         const WeightData &data, bool merge) {
  int64_t weightBytes = data.elementType.getIntOrFloatBitWidth() / 8;
  ArrayRef<int64_t> weight = view.weightShape;
  TileProblem problem;
  problem.positions = spec.outputShape[2];
  problem.channels = weight[0] / view.groups;
  problem.depth = weight[1] * weight[2] * weight[3];
  problem.group = view.getStepElements(state.target);
  problem.isLong = view.getSumType().isInteger(64);
  problem.isBytes = view.isBytes();
  problem.isShort = view.isBytes() && fits24Bits(view, data);
  problem.isHalved = data.halved;
  problem.fitsBytes = data.halved && fitsJoinedBytes(view, data);
  problem.weightBits = data.halved ? 4 : 8 * weightBytes;
  problem.run = merge ? weight[2] * weight[3] : weight[3];
  Tile tile = chooseContractionTile(state.target, problem);
  tile.lanes = view.isInteger() ? state.target.getContractionLanes()
                                : state.target.getLanes();
  return completeStrategy(state, view, spec, tile,
                          view.weightShape[0] * problem.depth * weightBytes /
                              (data.halved ? 2 : 1),
                          merge && !tile.gathered);
}

/// The order of channels in the kernel's parameters.
static SmallVector<int64_t> getChannelOrder(const ContractionView &view,
                                            const KernelSpec &spec) {
  int64_t channels = view.weightShape[0];
  if (view.isDepthwise() && spec.depthwiseStrategy.getGroup() != 1) {
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
    setIntegerSums(state, view, weights, order, spec, ranges, loc);
    return;
  }
  setFloatSums(state, view, order, spec, loc);
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
  if (view.isInteger() && view.window.hasPadding() &&
      getZero(state, view) == 0 &&
      (view.isBytes() || shape[3] % view.getStepElements(state.target) == 0))
    spec.zeroPads = state.builder.getDenseI64ArrayAttr(view.window.getPads());
  bool merge = !flat && canMergeTaps(view);
  spec.strategy = chooseStrategy(state, view, spec, data, merge);
  qvec::StrategyAttr s = spec.strategy;
  spec.weight = state.constant(
      packContraction(
          raw, data.elementType, view.groups, s.getGroup(), s.getMergeTaps(),
          {s.getPaired(), s.getJoined(), s.getGathered(), data.halved}),
      loc);
  if (data.halved)
    spec.packing = qvec::PackingAttr::get(
        loc.getContext(), /*bits=*/4, /*block=*/0, /*chunk=*/1,
        NoneType::get(loc.getContext()), kHalvedOffset, /*zeroPoints=*/false,
        /*shift=*/0, /*values=*/Type(), /*tableRows=*/0, /*masked=*/false,
        /*twoOfFour=*/false);
}

LogicalResult quantopt::lowerContraction(LoweringState &state,
                                         const FusionGroup &group) {
  ContractionView view = getContractionView(group.root);
  if (isPackedContraction(state.target, view) || state.getMasks(view.op))
    return lowerPackedContraction(state, view, group);
  Location loc = group.root->getLoc();
  FailureOr<WeightData> data = readWeight(state, view);
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
                       spec.outputShape, spec.window, view.isBytes()});
  SmallVector<int64_t> order = getChannelOrder(view, spec);
  SmallVector<IntegerRange> ranges;
  setOperands(state, view, *data, order, spec, ranges, loc);
  setWeight(state, view, *data, flat, spec, loc);
  ScalarChain chain(state, group.steps, group.root->getResult(0), ranges, order,
                    loc);
  return buildKernel(state, group, chain, spec);
}
