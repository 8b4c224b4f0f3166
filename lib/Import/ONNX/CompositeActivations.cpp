//===- CompositeActivations.cpp - Activations made of others --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;
using qnn::UnaryFn;

/// Gelu by the error function: x / 2 * (1 + erf(x / sqrt 2)).
static FailureOr<Value> buildGelu(NodeImporter &op, Value x) {
  FailureOr<Value> scaled =
      op.binary(BinaryFn::Mul, x, op.scalar(0.70710678118654752f));
  FailureOr<Value> sum = op.binary(
      BinaryFn::Add, op.unary(UnaryFn::Erf, *scaled), op.scalar(1.0f));
  FailureOr<Value> half = op.binary(BinaryFn::Mul, x, op.scalar(0.5f));
  return op.binary(BinaryFn::Mul, *half, *sum);
}

/// Gelu by tanh: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))).
static FailureOr<Value> buildTanhGelu(NodeImporter &op, Value x) {
  FailureOr<Value> square = op.binary(BinaryFn::Mul, x, x);
  FailureOr<Value> cube = op.binary(BinaryFn::Mul, *square, x);
  FailureOr<Value> term = op.binary(BinaryFn::Mul, *cube, op.scalar(0.044715f));
  FailureOr<Value> inner = op.binary(BinaryFn::Add, x, *term);
  FailureOr<Value> scaled =
      op.binary(BinaryFn::Mul, *inner, op.scalar(0.79788456080286536f));
  FailureOr<Value> sum = op.binary(
      BinaryFn::Add, op.unary(UnaryFn::Tanh, *scaled), op.scalar(1.0f));
  FailureOr<Value> half = op.binary(BinaryFn::Mul, x, op.scalar(0.5f));
  return op.binary(BinaryFn::Mul, *half, *sum);
}

static LogicalResult importGelu(NodeImporter &op) {
  std::string form = op.getString("approximate", "none");
  if (failed(op.expectInputs(1, 1)))
    return failure();
  if (form != "none" && form != "tanh")
    return op.malformed("expected approximate 'none' or 'tanh', but got '" +
                        form + "'");
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  FailureOr<Value> result =
      form == "none" ? buildGelu(op, *input) : buildTanhGelu(op, *input);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

/// Imports an operator with one input as `build(op, x)`.
static LogicalResult
importBuilt(NodeImporter &op,
            llvm::function_ref<FailureOr<Value>(Value)> build) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<Value> input = op.getFloat(0);
  if (failed(input))
    return failure();
  FailureOr<Value> result = build(*input);
  return failed(result) ? failure() : op.setResult(0, *result);
}

/// alpha * (e^(x / alpha) - 1) below 0, x above.
static LogicalResult importCelu(NodeImporter &op) {
  float alpha = op.getFloat("alpha", 1.0f);
  if (!(alpha > 0))
    return op.malformed("expected a positive alpha, but got " +
                        std::to_string(alpha));
  return importBuilt(op, [&](Value x) -> FailureOr<Value> {
    FailureOr<Value> scaled =
        op.binary(BinaryFn::Mul, x, op.scalar(1.0f / alpha));
    return op.binary(BinaryFn::Mul, op.unary(UnaryFn::Elu, *scaled, 1.0f),
                     op.scalar(alpha));
  });
}

static LogicalResult importSelu(NodeImporter &op) {
  float alpha = op.getFloat("alpha", 1.67326319217681884765625f);
  float gamma = op.getFloat("gamma", 1.05070102214813232421875f);
  return importBuilt(op, [&](Value x) {
    return op.binary(BinaryFn::Mul, op.unary(UnaryFn::Elu, x, alpha),
                     op.scalar(gamma));
  });
}

/// x / (1 + |x|).
static LogicalResult importSoftsign(NodeImporter &op) {
  return importBuilt(op, [&](Value x) {
    FailureOr<Value> sum =
        op.binary(BinaryFn::Add, op.unary(UnaryFn::Abs, x), op.scalar(1.0f));
    return op.binary(BinaryFn::Div, x, *sum);
  });
}

/// x * sigmoid(alpha * x).
static LogicalResult importSwish(NodeImporter &op) {
  float alpha = op.getFloat("alpha", 1.0f);
  return importBuilt(op, [&](Value x) {
    FailureOr<Value> scaled = x;
    if (alpha != 1)
      scaled = op.binary(BinaryFn::Mul, x, op.scalar(alpha));
    return op.binary(BinaryFn::Mul, x, op.unary(UnaryFn::Sigmoid, *scaled));
  });
}

/// x * tanh(softplus(x)).
static LogicalResult importMish(NodeImporter &op) {
  return importBuilt(op, [&](Value x) {
    return op.binary(BinaryFn::Mul, x,
                     op.unary(UnaryFn::Tanh, op.unary(UnaryFn::Softplus, x)));
  });
}

ArrayRef<OpRow> quantopt::onnx::getCompositeActivationOps() {
  static const OpRow rows[] = {
      {"Celu", 12, importCelu},        {"Gelu", 20, importGelu},
      {"Mish", 18, importMish},        {"Selu", 7, importSelu},
      {"Softsign", 7, importSoftsign}, {"Swish", 24, importSwish},
  };
  return rows;
}
