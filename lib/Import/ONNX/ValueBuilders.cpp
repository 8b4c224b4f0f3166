//===- ValueBuilders.cpp - Values of any kind and building blocks ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::onnx;

/// The tensor type with another shape.
static RankedTensorType withShape(Value value, ArrayRef<int64_t> shape) {
  return cast<RankedTensorType>(value.getType()).clone(shape);
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

Value NodeImporter::constant(ArrayRef<int64_t> shape, ArrayRef<float> values) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return arith::ConstantOp::create(builder, location,
                                   DenseElementsAttr::get(type, values));
}

SmallVector<int64_t> QuantizedConstant::getScaleShape() const {
  if (axis < 0)
    return {};
  if (block == 0)
    return {values.getShape()[axis]};
  SmallVector<int64_t> shape(values.getShape());
  shape[axis] = llvm::divideCeil(shape[axis], block);
  return shape;
}

/// Whether blocks lie in the rows of a weight, which are cut one after another.
static bool hasRowBlocks(const QuantizedConstant &constant) {
  ArrayRef<int64_t> shape = constant.values.getShape();
  int64_t last = int64_t(shape.size()) - 1;
  if (last < 1 || constant.axis != last)
    return false;
  return shape[last] % constant.block == 0 ||
         qnn::getRowSize(shape) == shape[last];
}

/// Whether the scales are binary16 numbers.
static bool fitF16(ArrayRef<float> scales) {
  return llvm::all_of(scales, [](float scale) {
    return std::fabs(scale) <= 65504.0f && decodeF16(encodeF16(scale)) == scale;
  });
}

Value NodeImporter::quantizedConstant(const QuantizedConstant &constant) {
  MLIRContext *context = getContext();
  IntegerType storage = getStorageType(constant.values.getType(), context);
  auto [min, max] = qnn::getStorageLimits(storage);
  Type element;
  if (constant.axis < 0)
    element = qnn::AffineType::get(storage, constant.scales[0],
                                   constant.zeroPoints[0]);
  else if (constant.block == 0)
    element =
        qnn::AffineAxisType::get(context, storage, min, max, constant.axis);
  else
    element =
        qnn::AffineBlockType::get(context, storage, min, max, constant.block);
  bool inType = constant.axis < 0;
  return qnn::createIntegerConstant(
      builder, location,
      RankedTensorType::get(constant.values.getShape(), element),
      constant.values.getInts(), inType ? ArrayRef<float>() : constant.scales,
      inType ? ArrayRef<int64_t>() : constant.zeroPoints,
      constant.block != 0 && fitF16(constant.scales));
}

FailureOr<Value> NodeImporter::toTensor(const ImportValue &value) {
  if (value.isHost()) {
    if (value.host.getType() != ElementType::Float)
      return unsupported("computes on a constant of element type " +
                         getName(value.host.getType()));
    return arith::ConstantOp::create(builder, location,
                                     value.host.toAttribute(getContext()))
        .getResult();
  }
  if (value.isQuantized()) {
    if (value.quantized->block != 0 && !hasRowBlocks(*value.quantized))
      return unsupported("scales per block that do not follow the summed "
                         "elements of a weight");
    Value stored = quantizedConstant(*value.quantized);
    auto type =
        RankedTensorType::get(quantopt::getShape(stored), builder.getF32Type());
    return qnn::DequantizeOp::create(builder, location, type, stored)
        .getResult();
  }
  if (!value.isRuntime())
    return malformed("an input that is needed is left out");
  Type element =
      cast<RankedTensorType>(value.runtime.getType()).getElementType();
  if (!element.isF32() && !isa<qnn::QuantizedTypeInterface>(element))
    return unsupported("computes on an integer input of the model that is not "
                       "dequantized");
  return value.runtime;
}

FailureOr<Value> NodeImporter::toFloat(const ImportValue &value) {
  FailureOr<Value> tensor = toTensor(value);
  if (failed(tensor))
    return failure();
  if (!cast<RankedTensorType>(tensor->getType()).getElementType().isF32())
    return unsupported("computes on quantized integers; only operators that "
                       "move data may stand between QuantizeLinear and "
                       "DequantizeLinear");
  return tensor;
}

//===----------------------------------------------------------------------===//
// Movement of elements
//===----------------------------------------------------------------------===//

FailureOr<ImportValue> NodeImporter::reshape(const ImportValue &value,
                                             ArrayRef<int64_t> shape) {
  std::optional<int64_t> from = getNumElements(value.getShape());
  std::optional<int64_t> to = getNumElements(shape);
  if (!from || !to || *from != *to)
    return malformed("cannot reshape " + formatShape(value.getShape()) +
                     " to " + formatShape(shape));
  if (value.isHost())
    return ImportValue(value.host.reshaped(shape));
  if (value.isQuantized() && value.quantized->axis < 0) {
    QuantizedConstant result = *value.quantized;
    result.values = result.values.reshaped(shape);
    return ImportValue(std::move(result));
  }
  FailureOr<Value> tensor = toTensor(value);
  if (failed(tensor))
    return failure();
  if (quantopt::getShape(*tensor) == shape)
    return ImportValue(*tensor);
  return ImportValue(qnn::ReshapeOp::create(builder, location,
                                            withShape(*tensor, shape), *tensor)
                         .getResult());
}

/// Whether each index below the rank occurs once.
static bool isPermutation(ArrayRef<int64_t> permutation, int64_t rank) {
  SmallVector<bool> seen(rank, false);
  for (int64_t p : permutation) {
    if (p < 0 || p >= rank || seen[p])
      return false;
    seen[p] = true;
  }
  return static_cast<int64_t>(permutation.size()) == rank;
}

FailureOr<ImportValue> NodeImporter::transpose(const ImportValue &value,
                                               ArrayRef<int64_t> permutation) {
  if (!isPermutation(permutation, value.getRank()))
    return malformed("expected a permutation of " + Twine(value.getRank()) +
                     " dimensions, but got " + formatShape(permutation));
  if (llvm::is_sorted(permutation))
    return value;
  if (value.isHost())
    return ImportValue(value.host.transposed(permutation));
  if (value.isQuantized()) {
    QuantizedConstant result = *value.quantized;
    result.values = result.values.transposed(permutation);
    if (result.block != 0) {
      SmallVector<int64_t> shape = value.quantized->getScaleShape();
      result.scales =
          qnn::permuteElements<float>(result.scales, shape, permutation);
      result.zeroPoints =
          qnn::permuteElements<int64_t>(result.zeroPoints, shape, permutation);
    }
    if (result.axis >= 0)
      result.axis = llvm::find(permutation, result.axis) - permutation.begin();
    return ImportValue(std::move(result));
  }
  FailureOr<Value> tensor = toTensor(value);
  if (failed(tensor))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t p : permutation)
    shape.push_back(value.getShape()[p]);
  return ImportValue(qnn::TransposeOp::create(builder, location,
                                              withShape(*tensor, shape),
                                              *tensor, permutation)
                         .getResult());
}

FailureOr<ImportValue> NodeImporter::slice(const ImportValue &value,
                                           ArrayRef<int64_t> offsets,
                                           ArrayRef<int64_t> strides,
                                           ArrayRef<int64_t> sizes) {
  if (value.isHost())
    return ImportValue(value.host.sliced(offsets, strides, sizes));
  FailureOr<Value> tensor = toTensor(value);
  if (failed(tensor))
    return failure();
  if (llvm::is_contained(sizes, 0))
    return unsupported("the result has the shape " + formatShape(sizes) +
                       " without elements");
  bool isWhole = value.getShape() == sizes &&
                 llvm::all_of(strides, [](int64_t s) { return s == 1; });
  if (isWhole)
    return ImportValue(*tensor);
  return ImportValue(qnn::SliceOp::create(builder, location,
                                          withShape(*tensor, sizes), *tensor,
                                          offsets, strides)
                         .getResult());
}

FailureOr<ImportValue> NodeImporter::gather(const ImportValue &value,
                                            int64_t axis,
                                            ArrayRef<int64_t> indices) {
  SmallVector<int64_t> shape(value.getShape());
  int64_t size = shape[axis];
  shape[axis] = indices.size();
  std::optional<int64_t> count = getNumElements(shape);
  if (!count || (value.isHost() && *count > maxFoldedElements))
    return malformed("the result's shape is too large");
  for (int64_t index : indices)
    if (index < 0 || index >= size)
      return malformed("index " + Twine(index) + " is not in [0, " +
                       Twine(size) + ")");
  if (value.isHost())
    return ImportValue(value.host.gathered(axis, indices));
  FailureOr<Value> tensor = toTensor(value);
  if (failed(tensor))
    return failure();
  return ImportValue(qnn::GatherOp::create(builder, location,
                                           withShape(*tensor, shape), *tensor,
                                           axis, indices)
                         .getResult());
}

FailureOr<ImportValue> NodeImporter::broadcast(const ImportValue &value,
                                               ArrayRef<int64_t> shape) {
  if (value.getShape() == shape)
    return value;
  std::optional<int64_t> count = getNumElements(shape);
  if (!count || (value.isHost() && *count > maxFoldedElements))
    return malformed("the result's shape is too large");
  if (!qnn::broadcastsTo(value.getShape(), shape))
    return malformed("shape " + formatShape(value.getShape()) +
                     " does not broadcast to " + formatShape(shape));
  if (value.isHost())
    return ImportValue(value.host.broadcast(shape));
  FailureOr<Value> tensor = toTensor(value);
  if (failed(tensor))
    return failure();
  return ImportValue(qnn::BroadcastOp::create(
                         builder, location, withShape(*tensor, shape), *tensor)
                         .getResult());
}

/// Joins known tensors of one element type; shapes have been checked.
static HostTensor concatHost(ArrayRef<ImportValue> values, int64_t axis,
                             ArrayRef<int64_t> shape) {
  ElementType type = values[0].host.getType();
  HostTensor result(type, shape);
  int64_t inner = getByteSize(type), outer = 1;
  for (int64_t size : shape.drop_front(axis + 1))
    inner *= size;
  for (int64_t size : shape.take_front(axis))
    outer *= size;
  char *to = result.getMutableBytes().data();
  for (int64_t i = 0; i < outer; ++i)
    for (const ImportValue &value : values) {
      int64_t row = inner * value.getShape()[axis];
      const char *from = value.host.getBytes().data() + i * row;
      to = std::copy(from, from + row, to);
    }
  return result;
}

FailureOr<ImportValue> NodeImporter::concat(ArrayRef<ImportValue> values,
                                            int64_t axis) {
  SmallVector<int64_t> shape(values[0].getShape());
  for (const ImportValue &value : values.drop_front()) {
    SmallVector<int64_t> other(value.getShape());
    if (other.size() != shape.size())
      return malformed("expected inputs of one rank, but got " +
                       formatShape(shape) + " and " + formatShape(other));
    shape[axis] += other[axis];
    other[axis] = shape[axis];
    if (other != shape)
      return malformed("expected equal sizes except along axis " + Twine(axis) +
                       ", but got " + formatShape(value.getShape()) +
                       " beside " + formatShape(values[0].getShape()));
  }
  std::optional<int64_t> count = getNumElements(shape);
  if (!count)
    return malformed("the result's shape is too large");
  if (llvm::all_of(values, [&](const ImportValue &value) {
        return value.isHost() &&
               value.host.getType() == values[0].host.getType();
      }))
    return ImportValue(concatHost(values, axis, shape));
  SmallVector<Value> tensors;
  for (const ImportValue &value : values) {
    FailureOr<Value> tensor = toTensor(value);
    if (failed(tensor))
      return failure();
    // Empty parts are common in generated graphs and add nothing.
    if (!llvm::is_contained(value.getShape(), 0))
      tensors.push_back(*tensor);
  }
  if (tensors.empty())
    return unsupported("the result has no elements");
  Type element = cast<RankedTensorType>(tensors[0].getType()).getElementType();
  for (Value tensor : tensors)
    if (cast<RankedTensorType>(tensor.getType()).getElementType() != element)
      return unsupported("joins tensors of different quantization");
  return ImportValue(qnn::ConcatOp::create(builder, location,
                                           withShape(tensors[0], shape),
                                           tensors, axis)
                         .getResult());
}

//===----------------------------------------------------------------------===//
// Building blocks
//===----------------------------------------------------------------------===//

FailureOr<SmallVector<int64_t>>
NodeImporter::broadcastShapes(ArrayRef<int64_t> lhs, ArrayRef<int64_t> rhs) {
  SmallVector<int64_t> shape(std::max(lhs.size(), rhs.size()), 1);
  for (size_t i = 1; i <= shape.size(); ++i) {
    int64_t a = i <= lhs.size() ? lhs[lhs.size() - i] : 1;
    int64_t b = i <= rhs.size() ? rhs[rhs.size() - i] : 1;
    if (a != b && a != 1 && b != 1)
      return malformed("shapes " + formatShape(lhs) + " and " +
                       formatShape(rhs) + " do not broadcast");
    shape[shape.size() - i] = a == 1 ? b : a;
  }
  if (!getNumElements(shape))
    return malformed("the result's shape " + formatShape(shape) +
                     " is too large");
  return shape;
}

FailureOr<Value> NodeImporter::binary(qnn::BinaryFn fn, Value lhs, Value rhs) {
  FailureOr<SmallVector<int64_t>> shape =
      broadcastShapes(quantopt::getShape(lhs), quantopt::getShape(rhs));
  if (failed(shape))
    return failure();
  return qnn::BinaryOp::create(builder, location, withShape(lhs, *shape), fn,
                               lhs, rhs)
      .getResult();
}

Value NodeImporter::unary(qnn::UnaryFn fn, Value input, float alpha,
                          float beta) {
  return qnn::UnaryOp::create(builder, location, input.getType(), fn, input,
                              llvm::APFloat(alpha), llvm::APFloat(beta))
      .getResult();
}

Value NodeImporter::clamp(Value input, float min, float max) {
  return qnn::ClampOp::create(builder, location, input.getType(), input,
                              builder.getF32FloatAttr(min),
                              builder.getF32FloatAttr(max))
      .getResult();
}

Value NodeImporter::reduce(qnn::ReduceFn fn, Value input,
                           ArrayRef<int64_t> axes) {
  if (axes.empty())
    return input;
  SmallVector<int64_t> shape(quantopt::getShape(input));
  for (int64_t axis : axes)
    shape[axis] = 1;
  return qnn::ReduceOp::create(builder, location, withShape(input, shape), fn,
                               input, axes)
      .getResult();
}

Value NodeImporter::pad(Value input, ArrayRef<int64_t> low,
                        ArrayRef<int64_t> high) {
  SmallVector<int64_t> shape(quantopt::getShape(input));
  for (auto [size, before, after] : llvm::zip_equal(shape, low, high))
    size += before + after;
  if (quantopt::getShape(input) == ArrayRef<int64_t>(shape))
    return input;
  return qnn::PadOp::create(builder, location, withShape(input, shape), input,
                            /*fill=*/Value(), low, high, llvm::APFloat(0.0f))
      .getResult();
}

FailureOr<Value> NodeImporter::toChannelsLast(Value value) {
  int64_t rank = quantopt::getShape(value).size();
  SmallVector<int64_t> permutation = {0};
  for (int64_t i = 2; i < rank; ++i)
    permutation.push_back(i);
  permutation.push_back(1);
  FailureOr<ImportValue> result = transpose(value, permutation);
  if (failed(result))
    return failure();
  return result->runtime;
}

FailureOr<Value> NodeImporter::toChannelsFirst(Value value) {
  int64_t rank = quantopt::getShape(value).size();
  SmallVector<int64_t> permutation = {0, rank - 1};
  for (int64_t i = 1; i < rank - 1; ++i)
    permutation.push_back(i);
  FailureOr<ImportValue> result = transpose(value, permutation);
  if (failed(result))
    return failure();
  return result->runtime;
}
