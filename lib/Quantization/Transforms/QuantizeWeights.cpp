//===- QuantizeWeights.cpp - Weights become quantized constants -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/ValueNames.h"
#include "quant-opt/Quantization/Schemes/WeightCodec.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "llvm/ADT/DenseSet.h"
#include <cmath>

namespace quantopt {
#define GEN_PASS_DEF_QUANTIZEWEIGHTSPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// A weight to be quantized and where it came from.
struct Weight {
  ContractionOpInterface op;
  DenseElementsAttr attr;
  SchemeAttr scheme;
  std::string name;

  RankedTensorType getType() const {
    return cast<RankedTensorType>(attr.getType());
  }
};
} // namespace

/// Fails with a diagnostic that names the first value that is not finite.
static LogicalResult verifyFinite(const Weight &weight,
                                  ArrayRef<float> values) {
  for (auto [i, value] : llvm::enumerate(values)) {
    if (std::isfinite(value))
      continue;
    SmallVector<int64_t> index;
    int64_t rest = i;
    for (int64_t size : llvm::reverse(weight.getType().getShape())) {
      index.insert(index.begin(), rest % size);
      rest /= size;
    }
    InFlightDiagnostic diag = weight.op->emitError("weight of '")
                              << weight.name << "' holds "
                              << (std::isnan(value) ? "NaN" : "infinity")
                              << " at index [";
    llvm::interleaveComma(index, diag);
    return diag << "]; expected finite numbers";
  }
  return success();
}

/// Fails unless the scheme's type fits the weight.
static LogicalResult verifyScheme(const Weight &weight) {
  Type type = weight.scheme.getType();
  if (!isa<QuantizedTypeInterface>(type))
    return weight.op->emitError("expected 'qnn.scheme' with a quantized type, "
                                "but got ")
           << type;
  Type scales = weight.scheme.getScales();
  if (scales && !isScaleType(scales, type))
    return weight.op->emitError("expected 'qnn.scheme' with scales that its "
                                "type has, but got ")
           << scales << " for " << type;
  auto axis = dyn_cast<AffineAxisType>(type);
  if (axis && axis.getAxis() >= weight.getType().getRank())
    return weight.op->emitError("expected the scheme's axis below the weight's "
                                "rank ")
           << weight.getType().getRank() << ", but got " << axis.getAxis();
  return success();
}

/// Rounds a weight as its scheme says.
static ConstantOp quantize(const Weight &weight, ArrayRef<float> values) {
  WeightCodec codec(weight.scheme, weight.getType().getShape());
  chooseParameters(codec, values);
  bool overflowed = false;
  SmallVector<int64_t> codes = roundToNearest(codec, values, &overflowed);
  if (overflowed)
    weight.op->emitWarning("weight of '")
        << weight.name << "' exceeds the range of "
        << codec.getType().getStorageType()
        << ": such values become the largest one; use 'bf16'";
  // At the start of the block, where every user can see it.
  OpBuilder builder = OpBuilder::atBlockBegin(weight.op->getBlock());
  return codec.createConstant(builder, weight.op->getLoc(), codes);
}

/// Bits per element of all constant weights of contractions, float ones
/// included, as a number on the module; nothing where all are float.
static void recordEffectiveBits(ModuleOp module) {
  int64_t bytes = 0, elements = 0;
  bool hasCodes = false;
  DenseSet<Operation *> seen;
  module.walk([&](ContractionOpInterface op) {
    Value weight = op.getWeightOperand().get();
    if (auto dequantize = weight.getDefiningOp<DequantizeOp>())
      weight = dequantize.getInput();
    Operation *source = weight.getDefiningOp();
    if (!source || !isConstantData(weight) || !seen.insert(source).second)
      return;
    int64_t count = cast<RankedTensorType>(weight.getType()).getNumElements();
    auto constant = dyn_cast<ConstantOp>(source);
    elements += count;
    hasCodes |= bool(constant);
    bytes += constant ? getStoredBytes(constant) : count * sizeof(float);
  });
  if (!hasCodes || elements == 0)
    return;
  double bits = 8.0 * double(bytes) / double(elements);
  module->setAttr(QNNDialect::getEffectiveBitsAttrName(),
                  Builder(module.getContext()).getF64FloatAttr(bits));
}

namespace {
struct QuantizeWeightsPass
    : public quantopt::impl::QuantizeWeightsPassBase<QuantizeWeightsPass> {
  void runOnOperation() override {
    SmallVector<Weight> weights;
    getOperation().walk([&](ContractionOpInterface op) {
      auto scheme =
          op->getAttrOfType<SchemeAttr>(QNNDialect::getSchemeAttrName());
      DenseElementsAttr attr = getFloatConstant(op.getWeightOperand().get());
      if (scheme && attr && !scheme.getType().isF32())
        weights.push_back({op, attr, scheme, getValueName(op->getResult(0))});
    });
    // Tied weights are quantized once.
    DenseMap<std::pair<Attribute, Attribute>, ConstantOp> done;
    for (Weight &weight : weights) {
      ConstantOp &constant = done[{weight.attr, weight.scheme}];
      if (!constant) {
        SmallVector<float> values = getFloatElements(weight.attr);
        if (failed(verifyScheme(weight)) ||
            failed(verifyFinite(weight, values)))
          return signalPassFailure();
        constant = quantize(weight, values);
        bytesBefore += 4 * weight.attr.getNumElements();
        bytesAfter += getStoredBytes(constant);
      }
      OpBuilder builder(weight.op);
      Operation *source = weight.op.getWeightOperand().get().getDefiningOp();
      weight.op.getWeightOperand().set(DequantizeOp::create(
          builder, weight.op->getLoc(), weight.getType(), constant));
      // A saved model must not keep the numbers that it no longer uses.
      if (source->use_empty())
        source->erase();
      ++quantized;
    }
    recordEffectiveBits(getOperation());
  }
};
} // namespace
