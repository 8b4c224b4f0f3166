//===- MovementWriters.cpp - Ops that move data as ONNX -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::NodeProto;

static LogicalResult writeTranspose(GraphExporter &graph, Operation *op) {
  auto transpose = cast<qnn::TransposeOp>(op);
  Value input = transpose.getInput(), result = transpose.getResult();
  ArrayRef<int64_t> order = transpose.getPermutation();
  // The same elements in the other order are there already.
  if (order == ArrayRef<int64_t>(kChannelsLast)) {
    graph.setChannelsFirst(result, graph.get(input));
  } else if (order == ArrayRef<int64_t>(kChannelsFirst)) {
    graph.set(result, graph.getChannelsFirst(input));
  } else {
    NodeProto &node = graph.add("Transpose", graph.get(input), op);
    GraphExporter::setInts(node, "perm", order);
    graph.set(result, node.output(0));
  }
  return success();
}

/// A node of a value and the shape of its result.
static void writeShaped(GraphExporter &graph, StringRef kind, Operation *op) {
  Value result = op->getResult(0);
  graph.set(result, graph.addValue(kind,
                                   {graph.get(op->getOperand(0)),
                                    graph.addIndices(shapeOf(result), "shape")},
                                   op));
}

static LogicalResult writeReshape(GraphExporter &graph, Operation *op) {
  writeShaped(graph, "Reshape", op);
  return success();
}

static LogicalResult writeBroadcast(GraphExporter &graph, Operation *op) {
  writeShaped(graph, "Expand", op);
  return success();
}

static LogicalResult writeConcat(GraphExporter &graph, Operation *op) {
  auto concat = cast<qnn::ConcatOp>(op);
  bool first = shapeOf(concat.getResult()).size() == 4 &&
               llvm::all_of(concat.getInputs(), [&](Value value) {
                 return graph.isChannelsFirst(value);
               });
  auto axis = int64_t(concat.getAxis());
  SmallVector<std::string> inputs;
  for (Value value : concat.getInputs())
    inputs.push_back(first ? graph.getChannelsFirst(value) : graph.get(value));
  NodeProto &node = graph.add("Concat", inputs, op);
  if (first)
    axis = llvm::find(kChannelsFirst, axis) - std::begin(kChannelsFirst);
  GraphExporter::setInt(node, "axis", axis);
  if (first)
    graph.setChannelsFirst(concat.getResult(), node.output(0));
  else
    graph.set(concat.getResult(), node.output(0));
  return success();
}

static LogicalResult writeSlice(GraphExporter &graph, Operation *op) {
  auto slice = cast<qnn::SliceOp>(op);
  SmallVector<int64_t> ends, axes;
  for (auto [i, offset, stride, size] :
       llvm::enumerate(slice.getOffsets(), slice.getStrides(),
                       shapeOf(slice.getResult()))) {
    int64_t end = offset + stride * (size - 1) + (stride > 0 ? 1 : -1);
    // A negative number would count from the end.
    ends.push_back(end < 0 ? INT64_MIN : end);
    axes.push_back(int64_t(i));
  }
  graph.set(slice.getResult(),
            graph.addValue("Slice",
                           {graph.get(slice.getInput()),
                            graph.addIndices(slice.getOffsets(), "starts"),
                            graph.addIndices(ends, "ends"),
                            graph.addIndices(axes, "axes"),
                            graph.addIndices(slice.getStrides(), "steps")},
                           op));
  return success();
}

static LogicalResult writePad(GraphExporter &graph, Operation *op) {
  auto pad = cast<qnn::PadOp>(op);
  if (!cast<RankedTensorType>(pad.getType()).getElementType().isF32())
    return op->emitError("cannot be written as ONNX: it pads integers; export "
                         "the model after phase 'quantize'");
  SmallVector<int64_t> pads(pad.getLow());
  llvm::append_range(pads, pad.getHigh());
  graph.set(pad.getResult(),
            graph.addValue(
                "Pad",
                {graph.get(pad.getInput()), graph.addIndices(pads, "pads"),
                 graph.addFloats({}, pad.getValue().convertToFloat(), "value")},
                op));
  return success();
}

/// The slices of a tensor along an axis.
static std::string writeSlices(GraphExporter &graph, Operation *op,
                               const std::string &input, int64_t axis,
                               ArrayRef<int64_t> indices) {
  NodeProto &node =
      graph.add("Gather", {input, graph.addIndices(indices, "indices")}, op);
  GraphExporter::setInt(node, "axis", axis);
  return node.output(0);
}

static LogicalResult writeGather(GraphExporter &graph, Operation *op) {
  auto gather = cast<qnn::GatherOp>(op);
  graph.set(gather.getResult(),
            writeSlices(graph, op, graph.get(gather.getInput()),
                        int64_t(gather.getAxis()), gather.getIndices()));
  return success();
}

/// lower + (upper - lower) * fraction.
static LogicalResult writeInterpolate(GraphExporter &graph, Operation *op) {
  auto interpolate = cast<qnn::InterpolateOp>(op);
  auto axis = int64_t(interpolate.getAxis());
  std::string input = graph.get(interpolate.getInput());
  std::string lower =
      writeSlices(graph, op, input, axis, interpolate.getLower());
  std::string upper =
      writeSlices(graph, op, input, axis, interpolate.getUpper());
  SmallVector<int64_t> shape(shapeOf(interpolate.getResult()).size(), 1);
  shape[axis] = int64_t(interpolate.getFractions().size());
  std::string part = graph.addValue(
      "Mul",
      {graph.addValue("Sub", {upper, lower}, op),
       graph.addFloats(shape, interpolate.getFractions(), "fractions")},
      op);
  graph.set(interpolate.getResult(), graph.addValue("Add", {lower, part}, op));
  return success();
}

ArrayRef<WriterRow> quantopt::onnx::getMovementWriters() {
  static const WriterRow rows[] = {
      {qnn::BroadcastOp::getOperationName(), writeBroadcast},
      {qnn::ConcatOp::getOperationName(), writeConcat},
      {qnn::GatherOp::getOperationName(), writeGather},
      {qnn::InterpolateOp::getOperationName(), writeInterpolate},
      {qnn::PadOp::getOperationName(), writePad},
      {qnn::ReshapeOp::getOperationName(), writeReshape},
      {qnn::SliceOp::getOperationName(), writeSlice},
      {qnn::TransposeOp::getOperationName(), writeTranspose},
  };
  return rows;
}
