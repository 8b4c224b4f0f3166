//===- WeightErrors.cpp - What rounding weights has cost ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/WeightErrors.h"
#include "mlir/IR/Builders.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// The entry that a dictionary holds, or nothing.
static std::optional<WeightError> readEntry(Attribute attr) {
  auto entry = dyn_cast<DictionaryAttr>(attr);
  auto name = entry ? entry.getAs<StringAttr>("name") : StringAttr();
  auto nearest = entry ? entry.getAs<FloatAttr>("nearest") : FloatAttr();
  auto used = entry ? entry.getAs<FloatAttr>("used") : FloatAttr();
  if (!name || !nearest || !used)
    return std::nullopt;
  return WeightError{name.str(), nearest.getValueAsDouble(),
                     used.getValueAsDouble()};
}

bool qnn::isWeightErrors(Attribute attr) {
  auto array = dyn_cast<ArrayAttr>(attr);
  return array && llvm::all_of(array, [](Attribute entry) {
           return readEntry(entry).has_value();
         });
}

void qnn::setWeightErrors(ModuleOp module, ArrayRef<WeightError> errors,
                          StringRef attrName) {
  Builder builder(module.getContext());
  SmallVector<Attribute> entries;
  for (const WeightError &error : errors)
    entries.push_back(builder.getDictionaryAttr(
        {builder.getNamedAttr("name", builder.getStringAttr(error.name)),
         builder.getNamedAttr("nearest",
                              builder.getF64FloatAttr(error.nearest)),
         builder.getNamedAttr("used", builder.getF64FloatAttr(error.used))}));
  module->setAttr(attrName, builder.getArrayAttr(entries));
}

SmallVector<WeightError> qnn::getWeightErrors(ModuleOp module,
                                              StringRef attrName) {
  SmallVector<WeightError> errors;
  auto array = module->getAttrOfType<ArrayAttr>(attrName);
  if (array && isWeightErrors(array))
    for (Attribute entry : array)
      errors.push_back(*readEntry(entry));
  return errors;
}
