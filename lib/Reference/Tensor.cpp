//===- Tensor.cpp - Values of the reference interpreter -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Reference/Tensor.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include <cstring>

using namespace quantopt;
using namespace quantopt::reference;

std::optional<Storage> reference::getStorage(Type elementType) {
  if (auto quantized = dyn_cast<qnn::QuantizedTypeInterface>(elementType))
    elementType = quantized.getStorageType();
  if (isa<Float32Type, Float16Type, BFloat16Type>(elementType))
    return Storage::F32;
  if (isa<IndexType>(elementType))
    return Storage::I64;
  auto integer = dyn_cast<IntegerType>(elementType);
  if (!integer)
    return std::nullopt;
  // An unsigned number needs one bit more.
  unsigned bits = integer.getWidth() + (integer.isUnsigned() ? 1 : 0);
  if (bits <= 8)
    return Storage::I8;
  if (bits <= 32)
    return Storage::I32;
  if (bits <= 64)
    return Storage::I64;
  return std::nullopt;
}

Tensor Tensor::zeros(RankedTensorType type) {
  Tensor tensor;
  tensor.type = type;
  size_t count = type.getNumElements();
  switch (*reference::getStorage(type.getElementType())) {
  case Storage::F32:
    tensor.buffer = std::make_shared<Buffer>(std::vector<float>(count));
    break;
  case Storage::I8:
    tensor.buffer = std::make_shared<Buffer>(std::vector<int8_t>(count));
    break;
  case Storage::I32:
    tensor.buffer = std::make_shared<Buffer>(std::vector<int32_t>(count));
    break;
  case Storage::I64:
    tensor.buffer = std::make_shared<Buffer>(std::vector<int64_t>(count));
    break;
  }
  return tensor;
}

/// The value of an attribute's integer; unsigned types are not sign-extended.
static int64_t toInteger(const APInt &value, Type elementType) {
  return elementType.isUnsignedInteger() || elementType.isInteger(1)
             ? static_cast<int64_t>(value.getZExtValue())
             : value.getSExtValue();
}

/// Copies raw little-endian elements when their host form is the storage.
static bool copyRaw(ArrayRef<char> raw, Type elementType, Tensor &tensor) {
  auto copy = [&](auto data) {
    if (raw.size() != data.size() * sizeof(data[0]))
      return false;
    if (!raw.empty())
      std::memcpy(data.data(), raw.data(), raw.size());
    return true;
  };
  if (elementType.isF32())
    return copy(tensor.getMutable<float>());
  if (elementType.isInteger(8) && tensor.getStorage() == Storage::I8)
    return copy(tensor.getMutable<int8_t>());
  if (elementType.isInteger(32) && tensor.getStorage() == Storage::I32)
    return copy(tensor.getMutable<int32_t>());
  if (elementType.isInteger(64) && tensor.getStorage() == Storage::I64)
    return copy(tensor.getMutable<int64_t>());
  return false;
}

llvm::Expected<Tensor> Tensor::fromAttribute(ElementsAttr attr,
                                             RankedTensorType type) {
  auto fail = [&](const Twine &why) {
    return llvm::createStringError("cannot evaluate a constant " + why);
  };
  Type from = attr.getElementType();
  if (!reference::getStorage(type.getElementType()) ||
      attr.getNumElements() != type.getNumElements())
    return fail("of this type");
  Tensor tensor = zeros(type);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || !copyRaw(blob->getData(), from, tensor))
      return fail("whose resource is missing or has an unusual element type");
    return tensor;
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return fail("that is not dense");
  if (!dense.isSplat() && copyRaw(dense.getRawData(), from, tensor))
    return tensor;
  int64_t i = 0;
  if (isa<FloatType>(from) && tensor.getStorage() == Storage::F32) {
    MutableArrayRef<float> data = tensor.getMutable<float>();
    if (dense.isSplat())
      std::fill(data.begin(), data.end(),
                dense.getSplatValue<APFloat>().convertToFloat());
    else
      for (APFloat value : dense.getValues<APFloat>())
        data[i++] = value.convertToFloat();
    return tensor;
  }
  if (!isa<IntegerType, IndexType>(from) || tensor.getStorage() == Storage::F32)
    return fail("of this type");
  for (APInt value : dense.getValues<APInt>())
    tensor.setInteger(i++, toInteger(value, from));
  return tensor;
}

int64_t Tensor::getInteger(int64_t i) const {
  return visit([&](auto data) { return static_cast<int64_t>(data[i]); });
}

void Tensor::setInteger(int64_t i, int64_t value) {
  switch (getStorage()) {
  case Storage::F32:
    break;
  case Storage::I8:
    getMutable<int8_t>()[i] = static_cast<int8_t>(value);
    break;
  case Storage::I32:
    getMutable<int32_t>()[i] = static_cast<int32_t>(value);
    break;
  case Storage::I64:
    getMutable<int64_t>()[i] = value;
    break;
  }
}

double Tensor::getNumber(int64_t i) const {
  return visit([&](auto data) { return static_cast<double>(data[i]); });
}

Tensor Tensor::withType(RankedTensorType newType) const {
  Tensor result = *this;
  result.type = newType;
  result.decoded.reset();
  return result;
}

bool Tensor::isIdentical(const Tensor &other) const {
  if (type != other.type)
    return false;
  return visit([&](auto data) {
    using T = typename decltype(data)::value_type;
    ArrayRef<T> rhs = other.get<T>();
    return data.empty() ||
           std::memcmp(data.data(), rhs.data(), data.size() * sizeof(T)) == 0;
  });
}

SmallVector<int64_t> reference::getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}
