//===- EqualConstants.cpp - Constants that give the same integers ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/EqualConstants.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantopt;
using llvm::ArrayRef;
using llvm::SmallVector;

//===----------------------------------------------------------------------===//
// Multipliers
//===----------------------------------------------------------------------===//

namespace {
/// The real scales that are possible.
struct ScaleRange {
  double low = 0, high = 0x1p24;

  /// Requires `acc * scale >= bound`.
  void reach(int64_t acc, double bound) {
    if (acc > 0)
      low = std::max(low, bound / double(acc));
    else if (acc < 0)
      high = std::min(high, bound / double(acc));
  }
  /// Requires `acc * scale <= bound`.
  void stayBelow(int64_t acc, double bound) {
    if (acc > 0)
      high = std::min(high, bound / double(acc));
    else if (acc < 0)
      low = std::max(low, bound / double(acc));
  }
};
} // namespace

/// The first sum in [lo, hi] with `f(sum) >= value`; hi + 1 if there is none.
static int64_t findStep(Monotone f, int64_t lo, int64_t hi, int64_t value) {
  ++hi;
  while (lo < hi) {
    int64_t middle = lo + (hi - lo) / 2;
    if (f(middle) >= value)
      hi = middle;
    else
      lo = middle + 1;
  }
  return lo;
}

std::optional<Multiplier>
quantopt::findStepMultiplier(Monotone f, int64_t lo, int64_t hi,
                             int64_t zeroPoint, int64_t min, int64_t max) {
  SmallVector<int64_t> sums = {lo, hi};
  ScaleRange range;
  for (int64_t q = min + 1; q <= max; ++q) {
    int64_t step = findStep(f, lo, hi, q);
    double bound = double(q - zeroPoint) - 0.5;
    if (step <= hi) {
      sums.push_back(step);
      range.reach(step, bound);
    }
    if (step > lo) {
      sums.push_back(step - 1);
      range.stayBelow(step - 1, bound);
    }
    if (range.low > range.high)
      return std::nullopt;
  }
  auto agrees = [&](Multiplier multiplier) {
    return llvm::all_of(sums, [&](int64_t sum) {
      return requantize(sum, multiplier, zeroPoint, min, max) == f(sum);
    });
  };
  for (int32_t shift = 31; shift >= 0; --shift) {
    double low = std::ldexp(range.low, shift);
    double high =
        std::min(std::ldexp(range.high, shift), double(kMultiplierLimit - 1));
    if (low > high)
      continue;
    // In the range, if any odd number is.
    int64_t m = int64_t((low + high) / 2) | 1;
    Multiplier multiplier{int32_t(m), shift};
    if (agrees(multiplier))
      return multiplier;
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Sums of scaled operands
//===----------------------------------------------------------------------===//

/// The offsets that make `(a * x + b * y + offset) asr shift` equal to
/// `results` (in row-major order of x and y) after limiting; an empty range if
/// there are none.
static IntegerRange findOffsets(int64_t a, int64_t b, int32_t shift,
                                ArrayRef<int8_t> results, int64_t min,
                                int64_t max) {
  IntegerRange range{INT32_MIN, INT32_MAX};
  const int8_t *result = results.data();
  for (int64_t x = -128; x <= 127 && range.lo <= range.hi; ++x)
    for (int64_t y = -128; y <= 127; ++y) {
      int64_t q = *result++, sum = a * x + b * y;
      if (q > min)
        range.lo = std::max(range.lo, q * (int64_t(1) << shift) - sum);
      if (q < max)
        range.hi =
            std::min(range.hi, (q + 1) * (int64_t(1) << shift) - 1 - sum);
    }
  return range;
}

/// Whether all sums fit 32 bits, as `qnn.rescale_add` demands.
static bool fitsSum(int64_t a, int64_t b, int64_t offset) {
  return llvm::isInt<24>(a) && llvm::isInt<24>(b) &&
         128 * (std::abs(a) + std::abs(b)) + std::abs(offset) <= INT32_MAX;
}

/// Distances from the nearest integer, the smallest first.
static SmallVector<int64_t> getDistances(int64_t reach) {
  SmallVector<int64_t> result = {0};
  for (int64_t d = 1; d <= reach; ++d)
    result.append({d, -d});
  return result;
}

std::optional<RescaleAdd> quantopt::findAddConstants(ArrayRef<int8_t> results,
                                                     const AddOperand &lhs,
                                                     const AddOperand &rhs,
                                                     const ByteParams &result,
                                                     const AddSearch &search) {
  SmallVector<int64_t> distances = getDistances(search.reach);
  int attempts = 0;
  for (int32_t shift = 30; shift >= 0 && attempts < search.attempts; --shift) {
    int64_t a = roundHalfEven(std::ldexp(lhs.ratio, shift));
    int64_t b = roundHalfEven(std::ldexp(rhs.ratio, shift));
    int64_t room = search.leavesRoom ? int64_t(128) << shift : 0;
    int64_t near = result.zeroPoint * (int64_t(1) << shift) -
                   a * lhs.zeroPoint - b * rhs.zeroPoint;
    if (!fitsSum(a, b, std::abs(near) + room))
      continue;
    ++attempts;
    for (int64_t da : distances)
      for (int64_t db : distances) {
        IntegerRange offsets =
            findOffsets(a + da, b + db, shift, results, result.min, result.max);
        int64_t offset = offsets.lo + (offsets.hi - offsets.lo) / 2;
        if (offsets.lo <= offsets.hi &&
            fitsSum(a + da, b + db, std::abs(offset) + room))
          return RescaleAdd{int32_t(a + da), int32_t(b + db), int32_t(offset),
                            shift};
      }
  }
  return std::nullopt;
}

/// The products of all bytes and a ratio, with some bits behind the point.
static SmallVector<int32_t> makeProducts(const AddOperand &operand,
                                         int32_t shift, int64_t constant) {
  SmallVector<int32_t> table;
  for (int64_t q = -128; q <= 127; ++q)
    table.push_back(int32_t(roundHalfEven(std::ldexp(operand.ratio, shift) *
                                          double(q - operand.zeroPoint)) +
                            constant * (int64_t(1) << shift)));
  return table;
}

/// Of random sums that have tables 1 % take more than 6 rounds.
static constexpr int kTableRounds = 16;

std::optional<SumTables> quantopt::findSumTables(ArrayRef<int8_t> results,
                                                 const AddOperand &lhs,
                                                 const AddOperand &rhs,
                                                 const ByteParams &result) {
  double reach = 256 * (std::fabs(lhs.ratio) + std::fabs(rhs.ratio)) + 128;
  SumTables tables;
  tables.shift = 30 - int(std::ceil(std::log2(reach)));
  if (tables.shift < 1)
    return std::nullopt;
  tables.lhs = makeProducts(lhs, tables.shift, result.zeroPoint);
  tables.rhs = makeProducts(rhs, tables.shift, 0);
  // Entries of one table sink until no sum is too large, those of the other
  // rise until none is too small. Limits of pairs are differences, so that this
  // ends if there are such tables (Bellman and Ford), and soon.
  int64_t half = int64_t(1) << (tables.shift - 1);
  for (int round = 0; round < kTableRounds; ++round) {
    bool isMoved = false;
    const int8_t *next = results.data();
    for (int32_t &x : tables.lhs)
      for (int32_t &y : tables.rhs) {
        int64_t q = *next++, sum = int64_t(x) + y, middle = 2 * half * q;
        int64_t distance = half - (q & 1); // halves become even
        bool isLarge = q < result.max && sum > middle + distance;
        bool isSmall = q > result.min && sum < middle - distance;
        if (isLarge)
          x = int32_t(middle + distance - y);
        if (isSmall)
          y = int32_t(middle - distance - x);
        isMoved |= isLarge || isSmall;
      }
    if (!isMoved)
      return tables;
  }
  return std::nullopt;
}
