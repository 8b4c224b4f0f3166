//===- ONNX.cpp - Import of ONNX models -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Import/ONNX.h"
#include "GraphImporter.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <google/protobuf/io/coded_stream.h>

using namespace quantopt;
using namespace quantopt::onnx;

/// The deepest nesting of messages that is read.
static constexpr int maxNesting = 100;

/// Parses the file format. Emits an error and returns false when the bytes are
/// something else.
static bool parseModel(StringRef bytes, const ModelSource &source,
                       MLIRContext *context, onnxfile::ModelProto &model) {
  Location location = FileLineColLoc::get(context, source.name, 0, 0);
  if (bytes.size() > INT32_MAX) {
    mlir::emitError(location)
        << "has " << bytes.size()
        << " bytes; at most 2147483647 are possible: use external data";
    return false;
  }
  google::protobuf::io::CodedInputStream stream(
      reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
  stream.SetRecursionLimit(maxNesting);
  if (!bytes.empty() && model.ParseFromCodedStream(&stream) &&
      stream.ConsumedEntireMessage())
    return true;
  mlir::emitError(location) << "is not an ONNX model or is damaged";
  return false;
}

/// What an import gives: the module, or what is not supported.
struct ImportResult {
  OwningOpRef<ModuleOp> module;
  std::vector<OnnxUnsupported> unsupported;
};

/// Imports from memory without turning unsupported things into an error.
static FailureOr<ImportResult> importModel(StringRef bytes,
                                           const ModelSource &source,
                                           MLIRContext *context,
                                           const OnnxImportOptions &options) {
  onnxfile::ModelProto model;
  if (!parseModel(bytes, source, context, model))
    return failure();
  GraphImporter importer(model, source, options, context);
  FailureOr<OwningOpRef<ModuleOp>> module = importer.run();
  if (failed(module))
    return failure();
  ImportResult result;
  result.unsupported = importer.getUnsupported();
  if (result.unsupported.empty() && failed(verify(**module)))
    return failure();
  result.module = std::move(*module);
  return result;
}

/// Turns what is not supported into one error.
static OwningOpRef<ModuleOp> toModule(FailureOr<ImportResult> result,
                                      const ModelSource &source,
                                      MLIRContext *context) {
  if (failed(result))
    return {};
  if (result->unsupported.empty())
    return std::move(result->module);
  InFlightDiagnostic diag =
      mlir::emitError(FileLineColLoc::get(context, source.name, 0, 0));
  diag << "uses what is not supported:";
  for (const OnnxUnsupported &entry : result->unsupported)
    diag << "\n  '" << entry.node << "' (" << entry.op << "): " << entry.reason;
  return {};
}

/// A model file in memory with where it came from.
struct LoadedFile {
  std::unique_ptr<llvm::MemoryBuffer> buffer;
  ModelSource source;
};

/// Reads the file, or emits an error.
static FailureOr<LoadedFile> loadFile(StringRef path, MLIRContext *context) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (std::error_code error = buffer.getError()) {
    mlir::emitError(FileLineColLoc::get(context, path, 0, 0))
        << "cannot be read: " << error.message();
    return failure();
  }
  ModelSource source = {path.str(), llvm::sys::path::parent_path(path).str()};
  return LoadedFile{std::move(*buffer), std::move(source)};
}

/// The options with the file's stem as the model's name when none is given.
static OnnxImportOptions withName(const OnnxImportOptions &options,
                                  StringRef path) {
  OnnxImportOptions result = options;
  if (result.name.empty())
    result.name = llvm::sys::path::stem(path).str();
  return result;
}

OwningOpRef<ModuleOp> quantopt::importOnnx(StringRef path, MLIRContext *context,
                                           const OnnxImportOptions &options) {
  FailureOr<LoadedFile> file = loadFile(path, context);
  if (failed(file))
    return {};
  return toModule(importModel(file->buffer->getBuffer(), file->source, context,
                              withName(options, path)),
                  file->source, context);
}

OwningOpRef<ModuleOp>
quantopt::importOnnxBuffer(StringRef bytes, StringRef bufferName,
                           MLIRContext *context,
                           const OnnxImportOptions &options) {
  ModelSource source = {bufferName.str(), std::nullopt};
  return toModule(
      importModel(bytes, source, context, withName(options, bufferName)),
      source, context);
}

FailureOr<std::vector<OnnxUnsupported>>
quantopt::checkOnnx(StringRef path, MLIRContext *context,
                    const OnnxImportOptions &options) {
  FailureOr<LoadedFile> file = loadFile(path, context);
  if (failed(file))
    return failure();
  FailureOr<ImportResult> result =
      importModel(file->buffer->getBuffer(), file->source, context,
                  withName(options, path));
  if (failed(result))
    return failure();
  return std::move(result->unsupported);
}
