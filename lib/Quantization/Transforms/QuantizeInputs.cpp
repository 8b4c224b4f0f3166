//===- QuantizeInputs.cpp - Rounding points of a dynamic scheme -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Quantization/Schemes/NonNegative.h"
#include "quant-opt/Quantization/Transforms/Passes.h"

namespace quantopt {
#define GEN_PASS_DEF_QUANTIZEINPUTSPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// Whether the weight is a quantized constant of integers that products with
/// 8-bit activations can use.
static bool hasIntegerWeight(ContractionOpInterface op) {
  auto dequantize = op.getWeightOperand().get().getDefiningOp<DequantizeOp>();
  auto constant = dequantize ? dequantize.getInput().getDefiningOp<ConstantOp>()
                             : ConstantOp();
  if (!constant)
    return false;
  auto element = cast<QuantizedTypeInterface>(
      cast<RankedTensorType>(constant.getType()).getElementType());
  auto storage = dyn_cast<IntegerType>(element.getStorageType());
  return storage && storage.getWidth() <= 8;
}

/// Whether the value is float and not rounded already.
static bool isFloatActivation(Value value) {
  return !value.getDefiningOp<DequantizeOp>() &&
         !value.getDefiningOp<DequantizeDynamicOp>() &&
         cast<RankedTensorType>(value.getType()).getElementType().isF32();
}

/// `value` rounded with scales found at run time, as real numbers again.
static Value insertPair(Value value, int64_t rowDims, bool nonNegative) {
  OpBuilder builder(value.getContext());
  builder.setInsertionPointAfterValue(value);
  auto type = cast<RankedTensorType>(value.getType());
  Location loc = value.getLoc();
  auto quantize = QuantizeDynamicOp::create(
      builder, loc, type.clone(builder.getI8Type()),
      type.clone(type.getShape().take_front(rowDims)),
      /*zeroPoints=*/Type(), value, rowDims, nonNegative);
  return DequantizeDynamicOp::create(builder, loc, type, quantize.getResult(),
                                     quantize.getScales(), Value(), rowDims,
                                     int32_t(quantize.getZeroPoint()));
}

namespace {
struct QuantizeInputsPass
    : public quantopt::impl::QuantizeInputsPassBase<QuantizeInputsPass> {
  using QuantizeInputsPassBase::QuantizeInputsPassBase;

  void runOnOperation() override {
    // Contractions that read a value in the same way share its rounding.
    DenseMap<std::pair<Value, int64_t>, Value> done;
    NonNegativeValues nonNegative;
    getOperation().walk([&](ContractionOpInterface op) {
      OpOperand &input = op.getInputOperand();
      if (!isFloatActivation(input.get()) || !hasIntegerWeight(op))
        return;
      int64_t rowDims = getRowDims(op);
      Value &pair = done[{input.get(), rowDims}];
      if (!pair) {
        pair =
            insertPair(input.get(), rowDims, nonNegative.contains(input.get()));
        ++rounded;
      }
      input.set(pair);
    });
  }

  /// Dense layers find a scale per row of the product, convolutions one per
  /// sample: no sample of a batch changes another's result.
  int64_t getRowDims(ContractionOpInterface op) const {
    if (perTensor)
      return 0;
    auto type = cast<RankedTensorType>(op.getInputOperand().get().getType());
    return isa<Conv2DOp>(op.getOperation()) ? 1 : type.getRank() - 1;
  }
};
} // namespace
