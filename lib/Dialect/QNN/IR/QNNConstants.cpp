//===- QNNConstants.cpp - Reading quantized constants ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

SmallVector<int8_t> qnn::packRows(ArrayRef<int64_t> values, unsigned bits,
                                  int64_t rowSize) {
  SmallVector<int8_t> bytes;
  int64_t rows = rowSize ? int64_t(values.size()) / rowSize : 0;
  int64_t rowBytes = (rowSize * bits + 7) / 8;
  bytes.resize(rows * rowBytes, 0);
  for (int64_t row = 0; row < rows; ++row) {
    for (int64_t i = 0; i < rowSize; ++i) {
      uint64_t value = values[row * rowSize + i] & ((1u << bits) - 1);
      int64_t bit = i * bits;
      int8_t *byte = &bytes[row * rowBytes + bit / 8];
      uint64_t shifted = value << (bit % 8);
      byte[0] |= int8_t(shifted & 0xff);
      if (shifted > 0xff)
        byte[1] |= int8_t(shifted >> 8);
    }
  }
  return bytes;
}

/// Undoes `packRows`, extending the sign when `isSigned`.
static SmallVector<int64_t> unpackRows(ArrayRef<char> bytes, unsigned bits,
                                       bool isSigned, int64_t rows,
                                       int64_t rowSize) {
  SmallVector<int64_t> values;
  values.reserve(rows * rowSize);
  int64_t rowBytes = (rowSize * bits + 7) / 8;
  for (int64_t row = 0; row < rows; ++row) {
    const char *base = bytes.data() + row * rowBytes;
    for (int64_t i = 0; i < rowSize; ++i) {
      int64_t bit = i * bits;
      uint64_t word = uint8_t(base[bit / 8]);
      if (bit % 8 + bits > 8)
        word |= uint64_t(uint8_t(base[bit / 8 + 1])) << 8;
      int64_t value = (word >> (bit % 8)) & ((1u << bits) - 1);
      if (isSigned && value >> (bits - 1))
        value -= int64_t(1) << bits;
      values.push_back(value);
    }
  }
  return values;
}

SmallVector<int64_t> qnn::getStoredIntegers(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  auto storage = cast<IntegerType>(element.getStorageType());
  auto payload = cast<DenseElementsAttr>(constant.getPayload());
  bool isSigned = !storage.isUnsigned();
  if (storage.getWidth() < 8) {
    int64_t rowSize = getRowSize(type.getShape());
    int64_t rows = rowSize ? type.getNumElements() / rowSize : 0;
    SmallVector<char> bytes;
    for (APInt byte : payload.getValues<APInt>())
      bytes.push_back(char(byte.getZExtValue()));
    return unpackRows(bytes, storage.getWidth(), isSigned, rows, rowSize);
  }
  SmallVector<int64_t> values;
  values.reserve(type.getNumElements());
  for (APInt value : payload.getValues<APInt>())
    values.push_back(isSigned ? value.getSExtValue()
                              : int64_t(value.getZExtValue()));
  return values;
}

SmallVector<float> qnn::getCodeTables(ConstantOp constant) {
  if (auto tables = cast_or_null<DenseElementsAttr>(constant.getTablesAttr()))
    return SmallVector<float>(tables.getValues<float>());
  auto type = cast<RankedTensorType>(constant.getType());
  return cast<QuantizedTypeInterface>(type.getElementType()).getCodeTable();
}

SmallVector<float> qnn::dequantizeConstant(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  ArrayRef<int64_t> shape = type.getShape();
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  SmallVector<float> result;
  result.reserve(type.getNumElements());
  if (isa<FloatType>(element.getStorageType())) {
    auto payload = cast<DenseElementsAttr>(constant.getPayload());
    for (APFloat value : payload.getValues<APFloat>())
      result.push_back(value.convertToFloat());
    return result;
  }
  auto [scales, zeroPoints] = getScaleParameters(constant);
  SmallVector<float> tables = getCodeTables(constant);
  int64_t entries = int64_t(tables.size()) /
                    std::max<int64_t>(1, element.getNumTables(shape));
  for (auto [i, q] : llvm::enumerate(getStoredIntegers(constant))) {
    int64_t s = element.getScaleIndex(shape, i);
    float value = tables.empty()
                      ? float(q - zeroPoints[s])
                      : tables[element.getTableIndex(shape, i) * entries + q];
    result.push_back(scales.empty() ? value : scales[s] * value);
  }
  return result;
}

/// A number as an integer of at most 16 bits, if it is one.
static std::optional<int64_t> asSmallInteger(float value) {
  bool isSmall = std::abs(value) < 32768.0f && std::trunc(value) == value;
  return isSmall ? std::optional<int64_t>(int64_t(value)) : std::nullopt;
}

std::optional<int64_t> qnn::getLargestInteger(Type elementType) {
  auto type = dyn_cast<QuantizedTypeInterface>(elementType);
  auto storage =
      type ? dyn_cast<IntegerType>(type.getStorageType()) : IntegerType();
  if (!storage)
    return std::nullopt;
  SmallVector<float> table = type.getCodeTable();
  if (table.empty()) {
    // Palettes have their tables in the constant.
    if (isa<CodebookType>(elementType))
      return std::nullopt;
    return (int64_t(1) << storage.getWidth()) - 1;
  }
  int64_t largest = 0;
  for (float value : table) {
    std::optional<int64_t> integer = asSmallInteger(value);
    if (!integer)
      return std::nullopt;
    largest = std::max(largest, std::abs(*integer));
  }
  return largest;
}

std::optional<SmallVector<int64_t>>
qnn::getUnscaledIntegers(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  if (!getLargestInteger(type.getElementType()))
    return std::nullopt;
  SmallVector<float> table = element.getCodeTable();
  SmallVector<int64_t> values = getStoredIntegers(constant);
  if (!table.empty()) {
    for (int64_t &q : values)
      q = int64_t(table[q]);
    return values;
  }
  SmallVector<int64_t> zeroPoints = getScaleParameters(constant).zeroPoints;
  for (auto [i, q] : llvm::enumerate(values))
    q -= zeroPoints[element.getScaleIndex(type.getShape(), i)];
  return values;
}

SuperScales::SuperScales(QuantizedTypeInterface type, ArrayRef<int64_t> shape) {
  int64_t rows = shape.empty() ? 1 : shape.front();
  blocksPerRow = std::max<int64_t>(1, type.getNumScales(shape) /
                                          std::max<int64_t>(1, rows));
  columns = llvm::divideCeil(blocksPerRow, kSuperBlocks);
  count = int64_t(llvm::divideCeil(rows, kSuperRows)) * columns;
}

/// The scales of a constant as `f32`.
static SmallVector<float> readScales(ConstantOp constant) {
  SmallVector<float> scales;
  auto attr = cast_or_null<DenseElementsAttr>(constant.getScalesAttr());
  if (!attr)
    return scales;
  if (isa<FloatType>(attr.getElementType())) {
    for (APFloat value : attr.getValues<APFloat>())
      scales.push_back(float(value.convertToDouble()));
    return scales;
  }
  auto type = cast<RankedTensorType>(constant.getType());
  SuperScales layout(cast<QuantizedTypeInterface>(type.getElementType()),
                     type.getShape());
  auto factors = cast<DenseElementsAttr>(constant.getSuperScalesAttr());
  SmallVector<float> super(factors.getValues<float>());
  for (APInt value : attr.getValues<APInt>())
    scales.push_back(super[layout.getIndex(scales.size())] *
                     float(value.getZExtValue()));
  return scales;
}

ScaleParameters qnn::getScaleParameters(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  if (auto affine = dyn_cast<AffineType>(type.getElementType()))
    return {{affine.getScale()}, {affine.getZeroPoint()}};
  ScaleParameters result;
  result.scales = readScales(constant);
  if (auto attr = constant.getZeroPointsAttr()) {
    bool isUnsigned = attr.getElementType().isUnsignedInteger();
    for (APInt value : cast<DenseElementsAttr>(attr).getValues<APInt>())
      result.zeroPoints.push_back(isUnsigned ? int64_t(value.getZExtValue())
                                             : value.getSExtValue());
  }
  result.zeroPoints.resize(result.scales.size(), 0);
  return result;
}

void ConstantOp::build(OpBuilder &builder, OperationState &state, Type type,
                       ElementsAttr payload, ElementsAttr scales,
                       ElementsAttr zeroPoints) {
  build(builder, state, type, payload, scales, zeroPoints, ElementsAttr(),
        ElementsAttr());
}
