//===- Elementwise.cpp - Functions of elements ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include <limits>

using namespace quantopt;
using namespace quantopt::tflite;
using qnn::BinaryFn;
using qnn::UnaryFn;

/// A function of two tensors; `hasActivation` when field 0 of the options is
/// the fused activation function.
template <BinaryFn fn, bool hasActivation>
static LogicalResult importBinary(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  FailureOr<Value> lhs = op.getReal(0), rhs = op.getReal(1);
  if (failed(lhs) || failed(rhs))
    return failure();
  FailureOr<Value> result = op.binary(fn, *lhs, *rhs);
  if (failed(result))
    return failure();
  return op.setActivated(0, *result,
                         hasActivation ? op.getOption<int8_t>(0, 0) : 0);
}

/// The one input as real numbers.
static FailureOr<Value> getOnly(OpImporter &op) {
  if (failed(op.expect(1, 1)))
    return failure();
  return op.getReal(0);
}

template <UnaryFn fn> static LogicalResult importUnary(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  return failed(input) ? failure() : op.setResult(0, op.unary(fn, *input));
}

/// A rectifier with this fused-activation number.
template <int8_t function>
static LogicalResult importRectifier(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  return failed(input) ? failure() : op.setActivated(0, *input, function);
}

static LogicalResult importRelu0To1(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  return failed(input) ? failure() : op.setResult(0, op.clamp(*input, 0, 1));
}

static LogicalResult importLeakyRelu(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  if (failed(input))
    return failure();
  auto alpha = op.getOption<float>(0, 0);
  if (!std::isfinite(alpha))
    return op.malformed("alpha is not a finite number");
  return op.setResult(0, op.unary(UnaryFn::LeakyRelu, *input, alpha));
}

static LogicalResult importElu(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  return failed(input) ? failure()
                       : op.setResult(0, op.unary(UnaryFn::Elu, *input, 1));
}

static LogicalResult importRsqrt(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  if (failed(input))
    return failure();
  Value root = op.unary(UnaryFn::Sqrt, *input);
  return op.setResult(0, op.unary(UnaryFn::Reciprocal, root));
}

static LogicalResult importSquare(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  if (failed(input))
    return failure();
  return op.setResult(0, *op.binary(BinaryFn::Mul, *input, *input));
}

static LogicalResult importSquaredDifference(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  FailureOr<Value> lhs = op.getReal(0), rhs = op.getReal(1);
  if (failed(lhs) || failed(rhs))
    return failure();
  FailureOr<Value> difference = op.binary(BinaryFn::Sub, *lhs, *rhs);
  if (failed(difference))
    return failure();
  return op.setResult(0, *op.binary(BinaryFn::Mul, *difference, *difference));
}

/// QUANTIZE and DEQUANTIZE: the same real numbers, in the result's type.
static LogicalResult importConversion(OpImporter &op) {
  FailureOr<Value> input = getOnly(op);
  return failed(input) ? failure() : op.setResult(0, *input);
}

ArrayRef<OpRow> tflite::getElementwiseOps() {
  constexpr SourceForm exact = SourceForm::Exact;
  static const OpRow rows[] = {
      {0, "ADD", importBinary<BinaryFn::Add, true>, exact},
      {6, "DEQUANTIZE", importConversion, SourceForm::Moves},
      {8, "FLOOR", importUnary<UnaryFn::Floor>},
      {14, "LOGISTIC", importUnary<UnaryFn::Sigmoid>, exact},
      {18, "MUL", importBinary<BinaryFn::Mul, true>, exact},
      {19, "RELU", importRectifier<1>, exact},
      {20, "RELU_N1_TO_1", importRectifier<2>, exact},
      {21, "RELU6", importRectifier<3>, exact},
      {28, "TANH", importUnary<UnaryFn::Tanh>, exact},
      {41, "SUB", importBinary<BinaryFn::Sub, true>, exact},
      {42, "DIV", importBinary<BinaryFn::Div, true>},
      {47, "EXP", importUnary<UnaryFn::Exp>},
      {54, "PRELU", importBinary<BinaryFn::PRelu, false>, exact},
      {55, "MAXIMUM", importBinary<BinaryFn::Max, false>, exact},
      {57, "MINIMUM", importBinary<BinaryFn::Min, false>, exact},
      {59, "NEG", importUnary<UnaryFn::Neg>},
      {73, "LOG", importUnary<UnaryFn::Log>},
      {75, "SQRT", importUnary<UnaryFn::Sqrt>},
      {76, "RSQRT", importRsqrt},
      {92, "SQUARE", importSquare},
      {98, "LEAKY_RELU", importLeakyRelu, exact},
      {99, "SQUARED_DIFFERENCE", importSquaredDifference},
      {101, "ABS", importUnary<UnaryFn::Abs>},
      {104, "CEIL", importUnary<UnaryFn::Ceil>},
      {111, "ELU", importElu},
      {114, "QUANTIZE", importConversion, exact,
       "from float, ties go to the even integer"},
      {116, "ROUND", importUnary<UnaryFn::Round>},
      {117, "HARD_SWISH", importUnary<UnaryFn::HardSwish>, exact},
      {152, "RELU_0_TO_1", importRelu0To1, exact},
  };
  return rows;
}
