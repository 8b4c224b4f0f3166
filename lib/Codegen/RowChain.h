//===- RowChain.h - Kernels that hand rows to each other --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWCHAIN_H
#define QUANTOPT_LIB_CODEGEN_ROWCHAIN_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "quant-opt/Codegen/BandPlan.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// A buffer `[1, rows, columns, channels]` that one kernel writes and one other
/// kernel reads, with nothing else around but constant padding.
struct RowBuffer {
  memref::AllocOp alloc;
  qvec::KernelOp producer, consumer;
  /// Rows and columns of padding.
  BandLink rows;
  int64_t left = 0, right = 0;
  SmallVector<linalg::FillOp> fills;

  MemRefType getType() const {
    return cast<MemRefType>(alloc->getResult(0).getType());
  }
  int64_t getNumColumns() const { return getType().getDimSize(2); }
  int64_t getRowBytes() const;
  int64_t getBytes() const { return rows.getTotal() * getRowBytes(); }
  /// Columns that the producer writes.
  int64_t getWidth() const { return getNumColumns() - left - right; }
};

/// Kernels each of which reads what the one before writes.
struct RowChain {
  SmallVector<RowBuffer> buffers; ///< one less than kernels
  SmallVector<qvec::KernelOp> kernels;

  SmallVector<BandStage> getStages() const;
  SmallVector<BandLink> getLinks() const;
  /// Output positions in a row of a kernel's image.
  int64_t getWidth(size_t kernel) const;
  /// Whether the kernel sees its image as a single row of positions.
  bool isFlat(size_t kernel) const;
};

/// The buffer behind views; the value itself if it is none.
Value getViewedBuffer(Value value);

/// The allocation as a row buffer, or nothing if it is none.
std::optional<RowBuffer> matchRowBuffer(memref::AllocOp alloc);

/// The chains in a block that go through row buffers of more than `bytes`, and
/// on through kernels that make pixels smaller. All of a chain may be computed
/// where its last kernel stands.
SmallVector<RowChain> findRowChains(Block &block, int64_t bytes);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWCHAIN_H
