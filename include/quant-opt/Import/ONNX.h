//===- ONNX.h - Import of ONNX models ---------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Turns an ONNX model into a module of the qnn dialect. All problems are
/// reported as diagnostics of the context, at the location of the file; the
/// message names the node.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_IMPORT_ONNX_H
#define QUANTOPT_IMPORT_ONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/StringMap.h"
#include <string>
#include <vector>

namespace quantopt {

/// What the user says about a model beyond what its file says.
struct OnnxImportOptions {
  /// Whole shapes of inputs that have symbolic dimensions, by input name. The
  /// empty name stands for the only input.
  llvm::StringMap<SmallVector<int64_t>> inputShapes;
  /// The value of symbolic leading dimensions; 0 means 1, with a remark.
  int64_t batch = 0;
  /// The model's name in the module; the file's stem when empty.
  std::string name;
};

/// Something in a model that the importer does not support.
struct OnnxUnsupported {
  /// The node's name, or its first output's when it has none.
  std::string node;
  /// The operator, with its domain unless that is the standard one.
  std::string op;
  /// Why: "unknown operator", "3-d convolution", ...
  std::string reason;
};

/// Imports the model in the file `path`, or emits at least one error and
/// returns null. External data is read from below the file's folder only.
OwningOpRef<ModuleOp> importOnnx(StringRef path, MLIRContext *context,
                                 const OnnxImportOptions &options = {});

/// Imports a model from memory; `bufferName` is used in messages. A model with
/// external data is refused.
OwningOpRef<ModuleOp> importOnnxBuffer(StringRef bytes, StringRef bufferName,
                                       MLIRContext *context,
                                       const OnnxImportOptions &options = {});

/// Lists what is unsupported in the model in the file `path`; empty when it can
/// be imported. Fails, with an error, when the model is malformed.
FailureOr<std::vector<OnnxUnsupported>>
checkOnnx(StringRef path, MLIRContext *context,
          const OnnxImportOptions &options = {});

/// Writes the table of supported operators as Markdown.
void printOnnxSupportTable(raw_ostream &os);

} // namespace quantopt

#endif // QUANTOPT_IMPORT_ONNX_H
