//===- RoundingPlan.cpp - Where activations are rounded -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/RoundingPlan.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"

using namespace quantopt;
using namespace quantopt::qnn;

/// Ops that compute an element from the elements at the same position.
static bool isPointwise(Operation *op) {
  return isa_and_present<UnaryOp, ClampOp, BinaryOp>(op);
}

static bool isFloatTensor(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32();
}

/// Whether a contraction's weight is a constant that may become integers.
static bool hasQuantizableWeight(ContractionOpInterface op) {
  auto scheme = op->getAttrOfType<SchemeAttr>(QNNDialect::getSchemeAttrName());
  if (scheme && scheme.getType().isF32())
    return false;
  return isConstantData(op.getWeightOperand().get());
}

/// Whether a mean over height and width of a channels-last image.
static bool isSpatialMean(ReduceOp op) {
  return op.getFn() == ReduceFn::Mean &&
         op.getInput().getType().getRank() == 4 &&
         op.getAxes() == ArrayRef<int64_t>({1, 2});
}

bool RoundingPlan::movesValues(Operation *op) {
  if (auto pool = dyn_cast_if_present<PoolOp>(op))
    return pool.getKind() == PoolKind::Max;
  return op && op->hasTrait<ValuePreserving>();
}

bool RoundingPlan::canBeInteger(Operation *op) const {
  if (auto contraction = dyn_cast<ContractionOpInterface>(op))
    return hasQuantizableWeight(contraction);
  if (auto pool = dyn_cast<PoolOp>(op))
    return pool.getKind() == PoolKind::Average;
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return isSpatialMean(reduce);
  if (auto binary = dyn_cast<BinaryOp>(op)) {
    BinaryFn fn = binary.getFn();
    return getSource(binary.getResult()) != binary.getResult() ||
           fn == BinaryFn::Add || fn == BinaryFn::Sub || fn == BinaryFn::Mul ||
           fn == BinaryFn::PRelu;
  }
  if (isa<SoftmaxOp>(op))
    return options.integerOnly;
  return isa<UnaryOp, ClampOp, MatmulOp, InterpolateOp>(op);
}

/// The source of an op's result; operands have theirs already.
Value RoundingPlan::computeSource(Operation *op) const {
  Value result = op->getResult(0);
  if (!isPointwise(op))
    return result;
  if (isa<ClampOp>(op)) {
    // A clamp right behind a computation becomes its limits.
    Value input = op->getOperand(0);
    Operation *producer = input.getDefiningOp();
    if (producer && input.hasOneUse() && getSource(input) == input &&
        !movesValues(producer) && !isa<DequantizeOp>(producer))
      return result;
  }
  Value source;
  for (Value operand : op->getOperands()) {
    if (getScalarConstant(operand))
      continue;
    Value own = getSource(operand);
    if (!own || operand.getType() != result.getType() ||
        (source && source != own))
      return result;
    source = own;
  }
  return source ? source : result;
}

/// Whether the rounding of `value` belongs to its users.
bool RoundingPlan::isAbsorbed(Value value) const {
  if (value.use_empty())
    return true;
  Value source = getSource(value);
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    if (isa<QuantizeOp>(user))
      return true;
    // One axis after another is interpolated at once.
    if (isa<InterpolateOp>(user) &&
        isa_and_present<InterpolateOp>(value.getDefiningOp()))
      return true;
    if (!isPointwise(user))
      return false;
    Value next = getSource(user->getResult(0));
    if (source != value) // part of a table
      return next == source;
    return isa<ClampOp>(user) && next == user->getResult(0);
  });
}

/// Makes `value` a rounding point; returns whether it was none.
bool RoundingPlan::mark(Value value) {
  if (!isFloatTensor(value) || !isRounded.insert(value).second)
    return false;
  groups.insert(value);
  return true;
}

/// An op that moves values passes rounding on in both directions.
void RoundingPlan::spreadThrough(Operation *op, bool &changed) {
  Value result = op->getResult(0);
  if (!isFloatTensor(result))
    return;
  bool any = isPoint(result) || llvm::any_of(op->getOperands(), [&](Value v) {
               return isPoint(v);
             });
  if (!any)
    return;
  changed |= mark(result);
  for (Value operand : op->getOperands()) {
    changed |= mark(operand);
    groups.unionSets(operand, result);
  }
}

RoundingPlan::RoundingPlan(func::FuncOp function, const Options &options)
    : options(options) {
  SmallVector<Operation *> ops, movers;
  for (Value argument : function.getArguments())
    sources[argument] = argument;
  for (Operation &op : function.getBody().front()) {
    if (op.getNumResults() != 1 ||
        !isa_and_present<QNNDialect>(op.getDialect()))
      continue;
    ops.push_back(&op);
    sources[op.getResult(0)] = computeSource(&op);
    if (movesValues(&op))
      movers.push_back(&op);
  }
  auto consider = [&](Value value) {
    if (isFloatTensor(value) && !isAbsorbed(value) &&
        !value.getDefiningOp<DequantizeOp>())
      mark(value);
  };
  for (Operation *op : ops) {
    if (movesValues(op) || !canBeInteger(op))
      continue;
    consider(op->getResult(0));
    if (auto contraction = dyn_cast<ContractionOpInterface>(op)) {
      consider(contraction.getInputOperand().get());
      continue;
    }
    bool isTable = getSource(op->getResult(0)) != op->getResult(0);
    for (Value operand : op->getOperands())
      if (!(isTable && getScalarConstant(operand)))
        consider(operand);
  }
  // Decisions move through chains in either direction until nothing changes.
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation *op : movers)
      spreadThrough(op, changed);
    for (Operation *op : llvm::reverse(movers))
      spreadThrough(op, changed);
  }
  for (Value argument : function.getArguments())
    if (isPoint(argument))
      points.push_back(argument);
  for (Operation &op : function.getBody().front())
    for (Value result : op.getResults())
      if (isPoint(result))
        points.push_back(result);
}

SmallVector<Value> RoundingPlan::getObserved() const {
  SmallVector<Value> observed;
  for (Value point : points) {
    Operation *producer = point.getDefiningOp();
    if (!isConstantData(point) && !movesValues(producer) &&
        !isa_and_present<DequantizeOp, SoftmaxOp>(producer))
      observed.push_back(point);
  }
  return observed;
}
