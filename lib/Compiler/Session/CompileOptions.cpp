//===- CompileOptions.cpp - What a user asks the compiler for -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/CompileOptions.h"
#include "quant-opt/Calibration/RangeSelection.h"
#include "quant-opt/Compiler/Link.h"
#include "quant-opt/Conversion/QNNToKernels/WeightStorage.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "quant-opt/Quantization/Methods/RoundingMethod.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace quantopt;
using llvm::createStringError;
using llvm::Error;

StringRef quantopt::getName(Activations activations) {
  switch (activations) {
  case Activations::Float:
    return "float";
  case Activations::Dynamic:
    return "dynamic";
  case Activations::DynamicTensor:
    return "dynamic-tensor";
  case Activations::Static:
    return "static";
  case Activations::Static16:
    return "static16";
  }
  llvm_unreachable("unknown activations");
}

std::optional<Activations> quantopt::parseActivations(StringRef name) {
  for (Activations value :
       {Activations::Float, Activations::Dynamic, Activations::DynamicTensor,
        Activations::Static, Activations::Static16})
    if (getName(value) == name)
      return value;
  return std::nullopt;
}

StringRef quantopt::getActivationsNames() {
  return "float, dynamic, dynamic-tensor, static or static16";
}

/// Fails unless the options fit the work of joining tables.
static Error checkMerge(const CompileOptions &options) {
  if (!options.input.empty())
    return createStringError("'--merge-tables' joins tables without a model, "
                             "but got '" +
                             options.input + "'");
  if (options.output.empty())
    return createStringError("expected an output file: '-o TABLE.json'");
  return Error::success();
}

/// Fails unless the method of rounding weights has what it needs.
static Error checkMethod(const CompileOptions &options) {
  auto method =
      RoundingMethod::parse(options.method.empty() ? "rtn" : options.method);
  if (!method)
    return method.takeError();
  StringRef flag = !method->isNearest()          ? "--method"
                   : !options.statistics.empty() ? "--statistics"
                                                 : "";
  bool isFloat = (options.weights.empty() || options.weights == "f32") &&
                 !options.needsIntegerWeights() && options.config.empty() &&
                 !options.isSearching();
  if (!flag.empty() && isFloat)
    return createStringError("'" + flag +
                             "' needs '--weights' to say how "
                             "weights are stored");
  if (method->needsStatistics() && !options.usesStatistics())
    return createStringError("'--method=" + options.method +
                             "' needs samples: give '--calibrate'");
  return Error::success();
}

/// Fails unless a search has what it needs, and its flags come with one.
static Error checkSearch(const CompileOptions &options) {
  if (options.isSearching()) {
    if (options.calibrate.empty())
      return createStringError("'--max-bytes' and '--max-drop' measure on "
                               "samples: give '--calibrate'");
    if (!options.weights.empty())
      return createStringError(
          "'--max-bytes' and '--max-drop' choose the "
          "formats of weights themselves; name candidates "
          "with '--search-formats' instead of '--weights'");
    return Error::success();
  }
  StringRef flag = !options.labels.empty()          ? "--labels"
                   : !options.searchFormats.empty() ? "--search-formats"
                   : !options.searchState.empty()   ? "--search-state"
                   : !options.front.empty()         ? "--front"
                                                    : "";
  if (!flag.empty())
    return createStringError("'" + flag +
                             "' belongs to a search: give '--max-bytes' or "
                             "'--max-drop'");
  return Error::success();
}

/// Flags that contradict code in C, which another compiler translates.
static Error checkC(const CompileOptions &o) {
  StringRef flag = !o.target.empty()     ? "--target"
                   : !o.cpu.empty()      ? "--cpu"
                   : !o.features.empty() ? "--features"
                                         : "";
  if (!flag.empty())
    return createStringError("'--emit=c' is for any processor; drop '" + flag +
                             "' and give it to the C compiler");
  if (o.verifyCodegen)
    return createStringError("'--verify-codegen' runs machine code; use "
                             "'--emit=obj --cpu=scalar' with it, which has the "
                             "loops of '--emit=c'");
  if (o.fastFloat)
    return createStringError("'--emit=c' keeps every bit of floats; drop "
                             "'--float=fast'");
  return Error::success();
}

/// Flags that contradict what is written, or each other.
static Error checkContradictions(const CompileOptions &o) {
  bool isFirmware = o.emit == EmitKind::Object || o.emit == EmitKind::Static;
  if ((o.maxRam || o.maxFlash) && (!isFirmware || o.compileTo))
    return createStringError(
        "'" + Twine(o.maxRam ? "--max-ram" : "--max-flash") +
        "' counts the sections of an object; it needs '--emit=obj' or "
        "'--emit=static'");
  if (o.fastFloat && o.verifyCodegen)
    return createStringError("'--verify-codegen' compares every bit, which "
                             "'--float=fast' does not keep; drop one of them");
  if (o.emit == EmitKind::C && !o.compileTo)
    if (Error error = checkC(o))
      return error;
  if (o.emit == EmitKind::ONNX && (!o.report.empty() || o.ioInArena))
    return createStringError("'" +
                             Twine(o.ioInArena ? "--io-in-arena" : "--report") +
                             "' describes code; an ONNX file has none");
  StringRef page = llvm::sys::path::extension(o.report);
  if (!o.report.empty() && page != ".json" && page != ".html")
    return createStringError(
        "expected '--report' to end in .json or .html, but got '" + o.report +
        "'");
  if (!o.prune.empty() && !qnn::isPruningAmount(o.prune))
    return createStringError(
        "expected '--prune' to be a part of the weights in "
        "[0, 1), or N:M, but got '" +
        o.prune + "'");
  if (!o.storage.empty() && !parseWeightStorage(o.storage))
    return createStringError("expected '--storage' to be " +
                             getWeightStorageNames() + ", but got '" +
                             o.storage + "'");
  return Error::success();
}

/// Fails if a file cannot be written, which is known before minutes of work.
static Error checkOutputs(const CompileOptions &o) {
  std::vector<std::string> paths = {o.output, o.report, o.writeConfig,
                                    o.searchState};
  if (!o.calibrate.empty())
    paths.insert(paths.end(), {o.table, o.statistics});
  for (const std::string &path : paths) {
    StringRef folder = llvm::sys::path::parent_path(path);
    if (!folder.empty() && !llvm::sys::fs::is_directory(folder))
      return createStringError(path + ": cannot write: there is no folder '" +
                               folder + "'");
    if (llvm::sys::fs::is_directory(path))
      return createStringError(path + ": cannot write: this is a folder");
  }
  if (llvm::sys::fs::exists(o.front) && !llvm::sys::fs::is_directory(o.front))
    return createStringError(o.front + ": cannot write: this is no folder");
  return Error::success();
}

llvm::Error CompileOptions::check() const {
  if (!mergeTables.empty())
    return checkMerge(*this);
  if (input.empty())
    return createStringError("expected a model: 'quant-compile MODEL -o OUT'");
  if (output.empty())
    return createStringError("expected an output file: '-o OUT'");
  bool isText = compileTo || emit == EmitKind::Assembly ||
                emit == EmitKind::LLVM || emit == EmitKind::MLIR;
  if (output == "-" && !isText)
    return createStringError("only text can be written to standard output; "
                             "give a file with '-o'");
  if (Error error = checkOutputs(*this))
    return error;
  if (!compileTo && emit == EmitKind::Executable)
    if (Error error =
            checkExecutableTarget(target.empty() ? getHostTriple() : target))
      return error;
  if (auto method = RangeMethod::parse(ranges.empty() ? "mse" : ranges);
      !method)
    return method.takeError();
  if (Error error = checkContradictions(*this))
    return error;
  bool isStatic = this->isStatic();
  if (Error error = checkSearch(*this))
    return error;
  if (Error error = checkMethod(*this))
    return error;
  if (!calibrate.empty() && !isStatic && !usesStatistics() && report.empty() &&
      !isSearching())
    return createStringError("'--calibrate' needs '--activations=static', or a "
                             "'--method' or '--report' that uses it");
  if (!table.empty() && !isStatic)
    return createStringError("'--table' needs '--activations=static'");
  if (keepHistograms && (table.empty() || calibrate.empty()))
    return createStringError("'--keep-histograms' is for tables that are "
                             "written: give '--calibrate' and '--table'");
  bool isInteger = needsIntegerWeights();
  const WeightFormat *format = findWeightFormat(weights);
  if (format && !format->hasIntegerProducts() && (isInteger || integerOnly))
    return createStringError(
        (isInteger ? "'--activations=" + getName(*activations) + "'"
                   : StringRef("'--integer-only'")) +
        " needs integer weights, but got '--weights=" + weights + "'");
  if (isDynamic() && integerOnly)
    return createStringError("'--integer-only' needs '--activations=static': "
                             "results of '--activations=" +
                             getName(*activations) + "' are float");
  bool isFloat =
      (weights.empty() || weights == "f32") && !isInteger && !isSearching();
  for (auto &[name, value] :
       {std::pair<StringRef, const std::string &>("granularity", granularity),
        {"scheme", scheme},
        {"scales", scales},
        {"range", range}})
    if (isFloat && !value.empty())
      return createStringError("'--" + name +
                               "' needs '--weights' to say how weights are "
                               "stored");
  return checkWeightOptions(getWeightOptions());
}

RoundingMethod CompileOptions::getMethod() const {
  auto parsed = RoundingMethod::parse(method.empty() ? "rtn" : method);
  if (parsed)
    return *parsed;
  llvm::consumeError(parsed.takeError()); // `check` reports it
  return {};
}

WeightOptions CompileOptions::getWeightOptions() const {
  WeightOptions result;
  result.weights = !weights.empty()                         ? weights
                   : needsIntegerWeights() || isSearching() ? "i8"
                                                            : "f32";
  result.granularity = granularity;
  if (!scheme.empty())
    result.scheme = scheme;
  result.scales = scales;
  result.range = range;
  return result;
}
