//===- ObservedValues.cpp - Values that calibration looks at --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Quantization/Schemes/ValueNames.h"

using namespace quantopt;

SmallVector<ObservedValue>
quantopt::selectObservedValues(func::FuncOp function,
                               const RoundingPlan::Options &options) {
  SmallVector<Value> values = RoundingPlan(function, options).getObserved();
  SmallVector<std::string> names = getUniqueNames(values);
  SmallVector<ObservedValue> result;
  for (auto [value, name] : llvm::zip(values, names))
    result.push_back({value, name});
  return result;
}

FailureOr<ObservationModule>
quantopt::createObservationModule(OwningOpRef<ModuleOp> module,
                                  ArrayRef<ObservedValue> values) {
  ObservationModule result;
  auto main = module->lookupSymbol<func::FuncOp>("main");
  Operation *terminator = main.getBody().front().getTerminator();
  SmallVector<Value> operands(terminator->getOperands());
  SmallVector<Type> types(main.getResultTypes());
  SmallVector<Attribute> attributes;
  if (ArrayAttr old = main.getAllResultAttrs())
    llvm::append_range(attributes, old);
  MLIRContext *context = module->getContext();
  attributes.resize(types.size(), DictionaryAttr::get(context));
  for (const ObservedValue &observed : values) {
    if (auto argument = dyn_cast<BlockArgument>(observed.value)) {
      result.arguments.push_back({argument.getArgNumber(), observed.name});
      continue;
    }
    result.resultNames.push_back(observed.name);
    operands.push_back(observed.value);
    types.push_back(observed.value.getType());
    NamedAttribute name(
        StringAttr::get(context, qnn::QNNDialect::getNameAttrName()),
        StringAttr::get(context, observed.name));
    attributes.push_back(DictionaryAttr::get(context, name));
  }
  terminator->setOperands(operands);
  main.setFunctionType(
      FunctionType::get(context, main.getFunctionType().getInputs(), types));
  main.setAllResultAttrs(attributes);
  result.module = std::move(module);
  return result;
}

FailureOr<ObservationModule>
quantopt::createObservationModule(ModuleOp original,
                                  const RoundingPlan::Options &options) {
  OwningOpRef<ModuleOp> module(cast<ModuleOp>(original->clone()));
  auto main = module->lookupSymbol<func::FuncOp>("main");
  if (!main || main.isExternal() || !main.getBody().hasOneBlock())
    return original.emitError("expected a function '@main' with a body");
  return createObservationModule(std::move(module),
                                 selectObservedValues(main, options));
}
