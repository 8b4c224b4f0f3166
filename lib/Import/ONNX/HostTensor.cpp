//===- HostTensor.cpp - Tensors known at import ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostTensor.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>
#include <cstring>

using namespace quantopt;
using namespace quantopt::onnx;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

namespace {
/// What is known of an element type.
struct TypeFacts {
  ElementType type;
  const char *name;
  int64_t byteSize;
  /// 'f' float, 's' signed, 'u' unsigned, 'b' bool, '-' anything else.
  char kind;
  unsigned bits;
};
} // namespace

static const TypeFacts typeFacts[] = {
    {ElementType::Float, "float", 4, 'f', 32},
    {ElementType::UInt8, "uint8", 1, 'u', 8},
    {ElementType::Int8, "int8", 1, 's', 8},
    {ElementType::UInt16, "uint16", 2, 'u', 16},
    {ElementType::Int16, "int16", 2, 's', 16},
    {ElementType::Int32, "int32", 4, 's', 32},
    {ElementType::Int64, "int64", 8, 's', 64},
    {ElementType::String, "string", 0, '-', 0},
    {ElementType::Bool, "bool", 1, 'b', 8},
    {ElementType::Float16, "float16", 2, 'f', 16},
    {ElementType::Double, "double", 8, 'f', 64},
    {ElementType::UInt32, "uint32", 4, 'u', 32},
    {ElementType::UInt64, "uint64", 8, 'u', 64},
    {static_cast<ElementType>(14), "complex64", 0, '-', 0},
    {static_cast<ElementType>(15), "complex128", 0, '-', 0},
    {ElementType::BFloat16, "bfloat16", 2, 'f', 16},
    {static_cast<ElementType>(17), "float8e4m3fn", 0, '-', 0},
    {static_cast<ElementType>(18), "float8e4m3fnuz", 0, '-', 0},
    {static_cast<ElementType>(19), "float8e5m2", 0, '-', 0},
    {static_cast<ElementType>(20), "float8e5m2fnuz", 0, '-', 0},
    {ElementType::UInt4, "uint4", 1, 'u', 4},
    {ElementType::Int4, "int4", 1, 's', 4},
    {static_cast<ElementType>(23), "float4e2m1", 0, '-', 0},
    {static_cast<ElementType>(24), "float8e8m0", 0, '-', 0},
    {static_cast<ElementType>(25), "uint2", 0, '-', 0},
    {static_cast<ElementType>(26), "int2", 0, '-', 0},
};

static const TypeFacts unknownType = {ElementType::Undefined, "undefined", 0,
                                      '-', 0};

static const TypeFacts &getFacts(ElementType type) {
  for (const TypeFacts &facts : typeFacts)
    if (facts.type == type)
      return facts;
  return unknownType;
}

StringRef quantopt::onnx::getName(ElementType type) {
  return getFacts(type).name;
}

int64_t quantopt::onnx::getByteSize(ElementType type) {
  return getFacts(type).byteSize;
}

bool quantopt::onnx::isFloat(ElementType type) {
  return getFacts(type).kind == 'f';
}

bool quantopt::onnx::isInteger(ElementType type) {
  char kind = getFacts(type).kind;
  return kind == 's' || kind == 'u';
}

IntegerType quantopt::onnx::getStorageType(ElementType type,
                                           MLIRContext *context) {
  const TypeFacts &facts = getFacts(type);
  if (facts.bits > 16)
    return {};
  if (facts.kind == 's')
    return IntegerType::get(context, facts.bits);
  if (facts.kind == 'u')
    return IntegerType::get(context, facts.bits, IntegerType::Unsigned);
  return {};
}

std::optional<int64_t> quantopt::onnx::getNumElements(ArrayRef<int64_t> shape) {
  constexpr int64_t limit = int64_t(1) << 40;
  int64_t count = 1;
  bool hasZero = llvm::is_contained(shape, 0);
  for (int64_t size : shape) {
    if (size < 0 || size > limit)
      return std::nullopt;
    if (!hasZero && count > limit / size)
      return std::nullopt;
    count *= size;
  }
  return hasZero ? 0 : count;
}

SmallVector<int64_t>
quantopt::onnx::getRowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

HostTensor::HostTensor(ElementType type, ArrayRef<int64_t> shape)
    : type(type), shape(shape), count(*onnx::getNumElements(shape)),
      bytes(std::make_shared<std::vector<char>>(count * getByteSize(type))) {}

HostTensor HostTensor::fromInts(ElementType type, ArrayRef<int64_t> shape,
                                ArrayRef<int64_t> values) {
  HostTensor result(type, shape);
  for (auto [i, value] : llvm::enumerate(values))
    result.setInt(i, value);
  return result;
}

HostTensor HostTensor::fromFloats(ArrayRef<int64_t> shape,
                                  ArrayRef<float> values) {
  HostTensor result(ElementType::Float, shape);
  std::memcpy(result.bytes->data(), values.data(), values.size() * 4);
  return result;
}

/// Reads a T at element `index`.
template <typename T> static T load(ArrayRef<char> bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

/// Writes a T at element `index`.
template <typename T>
static void store(MutableArrayRef<char> bytes, int64_t index, T value) {
  std::memcpy(bytes.data() + index * sizeof(T), &value, sizeof(T));
}

/// The value of a 16-bit float with this bit pattern.
static double widen(const llvm::fltSemantics &semantics, uint16_t bits) {
  llvm::APFloat value(semantics, llvm::APInt(16, bits));
  bool losesInfo;
  value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven,
                &losesInfo);
  return value.convertToDouble();
}

/// The bit pattern of the 16-bit float nearest to `value`.
static uint16_t narrow(const llvm::fltSemantics &semantics, double value) {
  llvm::APFloat result(value);
  bool losesInfo;
  result.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return result.bitcastToAPInt().getZExtValue();
}

/// `value` as an int64, truncated towards zero and limited; NaN is 0.
static int64_t truncate(double value) {
  if (std::isnan(value))
    return 0;
  if (value >= 0x1p63)
    return INT64_MAX;
  if (value <= -0x1p63)
    return INT64_MIN;
  return static_cast<int64_t>(value);
}

int64_t HostTensor::getInt(int64_t index) const {
  ArrayRef<char> data = getBytes();
  switch (type) {
  case ElementType::UInt8:
  case ElementType::UInt4:
  case ElementType::Bool:
    return load<uint8_t>(data, index);
  case ElementType::Int8:
  case ElementType::Int4:
    return load<int8_t>(data, index);
  case ElementType::UInt16:
    return load<uint16_t>(data, index);
  case ElementType::Int16:
    return load<int16_t>(data, index);
  case ElementType::UInt32:
    return load<uint32_t>(data, index);
  case ElementType::Int32:
    return load<int32_t>(data, index);
  case ElementType::Int64:
  case ElementType::UInt64:
    return load<int64_t>(data, index);
  default:
    return truncate(getReal(index));
  }
}

double HostTensor::getReal(int64_t index) const {
  ArrayRef<char> data = getBytes();
  switch (type) {
  case ElementType::Float:
    return load<float>(data, index);
  case ElementType::Double:
    return load<double>(data, index);
  case ElementType::Float16:
    return widen(llvm::APFloat::IEEEhalf(), load<uint16_t>(data, index));
  case ElementType::BFloat16:
    return widen(llvm::APFloat::BFloat(), load<uint16_t>(data, index));
  case ElementType::UInt64:
    return static_cast<double>(load<uint64_t>(data, index));
  case ElementType::Undefined:
  case ElementType::String:
    return 0;
  default:
    return static_cast<double>(getInt(index));
  }
}

void HostTensor::setInt(int64_t index, int64_t value) {
  if (isFloat(type))
    return setReal(index, static_cast<double>(value));
  switch (getByteSize(type)) {
  case 1:
    return store<uint8_t>(*bytes, index, value);
  case 2:
    return store<uint16_t>(*bytes, index, value);
  case 4:
    return store<uint32_t>(*bytes, index, value);
  default:
    return store<uint64_t>(*bytes, index, value);
  }
}

void HostTensor::setReal(int64_t index, double value) {
  switch (type) {
  case ElementType::Float:
    return store<float>(*bytes, index, static_cast<float>(value));
  case ElementType::Double:
    return store<double>(*bytes, index, value);
  case ElementType::Float16:
    return store<uint16_t>(*bytes, index,
                           narrow(llvm::APFloat::IEEEhalf(), value));
  case ElementType::BFloat16:
    return store<uint16_t>(*bytes, index,
                           narrow(llvm::APFloat::BFloat(), value));
  case ElementType::Bool:
    return store<uint8_t>(*bytes, index, value != 0);
  default:
    return setInt(index, truncate(value));
  }
}

SmallVector<int64_t> HostTensor::getInts() const {
  SmallVector<int64_t> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = getInt(i);
  return values;
}

SmallVector<float> HostTensor::getFloats() const {
  SmallVector<float> values(count);
  for (int64_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(getReal(i));
  return values;
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

template <typename IndexFn>
HostTensor HostTensor::mapped(ArrayRef<int64_t> newShape,
                              IndexFn sourceIndex) const {
  HostTensor result(type, newShape);
  int64_t size = getByteSize(type);
  SmallVector<int64_t> position(newShape.size(), 0);
  for (int64_t i = 0; i < result.count; ++i) {
    std::memcpy(result.bytes->data() + i * size,
                bytes->data() + sourceIndex(position) * size, size);
    for (int64_t d = int64_t(newShape.size()) - 1; d >= 0; --d) {
      if (++position[d] < newShape[d])
        break;
      position[d] = 0;
    }
  }
  return result;
}

/// sum of position[i] * strides[i].
static int64_t dot(ArrayRef<int64_t> position, ArrayRef<int64_t> strides) {
  int64_t sum = 0;
  for (auto [p, s] : llvm::zip_equal(position, strides))
    sum += p * s;
  return sum;
}

HostTensor HostTensor::reshaped(ArrayRef<int64_t> newShape) const {
  HostTensor result = *this;
  result.shape.assign(newShape.begin(), newShape.end());
  return result;
}

HostTensor HostTensor::transposed(ArrayRef<int64_t> permutation) const {
  SmallVector<int64_t> own = getRowMajorStrides(shape), newShape, strides;
  for (int64_t p : permutation) {
    newShape.push_back(shape[p]);
    strides.push_back(own[p]);
  }
  return mapped(newShape, [&](ArrayRef<int64_t> position) {
    return dot(position, strides);
  });
}

HostTensor HostTensor::sliced(ArrayRef<int64_t> offsets,
                              ArrayRef<int64_t> strides,
                              ArrayRef<int64_t> sizes) const {
  SmallVector<int64_t> own = getRowMajorStrides(shape);
  int64_t start = dot(offsets, own);
  SmallVector<int64_t> steps(strides);
  for (auto [step, stride] : llvm::zip_equal(steps, own))
    step *= stride;
  return mapped(sizes, [&](ArrayRef<int64_t> position) {
    return start + dot(position, steps);
  });
}

HostTensor HostTensor::gathered(int64_t axis, ArrayRef<int64_t> indices) const {
  SmallVector<int64_t> own = getRowMajorStrides(shape), newShape(shape);
  newShape[axis] = indices.size();
  return mapped(newShape, [&](ArrayRef<int64_t> position) {
    return dot(position, own) +
           (indices[position[axis]] - position[axis]) * own[axis];
  });
}

HostTensor HostTensor::broadcast(ArrayRef<int64_t> newShape) const {
  SmallVector<int64_t> own = getRowMajorStrides(shape);
  SmallVector<int64_t> strides(newShape.size(), 0);
  size_t missing = newShape.size() - shape.size();
  for (size_t i = 0; i < shape.size(); ++i)
    strides[missing + i] = shape[i] == 1 ? 0 : own[i];
  return mapped(newShape, [&](ArrayRef<int64_t> position) {
    return dot(position, strides);
  });
}

DenseElementsAttr HostTensor::toAttribute(MLIRContext *context) const {
  Type element;
  if (type == ElementType::Float)
    element = Float32Type::get(context);
  else if (IntegerType storage = getStorageType(type, context))
    element = storage;
  else
    element = IntegerType::get(context, getByteSize(type) * 8);
  return DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get(shape, element), getBytes());
}
