//===- Options.cpp - The command line of quant-compile --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace quantopt;
using llvm::createStringError;
using llvm::Error;
namespace cl = llvm::cl;

/// An option of the tool. LLVM's shared library brings options of the same
/// names; ours win.
template <typename OptionType> class Flag : public OptionType {
public:
  template <typename... Modifiers>
  explicit Flag(const char *name, const Modifiers &...modifiers)
      : OptionType(freeName(name), modifiers...) {}

private:
  static StringRef freeName(StringRef name) {
    if (cl::Option *other = cl::getRegisteredOptions().lookup(name))
      other->removeArgument();
    return name;
  }
};
using TextFlag = Flag<cl::opt<std::string>>;
using TextsFlag = Flag<cl::list<std::string>>;
using BoolFlag = Flag<cl::opt<bool>>;
using NumberFlag = Flag<cl::opt<int64_t>>;

namespace {
/// The flags in the order of `--help`.
struct Flags {
  cl::OptionCategory category{"Options of quant-compile"};
  cl::cat in{category};
  cl::opt<std::string> input{cl::Positional, in,
                             cl::desc("MODEL.{onnx,tflite,mlir,mlirbc}")};
  TextFlag output{"o", in, cl::value_desc("FILE"), cl::desc("Output file")};
  TextFlag emit{
      "emit", in, cl::value_desc("KIND"), cl::init("exe"),
      cl::desc("exe (default), shared, static, obj, asm, c, llvm, mlir, "
               "onnx")};
  TextFlag name{"name", in, cl::value_desc("ID"),
                cl::desc("The model's name, prefix of its C functions")};
  TextFlag target{"target", in, cl::value_desc("TRIPLE"),
                  cl::desc("Default: this machine's")};
  TextFlag cpu{"cpu", in, cl::value_desc("NAME|native"),
               cl::desc("Default: several levels, chosen at run time")};
  BoolFlag listTargets{"list-targets", in,
                       cl::desc("Print the levels of processors and exit")};
  BoolFlag fatalWarnings{"fatal-warnings", in,
                         cl::desc("A warning is an error: write nothing")};
  TextFlag features{"features", in, cl::value_desc("+x,-y"),
                    cl::desc("Features of the processor to add or remove")};
  TextFlag weights{"weights", in, cl::value_desc("TYPE"),
                   cl::desc("f32 (default), f16, bf16, i8, u4, ternary, nf4, "
                            "... (--list-formats)")};
  TextFlag granularity{
      "granularity", in, cl::value_desc("G"),
      cl::desc("tensor, channel, axis<N>, rows<N> or block<N>")};
  TextFlag scheme{"scheme", in, cl::value_desc("S"),
                  cl::desc("symmetric (default) or affine")};
  TextFlag scales{"scales", in, cl::value_desc("TYPE"),
                  cl::desc("Scales of blocks: f16 (default), f32, double")};
  TextFlag range{"range", in, cl::value_desc("R"),
                 cl::desc("Integers: narrow, full or <MIN>:<MAX>")};
  TextsFlag exclude{
      "exclude", in, cl::CommaSeparated, cl::value_desc("NAME,..."),
      cl::desc("Layers whose weights stay float: names with *, @first, @last, "
               "@conv2d, @depthwise, @dense")};
  NumberFlag minElements{"min-elements", in, cl::value_desc("N"), cl::init(0),
                         cl::desc("Smaller weights stay float")};
  BoolFlag listFormats{"list-formats", in,
                       cl::desc("Print the formats of weights and exit")};
  TextFlag method{"method", in, cl::value_desc("M"),
                  cl::desc("How weights are rounded: rtn (default), or steps "
                           "equalize, mse, gptq, descent, bias joined by +")};
  TextFlag statistics{"statistics", in, cl::value_desc("FILE.npz"),
                      cl::desc("Inputs of layers to use for --method, or to "
                               "write with --calibrate")};
  TextFlag activations{"activations", in, cl::value_desc("A"),
                       cl::init("float"),
                       cl::desc("float (default), dynamic (a scale per row), "
                                "dynamic-tensor, static, static16")};
  TextsFlag calibrate{"calibrate", in, cl::value_desc("[NAME=]FILE|DIR"),
                      cl::desc("Samples (.npy, .npz) for ranges and methods")};
  TextFlag ranges{"ranges", in, cl::value_desc("R"),
                  cl::desc("mse (default), minmax, moving:C, percentile:P, "
                           "entropy")};
  TextFlag table{"table", in, cl::value_desc("FILE.json"),
                 cl::desc("Ranges to use, or to write with --calibrate")};
  BoolFlag keepHistograms{
      "keep-histograms", in,
      cl::desc("Write what --merge-tables needs into --table")};
  TextsFlag mergeTables{
      "merge-tables", in, cl::CommaSeparated, cl::value_desc("FILE.json,..."),
      cl::desc("Join tables of parts of the samples into '-o FILE.json'")};
  TextFlag prune{"prune", in, cl::value_desc("RATIO|N:M"),
                 cl::desc("Set the smallest weights to zero: a part of them "
                          "(0.5), or all but 2 of 4 neighbours (2:4)")};
  TextFlag storage{"storage", in, cl::value_desc("S"),
                   cl::desc("Of weights with zeros: auto (default), dense, "
                            "smallest, bitmask, 2:4")};
  TextFlag config{"config", in, cl::value_desc("FILE.json"),
                  cl::desc("Options and decisions about weights to follow")};
  TextFlag writeConfig{
      "write-config", in, cl::value_desc("FILE.json"),
      cl::desc("Write a file for --config that repeats this one")};
  NumberFlag maxBytes{
      "max-bytes", in, cl::value_desc("N"), cl::init(0),
      cl::desc("Search the most accurate formats of weights within N bytes")};
  Flag<cl::opt<double>> maxDrop{
      "max-drop", in, cl::value_desc("P"), cl::init(0),
      cl::desc("Search the smallest ones that lose at most P points")};
  TextFlag labels{"labels", in, cl::value_desc("FILE.npy"),
                  cl::desc("Of the samples of --calibrate, for points of a "
                           "search (default: agreement with the float model)")};
  TextsFlag searchFormats{
      "search-formats", in, cl::CommaSeparated, cl::value_desc("TYPE,..."),
      cl::desc("Candidates, the best first (default: all iN, N <= 8)")};
  TextFlag searchState{"search-state", in, cl::value_desc("FILE.json"),
                       cl::desc("Where a search goes on when it was stopped")};
  TextFlag front{"front", in, cl::value_desc("DIR"),
                 cl::desc("Write what a search found: tables, and a --config "
                          "for each point")};
  BoolFlag integerOnly{"integer-only", in,
                       cl::desc("Fail if anything would stay float")};
  TextFlag io{"io", in, cl::value_desc("IO"), cl::init("model"),
              cl::desc("Types of inputs and outputs: model (default), "
                       "quantized")};
  BoolFlag ioInArena{
      "io-in-arena", in,
      cl::desc("Inputs and outputs are parts of the arena, at offsets that the "
               "header states; a run consumes its inputs")};
  TextFlag floats{
      "float", in, cl::value_desc("F"), cl::init("strict"),
      cl::desc("strict (default): the same bytes everywhere; fast")};
  TextFlag rounding{
      "rounding", in, cl::value_desc("R"), cl::init("auto"),
      cl::desc("Of integers: source, the bytes of the model's own engine "
               "(ONNX Runtime, TFLite); nearest; or auto (default): source "
               "for quantized ONNX models")};
  TextsFlag inputShape{"input-shape", in, cl::value_desc("x:1x3x224x224"),
                       cl::desc("The shape of an input that leaves it open")};
  NumberFlag batch{"batch", in, cl::value_desc("N"), cl::init(0),
                   cl::desc("Samples per run, where the model leaves it open")};
  NumberFlag cacheBytes{
      "cache-bytes", in, cl::value_desc("N"), cl::init(0),
      cl::desc("Larger images go between layers in bands of rows (default: "
               "as the processor's cache)")};
  NumberFlag threads{"threads", in, cl::value_desc("N"), cl::init(0),
                     cl::desc("Threads of the compiler (default: all)")};
  Flag<cl::opt<std::string>> level{
      "O",           in,
      cl::Prefix,    cl::value_desc("0|1|2|3|s"),
      cl::init("2"), cl::desc("Optimization level of LLVM (default -O2)")};
  TextFlag report{"report", in, cl::value_desc("FILE.{json,html}"),
                  cl::desc("Write what each layer costs and loses (with "
                           "--calibrate), and what is float")};
  NumberFlag maxRam{"max-ram", in, cl::value_desc("BYTES"), cl::init(0),
                    cl::desc("Fail if a run takes more RAM (obj, static)")};
  NumberFlag maxFlash{
      "max-flash", in, cl::value_desc("BYTES"), cl::init(0),
      cl::desc("Fail if code and constants take more (obj, static)")};
  TextFlag compileTo{"compile-to", in, cl::value_desc("PHASE"),
                     cl::desc("Stop after a phase and write MLIR")};
  TextFlag verifyCodegen{
      "verify-codegen", in, cl::ValueOptional, cl::value_desc("MODULE"),
      cl::desc("Compare the code with the interpreter before it is written")};
  TextFlag dumpIR{"dump-ir", in, cl::value_desc("DIR"),
                  cl::desc("Write the module after each phase")};
  BoolFlag timePasses{"time-passes", in,
                      cl::desc("Print how long phases and passes took")};
};
} // namespace

static Error expectedOneOf(StringRef flag, StringRef values, StringRef got) {
  return createStringError("expected '" + flag + "' to be " + values +
                           ", but got '" + got + "'");
}

static Error readEmit(StringRef text, CompileOptions &options) {
  auto kind = llvm::StringSwitch<std::optional<EmitKind>>(text)
                  .Case("exe", EmitKind::Executable)
                  .Case("shared", EmitKind::Shared)
                  .Case("static", EmitKind::Static)
                  .Case("obj", EmitKind::Object)
                  .Case("asm", EmitKind::Assembly)
                  .Case("c", EmitKind::C)
                  .Case("llvm", EmitKind::LLVM)
                  .Case("mlir", EmitKind::MLIR)
                  .Case("onnx", EmitKind::ONNX)
                  .Default(std::nullopt);
  if (!kind)
    return expectedOneOf(
        "--emit", "exe, shared, static, obj, asm, c, llvm, mlir or onnx", text);
  options.emit = *kind;
  return Error::success();
}

/// Flags with a fixed list of values, some of which are still to come.
static Error readChoices(const Flags &flags, CompileOptions &options) {
  StringRef activations = flags.activations;
  if (!parseActivations(activations))
    return expectedOneOf("--activations", getActivationsNames(), activations);
  if (flags.activations.getNumOccurrences())
    options.activations = parseActivations(activations);
  if (flags.io != "model" && flags.io != "quantized")
    return expectedOneOf("--io", "model or quantized", flags.io);
  options.quantizedIO = flags.io == "quantized";
  if (flags.floats != "strict" && flags.floats != "fast")
    return expectedOneOf("--float", "strict or fast", flags.floats);
  options.fastFloat = flags.floats == "fast";
  if (flags.rounding != "auto" && flags.rounding != "nearest" &&
      flags.rounding != "source")
    return expectedOneOf("--rounding", "auto, nearest or source",
                         flags.rounding);
  if (flags.rounding != "auto")
    options.rounding = flags.rounding;
  return Error::success();
}

static Error readLevel(StringRef text, CompileOptions &options) {
  auto level = llvm::StringSwitch<std::optional<OptLevel>>(text)
                   .Case("0", OptLevel::O0)
                   .Case("1", OptLevel::O1)
                   .Case("2", OptLevel::O2)
                   .Case("3", OptLevel::O3)
                   .Case("s", OptLevel::Os)
                   .Default(std::nullopt);
  if (!level)
    return expectedOneOf("-O", "0, 1, 2, 3 or s", text);
  options.level = *level;
  return Error::success();
}

static Error readNumbers(const Flags &flags, CompileOptions &options) {
  for (auto [flag, number, target] :
       {std::tuple<StringRef, const NumberFlag &, int64_t &>(
            "--batch", flags.batch, options.batch),
        {"--cache-bytes", flags.cacheBytes, options.cacheBytes},
        {"--min-elements", flags.minElements, options.minElements},
        {"--max-bytes", flags.maxBytes, options.maxBytes},
        {"--max-ram", flags.maxRam, options.maxRam},
        {"--max-flash", flags.maxFlash, options.maxFlash}}) {
    if (number < 0 || (number == 0 && number.getNumOccurrences() > 0))
      return createStringError("expected a positive '" + flag + "', but got " +
                               llvm::Twine(number));
    target = number;
  }
  if (flags.threads < 0 || flags.threads > 256)
    return createStringError("expected '--threads' in [1, 256], but got " +
                             llvm::Twine(flags.threads));
  if (flags.maxDrop.getNumOccurrences() > 0)
    options.maxDrop = flags.maxDrop;
  options.threads = int(flags.threads);
  return Error::success();
}

static Error readPhase(const Flags &flags, CompileOptions &options) {
  if (flags.compileTo.empty())
    return Error::success();
  options.compileTo = parsePhase(flags.compileTo);
  if (options.compileTo)
    return Error::success();
  std::string names;
  for (unsigned i = 0; i < kNumPhases; ++i)
    names += (i == 0               ? ""
              : i + 1 < kNumPhases ? ", "
                                   : " or ") +
             getPhaseName(Phase(i)).str();
  return expectedOneOf("--compile-to", names, flags.compileTo);
}

static llvm::Expected<CompileOptions> readOptions(const Flags &flags) {
  CompileOptions options;
  options.input = flags.input;
  options.output = flags.output;
  options.name = flags.name;
  options.target = flags.target;
  options.cpu = flags.cpu;
  options.features = flags.features;
  options.weights = flags.weights;
  options.granularity = flags.granularity;
  options.scheme = flags.scheme;
  options.scales = flags.scales;
  options.range = flags.range;
  options.exclude.assign(flags.exclude.begin(), flags.exclude.end());
  options.calibrate.assign(flags.calibrate.begin(), flags.calibrate.end());
  options.ranges = flags.ranges;
  options.method = flags.method;
  options.statistics = flags.statistics;
  options.table = flags.table;
  options.keepHistograms = flags.keepHistograms;
  options.mergeTables.assign(flags.mergeTables.begin(),
                             flags.mergeTables.end());
  options.prune = flags.prune;
  options.storage = flags.storage;
  options.config = flags.config;
  options.writeConfig = flags.writeConfig;
  options.labels = flags.labels;
  options.searchFormats.assign(flags.searchFormats.begin(),
                               flags.searchFormats.end());
  options.searchState = flags.searchState;
  options.front = flags.front;
  options.integerOnly = flags.integerOnly;
  options.ioInArena = flags.ioInArena;
  options.inputShapes.assign(flags.inputShape.begin(), flags.inputShape.end());
  options.report = flags.report;
  options.verifyCodegen = flags.verifyCodegen.getNumOccurrences() != 0;
  options.verifyAgainst = flags.verifyCodegen;
  options.dumpDirectory = flags.dumpIR;
  options.timePasses = flags.timePasses;
  options.fatalWarnings = flags.fatalWarnings;
  for (auto read : {readChoices, readNumbers, readPhase})
    if (Error error = read(flags, options))
      return std::move(error);
  if (Error error = readEmit(flags.emit, options))
    return std::move(error);
  if (Error error = readLevel(flags.level, options))
    return std::move(error);
  return options;
}

llvm::Expected<CompileOptions> quantopt::parseCommandLine(int argc,
                                                          char **argv) {
  Flags flags;
  mlir::registerMLIRContextCLOptions();
  mlir::registerAsmPrinterCLOptions();
  mlir::registerPassManagerCLOptions();
  cl::SetVersionPrinter([](raw_ostream &os) {
    os << "quant-compile " QUANTOPT_VERSION " (LLVM " LLVM_VERSION_STRING ")\n";
  });
  cl::HideUnrelatedOptions(flags.category);
  cl::ParseCommandLineOptions(
      argc, argv, "quant-compile: makes a native program of a network\n");
  if (flags.listFormats) {
    llvm::outs() << describeWeightFormats();
    std::exit(0);
  }
  if (flags.listTargets) {
    llvm::outs() << describeTargets();
    std::exit(0);
  }
  auto options = readOptions(flags);
  if (!options)
    return options;
  static int anchor;
  std::string program = llvm::sys::fs::getMainExecutable(argv[0], &anchor);
  options->toolDir = llvm::sys::path::parent_path(program).str();
  return options;
}
