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
  /// Operand triples; 0 for any number of them.
  int operands;
  /// Whether the result's scale and zero point come first, not after the
  /// operands.
  bool resultFirst = false;
  /// Whether a 32-bit bias may follow.
  bool hasBias = false;
};
} // namespace

static const char microsoft[] = "com.microsoft";

static const QuantizedOp quantizedOps[] = {
    {"", "QLinearConv", "Conv", 2, false, /*hasBias=*/true},
    {"", "QLinearMatMul", "MatMul", 2},
    {microsoft, "QLinearAdd", "Add", 2},
    {microsoft, "QLinearConcat", "Concat", 0, /*resultFirst=*/true},
    {microsoft, "QLinearLeakyRelu", "LeakyRelu", 1},
    {microsoft, "QLinearMul", "Mul", 2},
    {microsoft, "QLinearSigmoid", "Sigmoid", 1},
};

static const QuantizedOp *findQuantizedOp(const NodeProto &node) {
  StringRef domain = node.domain();
  if (domain == "ai.onnx")
    domain = "";
  for (const QuantizedOp &op : quantizedOps)
    if (domain == op.domain && node.op_type() == op.name)
      return &op;
  return nullptr;
}

/// Whether the number of inputs and outputs fits.
static bool isComplete(const QuantizedOp &op, const NodeProto &node) {
  int inputs = node.input_size();
  if (node.output_size() != 1)
    return false;
  if (op.operands == 0)
    return inputs >= 5 && inputs % 3 == 2;
  int expected = 3 * op.operands + 2;
  return inputs == expected || (op.hasBias && inputs == expected + 1);
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

void Expansion::run() {
  int operands = op.operands ? op.operands : (node.input_size() - 2) / 3;
  int first = op.resultFirst ? 2 : 0;
  int result = op.resultFirst ? 0 : 3 * operands;
  SmallVector<std::string> inputs;
  for (int i = 0; i < operands; ++i) {
    // Weights of convolutions have a scale per output channel, the columns of
    // a matrix each have one, and so do the rows of the left matrix.
    bool isConv = op.hasBias;
    inputs.push_back(dequantize(first + 3 * i, isConv ? 0 : i == 0 ? -2 : -1));
  }
  if (op.hasBias && node.input_size() == 3 * operands + 3 &&
      !node.input(3 * operands + 2).empty())
    inputs.push_back(dequantizeBias(3 * operands + 2));
  std::string real = fresh();
  *add(op.realName, inputs, real).mutable_attribute() = node.attribute();
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
