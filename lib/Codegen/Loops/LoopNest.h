//===- LoopNest.h - Loop nests of structured ops ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A bufferized `linalg` op as loops whose operands move by constant steps. The
/// loops are put into the order of the result's memory and joined where all
/// operands allow it, so that a nest over whole contiguous buffers is one loop.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LOOPS_LOOPNEST_H
#define QUANTOPT_LIB_CODEGEN_LOOPS_LOOPNEST_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// One loop of a nest.
struct NestLoop {
  int64_t extent;
  bool isReduction;
  /// The region asks for the loop's counter.
  bool isIndexed;
  /// The dimension of the op that the loop runs over; of joined loops the
  /// inner one.
  unsigned dim;
  /// Elements between two iterations, for each operand.
  SmallVector<int64_t> strides;
};

/// The loops of an op, outermost first, reductions last. Loops of one iteration
/// are left out.
class LoopNest {
public:
  /// Fails for ops with several results, indexing maps that are no selection of
  /// dimensions, or buffers of dynamic layout.
  static FailureOr<LoopNest> get(linalg::LinalgOp op);

  linalg::LinalgOp op;
  SmallVector<NestLoop> loops;
  /// Some loop has no iteration.
  bool isEmpty = false;

  unsigned getNumParallel() const;
  /// The operand that is written.
  unsigned getOutput() const { return op->getNumOperands() - 1; }
  int64_t getOutputStride(const NestLoop &loop) const {
    return loop.strides[getOutput()];
  }
  /// The parallel loop in which this operand moves by one element.
  std::optional<unsigned> findUnitLoop(unsigned operand) const;

private:
  explicit LoopNest(linalg::LinalgOp op) : op(op) {}
  bool canJoin(const NestLoop &outer, const NestLoop &inner) const;
  void joinLoops();
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LOOPS_LOOPNEST_H
