//===- AccessTrace.cpp - When bytes of buffers are read or written --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AccessTrace.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace quantopt;

namespace {
/// Executes a block on the numbers of its index arithmetic alone.
class Tracer {
public:
  explicit Tracer(AccessTrace &trace) : trace(trace) {}
  void runBlock(Block &block);

private:
  void runOp(Operation &op);
  void runLoop(scf::ForOp loop);
  void runBranch(scf::IfOp branch);
  void compute(Operation &op);
  void addWork(Operation &op);
  void addAll(Operation &op);
  void add(Value value, bool isRead, bool isWrite);
  std::optional<int64_t> getNumber(OpFoldResult value) const;
  std::optional<int64_t> getStart(Value value) const;

  AccessTrace &trace;
  /// What is known of the values of the current iteration.
  llvm::DenseMap<Value, Attribute> known;
};
} // namespace

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::optional<int64_t> Tracer::getNumber(OpFoldResult value) const {
  if (auto attr = dyn_cast<Attribute>(value))
    return cast<IntegerAttr>(attr).getInt();
  auto number = dyn_cast_or_null<IntegerAttr>(known.lookup(cast<Value>(value)));
  return number ? std::optional(number.getValue().getSExtValue())
                : std::nullopt;
}

/// Finds the results of an op of which all operands are known.
void Tracer::compute(Operation &op) {
  SmallVector<Attribute> operands;
  for (Value operand : op.getOperands())
    operands.push_back(known.lookup(operand));
  SmallVector<OpFoldResult> results;
  bool isKnown = llvm::all_of(operands, [](Attribute a) { return bool(a); }) &&
                 succeeded(op.fold(operands, results)) &&
                 results.size() == op.getNumResults();
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Attribute value;
    if (isKnown)
      value = isa<Attribute>(results[i])
                  ? cast<Attribute>(results[i])
                  : known.lookup(cast<Value>(results[i]));
    known[result] = value;
  }
}

/// The first byte of a view, from that of its buffer on.
std::optional<int64_t> Tracer::getStart(Value value) const {
  Operation *op = value.getDefiningOp();
  if (!isa_and_nonnull<ViewLikeOpInterface>(op))
    return 0;
  if (isa<memref::CastOp, memref::CollapseShapeOp, memref::ExpandShapeOp>(op))
    return getStart(op->getOperand(0));
  auto part = dyn_cast<memref::SubViewOp>(op);
  if (!part)
    return std::nullopt;
  std::optional<int64_t> start = getStart(part.getSource());
  MemRefType type = part.getSourceType();
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!start || failed(type.getStridesAndOffset(strides, offset)) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return std::nullopt;
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  for (auto [stride, place] : llvm::zip(strides, part.getMixedOffsets())) {
    std::optional<int64_t> number = getNumber(place);
    if (!number)
      return std::nullopt;
    *start += *number * stride * bytes;
  }
  return start;
}

//===----------------------------------------------------------------------===//
// Accesses
//===----------------------------------------------------------------------===//

/// Bytes from the first to the last element of a view; nothing when they are
/// not known.
static std::optional<int64_t> getExtent(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!type.hasStaticShape() ||
      failed(type.getStridesAndOffset(strides, offset)) ||
      llvm::any_of(strides, ShapedType::isDynamic))
    return std::nullopt;
  if (type.getNumElements() == 0)
    return 0;
  int64_t last = 0;
  for (auto [size, stride] : llvm::zip(type.getShape(), strides))
    last += (size - 1) * stride;
  return (last + 1) * llvm::divideCeil(type.getElementTypeBitWidth(), 8);
}

/// Adds an access of a view; of the whole buffer when its place is not known.
void Tracer::add(Value value, bool isRead, bool isWrite) {
  auto type = dyn_cast<MemRefType>(value.getType());
  if (!type)
    return;
  std::optional<int64_t> start = getStart(value), extent = getExtent(type);
  Value buffer = value;
  while (auto view = buffer.getDefiningOp<ViewLikeOpInterface>())
    buffer = view.getViewSource();
  if (!start || !extent) {
    start = 0;
    extent = getExtent(cast<MemRefType>(buffer.getType()));
    if (!extent)
      extent = std::numeric_limits<int64_t>::max();
  }
  trace.accesses[buffer].push_back(
      {trace.end, *start, *start + *extent, isRead, isWrite});
}

/// An op with all that is in it, as one that may read and write everything.
void Tracer::addAll(Operation &op) {
  op.walk([&](Operation *nested) {
    // Bodies of loops have views of their own.
    for (Value operand : nested->getOperands())
      add(operand, /*isRead=*/true, /*isWrite=*/true);
    for (Value result : nested->getResults())
      known.erase(result);
  });
  ++trace.end;
}

/// An op that reads and writes buffers.
void Tracer::addWork(Operation &op) {
  auto destination = dyn_cast<DestinationStyleOpInterface>(op);
  auto copy = dyn_cast<memref::CopyOp>(op);
  if (!destination && !copy)
    return addAll(op);
  for (OpOperand &operand : op.getOpOperands()) {
    bool isWrite = copy ? operand.get() == copy.getTarget()
                        : destination.isDpsInit(&operand);
    add(operand.get(), !isWrite, isWrite);
  }
  for (Region &region : op.getRegions())
    region.walk([&](Operation *nested) {
      for (Value operand : nested->getOperands())
        add(operand, /*isRead=*/true, /*isWrite=*/true);
    });
  ++trace.end;
}

//===----------------------------------------------------------------------===//
// Control
//===----------------------------------------------------------------------===//

void Tracer::runLoop(scf::ForOp loop) {
  std::optional<int64_t> begin = getNumber(loop.getLowerBound()),
                         end = getNumber(loop.getUpperBound()),
                         step = getNumber(loop.getStep());
  if (!begin || !end || !step || *step <= 0 || loop.getNumResults() != 0)
    return addAll(*loop);
  Value counter = loop.getInductionVar();
  for (int64_t i = *begin; i < *end; i += *step) {
    known[counter] = IntegerAttr::get(counter.getType(), i);
    runBlock(*loop.getBody());
  }
}

void Tracer::runBranch(scf::IfOp branch) {
  auto condition =
      dyn_cast_or_null<IntegerAttr>(known.lookup(branch.getCondition()));
  if (!condition || branch.getNumResults() != 0)
    return addAll(*branch);
  if (!condition.getValue().isZero())
    runBlock(*branch.thenBlock());
  else if (Block *otherwise = branch.elseBlock())
    runBlock(*otherwise);
}

void Tracer::runOp(Operation &op) {
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return runLoop(loop);
  if (auto branch = dyn_cast<scf::IfOp>(op))
    return runBranch(branch);
  if (isa<ViewLikeOpInterface, memref::AllocOp>(op) ||
      op.hasTrait<OpTrait::IsTerminator>())
    return;
  if (isMemoryEffectFree(&op))
    return compute(op);
  addWork(op);
}

void Tracer::runBlock(Block &block) {
  for (Operation &op : block)
    runOp(op);
}

AccessTrace::AccessTrace(Block &block) { Tracer(*this).runBlock(block); }

std::optional<int64_t> quantopt::findDistance(ArrayRef<Access> lower,
                                              ArrayRef<Access> upper) {
  constexpr int64_t never = std::numeric_limits<int64_t>::max();
  int64_t firstWrite = never;
  for (const Access &access : lower)
    if (access.isWrite)
      firstWrite = std::min(firstWrite, access.time);
  for (const Access &access : upper)
    if (access.isWrite && access.time >= firstWrite)
      return std::nullopt;
  // From the end on: the first byte that is still read.
  int64_t distance = std::numeric_limits<int64_t>::min(), firstRead = never;
  SmallVector<int64_t> ends;
  int64_t end = 0;
  for (const Access &access : lower)
    ends.push_back(end = access.isWrite ? std::max(end, access.end) : end);
  size_t left = upper.size();
  for (size_t i = lower.size(); i-- > 0;) {
    if (!lower[i].isWrite)
      continue;
    for (; left > 0 && upper[left - 1].time >= lower[i].time; --left)
      if (upper[left - 1].isRead)
        firstRead = std::min(firstRead, upper[left - 1].begin);
    if (firstRead != never)
      distance = std::max(distance, ends[i] - firstRead);
  }
  return distance;
}
