//===- QNNDialect.cpp - The qnn dialect -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Transforms/InliningUtils.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "quant-opt/Dialect/QNN/Utils/ExactBias.h"
#include "quant-opt/Dialect/QNN/Utils/SourcePlaces.h"
#include "quant-opt/Dialect/QNN/Utils/WeightErrors.h"

using namespace quantopt;
using namespace quantopt::qnn;

#include "quant-opt/Dialect/QNN/IR/QNNDialect.cpp.inc"
#include "quant-opt/Dialect/QNN/IR/QNNEnums.cpp.inc"
#include "quant-opt/Dialect/QNN/IR/QNNOpInterfaces.cpp.inc"
#include "quant-opt/Dialect/QNN/IR/QNNTypeInterfaces.cpp.inc"

namespace {
/// Every op of the dialect is pure and may be inlined anywhere.
struct QNNInlinerInterface : public DialectInlinerInterface {
  using DialectInlinerInterface::DialectInlinerInterface;
  bool isLegalToInline(Operation *, Region *, bool, IRMapping &) const final {
    return true;
  }
};
} // namespace

void QNNDialect::initialize() {
  registerTypes();
  registerAttributes();
  addOperations<
#define GET_OP_LIST
#include "quant-opt/Dialect/QNN/IR/QNNOps.cpp.inc"
      >();
  addInterfaces<QNNInlinerInterface>();
}

Operation *QNNDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

/// Checks one of the dialect's discardable attributes wherever it stands.
static LogicalResult verifyDiscardable(Operation *op, NamedAttribute attr) {
  StringRef name = attr.getName();
  Attribute value = attr.getValue();
  auto expect = [&](bool ok, StringRef what) -> LogicalResult {
    if (ok)
      return success();
    return op->emitOpError("expected attribute '")
           << name << "' to be " << what << ", but got " << value;
  };
  if (name == QNNDialect::getRangeAttrName())
    return expect(isa<RangeAttr>(value), "a '#qnn.range'");
  if (name == QNNDialect::getSchemeAttrName())
    return expect(isa<SchemeAttr>(value), "a '#qnn.scheme'");
  if (name == QNNDialect::getPhaseAttrName() ||
      name == QNNDialect::getNameAttrName() ||
      name == QNNDialect::getReasonAttrName() || name == getEngineAttrName())
    return expect(isa<StringAttr>(value), "a string");
  if (name == getRoundProductAttrName())
    return isa<UnitAttr>(value) ? verifyRoundProduct(op)
                                : expect(false, "a unit");
  if (name == QNNDialect::getEffectiveBitsAttrName())
    return expect(isa<FloatAttr>(value), "a float");
  if (name == QNNDialect::getModelTypeAttrName() ||
      name == QNNDialect::getQuantizationAttrName())
    return expect(isa<TypeAttr>(value), "a type");
  if (name == getExactBiasAttrName() || name == getSourcePlacesAttrName())
    return expect(isa<DenseI32ArrayAttr>(value), "an 'array<i32>'");
  if (name == getWeightErrorsAttrName() || name == getEqualizationAttrName())
    return expect(isWeightErrors(value),
                  "an array of dictionaries with 'name', 'nearest', 'used'");
  return op->emitOpError("has unknown attribute '") << name << "'";
}

LogicalResult QNNDialect::verifyOperationAttribute(Operation *op,
                                                   NamedAttribute attr) {
  return verifyDiscardable(op, attr);
}

LogicalResult QNNDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                   unsigned,
                                                   NamedAttribute attr) {
  return verifyDiscardable(op, attr);
}

LogicalResult QNNDialect::verifyRegionResultAttribute(Operation *op, unsigned,
                                                      unsigned,
                                                      NamedAttribute attr) {
  return verifyDiscardable(op, attr);
}
