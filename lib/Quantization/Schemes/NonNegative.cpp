//===- NonNegative.cpp - Values that are never negative -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/NonNegative.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// Functions of one number without negative results.
static bool isNonNegativeFunction(UnaryFn fn) {
  switch (fn) {
  case UnaryFn::Abs:
  case UnaryFn::Exp:
  case UnaryFn::Sqrt:
  case UnaryFn::Sigmoid:
  case UnaryFn::HardSigmoid:
  case UnaryFn::Softplus:
    return true;
  default:
    return false;
  }
}

/// What an op says about its result, given the same about its operands: whether
/// it is never negative by itself, or when all operands are.
enum class Sign { Unknown, NonNegative, AsOperands };

static Sign getSign(Operation *op) {
  return llvm::TypeSwitch<Operation *, Sign>(op)
      .Case<SoftmaxOp>([](auto) { return Sign::NonNegative; })
      .Case<UnaryOp>([](UnaryOp unary) {
        return isNonNegativeFunction(unary.getFn()) ? Sign::NonNegative
                                                    : Sign::Unknown;
      })
      .Case<ClampOp>([](ClampOp clamp) {
        if (!clamp.getMin().isNegative())
          return Sign::NonNegative;
        return clamp.getMax().isNegative() ? Sign::Unknown : Sign::AsOperands;
      })
      .Case<BinaryOp>([](BinaryOp binary) {
        // A quotient by -0 is negative.
        BinaryFn fn = binary.getFn();
        return fn == BinaryFn::Add || fn == BinaryFn::Mul ||
                       fn == BinaryFn::Max || fn == BinaryFn::Min
                   ? Sign::AsOperands
                   : Sign::Unknown;
      })
      .Case<PadOp>([](PadOp pad) {
        return pad.getValue().isNegative() ? Sign::Unknown : Sign::AsOperands;
      })
      .Case<PoolOp, ReduceOp>([](auto) { return Sign::AsOperands; })
      .Case<DequantizeOp, DequantizeDynamicOp>(
          [](auto) { return Sign::Unknown; })
      .Default([](Operation *other) {
        return other->hasTrait<ValuePreserving>() ? Sign::AsOperands
                                                  : Sign::Unknown;
      });
}

bool NonNegativeValues::contains(Value value) {
  auto found = known.find(value);
  if (found != known.end())
    return found->second;
  bool result = compute(value);
  known[value] = result;
  return result;
}

bool NonNegativeValues::compute(Value value) {
  // Through ops that keep what their operands are, to ops that decide.
  llvm::SmallVector<Value> worklist = {value};
  llvm::DenseSet<Value> seen = {value};
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    auto found = known.find(current);
    if (found != known.end()) {
      if (!found->second)
        return false;
      continue;
    }
    if (DenseElementsAttr attr = getFloatConstant(current)) {
      if (llvm::any_of(getFloatElements(attr), [](float x) { return x < 0; }))
        return false;
      continue;
    }
    Operation *op = current.getDefiningOp();
    Sign sign = op ? getSign(op) : Sign::Unknown;
    if (sign == Sign::Unknown)
      return false;
    if (sign == Sign::NonNegative)
      continue;
    for (Value operand : op->getOperands())
      if (seen.insert(operand).second)
        worklist.push_back(operand);
  }
  return true;
}
