//===- TFLite.h - Import of TFLite models -----------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Turns a TFLite model into a module of the qnn dialect, float or quantized as
/// the model is. All problems are reported as diagnostics of the context, at
/// the location of the file; the message names the operator.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_IMPORT_TFLITE_H
#define QUANTOPT_IMPORT_TFLITE_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "quant-opt/Support/LLVM.h"
#include <string>
#include <vector>

namespace quantopt {

/// Something in a model that the importer does not support.
struct TfliteUnsupported {
  /// The name of the operator's first result.
  std::string result;
  /// The operator's name in the format.
  std::string op;
  /// Why: "unknown operator", "fused activation function 5", ...
  std::string reason;
};

/// Imports the model in the file `path`, or emits at least one error and
/// returns null. The model's name is the file's stem unless one is given.
OwningOpRef<ModuleOp> importTflite(StringRef path, MLIRContext *context,
                                   StringRef name = "");

/// Lists what is unsupported in the model in the file `path`; empty when it can
/// be imported. Fails, with an error, when the model is malformed.
FailureOr<std::vector<TfliteUnsupported>> checkTflite(StringRef path,
                                                      MLIRContext *context);

/// Writes the table of supported operators as Markdown.
void printTfliteSupportTable(raw_ostream &os);

} // namespace quantopt

#endif // QUANTOPT_IMPORT_TFLITE_H
