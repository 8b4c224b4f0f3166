//===- ArenaPlanner.h - Placement of buffers --------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CODEGEN_ARENAPLANNER_H
#define QUANTOPT_CODEGEN_ARENAPLANNER_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace quantopt {

/// A buffer that is live from time `first` to time `last`, both included.
struct ArenaBuffer {
  int64_t size = 0;
  int64_t first = 0, last = 0;
  /// Where it was placed.
  int64_t offset = 0;

  bool overlapsInTime(const ArenaBuffer &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// The largest sum of sizes of buffers that are live together: no placement
/// needs less.
int64_t getLiveBound(llvm::ArrayRef<ArenaBuffer> buffers);

/// Places the buffers so that those which are live together do not overlap, and
/// returns the size of the whole. Several orders are tried with first fit; when
/// none reaches the live bound, smaller sizes are searched for exactly, with at
/// most `maxSteps` steps for each. The result depends on the arguments only.
int64_t placeBuffers(llvm::MutableArrayRef<ArenaBuffer> buffers,
                     int64_t maxSteps = 10000);

} // namespace quantopt

#endif // QUANTOPT_CODEGEN_ARENAPLANNER_H
