//===- TensorBuffers.cpp - Tensors in a compiled model's memory -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/TensorBuffers.h"
#include "mlir/AsmParser/AsmParser.h"
#include "quant-opt-c/Npy.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include <cstring>

using namespace quantopt;
using namespace quantopt::reference;

llvm::Expected<Port> quantopt::describePort(const qo_tensor &tensor,
                                            MLIRContext &context) {
  context.loadDialect<qnn::QNNDialect>();
  Port port;
  port.name = tensor.name;
  Type element = parseType(tensor.type, &context);
  if (!element || !getStorage(element))
    return llvm::createStringError(
        "'" + port.name + "' has the unknown type '" + tensor.type + "'");
  auto integer = dyn_cast<IntegerType>(element);
  if (tensor.scale != 0 && integer)
    port.quantization =
        qnn::AffineType::get(integer, tensor.scale, tensor.zero_point);
  port.type = RankedTensorType::get(
      ArrayRef(tensor.shape, static_cast<size_t>(tensor.rank)), element);
  return port;
}

int64_t quantopt::getElementBytes(const qo_tensor &tensor) {
  int64_t elements = 1;
  for (int64_t i = 0; i < tensor.rank; ++i)
    elements *= tensor.shape[i];
  return elements ? tensor.bytes / elements : 0;
}

/// Converts between floats of 32 and of 16 bits, which fits always.
static void convertFloats(qo_type from, const void *source, int64_t count,
                          qo_type to, void *result) {
  if (from == QO_BF16)
    return qo_widen_bf16(source, count, static_cast<float *>(result));
  qo_npy array = {};
  array.type = from;
  array.elements = count;
  qo_error never;
  qo_npy_convert(&array, source, 0, count, to, result, &never);
}

/// The type of a buffer whose elements a tensor holds as floats.
static qo_type getFloatType(const qo_tensor &description) {
  qo_type type = QO_F32;
  qo_type_parse(description.type, &type);
  return type;
}

void quantopt::storeTensor(const Tensor &tensor, const qo_tensor &description,
                           void *buffer) {
  int64_t size = getElementBytes(description);
  auto *bytes = static_cast<char *>(buffer);
  if (tensor.getStorage() == Storage::F32 && size != sizeof(float))
    return convertFloats(QO_F32, tensor.get<float>().data(),
                         tensor.getNumElements(), getFloatType(description),
                         buffer);
  tensor.visit([&](auto data) {
    using T = typename decltype(data)::value_type;
    if (sizeof(T) == size_t(size)) {
      std::memcpy(bytes, data.data(), data.size() * size);
      return;
    }
    for (size_t i = 0; i < data.size(); ++i) {
      auto value = static_cast<int64_t>(data[i]);
      std::memcpy(bytes + i * size, &value, size);
    }
  });
}

Tensor quantopt::fetchTensor(RankedTensorType type,
                             const qo_tensor &description, const void *buffer) {
  Tensor tensor = Tensor::zeros(type);
  int64_t size = getElementBytes(description);
  const auto *bytes = static_cast<const char *>(buffer);
  if (tensor.getStorage() == Storage::F32) {
    void *to = tensor.getMutable<float>().data();
    if (size == sizeof(float))
      std::memcpy(to, bytes, tensor.getNumElements() * sizeof(float));
    else
      convertFloats(getFloatType(description), bytes, tensor.getNumElements(),
                    QO_F32, to);
    return tensor;
  }
  bool isUnsigned = StringRef(description.type).starts_with("u");
  for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i) {
    uint64_t value = 0;
    std::memcpy(&value, bytes + i * size, size);
    int shift = 64 - 8 * int(size);
    tensor.setInteger(i, isUnsigned || shift == 0
                             ? int64_t(value)
                             : int64_t(value << shift) >> shift);
  }
  return tensor;
}
