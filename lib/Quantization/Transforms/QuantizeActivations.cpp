//===- QuantizeActivations.cpp - Rounding points of a static scheme -------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/RoundingPlan.h"
#include "quant-opt/Quantization/Schemes/ValueNames.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "quant-opt/Quantization/Transforms/Ranges.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/MapVector.h"

namespace quantopt {
#define GEN_PASS_DEF_QUANTIZEACTIVATIONSPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// What is known about points that share parameters.
struct Group {
  float min = 0.0f;
  float max = 0.0f;
  bool hasRange = false;
  /// Parameters that are given and not chosen here.
  AffineType fixed;

  void include(float lo, float hi) {
    min = std::min(min, lo);
    max = std::max(max, hi);
    hasRange = true;
  }
};
} // namespace

/// Adds what `point` says about its group's parameters.
static void describe(Value point, Group &group) {
  Operation *producer = point.getDefiningOp();
  if (auto dequantize = dyn_cast_if_present<DequantizeOp>(producer)) {
    auto type =
        dyn_cast<AffineType>(dequantize.getInput().getType().getElementType());
    if (type)
      group.fixed = type;
    return;
  }
  if (isa_and_present<SoftmaxOp>(producer)) {
    Builder builder(point.getContext());
    group.fixed = AffineType::get(builder.getI8Type(), 1.0f / 256, -128);
    return;
  }
  if (DenseElementsAttr attr = getFloatConstant(point)) {
    for (float value : getFloatElements(attr))
      group.include(value, value);
    return;
  }
  if (auto pad = dyn_cast_if_present<PadOp>(producer)) {
    float value = pad.getValue().convertToFloat();
    if (value != 0.0f && std::isfinite(value))
      group.include(value, value);
  }
  if (RangeAttr range = getRange(point))
    group.include(range.getMin(), range.getMax());
}

/// The parameters of a group, or null when it has no range.
static AffineType chooseType(MLIRContext *context, const Group &group) {
  if (group.fixed)
    return group.fixed;
  if (!group.hasRange)
    return {};
  AffineParams params = chooseAffine(group.min, group.max, -128, 127);
  return AffineType::get(IntegerType::get(context, 8), params.scale,
                         params.zeroPoint);
}

/// Puts a quantize/dequantize pair behind `point`.
static void insertPair(Value point, AffineType type) {
  OpBuilder builder(point.getContext());
  builder.setInsertionPointAfterValue(point);
  auto tensor = cast<RankedTensorType>(point.getType());
  Location loc = point.getLoc();
  auto quantize = QuantizeOp::create(
      builder, loc, RankedTensorType::get(tensor.getShape(), type), point);
  auto dequantize = DequantizeOp::create(builder, loc, tensor, quantize);
  bool isConstant = getFloatConstant(point) != nullptr;
  point.replaceUsesWithIf(dequantize, [&](OpOperand &use) {
    Operation *user = use.getOwner();
    // A constant may be a bias elsewhere.
    return user != quantize && (!isConstant || isa<BinaryOp, ConcatOp>(user));
  });
}

namespace {
struct QuantizeActivationsPass
    : public quantopt::impl::QuantizeActivationsPassBase<
          QuantizeActivationsPass> {
  using QuantizeActivationsPassBase::QuantizeActivationsPassBase;

  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      if (function.isExternal() || !function.getBody().hasOneBlock())
        continue;
      if (failed(insertPairs(function)))
        return signalPassFailure();
    }
  }

  LogicalResult insertPairs(func::FuncOp function) {
    RoundingPlan plan(function, {integerOnly});
    llvm::MapVector<Value, Group> groups;
    for (Value point : plan.getPoints())
      describe(point, groups[plan.getRepresentative(point)]);
    SmallVector<std::pair<Value, AffineType>> pairs;
    for (Value point : plan.getPoints()) {
      AffineType type = chooseType(
          &getContext(), groups.find(plan.getRepresentative(point))->second);
      if (!type)
        return emitError(point.getLoc())
               << "value '" << getValueName(point)
               << "' is to be quantized, but has no range; calibrate the model "
                  "or add it to the range table";
      if (!point.getDefiningOp<DequantizeOp>())
        pairs.push_back({point, type});
    }
    for (auto [point, type] : pairs)
      insertPair(point, type);
    rounded += pairs.size();
    return success();
  }
};
} // namespace
