//===- FuseScaled.cpp - Contractions with float results -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Products of integers whose sums become floats: because the input's scale is
/// found at run time, or because blocks of the weight have scales of their own
/// or zero points.
///
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cstring>

using namespace quantopt;
using namespace quantopt::qnn;

DenseF32ArrayAttr quantopt::getShortArray(OpBuilder &builder,
                                          ArrayRef<float> values) {
  // Zeros of different sign compare equal, but are not.
  auto sameBits = [&](float v) {
    return std::memcmp(&v, &values.front(), sizeof(v)) == 0;
  };
  if (!values.empty() && llvm::all_of(values, sameBits))
    values = values.take_front();
  return builder.getDenseF32ArrayAttr(values);
}

/// Why a weight cannot be multiplied block by block with integers in
/// [-128, 127] that have this zero point; nothing if it can.
static std::optional<std::string> findBlockObstacle(ContractionOpInterface op,
                                                    int64_t inputZeroPoint) {
  auto found = findIntegerConstant(op.getWeightOperand().get());
  if (auto *reason = std::get_if<std::string>(&found))
    return *reason;
  auto [constant, type, storage] = std::get<IntegerConstant>(found);
  auto axis = dyn_cast<AffineAxisType>(type.getElementType());
  if (axis && axis.getAxis() != 0)
    return "its weight's scales belong to no output channel";
  if (op.isDepthwiseContraction())
    return "depthwise weights need one scale per channel and no zero point";
  int64_t block =
      cast<QuantizedTypeInterface>(type.getElementType()).getBlockSize();
  int64_t depth = getRowSize(type.getShape());
  int64_t largest = *getLargestInteger(type.getElementType());
  int64_t size = block ? std::min(block, depth) : depth;
  int64_t input = std::max(inputZeroPoint + 128, 127 - inputZeroPoint);
  if (size * largest * input > INT32_MAX)
    return "its sums may exceed 32 bits";
  return std::nullopt;
}

/// The contraction with its quantized weight as operand.
static Value createScaledSums(OpBuilder &builder, ContractionOpInterface op,
                              Value input, int64_t inputZeroPoint) {
  auto dequantize = op.getWeightOperand().get().getDefiningOp<DequantizeOp>();
  return createSums(builder, op, builder.getF32Type(), input,
                    dequantize.getInput(), Value(), inputZeroPoint);
}

FailureOr<Value> Fusion::fuseScaledContraction(ContractionOpInterface op,
                                               const IntegerOperand &input,
                                               StringRef why) {
  if (options.integerOnly || isTFLite())
    return fail(op, why);
  if (auto obstacle = findBlockObstacle(op, input.params.zeroPoint))
    return fail(op, *obstacle);
  int64_t rows = cast<RankedTensorType>(op.getWeightOperand().get().getType())
                     .getDimSize(0);
  auto bias = readBias(op.getBiasValue(), rows);
  if (!bias)
    return fail(op, "its bias is not a finite constant");
  // In steps of the result: one multiply-add, then rounding with scale 1.
  for (float &b : *bias)
    b = float(double(b) / double(target.scale));
  float scale = float(double(input.params.scale) / double(target.scale));
  Location loc = op->getLoc();
  Value sums =
      createScaledSums(builder, op, input.value, input.params.zeroPoint);
  Value steps =
      ScaleSumsOp::create(builder, loc, sums.getType(), sums, Value(), Value(),
                          builder.getDenseF32ArrayAttr({scale}),
                          getShortArray(builder, *bias), DenseI32ArrayAttr());
  // Limits that exclude 0 or leave one integer are no range of a type.
  int64_t zeroPoint = target.zeroPoint, min = target.min, max = target.max;
  if (zeroPoint < min || zeroPoint > max || min == max) {
    steps = ClampOp::create(builder, loc, steps.getType(), steps,
                            builder.getF32FloatAttr(float(min - zeroPoint)),
                            builder.getF32FloatAttr(float(max - zeroPoint)));
    min = -128;
    max = 127;
  }
  auto type =
      AffineType::get(builder.getContext(), builder.getIntegerType(8), min, max,
                      builder.getF32FloatAttr(1.0f), zeroPoint);
  auto shape = cast<RankedTensorType>(steps.getType());
  Value rounded = QuantizeOp::create(builder, loc, shape.clone(type), steps);
  return Value(
      StorageCastOp::create(builder, loc, getTargetType(steps), rounded));
}

/// The same for an input rounded at run time; returns why not.
static std::optional<std::string> fuseDynamicBlocks(ContractionOpInterface op,
                                                    DequantizeDynamicOp input) {
  auto zeroPoint = int32_t(input.getZeroPoint());
  if (auto obstacle = findBlockObstacle(op, zeroPoint))
    return obstacle;
  int64_t rows = cast<RankedTensorType>(op.getWeightOperand().get().getType())
                     .getDimSize(0);
  auto bias = readBias(op.getBiasValue(), rows);
  if (!bias)
    return "its bias is not a finite constant";
  OpBuilder builder(op);
  Value sums = createScaledSums(builder, op, input.getInput(), zeroPoint);
  DenseF32ArrayAttr offsets;
  if (op.getBiasValue())
    offsets = getShortArray(builder, *bias);
  Value result = ScaleSumsOp::create(
      builder, op->getLoc(), op->getResult(0).getType(), sums,
      input.getScales(), Value(), builder.getDenseF32ArrayAttr({1.0f}), offsets,
      DenseI32ArrayAttr());
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return std::nullopt;
}

/// Rewrites one contraction on a value rounded at run time; returns why not.
static std::optional<std::string> fuseDynamic(ContractionOpInterface op,
                                              DequantizeDynamicOp input) {
  if (input.getZeroPoints())
    return fuseAsymmetricSums(op, input);
  auto read = readIntegerWeight(op.getWeightOperand().get());
  if (std::holds_alternative<std::string>(read))
    return fuseDynamicBlocks(op, input);
  const auto &weight = std::get<IntegerWeight>(read);
  int64_t rows = weight.type.getDimSize(0);
  int64_t rowSize = getRowSize(weight.type.getShape());
  auto bias = readBias(op.getBiasValue(), rows);
  if (!bias)
    return "its bias is not a finite constant";
  auto zeroPoint = int32_t(input.getZeroPoint());
  for (int64_t r = 0; r < rows; ++r) {
    ArrayRef<int8_t> row(weight.values.data() + r * rowSize, rowSize);
    if (!getAccumulatorRange(row, zeroPoint, -128, 127, 0).fitsI32())
      return "its sums may exceed 32 bits";
  }
  OpBuilder builder(op);
  Value weightValue =
      createIntegers(builder, op->getLoc(), weight.type, weight.values);
  Value sums = createSums(builder, op, builder.getI32Type(), input.getInput(),
                          weightValue, Value(), zeroPoint);
  DenseF32ArrayAttr offsets;
  if (op.getBiasValue())
    offsets = getShortArray(builder, *bias);
  Value result = ScaleSumsOp::create(
      builder, op->getLoc(), op->getResult(0).getType(), sums,
      input.getScales(), Value(), getShortArray(builder, weight.scales),
      offsets, DenseI32ArrayAttr());
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return std::nullopt;
}

int64_t quantopt::fuseDynamicContractions(
    func::FuncOp function, function_ref<void(Operation *, StringRef)> explain) {
  int64_t count = 0;
  function.walk([&](ContractionOpInterface op) {
    auto input =
        op.getInputOperand().get().getDefiningOp<DequantizeDynamicOp>();
    if (!input)
      return;
    if (auto why = fuseDynamic(op, input))
      explain(op, *why);
    else
      ++count;
  });
  return count;
}
