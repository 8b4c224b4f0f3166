//===- GraphImporter.cpp - From a parsed model to a module ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"
#include "IntegerProducts.h"
#include "NodeOrder.h"
#include "OpTable.h"
#include "QuantizedOps.h"
#include "TensorReader.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::NodeProto;
using onnxfile::ValueInfoProto;

/// The domain as the table writes it.
static StringRef normalizeDomain(StringRef domain) {
  return domain == "ai.onnx" ? StringRef() : domain;
}

GraphImporter::GraphImporter(onnxfile::ModelProto &model,
                             const ModelSource &source,
                             const OnnxImportOptions &options,
                             MLIRContext *context)
    : model(model), source(source), options(options), context(context),
      builder(context) {}

InFlightDiagnostic GraphImporter::emitError() const {
  return mlir::emitError(FileLineColLoc::get(context, source.name, 0, 0));
}

void GraphImporter::refuse(const NodeProto &node, const Twine &reason) {
  std::string op = node.op_type();
  if (!normalizeDomain(node.domain()).empty())
    op = node.domain() + "." + op;
  unsupported.push_back({getNodeName(node), op, reason.str()});
}

//===----------------------------------------------------------------------===//
// Header and constants
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::readVersions() {
  if (!model.has_graph() || !model.has_ir_version())
    return emitError() << "is not an ONNX model: it has no "
                       << (model.has_graph() ? "format version" : "graph");
  if (model.ir_version() < 3)
    return emitError() << "format version " << model.ir_version()
                       << " is too old; expected 3 or newer";
  for (const auto &entry : model.opset_import())
    opsets[normalizeDomain(entry.domain())] = entry.version();
  auto standard = opsets.find("");
  if (standard == opsets.end()) {
    for (const NodeProto &node : model.graph().node())
      if (normalizeDomain(node.domain()).empty())
        return emitError() << "does not say which operator set it uses";
    return success();
  }
  if (standard->second < oldestOpset)
    return emitError() << "operator set " << standard->second
                       << " is too old; expected " << oldestOpset
                       << " or newer: convert the model with "
                          "onnx.version_converter";
  return success();
}

LogicalResult GraphImporter::readInitializers() {
  onnxfile::GraphProto &graph = *model.mutable_graph();
  if (graph.sparse_initializer_size() != 0)
    unsupported.push_back({graph.sparse_initializer(0).values().name(),
                           "sparse_initializer",
                           "sparse constants; store them dense"});
  std::optional<StringRef> folder;
  if (source.folder)
    folder = *source.folder;
  for (onnxfile::TensorProto &tensor : *graph.mutable_initializer()) {
    const std::string &name = tensor.name();
    if (name.empty())
      return emitError() << "an initializer has no name";
    if (!initializers.insert(name).second)
      return emitError() << "initializer '" << name << "' is defined twice";
    if (!usedNames.contains(name))
      continue;
    auto type = static_cast<ElementType>(tensor.data_type());
    if (getByteSize(type) == 0) {
      unsupported.push_back({name, "initializer",
                             "element type " + getName(type).str() + " (" +
                                 std::to_string(tensor.data_type()) + ")"});
      values[name] = ImportValue::refused();
      continue;
    }
    llvm::Expected<HostTensor> value = readTensor(tensor, folder);
    if (!value)
      return emitError() << "initializer '" << name
                         << "': " << llvm::toString(value.takeError());
    values[name] = ImportValue(std::move(*value));
    // The elements now live in the value.
    tensor.clear_raw_data();
    tensor.clear_float_data();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// The declared dimensions as text, symbols by name, for messages.
static std::string formatDeclared(const onnxfile::TensorShapeProto &shape) {
  std::string text = "[";
  for (const auto &dim : shape.dim()) {
    if (text.size() > 1)
      text += ", ";
    if (dim.has_dim_value())
      text += std::to_string(dim.dim_value());
    else
      text += dim.dim_param().empty() ? "?" : dim.dim_param();
  }
  return text + "]";
}

/// Whether the dimension is a number that a tensor can have.
static bool isFixed(const onnxfile::TensorShapeProto::Dimension &dim) {
  return dim.has_dim_value() && dim.dim_value() >= 0;
}

/// "x:1x3x8x8" for a suggestion, with `N` for what the user must fill in.
static std::string suggestShape(const ValueInfoProto &input) {
  std::string text = input.name() + ":";
  bool isFirst = true;
  for (const auto &dim : input.type().tensor_type().shape().dim()) {
    text += isFirst ? "" : "x";
    if (isFixed(dim))
      text += std::to_string(dim.dim_value());
    else
      text += isFirst ? "1" : "N";
    isFirst = false;
  }
  return text;
}

FailureOr<SmallVector<int64_t>>
GraphImporter::checkGivenShape(const ValueInfoProto &input,
                               ArrayRef<int64_t> given) {
  const auto &type = input.type().tensor_type();
  const auto &dims = type.shape().dim();
  bool agrees = !type.has_shape() || dims.size() == int64_t(given.size());
  for (int i = 0; agrees && type.has_shape() && i < dims.size(); ++i)
    agrees = !isFixed(dims[i]) || dims[i].dim_value() == given[i];
  bool positive = llvm::all_of(given, [](int64_t size) { return size > 0; });
  if (!agrees || !positive || !getNumElements(given)) {
    emitError() << "input '" << input.name() << "' has the shape "
                << formatDeclared(type.shape()) << ", which the given shape "
                << formatShape(given) << " does not fit";
    return failure();
  }
  return SmallVector<int64_t>(given);
}

FailureOr<int64_t> GraphImporter::getLeadingSize(StringRef input,
                                                 const std::string &symbol) {
  if (options.batch > 0)
    return options.batch;
  mlir::emitRemark(FileLineColLoc::get(context, source.name, 0, 0))
      << "input '" << input << "': symbolic leading dimension '"
      << (symbol.empty() ? "?" : symbol)
      << "' is compiled as 1; choose another with '--batch'";
  return 1;
}

FailureOr<SmallVector<int64_t>>
GraphImporter::getInputShape(const ValueInfoProto &input) {
  auto given = options.inputShapes.find(input.name());
  if (given == options.inputShapes.end())
    given = options.inputShapes.find("");
  if (given != options.inputShapes.end())
    return checkGivenShape(input, given->second);
  const auto &type = input.type().tensor_type();
  if (!type.has_shape()) {
    emitError() << "input '" << input.name()
                << "' has no shape; give it with '--input-shape="
                << input.name() << ":...'";
    return failure();
  }
  SmallVector<int64_t> shape;
  for (const auto &dim : type.shape().dim()) {
    if (isFixed(dim)) {
      shape.push_back(dim.dim_value());
      continue;
    }
    if (!shape.empty()) {
      emitError() << "input '" << input.name() << "' has the shape "
                  << formatDeclared(type.shape())
                  << " with a symbolic dimension " << shape.size()
                  << "; fix it with '--input-shape=" << suggestShape(input)
                  << "'";
      return failure();
    }
    FailureOr<int64_t> size = getLeadingSize(input.name(), dim.dim_param());
    if (failed(size))
      return failure();
    shape.push_back(*size);
  }
  if (!getNumElements(shape)) {
    emitError() << "input '" << input.name() << "' has the shape "
                << formatShape(shape) << ", which is too large";
    return failure();
  }
  return shape;
}

LogicalResult GraphImporter::defineInput(const ValueInfoProto &input) {
  const std::string &name = input.name();
  if (name.empty())
    return emitError() << "an input has no name";
  if (values.count(name))
    return emitError() << "input '" << name << "' is defined twice";
  ImportValue &value = values[name];
  auto refuseInput = [&](const Twine &reason) {
    value = ImportValue::refused();
    if (usedNames.contains(name))
      unsupported.push_back({name, "input", reason.str()});
    return success();
  };
  if (!input.type().has_tensor_type())
    return refuseInput("is not a dense tensor");
  auto type = static_cast<ElementType>(input.type().tensor_type().elem_type());
  Type element = getStorageType(type, context);
  if (type == ElementType::Float)
    element = builder.getF32Type();
  if (!element)
    return refuseInput("element type " + getName(type) +
                       " (expected float, or "
                       "an integer of at most 16 bits that is dequantized)");
  FailureOr<SmallVector<int64_t>> shape = getInputShape(input);
  if (failed(shape))
    return failure();
  if (llvm::is_contained(*shape, 0))
    return refuseInput("is a tensor without elements");
  value = ImportValue(
      module->addInput(RankedTensorType::get(*shape, element), name));
  return success();
}

LogicalResult GraphImporter::checkOptions() {
  SmallVector<StringRef> names;
  for (const ValueInfoProto &input : model.graph().input())
    if (!initializers.contains(input.name()))
      names.push_back(input.name());
  for (const auto &given : options.inputShapes) {
    StringRef name = given.first();
    if (name.empty() && names.size() != 1)
      return emitError() << "has " << names.size()
                         << " inputs: '--input-shape' needs a name";
    if (!name.empty() && !llvm::is_contained(names, name))
      return emitError() << "has no input '" << name
                         << "' that '--input-shape' could fix";
  }
  return success();
}

LogicalResult GraphImporter::defineInputs() {
  if (failed(checkOptions()))
    return failure();
  for (const ValueInfoProto &input : model.graph().input())
    if (!initializers.contains(input.name()) && failed(defineInput(input)))
      return failure();
  auto isBatched = [&](Value input) {
    ArrayRef<int64_t> shape = getShape(input);
    return !shape.empty() && shape.front() == options.batch;
  };
  ValueRange inputs = module->getInputs();
  if (options.batch > 0 && !inputs.empty() && llvm::none_of(inputs, isBatched))
    return emitError() << "'--batch=" << options.batch
                       << "' needs an input that leaves its leading dimension "
                          "open, but input '"
                       << module->getInputName(0) << "' has the shape "
                       << formatShape(getShape(inputs.front()));
  return success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

LogicalResult GraphImporter::finish(NodeImporter &op, const NodeProto &node,
                                    bool succeeded) {
  if (op.isMalformed() || (!succeeded && !op.isUnsupported()))
    return emitError() << "node '" << getNodeName(node) << "' ("
                       << node.op_type() << "): "
                       << (op.isMalformed() ? op.getProblem()
                                            : StringRef("cannot be imported"));
  bool refused = op.isUnsupported();
  if (refused)
    refuse(node, op.getObstacle());
  for (auto [i, name] : llvm::enumerate(node.output())) {
    if (name.empty())
      continue;
    ImportValue result = op.getResults()[i];
    if (!refused && result.kind == ImportValue::Kind::Missing &&
        usedNames.contains(name)) {
      refuse(node, "its output " + Twine(i) + " is used");
      refused = true;
    }
    values[name] = refused ? ImportValue::refused() : std::move(result);
  }
  return success();
}

bool GraphImporter::isFunction(const NodeProto &node) const {
  return llvm::any_of(model.functions(), [&](const auto &function) {
    return function.name() == node.op_type() &&
           function.domain() == node.domain();
  });
}

LogicalResult GraphImporter::importNode(const NodeProto &node) {
  SmallVector<ImportValue> inputs;
  bool readsRefused = false;
  for (const std::string &name : node.input()) {
    inputs.push_back(name.empty() ? ImportValue() : values[name]);
    readsRefused |= inputs.back().kind == ImportValue::Kind::Refused;
  }
  StringRef domain = normalizeDomain(node.domain());
  auto opset = opsets.find(domain);
  int64_t version = opset == opsets.end() ? 1 : opset->second;
  auto location = NameLoc::get(builder.getStringAttr(getNodeName(node)));
  NodeImporter op(node, version, std::move(inputs), builder, location);
  const OpRow *row = findOp(domain, node.op_type());
  if (!row)
    (void)op.unsupported(isFunction(node)
                             ? "function of the model; inline it first, for "
                               "example with onnx.inliner"
                             : "unknown operator");
  else if (domain.empty() && version < row->since && row->since > oldestOpset)
    return emitError() << "node '" << getNodeName(node) << "': operator "
                       << node.op_type() << " exists since operator set "
                       << row->since << ", but the model uses " << version;
  else if (domain.empty() && version > row->until)
    (void)op.unsupported("operator set " + Twine(version) +
                         " is newer than the newest known, " +
                         Twine(row->until));
  if (op.isUnsupported())
    return finish(op, node, /*succeeded=*/false);
  if (!readsRefused)
    return finish(op, node, succeeded(row->handler(op)));
  // Listed already through the node that the value comes from.
  for (const std::string &name : node.output())
    values[name] = ImportValue::refused();
  return success();
}

//===----------------------------------------------------------------------===//
// The module
//===----------------------------------------------------------------------===//

void GraphImporter::defineOutputs() {
  static const NodeProto none;
  for (const ValueInfoProto &output : model.graph().output()) {
    const ImportValue &value = values[output.name()];
    auto location = NameLoc::get(builder.getStringAttr(output.name()));
    NodeImporter op(none, 0, {}, builder, location);
    FailureOr<Value> result = failure();
    if (value.kind != ImportValue::Kind::Refused)
      result = op.toTensor(value);
    if (failed(result)) {
      if (value.kind != ImportValue::Kind::Refused)
        unsupported.push_back({output.name(), "output",
                               value.isHost()
                                   ? "integers that are known at import"
                                   : op.getObstacle().str()});
      continue;
    }
    module->addOutput(*result, output.name());
  }
}

/// Notes whose integers the model brings if it rounds any.
static void recordEngine(ModuleOp module) {
  WalkResult found =
      module.walk([](qnn::QuantizeOp) { return WalkResult::interrupt(); });
  if (found.wasInterrupted())
    module->setAttr(
        qnn::getEngineAttrName(),
        StringAttr::get(module.getContext(), qnn::getOnnxRuntimeName()));
}

FailureOr<OwningOpRef<ModuleOp>> GraphImporter::run() {
  if (failed(readVersions()))
    return failure();
  if (model.graph().output_size() == 0) {
    emitError() << "the graph has no outputs";
    return failure();
  }
  expandQuantizedOps(*model.mutable_graph());
  std::optional<StringRef> folder;
  if (source.folder)
    folder = *source.folder;
  expandIntegerProducts(
      *model.mutable_graph(), folder,
      [&](const NodeProto &node, StringRef remark) {
        mlir::emitRemark(NameLoc::get(builder.getStringAttr(getNodeName(node))))
            << node.op_type() << ": " << remark;
      });
  llvm::Expected<NodeOrder> order = orderNodes(model.graph());
  if (!order) {
    emitError() << llvm::toString(order.takeError());
    return failure();
  }
  usedNames = std::move(order->usedNames);
  module.emplace(builder, source.name);
  if (failed(readInitializers()) || failed(defineInputs()))
    return failure();
  for (const NodeProto *node : order->nodes)
    if (failed(importNode(*node)))
      return failure();
  defineOutputs();
  OwningOpRef<ModuleOp> result = module->finish(options.name);
  recordEngine(*result);
  return result;
}
