//===- Ports.cpp - Inputs and outputs of models ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Reference/Ports.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cstring>

using namespace quantopt;
using namespace quantopt::reference;

//===----------------------------------------------------------------------===//
// Ports
//===----------------------------------------------------------------------===//

/// One port of a function.
static llvm::Expected<Port> makePort(Type type, DictionaryAttr attributes,
                                     StringRef kind, size_t index) {
  Attribute name, quantization;
  if (attributes) {
    name = attributes.get(qnn::QNNDialect::getNameAttrName());
    quantization = attributes.get(qnn::QNNDialect::getQuantizationAttrName());
  }
  Port port;
  port.type = dyn_cast<RankedTensorType>(type);
  port.name = (kind + Twine(index)).str();
  if (auto text = dyn_cast_or_null<StringAttr>(name))
    port.name = text.str();
  if (!port.type || !port.type.hasStaticShape() ||
      !getStorage(port.type.getElementType()))
    return llvm::createStringError("the model's " + kind + " '" + port.name +
                                   "' is not a static tensor of a known type");
  port.quantization = dyn_cast<qnn::AffineType>(port.type.getElementType());
  if (auto recorded = dyn_cast_or_null<TypeAttr>(quantization))
    if (port.type.getElementType().isInteger())
      port.quantization = dyn_cast<qnn::AffineType>(recorded.getValue());
  return port;
}

llvm::Expected<SmallVector<Port>>
reference::getInputPorts(func::FuncOp function) {
  SmallVector<Port> ports;
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    auto port = makePort(type, function.getArgAttrDict(i), "input", i);
    if (!port)
      return port.takeError();
    ports.push_back(*port);
  }
  return ports;
}

llvm::Expected<SmallVector<Port>>
reference::getOutputPorts(func::FuncOp function) {
  SmallVector<Port> ports;
  for (auto [i, type] : llvm::enumerate(function.getResultTypes())) {
    auto port = makePort(type, function.getResultAttrDict(i), "output", i);
    if (!port)
      return port.takeError();
    ports.push_back(*port);
  }
  return ports;
}

//===----------------------------------------------------------------------===//
// Elements in files
//===----------------------------------------------------------------------===//

llvm::Expected<qo_type> reference::getFileType(Type elementType) {
  if (auto quantized = dyn_cast<qnn::QuantizedTypeInterface>(elementType))
    elementType = quantized.getStorageType();
  if (isa<Float16Type, BFloat16Type>(elementType))
    return QO_F32; // as the tensor holds it
  if (elementType.isIndex())
    return QO_I64;
  std::string name;
  llvm::raw_string_ostream(name) << elementType;
  qo_type type;
  if (qo_type_parse(name.c_str(), &type))
    return llvm::createStringError("a tensor of '" + name +
                                   "' cannot be kept in a .npy file");
  return type;
}

llvm::Expected<SampleInput> reference::describeForSamples(const Port &port) {
  auto type = getFileType(port.type.getElementType());
  if (!type)
    return type.takeError();
  SampleInput input;
  input.name = port.name;
  input.type = *type;
  input.shape.assign(port.type.getShape().begin(), port.type.getShape().end());
  if (port.quantization && *type != QO_F32) {
    input.scale = port.quantization.getScale();
    input.zeroPoint = static_cast<int32_t>(port.quantization.getZeroPoint());
  }
  return input;
}

/// Copies numbers of one host type to another.
template <typename From, typename To>
static void convertElements(const void *from, MutableArrayRef<To> to) {
  const auto *source = static_cast<const From *>(from);
  for (size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<To>(source[i]);
}

/// Copies numbers of a file's type to a tensor's.
template <typename To>
static void widen(qo_type type, const void *from, MutableArrayRef<To> to) {
  switch (type) {
  case QO_F32:
    return convertElements<float>(from, to);
  case QO_UI8:
    return convertElements<uint8_t>(from, to);
  case QO_I16:
    return convertElements<int16_t>(from, to);
  case QO_UI16:
    return convertElements<uint16_t>(from, to);
  case QO_I32:
    return convertElements<int32_t>(from, to);
  case QO_UI32:
    return convertElements<uint32_t>(from, to);
  case QO_I64:
  case QO_UI64:
    return convertElements<int64_t>(from, to);
  default:
    return convertElements<int8_t>(from, to);
  }
}

Tensor reference::makeTensor(RankedTensorType type, qo_type fileType,
                             const void *bytes) {
  Tensor tensor = Tensor::zeros(type);
  switch (tensor.getStorage()) {
  case Storage::F32:
    widen(fileType, bytes, tensor.getMutable<float>());
    break;
  case Storage::I8:
    widen(fileType, bytes, tensor.getMutable<int8_t>());
    break;
  case Storage::I32:
    widen(fileType, bytes, tensor.getMutable<int32_t>());
    break;
  case Storage::I64:
    widen(fileType, bytes, tensor.getMutable<int64_t>());
    break;
  }
  return tensor;
}

Tensor reference::quantizeTensor(const Tensor &reals,
                                 qnn::AffineType quantization,
                                 RankedTensorType type) {
  Tensor result = Tensor::zeros(type);
  float scale = quantization.getScale();
  int64_t zeroPoint = quantization.getZeroPoint(),
          min = quantization.getStorageMin(),
          max = quantization.getStorageMax();
  for (auto [i, x] : llvm::enumerate(reals.get<float>()))
    result.setInteger(i, quantizeValue(x, scale, zeroPoint, min, max));
  return result;
}

/// The bytes of a tensor's integers in a file of this type.
static std::vector<char> narrow(const Tensor &tensor, qo_type type) {
  int64_t size = qo_type_bytes(type);
  std::vector<char> bytes(tensor.getNumElements() * size);
  tensor.visit([&](auto data) {
    for (size_t i = 0; i < data.size(); ++i) {
      auto value = static_cast<int64_t>(data[i]); // its low bytes come first
      std::memcpy(bytes.data() + i * size, &value, size);
    }
  });
  return bytes;
}

llvm::Error reference::writeTensor(StringRef path, const Tensor &tensor,
                                   ArrayRef<int64_t> shape) {
  auto type = getFileType(tensor.getElementType());
  if (!type)
    return type.takeError();
  if (tensor.getStorage() == Storage::F32)
    return writeNpy(path, shape, tensor.get<float>());
  return writeNpy(path, *type, shape, narrow(tensor, *type));
}

//===----------------------------------------------------------------------===//
// Samples
//===----------------------------------------------------------------------===//

/// The port as its file holds it: in real numbers where those are quantized.
static Port getFilePort(Port port, bool quantize) {
  if (quantize && port.quantization)
    port.type = port.type.clone(Float32Type::get(port.type.getContext()));
  return port;
}

llvm::Expected<std::unique_ptr<TensorSamples>>
TensorSamples::open(ArrayRef<Port> ports, ArrayRef<std::string> arguments,
                    bool quantize) {
  SmallVector<SampleInput> inputs;
  for (const Port &port : ports) {
    auto input = describeForSamples(getFilePort(port, quantize));
    if (!input)
      return input.takeError();
    inputs.push_back(*input);
  }
  auto set = SampleSet::open(arguments, inputs);
  if (!set)
    return set.takeError();
  std::unique_ptr<TensorSamples> result(new TensorSamples(std::move(*set)));
  result->ports.assign(ports.begin(), ports.end());
  result->quantize = quantize;
  result->numRuns = ports.empty() ? 1 : result->samples.size();
  if (!ports.empty() && ports[0].type.getRank() > 0)
    result->batch = ports[0].type.getDimSize(0);
  return result;
}

llvm::Expected<SmallVector<Tensor>> TensorSamples::load(int64_t run) {
  SmallVector<Tensor> tensors;
  for (auto [i, port] : llvm::enumerate(ports)) {
    const SampleInput &input = samples.getInputs()[i];
    std::vector<char> bytes(input.getNumBytes());
    {
      std::lock_guard<std::mutex> lock(mutex);
      if (llvm::Error error = samples.read(run, i, bytes.data()))
        return std::move(error);
    }
    Tensor tensor =
        makeTensor(getFilePort(port, quantize).type, input.type, bytes.data());
    if (tensor.getType() != port.type)
      tensor = quantizeTensor(tensor, port.quantization, port.type);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}
