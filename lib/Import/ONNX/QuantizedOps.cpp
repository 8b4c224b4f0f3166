//===- QuantizedOps.cpp - Operators on quantized tensors ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The operators that carry scales and zero points among their inputs. Each
/// operand is a triple (tensor, scale, zero point).
///
//===----------------------------------------------------------------------===//

#include "QuantizedOps.h"
#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::GraphProto;
using onnxfile::NodeProto;

namespace {
/// How an operator's inputs are ordered.
struct QuantizedOp {
  const char *domain;
  const char *name;
  /// The operator on real numbers that it stands for.
  const char *realName;
  /// Operand triples; 0 for any number of them, behind the result's scale and
  /// zero point.
  int operands;
  /// The input that may be a 32-bit bias, or -1. The result's scale and zero
  /// point come where it does not stand.
  int bias = -1;
  /// Whether the result stays real when its scale is left out.
  bool mayBeReal = false;

  /// The first input of the operands.
  int getFirstOperand() const { return operands == 0 ? 2 : 0; }
  /// The input with the result's scale.
  int getResultScale() const {
    return operands == 0 ? 0 : 3 * operands + (bias == 3 * operands ? 1 : 0);
  }
};
} // namespace

static const char microsoft[] = "com.microsoft";

static const QuantizedOp quantizedOps[] = {
    {"", "QLinearConv", "Conv", 2, /*bias=*/8},
    {"", "QLinearMatMul", "MatMul", 2},
    {microsoft, "QGemm", "Gemm", 2, /*bias=*/6, /*mayBeReal=*/true},
    {microsoft, "QLinearAdd", "Add", 2},
    {microsoft, "QLinearAveragePool", "AveragePool", 1},
    {microsoft, "QLinearConcat", "Concat", 0},
    {microsoft, "QLinearGlobalAveragePool", "GlobalAveragePool", 1},
    {microsoft, "QLinearLeakyRelu", "LeakyRelu", 1},
    {microsoft, "QLinearMul", "Mul", 2},
    {microsoft, "QLinearSigmoid", "Sigmoid", 1},
    {microsoft, "QLinearSoftmax", "Softmax", 1},
};

/// Attributes that the operator on real numbers does not have: one that must be
/// 0, and one that repeats the model's operator set.
static const char channelsLast[] = "channels_last", opsetNumber[] = "opset";

static const QuantizedOp *findQuantizedOp(const NodeProto &node) {
  StringRef domain = node.domain();
  if (domain == "ai.onnx")
    domain = "";
  for (const QuantizedOp &op : quantizedOps)
    if (domain == op.domain && node.op_type() == op.name)
      return &op;
  return nullptr;
}

/// Whether an attribute has a value that makes the op another one: images with
/// channels last, a bias in other steps.
static bool isUnusual(const NodeProto &node) {
  return llvm::any_of(node.attribute(), [&](const auto &attribute) {
    return (attribute.name() == channelsLast && attribute.i() != 0) ||
           (node.op_type() == "QGemm" && attribute.name() == "alpha" &&
            attribute.f() != 1.0f);
  });
}

static bool hasInput(const NodeProto &node, int index) {
  return index < node.input_size() && !node.input(index).empty();
}

/// Whether the number of inputs and outputs fits.
static bool isComplete(const QuantizedOp &op, const NodeProto &node) {
  int inputs = node.input_size();
  if (node.output_size() != 1 || isUnusual(node))
    return false;
  if (op.operands == 0)
    return inputs >= 5 && inputs % 3 == 2;
  if (op.mayBeReal && inputs >= 3 * op.operands && inputs <= op.bias + 1)
    return true;
  int expected = op.getResultScale() + 2;
  return inputs == expected || (op.bias == expected && inputs == expected + 1);
}

namespace {
/// Writes the nodes that one node stands for.
class Expansion {
public:
  Expansion(const NodeProto &node, const QuantizedOp &op,
            google::protobuf::RepeatedPtrField<NodeProto> &nodes)
      : node(node), op(op), nodes(nodes) {}

  void run();

private:
  /// Adds a node with the old one's name and one output.
  NodeProto &add(StringRef kind, ArrayRef<std::string> inputs,
                 const std::string &output);
  /// A name that no value of the model can have: names do not hold '\0'.
  std::string fresh() {
    return node.output(0) + std::string(1, '\0') + std::to_string(count++);
  }
  static void setAxis(NodeProto &node, int64_t axis);
  std::string dequantize(int first, int64_t axis);
  int64_t getAxis(int operand) const;
  std::string dequantizeBias(int index);

  const NodeProto &node;
  const QuantizedOp &op;
  google::protobuf::RepeatedPtrField<NodeProto> &nodes;
  int count = 0;
};
} // namespace

NodeProto &Expansion::add(StringRef kind, ArrayRef<std::string> inputs,
                          const std::string &output) {
  NodeProto &result = *nodes.Add();
  result.set_name(node.name().empty() ? node.output(0) : node.name());
  result.set_op_type(kind.str());
  for (const std::string &input : inputs)
    result.add_input(input);
  result.add_output(output);
  return result;
}

void Expansion::setAxis(NodeProto &node, int64_t axis) {
  auto &attribute = *node.add_attribute();
  attribute.set_name("axis");
  attribute.set_type(2);
  attribute.set_i(axis);
}

/// The triple that starts at input `first` as real numbers; scales of a vector
/// belong to `axis`.
std::string Expansion::dequantize(int first, int64_t axis) {
  std::string result = fresh();
  NodeProto &real =
      add("DequantizeLinear",
          {node.input(first), node.input(first + 1), node.input(first + 2)},
          result);
  setAxis(real, axis);
  return result;
}

/// The bias; its scale is the product of the operands' scales.
std::string Expansion::dequantizeBias(int index) {
  std::string scale = fresh(), result = fresh();
  add("Mul", {node.input(1), node.input(4)}, scale);
  setAxis(add("DequantizeLinear", {node.input(index), scale}, result), 0);
  return result;
}

/// The dimension that several scales of an operand belong to: the output
/// channels of a convolution's weight, the columns of a right matrix, the rows
/// of a left one.
int64_t Expansion::getAxis(int operand) const {
  if (op.realName == StringRef("Conv"))
    return 0;
  bool isTransposed = llvm::any_of(node.attribute(), [](const auto &attribute) {
    return attribute.name() == "transB" && attribute.i() != 0;
  });
  return operand == 0 || isTransposed ? -2 : -1;
}

void Expansion::run() {
  int operands = op.operands ? op.operands : (node.input_size() - 2) / 3;
  int result = op.getResultScale();
  SmallVector<std::string> inputs;
  for (int i = 0; i < operands; ++i)
    inputs.push_back(dequantize(op.getFirstOperand() + 3 * i, getAxis(i)));
  if (op.bias >= 0 && hasInput(node, op.bias))
    inputs.push_back(dequantizeBias(op.bias));
  bool isReal = op.mayBeReal && !hasInput(node, result);
  std::string real = isReal ? node.output(0) : fresh();
  NodeProto &realNode = add(op.realName, inputs, real);
  for (const auto &attribute : node.attribute())
    if (attribute.name() != channelsLast && attribute.name() != opsetNumber)
      *realNode.add_attribute() = attribute;
  if (!isReal)
    add("QuantizeLinear", {real, node.input(result), node.input(result + 1)},
        node.output(0));
}

void quantopt::onnx::expandQuantizedOps(GraphProto &graph) {
  if (llvm::none_of(graph.node(), [](const NodeProto &node) {
        return findQuantizedOp(node) != nullptr;
      }))
    return;
  google::protobuf::RepeatedPtrField<NodeProto> nodes;
  for (NodeProto &node : *graph.mutable_node()) {
    const QuantizedOp *op = findQuantizedOp(node);
    if (op && isComplete(*op, node))
      Expansion(node, *op, nodes).run();
    else
      nodes.Add()->Swap(&node);
  }
  graph.mutable_node()->Swap(&nodes);
}

/// Only reached by nodes that could not be expanded.
static LogicalResult importIncomplete(NodeImporter &op) {
  if (op.getInt(channelsLast, 0) != 0)
    return op.unsupported("channels_last other than 0");
  if (op.getFloat("alpha", 1.0f) != 1.0f)
    return op.unsupported("alpha other than 1");
  return op.malformed("expected scale and zero point for each operand and for "
                      "the result, but got " +
                      Twine(op.getNumInputs()) + " inputs");
}

ArrayRef<OpRow> quantopt::onnx::getQuantizedOps() {
  static const char limits[] = "scales and zero points constants";
  static const auto rows = [] {
    SmallVector<OpRow> result;
    for (const QuantizedOp &op : quantizedOps)
      result.push_back({op.name, *op.domain ? 1 : 10, importIncomplete, limits,
                        newestOpset, op.domain});
    return result;
  }();
  return rows;
}
