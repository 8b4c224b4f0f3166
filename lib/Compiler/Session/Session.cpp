//===- Session.cpp - One compilation --------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/Session.h"
#include "../Samples/CollectStatistics.h"
#include "mlir/Pass/PassManager.h"
#include "quant-opt/Calibration/RangeTable.h"
#include "quant-opt/Compiler/Calibrate.h"
#include "quant-opt/Compiler/Config.h"
#include "quant-opt/Compiler/Search.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "quant-opt/Export/ONNX.h"
#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Quantization/Transforms/Ranges.h"
#include "quant-opt/Support/AtomicFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

using namespace quantopt;

CompileSession::CompileSession(CompileOptions options, MLIRContext &context)
    : options(std::move(options)), context(context) {
  if (this->options.threads == 1)
    return;
  threads = std::make_unique<CompilerThreads>(this->options.threads);
  context.setThreadPool(*threads);
}

CompileSession::~CompileSession() {
  if (threads)
    context.disableMultithreading();
}

/// Turns an error into a diagnostic.
LogicalResult CompileSession::report(llvm::Error error) {
  if (!error)
    return success();
  llvm::handleAllErrors(std::move(error), [&](const llvm::ErrorInfoBase &info) {
    emitError(UnknownLoc::get(&context)) << info.message();
  });
  return failure();
}

LogicalResult CompileSession::load() {
  module = loadModel(options, context);
  if (!module)
    return failure();
  FailureOr<Phase> done = getModulePhase(*module);
  if (failed(done))
    return failure();
  phase = *done;
  StringRef nameAttr = qnn::QNNDialect::getNameAttrName();
  if (!options.name.empty() || !(*module)->hasAttr(nameAttr))
    (*module)->setAttr(
        nameAttr, StringAttr::get(&context, options.name.empty()
                                                ? StringRef(getName())
                                                : StringRef(options.name)));
  return checkStart();
}

/// Flags for phases that the module has behind it would do nothing.
LogicalResult CompileSession::checkStart() {
  auto late = [&](Phase first, bool given, StringRef flag) -> LogicalResult {
    if (!given || phase < first)
      return success();
    return emitError(UnknownLoc::get(&context))
           << options.input << ": '" << flag << "' comes too late for a module "
           << "that has been through phase '" << getPhaseName(phase) << "'";
  };
  bool isInteger = options.needsIntegerWeights();
  return success(
      succeeded(late(options.usesStatistics() || !options.isStatic()
                         ? Phase::Quantize
                         : Phase::Calibrate,
                     !options.calibrate.empty(), "--calibrate")) &&
      succeeded(late(Phase::Calibrate, !options.table.empty(), "--table")) &&
      succeeded(late(Phase::Quantize, isInteger, "--activations")) &&
      succeeded(
          late(options.getMethod().equalizes ? Phase::Prepare : Phase::Quantize,
               !options.method.empty(), "--method")) &&
      succeeded(
          late(Phase::Quantize, !options.statistics.empty(), "--statistics")) &&
      succeeded(late(Phase::Select, !options.weights.empty(), "--weights")) &&
      succeeded(late(Phase::Select, !options.config.empty(), "--config")) &&
      succeeded(late(Phase::Select, !options.exclude.empty(), "--exclude")) &&
      succeeded(
          late(Phase::Select, options.minElements != 0, "--min-elements")) &&
      succeeded(late(Phase::Quantize, !options.writeConfig.empty(),
                     "--write-config")) &&
      succeeded(late(Phase::Prepare, !options.prune.empty(), "--prune")) &&
      succeeded(late(Phase::Select, options.maxBytes != 0, "--max-bytes")) &&
      succeeded(
          late(Phase::Select, options.maxDrop.has_value(), "--max-drop")) &&
      succeeded(late(Phase::Quantize, options.quantizedIO, "--io")) &&
      succeeded(late(Phase::Fuse, !options.rounding.empty(), "--rounding")) &&
      succeeded(late(Phase::Kernels, options.fastFloat, "--float")) &&
      succeeded(late(Phase::Kernels, !options.storage.empty(), "--storage")) &&
      succeeded(late(Phase::Kernels, !options.target.empty(), "--target")) &&
      succeeded(late(Phase::Kernels, !options.cpu.empty(), "--cpu")) &&
      succeeded(
          late(Phase::Kernels, !options.features.empty(), "--features")) &&
      succeeded(late(Phase::Buffers, options.ioInArena, "--io-in-arena")) &&
      succeeded(
          late(Phase::Buffers, options.cacheBytes != 0, "--cache-bytes")));
}

std::string CompileSession::getRepeatFlags() const {
  if (phase < Phase::LLVM)
    return ("--compile-to=" + getPhaseName(Phase(unsigned(phase) + 1)) +
            " -o -")
        .str();
  std::string flags;
  if (isVerifying) {
    flags = "--verify-codegen ";
    for (auto &[flag, value] :
         {std::pair<StringRef, const std::string &>("target", options.target),
          {"cpu", options.cpu},
          {"features", options.features}})
      if (!value.empty())
        flags += ("--" + flag + "=" + value + " ").str();
  }
  constexpr StringLiteral levels("0123s");
  return flags + "-O" + levels[unsigned(options.level)] + " -o repeated";
}

/// The prefix of symbols: given, or the output's name without `lib` and ending.
std::string CompileSession::getName() const {
  if (!options.name.empty())
    return makeIdentifier(options.name);
  StringRef stem = options.output == "-"
                       ? llvm::sys::path::stem(options.input)
                       : llvm::sys::path::stem(options.output);
  if (stem.size() > 3)
    stem.consume_front("lib");
  return makeIdentifier(stem);
}

//===----------------------------------------------------------------------===//
// Calibration
//===----------------------------------------------------------------------===//

/// Attaches ranges from samples or from a table; fails when values without a
/// range would have to be rounded.
LogicalResult CompileSession::calibrate() {
  if (!options.isStatic())
    return success();
  auto main = module->lookupSymbol<func::FuncOp>("main");
  if (!main)
    return module->emitError("expected a function '@main'");
  RangeTable ranges;
  if (!options.calibrate.empty()) {
    llvm::Expected<RangeTable> measured = calibrateModel(*module, options);
    if (!measured)
      return report(measured.takeError());
    ranges = std::move(*measured);
    if (!options.table.empty() &&
        failed(report(writeFileAtomically(options.table, [&](raw_ostream &os) {
          os << ranges.toJSON();
          return llvm::Error::success();
        }))))
      return failure();
  } else if (!options.table.empty()) {
    llvm::Expected<RangeTable> read = readRangeTable(options.table);
    if (!read)
      return report(read.takeError());
    ranges = std::move(*read);
  }
  if (failed(attachRanges(main, ranges, options.integerOnly)))
    return failure();
  RoundingPlan::Options plan;
  plan.integerOnly = options.integerOnly;
  for (const ObservedValue &value : selectObservedValues(main, plan))
    if (!getRange(value.value))
      return emitError(value.value.getLoc())
             << "no range is known for '" << value.name
             << "'; give samples with '--calibrate' or ranges with '--table'";
  return success();
}

/// Looks at what layers multiply, for methods that round weights by it.
LogicalResult CompileSession::collect() {
  if (!options.usesStatistics() || !statistics.empty())
    return success();
  if (options.calibrate.empty()) {
    statistics = options.statistics;
    return success();
  }
  SmallString<128> path(options.statistics);
  if (path.empty()) {
    if (std::error_code code =
            llvm::sys::fs::createTemporaryFile("quant-compile", "npz", path))
      return report(llvm::createStringError(
          "no temporary file for statistics: " + code.message()));
    temporary.setFile(path);
  }
  statistics = path.str().str();
  return report(collectStatistics(*module, options, statistics));
}

//===----------------------------------------------------------------------===//
// Phases
//===----------------------------------------------------------------------===//

/// Bits of an index of the target that a module's functions name.
static unsigned getModuleIndexBits(ModuleOp module) {
  for (auto func : module.getOps<func::FuncOp>())
    if (auto target = func->getAttrOfType<qvec::TargetAttr>(
            qvec::QVecDialect::getTargetAttrName()))
      return getIndexBits(target.getTriple());
  return 64;
}

void quantopt::addQuantizePasses(OpPassManager &manager,
                                 const CompileOptions &options,
                                 StringRef statistics) {
  QuantizeOptions pass;
  pass.method = options.getMethod().withoutPreparation().toString();
  pass.statistics = statistics.str();
  pass.activations = options.isStatic();
  pass.bits = options.getActivationBits();
  pass.dynamic = options.isDynamic();
  pass.dynamicPerTensor = options.isDynamicPerTensor();
  pass.integerOnly = options.integerOnly && options.isStatic();
  pass.quantizedIO = options.quantizedIO || options.integerOnly;
  buildQuantizePipeline(manager, pass);
}

void quantopt::addFusePasses(OpPassManager &manager,
                             const CompileOptions &options) {
  FuseOptions pass;
  pass.integerOnly = options.integerOnly;
  if (!options.rounding.empty())
    pass.rounding = options.rounding;
  // In a float model everything stays float.
  pass.remarks = options.needsIntegerWeights();
  buildFusePipeline(manager, pass);
}

void quantopt::addKernelsPasses(OpPassManager &manager,
                                const CompileOptions &options) {
  KernelsOptions pass;
  pass.triple = options.target;
  pass.cpu = options.writesC() ? "scalar" : options.cpu;
  pass.features = options.features;
  if (options.fastFloat)
    pass.floatMode = "fast";
  if (!options.storage.empty())
    pass.storage = options.storage;
  buildKernelsPipeline(manager, pass);
}

LogicalResult CompileSession::addPasses(OpPassManager &manager, Phase next) {
  switch (next) {
  case Phase::Prepare: {
    PrepareOptions pass;
    pass.prune = options.prune;
    pass.equalize = options.getMethod().equalizes;
    buildPreparePipeline(manager, pass);
    return success();
  }
  case Phase::Calibrate: {
    CalibrateOptions pass;
    pass.integerOnly = options.integerOnly;
    buildCalibratePipeline(manager, pass);
    return success();
  }
  case Phase::Select: {
    SelectOptions pass;
    WeightOptions weights = options.getWeightOptions();
    pass.weights = weights.weights;
    pass.granularity = weights.granularity;
    pass.scheme = weights.scheme;
    pass.scales = weights.scales;
    pass.range = weights.range;
    for (const std::string &pattern : options.exclude)
      pass.exclude.push_back(pattern);
    pass.minElements = options.minElements;
    pass.config = options.config;
    buildSelectPipeline(manager, pass);
    return success();
  }
  case Phase::Quantize:
    addQuantizePasses(manager, options, statistics);
    return success();
  case Phase::Fuse:
    addFusePasses(manager, options);
    return success();
  case Phase::Kernels:
    addKernelsPasses(manager, options);
    return success();
  case Phase::Buffers: {
    BuffersOptions pass;
    pass.cacheBytes = options.cacheBytes;
    pass.ioInArena = options.ioInArena;
    buildBuffersPipeline(manager, pass);
    return success();
  }
  case Phase::Vectors: {
    VectorsOptions pass;
    pass.commonLoops = options.level != OptLevel::O3;
    buildVectorsPipeline(manager, pass);
    return success();
  }
  case Phase::LLVM: {
    LLVMOptions pass;
    pass.indexBits = getModuleIndexBits(*module);
    pass.mergeKernels = options.level != OptLevel::O3;
    buildLLVMPipeline(manager, pass);
    return success();
  }
  case Phase::Import:
  case Phase::Object:
    break;
  }
  return failure();
}

LogicalResult CompileSession::runPhase(Phase next, TimingScope &timing) {
  if (next == Phase::Calibrate && failed(calibrate()))
    return failure();
  if (next == Phase::Quantize && failed(collect()))
    return failure();
  PassManager manager(&context);
  if (failed(applyPassManagerCLOptions(manager)))
    return failure();
  TimingScope scope = timing.nest(getPhaseName(next));
  manager.enableTiming(scope);
  if (failed(addPasses(manager, next)) || failed(manager.run(*module)))
    return failure();
  if (next == Phase::Select && options.isSearching() &&
      (failed(collect()) ||
       failed(report(searchFormats(*module, options, statistics)))))
    return failure();
  if (next == Phase::Select && !options.writeConfig.empty()) {
    auto main = module->lookupSymbol<func::FuncOp>("main");
    return report(
        writeFileAtomically(options.writeConfig, [&](raw_ostream &os) {
          os << makeConfig(options, main);
          return llvm::Error::success();
        }));
  }
  return success();
}

/// Keeps what the report says about the phase that has just run.
LogicalResult CompileSession::describe() {
  if (options.report.empty())
    return success();
  if (phase == Phase::Fuse)
    quantization.floatOps = findFloatOps(*module);
  if (phase == Phase::Kernels)
    describeStorage(*module, quantization.layers);
  if (phase != Phase::Quantize)
    return success();
  quantization.layers = describeLayers(*before, *module);
  if (options.calibrate.empty() || quantization.layers.empty())
    return success();
  // Remarks about copies of layers would come again about the layers.
  ScopedDiagnosticHandler quiet(&context, [](Diagnostic &diagnostic) {
    return success(diagnostic.getSeverity() == DiagnosticSeverity::Remark);
  });
  llvm::Expected<int64_t> samples =
      measureLayers(*before, *module, options, quantization.layers);
  if (!samples)
    return report(samples.takeError());
  quantization.samples = *samples;
  return success();
}

/// The quantized model in the format that other tools read.
CompileStatus CompileSession::writeOnnx() {
  FailureOr<std::string> bytes = exportOnnx(*module);
  if (failed(bytes))
    return CompileStatus::UserError;
  llvm::Error error = writeFileAtomically(options.output, [&](raw_ostream &os) {
    os << *bytes;
    return llvm::Error::success();
  });
  return failed(report(std::move(error))) ? CompileStatus::UserError
                                          : CompileStatus::Done;
}

LogicalResult CompileSession::dump() {
  if (options.dumpDirectory.empty())
    return success();
  if (std::error_code code =
          llvm::sys::fs::create_directories(options.dumpDirectory))
    return report(llvm::createStringError(
        options.dumpDirectory + ": cannot be created: " + code.message()));
  SmallString<128> path(options.dumpDirectory);
  llvm::sys::path::append(
      path,
      llvm::formatv("{0,0+2}-{1}.mlir", unsigned(phase), getPhaseName(phase)));
  return report(writeModuleFile(*module, path));
}

/// Fails if there were warnings that are errors.
LogicalResult CompileSession::checkWarnings() {
  if (!options.fatalWarnings || !hasWarned)
    return success();
  return emitError(UnknownLoc::get(&context))
         << "'--fatal-warnings' makes a warning an error";
}

CompileStatus CompileSession::runPhases(TimingScope &timing, Phase last) {
  if (failed(checkWarnings()) || failed(dump()))
    return CompileStatus::UserError;
  while (phase < last && phase < Phase::LLVM) {
    auto next = Phase(unsigned(phase) + 1);
    if (options.progress)
      options.progress(getPhaseName(next), double(phase) / kNumPhases);
    before = OwningOpRef<ModuleOp>(cast<ModuleOp>((*module)->clone()));
    // Models that cannot be compiled are refused up to `kernels`.
    failedStep = ("phase '" + getPhaseName(next) + "'").str();
    bool hasFailed = failed(runPhase(next, timing));
    if (hasCrashed() || (hasFailed && next > Phase::Kernels))
      return CompileStatus::InternalError;
    if (hasFailed || failed(checkWarnings()))
      return CompileStatus::UserError;
    phase = next;
    keepReference();
    if (failed(describe()) || failed(dump()))
      return CompileStatus::UserError;
  }
  return CompileStatus::Done;
}

Phase CompileSession::getLastPhase() const {
  if (options.compileTo)
    return *options.compileTo;
  switch (options.emit) {
  case EmitKind::ONNX:
    return Phase::Quantize;
  case EmitKind::C:
    return Phase::Vectors;
  default:
    return Phase::LLVM;
  }
}

CompileStatus CompileSession::run() {
  ScopedDiagnosticHandler counting(&context, [&](Diagnostic &diagnostic) {
    hasWarned |= diagnostic.getSeverity() == DiagnosticSeverity::Warning;
    return failure();
  });
  if (failed(report(readConfig(options))) || failed(report(options.check())) ||
      failed(load()) || failed(loadReference()))
    return CompileStatus::UserError;
  Phase last = getLastPhase();
  if (last < phase) {
    emitError(UnknownLoc::get(&context))
        << options.input << ": has been through phase '" << getPhaseName(phase)
        << "', which comes after '" << getPhaseName(last) << "'";
    return CompileStatus::UserError;
  }
  DefaultTimingManager timingManager;
  timingManager.setEnabled(options.timePasses);
  TimingScope timing = timingManager.getRootScope();
  CompileStatus status = runPhases(timing, last);
  if (status != CompileStatus::Done)
    return status;
  if (options.writesC())
    return writeC();
  if (options.emit == EmitKind::ONNX && !options.compileTo)
    return writeOnnx();
  if (options.emit == EmitKind::MLIR ||
      (options.compileTo && last != Phase::Object))
    return failed(report(writeModuleFile(*module, options.output)))
               ? CompileStatus::UserError
               : CompileStatus::Done;
  return emit(timing);
}
