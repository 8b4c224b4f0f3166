//===- ContractionWriters.cpp - Convolutions, products, pools -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cfloat>
#include <cmath>

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::NodeProto;

/// The quantized constant behind a weight, or null.
static qnn::ConstantOp getQuantizedWeight(Value weight) {
  auto dequantize = weight.getDefiningOp<qnn::DequantizeOp>();
  return dequantize ? dequantize.getInput().getDefiningOp<qnn::ConstantOp>()
                    : qnn::ConstantOp();
}

/// A weight with its dimensions in another order.
static FailureOr<std::string> writeWeight(GraphExporter &graph, Operation *op,
                                          Value weight,
                                          ArrayRef<int64_t> permutation) {
  if (qnn::ConstantOp constant = getQuantizedWeight(weight))
    return writeQuantizedConstant(graph, op, constant, permutation);
  if (DenseElementsAttr attr = qnn::getFloatConstant(weight)) {
    ArrayRef<int64_t> shape = shapeOf(weight);
    return graph.addFloats(qnn::permuteShape(shape, permutation),
                           qnn::permuteElements<float>(
                               qnn::getFloatElements(attr), shape, permutation),
                           "weight");
  }
  std::string name = graph.get(weight);
  if (llvm::is_sorted(permutation))
    return name;
  NodeProto &node = graph.add("Transpose", name, op);
  GraphExporter::setInts(node, "perm", permutation);
  return node.output(0);
}

/// The scale of each output's sums, where both operands are integers with one
/// scale per output; nothing otherwise.
static std::optional<SmallVector<float>>
getSumScales(qnn::ContractionOpInterface op) {
  auto input = op.getInputOperand().get().getDefiningOp<qnn::DequantizeOp>();
  qnn::ConstantOp weight = getQuantizedWeight(op.getWeightOperand().get());
  auto type = input ? dyn_cast<qnn::AffineType>(
                          cast<RankedTensorType>(input.getInput().getType())
                              .getElementType())
                    : qnn::AffineType();
  FailureOr<qnn::RowParameters> rows = failure();
  if (weight)
    rows = qnn::getRowParameters(weight);
  if (!type || failed(rows))
    return std::nullopt;
  SmallVector<float> scales;
  for (float scale : rows->scales) {
    scales.push_back(type.getScale() * scale);
    if (!(scales.back() >= FLT_MIN && scales.back() <= FLT_MAX))
      return std::nullopt;
  }
  return scales;
}

/// A bias as 32-bit integers in steps of the sums, which engines add to them;
/// as floats where that is not possible.
static std::string writeBias(GraphExporter &graph,
                             qnn::ContractionOpInterface op) {
  DenseElementsAttr attr = qnn::getFloatConstant(op.getBiasValue());
  auto scales = getSumScales(op);
  if (!attr || !scales)
    return graph.get(op.getBiasValue());
  SmallVector<int64_t> integers;
  for (auto [value, scale] : llvm::zip(qnn::getFloatElements(attr), *scales)) {
    double steps = double(value) / double(scale);
    if (!(std::fabs(steps) < double(INT32_MAX)))
      return graph.get(op.getBiasValue());
    integers.push_back(roundHalfEven(steps));
  }
  auto count = int64_t(integers.size());
  NodeProto &node =
      graph.add("DequantizeLinear",
                {graph.addIntegers(Int32Tensor, count, integers, "bias"),
                 graph.addFloats(count, *scales, "bias_scale")},
                op);
  GraphExporter::setInt(node, "axis", 0);
  return node.output(0);
}

/// Kernel, strides, dilations and pads of a window. Dilations of 1 are left
/// out: ONNX Runtime's pools of integers do not know them.
static void setWindow(NodeProto &node, qnn::WindowAttr window) {
  GraphExporter::setInts(node, "kernel_shape", window.getKernel());
  GraphExporter::setInts(node, "strides", window.getStrides());
  if (llvm::any_of(window.getDilations(), [](int64_t d) { return d != 1; }))
    GraphExporter::setInts(node, "dilations", window.getDilations());
  GraphExporter::setInts(node, "pads", window.getPads());
}

static LogicalResult writeConv(GraphExporter &graph, Operation *op) {
  auto conv = cast<qnn::Conv2DOp>(op);
  if (!cast<RankedTensorType>(conv.getType()).getElementType().isF32() ||
      !conv.getInput().getType().getElementType().isF32())
    return op->emitError("cannot be written as ONNX: it computes on integers; "
                         "export the model after phase 'quantize'");
  FailureOr<std::string> weight =
      writeWeight(graph, op, conv.getWeight(), kChannelsFirst);
  if (failed(weight))
    return failure();
  SmallVector<std::string> inputs = {graph.getChannelsFirst(conv.getInput()),
                                     *weight};
  if (conv.getBias())
    inputs.push_back(writeBias(graph, conv));
  NodeProto &node = graph.add("Conv", inputs, op);
  setWindow(node, conv.getWindow());
  GraphExporter::setInt(node, "group", int64_t(conv.getGroups()));
  graph.setChannelsFirst(conv.getResult(), node.output(0));
  return success();
}

static LogicalResult writeDense(GraphExporter &graph, Operation *op) {
  auto dense = cast<qnn::DenseOp>(op);
  if (!cast<RankedTensorType>(dense.getType()).getElementType().isF32() ||
      !dense.getInput().getType().getElementType().isF32())
    return op->emitError("cannot be written as ONNX: it computes on integers; "
                         "export the model after phase 'quantize'");
  // Gemm takes matrices, and the weight as it is.
  bool isMatrix = shapeOf(dense.getInput()).size() == 2;
  SmallVector<int64_t> order = {0, 1};
  if (!isMatrix)
    order = {1, 0};
  FailureOr<std::string> weight =
      writeWeight(graph, op, dense.getWeight(), order);
  if (failed(weight))
    return failure();
  SmallVector<std::string> inputs = {graph.get(dense.getInput()), *weight};
  std::string bias;
  if (dense.getBias())
    bias = writeBias(graph, dense);
  if (isMatrix) {
    if (!bias.empty())
      inputs.push_back(bias);
    NodeProto &node = graph.add("Gemm", inputs, op);
    GraphExporter::setInt(node, "transB", 1);
    graph.set(dense.getResult(), node.output(0));
    return success();
  }
  std::string product = graph.addValue("MatMul", inputs, op);
  if (!bias.empty())
    product = graph.addValue("Add", {product, bias}, op);
  graph.set(dense.getResult(), product);
  return success();
}

static LogicalResult writeMatmul(GraphExporter &graph, Operation *op) {
  graph.set(op->getResult(0), graph.addValue("MatMul",
                                             {graph.get(op->getOperand(0)),
                                              graph.get(op->getOperand(1))},
                                             op));
  return success();
}

static LogicalResult writePool(GraphExporter &graph, Operation *op) {
  auto pool = cast<qnn::PoolOp>(op);
  bool isMax = pool.getKind() == qnn::PoolKind::Max;
  auto counted = pool.getCountedPads();
  ArrayRef<int64_t> pads = pool.getWindow().getPads();
  bool countsAll = counted && *counted == pads;
  bool countsNone =
      !counted || llvm::all_of(*counted, [](int64_t pad) { return pad == 0; });
  if (!isMax && !countsAll && !countsNone)
    return op->emitError("cannot be written as ONNX: AveragePool counts all "
                         "padding or none");
  NodeProto &node = graph.add(isMax ? "MaxPool" : "AveragePool",
                              graph.getChannelsFirst(pool.getInput()), op);
  setWindow(node, pool.getWindow());
  if (!isMax)
    GraphExporter::setInt(node, "count_include_pad", countsNone ? 0 : 1);
  graph.setChannelsFirst(pool.getResult(), node.output(0));
  return success();
}

static LogicalResult writeReduce(GraphExporter &graph, Operation *op) {
  auto reduce = cast<qnn::ReduceOp>(op);
  bool isImage = shapeOf(reduce.getInput()).size() == 4 &&
                 reduce.getAxes() == ArrayRef<int64_t>({1, 2});
  if (isImage && reduce.getFn() == qnn::ReduceFn::Mean) {
    graph.setChannelsFirst(
        reduce.getResult(),
        graph.addValue("GlobalAveragePool",
                       graph.getChannelsFirst(reduce.getInput()), op));
    return success();
  }
  static constexpr StringLiteral kinds[] = {"ReduceMean", "ReduceSum",
                                            "ReduceMax", "ReduceMin"};
  graph.set(reduce.getResult(),
            graph.addValue(kinds[unsigned(reduce.getFn())],
                           {graph.get(reduce.getInput()),
                            graph.addIndices(reduce.getAxes(), "axes")},
                           op));
  return success();
}

static LogicalResult writeSoftmax(GraphExporter &graph, Operation *op) {
  auto softmax = cast<qnn::SoftmaxOp>(op);
  NodeProto &node = graph.add("Softmax", graph.get(softmax.getInput()), op);
  GraphExporter::setInt(node, "axis", int64_t(softmax.getAxis()));
  graph.set(softmax.getResult(), node.output(0));
  return success();
}

ArrayRef<WriterRow> quantopt::onnx::getContractionWriters() {
  static const WriterRow rows[] = {
      {qnn::Conv2DOp::getOperationName(), writeConv},
      {qnn::DenseOp::getOperationName(), writeDense},
      {qnn::MatmulOp::getOperationName(), writeMatmul},
      {qnn::PoolOp::getOperationName(), writePool},
      {qnn::ReduceOp::getOperationName(), writeReduce},
      {qnn::SoftmaxOp::getOperationName(), writeSoftmax},
  };
  return rows;
}
