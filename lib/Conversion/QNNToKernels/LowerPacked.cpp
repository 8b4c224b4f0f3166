//===- LowerPacked.cpp - Contractions with packed weights -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionView.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/PackCodes.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <numeric>

using namespace quantopt;
using qvec::kPanelWidth;

/// The integer storage of a quantized constant, or null.
static IntegerType getIntegerStorage(qnn::ConstantOp constant) {
  auto element = cast<qnn::QuantizedTypeInterface>(
      cast<RankedTensorType>(constant.getType()).getElementType());
  return dyn_cast<IntegerType>(element.getStorageType());
}

bool quantopt::canHalveWeights(const TargetLevel &target,
                               const ContractionView &view) {
  // Sums 16 times as large fit 32 bits: |x| <= 128, |w| <= 8.
  constexpr int64_t kMostElements = INT32_MAX / (16 * 128 * 8);
  Type weight = cast<RankedTensorType>(view.weight.getType()).getElementType();
  int64_t depth =
      view.weightShape[1] * view.weightShape[2] * view.weightShape[3];
  return weight.isSignlessInteger(4) && view.isBytes() && !view.isDepthwise() &&
         view.getSumType().isInteger(32) && depth <= kMostElements &&
         (target.pairsWords() || target.getContractionGroup() == 16);
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
// Codes
//===----------------------------------------------------------------------===//

namespace {
/// Codes, the packing that they get, and what they stand for if the packing
/// leaves that to tables.
struct PackedWeight {
  CodedWeight coded;
  qvec::PackingAttr packing;
  SmallVector<float> tables;
};

/// Codes whose zero point and multiple are known.
struct CodeForm {
  int64_t bits, shift = 0, zeroPoint = 0;
};
} // namespace

/// Chunks are unrolled. Blocks of more codes are cut into equal parts, of whole
/// steps where that is possible.
static constexpr int64_t kChunk = 32;

static int64_t chooseChunk(int64_t block) {
  if (block == 0)
    return kChunk;
  for (int64_t chunk = kChunk; chunk >= PackedLayout::kStep;
       chunk -= PackedLayout::kStep)
    if (block % chunk == 0)
      return chunk;
  int64_t chunk = std::min(block, 2 * kChunk);
  while (block % chunk != 0)
    --chunk;
  return chunk;
}

/// Integers without scales: the sums stay integers. Of -1 and 1 the lowest bit
/// is not stored.
static PackedWeight readIntegers(const ContractionView &view,
                                 DenseElementsAttr attr) {
  PackedWeight result;
  CodeForm form{attr.getElementType().getIntOrFloatBitWidth()};
  form.zeroPoint = int64_t(1) << (form.bits - 1);
  SmallVector<int64_t> &codes = result.coded.codes;
  result.coded.outputs = view.weightShape[0];
  result.coded.depth = attr.getNumElements() / view.weightShape[0];
  for (const APInt &q : attr.getValues<APInt>())
    codes.push_back(q.getSExtValue() + form.zeroPoint);
  if (form.bits == 2 &&
      llvm::all_of(codes, [](int64_t code) { return code % 2 != 0; })) {
    for (int64_t &code : codes)
      --code;
    form = {/*bits=*/1, /*shift=*/1, /*zeroPoint=*/1};
  }
  MLIRContext *context = view.op->getContext();
  result.packing = qvec::PackingAttr::get(
      context, form.bits, /*block=*/0, kChunk, NoneType::get(context),
      form.zeroPoint, /*zeroPoints=*/false, form.shift, /*values=*/Type(),
      /*tableRows=*/0);
  return result;
}

/// A table of evenly spaced integers as codes with a zero point: -1, 0, 1 or
/// -1, 1.
static std::optional<CodeForm> findCodeForm(ArrayRef<float> table,
                                            int64_t bits) {
  if (table.size() < 2)
    return std::nullopt;
  float step = table[1] - table[0];
  if ((step != 1 && step != 2) || table[0] > 0 || table[0] < -128 ||
      table[0] != std::trunc(table[0]))
    return std::nullopt;
  for (size_t i = 1; i < table.size(); ++i)
    if (table[i] != table[0] + float(i) * step)
      return std::nullopt;
  return CodeForm{bits, step == 2, int64_t(-table[0])};
}

/// Entries that one permutation looks up.
static constexpr size_t kShortTable = 16;

/// The bits of the scales as they are stored, in the order of the parts that
/// have one.
static SmallVector<uint32_t> readScaleBits(qnn::ConstantOp constant,
                                           Type stored) {
  SmallVector<uint32_t> bits;
  auto attr = cast_or_null<DenseElementsAttr>(constant.getScalesAttr());
  if (attr && attr.getElementType() == stored) {
    for (Attribute value : attr.getValues<Attribute>()) {
      auto real = dyn_cast<FloatAttr>(value);
      APInt raw = real ? real.getValue().bitcastToAPInt()
                       : cast<IntegerAttr>(value).getValue();
      bits.push_back(uint32_t(raw.getZExtValue()));
    }
    return bits;
  }
  for (float scale : qnn::getScaleParameters(constant).scales)
    bits.push_back(llvm::bit_cast<uint32_t>(scale));
  return bits;
}

/// The type of scales in panels. Factors that rows of two panels share are
/// multiplied out.
static Type chooseScaleType(const ContractionView &view,
                            qnn::ConstantOp constant,
                            qnn::QuantizedTypeInterface element) {
  Builder b(constant.getContext());
  if (element.getNumTables(constant.getType().getShape()) != 0)
    return b.getNoneType();
  if (!constant.getScalesAttr())
    return b.getF32Type();
  Type stored = constant.getScalesAttr().getElementType();
  int64_t perGroup = view.weightShape[0] / view.groups;
  bool isSplit = view.groups > 1 && perGroup % qnn::kSuperRows != 0;
  return stored.isUnsignedInteger(8) && isSplit ? Type(b.getF32Type()) : stored;
}

/// The scales and zero points of each output's blocks. A code stands for itself
/// minus its zero point plus `offset`.
static void readParameters(qnn::ConstantOp constant, Type scaleType,
                           int64_t block, int64_t offset, CodedWeight &coded) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<qnn::QuantizedTypeInterface>(type.getElementType());
  SmallVector<int64_t> zeroPoints =
      qnn::getScaleParameters(constant).zeroPoints;
  SmallVector<uint32_t> scales;
  if (!isa<NoneType>(scaleType))
    scales = readScaleBits(constant, scaleType);
  int64_t blocks = block ? llvm::divideCeil(coded.depth, block) : 1;
  for (int64_t o = 0; o < coded.outputs; ++o)
    for (int64_t b = 0; b < blocks; ++b) {
      int64_t s =
          element.getScaleIndex(type.getShape(), o * coded.depth + b * block);
      if (!scales.empty())
        coded.scales.push_back(scales[s]);
      if (!zeroPoints.empty())
        coded.zeroPoints.push_back(zeroPoints[s] + offset);
    }
  if (scaleType.isUnsignedInteger(8))
    llvm::append_range(coded.superScales,
                       cast<DenseElementsAttr>(constant.getSuperScalesAttr())
                           .getValues<float>());
}

/// The codes of a table that kernels know by other means: as integers, or as
/// the bits of floats. Otherwise they look them up.
static void chooseDecoding(const ContractionView &view,
                           qnn::ConstantOp constant, PackedWeight &weight,
                           CodeForm &form, Type &values, int64_t &tableRows) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto codebook = cast<qnn::CodebookType>(type.getElementType());
  SmallVector<float> tables = qnn::getCodeTables(constant);
  bool isPalette = codebook.isPalette();
  if (auto found = findCodeForm(tables, form.bits); found && !isPalette) {
    form = *found;
    for (int64_t &code : weight.coded.codes)
      code <<= form.shift;
    weight.coded.zeroPoints.assign(1, form.zeroPoint);
    return;
  }
  if (!isPalette && tables.size() > kShortTable) {
    values = codebook.getFloatFormat();
    return;
  }
  bool sharesRows =
      isPalette && codebook.getSharing() == qnn::Granularity::Axis;
  tableRows = sharesRows ? codebook.getCount() : view.weightShape[0];
  weight.tables = tables;
}

/// A quantized constant.
static PackedWeight readConstant(const ContractionView &view,
                                 qnn::ConstantOp constant) {
  PackedWeight result;
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<qnn::QuantizedTypeInterface>(type.getElementType());
  IntegerType storage = getIntegerStorage(constant);
  CodeForm form{storage.getWidth()};
  bool isCodebook = isa<qnn::CodebookType>(type.getElementType());
  // Bytes are signed, other codes are not.
  int64_t half = int64_t(1) << (form.bits - 1);
  int64_t offset = form.bits == 8 ? (storage.isUnsigned() ? -half : 0)
                                  : (storage.isUnsigned() ? 0 : half);
  if (isCodebook)
    offset = 0;
  CodedWeight &coded = result.coded;
  coded.outputs = view.weightShape[0];
  coded.depth = qnn::getRowSize(type.getShape());
  for (int64_t q : qnn::getStoredIntegers(constant))
    coded.codes.push_back(q + offset);
  int64_t block = element.getBlockSize();
  if (block >= coded.depth)
    block = 0;
  Type scaleType = chooseScaleType(view, constant, element), values;
  readParameters(constant, scaleType, block, offset, coded);
  int64_t tableRows = 0;
  if (isCodebook)
    chooseDecoding(view, constant, result, form, values, tableRows);
  // Words have one zero point, the middle.
  bool isUniform = llvm::all_equal(coded.zeroPoints);
  if (isUniform && !coded.zeroPoints.empty())
    form.zeroPoint = coded.zeroPoints.front();
  result.packing = qvec::PackingAttr::get(
      type.getContext(), form.bits, block, chooseChunk(block), scaleType,
      isUniform ? form.zeroPoint : 0, !isUniform, form.shift, values,
      tableRows);
  return result;
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
  return {rows, slots, 1, lanes};
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
  DenseElementsAttr attr;
  PackedWeight weight =
      matchPattern(view.weight, m_Constant(&attr))
          ? readIntegers(view, attr)
          : readConstant(view, view.weight.getDefiningOp<qnn::ConstantOp>());
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
      packCodes(weight.coded, weight.packing, view.groups);
  spec.weight = state.constant(packed, loc);
  if (!weight.tables.empty())
    spec.tables = state.constant(packTables(weight), loc);
  Tile tile = chooseTile(state, view, spec);
  spec.strategy =
      completeStrategy(state, view, spec, tile, view.isInteger() ? 4 : 1,
                       packed.getNumElements(), /*merge=*/false);
  ScalarChain chain(state, group.steps, group.root->getResult(0), ranges, order,
                    loc);
  return buildKernel(state, group, chain, spec);
}
