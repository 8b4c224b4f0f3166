//===- QuantizationWriters.cpp - Quantized values as ONNX -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphExporter.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "llvm/ADT/bit.h"

using namespace quantopt;
using namespace quantopt::onnx;
using onnxfile::NodeProto;

/// Whether the model takes or gives signed bytes.
static bool hasSignedBorder(Operation *op) {
  auto function = op->getParentOfType<func::FuncOp>();
  auto isSigned = [](Type type) {
    auto affine = dyn_cast<qnn::AffineType>(
        cast<RankedTensorType>(type).getElementType());
    return affine && affine.getStorageType().isSignlessInteger(8);
  };
  return llvm::any_of(function.getArgumentTypes(), isSigned) ||
         llvm::any_of(function.getResultTypes(), isSigned);
}

/// Scale and zero point of a type as constants. Signed bytes inside of the
/// model are written as the unsigned ones that stand for the same numbers: ONNX
/// Runtime makes those of them itself on some processors, and fails at it where
/// values are transposed or pooled.
static FailureOr<SmallVector<std::string>>
writeParameters(GraphExporter &graph, Operation *op, Type type) {
  auto affine = dyn_cast<qnn::AffineType>(type);
  auto kind = affine ? getStoredType(affine.getStorageType()) : std::nullopt;
  if (!kind)
    return op->emitError("cannot be written as ONNX: there are no values of "
                         "type ")
           << type;
  int64_t zeroPoint = affine.getZeroPoint();
  if (affine.getStorageType().isSignlessInteger(8) && !hasSignedBorder(op)) {
    kind = UInt8Tensor;
    zeroPoint += 128;
  }
  return SmallVector<std::string>{
      graph.addFloats({}, affine.getScale(), "scale"),
      graph.addIntegers(*kind, {}, zeroPoint, "zero_point")};
}

/// A node on one value that works in both orders of dimensions.
static void writePointwise(GraphExporter &graph, StringRef kind, Operation *op,
                           ArrayRef<std::string> parameters) {
  Value input = op->getOperand(0);
  bool first = graph.isChannelsFirst(input);
  SmallVector<std::string> inputs = {first ? graph.getChannelsFirst(input)
                                           : graph.get(input)};
  inputs.append(parameters.begin(), parameters.end());
  std::string result = graph.addValue(kind, inputs, op);
  if (first)
    graph.setChannelsFirst(op->getResult(0), result);
  else
    graph.set(op->getResult(0), result);
}

static LogicalResult writeQuantize(GraphExporter &graph, Operation *op) {
  auto quantize = cast<qnn::QuantizeOp>(op);
  auto parameters =
      writeParameters(graph, op, quantize.getType().getElementType());
  if (failed(parameters))
    return failure();
  auto affine = cast<qnn::AffineType>(quantize.getType().getElementType());
  qnn::StorageLimits limits =
      qnn::getStorageLimits(cast<IntegerType>(affine.getStorageType()));
  if (affine.getStorageMin() != limits.min ||
      affine.getStorageMax() != limits.max)
    return op->emitError("cannot be written as ONNX: QuantizeLinear does not "
                         "limit values to ")
           << affine;
  writePointwise(graph, "QuantizeLinear", op, *parameters);
  return success();
}

static LogicalResult writeDequantize(GraphExporter &graph, Operation *op) {
  auto dequantize = cast<qnn::DequantizeOp>(op);
  Value input = dequantize.getInput();
  if (auto constant = input.getDefiningOp<qnn::ConstantOp>()) {
    // Weights are written by the contractions that read them.
    bool isWeight = llvm::all_of(op->getUses(), [](OpOperand &use) {
      auto contraction = dyn_cast<qnn::ContractionOpInterface>(use.getOwner());
      return contraction && &contraction.getWeightOperand() == &use;
    });
    if (isWeight)
      return success();
    auto order = llvm::to_vector(
        llvm::seq<int64_t>(0, int64_t(shapeOf(constant).size())));
    FailureOr<std::string> name =
        writeQuantizedConstant(graph, op, constant, order);
    if (failed(name))
      return failure();
    graph.set(dequantize.getResult(), *name);
    return success();
  }
  auto parameters = writeParameters(
      graph, op, cast<RankedTensorType>(input.getType()).getElementType());
  if (failed(parameters))
    return failure();
  writePointwise(graph, "DequantizeLinear", op, *parameters);
  return success();
}

//===----------------------------------------------------------------------===//
// Quantization at run time
//===----------------------------------------------------------------------===//

static LogicalResult writeQuantizeDynamic(GraphExporter &graph, Operation *op) {
  auto quantize = cast<qnn::QuantizeDynamicOp>(op);
  if (!quantize.getZeroPoints())
    return op->emitError("cannot be written as ONNX: DynamicQuantizeLinear has "
                         "a zero point of run time and one scale");
  NodeProto &node =
      graph.add("DynamicQuantizeLinear", graph.get(quantize.getInput()), op, 3);
  for (auto [value, name] : llvm::zip(op->getResults(), node.output()))
    graph.set(value, name);
  return success();
}

/// Unsigned integers and the signed ones that stand for them are the same.
static LogicalResult writeStorageCast(GraphExporter &graph, Operation *op) {
  for (Type type : {op->getOperand(0).getType(), op->getResult(0).getType()}) {
    auto affine = dyn_cast<qnn::AffineType>(
        cast<RankedTensorType>(type).getElementType());
    if (affine && !affine.getStorageType().isUnsignedInteger(8))
      return op->emitError("cannot be written as ONNX: expected unsigned "
                           "integers of 8 bits, but got ")
             << affine;
  }
  graph.set(op->getResult(0), graph.get(op->getOperand(0)));
  return success();
}

static LogicalResult writeDequantizeDynamic(GraphExporter &graph,
                                            Operation *op) {
  auto dequantize = cast<qnn::DequantizeDynamicOp>(op);
  if (dequantize.getRowDims() != 0)
    return op->emitError("cannot be written as ONNX: it has scales of rows");
  std::string zero =
      dequantize.getZeroPoints()
          ? graph.get(dequantize.getZeroPoints())
          : graph.addIntegers(UInt8Tensor, {},
                              int32_t(dequantize.getZeroPoint()) + 128,
                              "zero_point");
  graph.set(dequantize.getResult(),
            graph.addValue("DequantizeLinear",
                           {graph.get(dequantize.getInput()),
                            graph.get(dequantize.getScales()), zero},
                           op));
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// Half-precision weights.
static std::string writeSmallFloats(GraphExporter &graph, Operation *op,
                                    qnn::ConstantOp constant,
                                    ArrayRef<int64_t> permutation) {
  auto payload = cast<DenseElementsAttr>(constant.getPayload());
  SmallVector<int64_t> bits;
  for (APFloat value : payload.getValues<APFloat>())
    bits.push_back(int64_t(value.bitcastToAPInt().getZExtValue()));
  ArrayRef<int64_t> shape = shapeOf(constant);
  auto type = payload.getElementType().isF16() ? Float16Tensor : BFloat16Tensor;
  std::string halves = graph.addIntegers(
      type, qnn::permuteShape(shape, permutation),
      qnn::permuteElements<int64_t>(bits, shape, permutation), "weight");
  NodeProto &node = graph.add("Cast", halves, op);
  GraphExporter::setInt(node, "to", FloatTensor);
  return node.output(0);
}

namespace {
/// The operands of a DequantizeLinear of a constant.
struct StoredConstant {
  StoredType type;
  SmallVector<int64_t> shape, values;
  SmallVector<int64_t> scaleShape;
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
  int64_t axis = -1, block = 0;
};
} // namespace

static std::string writeStored(GraphExporter &graph, Operation *op,
                               const StoredConstant &stored) {
  SmallVector<std::string> inputs = {
      graph.addIntegers(stored.type, stored.shape, stored.values, "weight"),
      graph.addFloats(stored.scaleShape, stored.scales, "scale"),
      graph.addIntegers(stored.type, stored.scaleShape, stored.zeroPoints,
                        "zero_point")};
  NodeProto &node = graph.add("DequantizeLinear", inputs, op);
  if (stored.axis >= 0)
    GraphExporter::setInt(node, "axis", stored.axis);
  if (stored.block != 0)
    GraphExporter::setInt(node, "block_size", stored.block);
  return node.output(0);
}

/// Blocks follow the rows of the weight: they are cut there, and the result is
/// brought into its shape and order afterwards.
static std::string writeBlocks(GraphExporter &graph, Operation *op,
                               StoredConstant stored, ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> permutation) {
  int64_t rows = shape[0], rowSize = qnn::getRowSize(shape);
  bool isFlat = shape.back() == rowSize || shape.back() % stored.block != 0;
  stored.shape.assign(shape.begin(), shape.end());
  if (isFlat)
    stored.shape = {rows, rowSize};
  stored.axis = int64_t(stored.shape.size()) - 1;
  stored.scaleShape = stored.shape;
  stored.scaleShape.back() =
      llvm::divideCeil(stored.shape.back(), stored.block);
  std::string name = writeStored(graph, op, stored);
  if (ArrayRef<int64_t>(stored.shape) != shape)
    name =
        graph.addValue("Reshape", {name, graph.addIndices(shape, "shape")}, op);
  if (llvm::is_sorted(permutation))
    return name;
  NodeProto &node = graph.add("Transpose", name, op);
  GraphExporter::setInts(node, "perm", permutation);
  return node.output(0);
}

FailureOr<std::string>
quantopt::onnx::writeQuantizedConstant(GraphExporter &graph, Operation *op,
                                       qnn::ConstantOp constant,
                                       ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> shape = shapeOf(constant);
  Type element = cast<RankedTensorType>(constant.getType()).getElementType();
  if (isa<qnn::SmallFloatType>(element))
    return writeSmallFloats(graph, op, constant, permutation);
  auto quantized = cast<qnn::QuantizedTypeInterface>(element);
  auto kind = getStoredType(quantized.getStorageType());
  if (!kind || isa<qnn::CodebookType>(element))
    return op->emitError("cannot be written as ONNX: there are no weights of "
                         "type ")
           << element << "; use integers of 4, 8 or 16 bits";
  auto [scales, zeroPoints] = qnn::getScaleParameters(constant);
  StoredConstant stored;
  stored.type = *kind;
  stored.values = qnn::getStoredIntegers(constant);
  stored.scales = scales;
  stored.zeroPoints = zeroPoints;
  int64_t block = quantized.getBlockSize();
  if (block != 0 && block < qnn::getRowSize(shape)) {
    stored.block = block;
    return writeBlocks(graph, op, stored, shape, permutation);
  }
  stored.shape = qnn::permuteShape(shape, permutation);
  stored.values =
      qnn::permuteElements<int64_t>(stored.values, shape, permutation);
  auto axis = dyn_cast<qnn::AffineAxisType>(element);
  if (axis || block != 0) {
    int64_t own = axis ? axis.getAxis() : 0;
    stored.axis = llvm::find(permutation, own) - permutation.begin();
    stored.scaleShape = {int64_t(stored.scales.size())};
  }
  return writeStored(graph, op, stored);
}

ArrayRef<WriterRow> quantopt::onnx::getQuantizationWriters() {
  static const WriterRow rows[] = {
      {qnn::DequantizeOp::getOperationName(), writeDequantize},
      {qnn::DequantizeDynamicOp::getOperationName(), writeDequantizeDynamic},
      {qnn::QuantizeOp::getOperationName(), writeQuantize},
      {qnn::QuantizeDynamicOp::getOperationName(), writeQuantizeDynamic},
      {qnn::StorageCastOp::getOperationName(), writeStorageCast},
  };
  return rows;
}
