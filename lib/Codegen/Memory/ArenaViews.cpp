//===- ArenaViews.cpp - Buffers as parts of the arena ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ArenaViews.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

std::optional<int64_t> quantopt::getContiguousOffset(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!type.hasStaticShape() ||
      failed(type.getStridesAndOffset(strides, offset)))
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

/// The same where the first element is known.
static std::optional<int64_t> getKnownOffset(MemRefType type) {
  std::optional<int64_t> offset = getContiguousOffset(type);
  return offset && ShapedType::isDynamic(*offset) ? std::nullopt : offset;
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
                        Value arena, Value start) {
  return memref::ViewOp::create(b, loc, type, arena, start, ValueRange{});
}

static Value createView(OpBuilder &b, Location loc, MemRefType type,
                        Value arena, int64_t offset) {
  return createView(b, loc, type, arena,
                    arith::ConstantIndexOp::create(b, loc, offset));
}

/// The byte of a buffer that begins at `base` where a part begins that is known
/// at run time only, if the part's elements lie together; else null.
static Value findStart(OpBuilder &b, memref::SubViewOp part, int64_t base) {
  MemRefType type = part.getType(), source = part.getSourceType();
  SmallVector<int64_t> strides;
  int64_t offset = 0;
  if (!source.hasStaticShape() || !source.getLayout().isIdentity() ||
      failed(type.getStridesAndOffset(strides, offset)) ||
      !ShapedType::isDynamic(offset) || !part.hasUnitStride() ||
      !getKnownOffset(
          MemRefType::get(type.getShape(), type.getElementType(),
                          StridedLayoutAttr::get(b.getContext(), 0, strides))))
    return {};
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  Location loc = part.getLoc();
  Value start;
  auto addTo = [&](Value value) {
    start = start ? arith::AddIOp::create(b, loc, start, value) : value;
  };
  auto [sourceStrides, none] = source.getStridesAndOffset();
  for (auto [stride, place] :
       llvm::zip(sourceStrides, part.getMixedOffsets())) {
    if (std::optional<int64_t> known = getConstantIntValue(place)) {
      base += *known * stride * bytes;
      continue;
    }
    addTo(arith::MulIOp::create(
        b, loc, cast<Value>(place),
        arith::ConstantIndexOp::create(b, loc, stride * bytes)));
  }
  addTo(arith::ConstantIndexOp::create(b, loc, base));
  return start;
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

/// The byte of a buffer that begins at `base` where a part of it begins that
/// becomes a view of its own; else null.
static Value getViewStart(OpBuilder &b, memref::SubViewOp part, int64_t base,
                          bool isWanted) {
  MemRefType type = part.getType();
  std::optional<int64_t> first = getKnownOffset(type);
  if (!first)
    return findStart(b, part, base);
  int64_t bytes = llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  return isWanted ? arith::ConstantIndexOp::create(b, part.getLoc(),
                                                   base + *first * bytes)
                  : Value();
}

/// The parts of a buffer, also of what gives all of it another shape.
static SmallVector<memref::SubViewOp> findParts(Value buffer) {
  SmallVector<memref::SubViewOp> parts;
  SmallVector<Value> worklist = {buffer};
  while (!worklist.empty())
    for (Operation *user : worklist.pop_back_val().getUsers())
      if (auto part = dyn_cast<memref::SubViewOp>(user))
        parts.push_back(part);
      else if (isa<memref::CollapseShapeOp, memref::ExpandShapeOp>(user))
        worklist.push_back(user->getResult(0));
  return parts;
}

void quantopt::viewArgument(BlockArgument argument) {
  auto type = dyn_cast<MemRefType>(argument.getType());
  if (!type || !type.getElementType().isInteger(8) || type.getRank() < 2 ||
      !type.hasStaticShape() || !type.getLayout().isIdentity())
    return;
  auto b = OpBuilder::atBlockBegin(argument.getOwner());
  Value bytes;
  for (memref::SubViewOp part : findParts(argument)) {
    OpBuilder here(part);
    Value start = getViewStart(here, part, 0, isForImages(part));
    if (!start)
      continue;
    if (!bytes) {
      ReassociationIndices all(
          llvm::to_vector(llvm::seq<int64_t>(0, type.getRank())));
      SmallVector<ReassociationIndices> groups = {all};
      bytes = memref::CollapseShapeOp::create(b, argument.getLoc(), argument,
                                              groups);
    }
    MemRefType old = part.getType();
    auto whole = MemRefType::get(old.getShape(), old.getElementType());
    replaceView(part, createView(here, part.getLoc(), whole, bytes, start));
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
      if (!part)
        continue;
      MemRefType type = part.getType();
      b.setInsertionPoint(part);
      Value start = getViewStart(b, part, offset, isForKernels(part));
      if (!start)
        continue;
      auto whole = MemRefType::get(type.getShape(), type.getElementType());
      replaceView(part, createView(b, part.getLoc(), whole, arena, start));
      worklist.pop_back();
      part.erase();
    }
  }
  b.setInsertionPoint(alloc);
  alloc.replaceAllUsesWith(
      createView(b, alloc.getLoc(), alloc.getType(), arena, offset));
  alloc.erase();
}

/// Whether a number of bytes is a multiple of `bytes` whatever its variables
/// are.
static bool isMultipleOf(Value value, int64_t bytes) {
  if (std::optional<int64_t> known = getConstantIntValue(value))
    return *known % bytes == 0;
  if (auto sum = value.getDefiningOp<arith::AddIOp>())
    return isMultipleOf(sum.getLhs(), bytes) &&
           isMultipleOf(sum.getRhs(), bytes);
  if (auto product = value.getDefiningOp<arith::MulIOp>())
    return isMultipleOf(product.getLhs(), bytes) ||
           isMultipleOf(product.getRhs(), bytes);
  return false;
}

void quantopt::widenCopy(linalg::CopyOp copy, Value arena) {
  constexpr int64_t kWideBytes = 8;
  OpBuilder b(copy);
  SmallVector<Value> wide;
  for (Value part : copy->getOperands()) {
    auto view = part.getDefiningOp<memref::ViewOp>();
    if (!view || view.getSource() != arena ||
        !view.getType().getElementType().isInteger(8) ||
        view.getType().getNumElements() % kWideBytes != 0 ||
        !isMultipleOf(view.getByteShift(), kWideBytes))
      return;
    auto type = MemRefType::get({view.getType().getNumElements() / kWideBytes},
                                b.getI64Type());
    wide.push_back(
        createView(b, copy.getLoc(), type, arena, view.getByteShift()));
  }
  linalg::CopyOp::create(b, copy.getLoc(), wide[0], wide[1]);
  copy.erase();
}
