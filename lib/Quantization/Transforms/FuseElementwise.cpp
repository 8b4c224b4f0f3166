//===- FuseElementwise.cpp - Elementwise ops on integers ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/IR/QNNScalarFunctions.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/SetVector.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// More elementwise ops than this in one table would be a surprise.
static constexpr size_t kMaxTableOps = 64;

namespace {
/// Elementwise ops that compute one value from one dequantized value.
struct ValueFunction {
  DequantizeOp source;
  SmallVector<Operation *> ops; // in program order
};
} // namespace

/// Collects the ops between `result` and the one dequantized value that it is
/// computed from; nothing when there are several sources or other ops.
static std::optional<ValueFunction> collectFunction(Value result) {
  ValueFunction function;
  llvm::SetVector<Operation *> ops;
  SmallVector<Value> worklist{result};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    if (getScalarConstant(value))
      continue;
    Operation *op = value.getDefiningOp();
    if (auto dequantize = dyn_cast_if_present<DequantizeOp>(op)) {
      if (function.source &&
          function.source.getInput() != dequantize.getInput())
        return std::nullopt;
      if (!function.source || dequantize->isBeforeInBlock(function.source))
        function.source = dequantize;
      continue;
    }
    if (!isa_and_present<UnaryOp, ClampOp, BinaryOp>(op) ||
        value.getType() != result.getType())
      return std::nullopt;
    if (ops.insert(op))
      llvm::append_range(worklist, op->getOperands());
    if (ops.size() > kMaxTableOps)
      return std::nullopt;
  }
  if (!function.source || function.source.getType() != result.getType())
    return std::nullopt;
  function.ops = ops.takeVector();
  llvm::sort(function.ops,
             [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  return function;
}

/// The value of the function for one source value.
static float evaluate(const ValueFunction &function, Value result, float x) {
  floatfn::HostAlgebra algebra;
  DenseMap<Value, float> values;
  auto get = [&](Value value) {
    if (auto constant = getScalarConstant(value))
      return *constant;
    auto known = values.find(value);
    return known == values.end() ? x : known->second; // x: a dequantize
  };
  for (Operation *op : function.ops) {
    float y;
    if (auto unary = dyn_cast<UnaryOp>(op))
      y = evaluateUnary(algebra, unary.getFn(), get(unary.getInput()),
                        unary.getAlpha().convertToFloat(),
                        unary.getBeta().convertToFloat());
    else if (auto clamp = dyn_cast<ClampOp>(op))
      y = floatfn::clamp(algebra, get(clamp.getInput()),
                         clamp.getMin().convertToFloat(),
                         clamp.getMax().convertToFloat());
    else
      y = evaluateBinary(algebra, cast<BinaryOp>(op).getFn(),
                         get(op->getOperand(0)), get(op->getOperand(1)));
    values[op->getResult(0)] = y;
  }
  return get(result);
}

Value quantopt::createLookup(OpBuilder &builder, Location loc,
                             const IntegerOperand &input,
                             function_ref<int64_t(int64_t)> entry) {
  SmallVector<int8_t> table;
  bool isIdentity = true;
  for (int64_t q = -128; q <= 127; ++q) {
    table.push_back(int8_t(entry(q)));
    if (q >= input.params.min && q <= input.params.max)
      isIdentity &= table.back() == q;
  }
  if (isIdentity)
    return input.value;
  return LookupOp::create(builder, loc, input.value.getType(), input.value,
                          builder.getDenseI8ArrayAttr(table));
}

/// The stored signed integer of a real number.
static int64_t quantizeSigned(float x, const SignedParams &params) {
  return quantizeValue(x, params.scale, params.zeroPoint, params.min,
                       params.max);
}

Value Fusion::rescale(IntegerOperand operand, const SignedParams &target) {
  const SignedParams &own = operand.params;
  if (options.sourceRounding) {
    double ratio = double(own.scale) / double(target.scale);
    SmallVector<int8_t> table =
        makeRescaleTable(ratio, own.toBytes(), target.toBytes());
    return createLookup(builder, root.getLoc(), operand,
                        [&](int64_t q) { return table[q + 128]; });
  }
  return createLookup(builder, root.getLoc(), operand, [&](int64_t q) {
    return quantizeSigned(dequantizeValue(q, own.scale, own.zeroPoint), target);
  });
}

FailureOr<Value> Fusion::fuseTable() {
  Value result = root.getInput();
  auto function = collectFunction(result);
  if (!function)
    return failure();
  auto input = getOperand(function->source);
  auto params = getSignedParams(root.getType().getElementType());
  if (!input)
    return failure();
  const SignedParams &own = input->params;
  return createLookup(builder, root.getLoc(), *input, [&](int64_t q) {
    float x = dequantizeValue(q, own.scale, own.zeroPoint);
    return quantizeSigned(evaluate(*function, result, x), *params);
  });
}

FailureOr<Value> Fusion::fuseConstant() {
  DenseElementsAttr attr = getFloatConstant(root.getInput());
  if (!attr)
    return failure();
  auto params = getSignedParams(root.getType().getElementType());
  SmallVector<int8_t> values;
  for (float value : getFloatElements(attr))
    values.push_back(int8_t(quantizeSigned(value, *params)));
  return Value(arith::ConstantOp::create(
      builder, root.getLoc(),
      DenseElementsAttr::get(getIntegerType(root.getInput()),
                             ArrayRef<int8_t>(values))));
}

/// The real numbers that the stored integers can stand for.
static std::pair<float, float> getRealRange(const SignedParams &params) {
  return {dequantizeValue(params.min, params.scale, params.zeroPoint),
          dequantizeValue(params.max, params.scale, params.zeroPoint)};
}

FailureOr<Value> Fusion::fusePRelu(BinaryOp op) {
  auto input = getOperand(op.getLhs()), slope = getOperand(op.getRhs());
  if (!input || !slope || op.getLhs().getType() != op.getType())
    return fail(op, "an operand is not quantized to 8 bits");
  // max(x, 0) + min(x, 0) * slope: both parts of x are exact in its own
  // parameters, the product gets parameters for the range that it can have.
  const SignedParams &x = input->params, &s = slope->params;
  float low = std::min(getRealRange(x).first, 0.0f);
  float ends[] = {0.0f, low * getRealRange(s).first,
                  low * getRealRange(s).second};
  AffineParams product = chooseAffine(*llvm::min_element(ends),
                                      *llvm::max_element(ends), -128, 127);
  Multiplier multiplier = deriveMultiplier(
      double(x.scale) * double(s.scale) / double(product.scale), 255 * 255);
  auto constants = deriveRescaleAdd({x.scale, x.zeroPoint},
                                    {product.scale, product.zeroPoint},
                                    {target.scale, target.zeroPoint});
  if (!constants)
    return fail(op, "the scales of its operands exceed the result's too far");
  Location loc = op.getLoc();
  Type type = getIntegerType(op);
  Value positive = createLookup(builder, loc, *input, [&](int64_t q) {
    return std::max(q, x.zeroPoint);
  });
  Value negative = createLookup(builder, loc, *input, [&](int64_t q) {
    return std::min(q, x.zeroPoint);
  });
  Value scaled = RescaleMulOp::create(
      builder, loc, type, negative, slope->value,
      builder.getI32IntegerAttr(x.zeroPoint),
      builder.getI32IntegerAttr(s.zeroPoint),
      builder.getI32IntegerAttr(multiplier.m),
      builder.getI32IntegerAttr(multiplier.shift),
      builder.getI32IntegerAttr(product.zeroPoint),
      builder.getI32IntegerAttr(-128), builder.getI32IntegerAttr(127));
  return createRescaleAdd(loc, type, positive, scaled, *constants);
}

Value Fusion::createRescaleAdd(Location loc, Type type, Value lhs, Value rhs,
                               const RescaleAdd &constants) {
  return RescaleAddOp::create(
      builder, loc, type, lhs, rhs,
      builder.getI32IntegerAttr(constants.lhsMultiplier),
      builder.getI32IntegerAttr(constants.rhsMultiplier),
      builder.getI32IntegerAttr(constants.offset),
      builder.getI32IntegerAttr(constants.shift),
      builder.getI32IntegerAttr(target.min),
      builder.getI32IntegerAttr(target.max));
}

FailureOr<Value> Fusion::fuseBinary(BinaryOp op) {
  BinaryFn fn = op.getFn();
  if (fn == BinaryFn::PRelu && !options.sourceRounding)
    return fusePRelu(op);
  if (fn != BinaryFn::Add && fn != BinaryFn::Sub && fn != BinaryFn::Mul)
    return fail(op, "'" + stringifyBinaryFn(fn) +
                        "' of two tensors has no integer form");
  auto lhs = getOperand(op.getLhs()), rhs = getOperand(op.getRhs());
  if (!lhs || !rhs)
    return fail(op, "an operand is not quantized to 8 bits");
  if (options.sourceRounding)
    return fuseSourceBinary(op, *lhs, *rhs);
  Type type = getIntegerType(op);
  if (fn == BinaryFn::Mul) {
    double scale = double(lhs->params.scale) * double(rhs->params.scale) /
                   double(target.scale);
    Multiplier multiplier = deriveMultiplier(scale, 255 * 255);
    return Value(
        RescaleMulOp::create(builder, op.getLoc(), type, lhs->value, rhs->value,
                             builder.getI32IntegerAttr(lhs->params.zeroPoint),
                             builder.getI32IntegerAttr(rhs->params.zeroPoint),
                             builder.getI32IntegerAttr(multiplier.m),
                             builder.getI32IntegerAttr(multiplier.shift),
                             builder.getI32IntegerAttr(target.zeroPoint),
                             builder.getI32IntegerAttr(target.min),
                             builder.getI32IntegerAttr(target.max)));
  }
  float sign = fn == BinaryFn::Sub ? -1.0f : 1.0f;
  auto constants =
      deriveRescaleAdd({lhs->params.scale, lhs->params.zeroPoint},
                       {sign * rhs->params.scale, rhs->params.zeroPoint},
                       {target.scale, target.zeroPoint});
  if (!constants)
    return fail(op, "the scales of its operands exceed the result's too far");
  return createRescaleAdd(op.getLoc(), type, lhs->value, rhs->value,
                          *constants);
}
