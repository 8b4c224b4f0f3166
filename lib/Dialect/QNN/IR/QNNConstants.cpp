//===- QNNConstants.cpp - Reading quantized constants ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

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

SmallVector<float> qnn::dequantizeConstant(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  SmallVector<float> result;
  result.reserve(type.getNumElements());
  if (isa<FloatType>(element.getStorageType())) {
    auto payload = cast<DenseElementsAttr>(constant.getPayload());
    for (APFloat value : payload.getValues<APFloat>())
      result.push_back(value.convertToFloat());
    return result;
  }
  ScaleParameters parameters = getScaleParameters(constant);
  for (auto [i, q] : llvm::enumerate(getStoredIntegers(constant))) {
    int64_t s = element.getScaleIndex(type.getShape(), i);
    result.push_back(parameters.scales[s] *
                     float(q - parameters.zeroPoints[s]));
  }
  return result;
}

ScaleParameters qnn::getScaleParameters(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  if (auto affine = dyn_cast<AffineType>(type.getElementType()))
    return {{affine.getScale()}, {affine.getZeroPoint()}};
  ScaleParameters result;
  if (auto attr = constant.getScalesAttr())
    for (APFloat value : cast<DenseElementsAttr>(attr).getValues<APFloat>())
      result.scales.push_back(value.convertToFloat());
  if (auto attr = constant.getZeroPointsAttr())
    for (APInt value : cast<DenseElementsAttr>(attr).getValues<APInt>())
      result.zeroPoints.push_back(value.getSExtValue());
  result.zeroPoints.resize(result.scales.size(), 0);
  return result;
}

int64_t qnn::getBlockSize(Type elementType) {
  auto block = dyn_cast<AffineBlockType>(elementType);
  return block ? block.getBlock() : 0;
}
