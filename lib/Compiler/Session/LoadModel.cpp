//===- LoadModel.cpp - Models from files ----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "quant-opt/Compiler/Session.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Import/ONNX.h"
#include "quant-opt/Import/TFLite.h"
#include "quant-opt/Support/AtomicFile.h"
#include "llvm/Support/Path.h"

using namespace quantopt;

/// Parses "NAME:1x3x8x8" or "1x3x8x8".
static bool parseShape(StringRef text, OnnxImportOptions &options) {
  // Names may hold colons; dimensions may not.
  size_t colon = text.rfind(':');
  StringRef name = colon == StringRef::npos ? "" : text.take_front(colon);
  StringRef sizes = colon == StringRef::npos ? text : text.substr(colon + 1);
  SmallVector<int64_t> shape;
  SmallVector<StringRef> parts;
  sizes.split(parts, 'x');
  for (StringRef part : parts) {
    int64_t value;
    if (part.getAsInteger(10, value) || value < 1)
      return false;
    shape.push_back(value);
  }
  return options.inputShapes.try_emplace(name, shape).second;
}

OwningOpRef<ModuleOp> quantopt::loadModel(const CompileOptions &options,
                                          MLIRContext &context) {
  Location loc = UnknownLoc::get(&context);
  StringRef extension = llvm::sys::path::extension(options.input);
  if (extension == ".onnx") {
    OnnxImportOptions import;
    import.batch = options.batch;
    import.name = options.name;
    for (const std::string &text : options.inputShapes)
      if (!parseShape(text, import)) {
        emitError(loc)
            << "expected '--input-shape=[NAME:]1x3x224x224' once per "
               "input, but got '"
            << text << "'";
        return nullptr;
      }
    return importOnnx(options.input, &context, import);
  }
  bool isTflite = extension == ".tflite";
  if (!isTflite && extension != ".mlir" && extension != ".mlirbc") {
    emitError(loc) << options.input
                   << ": expected a file that ends in .onnx, .tflite, .mlir or "
                      ".mlirbc";
    return nullptr;
  }
  if (options.batch || !options.inputShapes.empty()) {
    emitError(loc) << options.input << ": '"
                   << (options.batch ? "--batch" : "--input-shape")
                   << "' is for .onnx models; "
                   << (isTflite ? "a .tflite model states its shapes"
                                : "shapes of IR are in its types");
    return nullptr;
  }
  if (isTflite)
    return importTflite(options.input, &context, options.name);
  return parseSourceFile<ModuleOp>(options.input, &context);
}

FailureOr<Phase> quantopt::getModulePhase(ModuleOp module) {
  auto attr =
      module->getAttrOfType<StringAttr>(qnn::QNNDialect::getPhaseAttrName());
  if (!attr)
    return Phase::Import;
  std::optional<Phase> phase = parsePhase(attr.getValue());
  if (!phase)
    return module.emitError("has the unknown phase '")
           << attr.getValue() << "'";
  return *phase;
}

llvm::Error quantopt::writeModuleFile(ModuleOp module, StringRef path) {
  return writeFileAtomically(path, [&](raw_ostream &os) -> llvm::Error {
    if (!path.ends_with(".mlirbc")) {
      module.print(os, OpPrintingFlags().enableDebugInfo());
      os << '\n';
      return llvm::Error::success();
    }
    if (failed(writeBytecodeToFile(module, os)))
      return llvm::createStringError("bytecode cannot be written");
    return llvm::Error::success();
  });
}
