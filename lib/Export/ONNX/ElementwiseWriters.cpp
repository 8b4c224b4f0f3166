//===- ElementwiseWriters.cpp - Elementwise ops as ONNX -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <limits>

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::NodeProto;

/// A constant of rank 4 or less as it is broadcast to images with channels
/// first.
static std::string writeTurned(GraphExporter &graph, DenseElementsAttr attr) {
  ArrayRef<int64_t> own = cast<RankedTensorType>(attr.getType()).getShape();
  SmallVector<int64_t> shape(4 - own.size(), 1);
  shape.append(own.begin(), own.end());
  return graph.addFloats(
      qnn::permuteShape(shape, kChannelsFirst),
      qnn::permuteElements<float>(qnn::getFloatElements(attr), shape,
                                  kChannelsFirst),
      "const");
}

/// Whether all operands of an op on images are constants or have their channels
/// first.
static bool worksChannelsFirst(GraphExporter &graph, Operation *op) {
  if (shapeOf(op->getResult(0)).size() != 4)
    return false;
  bool found = false;
  for (Value operand : op->getOperands()) {
    bool isFirst = graph.isChannelsFirst(operand);
    if (!isFirst && !qnn::getFloatConstant(operand))
      return false;
    found |= isFirst;
  }
  return found;
}

/// Adds a node on the op's operands in the order of dimensions that they have.
static NodeProto &writeNode(GraphExporter &graph, StringRef kind, Operation *op,
                            ArrayRef<std::string> more = {}) {
  bool first = worksChannelsFirst(graph, op);
  SmallVector<std::string> inputs;
  for (Value operand : op->getOperands()) {
    DenseElementsAttr attr = qnn::getFloatConstant(operand);
    inputs.push_back(!first ? graph.get(operand)
                     : attr ? writeTurned(graph, attr)
                            : graph.getChannelsFirst(operand));
  }
  inputs.append(more.begin(), more.end());
  NodeProto &node = graph.add(kind, inputs, op);
  if (first)
    graph.setChannelsFirst(op->getResult(0), node.output(0));
  else
    graph.set(op->getResult(0), node.output(0));
  return node;
}

static StringRef getOperator(qnn::UnaryFn fn) {
  switch (fn) {
  case qnn::UnaryFn::Abs:
    return "Abs";
  case qnn::UnaryFn::Neg:
    return "Neg";
  case qnn::UnaryFn::Exp:
    return "Exp";
  case qnn::UnaryFn::Log:
    return "Log";
  case qnn::UnaryFn::Sqrt:
    return "Sqrt";
  case qnn::UnaryFn::Reciprocal:
    return "Reciprocal";
  case qnn::UnaryFn::Floor:
    return "Floor";
  case qnn::UnaryFn::Ceil:
    return "Ceil";
  case qnn::UnaryFn::Round:
    return "Round";
  case qnn::UnaryFn::Erf:
    return "Erf";
  case qnn::UnaryFn::Sigmoid:
    return "Sigmoid";
  case qnn::UnaryFn::Tanh:
    return "Tanh";
  case qnn::UnaryFn::HardSigmoid:
    return "HardSigmoid";
  case qnn::UnaryFn::HardSwish:
    return "HardSwish";
  case qnn::UnaryFn::LeakyRelu:
    return "LeakyRelu";
  case qnn::UnaryFn::Elu:
    return "Elu";
  case qnn::UnaryFn::Softplus:
    return "Softplus";
  }
  llvm_unreachable("unknown function");
}

static LogicalResult writeUnary(GraphExporter &graph, Operation *op) {
  auto unary = cast<qnn::UnaryOp>(op);
  qnn::UnaryFn fn = unary.getFn();
  NodeProto &node = writeNode(graph, getOperator(fn), op);
  if (fn == qnn::UnaryFn::HardSigmoid || fn == qnn::UnaryFn::LeakyRelu ||
      fn == qnn::UnaryFn::Elu)
    GraphExporter::setFloat(node, "alpha", unary.getAlpha().convertToFloat());
  if (fn == qnn::UnaryFn::HardSigmoid)
    GraphExporter::setFloat(node, "beta", unary.getBeta().convertToFloat());
  return success();
}

static LogicalResult writeBinary(GraphExporter &graph, Operation *op) {
  static constexpr StringLiteral kinds[] = {"Add", "Sub", "Mul",  "Div",
                                            "Max", "Min", "PRelu"};
  writeNode(graph, kinds[unsigned(cast<qnn::BinaryOp>(op).getFn())], op);
  return success();
}

static LogicalResult writeClamp(GraphExporter &graph, Operation *op) {
  auto clamp = cast<qnn::ClampOp>(op);
  float min = clamp.getMin().convertToFloat();
  float max = clamp.getMax().convertToFloat();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  if (min == 0 && max == kInfinity) {
    writeNode(graph, "Relu", op);
    return success();
  }
  SmallVector<std::string> limits = {
      min == -kInfinity ? "" : graph.addFloats({}, min, "min"),
      max == kInfinity ? "" : graph.addFloats({}, max, "max")};
  while (!limits.empty() && limits.back().empty())
    limits.pop_back();
  writeNode(graph, limits.empty() ? "Identity" : "Clip", op, limits);
  return success();
}

ArrayRef<WriterRow> quantopt::onnx::getElementwiseWriters() {
  static const WriterRow rows[] = {
      {qnn::BinaryOp::getOperationName(), writeBinary},
      {qnn::ClampOp::getOperationName(), writeClamp},
      {qnn::UnaryOp::getOperationName(), writeUnary},
  };
  return rows;
}
