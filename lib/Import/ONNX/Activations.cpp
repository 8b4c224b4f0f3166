//===- Activations.cpp - Functions of one number --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostArithmetic.h"
#include "OpTable.h"
#include <cmath>
#include <limits>

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;
using qnn::UnaryFn;

static constexpr float infinity = std::numeric_limits<float>::infinity();

/// Imports an operator that is one function without attributes.
template <UnaryFn fn> static LogicalResult importUnary(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  if (op.getInput(0).isHost())
    if (std::optional<HostTensor> folded = foldUnary(fn, op.getInput(0).host))
      return op.setResult(0, *folded);
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  return op.setResult(0, op.unary(fn, *input));
}

/// Imports an operator that is one function with the attribute alpha.
static LogicalResult importWithAlpha(NodeImporter &op, UnaryFn fn,
                                     float defaultAlpha) {
  float alpha = op.getFloat("alpha", defaultAlpha);
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  return op.setResult(0, op.unary(fn, *input, alpha));
}

static LogicalResult importLeakyRelu(NodeImporter &op) {
  return importWithAlpha(op, UnaryFn::LeakyRelu, 0.01f);
}

static LogicalResult importElu(NodeImporter &op) {
  return importWithAlpha(op, UnaryFn::Elu, 1.0f);
}

static LogicalResult importHardSigmoid(NodeImporter &op) {
  float alpha = op.getFloat("alpha", 0.2f);
  float beta = op.getFloat("beta", 0.5f);
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  return op.setResult(0, op.unary(UnaryFn::HardSigmoid, *input, alpha, beta));
}

static LogicalResult importRelu(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  return op.setResult(0, op.clamp(*input, 0.0f, infinity));
}

/// One bound of Clip: `fallback` when it is left out.
static FailureOr<double> getBound(NodeImporter &op, unsigned input,
                                  StringRef attribute, float fallback) {
  if (op.getOpset() < 11)
    return op.getFloat(attribute, fallback);
  if (!op.hasInput(input))
    return fallback;
  return op.getHostScalar(input, attribute);
}

/// Clip with bounds that are computed at run time.
static LogicalResult importDynamicClip(NodeImporter &op) {
  FailureOr<Value> result = op.getFloat(0);
  for (auto [i, fn] :
       {std::make_pair(1u, BinaryFn::Max), std::make_pair(2u, BinaryFn::Min)}) {
    if (failed(result))
      return failure();
    if (!op.hasInput(i))
      continue;
    FailureOr<Value> bound = op.getFloat(i);
    if (failed(bound))
      return failure();
    result = op.binary(fn, *result, *bound);
  }
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

static LogicalResult importClip(NodeImporter &op) {
  if (failed(op.expectInputs(1, op.getOpset() < 11 ? 1 : 3)))
    return failure();
  for (unsigned i : {1u, 2u})
    if (op.hasInput(i) && !op.getInput(i).isHost())
      return importDynamicClip(op);
  FailureOr<double> min = getBound(op, 1, "min", -infinity);
  FailureOr<double> max = getBound(op, 2, "max", infinity);
  if (failed(min) || failed(max))
    return failure();
  if (std::isnan(*min) || std::isnan(*max))
    return op.malformed("expected bounds that are numbers, but got NaN");
  // The lowest and the highest float bound nothing.
  constexpr float largest = std::numeric_limits<float>::max();
  if (*min <= -largest)
    min = -infinity;
  if (*max >= largest)
    max = infinity;
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  // The upper bound wins when bounds cross.
  return op.setResult(0, op.clamp(*input, std::min(*min, *max), *max));
}

/// The slope in a shape that broadcasts to the input's. Old writers give one
/// number per channel as a vector.
static FailureOr<ImportValue> getSlope(NodeImporter &op) {
  ArrayRef<int64_t> input = op.getShape(0), slope = op.getShape(1);
  if (qnn::broadcastsTo(slope, input))
    return op.getInput(1);
  if (input.size() < 2 || slope != ArrayRef<int64_t>(input[1]))
    return op.malformed("slope " + formatShape(slope) +
                        " does not broadcast to " + formatShape(input));
  SmallVector<int64_t> shape(input.size() - 1, 1);
  shape[0] = input[1];
  return op.reshape(op.getInput(1), shape);
}

static LogicalResult importPRelu(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<ImportValue> shaped = getSlope(op);
  if (failed(shaped))
    return failure();
  FailureOr<Value> input = op.getFloat(0), slope = op.toFloat(*shaped);
  if (failed(input) || failed(slope))
    return failure();
  FailureOr<Value> result = op.binary(BinaryFn::PRelu, *input, *slope);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

ArrayRef<OpRow> quantopt::onnx::getActivationOps() {
  static const OpRow rows[] = {
      {"Abs", 7, importUnary<UnaryFn::Abs>},
      {"Ceil", 7, importUnary<UnaryFn::Ceil>},
      {"Clip", 7, importClip},
      {"Elu", 7, importElu},
      {"Erf", 9, importUnary<UnaryFn::Erf>},
      {"Exp", 7, importUnary<UnaryFn::Exp>},
      {"Floor", 7, importUnary<UnaryFn::Floor>},
      {"HardSigmoid", 7, importHardSigmoid},
      {"HardSwish", 14, importUnary<UnaryFn::HardSwish>},
      {"LeakyRelu", 7, importLeakyRelu},
      {"Log", 7, importUnary<UnaryFn::Log>},
      {"Neg", 7, importUnary<UnaryFn::Neg>},
      {"PRelu", 7, importPRelu},
      {"Reciprocal", 7, importUnary<UnaryFn::Reciprocal>},
      {"Relu", 7, importRelu},
      {"Round", 11, importUnary<UnaryFn::Round>},
      {"Sigmoid", 7, importUnary<UnaryFn::Sigmoid>},
      {"Softplus", 7, importUnary<UnaryFn::Softplus>},
      {"Sqrt", 7, importUnary<UnaryFn::Sqrt>},
      {"Tanh", 7, importUnary<UnaryFn::Tanh>},
  };
  return rows;
}
