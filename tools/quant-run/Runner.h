//===- Runner.h - A model that can be run -----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TOOLS_QUANTRUN_RUNNER_H
#define QUANTOPT_TOOLS_QUANTRUN_RUNNER_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Reference/Interpreter.h"
#include "quant-opt/Reference/Ports.h"

namespace quantopt {

/// A loaded model, interpreted or compiled.
class Runner {
public:
  virtual ~Runner() = default;

  ArrayRef<reference::Port> getInputs() const { return inputs; }
  ArrayRef<reference::Port> getOutputs() const { return outputs; }

  /// Runs the model once. `worker` in [0, workers) tells concurrent calls
  /// apart.
  virtual llvm::Expected<SmallVector<reference::Tensor>>
  run(ArrayRef<reference::Tensor> in, int worker) = 0;

  /// Runs the model once and shows every value to `observer`. Fails where the
  /// model has no such values.
  virtual llvm::Expected<SmallVector<reference::Tensor>>
  observe(ArrayRef<reference::Tensor> in,
          const reference::InterpretOptions &options) {
    return llvm::createStringError(
        "a compiled model does not show its inner values; use '--interpret'");
  }

  /// The function that is interpreted; null for compiled models.
  virtual func::FuncOp getFunction() { return nullptr; }

  /// A call of one inference on these inputs, without conversions, for
  /// measuring. The result lives as long as the runner.
  virtual llvm::Expected<std::function<void()>>
  prepareCall(ArrayRef<reference::Tensor> in) = 0;

protected:
  SmallVector<reference::Port> inputs, outputs;
};

/// What loading needs to know.
struct LoadOptions {
  bool interpret = false;
  int workers = 1; ///< concurrent calls of `run`
  int threads = 1; ///< threads of one inference of a compiled model
};

/// Loads a model by its file's ending: .onnx, .mlir, .mlirbc or .so.
llvm::Expected<std::unique_ptr<Runner>>
loadRunner(StringRef path, const LoadOptions &options, MLIRContext &context);

/// Opens a compiled model's shared library.
llvm::Expected<std::unique_ptr<Runner>>
loadLibrary(StringRef path, const LoadOptions &options, MLIRContext &context);

/// Compiles a module for this machine.
llvm::Expected<std::unique_ptr<Runner>>
compileModule(ModuleOp module, const LoadOptions &options);

} // namespace quantopt

#endif // QUANTOPT_TOOLS_QUANTRUN_RUNNER_H
