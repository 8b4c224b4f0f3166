//===- quant-translate.cpp - Converts models to and from MLIR -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/Parser/Parser.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Export/ONNX.h"
#include "quant-opt/Import/ONNX.h"
#include "quant-opt/Import/TFLite.h"
#include "quant-opt/Support/AtomicFile.h"
#include "quant-opt/Support/Diagnostics.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
namespace cl = llvm::cl;

static cl::OptionCategory category("quant-translate options");
static cl::opt<std::string> inputFile(cl::Positional, cl::cat(category),
                                      cl::desc("MODEL"));
static cl::opt<bool> importFlag("import-onnx", cl::cat(category),
                                cl::desc("Convert an ONNX model to MLIR"));
static cl::opt<bool> importTfliteFlag("import-tflite", cl::cat(category),
                                      cl::desc("Convert a TFLite model to "
                                               "MLIR"));
static cl::opt<bool> exportFlag("export-onnx", cl::cat(category),
                                cl::desc("Write MLIR of phase 'quantize' or "
                                         "before as an ONNX model"));
static cl::opt<bool> checkFlag("check", cl::cat(category),
                               cl::desc("List what is not supported in a model "
                                        "(.tflite, else ONNX); exit with 1 if "
                                        "there is any"));
static cl::opt<bool> tableFlag("onnx-support-table", cl::Hidden,
                               cl::cat(category),
                               cl::desc("Print the table of ONNX operators"));
static cl::opt<bool>
    tfliteTableFlag("tflite-support-table", cl::Hidden, cl::cat(category),
                    cl::desc("Print the table of TFLite operators"));
static cl::opt<std::string>
    outputFile("o", cl::init("-"), cl::value_desc("file"), cl::cat(category),
               cl::desc("Output: .mlir is text, .mlirbc is bytecode "
                        "(default: text on standard output)"));
static cl::opt<bool> bytecodeFlag("emit-bytecode", cl::cat(category),
                                  cl::desc("Write bytecode in any case"));
static cl::list<std::string>
    inputShapes("input-shape", cl::value_desc("[NAME:]1x3x224x224"),
                cl::cat(category),
                cl::desc("The shape of an input with symbolic dimensions"));
static cl::opt<int64_t> batch("batch", cl::init(0), cl::value_desc("n"),
                              cl::cat(category),
                              cl::desc("The value of symbolic leading "
                                       "dimensions (default: 1)"));

/// Prints a problem with the command line and returns the exit code.
static int usageError(const llvm::Twine &message) {
  llvm::errs() << "quant-translate: error: " << message << '\n';
  return 1;
}

/// Parses "NAME:1x3x8x8" or "1x3x8x8".
static bool parseShape(StringRef text, OnnxImportOptions &options) {
  // Names may hold colons; dimensions may not.
  size_t colon = text.rfind(':');
  StringRef name = colon == StringRef::npos ? "" : text.take_front(colon);
  StringRef sizes = colon == StringRef::npos ? text : text.substr(colon + 1);
  SmallVector<int64_t> shape;
  while (!sizes.empty()) {
    auto [size, rest] = sizes.split('x');
    int64_t value;
    if (size.getAsInteger(10, value) || value < 1)
      return false;
    shape.push_back(value);
    sizes = rest;
  }
  return options.inputShapes.try_emplace(name, shape).second && !shape.empty();
}

static int writeModule(ModuleOp module) {
  bool isBytecode = bytecodeFlag || StringRef(outputFile).ends_with(".mlirbc");
  llvm::Error error =
      writeFileAtomically(outputFile, [&](raw_ostream &os) -> llvm::Error {
        if (!isBytecode) {
          module.print(os, OpPrintingFlags().enableDebugInfo());
          return llvm::Error::success();
        }
        if (failed(writeBytecodeToFile(module, os)))
          return llvm::createStringError("bytecode cannot be written");
        return llvm::Error::success();
      });
  if (!error)
    return 0;
  return usageError(llvm::toString(std::move(error)));
}

/// Prints what is not supported; the exit code.
static int
printUnsupported(ArrayRef<std::pair<std::string, std::string>> entries) {
  for (const auto &[what, reason] : entries)
    llvm::outs() << what << ": " << reason << '\n';
  if (entries.empty())
    llvm::outs() << "everything is supported\n";
  return entries.empty() ? 0 : 1;
}

static int runCheck(MLIRContext *context, const OnnxImportOptions &options) {
  std::vector<std::pair<std::string, std::string>> entries;
  if (StringRef(inputFile).ends_with(".tflite")) {
    FailureOr<std::vector<TfliteUnsupported>> found =
        checkTflite(inputFile, context);
    if (failed(found))
      return 1;
    for (const TfliteUnsupported &entry : *found)
      entries.push_back({entry.result + " (" + entry.op + ")", entry.reason});
    return printUnsupported(entries);
  }
  FailureOr<std::vector<OnnxUnsupported>> found =
      checkOnnx(inputFile, context, options);
  if (failed(found))
    return 1;
  for (const OnnxUnsupported &entry : *found)
    entries.push_back({entry.node + " (" + entry.op + ")", entry.reason});
  return printUnsupported(entries);
}

/// Writes a module as an ONNX model.
static int runExport(MLIRContext *context) {
  context
      ->loadDialect<arith::ArithDialect, func::FuncDialect, qnn::QNNDialect>();
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(inputFile, context);
  if (!module)
    return 1;
  FailureOr<std::string> bytes = exportOnnx(*module);
  if (failed(bytes))
    return 1;
  llvm::Error error =
      writeFileAtomically(outputFile, [&](raw_ostream &os) -> llvm::Error {
        os << *bytes;
        return llvm::Error::success();
      });
  return error ? usageError(llvm::toString(std::move(error))) : 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  if (!cl::ParseCommandLineOptions(argc, argv,
                                   "quant-translate: converts models to MLIR\n",
                                   &llvm::errs()))
    return 1;
  if (tableFlag) {
    printOnnxSupportTable(llvm::outs());
    return 0;
  }
  if (tfliteTableFlag) {
    printTfliteSupportTable(llvm::outs());
    return 0;
  }
  if (importFlag + importTfliteFlag + exportFlag + checkFlag != 1)
    return usageError("expected one of --import-onnx, --import-tflite, "
                      "--export-onnx and --check");
  if (inputFile.empty())
    return usageError("expected a model file");
  OnnxImportOptions options;
  if (batch < 0 || (batch == 0 && batch.getNumOccurrences() > 0))
    return usageError("expected a positive --batch, but got " + Twine(batch));
  options.batch = batch;
  for (const std::string &text : inputShapes)
    if (!parseShape(text, options))
      return usageError("expected '--input-shape=[NAME:]1x3x224x224' once per "
                        "input, but got '" +
                        text + "'");
  MLIRContext context;
  ToolDiagnosticHandler handler(&context, "quant-translate", llvm::errs());
  if (checkFlag)
    return runCheck(&context, options);
  if (importTfliteFlag) {
    if (options.batch || !options.inputShapes.empty())
      return usageError("a .tflite model states its shapes; drop --batch and "
                        "--input-shape");
    OwningOpRef<ModuleOp> module = importTflite(inputFile, &context);
    return module ? writeModule(*module) : 1;
  }
  if (exportFlag)
    return runExport(&context);
  OwningOpRef<ModuleOp> module = importOnnx(inputFile, &context, options);
  return module ? writeModule(*module) : 1;
}
