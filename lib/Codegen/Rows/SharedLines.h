//===- SharedLines.h - Buffers of rows in one place -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_SHAREDLINES_H
#define QUANTOPT_LIB_CODEGEN_ROWS_SHAREDLINES_H

#include "RowChain.h"

namespace quantopt {

/// Where the rows are that an op hands on.
struct LinePlace {
  /// The number of an earlier buffer that has them; none for their own.
  std::optional<size_t> other;
  /// Whether each row takes the place of the row of that buffer which is added
  /// to it. Otherwise the other buffer is free by then.
  bool isSummand = false;
};

/// Places for a chain's buffers in a loop over the bands of a steady plan.
/// Rows that no band leaves to the next one need a place only until the last
/// reader has read them.
SmallVector<LinePlace> placeLines(const RowChain &chain, const BandPlan &plan);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_SHAREDLINES_H
