//===- LayerInputs.cpp - The vectors that weights multiply ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/LayerInputs.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"

using namespace quantopt;
using namespace quantopt::qnn;

void InputGeometry::gather(ArrayRef<float> input, int64_t sample,
                           int64_t position, int64_t group,
                           MutableArrayRef<double> vector) const {
  int64_t count = channels / groups, at = 0;
  int64_t top = position / outWidth * strides[0] - pads[0];
  int64_t left = position % outWidth * strides[1] - pads[1];
  for (int64_t i = 0; i < kernel[0]; ++i)
    for (int64_t j = 0; j < kernel[1]; ++j) {
      int64_t y = top + i * dilations[0], x = left + j * dilations[1];
      bool inside = y >= 0 && y < height && x >= 0 && x < width;
      int64_t start =
          ((sample * height + y) * width + x) * channels + group * count;
      for (int64_t c = 0; c < count; ++c)
        vector[at++] = inside ? double(input[start + c]) : 0.0;
    }
}

/// The geometry of a convolution or dense layer.
static InputGeometry describe(ContractionOpInterface op) {
  InputGeometry geometry;
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(op.getInputOperand().get().getType()).getShape();
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  geometry.channels = shape.back();
  if (!conv) {
    geometry.samples = shape.size() > 1 ? shape.front() : 1;
    for (int64_t size : shape.drop_back())
      geometry.outWidth *= size;
    geometry.outWidth /= geometry.samples;
    geometry.width = geometry.outWidth;
    return geometry;
  }
  WindowAttr window = conv.getWindow();
  geometry.samples = shape[0];
  geometry.height = shape[1];
  geometry.width = shape[2];
  geometry.groups = conv.getGroups();
  geometry.outHeight = window.getOutputSize(0, shape[1]);
  geometry.outWidth = window.getOutputSize(1, shape[2]);
  for (unsigned dim : {0, 1}) {
    geometry.kernel[dim] = window.getKernel()[dim];
    geometry.strides[dim] = window.getStrides()[dim];
    geometry.dilations[dim] = window.getDilations()[dim];
    geometry.pads[dim] = window.getPads()[dim];
  }
  return geometry;
}

/// Whether the weight is a float constant that will be stored in another way.
static bool isSelected(ContractionOpInterface op) {
  auto scheme = op->getAttrOfType<SchemeAttr>(QNNDialect::getSchemeAttrName());
  return scheme && !scheme.getType().isF32() &&
         getFloatConstant(op.getWeightOperand().get());
}

FailureOr<LayerObservation>
quantopt::createLayerObservation(ModuleOp original) {
  LayerObservation result;
  OwningOpRef<ModuleOp> module(cast<ModuleOp>(original->clone()));
  auto main = module->lookupSymbol<func::FuncOp>("main");
  if (!main || main.isExternal())
    return original.emitError("expected a function '@main' with a body");
  SmallVector<ObservedValue> values;
  DenseMap<Value, size_t> numbers;
  SmallVector<NamedContraction> contractions = getNamedContractions(main);
  // Arguments come first among the observed values.
  for (bool wantsArgument : {true, false})
    for (NamedContraction &contraction : contractions) {
      Value input = contraction.op.getInputOperand().get();
      if (isa<BlockArgument>(input) != wantsArgument ||
          !isSelected(contraction.op))
        continue;
      auto [number, isNew] = numbers.try_emplace(input, values.size());
      if (isNew)
        values.push_back({input, contraction.name});
      result.layers.push_back(
          {contraction.name, describe(contraction.op), number->second});
    }
  for (NamedContraction &contraction : contractions)
    contraction.op->removeAttr(QNNDialect::getSchemeAttrName());
  FailureOr<ObservationModule> observation =
      createObservationModule(std::move(module), values);
  if (failed(observation))
    return failure();
  result.module = std::move(*observation);
  return result;
}
