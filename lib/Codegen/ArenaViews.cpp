//===- ArenaViews.cpp - Buffers as parts of the arena ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArenaViews.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

/// The first element of a buffer type whose elements lie together in row-major
/// order, or nothing.
static std::optional<int64_t> getContiguousOffset(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!type.hasStaticShape() ||
      failed(type.getStridesAndOffset(strides, offset)) ||
      ShapedType::isDynamic(offset))
    return std::nullopt;
  int64_t expected = 1;
  for (auto [size, stride] :
       llvm::reverse(llvm::zip(type.getShape(), strides))) {
    if (size != 1 && stride != expected)
      return std::nullopt;
    expected *= size;
  }
  return offset;
}

/// Whether kernels alone use a view, which take any layout. Fills stay parts of
/// the buffer around which they are a frame.
static bool isForKernels(memref::SubViewOp view) {
  return llvm::all_of(view->getUsers(), [](Operation *user) {
    auto part = dyn_cast<memref::SubViewOp>(user);
    return isa<qvec::KernelOp>(user) || (part && isForKernels(part));
  });
}

static Value createView(OpBuilder &b, Location loc, MemRefType type,
                        Value arena, int64_t offset) {
  Value start = arith::ConstantIndexOp::create(b, loc, offset);
  return memref::ViewOp::create(b, loc, type, arena, start, ValueRange{});
}

/// Replaces a view by another one of the same elements; parts of it get the
/// types that follow.
static void replaceView(Value old, Value value) {
  for (Operation *user : llvm::make_early_inc_range(old.getUsers())) {
    auto part = dyn_cast<memref::SubViewOp>(user);
    if (!part) {
      user->replaceUsesOfWith(old, value);
      continue;
    }
    OpBuilder b(part);
    Value next = memref::SubViewOp::create(
        b, part.getLoc(), value, part.getMixedOffsets(), part.getMixedSizes(),
        part.getMixedStrides());
    replaceView(part, next);
    part.erase();
  }
}

/// Whether kernels and copies alone use a view.
static bool isForImages(memref::SubViewOp view) {
  return llvm::all_of(view->getUsers(), [](Operation *user) {
    return isa<qvec::KernelOp, linalg::CopyOp>(user);
  });
}

void quantopt::viewArgument(BlockArgument argument) {
  auto type = dyn_cast<MemRefType>(argument.getType());
  if (!type || !type.getElementType().isInteger(8) || type.getRank() < 2 ||
      !type.hasStaticShape() || !type.getLayout().isIdentity())
    return;
  auto b = OpBuilder::atBlockBegin(argument.getOwner());
  Value bytes;
  for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
    auto part = dyn_cast<memref::SubViewOp>(user);
    std::optional<int64_t> first = part && isForImages(part)
                                       ? getContiguousOffset(part.getType())
                                       : std::nullopt;
    if (!first)
      continue;
    if (!bytes) {
      ReassociationIndices all(
          llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())));
      SmallVector<ReassociationIndices> groups = {all};
      bytes = memref::CollapseShapeOp::create(b, argument.getLoc(), argument,
                                              groups);
    }
    OpBuilder here(part);
    MemRefType old = part.getType();
    auto whole = MemRefType::get(old.getShape(), old.getElementType());
    replaceView(part, createView(here, part.getLoc(), whole, bytes, *first));
    part.erase();
  }
}

void quantopt::placeAllocation(memref::AllocOp alloc, Value arena,
                               int64_t offset) {
  OpBuilder b(alloc);
  SmallVector<Value> worklist = {alloc};
  while (!worklist.empty()) {
    Value value = worklist.pop_back_val();
    for (Operation *user : llvm::make_early_inc_range(value.getUsers())) {
      if (!isa<ViewLikeOpInterface>(user))
        continue;
      worklist.push_back(user->getResult(0));
      auto part = dyn_cast<memref::SubViewOp>(user);
      if (!part || !isForKernels(part))
        continue;
      MemRefType type = part.getType();
      std::optional<int64_t> first = getContiguousOffset(type);
      if (!first)
        continue;
      int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
      b.setInsertionPoint(part);
      auto whole = MemRefType::get(type.getShape(), type.getElementType());
      replaceView(part, createView(b, part.getLoc(), whole, arena,
                                   offset + *first * bytes));
      worklist.pop_back();
      part.erase();
    }
  }
  b.setInsertionPoint(alloc);
  alloc.replaceAllUsesWith(
      createView(b, alloc.getLoc(), alloc.getType(), arena, offset));
  alloc.erase();
}
