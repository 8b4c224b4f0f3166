//===- ValueNames.cpp - Stable names of values ----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/ValueNames.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

using namespace quantopt;

/// The first name found in a location, or nothing.
static StringRef getLocationName(Location loc) {
  StringRef name;
  loc->walk([&](Location part) {
    auto named = dyn_cast<NameLoc>(part);
    if (!named)
      return WalkResult::advance();
    name = named.getName();
    return WalkResult::interrupt();
  });
  return name;
}

std::string quantopt::getValueName(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto function =
        dyn_cast<FunctionOpInterface>(argument.getOwner()->getParentOp());
    StringRef attrName = qnn::QNNDialect::getNameAttrName();
    if (function)
      if (auto name = function.getArgAttrOfType<StringAttr>(
              argument.getArgNumber(), attrName))
        return name.str();
    return "arg" + std::to_string(argument.getArgNumber());
  }
  Operation *op = value.getDefiningOp();
  StringRef name = getLocationName(op->getLoc());
  return name.empty() ? op->getName().stripDialect().str() : name.str();
}

SmallVector<std::string> quantopt::getUniqueNames(ArrayRef<Value> values) {
  SmallVector<std::string> names;
  llvm::StringMap<unsigned> repeats;
  llvm::StringSet<> taken;
  for (Value value : values) {
    std::string base = getValueName(value), name = base;
    while (!taken.insert(name).second)
      name = base + "#" +
             std::to_string(++repeats.try_emplace(base, 1).first->second);
    names.push_back(name);
  }
  return names;
}
