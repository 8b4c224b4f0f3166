//===- FusePools.cpp - Averages and softmax on integers -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include "quant-opt/Support/FloatFunctions.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// Whether the window has one position, which covers the image.
static bool isWholeImage(WindowAttr window, Value image) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(image.getType()).getShape();
  return window.getKernel() == shape.slice(1, 2) && !window.hasPadding();
}

FailureOr<Value> Fusion::fuseAverage(Operation *op, Value inputValue,
                                     WindowAttr window,
                                     std::optional<ArrayRef<int64_t>> counted) {
  auto input = getOperand(inputValue);
  if (!input)
    return fail(op, "its input is not quantized to 8 bits");
  int64_t size = window.getKernel()[0] * window.getKernel()[1];
  const SignedParams &own = input->params;
  int64_t reach = own.getReach();
  if (size > 1 << 20 || size * reach > INT32_MAX)
    return fail(op, "its window is too large");
  bool isWide = own.isWide() || target.isWide();
  if (isTFLite() && !isWide)
    return fuseSourceAverage(op, *input, window);
  std::optional<SumMultipliers> mean;
  if (isOnnxRuntime() && !isWide && isWholeImage(window, inputValue)) {
    float scale = own.scale / (target.scale * float(size));
    mean = deriveOnnxMultipliers(
        scale, IntegerRange{size * (own.getLowest() - own.zeroPoint),
                            size * (own.getHighest() - own.zeroPoint)});
  }
  SmallVector<int32_t> multipliers, shifts;
  for (int64_t count = 1; count <= size; ++count) {
    double scale =
        double(input->params.scale) / (double(count) * double(target.scale));
    Multiplier multiplier =
        mean     ? mean->multipliers.front()
        : isWide ? deriveMultiplier(scale, count * reach, kWideShift)
                 : deriveMultiplier(scale, count * 255);
    multipliers.push_back(multiplier.m);
    shifts.push_back(multiplier.shift);
  }
  DenseI64ArrayAttr countedAttr;
  if (counted)
    countedAttr = builder.getDenseI64ArrayAttr(*counted);
  auto pool = PoolRequantizeOp::create(
      builder, op->getLoc(), getTargetType(op->getResult(0)), input->value,
      window, countedAttr, builder.getI32IntegerAttr(input->params.zeroPoint),
      builder.getDenseI32ArrayAttr(multipliers),
      builder.getDenseI32ArrayAttr(shifts),
      builder.getI32IntegerAttr(target.zeroPoint),
      builder.getI32IntegerAttr(target.min),
      builder.getI32IntegerAttr(target.max));
  if (mean && mean->rounding == SumRounding::Product)
    pool->setAttr(getRoundProductAttrName(), builder.getUnitAttr());
  return Value(pool);
}

FailureOr<Value> Fusion::fuseSoftmax(SoftmaxOp op) {
  auto input = getOperand(op.getInput());
  if (input && isTFLite() && !input->params.isWide() && !target.isWide())
    return fuseSourceSoftmax(op, *input);
  if (!options.integerOnly)
    return fail(op, "softmax computes in float; 'integer-only' changes that");
  if (!input)
    return fail(op, "its input is not quantized to 8 bits");
  if (input->params.isWide()) {
    // Its table has an entry for each distance of two bytes.
    float end =
        dequantizeValue(input->params.getHighest(), input->params.scale, 0);
    AffineParams narrow = chooseAffine(-end, end, -128, 127);
    SignedParams params{narrow.scale, narrow.zeroPoint, -128, 127};
    input = IntegerOperand{rescale(*input, params), params};
  }
  int64_t length = op.getType().getDimSize(op.getAxis());
  constexpr int64_t levels = 256;
  // The sum of all entries and its multiple in the division fit 31 bits.
  int64_t first =
      std::min<int64_t>(int64_t(1) << 22, INT32_MAX / (levels + length));
  if (first < 1024)
    return fail(op, "its axis is too long for integers of 32 bits");
  floatfn::HostAlgebra algebra;
  SmallVector<int32_t> table;
  for (int64_t distance = 0; distance < 256; ++distance) {
    float e = floatfn::exp(algebra, -input->params.scale * float(distance));
    table.push_back(int32_t(roundHalfEven(double(first) * double(e))));
  }
  Value result = SoftmaxLookupOp::create(
      builder, op.getLoc(), input->value.getType(), input->value,
      op.getAxisAttr(), builder.getDenseI32ArrayAttr(table),
      builder.getI32IntegerAttr(levels));
  return rescale({result, {1.0f / levels, -128, -128, 127}}, target);
}
