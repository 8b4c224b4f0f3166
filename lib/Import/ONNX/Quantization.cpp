//===- Quantization.cpp - QuantizeLinear and DequantizeLinear -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Activations become `qnn.quantize` and `qnn.dequantize` with the parameters
/// in the type. A known integer tensor that is dequantized stays open until its
/// consumer has chosen the layout; see QuantizedConstant. 32-bit biases become
/// real constants.
///
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cfloat>

using namespace quantopt;
using namespace quantopt::onnx;

namespace {
/// Scales and zero points with the axis they belong to.
struct Parameters {
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
  /// The storage type that the zero point names, or Undefined.
  ElementType type = ElementType::Undefined;
  /// -1 for one scale.
  int64_t axis = -1;
  /// See QuantizedConstant.
  int64_t block = 0;
};
} // namespace

/// Fails unless every scale can be one of ours. `name` is the scales' input.
static LogicalResult checkScales(NodeImporter &op, ArrayRef<float> scales) {
  for (float scale : scales)
    if (!(scale >= FLT_MIN && scale <= FLT_MAX))
      return op.unsupported("a scale that is not a positive normal number");
  return success();
}

/// Reads what the scales of a tensor of `shape` belong to.
static LogicalResult readAxis(NodeImporter &op, ArrayRef<int64_t> shape,
                              Parameters &result) {
  int64_t count = result.scales.size(), block = op.getInt("block_size", 0);
  if (block < 0)
    return op.malformed("expected a positive block_size, but got " +
                        Twine(block));
  if (op.getRank(1) == 0 || (count == 1 && block == 0))
    return success();
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getInt("axis", 1), shape.size());
  if (failed(axis))
    return failure();
  result.axis = *axis;
  SmallVector<int64_t> expected = {shape[*axis]};
  if (block != 0) {
    expected.assign(shape.begin(), shape.end());
    expected[*axis] = llvm::divideCeil(shape[*axis], block);
    result.block = block;
  }
  if (op.getShape(1) == ArrayRef<int64_t>(expected))
    return success();
  if (block == 0 && op.getRank(1) == 1)
    return op.malformed("expected " + Twine(shape[*axis]) +
                        " scales along axis " + Twine(*axis) + ", but got " +
                        Twine(count));
  return op.malformed("expected scales of shape " + formatShape(expected) +
                      ", but got " + formatShape(op.getShape(1)));
}

/// Reads scale and zero point for a tensor of `shape`.
static FailureOr<Parameters> readParameters(NodeImporter &op,
                                            ArrayRef<int64_t> shape) {
  if (failed(op.expectInputs(2, 3)))
    return failure();
  FailureOr<SmallVector<float>> scales = op.getHostFloats(1, "the scale");
  if (failed(scales) || failed(checkScales(op, *scales)))
    return failure();
  Parameters result;
  result.scales = std::move(*scales);
  int64_t count = result.scales.size();
  if (failed(readAxis(op, shape, result)))
    return failure();
  result.zeroPoints.assign(count, 0);
  if (op.hasInput(2)) {
    FailureOr<HostTensor> zeros = op.getHost(2, "the zero point");
    if (failed(zeros))
      return failure();
    result.type = zeros->getType();
    if (zeros->getNumElements() != count)
      return op.malformed("expected " + Twine(count) +
                          " zero points, one per scale, but got " +
                          Twine(zeros->getNumElements()));
    result.zeroPoints = zeros->getInts();
  }
  return result;
}

/// The storage type of parameters, or a refusal.
static FailureOr<IntegerType> getStorage(NodeImporter &op, ElementType type) {
  IntegerType storage = getStorageType(type, op.getContext());
  if (!storage)
    return op.unsupported("storage type " + getName(type));
  return storage;
}

//===----------------------------------------------------------------------===//
// QuantizeLinear
//===----------------------------------------------------------------------===//

/// The index of the scale of element `i`.
static int64_t getScaleIndex(ArrayRef<int64_t> shape,
                             const Parameters &parameters, int64_t i) {
  int64_t axis = parameters.axis, block = parameters.block;
  if (axis < 0)
    return 0;
  int64_t stride = getRowMajorStrides(shape)[axis];
  int64_t index = i / stride % shape[axis];
  if (block == 0)
    return index;
  int64_t blocks = llvm::divideCeil(shape[axis], block);
  return (i / (stride * shape[axis]) * blocks + index / block) * stride +
         i % stride;
}

/// Quantizes a known tensor.
static HostTensor quantizeHost(const HostTensor &input,
                               const Parameters &parameters, ElementType type,
                               qnn::StorageLimits limits) {
  HostTensor result(type, input.getShape());
  for (int64_t i = 0; i < input.getNumElements(); ++i) {
    int64_t s = getScaleIndex(input.getShape(), parameters, i);
    result.setInt(i,
                  quantizeValue(static_cast<float>(input.getReal(i)),
                                parameters.scales[s], parameters.zeroPoints[s],
                                limits.min, limits.max));
  }
  return result;
}

static LogicalResult importQuantize(NodeImporter &op) {
  int64_t outputType = op.getInt("output_dtype", 0);
  if (op.getNumInputs() < 2)
    return op.expectInputs(2, 3);
  FailureOr<Parameters> parameters = readParameters(op, op.getShape(0));
  if (failed(parameters))
    return failure();
  ElementType type = parameters->type;
  if (type == ElementType::Undefined)
    type =
        outputType ? static_cast<ElementType>(outputType) : ElementType::UInt8;
  FailureOr<IntegerType> storage = getStorage(op, type);
  if (failed(storage))
    return failure();
  const ImportValue &input = op.getInput(0);
  if (input.isHost() && input.host.getType() == ElementType::Float)
    return op.setResult(0, quantizeHost(input.host, *parameters, type,
                                        qnn::getStorageLimits(*storage)));
  if (parameters->axis >= 0)
    return op.unsupported("scales per axis of a value computed at run time");
  FailureOr<Value> value = op.getFloat(0);
  if (failed(value))
    return failure();
  auto element = qnn::AffineType::get(*storage, parameters->scales[0],
                                      parameters->zeroPoints[0]);
  auto resultType = RankedTensorType::get(op.getShape(0), element);
  return op.setResult(0, qnn::QuantizeOp::create(op.getBuilder(), op.getLoc(),
                                                 resultType, *value)
                             .getResult());
}

//===----------------------------------------------------------------------===//
// DequantizeLinear
//===----------------------------------------------------------------------===//

/// A 32-bit tensor, a bias, as real numbers: products in double, rounded once.
static HostTensor dequantizeBias(const HostTensor &values,
                                 const Parameters &parameters) {
  HostTensor result(ElementType::Float, values.getShape());
  for (int64_t i = 0; i < values.getNumElements(); ++i) {
    int64_t s = getScaleIndex(values.getShape(), parameters, i);
    double level = double(values.getInt(i) - parameters.zeroPoints[s]);
    result.setReal(i, double(parameters.scales[s]) * level);
  }
  return result;
}

/// A known tensor of integers.
static LogicalResult dequantizeHost(NodeImporter &op, const HostTensor &values,
                                    const Parameters &parameters) {
  if (values.getType() == ElementType::Int32)
    return op.setResult(0, dequantizeBias(values, parameters));
  if (failed(getStorage(op, values.getType())))
    return failure();
  QuantizedConstant constant;
  constant.values = values;
  constant.scales = parameters.scales;
  constant.zeroPoints = parameters.zeroPoints;
  constant.axis = parameters.axis;
  constant.block = parameters.block;
  return op.setResult(0, std::move(constant));
}

/// A quantized value with the element type that the node's parameters give:
/// the value itself, an input of the model that gets its type here, or the same
/// bits read in another way.
static Value withParameters(NodeImporter &op, Value value, IntegerType storage,
                            qnn::AffineType element) {
  auto type = cast<RankedTensorType>(value.getType());
  auto argument = dyn_cast<BlockArgument>(value);
  if (type.getElementType() == element)
    return value;
  auto wanted = type.clone(element);
  if (argument && isa<IntegerType>(type.getElementType())) {
    argument.setType(wanted);
    return argument;
  }
  Value stored = qnn::StorageCastOp::create(op.getBuilder(), op.getLoc(),
                                            type.clone(storage), value);
  return qnn::StorageCastOp::create(op.getBuilder(), op.getLoc(), wanted,
                                    stored);
}

/// The 8-bit storage type of a run-time value; null for other types.
static IntegerType getByteStorage(const ImportValue &value) {
  if (!value.isRuntime())
    return {};
  Type found = cast<RankedTensorType>(value.runtime.getType()).getElementType();
  auto storage = dyn_cast<IntegerType>(found);
  if (auto quantized = dyn_cast<qnn::AffineType>(found))
    storage = quantized.getStorage();
  return storage && storage.getWidth() == 8 ? storage : IntegerType();
}

/// Integers of 8 bits as a type whose numbers are the integers themselves.
static qnn::AffineType getPlainType(IntegerType storage) {
  return qnn::AffineType::get(storage, 1.0f, 0);
}

/// An 8-bit value of run time as `i8`; unsigned numbers move by 128.
static Value toSignedBytes(NodeImporter &op, const ImportValue &value) {
  Value integers = value.runtime;
  auto type = cast<RankedTensorType>(integers.getType());
  if (type.getElementType().isSignlessInteger(8))
    return integers;
  if (auto storage = dyn_cast<IntegerType>(type.getElementType()))
    integers = withParameters(op, integers, storage, getPlainType(storage));
  return qnn::StorageCastOp::create(op.getBuilder(), op.getLoc(),
                                    type.clone(op.getBuilder().getI8Type()),
                                    integers);
}

/// The one element of a value of run time as a tensor of rank 0.
static FailureOr<Value> toScalar(NodeImporter &op, Value value,
                                 StringRef what) {
  if (getNumElements(getShape(value)) != 1)
    return op.unsupported(what + " per axis that is computed at run time");
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getRank() == 0)
    return value;
  return Value(qnn::ReshapeOp::create(op.getBuilder(), op.getLoc(),
                                      type.clone(ArrayRef<int64_t>()), value));
}

/// DequantizeLinear whose scale or zero point is computed at run time.
static LogicalResult dequantizeDynamic(NodeImporter &op) {
  if (failed(op.expectInputs(2, 3)))
    return failure();
  IntegerType storage = getByteStorage(op.getInput(0));
  if (!storage)
    return op.unsupported("parameters of run time for integers that are known, "
                          "or have not 8 bits");
  FailureOr<Value> scale = op.getFloat(1);
  if (succeeded(scale))
    scale = toScalar(op, *scale, "a scale");
  if (failed(scale))
    return failure();
  int64_t known = storage.isUnsigned() ? -128 : 0;
  Value zeroPoint;
  if (op.hasInput(2) && op.getInput(2).isRuntime()) {
    if (getByteStorage(op.getInput(2)) != storage)
      return op.malformed("expected a zero point of the integers' type");
    FailureOr<Value> scalar =
        toScalar(op, toSignedBytes(op, op.getInput(2)), "a zero point");
    if (failed(scalar))
      return failure();
    zeroPoint = *scalar;
    known = 0;
  } else if (op.hasInput(2)) {
    FailureOr<double> number = op.getHostScalar(2, "the zero point");
    if (failed(number))
      return failure();
    known += int64_t(*number);
  }
  if (known < -128 || known > 127)
    return op.malformed("expected a zero point of the integers' type");
  auto type =
      RankedTensorType::get(op.getShape(0), op.getBuilder().getF32Type());
  return op.setResult(0, qnn::DequantizeDynamicOp::create(
                             op.getBuilder(), op.getLoc(), type,
                             toSignedBytes(op, op.getInput(0)), *scale,
                             zeroPoint, /*rowDims=*/0, int32_t(known))
                             .getResult());
}

static LogicalResult importDequantize(NodeImporter &op) {
  auto outputType = static_cast<ElementType>(op.getInt("output_dtype", 0));
  if (outputType != ElementType::Undefined && outputType != ElementType::Float)
    return op.unsupported("results of element type " + getName(outputType));
  if (op.getNumInputs() < 2 || !op.hasInput(0))
    return op.expectInputs(2, 3);
  if (op.getInput(1).isRuntime() ||
      (op.hasInput(2) && op.getInput(2).isRuntime()))
    return dequantizeDynamic(op);
  FailureOr<Parameters> parameters = readParameters(op, op.getShape(0));
  if (failed(parameters))
    return failure();
  const ImportValue &input = op.getInput(0);
  if (input.isHost())
    return dequantizeHost(op, input.host, *parameters);
  if (!input.isRuntime())
    return op.malformed("expected integers as input 0");
  if (parameters->axis >= 0)
    return op.unsupported("scales per axis of a value computed at run time");
  Type found = cast<RankedTensorType>(input.runtime.getType()).getElementType();
  auto storage = dyn_cast<IntegerType>(found);
  if (auto quantized = dyn_cast<qnn::AffineType>(found))
    storage = quantized.getStorage();
  if (!storage)
    return op.malformed("expected integers as input 0, but got float");
  qnn::StorageLimits limits = qnn::getStorageLimits(storage);
  if (parameters->zeroPoints[0] < limits.min ||
      parameters->zeroPoints[0] > limits.max)
    return op.malformed("the zero point " + Twine(parameters->zeroPoints[0]) +
                        " is not in [" + Twine(limits.min) + ", " +
                        Twine(limits.max) + "]");
  auto element = qnn::AffineType::get(storage, parameters->scales[0],
                                      parameters->zeroPoints[0]);
  Value value = withParameters(op, input.runtime, storage, element);
  auto type =
      RankedTensorType::get(op.getShape(0), op.getBuilder().getF32Type());
  return op.setResult(
      0, qnn::DequantizeOp::create(op.getBuilder(), op.getLoc(), type, value)
             .getResult());
}

//===----------------------------------------------------------------------===//
// DynamicQuantizeLinear
//===----------------------------------------------------------------------===//

static LogicalResult importDynamicQuantize(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  OpBuilder &b = op.getBuilder();
  auto type = RankedTensorType::get(op.getShape(0), b.getI8Type());
  auto quantize = qnn::QuantizeDynamicOp::create(
      b, op.getLoc(), type, RankedTensorType::get({}, b.getF32Type()),
      RankedTensorType::get({}, b.getI8Type()), *input, /*rowDims=*/0,
      /*nonNegative=*/false);
  auto storage = getStorageType(ElementType::UInt8, op.getContext());
  auto unsignedView = [&](Value value) -> Value {
    auto own = cast<RankedTensorType>(value.getType());
    return qnn::StorageCastOp::create(b, op.getLoc(),
                                      own.clone(getPlainType(storage)), value);
  };
  Value results[] = {unsignedView(quantize.getResult()), quantize.getScales(),
                     unsignedView(quantize.getZeroPoints())};
  for (unsigned i = 0; i < std::min(3u, op.getNumResults()); ++i)
    if (failed(op.setResult(i, results[i])))
      return failure();
  return success();
}

ArrayRef<OpRow> quantopt::onnx::getQuantizationOps() {
  static const char limits[] =
      "integers of at most 16 bits; per axis and per block for constants only";
  static const OpRow rows[] = {
      {"DequantizeLinear", 10, importDequantize, limits},
      {"DynamicQuantizeLinear", 11, importDynamicQuantize},
      {"QuantizeLinear", 10, importQuantize, limits},
      {"DequantizeLinear", 1, importDequantize, limits, newestOpset,
       "com.microsoft"},
      {"QuantizeLinear", 1, importQuantize, limits, newestOpset,
       "com.microsoft"},
  };
  return rows;
}
