//===- LayerReport.cpp - What quantization does to layers -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/LayerReport.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantopt;

/// Bins of a histogram.
static constexpr int64_t kNumBins = 48;

std::optional<double> LayerReport::getWorst() const {
  if (localSqnr)
    return localSqnr;
  return weightOutputSqnr ? weightOutputSqnr : weightSqnr;
}

/// Counts numbers that are all finite.
static ValueHistogram countValues(ArrayRef<float> values) {
  ValueHistogram result;
  if (values.empty())
    return result;
  auto [low, high] = std::minmax_element(values.begin(), values.end());
  result.lowest = *low;
  result.highest = *high;
  result.counts.assign(kNumBins, 0);
  double width = (result.highest - result.lowest) / double(kNumBins);
  for (float value : values) {
    auto bin = width > 0 ? int64_t((value - result.lowest) / width) : 0;
    ++result.counts[std::min(bin, kNumBins - 1)];
  }
  return result;
}

/// The constant that a weight is stored as, or null.
static qnn::ConstantOp getStored(Value weight) {
  auto dequantize = weight.getDefiningOp<qnn::DequantizeOp>();
  return dequantize ? dequantize.getInput().getDefiningOp<qnn::ConstantOp>()
                    : weight.getDefiningOp<qnn::ConstantOp>();
}

/// The constant of a weight, whatever it is.
static Operation *getSource(Value weight) {
  qnn::ConstantOp stored = getStored(weight);
  return stored ? stored.getOperation() : weight.getDefiningOp();
}

/// The real numbers of a constant weight.
static SmallVector<float> getReals(Value weight) {
  if (qnn::ConstantOp constant = getStored(weight))
    return qnn::dequantizeConstant(constant);
  DenseElementsAttr attr = qnn::getFloatConstant(weight);
  return attr ? qnn::getFloatElements(attr) : SmallVector<float>();
}

/// What the weight of a layer is stored as, and what that costs. `before` may
/// be null.
static void describeWeight(Value weight, Value before, LayerReport &layer) {
  auto type = cast<RankedTensorType>(weight.getType());
  layer.elements = type.getNumElements();
  layer.bytes = layer.elements * int64_t(sizeof(float));
  layer.format = "f32";
  SmallVector<float> reals = getReals(weight);
  layer.zeros = llvm::count(reals, 0.0f);
  qnn::ConstantOp constant = getStored(weight);
  if (constant) {
    auto type = cast<RankedTensorType>(constant.getType());
    layer.format.clear();
    llvm::raw_string_ostream(layer.format) << type.getElementType();
    layer.bytes = qnn::getStoredBytes(constant);
    layer.scaleBytes =
        layer.bytes - cast<qnn::QuantizedTypeInterface>(type.getElementType())
                          .getPayloadBytes(type.getShape());
  }
  SmallVector<float> original = before ? getReals(before) : reals;
  if (llvm::any_of(original, [](float x) { return !std::isfinite(x); }))
    return;
  layer.weights = countValues(original);
  double signal = 0, noise = 0;
  for (auto [was, is] : llvm::zip(original, reals)) {
    signal += double(was) * double(was);
    noise += (double(was) - double(is)) * (double(was) - double(is));
  }
  if (noise > 0 && signal > 0)
    layer.weightSqnr = 10 * std::log10(signal / noise);
}

/// The type of a rounded input; nothing for floats.
static std::string describeInput(Value input) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (auto dequantize = input.getDefiningOp<qnn::DequantizeOp>())
    os << cast<RankedTensorType>(dequantize.getInput().getType())
              .getElementType();
  else if (input.getDefiningOp<qnn::DequantizeDynamicOp>())
    os << "i8, scales found at run time";
  return text;
}

std::vector<LayerReport> quantopt::describeLayers(ModuleOp before,
                                                  ModuleOp after) {
  std::vector<LayerReport> layers;
  auto main = after.lookupSymbol<func::FuncOp>("main");
  auto old =
      before ? before.lookupSymbol<func::FuncOp>("main") : func::FuncOp();
  if (!main || main.isExternal())
    return layers;
  llvm::StringMap<qnn::ContractionOpInterface> known;
  if (old)
    for (NamedContraction &contraction : getNamedContractions(old))
      known[contraction.name] = contraction.op;
  DenseSet<Operation *> weights;
  for (NamedContraction &contraction : getNamedContractions(main)) {
    LayerReport layer;
    layer.name = contraction.name;
    layer.isTied =
        !weights.insert(getSource(contraction.op.getWeightOperand().get()))
             .second;
    layer.op = contraction.op->getName().stripDialect().str();
    qnn::ContractionOpInterface twin = known.lookup(contraction.name);
    describeWeight(contraction.op.getWeightOperand().get(),
                   twin ? twin.getWeightOperand().get() : Value(), layer);
    layer.inputFormat = describeInput(contraction.op.getInputOperand().get());
    auto scheme = twin ? twin->getAttrOfType<qnn::SchemeAttr>(
                             qnn::QNNDialect::getSchemeAttrName())
                       : qnn::SchemeAttr();
    layer.reason = scheme ? scheme.getReason().str() : "the model's own";
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// Says what a kernel keeps a layer's weight in, if not in the bits of its
/// format.
static void describeStored(qvec::KernelOp kernel, LayerReport &layer) {
  auto weight = cast<ShapedType>(kernel.getWeight().getType());
  qvec::PackingAttr packing = kernel.getPacking().value_or(nullptr);
  if (packing && packing.getMasked()) {
    layer.storage = packing.getTwoOfFour() ? "2:4" : "bitmask";
    layer.bytes =
        weight.getNumElements() + (packing.hasScales() ? 0 : layer.scaleBytes);
    return;
  }
  if (kernel.getKind() == qvec::KernelKind::Packed)
    return;
  int64_t bits = packing ? packing.getBits() : weight.getElementTypeBitWidth();
  int64_t bytes = llvm::divideCeil(layer.elements * bits, 8);
  // Floats have no scales any more.
  if (weight.getElementType().isInteger())
    bytes += layer.scaleBytes;
  if (layer.bytes >= bytes)
    return;
  layer.storage = (Twine(bits) + " bits").str();
  layer.bytes = bytes;
}

void quantopt::describeStorage(ModuleOp module,
                               std::vector<LayerReport> &layers) {
  module.walk([&](qvec::KernelOp kernel) {
    // The kernel has the name of the last op in it, the weight that of its
    // layer.
    Value weight = kernel.getWeight();
    auto name = weight ? dyn_cast<NameLoc>(weight.getLoc()) : NameLoc();
    for (LayerReport &layer : layers)
      if (name && layer.name == name.getName().getValue())
        describeStored(kernel, layer);
  });
}

WeightSize quantopt::countWeights(ArrayRef<LayerReport> layers) {
  WeightSize size;
  for (const LayerReport &layer : layers) {
    if (layer.isTied)
      continue;
    size.elements += layer.elements;
    size.bytes += layer.bytes;
  }
  return size;
}

/// Whether products of integers are summed in floats, as those of blocks with
/// scales of their own are.
static bool hasFloatSums(Operation *op) {
  auto contraction = dyn_cast<qnn::ContractionOpInterface>(op);
  if (!contraction)
    return false;
  auto getElement = [](Value value) {
    return cast<RankedTensorType>(value.getType()).getElementType();
  };
  return getElement(contraction.getInputOperand().get()).isInteger() &&
         getElement(op->getResult(0)).isF32();
}

std::vector<FloatOp> quantopt::findFloatOps(ModuleOp module) {
  std::vector<FloatOp> result;
  module.walk([&](Operation *op) {
    auto reason =
        op->getAttrOfType<StringAttr>(qnn::QNNDialect::getReasonAttrName());
    if (!reason && !hasFloatSums(op))
      return;
    auto name = dyn_cast<NameLoc>(op->getLoc());
    result.push_back(
        {name ? name.getName().str() : "", op->getName().stripDialect().str(),
         reason ? reason.str()
                : "products are integers, but sums of blocks with scales of "
                  "their own are floats; 'granularity=channel' changes that"});
  });
  return result;
}
