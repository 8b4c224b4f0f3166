//===- ShapeOps.cpp - Operators that compute shapes and constants ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostArithmetic.h"
#include "OpTable.h"
#include "TensorReader.h"

using namespace quantopt;
using namespace quantopt::onnx;

static LogicalResult importConstant(NodeImporter &op) {
  if (const onnxfile::TensorProto *tensor = op.getTensor("value")) {
    llvm::Expected<HostTensor> value = readTensor(*tensor, std::nullopt);
    if (!value)
      return op.malformed(llvm::toString(value.takeError()));
    return op.setResult(0, std::move(*value));
  }
  if (op.hasAttribute("value_float"))
    return op.setResult(
        0, HostTensor::fromFloats({}, {op.getFloat("value_float", 0)}));
  if (op.hasAttribute("value_floats")) {
    SmallVector<float> values = op.getFloats("value_floats");
    return op.setResult(
        0, HostTensor::fromFloats({int64_t(values.size())}, values));
  }
  if (op.hasAttribute("value_int"))
    return op.setResult(0, HostTensor::fromInts(ElementType::Int64, {},
                                                {op.getInt("value_int", 0)}));
  if (op.hasAttribute("value_ints")) {
    SmallVector<int64_t> values = op.getInts("value_ints");
    return op.setResult(0,
                        HostTensor::fromInts(ElementType::Int64,
                                             {int64_t(values.size())}, values));
  }
  return op.unsupported("a constant that is not a dense tensor of numbers");
}

static LogicalResult importShape(NodeImporter &op) {
  int64_t start = op.getInt("start", 0), rank = 0;
  if (failed(op.expectInputs(1, 1)))
    return failure();
  ArrayRef<int64_t> shape = op.getShape(0);
  rank = shape.size();
  int64_t end = op.getInt("end", rank);
  auto limit = [&](int64_t bound) {
    return std::clamp<int64_t>(bound < 0 ? bound + rank : bound, 0, rank);
  };
  start = limit(start);
  end = std::max(limit(end), start);
  ArrayRef<int64_t> part = shape.slice(start, end - start);
  return op.setResult(
      0, HostTensor::fromInts(ElementType::Int64, {end - start}, part));
}

static LogicalResult importSize(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  int64_t count = getNumElements(op.getShape(0)).value_or(0);
  return op.setResult(0, HostTensor::fromInts(ElementType::Int64, {}, {count}));
}

/// An integer input of the model as the real numbers it counts.
static LogicalResult castInput(NodeImporter &op, Value input) {
  auto type = cast<RankedTensorType>(input.getType());
  auto storage = dyn_cast<IntegerType>(type.getElementType());
  auto argument = dyn_cast<BlockArgument>(input);
  if (!storage || storage.getWidth() < 8 || !argument)
    return op.unsupported("conversion of a value computed at run time");
  auto element = qnn::AffineType::get(storage, 1.0f, 0);
  argument.setType(type.clone(element));
  return op.setResult(0, qnn::DequantizeOp::create(
                             op.getBuilder(), op.getLoc(),
                             RankedTensorType::get(
                                 type.getShape(), op.getBuilder().getF32Type()),
                             argument)
                             .getResult());
}

/// Converts input 0 to another element type.
static LogicalResult castTo(NodeImporter &op, ElementType to) {
  const ImportValue &input = op.getInput(0);
  if (input.isHost()) {
    std::optional<HostTensor> converted = convertTo(input.host, to);
    if (!converted)
      return op.unsupported("conversion to " + getName(to));
    return op.setResult(0, std::move(*converted));
  }
  if (to != ElementType::Float)
    return op.unsupported("conversion to " + getName(to) + " at run time");
  if (input.isQuantized())
    return op.setResult(0, input);
  Type element =
      cast<RankedTensorType>(input.runtime.getType()).getElementType();
  if (element.isF32())
    return op.setResult(0, input);
  return castInput(op, input.runtime);
}

static LogicalResult importCast(NodeImporter &op) {
  auto to = static_cast<ElementType>(op.getInt("to", 0));
  if (failed(op.expectInputs(1, 1)))
    return failure();
  return castTo(op, to);
}

/// Converts to the element type of the second input.
static LogicalResult importCastLike(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  const ImportValue &like = op.getInput(1);
  if (like.isHost())
    return castTo(op, like.host.getType());
  bool isReal =
      like.isQuantized() ||
      cast<RankedTensorType>(like.runtime.getType()).getElementType().isF32();
  if (!isReal)
    return op.unsupported("the element type of an integer input");
  return castTo(op, ElementType::Float);
}

static LogicalResult importConstantOfShape(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = op.getHostInts(0, "the shape");
  if (failed(shape))
    return failure();
  HostTensor value = HostTensor::fromFloats({1}, {0.0f});
  if (const onnxfile::TensorProto *tensor = op.getTensor("value")) {
    llvm::Expected<HostTensor> given = readTensor(*tensor, std::nullopt);
    if (!given)
      return op.malformed(llvm::toString(given.takeError()));
    value = std::move(*given);
  }
  if (value.getNumElements() != 1)
    return op.malformed("expected a value of one element");
  std::optional<int64_t> count = getNumElements(*shape);
  if (!count || *count > maxFoldedElements)
    return op.malformed("the shape " + formatShape(*shape) +
                        " is negative or too large");
  return op.setResult(0, value.reshaped({}).broadcast(*shape));
}

static LogicalResult importRange(NodeImporter &op) {
  if (failed(op.expectInputs(3, 3)))
    return failure();
  HostTensor bounds[3];
  for (unsigned i = 0; i < 3; ++i) {
    FailureOr<HostTensor> bound = op.getHost(i, "the range");
    if (failed(bound))
      return failure();
    if (bound->getNumElements() != 1 || bound->getType() != bounds[0].getType())
      if (i > 0 || bound->getNumElements() != 1)
        return op.malformed("expected three numbers of one type");
    bounds[i] = *bound;
  }
  double start = bounds[0].getReal(0), limit = bounds[1].getReal(0);
  double delta = bounds[2].getReal(0), exact = (limit - start) / delta;
  if (delta == 0 || !(exact <= double(maxFoldedElements)))
    return op.malformed("the range is too long");
  int64_t count = exact > 0 ? static_cast<int64_t>(exact) : 0;
  if (exact > double(count))
    ++count;
  HostTensor result(bounds[0].getType(), {count});
  for (int64_t i = 0; i < count; ++i) {
    if (isFloat(result.getType()))
      result.setReal(i, start + double(i) * delta);
    else
      result.setInt(i, bounds[0].getInt(0) + i * bounds[2].getInt(0));
  }
  return op.setResult(0, std::move(result));
}

ArrayRef<OpRow> quantopt::onnx::getShapeOps() {
  static const char importOnly[] = "import only";
  static const OpRow rows[] = {
      {"Cast", 7, importCast,
       "import only; at run time, to float from float or from an 8 or 16-bit "
       "input of the model"},
      {"CastLike", 15, importCastLike, "as Cast"},
      {"Constant", 7, importConstant, "no strings, no sparse tensors"},
      {"ConstantOfShape", 9, importConstantOfShape, importOnly},
      {"Range", 11, importRange, importOnly},
      {"Shape", 7, importShape, importOnly},
      {"Size", 7, importSize, importOnly},
  };
  return rows;
}
