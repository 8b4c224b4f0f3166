//===- GraphImporter.cpp - From a model to a module -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphImporter.h"
#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::tflite;
using Kind = TensorValue::Kind;

GraphImporter::GraphImporter(const Model &model, StringRef fileName,
                             StringRef modelName, MLIRContext *context)
    : model(model), fileName(fileName.str()), modelName(modelName.str()),
      context(context), builder(context), values(model.tensors.size()),
      neededOps(model.operators.size()), neededTensors(model.tensors.size()) {}

InFlightDiagnostic GraphImporter::emitError() const {
  return mlir::emitError(FileLineColLoc::get(context, fileName, 0, 0));
}

/// The name by which messages call an operator.
static std::string getResultName(const Model &model, const Operator &op) {
  return op.outputs.empty() ? "<no result>" : model.tensors[op.outputs[0]].name;
}

void GraphImporter::refuse(const Operator &op, const Twine &reason) {
  unsupported.push_back(
      {getResultName(model, op), getOpName(op), reason.str()});
}

/// Finds what outputs depend on. The second input of operators that only give
/// their data another shape computes what the model says anyway.
void GraphImporter::markNeeded() {
  for (size_t i = 0; i < model.outputs.size(); ++i)
    neededTensors[model.outputs[i]] = true;
  for (size_t n = model.operators.size(); n-- > 0;) {
    const Operator &op = model.operators[n];
    for (size_t i = 0; i < op.outputs.size(); ++i)
      neededOps[n] = neededOps[n] || neededTensors[op.outputs[i]];
    const OpRow *row = findOp(op.code);
    bool onlyData = row && StringRef(row->name) == "RESHAPE";
    for (size_t i = 0; neededOps[n] && i < op.inputs.size(); ++i)
      if (op.inputs[i] >= 0 && (i == 0 || !onlyData))
        neededTensors[op.inputs[i]] = true;
  }
}

LogicalResult GraphImporter::defineConstants() {
  for (auto [value, tensor] : llvm::zip_equal(values, model.tensors))
    if (tensor.data || !tensor.obstacle.empty())
      value.kind = Kind::Constant;
  return success();
}

LogicalResult GraphImporter::defineInputs() {
  for (size_t i = 0; i < model.inputs.size(); ++i) {
    const Tensor &tensor = model.tensors[model.inputs[i]];
    TensorValue &value = values[model.inputs[i]];
    if (value.kind != Kind::Undefined)
      return emitError() << "input '" << tensor.name
                         << "' is a constant or there twice";
    auto refuseInput = [&](const Twine &reason) {
      value.kind = Kind::Refused;
      if (neededTensors[model.inputs[i]])
        unsupported.push_back({tensor.name, "input", reason.str()});
    };
    if (llvm::is_contained(tensor.shape, 0)) {
      refuseInput("is a tensor without elements");
      continue;
    }
    Type element = builder.getF32Type();
    if (tensor.type != ElementType::Float32) {
      llvm::Expected<qnn::AffineType> type = getAffineType(tensor, context);
      if (!type) {
        refuseInput(llvm::toString(type.takeError()));
        continue;
      }
      element = *type;
    }
    if (tensor.hasOpenShape)
      mlir::emitRemark(FileLineColLoc::get(context, fileName, 0, 0))
          << "input '" << tensor.name << "' leaves sizes open; it is compiled "
          << "with the shape " << formatShape(tensor.shape)
          << " that the model states";
    Value argument = module->addInput(
        RankedTensorType::get(tensor.shape, element), tensor.name);
    value.kind = Kind::Runtime;
    (tensor.type == ElementType::Float32 ? value.real : value.stored) =
        argument;
  }
  return success();
}

LogicalResult GraphImporter::importOperator(const Operator &op) {
  auto location = NameLoc::get(builder.getStringAttr(getResultName(model, op)));
  auto refuseResults = [&] {
    for (size_t i = 0; i < op.outputs.size(); ++i)
      values[op.outputs[i]].kind = Kind::Refused;
    return success();
  };
  bool readsRefused = false;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (op.inputs[i] < 0 || !neededTensors[op.inputs[i]])
      continue;
    const Tensor &tensor = model.tensors[op.inputs[i]];
    Kind kind = values[op.inputs[i]].kind;
    readsRefused |= kind == Kind::Refused;
    if (kind == Kind::Undefined && tensor.isVariable) {
      refuse(op, "reads the state '" + tensor.name + "'");
      return refuseResults();
    }
    if (kind == Kind::Undefined)
      return emitError() << "operator " << getOpName(op) << " reads '"
                         << tensor.name << "' before it is computed";
  }
  // Listed already with the operator that the value comes from.
  if (readsRefused)
    return refuseResults();
  const OpRow *row = findOp(op.code);
  if (!row) {
    refuse(op, "unknown operator");
    return refuseResults();
  }
  OpImporter importer(op, model, values, builder, location);
  bool isDone = succeeded(row->handler(importer));
  StringRef problem = importer.getProblem();
  if (!problem.empty() || (!isDone && importer.getObstacle().empty()))
    return emitError() << "'" << getResultName(model, op) << "' ("
                       << getOpName(op) << "): "
                       << (problem.empty() ? "cannot be imported" : problem);
  if (isDone)
    return success();
  refuse(op, importer.getObstacle());
  return refuseResults();
}

LogicalResult GraphImporter::defineOutputs() {
  for (size_t i = 0; i < model.outputs.size(); ++i) {
    const Tensor &tensor = model.tensors[model.outputs[i]];
    const TensorValue &value = values[model.outputs[i]];
    if (value.kind == Kind::Refused)
      continue;
    if (value.kind == Kind::Undefined)
      return emitError() << "output '" << tensor.name << "' is not computed";
    if (value.kind == Kind::Constant) {
      unsupported.push_back({tensor.name, "output", "is a constant"});
      continue;
    }
    module->addOutput(value.stored ? value.stored : value.real, tensor.name);
  }
  return success();
}

FailureOr<OwningOpRef<ModuleOp>> GraphImporter::run() {
  if (model.outputs.empty()) {
    emitError() << "the model has no outputs";
    return failure();
  }
  module.emplace(builder, fileName);
  markNeeded();
  if (failed(defineConstants()) || failed(defineInputs()))
    return failure();
  for (auto [op, needed] : llvm::zip_equal(model.operators, neededOps))
    if (needed && failed(importOperator(op)))
      return failure();
  if (failed(defineOutputs()))
    return failure();
  return module->finish(modelName);
}
