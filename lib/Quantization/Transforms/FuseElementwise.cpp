//===- FuseElementwise.cpp - Elementwise ops on integers ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
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

/// The largest shift of multipliers between these integers.
static int32_t getMaxShift(const SignedParams &from, const SignedParams &to) {
  return from.isWide() || to.isWide() ? kWideShift : kNarrowShift;
}

/// Integers multiplied by the ratio of two scales, within limits.
static Value createRequantize(OpBuilder &builder, Location loc,
                              const IntegerOperand &input,
                              const SignedParams &target) {
  const SignedParams &own = input.params;
  Multiplier multiplier =
      deriveMultiplier(double(own.scale) / double(target.scale), own.getReach(),
                       getMaxShift(own, target));
  auto type = cast<RankedTensorType>(input.value.getType());
  return RequantizeOp::create(
      builder, loc, type.clone(builder.getIntegerType(target.bits)),
      input.value, {multiplier.m}, {multiplier.shift},
      int32_t(target.zeroPoint), int32_t(target.min), int32_t(target.max),
      /*roundTwice=*/false, int32_t(own.zeroPoint));
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
  if (own.isWide() || target.isWide()) {
    bool isSame = own.scale == target.scale && own.bits == target.bits &&
                  own.zeroPoint == target.zeroPoint && own.min >= target.min &&
                  own.max <= target.max;
    return isSame ? operand.value
                  : createRequantize(builder, root.getLoc(), operand, target);
  }
  if (isTFLite()) {
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

Value Fusion::takeHalf(const IntegerOperand &operand, bool upper) {
  SignedParams half = operand.params;
  (upper ? half.min : half.max) = half.zeroPoint;
  if (half.isWide())
    return createRequantize(builder, root.getLoc(), operand, half);
  return createLookup(builder, root.getLoc(), operand, [&](int64_t q) {
    return upper ? std::max(q, half.zeroPoint) : std::min(q, half.zeroPoint);
  });
}

void Fusion::widen(IntegerOperand &lhs, IntegerOperand &rhs) {
  for (IntegerOperand *operand : {&lhs, &rhs}) {
    SignedParams &own = operand->params;
    unsigned bits = std::max(lhs.params.bits, rhs.params.bits);
    if (own.bits == bits)
      continue;
    SignedParams wide{own.scale, 0, own.min - own.zeroPoint,
                      own.max - own.zeroPoint, bits};
    operand->value = createRequantize(builder, root.getLoc(), *operand, wide);
    own = wide;
  }
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
  if (own.isWide() || params->isWide()) {
    // Clamps are limits of the rounding already.
    auto behind = base.getDefiningOp<DequantizeOp>();
    if (behind && behind.getInput() == function->source.getInput())
      return rescale(*input, target);
    return failure();
  }
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
  SmallVector<int64_t> values;
  for (float value : getFloatElements(attr))
    values.push_back(quantizeSigned(value, *params));
  return createIntegers(builder, root.getLoc(), getTargetType(root.getInput()),
                        values);
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
  widen(*input, *slope);
  // max(x, 0) + min(x, 0) * slope: both parts of x are exact in its own
  // parameters, the product gets parameters for the range that it can have.
  const SignedParams &x = input->params, &s = slope->params;
  float low = std::min(getRealRange(x).first, 0.0f);
  float ends[] = {0.0f, low * getRealRange(s).first,
                  low * getRealRange(s).second};
  float least = *llvm::min_element(ends), most = *llvm::max_element(ends);
  int64_t lowest = x.getLowest(), highest = x.getHighest();
  AffineParams product = x.isWide()
                             ? chooseSymmetric(std::max(-least, most), highest)
                             : chooseAffine(least, most, lowest, highest);
  if (x.getReach() * s.getReach() > INT32_MAX)
    return fail(op, "its products may exceed 32 bits");
  Multiplier multiplier = deriveMultiplier(
      double(x.scale) * double(s.scale) / double(product.scale),
      x.getReach() * s.getReach(), getMaxShift(x, s));
  auto constants = deriveRescaleAdd(
      {x.scale, x.zeroPoint}, {product.scale, product.zeroPoint},
      {target.scale, target.zeroPoint}, lowest, highest);
  if (!constants)
    return fail(op, "the scales of its operands exceed the result's too far");
  Location loc = op.getLoc();
  Value positive = takeHalf(*input, /*upper=*/true);
  Value negative = takeHalf(*input, /*upper=*/false);
  Value scaled = RescaleMulOp::create(
      builder, loc, getIntegerType(op, x.bits), negative, slope->value,
      builder.getI32IntegerAttr(x.zeroPoint),
      builder.getI32IntegerAttr(s.zeroPoint),
      builder.getI32IntegerAttr(multiplier.m),
      builder.getI32IntegerAttr(multiplier.shift),
      builder.getI32IntegerAttr(product.zeroPoint),
      builder.getI32IntegerAttr(lowest), builder.getI32IntegerAttr(highest));
  return createRescaleAdd(loc, getTargetType(op), positive, scaled, *constants);
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
  if (fn == BinaryFn::Div)
    return fail(op, "'" + stringifyBinaryFn(fn) +
                        "' of two tensors has no integer form");
  auto lhs = getOperand(op.getLhs()), rhs = getOperand(op.getRhs());
  if (!lhs || !rhs)
    return fail(op, "an operand is not quantized to 8 bits");
  if (fn == BinaryFn::Max || fn == BinaryFn::Min)
    return fuseExtreme(op, *lhs, *rhs);
  bool isWide = lhs->params.isWide() || rhs->params.isWide() || target.isWide();
  bool isSource = isTFLite() && !isWide;
  if (fn == BinaryFn::PRelu)
    return isSource ? fuseSourcePRelu(op, *lhs, *rhs) : fusePRelu(op);
  if (isSource)
    return fuseSourceBinary(op, *lhs, *rhs);
  if (isOnnxRuntime() && !isWide)
    if (FailureOr<Value> sum = fuseOnnxSum(op, *lhs, *rhs); succeeded(sum))
      return sum;
  widen(*lhs, *rhs);
  Type type = getTargetType(op);
  if (fn == BinaryFn::Mul) {
    double scale = double(lhs->params.scale) * double(rhs->params.scale) /
                   double(target.scale);
    int64_t reach = lhs->params.getReach() * rhs->params.getReach();
    if (reach > INT32_MAX)
      return fail(op, "its products may exceed 32 bits");
    // Of bytes, the same constants for all zero points.
    Multiplier multiplier = deriveMultiplier(scale, isWide ? reach : 255 * 255,
                                             getMaxShift(lhs->params, target));
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
                       {target.scale, target.zeroPoint},
                       lhs->params.getLowest(), lhs->params.getHighest());
  if (!constants)
    return fail(op, "the scales of its operands exceed the result's too far");
  return createRescaleAdd(op.getLoc(), type, lhs->value, rhs->value,
                          *constants);
}
