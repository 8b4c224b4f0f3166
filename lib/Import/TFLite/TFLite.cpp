//===- TFLite.cpp - Import of TFLite models -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Import/TFLite.h"
#include "GraphImporter.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace quantopt;
using namespace quantopt::tflite;

namespace {
/// What an import gives: the module, or what is not supported.
struct ImportResult {
  OwningOpRef<ModuleOp> module;
  std::vector<TfliteUnsupported> unsupported;
};
} // namespace

/// Imports a file without turning unsupported things into an error.
static FailureOr<ImportResult> importFile(StringRef path, MLIRContext *context,
                                          StringRef name) {
  Location location = FileLineColLoc::get(context, path, 0, 0);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (std::error_code error = buffer.getError()) {
    mlir::emitError(location) << "cannot be read: " << error.message();
    return failure();
  }
  StringRef bytes = (*buffer)->getBuffer();
  FlatFile file(ArrayRef<uint8_t>(
      reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
  llvm::Expected<Model> model = readModel(file);
  if (!model) {
    mlir::emitError(location) << llvm::toString(model.takeError());
    return failure();
  }
  GraphImporter importer(
      *model, path, name.empty() ? llvm::sys::path::stem(path) : name, context);
  FailureOr<OwningOpRef<ModuleOp>> module = importer.run();
  if (failed(module))
    return failure();
  // Handlers read options while they run.
  if (!file.getProblem().empty()) {
    mlir::emitError(location) << "is damaged: " << file.getProblem();
    return failure();
  }
  ImportResult result;
  result.unsupported = importer.getUnsupported();
  if (result.unsupported.empty() && failed(verify(**module)))
    return failure();
  result.module = std::move(*module);
  return result;
}

OwningOpRef<ModuleOp>
quantopt::importTflite(StringRef path, MLIRContext *context, StringRef name) {
  FailureOr<ImportResult> result = importFile(path, context, name);
  if (failed(result))
    return {};
  if (result->unsupported.empty())
    return std::move(result->module);
  InFlightDiagnostic diag =
      mlir::emitError(FileLineColLoc::get(context, path, 0, 0));
  diag << "uses what is not supported:";
  for (const TfliteUnsupported &entry : result->unsupported)
    diag << "\n  '" << entry.result << "' (" << entry.op
         << "): " << entry.reason;
  return {};
}

FailureOr<std::vector<TfliteUnsupported>>
quantopt::checkTflite(StringRef path, MLIRContext *context) {
  FailureOr<ImportResult> result = importFile(path, context, "");
  if (failed(result))
    return failure();
  return std::move(result->unsupported);
}
