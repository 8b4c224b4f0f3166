//===- Session.h - One compilation ---------------------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_SESSION_H
#define QUANTOPT_COMPILER_SESSION_H

#include "mlir/IR/OwningOpRef.h"
#include "mlir/Support/Timing.h"
#include "quant-opt/Compiler/CompileOptions.h"
#include "quant-opt/Compiler/LayerReport.h"
#include "quant-opt/Compiler/Threads.h"
#include "llvm/Support/FileUtilities.h"

namespace quantopt {

struct CodeDifference;

/// How a compilation ended.
enum class CompileStatus {
  Done,
  UserError,     ///< the input, an option or a missing tool
  InternalError, ///< a phase failed on what the phases before accepted
};

/// Brings a model from a file through the phases to its output. All problems
/// are diagnostics of the context. Files are written when everything else has
/// succeeded.
class CompileSession {
public:
  /// The context must not have threads yet: the session gives it some.
  CompileSession(CompileOptions options, MLIRContext &context);
  ~CompileSession();

  /// Runs the whole compilation.
  CompileStatus run();

  /// After an internal error: what failed ("phase 'llvm'").
  StringRef getFailedStep() const { return failedStep; }
  /// The module that it failed on, or null.
  ModuleOp getFailedInput() { return before.get(); }
  /// The flags that repeat the failure on that module.
  std::string getRepeatFlags() const;

private:
  LogicalResult load();
  LogicalResult checkStart();
  LogicalResult checkWarnings();
  CompileStatus runPhases(TimingScope &timing, Phase last);
  LogicalResult runPhase(Phase next, TimingScope &timing);
  LogicalResult addPasses(OpPassManager &manager, Phase next);
  LogicalResult calibrate();
  LogicalResult collect();
  LogicalResult dump();
  LogicalResult describe();
  bool hasCrashed() const { return threads && threads->hasCrashed(); }
  CompileStatus emit(TimingScope &timing);
  llvm::Error writeCode(std::vector<Bytes> code, ModelDescription &model,
                        const EmitOptions &emitOptions);
  CompileStatus verifyCode(const std::vector<Bytes> &code,
                           ModelDescription &model,
                           const EmitOptions &emitOptions);
  void reportDifference(const CodeDifference &difference);
  LogicalResult loadReference();
  void keepReference();
  llvm::Error writeModule();
  CompileStatus writeOnnx();
  CompileStatus writeC();
  Phase getLastPhase() const;
  LogicalResult report(llvm::Error error);
  std::string getName() const;

  CompileOptions options;
  MLIRContext &context;
  std::unique_ptr<CompilerThreads> threads;
  OwningOpRef<ModuleOp> module, before;
  QuantizationReport quantization;
  /// What generated code is compared with.
  OwningOpRef<ModuleOp> reference;
  Phase phase = Phase::Import;
  /// The file of statistics that `quantize` reads, and what to delete.
  std::string statistics;
  llvm::FileRemover temporary;
  /// What runs, or has failed.
  std::string failedStep;
  bool isVerifying = false, hasWarned = false;
};

/// Adds the passes of phase `quantize`; `statistics` is the file that methods
/// of rounding read, or empty.
void addQuantizePasses(OpPassManager &manager, const CompileOptions &options,
                       StringRef statistics);

/// Adds the passes of phase `fuse`, and of phase `kernels`.
void addFusePasses(OpPassManager &manager, const CompileOptions &options);
void addKernelsPasses(OpPassManager &manager, const CompileOptions &options);

/// Reads a model from .onnx, .tflite, .mlir or .mlirbc. Diagnostics are emitted
/// on failure. Options that only an ONNX file understands are errors for
/// others.
OwningOpRef<ModuleOp> loadModel(const CompileOptions &options,
                                MLIRContext &context);

/// The phase that a module says it has been through; `import` when it says
/// nothing. Fails, with a diagnostic, for an unknown name.
FailureOr<Phase> getModulePhase(ModuleOp module);

/// Writes a module, as bytecode if the name ends in .mlirbc, else as text with
/// locations.
llvm::Error writeModuleFile(ModuleOp module, StringRef path);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_SESSION_H
