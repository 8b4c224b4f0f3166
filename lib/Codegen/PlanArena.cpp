//===- PlanArena.cpp - Place all buffers in one arena ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArenaViews.h"
#include "BufferParts.h"
#include "SmallMemory.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "quant-opt/Codegen/ArenaPlanner.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/Support/MathExtras.h"

namespace quantopt {
#define GEN_PASS_DEF_PLANARENA
#define GEN_PASS_DEF_VERIFYNOALLOC
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

namespace {
/// What memory is rounded to.
struct Granularity {
  /// Buffers start at multiples of this.
  int64_t alignment;
  /// Kernels may read this much past a buffer; never used bytes.
  int64_t margin;
};
/// Cache lines, and what processors without a cache need.
constexpr Granularity kLines = {64, 64}, kWords = {kSmallAlignment, 16};

/// An allocation, its size and life, and what uses it.
struct Buffer {
  memref::AllocOp alloc;
  ArenaBuffer life;
  /// Uses of the allocation or of views of it, by ops that are no views.
  SmallVector<OpOperand *> uses;
};

/// The buffers of a function and the numbers of its ops.
struct FunctionBuffers {
  explicit FunctionBuffers(func::FuncOp func)
      : func(func), isSmall(hasSmallMemory(getTargetLevel(func))),
        granularity(isSmall ? kWords : kLines), block(&func.getBody().front()) {
  }
  LogicalResult collect();
  SmallVector<SmallVector<size_t>> joinReused() const;

  func::FuncOp func;
  bool isSmall; ///< memory comes before time
  Granularity granularity;
  SmallVector<Buffer> buffers;

private:
  void collectUses(Buffer &buffer) const;
  bool takesPlaceOf(const Buffer &next, const Buffer &old) const;
  int64_t getPosition(Operation *op) const {
    return positions.lookup(block->findAncestorOpInBlock(*op));
  }

  Block *block;
  llvm::DenseMap<Operation *, int64_t> positions;
};
} // namespace

/// Finds all uses of an allocation and the buffer's life.
void FunctionBuffers::collectUses(Buffer &buffer) const {
  buffer.life.first = std::numeric_limits<int64_t>::max();
  SmallVector<Value> worklist = {buffer.alloc};
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    for (OpOperand &use : current.getUses()) {
      if (isa<ViewLikeOpInterface>(use.getOwner())) {
        worklist.push_back(use.getOwner()->getResult(0));
        continue;
      }
      buffer.uses.push_back(&use);
      int64_t position = getPosition(use.getOwner());
      buffer.life.first = std::min(buffer.life.first, position);
      buffer.life.last = std::max(buffer.life.last, position);
    }
  }
  if (buffer.uses.empty())
    buffer.life.first = buffer.life.last = positions.lookup(buffer.alloc);
}

/// Finds the function's allocations; an error for one that cannot be placed.
LogicalResult FunctionBuffers::collect() {
  int64_t position = 0;
  for (Operation &op : *block)
    positions[&op] = position++;
  for (auto alloc : block->getOps<memref::AllocOp>()) {
    MemRefType type = alloc.getType();
    if (!type.hasStaticShape() || !type.getLayout().isIdentity())
      return alloc.emitOpError("expected a buffer of static shape, but got ")
             << type;
    int64_t bits = type.getElementTypeBitWidth();
    int64_t bytes = type.getNumElements() * llvm::divideCeil(bits, 8);
    Buffer buffer{alloc, {}, {}};
    buffer.life.size = int64_t(llvm::alignTo(bytes, granularity.alignment));
    collectUses(buffer);
    buffers.push_back(std::move(buffer));
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Reuse
//===----------------------------------------------------------------------===//

/// Whether an op reads each element of this operand for the last time before it
/// writes the element of its result at the same place, and writes that only
/// once: residuals of kernels, elementwise operands.
static bool isReadInPlace(OpOperand &operand) {
  if (auto kernel = dyn_cast<qvec::KernelOp>(operand.getOwner())) {
    auto residuals = kernel.getResidualsMutable();
    return llvm::any_of(
        residuals, [&](OpOperand &residual) { return &residual == &operand; });
  }
  auto op = dyn_cast<linalg::LinalgOp>(operand.getOwner());
  return op && op.getNumDpsInits() == 1 &&
         op.getNumParallelLoops() == op.getNumLoops() &&
         op.isDpsInput(&operand) &&
         op.getMatchingIndexingMap(&operand) ==
             op.getMatchingIndexingMap(op.getDpsInitOperand(0));
}

/// Whether an op whose result is `next` may write it into the place of `old`,
/// which the op reads for the last time and in the same layout. Before the op
/// only the frame of `next` may be filled, which nothing reads in `old` by
/// then.
bool FunctionBuffers::takesPlaceOf(const Buffer &next,
                                   const Buffer &old) const {
  if (next.life.size != old.life.size)
    return false;
  DestinationStyleOpInterface last;
  for (OpOperand *use : old.uses) {
    int64_t position = getPosition(use->getOwner());
    if (position < next.life.first)
      continue;
    if (position != old.life.last || !isReadInPlace(*use))
      return false;
    last = cast<DestinationStyleOpInterface>(use->getOwner());
    if (last.getDpsInits()[0].getType() != use->get().getType())
      return false;
  }
  bool isWritten = false;
  for (OpOperand *use : next.uses) {
    Operation *owner = use->getOwner();
    if (last && owner == last) {
      // It must not read its own result as well.
      if (!last.isDpsInit(use))
        return false;
      isWritten = true;
    } else if (getPosition(owner) < old.life.last) {
      if (!last || !isa<linalg::FillOp>(owner) ||
          !areDisjointParts(use->get(), last.getDpsInits()[0]))
        return false;
    }
  }
  return isWritten;
}

/// Sequences of buffers of which each may take its predecessor's place.
SmallVector<SmallVector<size_t>> FunctionBuffers::joinReused() const {
  SmallVector<SmallVector<size_t>> groups;
  for (size_t i = 0; i < buffers.size(); ++i) {
    auto *found = llvm::find_if(groups, [&](ArrayRef<size_t> group) {
      return takesPlaceOf(buffers[i], buffers[group.back()]);
    });
    if (found == groups.end())
      groups.push_back({i});
    else
      found->push_back(i);
  }
  return groups;
}

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
  int64_t total = placeBuffers(lives);
  for (auto [group, life] : llvm::zip(groups, lives))
    for (size_t i : group)
      function.buffers[i].life.offset = life.offset;
  return {total, getLiveBound(lives)};
}

/// Replaces allocations by views of a new last argument of this size.
static void rewrite(FunctionBuffers &function, int64_t bytes) {
  func::FuncOp func = function.func;
  OpBuilder b(func.getContext());
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

namespace {
struct PlanArenaPass : public quantopt::impl::PlanArenaBase<PlanArenaPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<FunctionBuffers> functions;
    int64_t largest = 0, largestBound = 0;
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      FunctionBuffers function(func);
      if (failed(function.collect()))
        return signalPassFailure();
      auto [total, bound] = plan(function);
      if (total > bound)
        func.emitRemark("the arena takes ")
            << total << " bytes, of which at most " << bound
            << " are in use together";
      largest = std::max(largest, total + function.granularity.margin);
      largestBound =
          std::max(largestBound, bound + function.granularity.margin);
      numBuffers += function.buffers.size();
      functions.push_back(std::move(function));
    }
    arenaBytes += largest;
    boundBytes += largestBound;
    for (FunctionBuffers &function : functions)
      rewrite(function, largest);
    Builder b(&getContext());
    module->setAttr(qvec::QVecDialect::getArenaBytesAttrName(),
                    b.getI64IntegerAttr(largest));
    module->setAttr(qvec::QVecDialect::getArenaBoundBytesAttrName(),
                    b.getI64IntegerAttr(largestBound));
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
