//===- ReadCodes.cpp - Weights as codes -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReadCodes.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantopt;

IntegerType quantopt::getIntegerStorage(qnn::ConstantOp constant) {
  auto element = cast<qnn::QuantizedTypeInterface>(
      cast<RankedTensorType>(constant.getType()).getElementType());
  return dyn_cast<IntegerType>(element.getStorageType());
}

namespace {
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
  // Bytes are signed, other codes are not.
  form.zeroPoint = form.bits == 8 ? 0 : int64_t(1) << (form.bits - 1);
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
      /*tableRows=*/0, /*masked=*/false, /*twoOfFour=*/false);
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
      isUniform ? form.zeroPoint : 0, !isUniform, form.shift, values, tableRows,
      /*masked=*/false, /*twoOfFour=*/false);
  return result;
}

PackedWeight quantopt::readCodes(const ContractionView &view) {
  DenseElementsAttr attr;
  if (matchPattern(view.weight, m_Constant(&attr)))
    return readIntegers(view, attr);
  return readConstant(view, view.weight.getDefiningOp<qnn::ConstantOp>());
}
