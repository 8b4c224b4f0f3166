//===- IntegerProducts.cpp - Products with 32-bit sums --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IntegerProducts.h"
#include "OpTable.h"
#include "TensorReader.h"
#include "llvm/ADT/StringSet.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::GraphProto;
using onnxfile::NodeProto;
using onnxfile::TensorProto;

namespace {
/// Where an operator has its operands; -1 for those that it has not.
struct ProductOp {
  const char *domain;
  const char *name;
  const char *realName;
  int leftZero, rightZero;
  /// Scales: the result is real. Without them it consists of integer sums.
  int leftScale = -1, rightScale = -1, bias = -1;
  /// Whether the left operand is real and quantized by the operator.
  bool quantizes = false;
  int minInputs = 2, maxInputs = 4;

  bool isReal() const { return rightScale >= 0; }
};
} // namespace

static const char microsoft[] = "com.microsoft";

static const ProductOp productOps[] = {
    {"", "ConvInteger", "Conv", 2, 3},
    {"", "MatMulInteger", "MatMul", 2, 3},
    {microsoft, "DynamicQuantizeMatMul", "MatMul", -1, 3, -1, 2, 4,
     /*quantizes=*/true, 3, 5},
    {microsoft, "MatMulIntegerToFloat", "MatMul", 4, 5, 2, 3, 6,
     /*quantizes=*/false, 4, 7},
};

static const ProductOp *findProductOp(const NodeProto &node) {
  StringRef domain = node.domain();
  if (domain == "ai.onnx")
    domain = "";
  for (const ProductOp &op : productOps)
    if (domain == op.domain && node.op_type() == op.name)
      return &op;
  return nullptr;
}

/// An input's name; empty when it is left out.
static std::string getInput(const NodeProto &node, int index) {
  return index >= 0 && index < node.input_size() ? node.input(index) : "";
}

/// Whether a node converts to float.
static bool isCastToFloat(const NodeProto &node) {
  return node.op_type() == "Cast" && node.output_size() == 1 &&
         llvm::any_of(node.attribute(), [](const auto &attribute) {
           return attribute.name() == "to" &&
                  attribute.i() == int64_t(ElementType::Float);
         });
}

/// The number of elements of a constant; 0 for none.
static int64_t countElements(const TensorProto *tensor) {
  if (!tensor)
    return 0;
  SmallVector<int64_t> shape(tensor->dims().begin(), tensor->dims().end());
  return getNumElements(shape).value_or(0);
}

namespace {
/// The sums of a node as real numbers: the factors that they are multiplied
/// by, and the nodes that this takes.
struct ScaledSums {
  std::string left, right;
  /// The value that stands for the scaled sums.
  std::string result;
  SmallVector<const NodeProto *> nodes;

  bool isComplete() const { return !left.empty() && !right.empty(); }
};

/// Writes the nodes of a graph again.
class ProductExpansion {
public:
  ProductExpansion(GraphProto &graph, std::optional<StringRef> folder,
                   function_ref<void(const NodeProto &, StringRef)> explain)
      : graph(graph), folder(folder), explain(explain) {}

  void run();

private:
  void readGraph();
  /// The node of which the value is the only use that matters, if there is
  /// one.
  const NodeProto *getOnlyUser(const std::string &value) const;
  bool hasOnlyCasts(const NodeProto &node) const;
  int64_t getColumns(const NodeProto &node, const ProductOp &op) const;
  bool addFactor(const std::string &factor, const NodeProto &node,
                 const ProductOp &op, ScaledSums &sums, int depth = 0) const;
  ScaledSums findScales(const NodeProto &node, const ProductOp &op) const;
  bool canExpand(const NodeProto &node, const ProductOp &op) const;
  void expand(const NodeProto &node, const ProductOp &op);

  /// @name Building
  /// @{
  std::string fresh() {
    return current->output(0) + std::string(1, '\0') + std::to_string(count++);
  }
  NodeProto &add(StringRef kind, ArrayRef<std::string> inputs,
                 ArrayRef<std::string> outputs);
  std::string addTensor(ElementType type, ArrayRef<int64_t> shape,
                        ArrayRef<double> values);
  /// `name` repeated for each of `size` channels when it is a known number or
  /// vector; itself when it is not known.
  std::string spread(const std::string &name, int64_t size);
  std::string dequantize(const std::string &integers, const std::string &scale,
                         const std::string &zeroPoint, int64_t axis,
                         int64_t channels);
  /// @}

  GraphProto &graph;
  std::optional<StringRef> folder;
  function_ref<void(const NodeProto &, StringRef)> explain;
  llvm::StringMap<const NodeProto *> producers;
  llvm::StringMap<SmallVector<const NodeProto *>> users;
  llvm::StringMap<const TensorProto *> constants;
  llvm::StringSet<> outputs;
  llvm::DenseSet<const NodeProto *> dropped;
  google::protobuf::RepeatedPtrField<NodeProto> added;
  std::vector<TensorProto> addedTensors;
  const NodeProto *current = nullptr;
  int count = 0;
};
} // namespace

void ProductExpansion::readGraph() {
  for (const TensorProto &tensor : graph.initializer())
    constants[tensor.name()] = &tensor;
  for (const auto &output : graph.output())
    outputs.insert(output.name());
  for (const NodeProto &node : graph.node()) {
    for (const std::string &name : node.output())
      producers[name] = &node;
    for (const std::string &name : node.input())
      users[name].push_back(&node);
    if (node.op_type() == "Constant" && node.output_size() == 1)
      for (const auto &attribute : node.attribute())
        if (attribute.name() == "value")
          constants[node.output(0)] = &attribute.t();
  }
}

const NodeProto *ProductExpansion::getOnlyUser(const std::string &value) const {
  auto found = users.find(value);
  if (outputs.contains(value) || found == users.end() ||
      found->second.size() != 1)
    return nullptr;
  return found->second.front();
}

/// Whether all that is known about the sums are their nearest floats.
bool ProductExpansion::hasOnlyCasts(const NodeProto &node) const {
  auto found = users.find(node.output(0));
  return !outputs.contains(node.output(0)) && found != users.end() &&
         llvm::all_of(found->second, [](const NodeProto *user) {
           return isCastToFloat(*user);
         });
}

/// The number of output channels that a constant right operand has; 0 when it
/// is not known.
int64_t ProductExpansion::getColumns(const NodeProto &node,
                                     const ProductOp &op) const {
  const TensorProto *weight = constants.lookup(node.input(1));
  if (!weight || weight->dims_size() < 2)
    return 0;
  bool isConv = StringRef(op.realName) == "Conv";
  return isConv ? weight->dims(0) : weight->dims(weight->dims_size() - 1);
}

/// Takes a factor of the sums as the scale of an operand, or its factors as
/// those of both.
bool ProductExpansion::addFactor(const std::string &factor,
                                 const NodeProto &node, const ProductOp &op,
                                 ScaledSums &sums, int depth) const {
  const NodeProto *producer = producers.lookup(factor);
  constexpr int kMaxDepth = 4;
  if (producer && producer->op_type() == "Mul" && producer->input_size() == 2 &&
      depth < kMaxDepth)
    return addFactor(producer->input(0), node, op, sums, depth + 1) &&
           addFactor(producer->input(1), node, op, sums, depth + 1);
  if (producer && producer->op_type() == "DynamicQuantizeLinear" &&
      producer->output_size() > 1 && producer->output(1) == factor) {
    if (!sums.left.empty())
      return false;
    sums.left = factor;
    return true;
  }
  const TensorProto *constant = constants.lookup(factor);
  int64_t size = countElements(constant);
  if (size == 0 || constant->data_type() != int32_t(ElementType::Float))
    return false;
  // A vector must lie along the output channels.
  if (size != 1) {
    bool isConv = StringRef(op.realName) == "Conv";
    int64_t axis = constant->dims_size() - (isConv ? 3 : 1);
    if (size != getColumns(node, op) || axis < 0 ||
        constant->dims(axis) != size || !sums.right.empty())
      return false;
  }
  std::string &slot = sums.right.empty() ? sums.right : sums.left;
  if (!slot.empty())
    return false;
  slot = factor;
  return true;
}

ScaledSums ProductExpansion::findScales(const NodeProto &node,
                                        const ProductOp &op) const {
  ScaledSums sums;
  const NodeProto *user = getOnlyUser(node.output(0));
  if (!user)
    return sums;
  sums.nodes.push_back(user);
  sums.result = user->output(0);
  while (!sums.isComplete()) {
    const NodeProto *product = getOnlyUser(sums.result);
    if (!product || product->op_type() != "Mul" || product->input_size() != 2 ||
        product->output_size() != 1)
      return sums;
    bool isFirst = product->input(0) == sums.result;
    ScaledSums next = sums;
    if (!addFactor(product->input(isFirst ? 1 : 0), node, op, next))
      return sums;
    sums = next;
    sums.nodes.push_back(product);
    sums.result = product->output(0);
  }
  return sums;
}

//===----------------------------------------------------------------------===//
// Building
//===----------------------------------------------------------------------===//

NodeProto &ProductExpansion::add(StringRef kind, ArrayRef<std::string> inputs,
                                 ArrayRef<std::string> results) {
  NodeProto &result = *added.Add();
  result.set_name(current->name().empty() ? current->output(0)
                                          : current->name());
  result.set_op_type(kind.str());
  for (const std::string &input : inputs)
    result.add_input(input);
  for (const std::string &name : results)
    result.add_output(name);
  return result;
}

std::string ProductExpansion::addTensor(ElementType type,
                                        ArrayRef<int64_t> shape,
                                        ArrayRef<double> values) {
  TensorProto tensor;
  tensor.set_name(fresh());
  tensor.set_data_type(int32_t(type));
  for (int64_t size : shape)
    tensor.add_dims(size);
  for (double value : values) {
    if (type == ElementType::Float)
      tensor.add_float_data(float(value));
    else
      tensor.add_int32_data(int32_t(value));
  }
  addedTensors.push_back(tensor);
  return tensor.name();
}

std::string ProductExpansion::spread(const std::string &name, int64_t size) {
  const TensorProto *constant = constants.lookup(name);
  int64_t count = countElements(constant);
  if (count == 0 || (count != 1 && count != size))
    return name;
  llvm::Expected<HostTensor> tensor = readTensor(*constant, folder);
  if (!tensor) { // reported when the initializer itself is read
    llvm::consumeError(tensor.takeError());
    return name;
  }
  SmallVector<double> values;
  for (int64_t i = 0; i < size; ++i)
    values.push_back(tensor->getReal(count == 1 ? 0 : i));
  return addTensor(tensor->getType(), {size}, values);
}

std::string ProductExpansion::dequantize(const std::string &integers,
                                         const std::string &scale,
                                         const std::string &zeroPoint,
                                         int64_t axis, int64_t channels) {
  auto isVector = [&](const std::string &name) {
    return countElements(constants.lookup(name)) > 1;
  };
  bool spreads = channels > 0 && (isVector(scale) || isVector(zeroPoint));
  std::string factor = scale;
  if (scale.empty())
    factor = spreads ? addTensor(ElementType::Float, {channels},
                                 SmallVector<double>(channels, 1.0))
                     : addTensor(ElementType::Float, {}, 1.0);
  else if (spreads)
    factor = spread(scale, channels);
  SmallVector<std::string> inputs = {integers, factor};
  if (!zeroPoint.empty())
    inputs.push_back(spreads ? spread(zeroPoint, channels) : zeroPoint);
  else if (spreads) // of the integers' type
    if (const TensorProto *constant = constants.lookup(integers))
      inputs.push_back(addTensor(ElementType(constant->data_type()), {channels},
                                 SmallVector<double>(channels, 0.0)));
  std::string result = fresh();
  auto &attribute = *add("DequantizeLinear", inputs, result).add_attribute();
  attribute.set_name("axis");
  attribute.set_type(2);
  attribute.set_i(axis);
  return result;
}

//===----------------------------------------------------------------------===//
// Expansion
//===----------------------------------------------------------------------===//

bool ProductExpansion::canExpand(const NodeProto &node,
                                 const ProductOp &op) const {
  if (node.output_size() != 1 || node.input_size() < op.minInputs ||
      node.input_size() > op.maxInputs)
    return false;
  if (countElements(constants.lookup(getInput(node, op.leftZero))) > 1)
    return false;
  if (op.isReal())
    return true;
  bool isConv = StringRef(op.realName) == "Conv";
  return hasOnlyCasts(node) && !(isConv && getColumns(node, op) == 0);
}

void ProductExpansion::expand(const NodeProto &node, const ProductOp &op) {
  current = &node;
  count = 0;
  ScaledSums sums;
  int64_t columns = getColumns(node, op);
  if (op.isReal()) {
    sums.left = getInput(node, op.leftScale);
    sums.right = getInput(node, op.rightScale);
  } else if (columns != 0) {
    sums = findScales(node, op);
    if (!sums.isComplete())
      explain(node, "its sums are not multiplied by the scales of its "
                    "operands; they are computed exactly and stay integers "
                    "until they are converted");
  } else {
    explain(node, "its right operand is computed at run time; sums of floats "
                  "hold its integers exactly");
  }
  bool isScaled = op.isReal() || sums.isComplete();
  if (!isScaled)
    sums = ScaledSums();
  std::string left = node.input(0), leftZero = getInput(node, op.leftZero);
  if (op.quantizes) {
    std::string integers = fresh();
    sums.left = fresh();
    leftZero = fresh();
    add("DynamicQuantizeLinear", left, {integers, sums.left, leftZero});
    left = integers;
  }
  std::string result = sums.result.empty() ? node.output(0) : sums.result;
  std::string bias = getInput(node, op.bias);
  std::string product = bias.empty() ? result : fresh();
  bool isConv = StringRef(op.realName) == "Conv";
  std::string realLeft = dequantize(left, sums.left, leftZero, -1, 0);
  std::string realRight =
      dequantize(node.input(1), sums.right, getInput(node, op.rightZero),
                 isConv ? 0 : -1, columns);
  NodeProto &real = add(op.realName, {realLeft, realRight}, product);
  *real.mutable_attribute() = node.attribute();
  if (columns == 0) {
    auto &exact = *real.add_attribute();
    exact.set_name(getExactAttributeName());
  }
  if (!bias.empty())
    add("Add", {product, bias}, result);
  dropped.insert(&node);
  dropped.insert(sums.nodes.begin(), sums.nodes.end());
}

void ProductExpansion::run() {
  readGraph();
  for (const NodeProto &node : graph.node())
    if (const ProductOp *op = findProductOp(node); op && canExpand(node, *op))
      expand(node, *op);
  google::protobuf::RepeatedPtrField<NodeProto> nodes;
  for (NodeProto &node : *graph.mutable_node())
    if (!dropped.contains(&node))
      nodes.Add()->Swap(&node);
  for (NodeProto &node : added)
    nodes.Add()->Swap(&node);
  graph.mutable_node()->Swap(&nodes);
  for (TensorProto &tensor : addedTensors)
    *graph.add_initializer() = std::move(tensor);
}

void quantopt::onnx::expandIntegerProducts(
    GraphProto &graph, std::optional<StringRef> folder,
    function_ref<void(const NodeProto &, StringRef)> explain) {
  if (llvm::any_of(graph.node(), [](const NodeProto &node) {
        return findProductOp(node) != nullptr;
      }))
    ProductExpansion(graph, folder, explain).run();
}

/// Only reached by nodes that could not be expanded.
static LogicalResult importUnexpanded(NodeImporter &op) {
  for (const ProductOp &product : productOps) {
    if (op.getOpType() != product.name)
      continue;
    if (failed(op.expectInputs(product.minInputs, product.maxInputs)))
      return failure();
    int zero = product.leftZero;
    if (zero >= 0 && op.hasInput(zero) &&
        getNumElements(op.getShape(zero)) != 1)
      return op.unsupported("zero points of rows of the left operand");
  }
  if (op.getOpType() == "ConvInteger" && !op.getInput(1).isHost())
    return op.unsupported("a weight that is not known at import");
  return op.unsupported("32-bit sums that something other than a Cast to float "
                        "reads");
}

ArrayRef<OpRow> quantopt::onnx::getIntegerProductOps() {
  static const char sums[] =
      "result converted to float by Cast; one zero point "
      "on the left; weight of ConvInteger a constant";
  static const char real[] = "scale and zero point of the right side constants";
  static const OpRow rows[] = {
      {"ConvInteger", 10, importUnexpanded, sums},
      {"MatMulInteger", 10, importUnexpanded, sums},
      {"DynamicQuantizeMatMul", 1, importUnexpanded, real, newestOpset,
       microsoft},
      {"MatMulIntegerToFloat", 1, importUnexpanded, real, newestOpset,
       microsoft},
  };
  return rows;
}
