//===- Model.cpp - What a TFLite file says --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using namespace quantopt::tflite;
using llvm::Error;

namespace {
/// The numbers of fields in the tables of the format.
namespace field {
enum ModelFields { Version, OperatorCodes, Subgraphs, Description, Buffers };
enum CodeFields { OldCode, CustomCode, CodeVersion, Code };
enum SubgraphFields { Tensors, Inputs, Outputs, Operators };
enum TensorFields {
  Shape,
  Type,
  Buffer,
  Name,
  Quantization,
  IsVariable,
  Sparsity,
  ShapeSignature,
  ExternalBuffer = 10
};
enum QuantizationFields {
  Min,
  Max,
  Scale,
  ZeroPoint,
  DetailsType,
  Details,
  Axis
};
enum BufferFields { Data, Offset, Size };
enum OperatorFields { CodeIndex, OpInputs, OpOutputs, OptionsType, Options };
} // namespace field

struct TypeRow {
  ElementType type;
  StringLiteral name;
  unsigned bits;
};
} // namespace

static constexpr TypeRow kTypes[] = {
    {ElementType::Float32, "FLOAT32", 32},
    {ElementType::Float16, "FLOAT16", 16},
    {ElementType::Int32, "INT32", 32},
    {ElementType::UInt8, "UINT8", 8},
    {ElementType::Int64, "INT64", 64},
    {ElementType::String, "STRING", 0},
    {ElementType::Bool, "BOOL", 8},
    {ElementType::Int16, "INT16", 16},
    {ElementType::Complex64, "COMPLEX64", 0},
    {ElementType::Int8, "INT8", 8},
    {ElementType::Float64, "FLOAT64", 64},
    {ElementType::Complex128, "COMPLEX128", 0},
    {ElementType::UInt64, "UINT64", 64},
    {ElementType::Resource, "RESOURCE", 0},
    {ElementType::Variant, "VARIANT", 0},
    {ElementType::UInt32, "UINT32", 32},
    {ElementType::UInt16, "UINT16", 16},
    {ElementType::Int4, "INT4", 4},
};

static const TypeRow *findType(ElementType type) {
  for (const TypeRow &row : kTypes)
    if (row.type == type)
      return &row;
  return nullptr;
}

std::string tflite::getName(ElementType type) {
  if (const TypeRow *row = findType(type))
    return row->name.str();
  return "number " + std::to_string(int(type));
}

unsigned tflite::getBits(ElementType type) {
  const TypeRow *row = findType(type);
  return row ? row->bits : 0;
}

IntegerType tflite::getStorageType(ElementType type, MLIRContext *context) {
  switch (type) {
  case ElementType::Int4:
  case ElementType::Int8:
  case ElementType::Int16:
    return IntegerType::get(context, getBits(type));
  case ElementType::UInt8:
    return IntegerType::get(context, 8, IntegerType::Unsigned);
  default:
    return {};
  }
}

int64_t Tensor::getNumElements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
class Reader {
public:
  explicit Reader(FlatFile &file) : file(file) {}

  llvm::Expected<Model> read();

private:
  Error readTensors(FlatTable subgraph);
  Error readTensor(FlatTable table, Tensor &tensor);
  Error readShape(FlatTable table, Tensor &tensor);
  Error readData(FlatTable table, Tensor &tensor);
  Error readQuantization(FlatTable table, Tensor &tensor);
  Error readOperators(FlatTable subgraph);
  Error checkIndices(FlatVector<int32_t> indices, int64_t low,
                     const Twine &what);
  /// The problem of the file, if it has one by now.
  Error checkFile() {
    if (file.getProblem().empty())
      return Error::success();
    return llvm::createStringError("is damaged: " + file.getProblem());
  }

  FlatFile &file;
  FlatTable root;
  FlatVector<uint32_t> buffers;
  Model model;
};
} // namespace

Error Reader::checkIndices(FlatVector<int32_t> indices, int64_t low,
                           const Twine &what) {
  for (size_t i = 0; i < indices.size(); ++i)
    if (indices[i] < low || indices[i] >= int64_t(model.tensors.size()))
      return llvm::createStringError("is damaged: " + what + " are tensor " +
                                     Twine(indices[i]) + " of " +
                                     Twine(model.tensors.size()));
  return Error::success();
}

Error Reader::readShape(FlatTable table, Tensor &tensor) {
  auto shape = table.getVector<int32_t>(field::Shape);
  if (shape.size() > kMaxRank)
    return llvm::createStringError(
        "tensor '" + tensor.name + "' has " + Twine(shape.size()) +
        " dimensions; expected at most " + Twine(kMaxRank));
  int64_t count = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t size = shape[i];
    if (size < 0 || (size > 0 && count > kMaxElements / size))
      return llvm::createStringError(
          "tensor '" + tensor.name + "' has a dimension of size " +
          Twine(size) + ", which is negative or too large");
    count *= std::max<int64_t>(size, 1);
    tensor.shape.push_back(size);
  }
  auto signature = table.getVector<int32_t>(field::ShapeSignature);
  for (size_t i = 0; i < signature.size(); ++i)
    tensor.hasOpenShape |= signature[i] < 0;
  return Error::success();
}

Error Reader::readData(FlatTable table, Tensor &tensor) {
  auto index = table.get<uint32_t>(field::Buffer, 0);
  if (table.getTable(field::Sparsity))
    tensor.obstacle = "sparse constants; store them dense";
  else if (table.get<uint32_t>(field::ExternalBuffer, 0) != 0)
    tensor.obstacle = "constants outside of the file";
  if (index == 0)
    return Error::success();
  if (index >= buffers.size())
    return llvm::createStringError("tensor '" + tensor.name +
                                   "' is in buffer " + Twine(index) + " of " +
                                   Twine(buffers.size()));
  FlatTable buffer = root.getTableAt(buffers, index);
  ArrayRef<uint8_t> data = buffer.getVector<uint8_t>(field::Data).getBytes();
  // Files of more than 2 GB keep elements behind the tables.
  if (buffer.get<uint64_t>(field::Offset, 0) > 1)
    tensor.obstacle = "constants behind the end of the model's tables";
  if (data.empty())
    return checkFile();
  uint64_t bits = getBits(tensor.type);
  uint64_t expected =
      llvm::divideCeil(uint64_t(tensor.getNumElements()) * bits, 8);
  if (bits != 0 && tensor.obstacle.empty() && data.size() != expected)
    return llvm::createStringError(
        "tensor '" + tensor.name + "' has " + Twine(data.size()) +
        " bytes of data; its shape asks for " + Twine(expected));
  tensor.data = data;
  return checkFile();
}

Error Reader::readQuantization(FlatTable table, Tensor &tensor) {
  FlatTable quantization = table.getTable(field::Quantization);
  tensor.scales = quantization.getVector<float>(field::Scale);
  tensor.zeroPoints = quantization.getVector<int64_t>(field::ZeroPoint);
  tensor.axis = quantization.get<int32_t>(field::Axis, 0);
  size_t count = tensor.scales.size();
  if (!tensor.zeroPoints.empty() && tensor.zeroPoints.size() != count)
    return llvm::createStringError(
        "tensor '" + tensor.name + "' has " + Twine(count) + " scales and " +
        Twine(tensor.zeroPoints.size()) + " zero points");
  if (count < 2)
    return Error::success();
  bool isAxis = tensor.axis >= 0 && tensor.axis < int64_t(tensor.shape.size());
  if (!isAxis || tensor.shape[tensor.axis] != int64_t(count))
    return llvm::createStringError("tensor '" + tensor.name + "' has " +
                                   Twine(count) + " scales, which dimension " +
                                   Twine(tensor.axis) + " does not have");
  return Error::success();
}

Error Reader::readTensor(FlatTable table, Tensor &tensor) {
  tensor.name = table.getString(field::Name).str();
  tensor.type = ElementType(table.get<int8_t>(field::Type, 0));
  tensor.isVariable = table.get<uint8_t>(field::IsVariable, 0) != 0;
  if (Error error = readShape(table, tensor))
    return error;
  if (Error error = readData(table, tensor))
    return error;
  return readQuantization(table, tensor);
}

Error Reader::readTensors(FlatTable subgraph) {
  buffers = root.getTables(field::Buffers);
  FlatVector<uint32_t> tables = subgraph.getTables(field::Tensors);
  uint64_t nameBytes = 0;
  for (size_t i = 0; i < tables.size(); ++i) {
    Tensor tensor;
    if (Error error = readTensor(subgraph.getTableAt(tables, i), tensor))
      return error;
    if (Error error = checkFile())
      return error;
    // All tables of a damaged file may share one long name.
    nameBytes += tensor.name.size();
    if (nameBytes > 2 * file.getBytes().size())
      return llvm::createStringError("is damaged: names overlap");
    if (tensor.name.empty())
      tensor.name = "tensor_" + std::to_string(i);
    model.tensors.push_back(std::move(tensor));
  }
  return Error::success();
}

Error Reader::readOperators(FlatTable subgraph) {
  FlatVector<uint32_t> codes = root.getTables(field::OperatorCodes);
  FlatVector<uint32_t> tables = subgraph.getTables(field::Operators);
  for (size_t i = 0; i < tables.size(); ++i) {
    FlatTable table = subgraph.getTableAt(tables, i);
    Operator op;
    auto index = table.get<uint32_t>(field::CodeIndex, 0);
    if (index >= codes.size())
      return llvm::createStringError("is damaged: operator " + Twine(i) +
                                     " has code " + Twine(index) + " of " +
                                     Twine(codes.size()));
    FlatTable code = root.getTableAt(codes, index);
    // Numbers above 127 are in a field that old readers do not know.
    op.code = std::max<int32_t>(code.get<int8_t>(field::OldCode, 0),
                                code.get<int32_t>(field::Code, 0));
    op.customCode = code.getString(field::CustomCode);
    op.inputs = table.getVector<int32_t>(field::OpInputs);
    op.outputs = table.getVector<int32_t>(field::OpOutputs);
    op.options = table.getTable(field::Options);
    if (Error error = checkFile())
      return error;
    std::string name = ("inputs of operator " + Twine(i)).str();
    if (Error error = checkIndices(op.inputs, -1, name))
      return error;
    name = ("outputs of operator " + Twine(i)).str();
    if (Error error = checkIndices(op.outputs, 0, name))
      return error;
    model.operators.push_back(op);
  }
  return Error::success();
}

llvm::Expected<Model> Reader::read() {
  ArrayRef<uint8_t> bytes = file.getBytes();
  constexpr StringLiteral identifier("TFL3");
  if (bytes.size() < 8 ||
      StringRef(reinterpret_cast<const char *>(bytes.data()) + 4, 4) !=
          identifier)
    return llvm::createStringError("is not a TFLite model");
  root = FlatTable::getRoot(file);
  auto version = root.get<uint32_t>(field::Version, 0);
  FlatVector<uint32_t> subgraphs = root.getTables(field::Subgraphs);
  if (Error error = checkFile())
    return std::move(error);
  if (version != 3)
    return llvm::createStringError("has format version " + Twine(version) +
                                   "; expected 3");
  if (subgraphs.empty())
    return llvm::createStringError("has no subgraph");
  FlatTable subgraph = root.getTableAt(subgraphs, 0);
  if (Error error = readTensors(subgraph))
    return std::move(error);
  if (Error error = readOperators(subgraph))
    return std::move(error);
  model.inputs = subgraph.getVector<int32_t>(field::Inputs);
  model.outputs = subgraph.getVector<int32_t>(field::Outputs);
  if (Error error = checkFile())
    return std::move(error);
  if (Error error = checkIndices(model.inputs, 0, "inputs of the model"))
    return std::move(error);
  if (Error error = checkIndices(model.outputs, 0, "outputs of the model"))
    return std::move(error);
  return std::move(model);
}

llvm::Expected<Model> tflite::readModel(FlatFile &file) {
  return Reader(file).read();
}
