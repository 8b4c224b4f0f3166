//===- LowerPacked.cpp - Contractions with packed weights -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReadCodes.h"
#include "WeightStorage.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace quantopt;
using qvec::kPanelWidth;

bool quantopt::canHalve(const TargetLevel &target,
                        const ContractionView &view) {
  // Sums 16 times as large fit 32 bits: |x| <= 128, |w| <= 8.
  constexpr int64_t kMostElements = INT32_MAX / (16 * 128 * 8);
  int64_t depth =
      view.weightShape[1] * view.weightShape[2] * view.weightShape[3];
  return view.isBytes() && !view.isDepthwise() &&
         view.getSumType().isInteger(32) && depth <= kMostElements &&
         !target.unsignedActivations();
}

bool quantopt::canHalveWeights(const TargetLevel &target,
                               const ContractionView &view) {
  Type weight = cast<RankedTensorType>(view.weight.getType()).getElementType();
  return weight.isSignlessInteger(4) && canHalve(target, view);
}

bool quantopt::isPackedContraction(const TargetLevel &target,
                                   const ContractionView &view) {
  if (canHalveWeights(target, view))
    return false;
  Type weight = cast<RankedTensorType>(view.weight.getType()).getElementType();
  if (auto integer = dyn_cast<IntegerType>(weight))
    return integer.getWidth() < 8 && !view.isDepthwise() &&
           (!view.isInteger() || view.isBytes());
  auto constant = view.weight.getDefiningOp<qnn::ConstantOp>();
  if (!constant)
    return false;
  IntegerType storage = getIntegerStorage(constant);
  auto axis = dyn_cast<qnn::AffineAxisType>(weight);
  if (!storage || (axis && axis.getAxis() != 0))
    return false;
  if (view.isInteger())
    return true;
  SmallVector<int64_t> zeroPoints =
      qnn::getScaleParameters(constant).zeroPoints;
  if (storage.getWidth() > 8)
    return storage.getWidth() == 16 && llvm::all_equal(zeroPoints) &&
           !view.isDepthwise();
  // Bytes with a scale per channel have a kernel of their own.
  bool isPlain = storage.isSignlessInteger(8) &&
                 !isa<qnn::AffineBlockType>(weight) &&
                 llvm::all_of(zeroPoints, [](int64_t z) { return z == 0; });
  return !isPlain && !view.isDepthwise();
}

//===----------------------------------------------------------------------===//
// Input
//===----------------------------------------------------------------------===//

/// Whether four codes of a step, or parts of them, read elements that are not
/// next to each other.
static bool needsPatches(const ContractionView &view,
                         qvec::PackingAttr packing) {
  int64_t taps = view.weightShape[1] * view.weightShape[2];
  return view.isInteger() && taps > 1 &&
         std::gcd(view.weightShape[3], packing.getChunk()) %
                 PackedLayout::kStep !=
             0;
}

/// Each position's elements in the order of the codes, as channels.
static Value buildPatches(LoweringState &state, const ContractionView &view,
                          ArrayRef<int64_t> output, Location loc) {
  OpBuilder &b = state.builder;
  Value input = state.getPadded(view.input, view.getPads(), loc);
  int64_t height = view.weightShape[1], width = view.weightShape[2];
  int64_t channels = view.weightShape[3];
  SmallVector<int64_t> shape = {output[0], output[1], output[2], view.groups,
                                height,    width,     channels};
  Value init = state.empty(
      RankedTensorType::get(
          shape, cast<RankedTensorType>(input.getType()).getElementType()),
      loc);
  SmallVector<AffineExpr> d(7);
  bindDimsList(b.getContext(), MutableArrayRef<AffineExpr>(d));
  ArrayRef<int64_t> strides = view.window.getStrides();
  ArrayRef<int64_t> dilations = view.window.getDilations();
  AffineMap source = AffineMap::get(
      7, 0,
      {d[0], d[1] * strides[0] + d[4] * dilations[0],
       d[2] * strides[1] + d[5] * dilations[1], d[3] * channels + d[6]},
      b.getContext());
  SmallVector<utils::IteratorType> kinds(7, utils::IteratorType::parallel);
  auto copy = linalg::GenericOp::create(
      b, loc, init.getType(), input, init,
      ArrayRef<AffineMap>{source,
                          AffineMap::getMultiDimIdentityMap(7, b.getContext())},
      kinds, [](OpBuilder &in, Location l, ValueRange args) {
        linalg::YieldOp::create(in, l, args[0]);
      });
  return state.reshape(copy.getResult(0),
                       {output[0], output[1], output[2],
                        view.groups * height * width * channels},
                       loc);
}

/// A 1x1 window without padding.
static qnn::WindowAttr getUnitWindow(MLIRContext *context) {
  return qnn::WindowAttr::get(context, {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0});
}

/// Sets input, window and output shape.
static void setGeometry(LoweringState &state, const ContractionView &view,
                        const FusionGroup &group, qvec::PackingAttr packing,
                        KernelSpec &spec, Location loc) {
  auto result = cast<RankedTensorType>(view.op->getResult(0).getType());
  spec.outputShape = llvm::to_vector(result.getShape());
  spec.window = withoutPads(view.window);
  if (view.groups == 1 && canFlatten(state, view, group)) {
    int64_t positions = result.getNumElements() / view.weightShape[0];
    spec.outputShape = {1, 1, positions, view.weightShape[0]};
    spec.input = state.reshape(state.get(view.input, loc),
                               {1, 1, positions, view.weightShape[3]}, loc);
    return;
  }
  if (!needsPatches(view, packing)) {
    spec.input = state.getPadded(view.input, view.getPads(), loc);
    return;
  }
  spec.input = buildPatches(state, view, spec.outputShape, loc);
  spec.window = getUnitWindow(loc.getContext());
}

//===----------------------------------------------------------------------===//
// Strategy
//===----------------------------------------------------------------------===//

/// Bytes from an output position's input to the next one's.
static int64_t getPitch(const KernelSpec &spec) {
  auto input = cast<RankedTensorType>(spec.input.getType());
  return spec.window.getStrides()[1] * input.getShape()[3] *
         input.getElementTypeBitWidth() / 8;
}

/// Sums of a vector. Codes are unpacked for several channels at once.
static int64_t getLanes(const TargetLevel &target) {
  constexpr int64_t kFewest = 4;
  return std::max(kFewest, target.getLanes());
}

/// Rows and vectors of a tile. Unpacking is shared by the rows, so that many of
/// them are better than several vectors; with few rows, vectors keep the
/// multipliers busy.
static Tile chooseTile(const LoweringState &state, const ContractionView &view,
                       const KernelSpec &spec) {
  const TargetLevel &target = state.target;
  int64_t lanes = getLanes(target);
  // Vectors of sums for each vector of results.
  int64_t sums = view.isInteger() && spec.packing.hasScales() ? 2 : 1;
  int64_t spare = view.isInteger() ? 6 : 5;
  // Rows a page apart share the ways of a cache set with the weights.
  constexpr int64_t kMostRows = 12, kMostAliases = 10, kAliasBytes = 4096;
  int64_t most = getPitch(spec) % kAliasBytes == 0 ? kMostAliases : kMostRows;
  // Unpacking and widening again costs more than results that are spilled once
  // per block.
  int64_t least = view.isInteger() && target.dotGroup == 2 ? 6 : 1;
  int64_t limit =
      std::clamp<int64_t>((target.vectorRegisters - spare) / sums, least, most);
  int64_t rows = splitEvenly(spec.outputShape[2], limit).size;
  int64_t channels = view.weightShape[0] / view.groups;
  // Fewer rows than vectors: two chains of products, and sums of the rows.
  auto fits = [&](int64_t slots) {
    bool isFlat = view.isInteger() && rows < slots;
    int64_t needed = rows * slots * (isFlat ? sums + 1 : sums);
    return needed + (isFlat ? rows : 0) + spare <= target.vectorRegisters &&
           slots * lanes <= int64_t(llvm::alignTo(channels, kPanelWidth));
  };
  int64_t slots = 1;
  constexpr int64_t kEnoughSums = 4;
  while (slots * rows < kEnoughSums && fits(2 * slots))
    slots *= 2;
  int64_t group = view.isInteger() ? 4 : 1;
  return {rows, slots, /*steps=*/1, group, lanes};
}

/// The tables as the kernel reads them: a row of them for each code.
static DenseElementsAttr packTables(const PackedWeight &weight) {
  int64_t entries = int64_t(1) << weight.packing.getBits();
  auto type =
      RankedTensorType::get({int64_t(weight.tables.size()) / entries, entries},
                            Float32Type::get(weight.packing.getContext()));
  return DenseElementsAttr::get(type, ArrayRef<float>(weight.tables));
}

/// Fills in operands that depend on the form. Channel parameters are in the
/// given order.
static void setOperands(LoweringState &state, const ContractionView &view,
                        const PackedWeight &weight, ArrayRef<int64_t> order,
                        KernelSpec &spec, SmallVectorImpl<IntegerRange> &ranges,
                        Location loc) {
  if (!view.isInteger())
    return setFloatSums(state, view, order, spec, loc);
  if (weight.packing.hasScales()) {
    spec.accumulatorType = state.builder.getF32Type();
    spec.unsignedInput = state.target.unsignedActivations();
    spec.inputZeroPoint =
        view.inputZeroPoint + state.target.getActivationOffset();
    return;
  }
  SmallVector<int8_t> values;
  for (int64_t code : weight.coded.codes)
    values.push_back(int8_t(code - weight.packing.getZeroPoint()));
  setIntegerSums(state, view, values, order, spec, ranges, loc);
}

LogicalResult quantopt::lowerPackedContraction(LoweringState &state,
                                               const ContractionView &view,
                                               const FusionGroup &group) {
  Location loc = group.root->getLoc();
  PackedWeight weight = readCodes(view);
  if (auto masks = state.getMasks(view.op))
    removeZeroPoints(weight, *masks);
  KernelSpec spec;
  spec.kind = qvec::KernelKind::Packed;
  spec.groups = view.groups;
  spec.packing = weight.packing;
  setGeometry(state, view, group, weight.packing, spec, loc);
  // A vector of parameters may start anywhere in a group.
  int64_t padded = llvm::alignTo(view.weightShape[0], kPanelWidth) +
                   (view.groups > 1 ? kPanelWidth : 0);
  SmallVector<int64_t> order = getPaddedOrder(view.weightShape[0], padded);
  SmallVector<IntegerRange> ranges;
  setOperands(state, view, weight, order, spec, ranges, loc);
  DenseElementsAttr packed =
      packCodes(weight.coded, weight.packing.getExpanded(), view.groups);
  spec.weight = state.constant(
      weight.packing.getMasked()
          ? maskPanels(packed, weight.packing, weight.coded.depth)
          : packed,
      loc);
  if (!weight.tables.empty())
    spec.tables = state.constant(packTables(weight), loc);
  Tile tile = chooseTile(state, view, spec);
  spec.strategy = completeStrategy(state, view, spec, tile,
                                   packed.getNumElements(), /*merge=*/false);
  ScalarChain chain(state, group.steps, group.root->getResult(0), ranges, order,
                    loc);
  return buildKernel(state, group, chain, spec);
}
