//===- ArenaBuffers.cpp - The buffers of a function -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArenaBuffers.h"
#include "AccessTrace.h"
#include "BufferParts.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

/// Cache lines, and what processors without a cache need.
static constexpr Granularity kLines = {64, 64}, kWords = {kSmallAlignment, 16};

FunctionBuffers::FunctionBuffers(func::FuncOp func)
    : func(func), isSmall(getTargetLevel(func).hasSmallMemory()),
      granularity(isSmall ? kWords : kLines), block(&func.getBody().front()) {}

void FunctionBuffers::takeArguments(unsigned number) {
  numInputs = number;
  auto b = OpBuilder::atBlockBegin(block);
  for (BlockArgument argument : func.getArguments()) {
    auto type = cast<MemRefType>(argument.getType());
    auto alloc = memref::AllocOp::create(b, argument.getLoc(), type);
    argument.replaceAllUsesWith(alloc);
    arguments[alloc] = argument.getArgNumber();
  }
}

/// Whether an op may read bytes behind a buffer. Loops do not, nor contractions
/// of bytes in which all runs are as long as some loads.
static bool mayReadPastEnd(OpOperand *use) {
  auto kernel = dyn_cast<qvec::KernelOp>(use->getOwner());
  if (!kernel || use == &kernel.getInitMutable())
    return false;
  qvec::StrategyAttr strategy = kernel.getStrategyAttr();
  auto input = cast<MemRefType>(kernel.getInput().getType());
  if (kernel.getKind() != qvec::KernelKind::Contraction || !strategy ||
      strategy.getGathered() || use != &kernel.getInputMutable() ||
      !input.getElementType().isInteger(8))
    return true;
  int64_t run = input.getDimSize(3) / int64_t(kernel.getGroups());
  if (strategy.getMergeTaps())
    run *= kernel.getWindow().getKernel()[1];
  // Paired strategies load two steps together.
  int64_t loaded =
      strategy.getPaired() ? 4 : strategy.getGroup() * getStoredSteps(kernel);
  return run % loaded != 0;
}

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
  auto argument = arguments.find(buffer.alloc);
  if (argument == arguments.end())
    return;
  buffer.argument = argument->second;
  // Inputs are written before, outputs are read behind the function.
  if (*buffer.argument < numInputs)
    buffer.life.first = -1;
  else
    buffer.life.last = int64_t(positions.size());
}

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
    Buffer buffer;
    buffer.alloc = alloc;
    buffer.life.size = int64_t(llvm::alignTo(bytes, granularity.alignment));
    collectUses(buffer);
    if (!isSmall || llvm::any_of(buffer.uses, mayReadPastEnd))
      buffer.tail = granularity.margin;
    buffers.push_back(std::move(buffer));
  }
  return success();
}

int64_t FunctionBuffers::getEnd() const {
  // There is always an arena.
  int64_t end = isSmall ? granularity.alignment : granularity.margin;
  for (const Buffer &buffer : buffers)
    end = std::max(end, buffer.life.offset + buffer.life.size + buffer.tail);
  return end;
}

void FunctionBuffers::placeArguments() {
  for (Buffer &buffer : buffers) {
    if (!buffer.argument)
      break;
    buffer.life.offset = placedBytes;
    placedBytes += buffer.life.size;
    ++numPlaced;
  }
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

/// Whether two views of buffers begin at the same byte of these, and have their
/// elements at the same places.
static bool areAtSamePlace(Value x, Value y) {
  auto type = cast<MemRefType>(x.getType());
  if (type != y.getType())
    return false;
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (succeeded(type.getStridesAndOffset(strides, offset)) &&
      !ShapedType::isDynamic(offset))
    return true;
  auto a = x.getDefiningOp<memref::SubViewOp>();
  auto c = y.getDefiningOp<memref::SubViewOp>();
  return a && c && a.getMixedOffsets() == c.getMixedOffsets() &&
         areAtSamePlace(a.getSource(), c.getSource());
}

/// Whether an op whose result is `next` may write it into the place of `old`,
/// which the op reads for the last time and in the same layout. Before the op
/// only the frame of `next` may be filled, which nothing reads in `old` by
/// then.
bool FunctionBuffers::takesPlaceOf(const Buffer &next,
                                   const Buffer &old) const {
  if (next.life.size != old.life.size || next.life.first < 0)
    return false;
  DestinationStyleOpInterface last;
  for (OpOperand *use : old.uses) {
    int64_t position = getPosition(use->getOwner());
    if (position < next.life.first)
      continue;
    if (position != old.life.last || !isReadInPlace(*use))
      return false;
    last = cast<DestinationStyleOpInterface>(use->getOwner());
    if (!areAtSamePlace(last.getDpsInits()[0], use->get()))
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
    } else if (last && last->getBlock() != block &&
               getPosition(owner) == old.life.last) {
      // The next iteration reads what this one writes.
      auto other = dyn_cast<DestinationStyleOpInterface>(owner);
      if (!other || other.isDpsInit(use))
        return false;
    } else if (getPosition(owner) < old.life.last) {
      if (!last || !isa<linalg::FillOp>(owner) ||
          !areDisjointParts(use->get(), last.getDpsInits()[0]))
        return false;
    }
  }
  return isWritten;
}

SmallVector<SmallVector<size_t>> FunctionBuffers::joinReused() const {
  SmallVector<SmallVector<size_t>> groups;
  for (size_t i = numPlaced; i < buffers.size(); ++i) {
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

//===----------------------------------------------------------------------===//
// Consumed bytes
//===----------------------------------------------------------------------===//

/// What happens to a group of buffers, in order of time, with what happens to
/// arguments around the function.
static SmallVector<Access> getAccesses(const FunctionBuffers &function,
                                       ArrayRef<size_t> group,
                                       const AccessTrace &trace) {
  SmallVector<Access> accesses;
  for (size_t i : group) {
    const Buffer &buffer = function.buffers[i];
    auto *found = trace.accesses.find(memref::AllocOp(buffer.alloc));
    if (found != trace.accesses.end())
      llvm::append_range(accesses, found->second);
    if (!buffer.argument)
      continue;
    bool isInput = *buffer.argument < function.numInputs;
    accesses.push_back({isInput ? -1 : trace.end, 0, buffer.life.size,
                        /*isRead=*/!isInput, /*isWrite=*/isInput});
  }
  llvm::stable_sort(accesses, [](const Access &x, const Access &y) {
    return x.time < y.time;
  });
  return accesses;
}

SmallVector<ArenaOverlap>
FunctionBuffers::findOverlaps(ArrayRef<SmallVector<size_t>> groups,
                              MutableArrayRef<ArenaBuffer> lives) const {
  AccessTrace trace(*block);
  std::vector<SmallVector<Access>> accesses;
  for (auto [group, life] : llvm::zip(groups, lives)) {
    accesses.push_back(getAccesses(*this, group, trace));
    life.first = life.last = 0;
    if (accesses.back().empty())
      continue;
    life.first = accesses.back().front().time;
    life.last = accesses.back().back().time;
  }
  SmallVector<ArenaOverlap> overlaps;
  for (size_t lower = 0; lower < lives.size(); ++lower)
    for (size_t upper = 0; upper < lives.size(); ++upper) {
      if (lower == upper || !lives[lower].overlapsInTime(lives[upper]))
        continue;
      auto distance = findDistance(accesses[lower], accesses[upper]);
      if (!distance)
        continue;
      // Farther apart than the last byte there is nothing to gain.
      int64_t aligned = llvm::alignTo(std::max(*distance, -lives[upper].size) +
                                          lives[upper].size,
                                      granularity.alignment);
      aligned -= lives[upper].size;
      if (aligned < lives[lower].size)
        overlaps.push_back({lower, upper, aligned});
    }
  return overlaps;
}