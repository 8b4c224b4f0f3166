//===- BlockMoves.cpp - Fills and copies of whole blocks ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockMoves.h"
#include "../Memory/ArenaViews.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;

/// The bytes of a buffer whose elements lie together; nothing for others.
static std::optional<int64_t> getBlockBytes(Value buffer) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type || !getContiguousOffset(type) ||
      type.getElementTypeBitWidth() % 8 != 0)
    return std::nullopt;
  return type.getNumElements() * (type.getElementTypeBitWidth() / 8);
}

/// The byte of which a constant integer consists; nothing for other values.
static std::optional<APInt> getRepeatedByte(Value value) {
  APInt number;
  if (!matchPattern(value, m_ConstantInt(&number)) || !number.isSplat(8))
    return std::nullopt;
  return number.trunc(8);
}

bool quantopt::isBlockMove(Operation *op) {
  if (!getTargetLevel(op).hasSmallMemory())
    return false;
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return getBlockBytes(fill.getOutputs()[0]) &&
           getRepeatedByte(fill.getInputs()[0]);
  auto copy = dyn_cast<linalg::CopyOp>(op);
  if (!copy)
    return false;
  Value from = copy.getInputs()[0], to = copy.getOutputs()[0];
  return getBlockBytes(from) && getBlockBytes(to) &&
         getElementTypeOrSelf(from) == getElementTypeOrSelf(to);
}

/// The address of a buffer's first element.
static Value getAddress(OpBuilder &b, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  auto parts = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  Value number = memref::ExtractAlignedPointerAsIndexOp::create(b, loc, buffer);
  // Wide enough for all processors; what is too wide is folded away.
  number = arith::IndexCastOp::create(b, loc, b.getI64Type(), number);
  auto pointer = LLVM::LLVMPointerType::get(b.getContext());
  Value base = LLVM::IntToPtrOp::create(b, loc, pointer, number);
  Value offset =
      arith::IndexCastOp::create(b, loc, b.getI32Type(), parts.getOffset());
  return LLVM::GEPOp::create(b, loc, pointer, type.getElementType(), base,
                             offset);
}

void quantopt::emitBlockMove(OpBuilder &b, linalg::LinalgOp op) {
  Location loc = op.getLoc();
  Value target = op.getDpsInits()[0], source = op.getDpsInputs()[0];
  Value to = getAddress(b, loc, target);
  Value size = LLVM::ConstantOp::create(
      b, loc, b.getI32IntegerAttr(int32_t(*getBlockBytes(target))));
  if (isa<linalg::CopyOp>(op)) {
    LLVM::MemcpyOp::create(b, loc, to, getAddress(b, loc, source), size,
                           /*isVolatile=*/false);
    return;
  }
  Value byte = LLVM::ConstantOp::create(
      b, loc, b.getIntegerAttr(b.getI8Type(), *getRepeatedByte(source)));
  LLVM::MemsetOp::create(b, loc, to, byte, size, /*isVolatile=*/false);
}
