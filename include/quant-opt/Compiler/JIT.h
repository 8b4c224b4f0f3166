//===- JIT.h - Compiled models in this process ---------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_JIT_H
#define QUANTOPT_COMPILER_JIT_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt-c/Model.h"
#include "quant-opt/Compiler/EmitObject.h"

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace quantopt {

/// A model compiled for this machine and loaded into this process.
class CompiledModel {
public:
  /// Compiles a module of any phase from `prepare` on (an imported one is
  /// prepared first) for this machine. The module is not changed. Problems are
  /// diagnostics of its context and a short error.
  /// `cpu` is as in `KernelsOptions`.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  create(ModuleOp module, StringRef cpu = "native",
         OptLevel level = OptLevel::O2);

  /// Loads objects for this machine: a model's code and its descriptor.
  static llvm::Expected<std::unique_ptr<CompiledModel>>
  load(ArrayRef<Bytes> objects);

  ~CompiledModel();

  /// The model's description and code; lives as long as this object.
  const qo_model &getModel() const { return *model; }

  /// Runs the model once: one buffer per input and output. Calls may overlap.
  void run(ArrayRef<const void *> inputs, ArrayRef<void *> outputs) const;

private:
  CompiledModel();

  std::unique_ptr<llvm::orc::LLJIT> jit;
  const qo_model *model = nullptr;
};

/// The hash that the self-test of a loaded model expects, or 0 when an input
/// cannot be filled.
uint64_t computeGoldenHash(const CompiledModel &model);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_JIT_H
