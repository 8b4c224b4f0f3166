//===- Histogram.h - Counts of float values ---------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CALIBRATION_HISTOGRAM_H
#define QUANTOPT_CALIBRATION_HISTOGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <array>
#include <cstdint>
#include <limits>
#include <map>

namespace quantopt {

/// Counts float values in bins that do not depend on the data: a bin holds all
/// values that share the upper 16 bits of their binary32 form (128 bins per
/// power of two). Histograms of parts therefore add up to exactly the histogram
/// of the whole, in any order.
class Histogram {
public:
  /// Values between `lower` and `upper` (both included), `count` times.
  struct Bin {
    float lower;
    float upper;
    uint64_t count;
  };

  /// Counts every value. NaN and infinities are counted apart.
  void add(llvm::ArrayRef<float> values);
  /// Adds `count` values to the bin with this key (see `getKey`).
  void addToBin(uint16_t key, uint64_t count);
  /// Adds the counts and widens the limits.
  void merge(const Histogram &other);

  /// The exact limits of the finite values; min > max when there are none.
  float getMin() const { return min; }
  float getMax() const { return max; }
  void widen(float low, float high);
  uint64_t getCount() const { return count; }
  uint64_t getNonFiniteCount() const { return nonFinite; }

  /// The bins that are not empty in ascending order of value.
  llvm::SmallVector<Bin> getBins() const;
  /// The same as pairs of key and count, for storage.
  llvm::SmallVector<std::pair<uint16_t, uint64_t>> getCounts() const;

  /// The bin that a value belongs to.
  static uint16_t getKey(float value);
  /// Whether a number is the key of a bin of finite values.
  static bool isKey(int64_t key);

private:
  /// 128 bins with the same sign and exponent.
  using Chunk = std::array<uint64_t, 128>;
  std::map<uint16_t, Chunk> chunks;
  float min = std::numeric_limits<float>::infinity();
  float max = -std::numeric_limits<float>::infinity();
  uint64_t count = 0;
  uint64_t nonFinite = 0;
};

} // namespace quantopt

#endif // QUANTOPT_CALIBRATION_HISTOGRAM_H
