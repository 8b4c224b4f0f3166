//===- QNNVerifyContractions.cpp - Verifiers of contractions --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// Whether a quantized weight's integers can be multiplied with others: scales
/// belong to parts of rows.
static bool hasIntegerBlocks(Value weight) {
  Type element = tensorOf(weight).getElementType();
  auto axis = dyn_cast<AffineAxisType>(element);
  return getLargestInteger(element).value_or(INT64_MAX) < 256 &&
         !(axis && axis.getAxis() != 0) && weight.getDefiningOp<ConstantOp>();
}

/// The element types must be one of the four forms of a contraction.
static LogicalResult verifyForm(Operation *op, Value input, Value weight,
                                Value bias, int64_t inputZeroPoint) {
  Type in = tensorOf(input).getElementType();
  Type w = tensorOf(weight).getElementType();
  Type out = tensorOf(op->getResult(0)).getElementType();
  auto integers = dyn_cast<IntegerType>(w);
  bool isWide = in.isInteger(16);
  bool integer = (in.isInteger(8) || isWide) && integers &&
                 integers.getWidth() <= 8 &&
                 (out.isInteger(32) || (isWide && out.isInteger(64)));
  bool scaled =
      in.isInteger(8) && out.isF32() && hasIntegerBlocks(weight) && !bias;
  bool real = in.isF32() && out.isF32() &&
              (w.isF32() || isa<QuantizedTypeInterface>(w));
  if (!integer && !real && !scaled)
    return op->emitOpError("expected f32 x f32 -> f32, f32 x quantized -> f32, "
                           "i8 or i16 x integers -> i32, i16 x integers -> "
                           "i64, or i8 x quantized constant -> f32 without "
                           "bias, but got ")
           << in << " x " << w << " -> " << out;
  Type wanted = integer ? IntegerType::get(op->getContext(), 32) : out;
  if (bias && tensorOf(bias).getElementType() != wanted)
    return op->emitOpError("expected a bias of element type ")
           << wanted << ", but got " << tensorOf(bias).getElementType();
  bool mayShift = (integer && !out.isInteger(64)) || scaled;
  IntegerLimits limits = mayShift ? getLimits(input) : IntegerLimits{0, 0};
  if (inputZeroPoint < limits.min || inputZeroPoint > limits.max)
    return op->emitOpError("expected an input zero point in [")
           << limits.min << ", " << limits.max << "] for " << in << " and "
           << out << ", but got " << inputZeroPoint;
  return success();
}

static LogicalResult verifyBiasLength(Operation *op, Value bias,
                                      int64_t channels) {
  if (!bias)
    return success();
  RankedTensorType type = tensorOf(bias);
  if (type.getRank() != 1 ||
      (type.getDimSize(0) != channels && !type.isDynamicDim(0)))
    return op->emitOpError("expected a bias of ")
           << channels << " elements, one per output channel, but got " << type;
  return success();
}

LogicalResult Conv2DOp::verify() {
  RankedTensorType input = tensorOf(getInput());
  RankedTensorType weight = tensorOf(getWeight());
  if (input.getRank() != 4 || weight.getRank() != 4) // (C1)
    return emitOpError("expected input and weight of rank 4, but got ranks ")
           << input.getRank() << " and " << weight.getRank();
  int64_t groups = getGroups();
  int64_t inChannels = input.getDimSize(3), outChannels = weight.getDimSize(0);
  if (ShapedType::isDynamic(inChannels) || !weight.hasStaticShape())
    return emitOpError("expected static channels and a static weight");
  if (groups < 1 || inChannels % groups || outChannels % groups ||
      weight.getDimSize(3) != inChannels / groups) // (C2)
    return emitOpError("expected groups to divide ")
           << inChannels << " input and " << outChannels
           << " output channels and a weight with input channels / groups in "
              "dimension 3, but got groups = "
           << groups << " and weight " << weight;
  if (weight.getShape().slice(1, 2) != getWindow().getKernel()) // (C3)
    return emitOpError("expected a weight of kernel size ")
           << getWindow().getKernel()[0] << "x" << getWindow().getKernel()[1]
           << ", the window's, but got " << weight;
  if (failed(verifyBiasLength(*this, getBias(), outChannels))) // (C4)
    return failure();
  if (failed(verifyResultShape(
          *this, getWindowResultShape(input, getWindow(), outChannels))))
    return failure(); // (C5)
  return verifyForm(*this, getInput(), getWeight(), getBias(),
                    int32_t(getInputZeroPoint())); // (C6) (C7)
}

LogicalResult DenseOp::verify() {
  RankedTensorType input = tensorOf(getInput());
  RankedTensorType weight = tensorOf(getWeight());
  if (input.getRank() < 1 || weight.getRank() != 2 ||
      weight.getDimSize(1) != input.getShape().back()) // (C1)
    return emitOpError("expected a weight of rank 2 whose dimension 1 equals "
                       "the input's last dimension, but got ")
           << input << " and " << weight;
  if (failed(verifyBiasLength(*this, getBias(), weight.getDimSize(0)))) // (C2)
    return failure();
  SmallVector<int64_t> shape(input.getShape());
  shape.back() = weight.getDimSize(0);
  if (failed(verifyResultShape(*this, shape))) // (C3)
    return failure();
  return verifyForm(*this, getInput(), getWeight(), getBias(),
                    int32_t(getInputZeroPoint())); // (C4) (C5)
}

LogicalResult MatmulOp::verify() {
  RankedTensorType lhs = tensorOf(getLhs()), rhs = tensorOf(getRhs());
  RankedTensorType result = tensorOf(getResult());
  if (lhs.getRank() < 2 || rhs.getRank() < 2) // (C1)
    return emitOpError("expected operands of rank 2 or more, but got ")
           << lhs << " and " << rhs;
  int64_t k = lhs.getShape().back();
  if (k != rhs.getShape().drop_back().back()) // (C2)
    return emitOpError("expected equal inner dimensions, but got ")
           << k << " and " << rhs.getShape().drop_back().back();
  ArrayRef<int64_t> batch = result.getShape();
  if (result.getRank() != std::max(lhs.getRank(), rhs.getRank()) ||
      batch.back() != rhs.getShape().back() ||
      batch.drop_back().back() != lhs.getShape().drop_back().back() ||
      !broadcastsTo(lhs.getShape().drop_back(2), batch.drop_back(2)) ||
      !broadcastsTo(rhs.getShape().drop_back(2), batch.drop_back(2))) // (C3)
    return emitOpError("expected a result of the broadcast leading dimensions "
                       "and both outer dimensions, but got ")
           << result;
  Type element = lhs.getElementType();
  Type wanted = element.isF32() ? element : IntegerType::get(getContext(), 32);
  if (rhs.getElementType() != element ||
      result.getElementType() != wanted) // (C4)
    return emitOpError("expected f32 x f32 -> f32 or i8 x i8 -> i32, but got ")
           << element << " x " << rhs.getElementType() << " -> "
           << result.getElementType();
  if (failed(verifyInputZeroPoint(*this, getLhs(),
                                  int32_t(getLhsZeroPoint())))) // (C5)
    return failure();
  return verifyInputZeroPoint(*this, getRhs(), int32_t(getRhsZeroPoint()));
}
