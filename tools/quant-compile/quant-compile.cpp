//===- quant-compile.cpp - Makes native programs of networks --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "Progress.h"
#include "quant-opt/Compiler/Calibrate.h"
#include "quant-opt/Compiler/Session.h"
#include "quant-opt/InitAllDialects.h"
#include "quant-opt/Support/Diagnostics.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

static int fail(const llvm::Twine &message) {
  llvm::errs() << "quant-compile: error: " << message << '\n';
  return 1;
}

/// Whether the same remark has been made: each processor level is compiled from
/// a copy of the model.
static bool isRepeated(mlir::Diagnostic &diagnostic, llvm::StringSet<> &seen) {
  if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Remark)
    return false;
  std::string text;
  llvm::raw_string_ostream(text) << diagnostic.getLocation() << diagnostic;
  return !seen.insert(text).second;
}

/// Saves what the failed step was given and says how to repeat it.
static int reportInternalError(CompileSession &session, StringRef output) {
  std::string path = output == "-" ? "quant-compile" : output.str();
  path += ".reproducer.mlirbc";
  ModuleOp input = session.getFailedInput();
  if (!input) {
    fail("internal error while reading the model");
    return 2;
  }
  if (llvm::Error error = writeModuleFile(input, path)) {
    llvm::consumeError(std::move(error));
    path = "(cannot be written)";
  }
  fail("internal error in " + session.getFailedStep() +
       "; please report it with the file '" + path +
       "'; repeat with 'quant-compile " + path + " " +
       session.getRepeatFlags() + "'");
  return 2;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  auto options = parseCommandLine(argc, argv);
  if (!options)
    return fail(llvm::toString(options.takeError()));
  if (!options->mergeTables.empty()) {
    if (llvm::Error error = mergeRangeTables(*options))
      return fail(llvm::toString(std::move(error)));
    return 0;
  }
  mlir::DialectRegistry registry;
  quantopt::registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  ToolDiagnosticHandler handler(&context, "quant-compile", llvm::errs());
  // Whole ops may hold megabytes of constants.
  context.printOpOnDiagnostic(false);
  // Messages start on a line of their own.
  llvm::StringSet<> seen;
  mlir::ScopedDiagnosticHandler clearing(
      &context, [&](mlir::Diagnostic &diagnostic) {
        clearProgress();
        return success(isRepeated(diagnostic, seen));
      });
  options->progress = showProgress;
  std::string output = options->output;
  CompileSession session(std::move(*options), context);

  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  auto status = CompileStatus::InternalError;
  recovery.RunSafelyOnThread([&] { status = session.run(); }, 64 << 20);
  clearProgress();
  if (status == CompileStatus::InternalError)
    return reportInternalError(session, output);
  return status == CompileStatus::Done ? 0 : 1;
}
