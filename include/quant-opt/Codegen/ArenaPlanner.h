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

/// Where memory is small, buffers start at multiples of this many bytes.
constexpr int64_t kSmallAlignment = 8;

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

/// Two buffers that may overlap although they are live together, if the offset
/// of `upper` is at least `distance` larger than that of `lower`: `upper` is
/// read from its first byte to its last one while `lower` is written.
struct ArenaOverlap {
  size_t lower, upper; ///< numbers of buffers
  int64_t distance;    ///< less than the size of `lower`; may be negative
};

/// A buffer of `size` bytes and the distance that another one must have from
/// it.
struct LowerBuffer {
  int64_t size, distance;
};

/// The fewest bytes that a buffer of `size` bytes takes together with ones that
/// may overlap it, of which no two may overlap each other.
int64_t getOverlappedBytes(int64_t size,
                           llvm::SmallVectorImpl<LowerBuffer> &lower);

/// The largest sum of sizes of buffers that are live together, less what these
/// may overlap: no placement needs less.
int64_t getLiveBound(llvm::ArrayRef<ArenaBuffer> buffers,
                     llvm::ArrayRef<ArenaOverlap> overlaps = {});

/// Places the buffers so that those which are live together do not overlap but
/// as `overlaps` says, and returns the size of the whole. Several orders are
/// tried with first fit. When none reaches the live bound, smaller sizes are
/// searched for exactly, with at most `maxSteps` steps for each; with overlaps
/// as many orders are tried, each a small change of the best one. The result
/// depends on the arguments only.
int64_t placeBuffers(llvm::MutableArrayRef<ArenaBuffer> buffers,
                     llvm::ArrayRef<ArenaOverlap> overlaps = {},
                     int64_t maxSteps = 10000);

} // namespace quantopt

#endif // QUANTOPT_CODEGEN_ARENAPLANNER_H
