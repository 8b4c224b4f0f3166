//===- RoundBiases.cpp - Biases in steps of the sums ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cmath>

namespace quantopt {
#define GEN_PASS_DEF_ROUNDBIASESPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// Larger multiples of a step need not come back from binary32.
static constexpr double kLargestMultiple = 0x1p23;

/// Whether the value is only read by rounding, behind clamps.
static bool isRounded(Value value) {
  while (value.hasOneUse()) {
    Operation *user = *value.user_begin();
    if (isa<QuantizeOp>(user))
      return true;
    if (!isa<ClampOp>(user))
      return false;
    value = user->getResult(0);
  }
  return false;
}

/// The steps of each output's sums; nothing unless both operands are integers
/// with one scale per output.
static FailureOr<SmallVector<double>> getSteps(ContractionOpInterface op) {
  auto input = op.getInputOperand().get().getDefiningOp<DequantizeOp>();
  auto weight = op.getWeightOperand().get().getDefiningOp<DequantizeOp>();
  auto constant =
      weight ? weight.getInput().getDefiningOp<ConstantOp>() : ConstantOp();
  if (!input || !constant)
    return failure();
  auto type = dyn_cast<AffineType>(input.getInput().getType().getElementType());
  FailureOr<RowParameters> rows = getRowParameters(constant);
  if (!type || failed(rows))
    return failure();
  return llvm::map_to_vector(rows->scales, [&](float scale) {
    return double(type.getScale()) * double(scale);
  });
}

/// The multiple of `step` next to `bias`, as binary32 holds it.
static float roundToStep(float bias, double step) {
  double steps = double(bias) / step;
  if (!(std::fabs(steps) < kLargestMultiple))
    return bias;
  return float(double(roundHalfEven(steps)) * step);
}

namespace {
struct RoundBiasesPass
    : public quantopt::impl::RoundBiasesPassBase<RoundBiasesPass> {
  using RoundBiasesPassBase::RoundBiasesPassBase;

  void runOnOperation() override {
    getOperation().walk([&](ContractionOpInterface op) {
      if (op.getBiasValue() && isRounded(op->getResult(0)))
        roundBias(op);
    });
  }

  void roundBias(ContractionOpInterface op) {
    Value bias = op.getBiasValue();
    DenseElementsAttr attr = getFloatConstant(bias);
    FailureOr<SmallVector<double>> steps = getSteps(op);
    if (!attr || failed(steps) || attr.getNumElements() != steps->size())
      return;
    SmallVector<float> values = getFloatElements(attr);
    for (auto [value, step] : llvm::zip_equal(values, *steps))
      value = roundToStep(value, step);
    auto changed = DenseElementsAttr::get(attr.getType(), ArrayRef(values));
    if (changed == attr)
      return;
    // The constant may be a bias elsewhere.
    OpBuilder builder(op);
    Value result = arith::ConstantOp::create(builder, bias.getLoc(), changed);
    op->replaceUsesOfWith(bias, result);
    ++rounded;
  }
};
} // namespace
