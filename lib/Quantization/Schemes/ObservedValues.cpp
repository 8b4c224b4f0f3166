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
quantopt::createObservationModule(ModuleOp module,
                                  const RoundingPlan::Options &options) {
  ObservationModule result;
  result.module = OwningOpRef<ModuleOp>(cast<ModuleOp>(module->clone()));
  auto main = result.module->lookupSymbol<func::FuncOp>("main");
  if (!main || main.isExternal() || !main.getBody().hasOneBlock())
    return module.emitError("expected a function '@main' with a body");
  Operation *terminator = main.getBody().front().getTerminator();
  SmallVector<Value> operands(terminator->getOperands());
  SmallVector<Type> types(main.getResultTypes());
  SmallVector<Attribute> attributes;
  if (ArrayAttr old = main.getAllResultAttrs())
    llvm::append_range(attributes, old);
  attributes.resize(types.size(), DictionaryAttr::get(module.getContext()));
  for (ObservedValue &observed : selectObservedValues(main, options)) {
    if (auto argument = dyn_cast<BlockArgument>(observed.value)) {
      result.arguments.push_back({argument.getArgNumber(), observed.name});
      continue;
    }
    result.resultNames.push_back(observed.name);
    operands.push_back(observed.value);
    types.push_back(observed.value.getType());
    NamedAttribute name(StringAttr::get(module.getContext(),
                                        qnn::QNNDialect::getNameAttrName()),
                        StringAttr::get(module.getContext(), observed.name));
    attributes.push_back(DictionaryAttr::get(module.getContext(), name));
  }
  terminator->setOperands(operands);
  main.setFunctionType(FunctionType::get(
      module.getContext(), main.getFunctionType().getInputs(), types));
  main.setAllResultAttrs(attributes);
  return result;
}
