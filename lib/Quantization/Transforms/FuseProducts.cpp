//===- FuseProducts.cpp - Products of two activations on integers ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/SourcePlaces.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

FailureOr<Value> Fusion::fuseMatmul(MatmulOp op) {
  auto lhs = getOperand(op.getLhs()), rhs = getOperand(op.getRhs());
  if (!lhs || !rhs)
    return fail(op, "an operand is not quantized to 8 bits");
  if (lhs->params.isWide() || rhs->params.isWide() || target.isWide())
    return fail(op, "activations of 16 bits are multiplied in float");
  int64_t depth = op.getLhs().getType().getShape().back();
  int64_t products = lhs->params.getReach() * rhs->params.getReach();
  if (depth > INT32_MAX / products)
    return fail(op, "its sums may exceed 32 bits");
  IntegerRange range{-depth * products, depth * products};
  bool twice = false;
  SmallVector<Multiplier> multipliers;
  if (isTFLite()) {
    // Like the kernel's, a binary32 product of scales.
    double scale =
        double(lhs->params.scale * rhs->params.scale) / double(target.scale);
    if (scale >= 0x1p30)
      return fail(op, "its scale is too large for integers");
    twice = deriveSourceMultipliers(scale, range, multipliers);
  } else {
    multipliers.push_back(
        deriveMultiplier(double(lhs->params.scale) * double(rhs->params.scale) /
                             double(target.scale),
                         range.maxAbs()));
  }
  Value sums = MatmulOp::create(
      builder, op.getLoc(), op.getType().clone(builder.getI32Type()),
      lhs->value, rhs->value, int32_t(lhs->params.zeroPoint),
      int32_t(rhs->params.zeroPoint));
  return createRescaledSums(sums, multipliers.front(), twice, target.zeroPoint);
}

Value Fusion::createRescaledSums(Value sums, Multiplier multiplier, bool twice,
                                 int64_t zeroPoint) {
  return RequantizeOp::create(builder, sums.getLoc(), getTargetType(sums), sums,
                              {multiplier.m}, {multiplier.shift},
                              int32_t(zeroPoint), int32_t(target.min),
                              int32_t(target.max), twice);
}

//===----------------------------------------------------------------------===//
// Interpolation
//===----------------------------------------------------------------------===//

namespace {
/// One axis of an interpolation of integers.
struct FixedAxis {
  int64_t axis;
  SmallVector<int64_t> lower, upper;
  SmallVector<int32_t> fractions;
  int32_t bits;

  /// Halves fractions as long as nothing is lost.
  void reduce() {
    auto isEven = [](int32_t fraction) { return fraction % 2 == 0; };
    for (; bits > 0 && llvm::all_of(fractions, isEven); --bits)
      for (int32_t &fraction : fractions)
        fraction /= 2;
  }
};
} // namespace

/// With this many bits for each axis, sums of bytes fit 32 bits.
static constexpr int32_t kFractionBits = 11;

/// The nearest fractions; nothing for extrapolation.
static std::optional<FixedAxis> makeNearestAxis(InterpolateOp op) {
  FixedAxis fixed{int64_t(op.getAxis()),
                  SmallVector<int64_t>(op.getLower()),
                  SmallVector<int64_t>(op.getUpper()),
                  {},
                  kFractionBits};
  for (auto [i, fraction] : llvm::enumerate(op.getFractions())) {
    if (!(fraction >= 0.0f && fraction <= 1.0f))
      return std::nullopt;
    bool isOne = fixed.lower[i] == fixed.upper[i];
    fixed.fractions.push_back(isOne ? 0
                                    : int32_t(roundHalfEven(std::ldexp(
                                          double(fraction), kFractionBits))));
  }
  fixed.reduce();
  return fixed;
}

/// The fractions of TFLite's kernel, from the places in the input that it
/// computes with 10 bits behind the point; nothing where these are not known.
static std::optional<FixedAxis> makeSourceAxis(InterpolateOp op) {
  auto places = op->getAttrOfType<DenseI32ArrayAttr>(getSourcePlacesAttrName());
  if (!places || size_t(places.size()) != op.getLower().size())
    return std::nullopt;
  constexpr int32_t bits = 10, one = 1 << bits;
  int64_t size = op.getInput().getType().getDimSize(int64_t(op.getAxis()));
  FixedAxis fixed{int64_t(op.getAxis()), {}, {}, {}, bits};
  for (int32_t place : places.asArrayRef()) {
    int32_t lower = std::max(place / one, 0);
    int64_t upper = std::min<int64_t>((place + one - 1) / one, size - 1);
    if (lower >= size || upper < 0)
      return std::nullopt;
    fixed.lower.push_back(lower);
    fixed.upper.push_back(upper);
    fixed.fractions.push_back(lower == upper ? 0 : place - one * lower);
  }
  fixed.reduce();
  return fixed;
}

/// Emits the sums of all axes.
static Value createInterpolation(OpBuilder &builder, Location loc, Value input,
                                 ArrayRef<FixedAxis> axes, int64_t zeroPoint) {
  for (const FixedAxis &fixed : axes) {
    auto type = cast<RankedTensorType>(input.getType());
    SmallVector<int64_t> shape(type.getShape());
    shape[fixed.axis] = fixed.lower.size();
    input = InterpolateFixedOp::create(
        builder, loc, RankedTensorType::get(shape, builder.getI32Type()), input,
        fixed.axis, fixed.lower, fixed.upper, fixed.fractions, fixed.bits,
        int32_t(zeroPoint));
    zeroPoint = 0;
  }
  return input;
}

FailureOr<Value> Fusion::fuseInterpolation(InterpolateOp op) {
  // The innermost axis first.
  SmallVector<InterpolateOp> ops = {op};
  while (auto inner = ops.front().getInput().getDefiningOp<InterpolateOp>())
    ops.insert(ops.begin(), inner);
  auto input = getOperand(ops.front().getInput());
  if (!input)
    return fail(op, "its input is not quantized to 8 bits");
  if (input->params.isWide() || target.isWide())
    return fail(op, "activations of 16 bits are interpolated in float");
  SmallVector<FixedAxis> axes;
  int32_t bits = 0;
  for (InterpolateOp each : ops) {
    auto fixed = isTFLite() ? makeSourceAxis(each) : makeNearestAxis(each);
    if (!fixed)
      return fail(op, isTFLite() ? "TFLite's kernel for it is not known"
                                 : "it extrapolates");
    bits += fixed->bits;
    axes.push_back(*fixed);
  }
  if (bits > 2 * kFractionBits)
    return fail(op, "its sums may exceed 32 bits");
  const SignedParams &own = input->params;
  auto createSums = [&](int64_t zeroPoint) {
    return createInterpolation(builder, op.getLoc(), input->value, axes,
                               zeroPoint);
  };
  if (!isTFLite()) {
    double ratio = double(own.scale) / double(target.scale);
    Multiplier multiplier = deriveMultiplier(
        std::ldexp(ratio, -bits), own.getReach() << bits, kWideShift);
    return createRescaledSums(createSums(own.zeroPoint), multiplier,
                              /*twice=*/false, target.zeroPoint);
  }
  if (own.scale != target.scale || own.zeroPoint != target.zeroPoint)
    return fail(op, "TFLite's kernel keeps scale and zero point");
  if (failed(expectSigned(op)))
    return failure();
  // On stored integers: an average of 2^bits of them, halves away from zero.
  if (auto found = findAverageMultiplier(int64_t(1) << bits))
    return createRescaledSums(createSums(0), *found, /*twice=*/false, 0);
  // The first of both roundings takes the sum's last bit, which is 0.
  for (int32_t &fraction : axes.front().fractions)
    fraction *= 2;
  ++axes.front().bits;
  ++statistics.twice;
  return createRescaledSums(createSums(0), {1 << 30, 31 + bits},
                            /*twice=*/true, 0);
}
