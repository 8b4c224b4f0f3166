//===- GraphImporter.h - From a model to a module ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_TFLITE_GRAPHIMPORTER_H
#define QUANTOPT_LIB_IMPORT_TFLITE_GRAPHIMPORTER_H

#include "OpImporter.h"
#include "quant-opt/Import/TFLite.h"

namespace quantopt::tflite {

/// Builds the module of one model. Used once.
class GraphImporter {
public:
  /// `fileName` is used in messages, `modelName` in the module.
  GraphImporter(const Model &model, StringRef fileName, StringRef modelName,
                MLIRContext *context);

  /// Builds the module. Fails with an error when the model is malformed; what
  /// is not supported is only listed.
  FailureOr<OwningOpRef<ModuleOp>> run();

  ArrayRef<TfliteUnsupported> getUnsupported() const { return unsupported; }

private:
  InFlightDiagnostic emitError() const;
  void markNeeded();
  LogicalResult defineConstants();
  LogicalResult defineInputs();
  LogicalResult importOperator(const Operator &op);
  LogicalResult defineOutputs();
  void refuse(const Operator &op, const Twine &reason);

  const Model &model;
  std::string fileName, modelName;
  MLIRContext *context;
  OpBuilder builder;
  std::optional<ModuleBuilder> module;
  std::vector<TensorValue> values;
  /// Operators and tensors that outputs depend on.
  std::vector<bool> neededOps, neededTensors;
  std::vector<TfliteUnsupported> unsupported;
};

} // namespace quantopt::tflite

#endif // QUANTOPT_LIB_IMPORT_TFLITE_GRAPHIMPORTER_H
