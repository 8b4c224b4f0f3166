//===- DumpTensors.cpp - Every value of a model in files ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace quantopt;
using namespace quantopt::reference;

/// A name for a value that is fit for a file: the source's node name where the
/// location has one, else the op's.
static std::string getFileName(Value value, unsigned number) {
  std::string name;
  value.getLoc()->walk([&](Location loc) {
    auto named = dyn_cast<NameLoc>(loc);
    if (named)
      name = named.getName().str();
    return named ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (Operation *op = value.getDefiningOp(); op && name.empty())
    name = op->getName().getStringRef().str();
  if (name.empty())
    name = "input";
  for (char &c : name)
    if (!llvm::isAlnum(c) && c != '-' && c != '.')
      c = '_';
  return llvm::formatv("{0,0+4}-{1}.npy", number, name);
}

llvm::Error quantopt::dumpTensors(Runner &runner, ArrayRef<Tensor> inputs,
                                  StringRef directory) {
  if (auto code = llvm::sys::fs::create_directories(directory))
    return llvm::createStringError(directory +
                                   ": cannot create: " + code.message());
  llvm::Error failure = llvm::Error::success();
  unsigned number = 0;
  InterpretOptions options;
  options.observer = [&](Value value, const Tensor &tensor) {
    SmallString<128> path(directory);
    llvm::sys::path::append(path, getFileName(value, number++));
    if (!failure)
      failure = writeTensor(path, tensor, tensor.getShape());
  };
  auto results = runner.observe(inputs, options);
  return llvm::joinErrors(std::move(failure), results.takeError());
}
