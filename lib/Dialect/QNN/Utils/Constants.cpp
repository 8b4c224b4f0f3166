//===- Constants.cpp - Reading and making constants -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/ZeroPoints.h"
#include "quant-opt/Support/Arithmetic.h"

using namespace quantopt;
using namespace quantopt::qnn;

DenseElementsAttr qnn::getFloatConstant(Value value) {
  auto constant = value.getDefiningOp<arith::ConstantOp>();
  if (!constant)
    return {};
  auto attr = dyn_cast<DenseElementsAttr>(constant.getValue());
  return attr && attr.getElementType().isF32() ? attr : DenseElementsAttr();
}

bool qnn::isConstantData(Value value) {
  Operation *op = value.getDefiningOp();
  if (auto dequantize = dyn_cast_if_present<DequantizeOp>(op))
    op = dequantize.getInput().getDefiningOp();
  return isa_and_present<ConstantOp, arith::ConstantOp>(op);
}

SmallVector<float> qnn::getFloatElements(DenseElementsAttr attr) {
  if (attr.isSplat())
    return SmallVector<float>(attr.getNumElements(),
                              attr.getSplatValue<float>());
  return llvm::to_vector(attr.getValues<float>());
}

Value qnn::createFloatConstant(OpBuilder &builder, Location loc,
                               ArrayRef<int64_t> shape,
                               ArrayRef<float> values) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return arith::ConstantOp::create(builder, loc,
                                   DenseElementsAttr::get(type, values));
}

std::optional<SmallVector<float>>
qnn::getChannelConstant(Value value, ArrayRef<int64_t> shape) {
  DenseElementsAttr attr = getFloatConstant(value);
  if (!attr || shape.empty())
    return std::nullopt;
  auto own = cast<RankedTensorType>(attr.getType()).getShape();
  int64_t channels = own.empty() ? 1 : own.back();
  if (own.size() > shape.size() || attr.getNumElements() != channels ||
      (channels != 1 && channels != shape.back()))
    return std::nullopt;
  SmallVector<float> values = getFloatElements(attr);
  if (channels == 1)
    values.assign(shape.back(), values.front());
  return values;
}

std::optional<float> qnn::getScalarConstant(Value value) {
  DenseElementsAttr attr = getFloatConstant(value);
  if (!attr || !attr.isSplat())
    return std::nullopt;
  return attr.getSplatValue<float>();
}

SmallVector<int64_t> qnn::permuteShape(ArrayRef<int64_t> shape,
                                       ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> result;
  for (int64_t p : permutation)
    result.push_back(shape[p]);
  return result;
}

SmallVector<int64_t> qnn::getPermutedSources(ArrayRef<int64_t> shape,
                                             ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  SmallVector<int64_t> target = permuteShape(shape, permutation);
  SmallVector<int64_t> step = permuteShape(strides, permutation);
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  SmallVector<int64_t> sources, index(shape.size(), 0);
  sources.reserve(count);
  int64_t source = 0;
  for (int64_t i = 0; i < count; ++i) {
    sources.push_back(source);
    for (int64_t d = int64_t(target.size()) - 1; d >= 0; --d) {
      source += step[d];
      if (++index[d] < target[d])
        break;
      source -= step[d] * target[d];
      index[d] = 0;
    }
  }
  return sources;
}

DenseElementsAttr qnn::packPayload(RankedTensorType type,
                                   ArrayRef<int64_t> values) {
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  Type storage = element.getStorageType();
  unsigned bits = storage.getIntOrFloatBitWidth();
  if (bits < 8) {
    SmallVector<int8_t> bytes =
        packRows(values, bits, getRowSize(type.getShape()));
    return DenseElementsAttr::get(
        RankedTensorType::get({int64_t(bytes.size())},
                              IntegerType::get(type.getContext(), 8)),
        ArrayRef<int8_t>(bytes));
  }
  SmallVector<char> bytes;
  bytes.reserve(values.size() * (bits / 8));
  for (int64_t value : values) {
    bytes.push_back(char(value & 0xff));
    if (bits > 8)
      bytes.push_back(char(value >> 8 & 0xff));
  }
  return DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get(type.getShape(), storage), bytes);
}

int64_t qnn::getStoredBytes(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  int64_t bytes = element.getPayloadBytes(type.getShape());
  for (ElementsAttr attr : {constant.getScalesAttr(), constant.getTablesAttr(),
                            constant.getSuperScalesAttr()})
    if (attr)
      bytes += attr.getNumElements() *
               attr.getElementType().getIntOrFloatBitWidth() / 8;
  if (ElementsAttr zeroPoints = constant.getZeroPointsAttr())
    bytes += zeroPoints.getNumElements();
  if (isa<AffineType>(type.getElementType()))
    bytes += sizeof(float);
  return bytes;
}

ElementsAttr qnn::createZeroPoints(Builder &builder,
                                   ArrayRef<int64_t> zeroPoints) {
  if (llvm::all_of(zeroPoints, [](int64_t z) { return z == 0; }))
    return {};
  bool isSigned =
      llvm::all_of(zeroPoints, [](int64_t z) { return llvm::isInt<8>(z); });
  bool isUnsigned =
      llvm::all_of(zeroPoints, [](int64_t z) { return z >= 0 && z < 256; });
  IntegerType type = isSigned     ? builder.getI8Type()
                     : isUnsigned ? builder.getIntegerType(8, false)
                                  : builder.getI32Type();
  SmallVector<APInt> values;
  for (int64_t zeroPoint : zeroPoints)
    values.push_back(APInt(type.getWidth(), uint64_t(zeroPoint),
                           /*isSigned=*/true, /*implicitTrunc=*/true));
  return DenseElementsAttr::get(
      RankedTensorType::get({int64_t(zeroPoints.size())}, type), values);
}

ConstantOp qnn::createIntegerConstant(OpBuilder &builder, Location loc,
                                      RankedTensorType type,
                                      ArrayRef<int64_t> values,
                                      ArrayRef<float> scales,
                                      ArrayRef<int64_t> zeroPoints,
                                      bool f16Scales) {
  DenseElementsAttr payload = packPayload(type, values);
  ElementsAttr scalesAttr;
  int64_t count = scales.size();
  if (count && f16Scales) {
    SmallVector<uint16_t> halves;
    for (float scale : scales)
      halves.push_back(encodeF16(scale));
    scalesAttr = DenseElementsAttr::getFromRawBuffer(
        RankedTensorType::get({count}, builder.getF16Type()),
        ArrayRef<char>(reinterpret_cast<const char *>(halves.data()),
                       halves.size() * sizeof(uint16_t)));
  } else if (count) {
    scalesAttr = DenseElementsAttr::get(
        RankedTensorType::get({count}, builder.getF32Type()), scales);
  }
  return ConstantOp::create(builder, loc, type, payload, scalesAttr,
                            createZeroPoints(builder, zeroPoints));
}

FailureOr<ConstantOp> qnn::reorderConstant(OpBuilder &builder,
                                           ConstantOp constant,
                                           ArrayRef<int64_t> shape,
                                           ArrayRef<int64_t> sources) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  auto newType = RankedTensorType::get(shape, type.getElementType());
  if (!isa<IntegerType>(element.getStorageType())) {
    auto payload = cast<DenseElementsAttr>(constant.getPayload());
    SmallVector<APFloat> values(payload.getValues<APFloat>()), moved;
    for (int64_t source : sources)
      moved.push_back(values[source]);
    auto storage = RankedTensorType::get(shape, element.getStorageType());
    return ConstantOp::create(builder, constant.getLoc(), newType,
                              DenseElementsAttr::get(storage, moved),
                              ElementsAttr(), ElementsAttr());
  }
  if (element.hasParametersInConstant()) {
    // Every element must find its own scale and table at its new place.
    ArrayRef<int64_t> before = type.getShape();
    if (element.getNumScales(shape) != element.getNumScales(before) ||
        element.getNumTables(shape) != element.getNumTables(before))
      return failure();
    for (auto [i, source] : llvm::enumerate(sources))
      if (element.getScaleIndex(shape, i) !=
              element.getScaleIndex(before, source) ||
          element.getTableIndex(shape, i) !=
              element.getTableIndex(before, source))
        return failure();
  }
  SmallVector<int64_t> values = getStoredIntegers(constant), moved;
  moved.reserve(values.size());
  for (int64_t source : sources)
    moved.push_back(values[source]);
  ConstantOp result =
      createIntegerConstant(builder, constant.getLoc(), newType, moved, {}, {});
  if (constant.getScalesAttr())
    result.setScalesAttr(constant.getScalesAttr());
  if (constant.getZeroPointsAttr())
    result.setZeroPointsAttr(constant.getZeroPointsAttr());
  if (constant.getTablesAttr())
    result.setTablesAttr(constant.getTablesAttr());
  if (constant.getSuperScalesAttr())
    result.setSuperScalesAttr(constant.getSuperScalesAttr());
  return result;
}

FailureOr<RowParameters> qnn::getRowParameters(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  int64_t rows = type.getRank() ? type.getDimSize(0) : 1;
  int64_t rowSize = getRowSize(type.getShape());
  RowParameters result;
  if (auto affine = dyn_cast<AffineType>(type.getElementType())) {
    result.scales.assign(rows, affine.getScale());
    result.zeroPoints.assign(rows, affine.getZeroPoint());
    return result;
  }
  if (!isa<IntegerType>(element.getStorageType()) ||
      !constant.getScalesAttr() || rowSize == 0)
    return failure();
  auto [scales, zeroPoints] = getScaleParameters(constant);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t first = element.getScaleIndex(type.getShape(), row * rowSize);
    for (int64_t i = 1; i < rowSize; ++i) {
      int64_t s = element.getScaleIndex(type.getShape(), row * rowSize + i);
      if (scales[s] != scales[first] || zeroPoints[s] != zeroPoints[first])
        return failure();
    }
    result.scales.push_back(scales[first]);
    result.zeroPoints.push_back(zeroPoints[first]);
  }
  return result;
}
