//===- RowChain.h - Kernels that hand rows to each other --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_ROWCHAIN_H
#define QUANTOPT_LIB_CODEGEN_ROWS_ROWCHAIN_H

#include "RowSum.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "quant-opt/Codegen/BandPlan.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include <vector>

namespace quantopt {

/// An op that computes an image from the rows of another one: a kernel, or a
/// copy or a loop over elements, which are windows of one pixel. A loop may
/// read an image whose dimensions are in another order. A kernel that sums
/// columns counts as one that makes a row of each row, which ends a chain.
class RowOp {
public:
  RowOp() = default;
  explicit RowOp(Operation *op) : op(op) {}

  Operation *getOperation() const { return op; }
  explicit operator bool() const { return op; }
  bool operator==(RowOp other) const { return op == other.op; }

  /// The kernel, or null.
  qvec::KernelOp getKernel() const { return dyn_cast<qvec::KernelOp>(op); }
  bool isCopy() const { return isa<linalg::CopyOp>(op); }
  /// Whether it is a kernel that sums columns.
  bool isSum() const { return getKernel() && sumsColumns(getKernel()); }
  OpOperand &getInput() const;
  OpOperand &getInit() const;
  SmallVector<OpOperand *> getResiduals() const;
  ArrayRef<int64_t> getOutputShape() const;
  /// The dimension of the input that counts rows: 1 but for loops.
  unsigned getInputRowDim() const;
  /// A copy that reads and writes other values.
  RowOp clone(OpBuilder &b, Value input, Value init,
              ValueRange residuals) const;
  /// The window along rows; the numbers of rows are those of the shapes.
  BandStage getStage() const;

private:
  Operation *op = nullptr;
};

/// Who reads a buffer of rows: as its input, or as something that is added to
/// the element at the same place.
struct RowReader {
  RowOp op;
  bool isResidual;
  /// Whether the padding is no part of the image that is read.
  bool isInside = false;
};

/// A buffer `[1, rows, columns, channels]` that one op writes and others read,
/// with nothing else around but constant padding.
struct RowBuffer {
  memref::AllocOp alloc;
  RowOp producer;
  SmallVector<RowReader> readers;
  /// Rows and columns of padding.
  int64_t before = 0, rows = 0, after = 0;
  int64_t left = 0, right = 0;
  SmallVector<linalg::FillOp> fills;

  MemRefType getType() const {
    return cast<MemRefType>(alloc->getResult(0).getType());
  }
  int64_t getNumRows() const { return before + rows + after; }
  int64_t getNumColumns() const { return getType().getDimSize(2); }
  int64_t getRowBytes() const;
  int64_t getBytes() const { return getNumRows() * getRowBytes(); }
  /// Columns that the producer writes.
  int64_t getWidth() const { return getNumColumns() - left - right; }
  /// Whether one kernel alone reads it, as its input.
  bool isChainLink() const {
    return readers.size() == 1 && !readers.front().isResidual &&
           !readers.front().isInside && readers.front().op.getKernel() &&
           !producer.isCopy();
  }
};

/// Ops in the order of the block, of which each but the last writes a buffer
/// that others of them alone read.
struct RowChain {
  SmallVector<RowBuffer>
      buffers; ///< one less than ops; of the op of its number
  SmallVector<RowOp> ops;

  SmallVector<BandStage> getStages() const;
  SmallVector<BandLink> getLinks() const;
  /// Output positions in a row of an op's image.
  int64_t getWidth(size_t i) const;
  /// Whether the op sees its image as a single row of positions.
  bool isFlat(size_t i) const;
  /// The number of the buffer behind a value that an op reads; nothing when it
  /// is none of the chain's.
  std::optional<size_t> findBuffer(Value value) const;
  /// Whether an op's input is one of the chain's buffers without its padding.
  bool readsInside(size_t i) const;
  /// Makes an op at the end that sums columns one that adds rows to sums.
  void splitSum();
};

/// A buffer of `rows` rows in the place of an image of a chain, a new one if
/// `line` is null, and the same as a single row of positions where a kernel
/// sees it so, else null.
std::pair<Value, Value> createLine(OpBuilder &b, const RowChain &chain,
                                   size_t i, int64_t rows,
                                   Value line = Value());

/// The buffer behind views; the value itself if it is none.
Value getViewedBuffer(Value value);

/// Whether an op computes each row on its own, with nothing that depends on
/// which row it is.
bool isStreamable(Operation *op);

/// The allocation as a row buffer, or nothing if it is none.
std::optional<RowBuffer> matchRowBuffer(memref::AllocOp alloc);

/// The chains in a block that go through row buffers of more than `bytes`, or
/// of a fraction of that where a loop writes them, and on through kernels that
/// make pixels smaller; each buffer has one reader. All of a chain may be
/// computed where its last kernel stands.
std::vector<RowChain> findRowChains(Block &block, int64_t bytes);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_ROWCHAIN_H
