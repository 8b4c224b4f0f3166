//===- Arithmetic.cpp - Functions of several tensors ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostArithmetic.h"
#include "OpTable.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;
using qnn::UnaryFn;

/// Applies a function to two known tensors; nothing when it is not defined.
static FailureOr<std::optional<HostTensor>> tryFold(NodeImporter &op,
                                                    HostBinary fn,
                                                    const ImportValue &lhs,
                                                    const ImportValue &rhs) {
  if (!lhs.isHost() || !rhs.isHost())
    return std::optional<HostTensor>();
  FailureOr<SmallVector<int64_t>> shape =
      op.broadcastShapes(lhs.getShape(), rhs.getShape());
  if (failed(shape))
    return failure();
  return foldBinary(fn, lhs.host, rhs.host, *shape);
}

/// Applies a function to two values of any kind.
static FailureOr<ImportValue> apply(NodeImporter &op, HostBinary hostFn,
                                    BinaryFn fn, const ImportValue &lhs,
                                    const ImportValue &rhs) {
  FailureOr<std::optional<HostTensor>> folded = tryFold(op, hostFn, lhs, rhs);
  if (failed(folded))
    return failure();
  if (*folded)
    return ImportValue(std::move(**folded));
  FailureOr<Value> a = op.toFloat(lhs), b = op.toFloat(rhs);
  if (failed(a) || failed(b))
    return failure();
  FailureOr<Value> result = op.binary(fn, *a, *b);
  if (failed(result))
    return failure();
  return ImportValue(*result);
}

/// Imports an operator of exactly two inputs.
template <HostBinary hostFn, BinaryFn fn>
static LogicalResult importBinary(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<ImportValue> result =
      apply(op, hostFn, fn, op.getInput(0), op.getInput(1));
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

/// Combines all inputs from left to right.
static FailureOr<ImportValue> combine(NodeImporter &op, HostBinary hostFn,
                                      BinaryFn fn) {
  if (failed(op.expectInputs(1, op.getNumInputs())))
    return failure();
  ImportValue result = op.getInput(0);
  for (unsigned i = 1; i < op.getNumInputs(); ++i) {
    if (!op.hasInput(i))
      return op.malformed("input " + Twine(i) + " is left out");
    FailureOr<ImportValue> next = apply(op, hostFn, fn, result, op.getInput(i));
    if (failed(next))
      return failure();
    result = *next;
  }
  return result;
}

template <HostBinary hostFn, BinaryFn fn>
static LogicalResult importVariadic(NodeImporter &op) {
  FailureOr<ImportValue> result = combine(op, hostFn, fn);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

static LogicalResult importMean(NodeImporter &op) {
  FailureOr<ImportValue> sum = combine(op, HostBinary::Add, BinaryFn::Add);
  if (failed(sum))
    return failure();
  ImportValue count(HostTensor::fromFloats({}, {float(op.getNumInputs())}));
  FailureOr<ImportValue> mean =
      apply(op, HostBinary::Div, BinaryFn::Div, *sum, count);
  if (failed(mean))
    return failure();
  return op.setResult(0, *mean);
}

/// x to a whole power by repeated squaring; x itself for 1.
static FailureOr<Value> buildWholePower(NodeImporter &op, Value x,
                                        int64_t exponent) {
  Value result;
  for (FailureOr<Value> square = x; exponent != 0;) {
    if (failed(square))
      return failure();
    if (exponent & 1) {
      FailureOr<Value> product =
          result ? op.binary(BinaryFn::Mul, result, *square) : *square;
      if (failed(product))
        return failure();
      result = *product;
    }
    exponent >>= 1;
    if (exponent != 0)
      square = op.binary(BinaryFn::Mul, *square, *square);
  }
  return result;
}

/// x to a power that is a known number: whole ones by multiplication, halves by
/// a root, others as e^(exponent ln x).
static FailureOr<Value> buildPower(NodeImporter &op, Value x, double exponent) {
  constexpr double largestWhole = 64;
  double magnitude = std::abs(exponent);
  FailureOr<Value> result = failure();
  if (magnitude == 0.5) {
    result = op.unary(UnaryFn::Sqrt, x);
  } else if (magnitude >= 1 && magnitude <= largestWhole &&
             magnitude == std::floor(magnitude)) {
    result = buildWholePower(op, x, int64_t(magnitude));
  } else if (exponent == std::floor(exponent)) {
    return op.unsupported("the whole exponent " + std::to_string(exponent));
  } else {
    FailureOr<Value> scaled = op.binary(
        BinaryFn::Mul, op.unary(UnaryFn::Log, x), op.scalar(float(exponent)));
    return failed(scaled) ? scaled : op.unary(UnaryFn::Exp, *scaled);
  }
  if (failed(result) || exponent > 0)
    return result;
  return op.unary(UnaryFn::Reciprocal, *result);
}

static LogicalResult importPow(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<std::optional<HostTensor>> folded =
      tryFold(op, HostBinary::Pow, op.getInput(0), op.getInput(1));
  if (failed(folded))
    return failure();
  if (*folded)
    return op.setResult(0, std::move(**folded));
  FailureOr<HostTensor> exponent = op.getHost(1, "the exponent");
  if (failed(exponent))
    return failure();
  if (exponent->getNumElements() != 1)
    return op.unsupported("more than one exponent");
  FailureOr<SmallVector<int64_t>> shape =
      op.broadcastShapes(op.getShape(0), exponent->getShape());
  FailureOr<Value> base = op.getFloat(0);
  if (failed(shape) || failed(base))
    return failure();
  FailureOr<Value> result = buildPower(op, *base, exponent->getReal(0));
  if (failed(result))
    return failure();
  FailureOr<ImportValue> shaped = op.reshape(*result, *shape);
  if (failed(shaped))
    return failure();
  return op.setResult(0, *shaped);
}

//===----------------------------------------------------------------------===//
// Only on known tensors
//===----------------------------------------------------------------------===//

/// Imports an operator that exists only for known tensors.
template <HostBinary fn>
static LogicalResult importHostBinary(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  if (op.getInt("fmod", 0) != 0)
    return op.unsupported("fmod");
  FailureOr<std::optional<HostTensor>> folded =
      tryFold(op, fn, op.getInput(0), op.getInput(1));
  if (failed(folded))
    return failure();
  if (!*folded)
    return op.unsupported("inputs that are not known at import");
  return op.setResult(0, std::move(**folded));
}

static LogicalResult importNot(NodeImporter &op) {
  if (failed(op.expectInputs(1, 1)))
    return failure();
  FailureOr<HostTensor> input = op.getHost(0, "the input");
  if (failed(input))
    return failure();
  HostTensor result(ElementType::Bool, input->getShape());
  for (int64_t i = 0; i < input->getNumElements(); ++i)
    result.setInt(i, input->getInt(i) == 0);
  return op.setResult(0, std::move(result));
}

static LogicalResult importWhere(NodeImporter &op) {
  if (failed(op.expectInputs(3, 3)))
    return failure();
  FailureOr<HostTensor> condition = op.getHost(0, "the condition");
  if (failed(condition))
    return failure();
  FailureOr<SmallVector<int64_t>> shape =
      op.broadcastShapes(op.getShape(1), op.getShape(2));
  if (succeeded(shape))
    shape = op.broadcastShapes(*shape, condition->getShape());
  if (failed(shape))
    return failure();
  // One choice for all elements takes either value as it is.
  SmallVector<int64_t> choices = condition->getInts();
  if (!choices.empty() && llvm::all_equal(choices)) {
    FailureOr<ImportValue> chosen =
        op.broadcast(op.getInput(choices[0] ? 1 : 2), *shape);
    return failed(chosen) ? failure() : op.setResult(0, *chosen);
  }
  FailureOr<HostTensor> onTrue = op.getHost(1, "the first choice");
  FailureOr<HostTensor> onFalse = op.getHost(2, "the second choice");
  if (failed(onTrue) || failed(onFalse))
    return failure();
  if (onTrue->getType() != onFalse->getType())
    return op.malformed("expected choices of one element type");
  if (*getNumElements(*shape) > maxFoldedElements)
    return op.malformed("the result's shape is too large");
  HostTensor mask = condition->broadcast(*shape);
  HostTensor result = onTrue->broadcast(*shape);
  HostTensor other = onFalse->broadcast(*shape);
  bool real = isFloat(result.getType());
  for (int64_t i = 0; i < mask.getNumElements(); ++i) {
    if (mask.getInt(i))
      continue;
    if (real)
      result.setReal(i, other.getReal(i));
    else
      result.setInt(i, other.getInt(i));
  }
  return op.setResult(0, std::move(result));
}

ArrayRef<OpRow> quantopt::onnx::getArithmeticOps() {
  static const char importOnly[] = "import only";
  using HB = HostBinary;
  static const OpRow rows[] = {
      {"Add", 7, importBinary<HB::Add, BinaryFn::Add>},
      {"And", 7, importHostBinary<HB::And>, importOnly},
      {"Div", 7, importBinary<HB::Div, BinaryFn::Div>},
      {"Equal", 7, importHostBinary<HB::Equal>, importOnly},
      {"Greater", 7, importHostBinary<HB::Greater>, importOnly},
      {"GreaterOrEqual", 12, importHostBinary<HB::GreaterOrEqual>, importOnly},
      {"Less", 7, importHostBinary<HB::Less>, importOnly},
      {"LessOrEqual", 12, importHostBinary<HB::LessOrEqual>, importOnly},
      {"Max", 7, importVariadic<HB::Max, BinaryFn::Max>},
      {"Mean", 7, importMean},
      {"Min", 7, importVariadic<HB::Min, BinaryFn::Min>},
      {"Mod", 10, importHostBinary<HB::Mod>, importOnly},
      {"Mul", 7, importBinary<HB::Mul, BinaryFn::Mul>},
      {"Not", 7, importNot, importOnly},
      {"Or", 7, importHostBinary<HB::Or>, importOnly},
      {"Pow", 7, importPow,
       "one exponent, a constant; a whole one in [-64, 64] and not 0"},
      {"Sub", 7, importBinary<HB::Sub, BinaryFn::Sub>},
      {"Sum", 7, importVariadic<HB::Add, BinaryFn::Add>},
      {"Where", 9, importWhere,
       "condition a constant; both choices too unless "
       "it picks one of them"},
      {"Xor", 7, importHostBinary<HB::Xor>, importOnly},
  };
  return rows;
}
