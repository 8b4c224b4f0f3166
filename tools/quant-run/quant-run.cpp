//===- quant-run.cpp - Runs models on arrays ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "quant-opt/InitAllDialects.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

using namespace quantopt;
namespace cl = llvm::cl;

namespace {
/// The flags, named as in `--help`.
struct Flags {
  cl::OptionCategory category{"Options of quant-run"};
  cl::opt<std::string> model{cl::Positional, cl::Required, cl::cat(category),
                             cl::desc("MODEL.{onnx,tflite,mlir,mlirbc,so}")};
  cl::list<std::string> inputs{
      "input", cl::cat(category), cl::value_desc("[NAME=]FILE.npy"),
      cl::desc("Samples of an input, stacked on dimension 0")};
  cl::list<std::string> outputs{"output", cl::cat(category),
                                cl::value_desc("[NAME=]FILE.npy"),
                                cl::desc("Where to write an output")};
  cl::opt<bool> interpret{
      "interpret", cl::cat(category),
      cl::desc("Use the reference interpreter instead of compiled code")};
  cl::opt<std::string> labels{"labels", cl::cat(category),
                              cl::value_desc("FILE.npy"),
                              cl::desc("Report top-1 and top-5 accuracy")};
  cl::list<std::string> compare{
      "compare", cl::cat(category), cl::value_desc("MODEL|[NAME=]FILE.npy"),
      cl::desc("Report how outputs differ from a model's or a file's")};
  cl::opt<double> maxDrop{
      "max-drop", cl::cat(category), cl::value_desc("POINTS"),
      cl::desc("Exit 1 if top-1 is worse by more than this against --compare "
               "(without --labels: if that many percent of samples differ)")};
  cl::opt<std::string> bench{
      "bench", cl::cat(category), cl::ValueOptional, cl::value_desc("SECONDS"),
      cl::desc("Measure one inference for 1 second or as long as given")};
  cl::opt<int64_t> limit{"limit", cl::cat(category), cl::value_desc("N"),
                         cl::desc("Use only the first N samples")};
  cl::opt<int> threads{
      "threads", cl::cat(category), cl::init(1), cl::value_desc("N"),
      cl::desc("Run N samples at a time, or measure with N threads")};
  cl::opt<bool> quantizeInputs{
      "quantize-inputs", cl::cat(category),
      cl::desc("Files hold real numbers: quantize them for quantized inputs")};
  cl::opt<bool> print{"print", cl::cat(category),
                      cl::desc("Print the outputs")};
  cl::opt<std::string> writeRanges{
      "write-ranges", cl::cat(category), cl::value_desc("TABLE.json"),
      cl::desc("Write the ranges of activations over the samples (with "
               "--interpret; of a model after the phase 'prepare')")};
  cl::opt<std::string> ranges{
      "ranges", cl::cat(category), cl::init("mse"),
      cl::value_desc("minmax|moving:C|percentile:P|..."),
      cl::desc("How --write-ranges chooses")};
  cl::opt<std::string> dumpTensors{
      "dump-tensors", cl::cat(category), cl::value_desc("DIR"),
      cl::desc("Write every value of the first sample (with --interpret)")};
};
} // namespace

/// Prints an error as every tool of the project does; the exit code.
static int fail(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [](const llvm::ErrorInfoBase &info) {
    llvm::errs() << "quant-run: error: " << info.message() << '\n';
  });
  return 1;
}

/// The command line as plain data; fails on values out of range.
static llvm::Expected<RunOptions> readOptions(const Flags &flags) {
  RunOptions options;
  options.model = flags.model;
  options.inputs.assign(flags.inputs.begin(), flags.inputs.end());
  options.outputs.assign(flags.outputs.begin(), flags.outputs.end());
  options.labels = flags.labels;
  options.compare.assign(flags.compare.begin(), flags.compare.end());
  options.dumpDirectory = flags.dumpTensors;
  options.rangeTable = flags.writeRanges;
  options.rangeMethod = flags.ranges;
  options.limit = flags.limit;
  options.threads = flags.threads;
  options.interpret = flags.interpret;
  options.print = flags.print;
  options.quantizeInputs = flags.quantizeInputs;
  if (flags.threads < 1 || flags.threads > 256)
    return llvm::createStringError(
        "expected '--threads' in [1, 256], but got " + Twine(flags.threads));
  if (flags.bench.getNumOccurrences()) {
    double seconds = 1;
    if (!flags.bench.empty() && (StringRef(flags.bench).getAsDouble(seconds) ||
                                 !(seconds > 0 && seconds < 1e6)))
      return llvm::createStringError(
          "expected a number of seconds for '--bench', but got '" +
          flags.bench + "'");
    options.benchSeconds = seconds;
  }
  if (flags.maxDrop.getNumOccurrences()) {
    options.maxDrop = flags.maxDrop;
    if (flags.compare.empty())
      return llvm::createStringError(
          "'--max-drop' needs '--compare' to say what it is measured against");
  }
  return options;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // The shared LLVM library brings an option of the same name.
  if (cl::Option *other = cl::getRegisteredOptions().lookup("threads"))
    other->removeArgument();
  Flags flags;
  cl::HideUnrelatedOptions(flags.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "quant-run: runs a model on arrays\n");
  auto options = readOptions(flags);
  if (!options)
    return fail(options.takeError());

  mlir::DialectRegistry registry;
  quantopt::registerAllDialects(registry);
  MLIRContext context(registry);
  bool passed = true;
  if (llvm::Error error = runModel(*options, context, passed))
    return fail(std::move(error));
  return passed ? 0 : 1;
}
