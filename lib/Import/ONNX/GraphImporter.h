//===- GraphImporter.h - From a parsed model to a module --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
#define QUANTOPT_LIB_IMPORT_ONNX_GRAPHIMPORTER_H

#include "NodeImporter.h"
#include "quant-opt/Import/ONNX.h"
#include "llvm/ADT/StringSet.h"

namespace quantopt::onnx {

/// Where a model comes from.
struct ModelSource {
  /// The name in messages.
  std::string name;
  /// The folder that external data is read from; nothing when not allowed.
  std::optional<std::string> folder;
};

/// Builds the module of one model. Used once.
class GraphImporter {
public:
  GraphImporter(onnxfile::ModelProto &model, const ModelSource &source,
                const OnnxImportOptions &options, MLIRContext *context);

  /// Builds the module. Fails with an error when the model is malformed; what
  /// is not supported is only listed.
  FailureOr<OwningOpRef<ModuleOp>> run();

  ArrayRef<OnnxUnsupported> getUnsupported() const { return unsupported; }

  /// An error about the model as a whole.
  InFlightDiagnostic emitError() const;

private:
  LogicalResult readVersions();
  LogicalResult readInitializers();
  LogicalResult defineInputs();
  LogicalResult defineInput(const onnxfile::ValueInfoProto &input);
  FailureOr<SmallVector<int64_t>>
  getInputShape(const onnxfile::ValueInfoProto &input);
  FailureOr<SmallVector<int64_t>>
  checkGivenShape(const onnxfile::ValueInfoProto &input,
                  ArrayRef<int64_t> given);
  FailureOr<int64_t> getLeadingSize(StringRef input, const std::string &symbol);
  LogicalResult checkOptions();
  /// Whether the node calls a function that the model defines.
  bool isFunction(const onnxfile::NodeProto &node) const;
  LogicalResult importNode(const onnxfile::NodeProto &node);
  LogicalResult finish(NodeImporter &op, const onnxfile::NodeProto &node,
                       bool succeeded);
  void defineOutputs();
  void refuse(const onnxfile::NodeProto &node, const Twine &reason);

  onnxfile::ModelProto &model;
  const ModelSource &source;
  const OnnxImportOptions &options;
  MLIRContext *context;
  OpBuilder builder;
  std::optional<ModuleBuilder> module;
  llvm::StringMap<int64_t> opsets;
  llvm::StringMap<ImportValue> values;
  /// Initializers; a graph input of the same name is only a declaration.
  llvm::StringSet<> initializers;
  /// Names that some node that matters reads.
  llvm::StringSet<> usedNames;
  std::vector<OnnxUnsupported> unsupported;
};

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_GRAPHIMPORTER_H
