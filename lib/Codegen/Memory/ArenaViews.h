//===- ArenaViews.h - Buffers as parts of the arena -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_MEMORY_ARENAVIEWS_H
#define QUANTOPT_LIB_CODEGEN_MEMORY_ARENAVIEWS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// The first element, which may be dynamic, of a buffer type whose elements lie
/// together in row-major order; nothing for others.
std::optional<int64_t> getContiguousOffset(MemRefType type);

/// Replaces an allocation by the part of `arena` from byte `offset`. Views
/// whose elements lie together become parts of the arena themselves, so that
/// layers which differ only in the rows that they see are equal.
void placeAllocation(memref::AllocOp alloc, Value arena, int64_t offset);

/// Makes rows of an argument of bytes, which lie together, parts of its memory
/// themselves, as those of the arena are.
void viewArgument(BlockArgument argument);

/// Moves 8 bytes at a time where both sides of a copy of bytes are parts of the
/// arena that allow it.
void widenCopy(linalg::CopyOp copy, Value arena);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_MEMORY_ARENAVIEWS_H
