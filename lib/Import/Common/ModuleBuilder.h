//===- ModuleBuilder.h - The module of an imported model --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_COMMON_MODULEBUILDER_H
#define QUANTOPT_LIB_IMPORT_COMMON_MODULEBUILDER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Builds a module with one function, `main`, whose arguments and results have
/// the names of the model.
class ModuleBuilder {
public:
  /// Leaves the builder in the function. Locations have the file's name without
  /// its folder: the same model gives the same module anywhere.
  ModuleBuilder(OpBuilder &builder, StringRef fileName);

  Value addInput(RankedTensorType type, StringRef name);
  ValueRange getInputs() const { return body->getArguments(); }
  StringRef getInputName(unsigned i) const;
  void addOutput(Value value, StringRef name);

  /// The module, in the phase `import`.
  OwningOpRef<ModuleOp> finish(StringRef modelName);

private:
  OpBuilder &builder;
  OwningOpRef<ModuleOp> module;
  func::FuncOp main;
  Block *body = nullptr;
  SmallVector<Value> results;
  SmallVector<Attribute> argumentNames, resultNames;
};

/// "[1, 3, 8, 8]" for messages.
std::string formatShape(ArrayRef<int64_t> shape);

/// The shape of a static tensor value.
ArrayRef<int64_t> getShape(Value value);

} // namespace quantopt

#endif // QUANTOPT_LIB_IMPORT_COMMON_MODULEBUILDER_H
