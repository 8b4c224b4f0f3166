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
  /// The widths that layers ask for, and that all else has.
  int64_t askedBits = 0, otherBits = 0;
  /// Parameters that are given and not chosen here.
  AffineType fixed;

  void include(float lo, float hi) {
    min = std::min(min, lo);
    max = std::max(max, hi);
    hasRange = true;
  }
};
} // namespace

/// The largest magnitude of integers with 16 bits: symmetric like weights.
static constexpr int64_t kLargestWord = 32767;

/// Adds the widths that the readers of `point` want. Ops that move values
/// share the decision; `standard` is the width of the whole model.
static void addWidths(Value point, int64_t standard, Group &group) {
  for (OpOperand &use : point.getUses()) {
    Operation *user = use.getOwner();
    if (RoundingPlan::movesValues(user))
      continue;
    auto contraction = dyn_cast<ContractionOpInterface>(user);
    auto scheme =
        user->getAttrOfType<SchemeAttr>(QNNDialect::getSchemeAttrName());
    if (contraction && scheme && scheme.getInputBits() != 0 &&
        &contraction.getInputOperand() == &use)
      group.askedBits = std::max(group.askedBits, scheme.getInputBits());
    else
      group.otherBits = standard;
  }
}

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
static AffineType chooseType(MLIRContext *context, const Group &group,
                             int64_t standard) {
  if (group.fixed)
    return group.fixed;
  if (!group.hasRange)
    return {};
  int64_t bits = std::max(group.askedBits, group.otherBits);
  if ((bits ? bits : standard) == 16) {
    AffineParams params =
        chooseSymmetric(std::max(-group.min, group.max), kLargestWord);
    auto scale = FloatAttr::get(Float32Type::get(context), params.scale);
    return AffineType::get(context, IntegerType::get(context, 16),
                           -kLargestWord, kLargestWord, scale, 0);
  }
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
    if (bits != 8 && bits != 16) {
      getOperation().emitError("expected 'bits' to be 8 or 16, but got ")
          << int64_t(bits);
      return signalPassFailure();
    }
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
    for (Value point : plan.getPoints()) {
      Group &group = groups[plan.getRepresentative(point)];
      describe(point, group);
      addWidths(point, bits, group);
    }
    SmallVector<std::pair<Value, AffineType>> pairs;
    for (Value point : plan.getPoints()) {
      AffineType type =
          chooseType(&getContext(),
                     groups.find(plan.getRepresentative(point))->second, bits);
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
