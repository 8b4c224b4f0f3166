//===- FuseSource.cpp - The integers of TFLite's kernels ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Fusion with `rounding=source`: every op gives the bytes that the kernel of
/// TFLite gives for the same parameters. See Support/SourceRounding.h.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using namespace quantopt::qnn;

bool Fusion::deriveSourceMultipliers(ArrayRef<double> scales,
                                     ArrayRef<IntegerRange> ranges,
                                     SmallVectorImpl<Multiplier> &multipliers) {
  for (double scale : scales)
    multipliers.push_back(deriveTwiceMultiplier(scale));
  SmallVector<Multiplier> equal;
  for (auto [multiplier, range] : llvm::zip_equal(multipliers, ranges)) {
    auto found = findEqualMultiplier(multiplier, range.lo, range.hi,
                                     target.zeroPoint, target.min, target.max);
    if (!found) {
      ++statistics.twice;
      return true;
    }
    equal.push_back(*found);
  }
  multipliers.assign(equal.begin(), equal.end());
  return false;
}

LogicalResult Fusion::expectSigned(Operation *op) {
  auto type = cast<AffineType>(root.getType().getElementType());
  if (!type.getStorage().isUnsigned())
    return success();
  return fail(op, "TFLite's kernel for bytes without sign is another one");
}

//===----------------------------------------------------------------------===//
// Functions of one value
//===----------------------------------------------------------------------===//

FailureOr<Value> Fusion::fuseSourceTable() {
  auto unary = base.getDefiningOp<UnaryOp>();
  auto input = getOperand(unary ? unary.getInput() : base);
  if (!input)
    return failure();
  ByteParams own = input->params.toBytes(), result = target.toBytes();
  SmallVector<int8_t> table;
  if (!unary) {
    // With limits in front of it this is a rectifier, whose kernel divides in
    // binary32; without, a change of parameters.
    double ratio = base == root.getInput()
                       ? double(own.scale) / double(result.scale)
                       : double(own.scale / result.scale);
    if (ratio >= 0x1p30)
      return fail(root, "its scale is too large for integers");
    table = makeRescaleTable(ratio, own, result);
  } else if (unary.getFn() == UnaryFn::LeakyRelu) {
    table = makeLeakyReluTable(unary.getAlpha().convertToFloat(), own, result);
  } else if (unary.getFn() == UnaryFn::HardSwish) {
    table = makeHardSwishTable(own, result);
  } else if (failed(expectSigned(unary))) {
    return failure();
  } else if (unary.getFn() == UnaryFn::Sigmoid) {
    if (result.scale != 1.0f / 256 || result.zeroPoint != -128)
      return fail(unary, "TFLite's kernel has the output scale 1/256 and zero "
                         "point -128 only");
    table = makeLogisticTable(own);
  } else if (unary.getFn() == UnaryFn::Tanh) {
    if (result.scale != 1.0f / 128 || result.zeroPoint != 0)
      return fail(unary, "TFLite's kernel has the output scale 1/128 and zero "
                         "point 0 only");
    table = makeTanhTable(own);
  } else {
    return fail(unary, "'" + stringifyUnaryFn(unary.getFn()) +
                           "' has no rounding of the source");
  }
  return createLookup(builder, root.getLoc(), *input, [&](int64_t q) {
    return clampInteger(table[q + 128], result.min, result.max);
  });
}

//===----------------------------------------------------------------------===//
// Sums and products
//===----------------------------------------------------------------------===//

FailureOr<Value> Fusion::fuseSourceSum(BinaryOp op, const IntegerOperand &lhs,
                                       const IntegerOperand &rhs) {
  bool subtract = op.getFn() == BinaryFn::Sub;
  ByteParams a = lhs.params.toBytes(), b = rhs.params.toBytes();
  auto add = deriveTwiceAdd(a, b, target.toBytes(), subtract);
  if (!add)
    return fail(op, "the scales of its operands exceed the result's too far");
  Location loc = op.getLoc();
  if (auto equal = findEqualAdd(*add, a, b, target.toBytes(), subtract))
    return createRescaleAdd(loc, getTargetType(op), lhs.value, rhs.value,
                            *equal);
  ++statistics.twice;
  auto type = getTargetType(op).clone(builder.getI32Type());
  Value sum = LookupSumOp::create(builder, loc, type, lhs.value, rhs.value,
                                  builder.getDenseI32ArrayAttr(add->lhs),
                                  builder.getDenseI32ArrayAttr(add->rhs));
  return Value(RequantizeOp::create(
      builder, loc, getTargetType(op), sum,
      ArrayRef<int32_t>(add->multiplier.m),
      ArrayRef<int32_t>(add->multiplier.shift), int32_t(target.zeroPoint),
      int32_t(target.min), int32_t(target.max), /*roundTwice=*/true));
}

FailureOr<Value> Fusion::fuseSourceBinary(BinaryOp op,
                                          const IntegerOperand &lhs,
                                          const IntegerOperand &rhs) {
  if (op.getFn() != BinaryFn::Mul)
    return fuseSourceSum(op, lhs, rhs);
  // Like the kernel's, a product of binary32.
  double scale = double(lhs.params.scale * rhs.params.scale / target.scale);
  if (scale >= 0x1p30)
    return fail(op, "the scales of its operands exceed the result's too far");
  SmallVector<Multiplier> multipliers;
  bool twice = deriveSourceMultipliers(
      scale, IntegerRange{-255 * 255, 255 * 255}, multipliers);
  return Value(
      RescaleMulOp::create(builder, op.getLoc(), getTargetType(op), lhs.value,
                           rhs.value, int32_t(lhs.params.zeroPoint),
                           int32_t(rhs.params.zeroPoint), multipliers.front().m,
                           multipliers.front().shift, int32_t(target.zeroPoint),
                           int32_t(target.min), int32_t(target.max), twice));
}

FailureOr<Value> Fusion::fuseSourcePRelu(BinaryOp op,
                                         const IntegerOperand &input,
                                         const IntegerOperand &slope) {
  if (op.getLhs().getType() != op.getType())
    return fail(op, "its slope is larger than its input");
  const SignedParams &x = input.params, &s = slope.params;
  // Binary32, as in the kernel.
  double ratio = double(x.scale / target.scale);
  double product = double(x.scale * s.scale / target.scale);
  if (ratio >= 0x1p30 || product >= 0x1p30)
    return fail(op, "the scales of its operands exceed the result's too far");
  // One of both parts is 0 at each element, so that their sum is exact.
  constexpr int32_t lowest = -128, highest = 127;
  auto zeroPoint = int32_t(target.zeroPoint);
  ByteParams bytes{target.scale, zeroPoint, lowest, highest};
  SmallVector<int8_t> table = makeRescaleTable(ratio, x.toBytes(), bytes);
  Location loc = op.getLoc();
  Value positive = createLookup(builder, loc, input, [&](int64_t q) {
    return q >= x.zeroPoint ? table[q + 128] : zeroPoint;
  });
  SmallVector<Multiplier> multipliers;
  bool twice = deriveSourceMultipliers(
      product, IntegerRange{-255 * 255, 255 * 255}, multipliers);
  Value negative = RescaleMulOp::create(
      builder, loc, getTargetType(op), takeHalf(input, /*upper=*/false),
      slope.value, int32_t(x.zeroPoint), int32_t(s.zeroPoint),
      multipliers.front().m, multipliers.front().shift, zeroPoint, lowest,
      highest, twice);
  AffineParams own{target.scale, target.zeroPoint};
  auto sum = deriveRescaleAdd(own, own, own, lowest, highest);
  if (!sum)
    return fail(op, "its scale is too large for integers");
  return createRescaleAdd(loc, getTargetType(op), positive, negative, *sum);
}

//===----------------------------------------------------------------------===//
// Averages and softmax
//===----------------------------------------------------------------------===//

/// The multiplier of a mean of `count` elements: TFLite's kernel divides the
/// multiplier, rounded towards zero, after a shift that keeps its bits.
static Multiplier deriveMeanMultiplier(double scale, int64_t count) {
  Multiplier whole = deriveTwiceMultiplier(scale);
  int32_t shift =
      std::min<int32_t>(llvm::Log2_64(uint64_t(count)), 62 - whole.shift);
  return {int32_t((int64_t(whole.m) << shift) / count), whole.shift + shift};
}

FailureOr<Value> Fusion::fuseSourceAverage(Operation *op,
                                           const IntegerOperand &input,
                                           WindowAttr window) {
  auto pool = dyn_cast<PoolOp>(op);
  if (failed(expectSigned(op)))
    return failure();
  if (pool && pool.getCountedPads())
    return fail(op, "TFLite's averages do not count padding");
  int64_t size = window.getKernel()[0] * window.getKernel()[1];
  // A pool averages stored integers; a mean also scales.
  bool twice = false;
  int64_t inputZero = 0, zeroPoint = 0;
  SmallVector<Multiplier> multipliers;
  if (pool) {
    const SignedParams &own = input.params;
    if (own.scale != target.scale || own.zeroPoint != target.zeroPoint)
      return fail(op, "TFLite's averages keep scale and zero point");
    for (int64_t count = 1; count <= size; ++count) {
      auto found = findAverageMultiplier(count);
      if (!found)
        return fail(op, "its window is too large");
      multipliers.push_back(*found);
    }
  } else {
    double scale = double(input.params.scale) / double(target.scale);
    if (scale >= 0x1p30 || size * 255 > INT32_MAX)
      return fail(op, "its sums may exceed 32 bits");
    inputZero = input.params.zeroPoint;
    zeroPoint = target.zeroPoint;
    Multiplier mean = deriveMeanMultiplier(scale, size);
    auto equal = findEqualMultiplier(mean, size * (-128 - inputZero),
                                     size * (127 - inputZero), zeroPoint,
                                     target.min, target.max);
    twice = !equal;
    statistics.twice += twice;
    multipliers.assign(size, equal.value_or(mean));
  }
  auto factors =
      llvm::map_to_vector(multipliers, [](Multiplier m) { return m.m; });
  auto shifts =
      llvm::map_to_vector(multipliers, [](Multiplier m) { return m.shift; });
  return Value(PoolRequantizeOp::create(
      builder, op->getLoc(), getTargetType(op->getResult(0)), input.value,
      window, DenseI64ArrayAttr(), int32_t(inputZero), factors, shifts,
      int32_t(zeroPoint), int32_t(target.min), int32_t(target.max), twice));
}

FailureOr<Value> Fusion::fuseSourceSoftmax(SoftmaxOp op,
                                           const IntegerOperand &input) {
  if (failed(expectSigned(op)))
    return failure();
  if (target.scale != 1.0f / 256 || target.zeroPoint != -128)
    return fail(op, "TFLite's kernel has the output scale 1/256 and zero point "
                    "-128 only");
  if (op.getType().getDimSize(op.getAxis()) > 4095)
    return fail(op, "its axis is too long for fixed-point sums");
  Value result =
      SoftmaxFixedPointOp::create(builder, op.getLoc(), input.value.getType(),
                                  input.value, op.getAxisAttr(),
                                  builder.getDenseI32ArrayAttr(makeSoftmaxTable(
                                      double(input.params.scale))));
  return rescale({result, {1.0f / 256, -128, -128, 127}}, target);
}
