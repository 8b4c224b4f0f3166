//===- SessionOutput.cpp - The files of a compilation ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Object/ObjectFacts.h"
#include "mlir/Pass/PassManager.h"
#include "quant-opt/Compiler/Budget.h"
#include "quant-opt/Compiler/Header.h"
#include "quant-opt/Compiler/JIT.h"
#include "quant-opt/Compiler/Link.h"
#include "quant-opt/Compiler/Report.h"
#include "quant-opt/Compiler/Session.h"
#include "quant-opt/Export/C.h"
#include "quant-opt/Pipelines/Pipelines.h"
#include "quant-opt/Support/AtomicFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace quantopt;
using llvm::Error;

static Error writeText(StringRef path, StringRef text) {
  return writeFileAtomically(path, [&](raw_ostream &os) -> Error {
    os << text;
    return Error::success();
  });
}

/// The header of OUT: beside it, without ending and leading `lib`.
static std::string getHeaderPath(StringRef output) {
  StringRef stem = llvm::sys::path::stem(output);
  if (stem.size() > 3)
    stem.consume_front("lib");
  SmallString<128> path(llvm::sys::path::parent_path(output));
  llvm::sys::path::append(path, stem + ".h");
  return std::string(path);
}

static CodeKind getCodeKind(EmitKind emit, StringRef output) {
  if (emit == EmitKind::Assembly)
    return CodeKind::Assembly;
  if (emit == EmitKind::LLVM)
    return output.ends_with(".bc") ? CodeKind::Bitcode : CodeKind::Text;
  return CodeKind::Object;
}

/// Adds the model's description; with `hasGolden`, and where the code runs on
/// this machine, it has the self-test's expected hash.
static Error addDescriptor(std::vector<Bytes> &objects, ModelDescription &model,
                           const EmitOptions &options, bool hasGolden) {
  llvm::Triple triple(model.triple), host(llvm::sys::getDefaultTargetTriple());
  auto descriptor = emitDescriptor(model, options);
  if (!descriptor)
    return descriptor.takeError();
  objects.push_back(std::move(*descriptor));
  if (!hasGolden || triple.getArch() != host.getArch() ||
      triple.getOS() != host.getOS())
    return Error::success();
  auto loaded = CompiledModel::load(objects);
  if (!loaded) {
    // Code for another processor of this architecture.
    llvm::consumeError(loaded.takeError());
    return Error::success();
  }
  model.goldenHash = computeGoldenHash(**loaded);
  descriptor = emitDescriptor(model, options);
  if (!descriptor)
    return descriptor.takeError();
  objects.back() = std::move(*descriptor);
  return Error::success();
}

/// Writes the main output: linked, archived or as it is.
static Error writeOutput(std::vector<Bytes> code, ModelDescription &model,
                         const CompileOptions &options,
                         const EmitOptions &emitOptions) {
  const Bytes &first = code.front();
  if (options.emit == EmitKind::Static)
    return writeStaticLibrary(first, options.output, emitOptions.name);
  if (!emitOptions.exportLayers)
    return writeText(options.output, StringRef(first.data(), first.size()));
  if (Error error = addDescriptor(code, model, emitOptions,
                                  /*hasGolden=*/!model.fastFloat))
    return error;
  LinkOptions link{model.triple, emitOptions.name, options.toolDir};
  return options.emit == EmitKind::Executable
             ? linkExecutable(code, options.output, link)
             : linkShared(code, options.output, link);
}

/// The objects to link, or the contents of the one file to write.
static llvm::Expected<std::vector<Bytes>>
emitCode(ModuleOp module, ModelDescription &model,
         const CompileOptions &options, const EmitOptions &emitOptions) {
  if (emitOptions.exportLayers)
    return emitObjects(module, model, emitOptions);
  auto code = emitModel(module, model, emitOptions,
                        getCodeKind(options.emit, options.output));
  if (!code)
    return code.takeError();
  return std::vector<Bytes>{std::move(*code)};
}

Error CompileSession::writeCode(std::vector<Bytes> code,
                                ModelDescription &model,
                                const EmitOptions &emitOptions) {
  // The files beside the main one come first, so that there is no program
  // without its header.
  std::vector<std::string> written;
  auto writeBeside = [&](StringRef path, StringRef text) -> Error {
    if (Error error = writeText(path, text))
      return error;
    written.push_back(path.str());
    return Error::success();
  };
  bool hasHeader = options.emit == EmitKind::Object ||
                   options.emit == EmitKind::Static ||
                   options.emit == EmitKind::Shared || options.writesC();
  Error error = Error::success();
  if (!options.report.empty()) {
    std::string text = makeReport(model, emitOptions.name, quantization);
    bool isPage = StringRef(options.report).ends_with(".html");
    error = writeBeside(options.report, isPage ? makeReportPage(text) : text);
  }
  if (!error && hasHeader)
    error = writeBeside(getHeaderPath(options.output),
                        makeHeader(model, emitOptions.name));
  if (!error)
    error = writeOutput(std::move(code), model, options, emitOptions);
  if (error)
    for (const std::string &path : written)
      llvm::sys::fs::remove(path);
  return error;
}

CompileStatus CompileSession::writeC() {
  FailureOr<ModelDescription> model = describeModel(*module);
  if (failed(model))
    return CompileStatus::UserError;
  PassManager manager(&context);
  buildScalarsPipeline(manager);
  failedStep = "conversion to C";
  std::string header = getHeaderPath(options.output);
  FailureOr<std::string> code = failure();
  if (succeeded(manager.run(*module)))
    code =
        exportC(*module, {getName(), llvm::sys::path::filename(header).str()});
  if (failed(code))
    return CompileStatus::UserError;
  std::vector<Bytes> files(1);
  files.front().assign(code->begin(), code->end());
  EmitOptions emitOptions;
  emitOptions.name = getName();
  return failed(report(writeCode(std::move(files), *model, emitOptions)))
             ? CompileStatus::UserError
             : CompileStatus::Done;
}

CompileStatus CompileSession::emit(TimingScope &timing) {
  TimingScope scope = timing.nest(getPhaseName(Phase::Object));
  if (options.progress)
    options.progress("object", double(phase) / kNumPhases);
  failedStep = ("phase '" + getPhaseName(Phase::Object) + "'").str();
  FailureOr<ModelDescription> model = describeModel(*module);
  if (failed(model))
    return CompileStatus::UserError;
  EmitOptions emitOptions;
  emitOptions.level = options.level;
  emitOptions.name = getName();
  emitOptions.exportLayers =
      options.emit == EmitKind::Executable || options.emit == EmitKind::Shared;
  auto code = emitCode(*module, *model, options, emitOptions);
  if (!code) {
    (void)report(code.takeError());
    return hasCrashed() ? CompileStatus::InternalError
                        : CompileStatus::UserError;
  }
  if (options.emit == EmitKind::Object || options.emit == EmitKind::Static) {
    Error error = readMemoryFacts(code->front(), emitOptions.name + "_run",
                                  model->memory);
    if (!error)
      error = checkBudget(*model, options.maxRam, options.maxFlash);
    if (failed(report(std::move(error))))
      return CompileStatus::UserError;
  }
  if (options.verifyCodegen) {
    CompileStatus status = verifyCode(*code, *model, emitOptions);
    if (status != CompileStatus::Done)
      return status;
  }
  return failed(report(writeCode(std::move(*code), *model, emitOptions)))
             ? CompileStatus::UserError
             : CompileStatus::Done;
}
