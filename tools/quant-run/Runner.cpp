//===- Runner.cpp - Loading models ----------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Runner.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "quant-opt/Import/ONNX.h"
#include "quant-opt/Import/TFLite.h"
#include "quant-opt/Support/Diagnostics.h"
#include "llvm/Support/Path.h"

using namespace quantopt;
using namespace quantopt::reference;

namespace {
/// Runs a module's function with the reference interpreter.
class InterpreterRunner : public Runner {
public:
  InterpreterRunner(OwningOpRef<ModuleOp> module, Interpreter interpreter)
      : module(std::move(module)), interpreter(std::move(interpreter)) {}

  llvm::Error describe() {
    auto in = getInputPorts(interpreter.getFunction());
    if (!in)
      return in.takeError();
    auto out = getOutputPorts(interpreter.getFunction());
    if (!out)
      return out.takeError();
    inputs = std::move(*in);
    outputs = std::move(*out);
    return llvm::Error::success();
  }

  llvm::Expected<SmallVector<Tensor>> run(ArrayRef<Tensor> in, int) override {
    return interpreter.run(in);
  }

  llvm::Expected<SmallVector<Tensor>>
  observe(ArrayRef<Tensor> in, const InterpretOptions &options) override {
    return interpreter.run(in, options);
  }

  func::FuncOp getFunction() override { return interpreter.getFunction(); }

  llvm::Expected<std::function<void()>>
  prepareCall(ArrayRef<Tensor> in) override {
    SmallVector<Tensor> copy(in);
    auto first = interpreter.run(copy);
    if (!first)
      return first.takeError();
    return
        [this, copy] { llvm::consumeError(interpreter.run(copy).takeError()); };
  }

private:
  OwningOpRef<ModuleOp> module;
  Interpreter interpreter;
};
} // namespace

/// The model function: `main`, the only function, or the first of those that
/// the `kernels` phase makes for several processor levels.
static llvm::Expected<func::FuncOp> findFunction(ModuleOp module,
                                                 StringRef path) {
  if (auto main = module.lookupSymbol<func::FuncOp>("main"))
    return main;
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  bool isLevel =
      !functions.empty() && functions.front().getName().starts_with("main_");
  if (functions.size() == 1 || isLevel)
    return functions.front();
  return llvm::createStringError(
      path + ": expected a function 'main' or exactly one function, but got " +
      Twine(functions.size()));
}

/// Reads IR or imports a model; diagnostics have been printed on failure.
static OwningOpRef<ModuleOp> loadModule(StringRef path, MLIRContext &context) {
  ToolDiagnosticHandler handler(&context, "quant-run", llvm::errs());
  if (llvm::sys::path::extension(path) == ".onnx")
    return importOnnx(path, &context);
  if (llvm::sys::path::extension(path) == ".tflite")
    return importTflite(path, &context);
  return parseSourceFile<ModuleOp>(path, &context);
}

llvm::Expected<std::unique_ptr<Runner>>
quantopt::loadRunner(StringRef path, const LoadOptions &options,
                     MLIRContext &context) {
  if (llvm::sys::path::extension(path) == ".so") {
    if (options.interpret)
      return llvm::createStringError(
          path + ": a compiled model cannot be interpreted; drop '--interpret' "
                 "or give the model's source");
    return loadLibrary(path, options, context);
  }
  auto module = loadModule(path, context);
  if (!module)
    return llvm::createStringError(path + ": cannot be read as a model");
  if (!options.interpret) {
    ToolDiagnosticHandler handler(&context, "quant-run", llvm::errs());
    return compileModule(module.get(), options);
  }
  auto function = findFunction(module.get(), path);
  if (!function)
    return function.takeError();
  auto interpreter = Interpreter::create(*function);
  if (!interpreter)
    return interpreter.takeError();
  auto runner = std::make_unique<InterpreterRunner>(std::move(module),
                                                    std::move(*interpreter));
  if (llvm::Error error = runner->describe())
    return std::move(error);
  return runner;
}
