//===- GraphExporter.cpp - From a module to a graph of nodes --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::AttributeProto;
using onnxfile::NodeProto;
using onnxfile::TensorProto;

ArrayRef<int64_t> quantopt::onnx::shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

std::optional<StoredType> quantopt::onnx::getStoredType(Type type) {
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer)
    return std::nullopt;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 4:
    return isUnsigned ? UInt4Tensor : Int4Tensor;
  case 8:
    return isUnsigned ? UInt8Tensor : Int8Tensor;
  case 16:
    return isUnsigned ? UInt16Tensor : Int16Tensor;
  default:
    return std::nullopt;
  }
}

GraphExporter::GraphExporter(ModuleOp module) : module(module) {
  constexpr int64_t kFormatVersion = 10; // the first with 4-bit integers
  model.set_ir_version(kFormatVersion);
  model.set_producer_name("quant-opt");
  auto &opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kExportedOpset);
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

std::string GraphExporter::makeName(StringRef wish) {
  std::string name = wish.empty() ? "value" : wish.str();
  int64_t &count = usedNames[name];
  if (count++ == 0)
    return name;
  return makeName((name + "_" + Twine(count)).str());
}

/// What the source calls an op, or the op's own name.
static StringRef getSourceName(Operation *op) {
  if (auto name = dyn_cast<NameLoc>(op->getLoc()))
    return name.getName();
  return op->getName().stripDialect();
}

bool GraphExporter::isChannelsFirst(Value value) const {
  auto found = names.find(value);
  return found != names.end() && found->second.last.empty() &&
         !found->second.first.empty();
}

std::string GraphExporter::get(Value value) {
  if (!names[value].last.empty())
    return names[value].last;
  if (DenseElementsAttr attr = qnn::getFloatConstant(value))
    return names[value].last =
               addFloats(shapeOf(value), qnn::getFloatElements(attr), "const");
  std::string first = names[value].first;
  NodeProto &node = add("Transpose", first, value.getDefiningOp());
  setInts(node, "perm", kChannelsLast);
  return names[value].last = node.output(0);
}

std::string GraphExporter::getChannelsFirst(Value value) {
  if (!names[value].first.empty())
    return names[value].first;
  std::string last = get(value);
  NodeProto &node = add("Transpose", last, value.getDefiningOp());
  setInts(node, "perm", kChannelsFirst);
  return names[value].first = node.output(0);
}

//===----------------------------------------------------------------------===//
// Nodes and constants
//===----------------------------------------------------------------------===//

NodeProto &GraphExporter::add(StringRef kind, ArrayRef<std::string> inputs,
                              Operation *op, unsigned outputs) {
  NodeProto &node = *model.mutable_graph()->add_node();
  StringRef wish = op ? getSourceName(op) : "input";
  node.set_op_type(kind.str());
  for (const std::string &input : inputs)
    node.add_input(input);
  for (unsigned i = 0; i < outputs; ++i)
    node.add_output(makeName((wish + "_" + kind.lower()).str()));
  node.set_name(node.output(0));
  return node;
}

/// A new attribute of a type of the format.
static AttributeProto &addAttribute(NodeProto &node, StringRef name,
                                    int32_t type) {
  AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name.str());
  attribute.set_type(type);
  return attribute;
}

void GraphExporter::setFloat(NodeProto &node, StringRef name, float value) {
  addAttribute(node, name, 1).set_f(value);
}

void GraphExporter::setInt(NodeProto &node, StringRef name, int64_t value) {
  addAttribute(node, name, 2).set_i(value);
}

void GraphExporter::setInts(NodeProto &node, StringRef name,
                            ArrayRef<int64_t> values) {
  AttributeProto &attribute = addAttribute(node, name, 7);
  for (int64_t value : values)
    attribute.add_ints(value);
}

TensorProto &GraphExporter::addTensor(StoredType type, ArrayRef<int64_t> shape,
                                      StringRef wish) {
  TensorProto &tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(makeName(wish));
  tensor.set_data_type(type);
  for (int64_t size : shape)
    tensor.add_dims(size);
  return tensor;
}

std::string GraphExporter::addFloats(ArrayRef<int64_t> shape,
                                     ArrayRef<float> values, StringRef wish) {
  TensorProto &tensor = addTensor(FloatTensor, shape, wish);
  tensor.set_raw_data(values.data(), values.size() * sizeof(float));
  return tensor.name();
}

std::string GraphExporter::addIndices(ArrayRef<int64_t> values,
                                      StringRef wish) {
  return addIntegers(Int64Tensor, int64_t(values.size()), values, wish);
}

/// Bits of an element in the format's raw data.
static unsigned getRawBits(StoredType type) {
  switch (type) {
  case UInt4Tensor:
  case Int4Tensor:
    return 4;
  case UInt8Tensor:
  case Int8Tensor:
    return 8;
  case Int64Tensor:
    return 64;
  case Int32Tensor:
    return 32;
  default:
    return 16;
  }
}

std::string GraphExporter::addIntegers(StoredType type, ArrayRef<int64_t> shape,
                                       ArrayRef<int64_t> values,
                                       StringRef wish) {
  unsigned bits = getRawBits(type);
  std::string raw;
  if (bits == 4) {
    // The first of two elements has the low half of a byte.
    raw.resize((values.size() + 1) / 2);
    for (auto [i, value] : llvm::enumerate(values))
      raw[i / 2] |= char((value & 15) << (i % 2 * 4));
  } else {
    for (int64_t value : values)
      for (unsigned bit = 0; bit < bits; bit += 8)
        raw += char(uint64_t(value) >> bit & 255);
  }
  TensorProto &tensor = addTensor(type, shape, wish);
  tensor.set_raw_data(raw);
  return tensor.name();
}

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

/// Declares an input or output of the graph.
static LogicalResult declare(func::FuncOp main, Type type, StringRef name,
                             onnxfile::ValueInfoProto &info) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  if (auto affine = dyn_cast<qnn::AffineType>(element))
    element = affine.getStorageType();
  std::optional<StoredType> kind = getStoredType(element);
  if (element.isF32())
    kind = FloatTensor;
  if (!kind)
    return main.emitError("cannot be written as ONNX: '")
           << name << "' has elements of type " << element;
  info.set_name(name.str());
  auto &proto = *info.mutable_type()->mutable_tensor_type();
  proto.set_elem_type(*kind);
  for (int64_t size : tensor.getShape())
    proto.mutable_shape()->add_dim()->set_dim_value(size);
  return success();
}

/// The model's name of an argument or result.
static std::string getBorderName(StringAttr attr, StringRef kind, unsigned i) {
  return attr ? attr.str() : (kind + Twine(i)).str();
}

LogicalResult GraphExporter::writeInputs() {
  StringRef attrName = qnn::QNNDialect::getNameAttrName();
  // Names at the border are what users see: nothing else gets them.
  for (unsigned i = 0; i < main.getNumResults(); ++i)
    ++usedNames[getBorderName(main.getResultAttrOfType<StringAttr>(i, attrName),
                              "output", i)];
  for (BlockArgument argument : main.getArguments()) {
    unsigned i = argument.getArgNumber();
    std::string name = getBorderName(
        main.getArgAttrOfType<StringAttr>(i, attrName), "input", i);
    ++usedNames[name];
    set(argument, name);
    if (failed(declare(main, argument.getType(), name,
                       *model.mutable_graph()->add_input())))
      return failure();
  }
  return success();
}

LogicalResult GraphExporter::writeOutputs(Operation *terminator) {
  StringRef attrName = qnn::QNNDialect::getNameAttrName();
  for (auto [i, value] : llvm::enumerate(terminator->getOperands())) {
    std::string name = getBorderName(
        main.getResultAttrOfType<StringAttr>(i, attrName), "output", i);
    if (failed(declare(main, value.getType(), name,
                       *model.mutable_graph()->add_output())))
      return failure();
    std::string source = get(value);
    NodeProto &node = *model.mutable_graph()->add_node();
    node.set_op_type("Identity");
    node.set_name(makeName(name + "_identity"));
    node.add_input(source);
    node.add_output(name);
  }
  return success();
}

LogicalResult GraphExporter::writeOp(Operation *op) {
  // Written where they are used.
  if (isa<qnn::ConstantOp>(op) ||
      (isa<arith::ConstantOp>(op) && qnn::getFloatConstant(op->getResult(0))))
    return success();
  for (ArrayRef<WriterRow> family :
       {getContractionWriters(), getElementwiseWriters(), getMovementWriters(),
        getQuantizationWriters()})
    for (const WriterRow &row : family)
      if (row.op == op->getName().getStringRef())
        return row.write(*this, op);
  return op->emitError("cannot be written as ONNX: there is no operator for '")
         << op->getName() << "'; export the model after phase 'quantize'";
}

LogicalResult GraphExporter::run() {
  main = module.lookupSymbol<func::FuncOp>("main");
  if (!main || main.isExternal() || !main.getBody().hasOneBlock())
    return module.emitError("expected a function '@main' with a body");
  auto name =
      module->getAttrOfType<StringAttr>(qnn::QNNDialect::getNameAttrName());
  model.mutable_graph()->set_name(name ? name.str() : "model");
  if (failed(writeInputs()))
    return failure();
  bool complete = true;
  Block &body = main.getBody().front();
  for (Operation &op : body.without_terminator())
    complete &= succeeded(writeOp(&op));
  return success(complete && succeeded(writeOutputs(body.getTerminator())));
}
