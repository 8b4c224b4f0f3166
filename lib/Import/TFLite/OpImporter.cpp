//===- OpImporter.cpp - What a handler of an operator sees ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpImporter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QNN/Utils/ExactBias.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/Support/MathExtras.h"
#include <cfloat>
#include <cmath>
#include <limits>

using namespace quantopt;
using namespace quantopt::tflite;

LogicalResult OpImporter::expect(unsigned low, unsigned high,
                                 unsigned results) {
  bool complete = getNumInputs() >= low && getNumInputs() <= high;
  for (unsigned i = 0; complete && i < low; ++i)
    complete = hasInput(i);
  if (!complete)
    return wrongInputs(low, high, getNumInputs());
  if (getNumResults() != results)
    return malformed("expected " + Twine(results) + " results, but got " +
                     Twine(getNumResults()));
  return success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

llvm::Expected<qnn::AffineType> tflite::getAffineType(const Tensor &tensor,
                                                      MLIRContext *context) {
  IntegerType storage = getStorageType(tensor.type, context);
  if (!storage || !tensor.isQuantized())
    return llvm::createStringError("element type " + getName(tensor.type) +
                                   (storage ? " without scales" : ""));
  if (tensor.scales.size() != 1)
    return llvm::createStringError(
        "scales per axis of a value computed at run time");
  float scale = tensor.scales[0];
  int64_t zeroPoint = tensor.zeroPoints.empty() ? 0 : tensor.zeroPoints[0];
  qnn::StorageLimits limits = qnn::getStorageLimits(storage);
  if (!(scale >= FLT_MIN && scale <= FLT_MAX))
    return llvm::createStringError(
        "a scale that is not a positive normal number");
  if (zeroPoint < limits.min || zeroPoint > limits.max)
    return llvm::createStringError("the zero point " + Twine(zeroPoint) +
                                   ", which " + getName(tensor.type) +
                                   " cannot hold");
  return qnn::AffineType::get(storage, scale, zeroPoint);
}

/// Element `i` of little-endian numbers.
template <typename T> static T readElement(ArrayRef<uint8_t> data, int64_t i) {
  return FlatVector<T>(data)[i];
}

SmallVector<int64_t> tflite::readIntegers(const Tensor &tensor) {
  ArrayRef<uint8_t> data = *tensor.data;
  SmallVector<int64_t> result;
  for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i) {
    switch (tensor.type) {
    case ElementType::Int4:
      result.push_back(llvm::SignExtend64<4>(data[i / 2] >> (i % 2 * 4)));
      break;
    case ElementType::Int8:
      result.push_back(readElement<int8_t>(data, i));
      break;
    case ElementType::UInt8:
    case ElementType::Bool:
      result.push_back(data[i]);
      break;
    case ElementType::Int16:
      result.push_back(readElement<int16_t>(data, i));
      break;
    case ElementType::Int32:
      result.push_back(readElement<int32_t>(data, i));
      break;
    default:
      result.push_back(readElement<int64_t>(data, i));
      break;
    }
  }
  return result;
}

/// The floats of a constant.
static SmallVector<float> readFloats(const Tensor &tensor) {
  SmallVector<float> result;
  for (int64_t i = 0, e = tensor.getNumElements(); i < e; ++i)
    result.push_back(tensor.type == ElementType::Float16
                         ? decodeF16(readElement<uint16_t>(*tensor.data, i))
                         : readElement<float>(*tensor.data, i));
  return result;
}

/// The elements in the order of a layout.
template <typename T>
static SmallVector<T> arrange(SmallVector<T> elements, const Tensor &tensor,
                              const WeightLayout &layout) {
  if (!layout.permutation.empty())
    elements =
        qnn::permuteElements<T>(elements, tensor.shape, layout.permutation);
  if (!layout.isTurned)
    return elements;
  int64_t positions = layout.shape[1] * layout.shape[2],
          channels = layout.shape[3];
  SmallVector<T> turned;
  for (int64_t row = 0; row < layout.shape[0]; ++row)
    for (int64_t i = positions; i-- > 0;)
      llvm::append_range(
          turned, ArrayRef<T>(elements).slice((row * positions + i) * channels,
                                              channels));
  return turned;
}

FailureOr<Value> OpImporter::makeConstant(const Tensor &tensor,
                                          const WeightLayout &layout) {
  if (!tensor.obstacle.empty())
    return unsupported(tensor.obstacle);
  auto plain = RankedTensorType::get(layout.shape, builder.getF32Type());
  if (tensor.type == ElementType::Float32 ||
      tensor.type == ElementType::Float16)
    return constant(layout.shape, arrange(readFloats(tensor), tensor, layout));
  IntegerType storage = getStorageType(tensor.type, getContext());
  if (!storage || !tensor.isQuantized())
    return unsupported("a constant of element type " + getName(tensor.type) +
                       (storage ? " without scales" : ""));
  Type element;
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
  if (tensor.scales.size() == 1) {
    llvm::Expected<qnn::AffineType> type = getAffineType(tensor, getContext());
    if (!type)
      return unsupported(llvm::toString(type.takeError()));
    element = *type;
  } else {
    int64_t axis = tensor.axis;
    if (!layout.permutation.empty())
      axis = llvm::find(layout.permutation, axis) - layout.permutation.begin();
    bool fits = axis < int64_t(layout.shape.size()) &&
                layout.shape[axis] == int64_t(tensor.scales.size());
    if (!fits)
      return unsupported("scales per axis that belong to no output channel");
    for (size_t i = 0; i < tensor.scales.size(); ++i) {
      scales.push_back(tensor.scales[i]);
      zeroPoints.push_back(tensor.zeroPoints.empty() ? 0
                                                     : tensor.zeroPoints[i]);
      if (!(scales.back() >= FLT_MIN && scales.back() <= FLT_MAX))
        return unsupported("a scale that is not a positive normal number");
    }
    auto [min, max] = qnn::getStorageLimits(storage);
    for (int64_t zeroPoint : zeroPoints)
      if (zeroPoint < min || zeroPoint > max)
        return unsupported("the zero point " + Twine(zeroPoint) + ", which " +
                           getName(tensor.type) + " cannot hold");
    element = qnn::AffineAxisType::get(getContext(), storage, min, max, axis);
  }
  Value stored = qnn::createIntegerConstant(
      builder, location, RankedTensorType::get(layout.shape, element),
      arrange(readIntegers(tensor), tensor, layout), scales, zeroPoints);
  return qnn::DequantizeOp::create(builder, location, plain, stored)
      .getResult();
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

ArrayRef<int64_t> OpImporter::getShape(unsigned i) {
  const TensorValue &value = values[op.inputs[i]];
  if (value.kind == TensorValue::Kind::Runtime)
    return quantopt::getShape(value.stored ? value.stored : value.real);
  return getInput(i).shape;
}

FailureOr<Value> OpImporter::getReal(unsigned i) {
  TensorValue &value = values[op.inputs[i]];
  if (value.kind == TensorValue::Kind::Constant) {
    const Tensor &tensor = getInput(i);
    return makeConstant(tensor, {tensor.shape, {}});
  }
  if (!value.real) {
    auto type = cast<RankedTensorType>(value.stored.getType());
    value.real = qnn::DequantizeOp::create(
        builder, location, type.clone(builder.getF32Type()), value.stored);
  }
  return value.real;
}

FailureOr<SmallVector<int64_t>> OpImporter::getInts(unsigned i,
                                                    StringRef what) {
  if (!hasInput(i))
    return malformed("expected " + what + " as input " + Twine(i));
  const Tensor &tensor = getInput(i);
  if (!isConstant(i))
    return unsupported(what + " is not known at import");
  if (tensor.type != ElementType::Int32 && tensor.type != ElementType::Int64)
    return malformed("expected integers for " + what + ", but got " +
                     getName(tensor.type));
  // The most that a list of dimensions or indices is good for.
  if (tensor.getNumElements() > (1 << 20))
    return malformed(what + " has too many elements");
  if (!tensor.obstacle.empty())
    return unsupported(tensor.obstacle);
  return readIntegers(tensor);
}

FailureOr<Value> OpImporter::getWeight(unsigned i, const WeightLayout &layout) {
  if (isConstant(i))
    return makeConstant(getInput(i), layout);
  FailureOr<Value> value = getReal(i);
  if (failed(value))
    return failure();
  if (!layout.permutation.empty())
    value = transpose(*value, layout.permutation);
  value = reshape(*value, layout.shape);
  if (failed(value) || !layout.isTurned)
    return value;
  return slice(*value, {0, layout.shape[1] - 1, layout.shape[2] - 1, 0},
               {1, -1, -1, 1}, layout.shape);
}

FailureOr<Value> OpImporter::getBias(unsigned i, unsigned input,
                                     unsigned weight, int64_t count) {
  if (!hasInput(i))
    return Value();
  if (getShape(i) != ArrayRef<int64_t>(count))
    return malformed("expected " + Twine(count) + " biases, but got shape " +
                     formatShape(getShape(i)));
  const Tensor &tensor = getInput(i), &x = getInput(input),
               &w = getInput(weight);
  bool isInteger =
      tensor.type == ElementType::Int32 || tensor.type == ElementType::Int64;
  if (!isInteger)
    return getReal(i);
  if (!isConstant(i) || x.scales.size() != 1 || w.scales.empty())
    return unsupported("a bias of integers without scales");
  if (!tensor.obstacle.empty())
    return unsupported(tensor.obstacle);
  // The bias counts in steps of the sums, whatever its own scale says.
  SmallVector<float> numbers;
  SmallVector<int32_t> steps;
  bool isExact = true;
  for (auto [c, q] : llvm::enumerate(readIntegers(tensor))) {
    float scale = w.scales.size() == 1 ? w.scales[0] : w.scales[c];
    double step = double(x.scales[0]) * double(scale);
    numbers.push_back(float(double(q) * step));
    steps.push_back(int32_t(q));
    isExact &= roundHalfEven(double(numbers.back()) / step) == q;
    if (!llvm::isInt<32>(q))
      return unsupported("the bias " + Twine(q) +
                         ", which 32 bits cannot hold");
  }
  if (!isExact)
    exactBias = builder.getDenseI32ArrayAttr(steps);
  return constant({count}, numbers);
}

Value OpImporter::withExactBias(Value contraction) {
  if (exactBias)
    contraction.getDefiningOp()->setAttr(qnn::getExactBiasAttrName(),
                                         exactBias);
  return contraction;
}

FailureOr<int64_t> OpImporter::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return malformed("expected an axis in [" + Twine(-rank) + ", " +
                     Twine(rank) + "), but got " + Twine(axis));
  return axis < 0 ? axis + rank : axis;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

LogicalResult OpImporter::setResult(unsigned i, Value real) {
  const Tensor &tensor = getResult(i);
  TensorValue &value = values[op.outputs[i]];
  auto type = cast<RankedTensorType>(real.getType());
  if (value.kind != TensorValue::Kind::Undefined)
    return malformed("its result '" + tensor.name + "' exists already");
  // A tensor without dimensions may be one whose shape is not written down.
  if (type.getShape() != ArrayRef<int64_t>(tensor.shape) &&
      !tensor.shape.empty())
    return malformed("gives the shape " + formatShape(type.getShape()) +
                     ", but the model says " + formatShape(tensor.shape));
  value.kind = TensorValue::Kind::Runtime;
  if (tensor.type == ElementType::Float32) {
    value.real = real;
    return success();
  }
  llvm::Expected<qnn::AffineType> element = getAffineType(tensor, getContext());
  if (!element)
    return unsupported("a result with " + llvm::toString(element.takeError()));
  value.stored =
      qnn::QuantizeOp::create(builder, location, type.clone(*element), real);
  return success();
}

LogicalResult OpImporter::setActivated(unsigned i, Value real,
                                       int8_t function) {
  constexpr float infinity = std::numeric_limits<float>::infinity();
  switch (function) {
  case 0:
    break;
  case 1:
    real = clamp(real, 0, infinity);
    break;
  case 2:
    real = clamp(real, -1, 1);
    break;
  case 3:
    real = clamp(real, 0, 6);
    break;
  case 4:
    real = unary(qnn::UnaryFn::Tanh, real);
    break;
  default:
    return unsupported("fused activation function " + Twine(int(function)));
  }
  return setResult(i, real);
}

//===----------------------------------------------------------------------===//
// Building blocks
//===----------------------------------------------------------------------===//

/// The `f32` tensor type of a shape.
static RankedTensorType withShape(Value value, ArrayRef<int64_t> shape) {
  return cast<RankedTensorType>(value.getType()).clone(shape);
}

Value OpImporter::constant(ArrayRef<int64_t> shape, ArrayRef<float> numbers) {
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  return arith::ConstantOp::create(builder, location,
                                   DenseElementsAttr::get(type, numbers));
}

FailureOr<Value> OpImporter::binary(qnn::BinaryFn fn, Value lhs, Value rhs) {
  ArrayRef<int64_t> a = quantopt::getShape(lhs), b = quantopt::getShape(rhs);
  SmallVector<int64_t> shape(std::max(a.size(), b.size()), 1);
  for (size_t i = 1; i <= shape.size(); ++i) {
    int64_t x = i <= a.size() ? a[a.size() - i] : 1;
    int64_t y = i <= b.size() ? b[b.size() - i] : 1;
    if (x != y && x != 1 && y != 1)
      return malformed("shapes " + formatShape(a) + " and " + formatShape(b) +
                       " do not broadcast");
    shape[shape.size() - i] = x == 1 ? y : x;
  }
  return qnn::BinaryOp::create(builder, location, withShape(lhs, shape), fn,
                               lhs, rhs)
      .getResult();
}

Value OpImporter::unary(qnn::UnaryFn fn, Value input, float alpha) {
  return qnn::UnaryOp::create(builder, location, input.getType(), fn, input,
                              llvm::APFloat(alpha), llvm::APFloat(0.0f));
}

Value OpImporter::clamp(Value input, float min, float max) {
  return qnn::ClampOp::create(builder, location, input.getType(), input,
                              builder.getF32FloatAttr(min),
                              builder.getF32FloatAttr(max));
}

FailureOr<Value> OpImporter::reshape(Value input, ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> own = quantopt::getShape(input);
  if (ShapedType::getNumElements(own) != ShapedType::getNumElements(shape))
    return malformed("cannot reshape " + formatShape(own) + " to " +
                     formatShape(shape));
  if (own == shape)
    return input;
  return qnn::ReshapeOp::create(builder, location, withShape(input, shape),
                                input)
      .getResult();
}

Value OpImporter::transpose(Value input, ArrayRef<int64_t> permutation) {
  SmallVector<int64_t> shape =
      qnn::permuteShape(quantopt::getShape(input), permutation);
  return qnn::TransposeOp::create(builder, location, withShape(input, shape),
                                  input, permutation);
}

Value OpImporter::pad(Value input, ArrayRef<int64_t> low,
                      ArrayRef<int64_t> high, float value) {
  SmallVector<int64_t> shape(quantopt::getShape(input));
  for (auto [size, before, after] : llvm::zip_equal(shape, low, high))
    size += before + after;
  return qnn::PadOp::create(builder, location, withShape(input, shape), input,
                            /*fill=*/Value(), low, high, llvm::APFloat(value));
}

Value OpImporter::slice(Value input, ArrayRef<int64_t> offsets,
                        ArrayRef<int64_t> strides, ArrayRef<int64_t> sizes) {
  return qnn::SliceOp::create(builder, location, withShape(input, sizes), input,
                              offsets, strides);
}

Value OpImporter::gather(Value input, int64_t axis, ArrayRef<int64_t> indices) {
  SmallVector<int64_t> shape(quantopt::getShape(input));
  shape[axis] = indices.size();
  return qnn::GatherOp::create(builder, location, withShape(input, shape),
                               input, axis, indices);
}

Value OpImporter::reduce(qnn::ReduceFn fn, Value input,
                         ArrayRef<int64_t> axes) {
  SmallVector<int64_t> shape(quantopt::getShape(input));
  for (int64_t axis : axes)
    shape[axis] = 1;
  return qnn::ReduceOp::create(builder, location, withShape(input, shape), fn,
                               input, axes);
}
