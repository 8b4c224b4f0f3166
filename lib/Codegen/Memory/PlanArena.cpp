//===- PlanArena.cpp - Place all buffers in one arena ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArenaBuffers.h"
#include "ArenaViews.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {
#define GEN_PASS_DEF_PLANARENA
#define GEN_PASS_DEF_VERIFYNOALLOC
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// Sets the offsets of all buffers. Returns the size of the arena and its live
/// bound.
static std::pair<int64_t, int64_t> plan(FunctionBuffers &function) {
  SmallVector<SmallVector<size_t>> groups = function.joinReused();
  SmallVector<ArenaBuffer> lives;
  for (ArrayRef<size_t> group : groups) {
    ArenaBuffer life = function.buffers[group.front()].life;
    for (size_t i : group) {
      life.first = std::min(life.first, function.buffers[i].life.first);
      life.last = std::max(life.last, function.buffers[i].life.last);
    }
    lives.push_back(life);
  }
  SmallVector<ArenaOverlap> overlaps;
  if (function.isSmall)
    overlaps = function.findOverlaps(groups, lives);
  int64_t base = function.placedBytes;
  int64_t total = base + placeBuffers(lives, overlaps);
  for (auto [group, life] : llvm::zip(groups, lives))
    for (size_t i : group)
      function.buffers[i].life.offset = base + life.offset;
  return {total, base + getLiveBound(lives, overlaps)};
}

/// The allocation that a value is, or null.
static memref::AllocOp getAllocation(Value value) {
  while (auto cast = value.getDefiningOp<memref::CastOp>())
    value = cast.getSource();
  return value.getDefiningOp<memref::AllocOp>();
}

/// Removes copies of whole buffers onto themselves.
static void eraseSelfCopies(FunctionBuffers &function) {
  llvm::DenseMap<Operation *, int64_t> offsets;
  for (const Buffer &buffer : function.buffers)
    offsets[buffer.alloc] = buffer.life.offset;
  SmallVector<linalg::CopyOp> copies(
      function.func.getBody().front().getOps<linalg::CopyOp>());
  for (linalg::CopyOp copy : copies) {
    memref::AllocOp from = getAllocation(copy.getInputs()[0]),
                    to = getAllocation(copy.getOutputs()[0]);
    if (from && to && from.getType() == to.getType() &&
        offsets.lookup(from) == offsets.lookup(to))
      copy.erase();
  }
}

/// Replaces allocations by views of a new last argument of this size.
static void rewrite(FunctionBuffers &function, int64_t bytes) {
  func::FuncOp func = function.func;
  OpBuilder b(func.getContext());
  eraseSelfCopies(function);
  auto arenaType = MemRefType::get({bytes}, b.getI8Type());
  unsigned index = func.getNumArguments();
  (void)func.insertArgument(index, arenaType, {}, func.getLoc());
  Value arena = func.getArgument(index);
  for (const Buffer &buffer : function.buffers)
    placeAllocation(buffer.alloc, arena, buffer.life.offset);
  if (!function.isSmall)
    return;
  for (BlockArgument argument : func.getArguments())
    viewArgument(argument);
  // Vectors take as many bytes whatever their elements are.
  if (getTargetLevel(func).vectorBytes > 4)
    return;
  SmallVector<linalg::CopyOp> copies;
  func.walk([&](linalg::CopyOp copy) { copies.push_back(copy); });
  for (linalg::CopyOp copy : copies)
    widenCopy(copy, arena);
}

//===----------------------------------------------------------------------===//
// Arguments in the arena
//===----------------------------------------------------------------------===//

/// How many of a function's arguments are inputs of the model.
static FailureOr<unsigned> countInputs(ModuleOp module, func::FuncOp func) {
  auto getCount = [&](StringRef name) {
    auto tensors = module->getAttrOfType<ArrayAttr>(name);
    return tensors ? tensors.size() : 0;
  };
  StringRef inputs = qvec::QVecDialect::getInputsAttrName(),
            outputs = qvec::QVecDialect::getOutputsAttrName();
  if (getCount(inputs) + getCount(outputs) != func.getNumArguments())
    return func.emitOpError("expected an argument for each entry of '")
           << inputs << "' and '" << outputs << "', of which there are "
           << getCount(inputs) << " and " << getCount(outputs) << ", but got "
           << func.getNumArguments() << " arguments";
  if (!llvm::all_of(func.getArgumentTypes(), llvm::IsaPred<MemRefType>))
    return func.emitOpError("expected buffers as arguments, but got ")
           << func.getArgumentTypes();
  return unsigned(getCount(inputs));
}

/// Adds the places of arguments to the entries of an attribute of the module;
/// `offsets` are those of its tensors.
static void addPlaces(ModuleOp module, StringRef name,
                      ArrayRef<int64_t> offsets) {
  Builder b(module.getContext());
  SmallVector<Attribute> entries;
  auto tensors = module->getAttrOfType<ArrayAttr>(name);
  if (!tensors)
    return;
  for (auto [entry, offset] : llvm::zip(tensors, offsets)) {
    NamedAttrList attributes;
    if (auto known = dyn_cast<DictionaryAttr>(entry))
      attributes.append(known.getValue());
    attributes.set("arena_offset", b.getI64IntegerAttr(offset));
    entries.push_back(attributes.getDictionary(b.getContext()));
  }
  module->setAttr(name, b.getArrayAttr(entries));
}

/// States the places of inputs and outputs, which all functions have in common.
static void describePlaces(ModuleOp module, FunctionBuffers &function) {
  SmallVector<int64_t> offsets(function.func.getNumArguments());
  for (const Buffer &buffer : function.buffers)
    if (buffer.argument)
      offsets[*buffer.argument] = buffer.life.offset;
  ArrayRef<int64_t> all(offsets);
  addPlaces(module, qvec::QVecDialect::getInputsAttrName(),
            all.take_front(function.numInputs));
  addPlaces(module, qvec::QVecDialect::getOutputsAttrName(),
            all.drop_front(function.numInputs));
}

namespace {
struct PlanArenaPass : public quantopt::impl::PlanArenaBase<PlanArenaPass> {
  using PlanArenaBase::PlanArenaBase;

  void runOnOperation() override {
    SmallVector<FunctionBuffers> functions;
    if (failed(collect(functions)))
      return signalPassFailure();
    int64_t largest = 0, largestBound = 0;
    for (FunctionBuffers &function : functions) {
      auto [total, bound] = plan(function);
      if (total > bound)
        function.func.emitRemark("the arena takes ")
            << total << " bytes, of which at most " << bound
            << " are in use together";
      int64_t end = function.getEnd();
      largest = std::max(largest, end);
      largestBound = std::max(largestBound, bound + end - total);
      numBuffers += function.buffers.size();
    }
    arenaBytes += largest;
    boundBytes += largestBound;
    ModuleOp module = getOperation();
    if (ioInArena && !functions.empty())
      describePlaces(module, functions.front());
    for (FunctionBuffers &function : functions)
      rewrite(function, largest);
    Builder b(&getContext());
    module->setAttr(qvec::QVecDialect::getArenaBytesAttrName(),
                    b.getI64IntegerAttr(largest));
    module->setAttr(qvec::QVecDialect::getArenaBoundBytesAttrName(),
                    b.getI64IntegerAttr(largestBound));
  }

private:
  /// Finds the buffers of all public functions.
  LogicalResult collect(SmallVectorImpl<FunctionBuffers> &functions) {
    ModuleOp module = getOperation();
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      FunctionBuffers function(func);
      if (ioInArena) {
        FailureOr<unsigned> numInputs = countInputs(module, func);
        if (failed(numInputs))
          return failure();
        function.takeArguments(*numInputs);
      }
      if (failed(function.collect()))
        return failure();
      functions.push_back(std::move(function));
    }
    if (ioInArena && functions.size() > 1)
      for (FunctionBuffers &function : functions)
        function.placeArguments();
    return success();
  }
};

struct VerifyNoAllocPass
    : public quantopt::impl::VerifyNoAllocBase<VerifyNoAllocPass> {
  void runOnOperation() override {
    bool found = false;
    getOperation().walk([&](Operation *op) {
      if (!isa<memref::AllocOp, memref::AllocaOp, memref::DeallocOp>(op))
        return;
      op->emitOpError("expected no allocation after planning; buffers live in "
                      "the arena");
      found = true;
    });
    if (found)
      signalPassFailure();
  }
};
} // namespace
