//===- EmitObject.h - Machine code for a model ---------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// From a module in the LLVM dialect to LLVM IR, assembly and objects.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_EMITOBJECT_H
#define QUANTOPT_COMPILER_EMITOBJECT_H

#include "quant-opt/Compiler/ModelDescription.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
} // namespace llvm

namespace quantopt {

enum class OptLevel { O0, O1, O2, O3, Os };

struct EmitOptions {
  OptLevel level = OptLevel::O2;
  /// The prefix of the entry point: `NAME_run`.
  std::string name = "model";
  /// Whether layers are visible to the linker, for a descriptor in another
  /// object.
  bool exportLayers = false;
};

enum class CodeKind { Object, Assembly, Text, Bitcode };

/// Contents of a file.
using Bytes = llvm::SmallVector<char, 0>;

/// Creates the code generator for a model's triple. Functions of variants carry
/// their own processor.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>>
createTargetMachine(const ModelDescription &model, OptLevel level);

/// Translates, optimizes and emits the model's layers and `NAME_run` as one
/// file. For objects the sizes in `model` are filled in, and a symbol that
/// stays undefined is an error.
llvm::Expected<Bytes> emitModel(ModuleOp module, ModelDescription &model,
                                const EmitOptions &options, CodeKind kind);

/// The same as objects to link with each other and with a descriptor. Large
/// models are cut into parts, which the context's threads compile at the same
/// time; the result does not depend on the number of threads. Takes the module
/// apart.
llvm::Expected<std::vector<Bytes>> emitObjects(ModuleOp module,
                                               ModelDescription &model,
                                               const EmitOptions &options);

/// Emits `quantopt_model`, which describes layers of other objects.
llvm::Expected<Bytes> emitDescriptor(const ModelDescription &model,
                                     const EmitOptions &options);

/// Optimizes at the level and emits.
llvm::Expected<Bytes> generateCode(llvm::Module &module,
                                   llvm::TargetMachine &machine, OptLevel level,
                                   CodeKind kind);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_EMITOBJECT_H
