//===- TensorReader.cpp - Elements of tensors in a model ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorReader.h"
#include "ExternalData.h"
#include <cstring>

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::TensorProto;

/// Whether two elements share a byte in the file.
static bool isPacked4(ElementType type) {
  return type == ElementType::Int4 || type == ElementType::UInt4;
}

/// The bytes that `count` elements take in the file.
static int64_t getFileBytes(ElementType type, int64_t count) {
  return isPacked4(type) ? (count + 1) / 2 : count * getByteSize(type);
}

/// Element `index` of a sequence of packed 4-bit integers, low half first.
static int64_t unpack4(ElementType type, uint8_t byte, int64_t index) {
  int64_t value = index % 2 ? byte >> 4 : byte & 15;
  return type == ElementType::Int4 && value > 7 ? value - 16 : value;
}

/// Fills `result` from bytes laid out as the file has them.
static void decodeBytes(HostTensor &result, ArrayRef<char> bytes) {
  if (!isPacked4(result.getType())) {
    std::memcpy(result.getMutableBytes().data(), bytes.data(), bytes.size());
    return;
  }
  for (int64_t i = 0; i < result.getNumElements(); ++i)
    result.setInt(i, unpack4(result.getType(), bytes[i / 2], i));
}

/// An error for a wrong number of elements in one of the typed fields.
static llvm::Error countError(StringRef field, int64_t expected,
                              int64_t found) {
  return llvm::createStringError("expected " + Twine(expected) +
                                 " elements in " + field + ", but found " +
                                 Twine(found));
}

/// Fills `result` from the typed field that its element type uses.
static llvm::Error decodeField(HostTensor &result, const TensorProto &tensor) {
  int64_t count = result.getNumElements();
  ElementType type = result.getType();
  auto copy = [&](StringRef field, const auto &values,
                  auto set) -> llvm::Error {
    if (values.size() != count)
      return countError(field, count, values.size());
    for (int64_t i = 0; i < count; ++i)
      set(i, values[i]);
    return llvm::Error::success();
  };
  auto setInt = [&](int64_t i, int64_t value) { result.setInt(i, value); };
  auto setReal = [&](int64_t i, double value) { result.setReal(i, value); };
  // 16-bit floats travel as bit patterns.
  auto setBits = [&](int64_t i, int32_t value) {
    uint16_t bits = static_cast<uint16_t>(value);
    std::memcpy(result.getMutableBytes().data() + i * 2, &bits, 2);
  };
  switch (type) {
  case ElementType::Float:
    return copy("float_data", tensor.float_data(), setReal);
  case ElementType::Double:
    return copy("double_data", tensor.double_data(), setReal);
  case ElementType::Int64:
    return copy("int64_data", tensor.int64_data(), setInt);
  case ElementType::UInt32:
  case ElementType::UInt64:
    return copy("uint64_data", tensor.uint64_data(), setInt);
  case ElementType::Float16:
  case ElementType::BFloat16:
    return copy("int32_data", tensor.int32_data(), setBits);
  case ElementType::Int4:
  case ElementType::UInt4:
    if (tensor.int32_data_size() != (count + 1) / 2)
      return countError("int32_data", (count + 1) / 2,
                        tensor.int32_data_size());
    for (int64_t i = 0; i < count; ++i)
      result.setInt(i, unpack4(type, tensor.int32_data(i / 2), i));
    return llvm::Error::success();
  default:
    return copy("int32_data", tensor.int32_data(), setInt);
  }
}

/// Reads a tensor of this type and shape from a file beside the model.
static llvm::Expected<HostTensor>
readExternal(const TensorProto &tensor, ElementType type,
             ArrayRef<int64_t> shape, std::optional<StringRef> folder) {
  if (!folder)
    return llvm::createStringError(
        "external data is not allowed for a model that is not a file");
  ExternalRange range;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location")
      range.location = entry.value();
    else if (entry.key() == "offset")
      range.offset = entry.value();
    else if (entry.key() == "length")
      range.length = entry.value();
  }
  // The file's size is checked before memory is taken.
  llvm::Expected<std::vector<char>> bytes = readExternalData(
      *folder, range, getFileBytes(type, *getNumElements(shape)));
  if (!bytes)
    return bytes.takeError();
  HostTensor result(type, shape);
  decodeBytes(result, *bytes);
  return result;
}

/// The bytes that the tensor's message holds, in any field.
static int64_t getMessageBytes(const TensorProto &tensor) {
  return int64_t(tensor.raw_data().size()) + 8 * tensor.double_data_size() +
         4 * int64_t(tensor.float_data_size()) +
         8 * int64_t(tensor.int32_data_size()) +
         8 * int64_t(tensor.int64_data_size()) +
         8 * int64_t(tensor.uint64_data_size());
}

llvm::Expected<HostTensor>
quantopt::onnx::readTensor(const TensorProto &tensor,
                           std::optional<StringRef> folder) {
  auto type = static_cast<ElementType>(tensor.data_type());
  if (getByteSize(type) == 0)
    return llvm::createStringError("element type " + getName(type) + " (" +
                                   Twine(tensor.data_type()) +
                                   ") is not supported");
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  std::optional<int64_t> count = getNumElements(shape);
  if (!count)
    return llvm::createStringError("the shape is negative or too large");
  if (tensor.data_location() == 1)
    return readExternal(tensor, type, shape, folder);
  // Before memory is taken: a short message cannot ask for a large tensor.
  if (*count > 2 * getMessageBytes(tensor))
    return llvm::createStringError("expected " + Twine(*count) +
                                   " elements, but found data for fewer");
  HostTensor result(type, shape);
  if (!tensor.has_raw_data()) {
    if (llvm::Error error = decodeField(result, tensor))
      return error;
    return result;
  }
  ArrayRef<char> raw(tensor.raw_data().data(), tensor.raw_data().size());
  int64_t expected = getFileBytes(type, *count);
  if (expected != static_cast<int64_t>(raw.size()))
    return llvm::createStringError("expected " + Twine(expected) +
                                   " bytes in raw_data, but found " +
                                   Twine(raw.size()));
  decodeBytes(result, raw);
  return result;
}
