//===- ModuleBuilder.cpp - The module of an imported model ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModuleBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "llvm/Support/Path.h"

using namespace quantopt;

ModuleBuilder::ModuleBuilder(OpBuilder &builder, StringRef fileName)
    : builder(builder) {
  MLIRContext *context = builder.getContext();
  context
      ->loadDialect<arith::ArithDialect, func::FuncDialect, qnn::QNNDialect>();
  Location location =
      FileLineColLoc::get(context, llvm::sys::path::filename(fileName), 0, 0);
  module = ModuleOp::create(location);
  builder.setInsertionPointToEnd(module->getBody());
  main = func::FuncOp::create(builder, location, "main",
                              builder.getFunctionType({}, {}));
  body = main.addEntryBlock();
  builder.setInsertionPointToEnd(body);
}

/// `{qnn.name = name}`
static DictionaryAttr makeName(OpBuilder &builder, StringRef name) {
  NamedAttribute entry("qnn.name", builder.getStringAttr(name));
  return builder.getDictionaryAttr(entry);
}

Value ModuleBuilder::addInput(RankedTensorType type, StringRef name) {
  argumentNames.push_back(makeName(builder, name));
  return body->addArgument(type, NameLoc::get(builder.getStringAttr(name)));
}

StringRef ModuleBuilder::getInputName(unsigned i) const {
  auto names = cast<DictionaryAttr>(argumentNames[i]);
  return cast<StringAttr>(names.get("qnn.name"));
}

void ModuleBuilder::addOutput(Value value, StringRef name) {
  results.push_back(value);
  resultNames.push_back(makeName(builder, name));
}

OwningOpRef<ModuleOp> ModuleBuilder::finish(StringRef modelName) {
  func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
  main.setFunctionType(builder.getFunctionType(body->getArgumentTypes(),
                                               TypeRange(ValueRange(results))));
  main.setAllArgAttrs(argumentNames);
  main.setAllResultAttrs(resultNames);
  (*module)->setAttr("qnn.phase", builder.getStringAttr("import"));
  (*module)->setAttr("qnn.name", builder.getStringAttr(modelName));
  return std::move(module);
}

std::string quantopt::formatShape(ArrayRef<int64_t> shape) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << '[';
  llvm::interleaveComma(shape, os);
  os << ']';
  return text;
}

ArrayRef<int64_t> quantopt::getShape(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}
