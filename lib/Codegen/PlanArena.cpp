//===- PlanArena.cpp - Place all buffers in one arena ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
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
/// Buffers start at cache lines.
constexpr int64_t kAlignment = 64;
/// Kernels may read this much past a buffer; never used bytes.
constexpr int64_t kMargin = 64;

/// A buffer: its size and the positions of its first and last use.
struct Buffer {
  memref::AllocOp alloc;
  int64_t size;
  int64_t first, last;
  int64_t offset = 0;

  bool overlaps(const Buffer &other) const {
    return first <= other.last && other.first <= last;
  }
};
} // namespace

/// Extends the life of `buffer` over all uses of `value` and views of it.
static void collectUses(Value value, Block &block,
                        const llvm::DenseMap<Operation *, int64_t> &positions,
                        Buffer &buffer) {
  SmallVector<Value> worklist = {value};
  while (!worklist.empty()) {
    Value current = worklist.pop_back_val();
    for (Operation *user : current.getUsers()) {
      Operation *top = block.findAncestorOpInBlock(*user);
      int64_t position = positions.lookup(top);
      if (isa<ViewLikeOpInterface>(user)) {
        worklist.push_back(user->getResult(0));
        continue;
      }
      buffer.first = std::min(buffer.first, position);
      buffer.last = std::max(buffer.last, position);
    }
  }
}

/// Places buffers in this order, each at the lowest offset that is free during
/// its life. Returns the total size.
static int64_t place(MutableArrayRef<Buffer> buffers, ArrayRef<size_t> order) {
  SmallVector<size_t> placed;
  int64_t total = 0;
  for (size_t i : order) {
    SmallVector<std::pair<int64_t, int64_t>> taken;
    for (size_t j : placed)
      if (buffers[i].overlaps(buffers[j]))
        taken.push_back(
            {buffers[j].offset, buffers[j].offset + buffers[j].size});
    llvm::sort(taken);
    int64_t offset = 0;
    for (auto [begin, end] : taken) {
      if (offset + buffers[i].size <= begin)
        break;
      offset = std::max(offset, end);
    }
    buffers[i].offset = offset;
    total = std::max(total, offset + buffers[i].size);
    placed.push_back(i);
  }
  return total;
}

/// The largest sum of sizes of buffers that are live together.
static int64_t getLiveBound(ArrayRef<Buffer> buffers) {
  int64_t bound = 0;
  for (const Buffer &at : buffers) {
    int64_t sum = 0;
    for (const Buffer &other : buffers)
      if (other.first <= at.first && at.first <= other.last)
        sum += other.size;
    bound = std::max(bound, sum);
  }
  return bound;
}

/// Tries several orders and keeps the best placement.
static int64_t planBuffers(MutableArrayRef<Buffer> buffers, int64_t bound) {
  using Key = std::function<std::pair<int64_t, int64_t>(const Buffer &)>;
  const Key keys[] = {
      [](const Buffer &b) { return std::pair(-b.size, b.first); },
      [](const Buffer &b) { return std::pair(b.first, -b.size); },
      [](const Buffer &b) { return std::pair(b.last, -b.size); },
      [](const Buffer &b) { return std::pair(b.first - b.last, -b.size); },
      [](const Buffer &b) {
        return std::pair(-b.size * (b.last - b.first + 1), b.first);
      },
  };
  int64_t best = -1;
  SmallVector<int64_t> bestOffsets;
  for (const Key &key : keys) {
    SmallVector<size_t> order(buffers.size());
    std::iota(order.begin(), order.end(), 0);
    llvm::stable_sort(order, [&](size_t x, size_t y) {
      return key(buffers[x]) < key(buffers[y]);
    });
    int64_t total = place(buffers, order);
    if (best >= 0 && total >= best)
      continue;
    best = total;
    bestOffsets.clear();
    for (const Buffer &buffer : buffers)
      bestOffsets.push_back(buffer.offset);
    if (best <= bound)
      break;
  }
  for (auto [buffer, offset] : llvm::zip(buffers, bestOffsets))
    buffer.offset = offset;
  return std::max<int64_t>(best, 0);
}

/// The function's allocations as buffers, or an error for one that cannot be
/// placed.
static FailureOr<SmallVector<Buffer>> collectBuffers(func::FuncOp func) {
  Block &block = func.getBody().front();
  llvm::DenseMap<Operation *, int64_t> positions;
  int64_t position = 0;
  for (Operation &op : block)
    positions[&op] = position++;
  SmallVector<Buffer> buffers;
  for (auto alloc : block.getOps<memref::AllocOp>()) {
    MemRefType type = alloc.getType();
    if (!type.hasStaticShape() || !type.getLayout().isIdentity())
      return alloc.emitOpError("expected a buffer of static shape, but got ")
             << type;
    int64_t bits = type.getElementTypeBitWidth();
    int64_t bytes = type.getNumElements() * llvm::divideCeil(bits, 8);
    Buffer buffer{alloc, int64_t(llvm::alignTo(bytes, kAlignment)),
                  std::numeric_limits<int64_t>::max(), 0};
    collectUses(alloc, block, positions, buffer);
    if (buffer.last == 0)
      buffer.first = buffer.last = positions[alloc];
    buffers.push_back(buffer);
  }
  return buffers;
}

/// Replaces allocations by views of a new last argument of this size.
static void rewrite(func::FuncOp func, ArrayRef<Buffer> buffers,
                    int64_t bytes) {
  OpBuilder b(func.getContext());
  auto arenaType = MemRefType::get({bytes}, b.getI8Type());
  unsigned index = func.getNumArguments();
  (void)func.insertArgument(index, arenaType, {}, func.getLoc());
  Value arena = func.getArgument(index);
  for (const Buffer &buffer : buffers) {
    memref::AllocOp alloc = buffer.alloc;
    b.setInsertionPoint(alloc);
    Value offset =
        arith::ConstantIndexOp::create(b, alloc.getLoc(), buffer.offset);
    Value view = memref::ViewOp::create(b, alloc.getLoc(), alloc.getType(),
                                        arena, offset, ValueRange{});
    alloc.replaceAllUsesWith(view);
    alloc.erase();
  }
}

namespace {
struct PlanArenaPass : public quantopt::impl::PlanArenaBase<PlanArenaPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<std::pair<func::FuncOp, SmallVector<Buffer>>> plans;
    int64_t largest = 0;
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      FailureOr<SmallVector<Buffer>> buffers = collectBuffers(func);
      if (failed(buffers))
        return signalPassFailure();
      int64_t bound = getLiveBound(*buffers);
      int64_t total = planBuffers(*buffers, bound) + kMargin;
      largest = std::max(largest, total);
      numBuffers += buffers->size();
      boundBytes += bound;
      plans.push_back({func, std::move(*buffers)});
    }
    arenaBytes += largest;
    for (auto &[func, buffers] : plans)
      rewrite(func, buffers, largest);
    module->setAttr(qvec::QVecDialect::getArenaBytesAttrName(),
                    Builder(&getContext()).getI64IntegerAttr(largest));
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
