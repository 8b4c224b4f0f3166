//===- ArenaBuffers.h - The buffers of a function ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_MEMORY_ARENABUFFERS_H
#define QUANTOPT_LIB_CODEGEN_MEMORY_ARENABUFFERS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "quant-opt/Codegen/ArenaPlanner.h"
#include <optional>

namespace quantopt {

/// What memory is rounded to.
struct Granularity {
  /// Buffers start at multiples of this.
  int64_t alignment;
  /// Kernels may read this much past a buffer; never used bytes.
  int64_t margin;
};

/// An allocation, its size and life, and what uses it.
struct Buffer {
  memref::AllocOp alloc;
  ArenaBuffer life;
  /// Uses of the allocation or of views of it, by ops that are no views.
  SmallVector<OpOperand *> uses;
  /// The number of the argument whose place this is.
  std::optional<unsigned> argument;
  /// Bytes behind it that may be read, and are never used.
  int64_t tail = 0;
};

/// The buffers of a function and the numbers of its ops.
struct FunctionBuffers {
  explicit FunctionBuffers(func::FuncOp func);

  /// Replaces the function's arguments by allocations.
  void takeArguments(unsigned number);
  /// Finds the function's allocations; an error for one that cannot be placed.
  LogicalResult collect();
  /// Places what stands for arguments apart from all other buffers.
  void placeArguments();
  /// The end of what functions use of the arena and may read.
  int64_t getEnd() const;
  /// Sequences of buffers of which each may take its predecessor's place. Those
  /// that have a place already are left out.
  SmallVector<SmallVector<size_t>> joinReused() const;
  /// Finds when exactly sequences of buffers are live, and which of them may
  /// overlap because one is written while the other is consumed.
  SmallVector<ArenaOverlap>
  findOverlaps(ArrayRef<SmallVector<size_t>> groups,
               MutableArrayRef<ArenaBuffer> lives) const;

  func::FuncOp func;
  /// How many of the arguments are inputs, where the arena has places for
  /// arguments.
  unsigned numInputs = 0;
  /// The first buffers, which lie below all others.
  size_t numPlaced = 0;
  int64_t placedBytes = 0;
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
  /// What stands for the arguments.
  llvm::DenseMap<Operation *, unsigned> arguments;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_MEMORY_ARENABUFFERS_H
