//===- EmitLoops.h - Vector code of loop nests ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Turns `linalg` ops into loops over vectors. The lanes of a vector are
/// consecutive elements of the result; where an operand lies across them
/// (channels first against channels last), blocks are transposed in registers.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LOOPS_EMITLOOPS_H
#define QUANTOPT_LIB_CODEGEN_LOOPS_EMITLOOPS_H

#include "LoopNest.h"
#include "VectorEmitter.h"

namespace quantopt {

/// A loop that is walked in blocks of `size` iterations and a smaller rest.
struct BlockLoop {
  unsigned loop;
  int64_t size;
};

/// How a nest becomes vector code.
struct LoopPlan {
  enum class Kind {
    /// One vector of results at a time.
    Plain,
    /// Blocks of results; an operand is contiguous along `rows`.
    Transpose,
    /// `rows` vectors of results at a time, which share operands.
    Reduce
  };

  explicit LoopPlan(LoopNest nest) : nest(std::move(nest)) {}

  LoopNest nest;
  Kind kind = Kind::Plain;
  /// Results are contiguous in this loop.
  BlockLoop lanes = {0, 1};
  std::optional<BlockLoop> rows;
  /// For `Transpose`: the region runs on vectors along `rows`, and results are
  /// transposed; else operands are.
  bool computesAlongRows = false;
  /// Loops around the blocks, outermost first.
  SmallVector<unsigned> outer;
  /// Work items that may run on different threads. Each is one iteration of the
  /// first outer loop or, without outer loops, `itemSize` ones of the first
  /// block loop.
  int64_t items = 1, itemSize = 0;

  int64_t getExtent(const BlockLoop &block) const {
    return nest.loops[block.loop].extent;
  }
  /// The block loop with more iterations is the outer one.
  bool lanesComeFirst() const {
    return !rows || getExtent(lanes) >= getExtent(*rows);
  }
};

/// Fails for nests whose results are contiguous in no loop, and for those that
/// `LoopNest::get` does not take.
FailureOr<LoopPlan> planLoops(linalg::LinalgOp op);

/// Emits the work items [begin, end) before the op, which stays.
LogicalResult emitLoops(OpBuilder &builder, const LoopPlan &plan, Value begin,
                        Value end);

/// Interleaves the lanes of equally long vectors: the first lanes of all of
/// them, then the second ones. The result is as many vectors as were given.
SmallVector<Value> interleave(VectorEmitter &e, ArrayRef<Value> vectors);

/// Undoes `interleave`.
SmallVector<Value> deinterleave(VectorEmitter &e, ArrayRef<Value> vectors);

/// Lane `i` of all vectors, for each `i`.
SmallVector<Value> transpose(VectorEmitter &e, ArrayRef<Value> vectors);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LOOPS_EMITLOOPS_H
