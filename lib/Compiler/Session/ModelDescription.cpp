//===- ModelDescription.cpp - What a compiled model is --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/ModelDescription.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "quant-opt/Target/FeatureCheck.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace quantopt;
using qvec::QVecDialect;

int64_t TensorDescription::getNumElements() const {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

bool ModelDescription::hasTensorsInArena() const {
  auto isPart = [](const TensorDescription &tensor) {
    return tensor.arenaOffset.has_value();
  };
  return llvm::any_of(inputs, isPart) || llvm::any_of(outputs, isPart);
}

std::string quantopt::makeIdentifier(StringRef text) {
  std::string result;
  for (char c : text)
    result += llvm::isAlnum(c) ? c : '_';
  if (result.empty() || llvm::isDigit(result.front()))
    result.insert(result.begin(), '_');
  return result;
}

/// Describes `{name = "x", type = tensor<...>}`.
static FailureOr<TensorDescription> describeTensor(ModuleOp module,
                                                   Attribute attr) {
  auto dictionary = dyn_cast<DictionaryAttr>(attr);
  auto name = dictionary ? dictionary.getAs<StringAttr>("name") : StringAttr();
  auto typeAttr = dictionary ? dictionary.getAs<TypeAttr>("type") : TypeAttr();
  auto type =
      typeAttr ? dyn_cast<RankedTensorType>(typeAttr.getValue()) : nullptr;
  if (!name || !type || !type.hasStaticShape())
    return module.emitError(
               "expected '{name = \"x\", type = tensor<...>}' with "
               "a static shape, but got ")
           << attr;
  TensorDescription result;
  result.name = name.str();
  result.shape.assign(type.getShape().begin(), type.getShape().end());
  Type element = type.getElementType();
  if (auto affine = dyn_cast<qnn::AffineType>(element)) {
    result.scale = affine.getScale();
    result.zeroPoint = int32_t(affine.getZeroPoint());
    element = affine.getStorage();
  }
  if (element.isIndex())
    element = IntegerType::get(module.getContext(), 64);
  if (!element.isIntOrFloat())
    return module.emitError("'")
           << result.name << "' has the unsupported element type " << element;
  llvm::raw_string_ostream(result.type) << element;
  result.elementBytes = (element.getIntOrFloatBitWidth() + 7) / 8;
  if (auto offset = dictionary.getAs<IntegerAttr>("arena_offset"))
    result.arenaOffset = offset.getInt();
  return result;
}

static LogicalResult describeTensors(ModuleOp module, StringRef attrName,
                                     std::vector<TensorDescription> &result) {
  auto array = module->getAttrOfType<ArrayAttr>(attrName);
  if (!array)
    return module.emitError("expected the attribute '")
           << attrName << "' of a module after phase 'llvm'";
  for (Attribute attr : array) {
    FailureOr<TensorDescription> tensor = describeTensor(module, attr);
    if (failed(tensor))
      return failure();
    result.push_back(std::move(*tensor));
  }
  return success();
}

/// The variant of a level; a new one if it is the first of its layers.
static FailureOr<VariantDescription *> getVariant(ModelDescription &model,
                                                  FunctionOpInterface layer) {
  auto target =
      layer->getAttrOfType<qvec::TargetAttr>(QVecDialect::getTargetAttrName());
  if (!target)
    return layer->emitOpError("expected the attribute '")
           << QVecDialect::getTargetAttrName() << "' on a layer";
  const TargetLevel *level = findTargetLevel(target.getLevel());
  if (!level)
    return layer->emitOpError("has the unknown level '")
           << target.getLevel() << "'";
  if (model.triple.empty())
    model.triple = target.getTriple().str();
  if (model.triple != target.getTriple())
    return layer->emitOpError("is for '")
           << target.getTriple() << "', but others are for '" << model.triple
           << "'";
  for (VariantDescription &variant : model.variants)
    if (variant.isa == target.getLevel())
      return &variant;
  model.variants.push_back(
      {level->name.str(),
       getRequiredCpuFlags(target.getTriple(), target.getCpu(),
                           target.getFeatures()),
       target.getCpu().str(),
       target.getFeatures().str(),
       level->vectorBytes,
       {},
       {}});
  return &model.variants.back();
}

static LogicalResult describeLayers(ModuleOp module, ModelDescription &model) {
  for (auto func : module.getOps<FunctionOpInterface>()) {
    // Before phase `llvm` the function that calls the layers is still there.
    bool isTask = isa<LLVM::LLVMFuncOp>(func);
    if (!isTask && func.isPublic())
      continue;
    auto name =
        func->getAttrOfType<StringAttr>(QVecDialect::getLayerAttrName());
    if (!name) {
      // What layers share belongs to the variant of its level.
      if (func.isExternal() || !func->hasAttr(QVecDialect::getTargetAttrName()))
        continue;
      FailureOr<VariantDescription *> variant = getVariant(model, func);
      if (failed(variant))
        return failure();
      (*variant)->kernels.push_back(func.getName().str());
      continue;
    }
    auto count =
        func->getAttrOfType<IntegerAttr>(QVecDialect::getCountAttrName());
    if (!count || (isTask && func.getNumArguments() != 3) || func.isExternal())
      return func->emitOpError("expected a body, the signature of a task and '")
             << QVecDialect::getCountAttrName() << "'";
    FailureOr<VariantDescription *> variant = getVariant(model, func);
    if (failed(variant))
      return failure();
    (*variant)->layers.push_back(
        {name.str(), func.getName().str(), count.getInt(), 0});
  }
  if (model.variants.empty())
    return module.emitError("expected at least one layer function");
  return success();
}

/// Bytes of the constants that the first variant's layers use; each counts for
/// the first layer that uses it.
static int64_t countWeightBytes(ModuleOp module, VariantDescription &variant) {
  llvm::StringSet<> seen;
  int64_t bytes = 0;
  DataLayout layout(module);
  for (LayerDescription &layer : variant.layers) {
    auto addOnce = [&](StringRef name, bool isConstant, int64_t size) {
      if (isConstant && seen.insert(name).second)
        layer.weightBytes += size;
    };
    module.lookupSymbol(layer.symbol)->walk([&](Operation *op) {
      if (auto address = dyn_cast<LLVM::AddressOfOp>(op)) {
        StringRef name = address.getGlobalName();
        if (auto global = module.lookupSymbol<LLVM::GlobalOp>(name))
          addOnce(name, global.getConstant(),
                  layout.getTypeSize(global.getGlobalType()));
      } else if (auto use = dyn_cast<memref::GetGlobalOp>(op)) {
        MemRefType type = use.getType();
        addOnce(use.getName(), /*isConstant=*/true,
                type.getNumElements() *
                    int64_t(layout.getTypeSize(type.getElementType())));
      }
    });
    bytes += layer.weightBytes;
  }
  return bytes;
}

FailureOr<ModelDescription> quantopt::describeModel(ModuleOp module) {
  ModelDescription model;
  if (auto name =
          module->getAttrOfType<StringAttr>(qnn::QNNDialect::getNameAttrName()))
    model.name = name.str();
  if (failed(describeTensors(module, QVecDialect::getInputsAttrName(),
                             model.inputs)) ||
      failed(describeTensors(module, QVecDialect::getOutputsAttrName(),
                             model.outputs)) ||
      failed(describeLayers(module, model)))
    return failure();
  if (auto bytes = module->getAttrOfType<IntegerAttr>(
          QVecDialect::getArenaBytesAttrName()))
    model.arenaBytes = bytes.getInt();
  if (auto bytes = module->getAttrOfType<IntegerAttr>(
          QVecDialect::getArenaBoundBytesAttrName()))
    model.arenaBoundBytes = bytes.getInt();
  if (auto count = module->getAttrOfType<IntegerAttr>(
          QVecDialect::getFloatOpsAttrName()))
    model.floatOps = count.getInt();
  if (auto bits = module->getAttrOfType<FloatAttr>(
          qnn::QNNDialect::getEffectiveBitsAttrName()))
    model.effectiveBits = bits.getValueAsDouble();
  model.weightErrors = qnn::getWeightErrors(module);
  model.equalization =
      qnn::getWeightErrors(module, qnn::getEqualizationAttrName());
  model.fastFloat = module->hasAttr(QVecDialect::getFastFloatAttrName());
  model.weightBytes = countWeightBytes(module, model.variants.front());
  return model;
}
