//===- SourceRounding.h - The arithmetic of TFLite's kernels ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What `--rounding=source` keeps of a TFLite model: the integers that TFLite's
/// reference kernels compute, where they differ from Arithmetic.h. And the
/// search for constants of Arithmetic.h that give the same integers.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_SOURCEROUNDING_H
#define QUANTOPT_SUPPORT_SOURCEROUNDING_H

#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/SmallVector.h"

namespace quantopt {

/// How 8-bit integers within limits stand for real numbers.
struct ByteParams {
  float scale = 1.0f;
  int64_t zeroPoint = 0;
  int64_t min = -128;
  int64_t max = 127;
};

/// The nearest integer, halves away from zero. NaN gives 0.
int64_t roundHalfAway(double x);

/// `realScale` as `m * 2^-shift` with 31 bits of m, for sums that are rounded
/// twice: 2^30 <= m < 2^31, or 0 for scales below 2^-32. Requires a scale that
/// is not negative and below 2^31. The shift is 0 only for scales of 2^30 and
/// more.
Multiplier deriveTwiceMultiplier(double realScale);

/// `x * m * 2^-shift` rounded twice: after 31 bits of the shift (or all of a
/// smaller one), halves up, and after the rest, halves away from zero.
int64_t scaleTwice(int64_t x, Multiplier multiplier);

/// `clamp(scaleTwice(acc, multiplier) + zeroPoint, min, max)`.
int64_t requantizeTwice(int64_t acc, Multiplier multiplier, int64_t zeroPoint,
                        int64_t min, int64_t max);

/// A multiplier for `requantize` that gives the same results as
/// `requantizeTwice` for all sums in [lo, hi], if there is one. Both are
/// monotone, so only the sums at which results step need to be compared.
std::optional<Multiplier> findEqualMultiplier(Multiplier multiplier, int64_t lo,
                                              int64_t hi, int64_t zeroPoint,
                                              int64_t min, int64_t max);

/// The sum of two scaled operands: `clamp(scaleTwice(lhs[a + 128] + rhs[b +
/// 128], multiplier) + zeroPoint, min, max)`.
struct TwiceAdd {
  llvm::SmallVector<int32_t> lhs, rhs;
  Multiplier multiplier;
};

/// TFLite's constants for `a + b`, or `a - b`. TFLite computes ratios of scales
/// in binary64 for sums and in binary32 for differences. Nothing when a ratio
/// is not in its range.
std::optional<TwiceAdd> deriveTwiceAdd(const ByteParams &lhs,
                                       const ByteParams &rhs,
                                       const ByteParams &result, bool subtract);

/// Constants of `rescaleAdd` (with multipliers of up to 24 bits) that give the
/// same results for all pairs of bytes, if there are any near the ratios of
/// scales.
std::optional<RescaleAdd> findEqualAdd(const TwiceAdd &add,
                                       const ByteParams &lhs,
                                       const ByteParams &rhs,
                                       const ByteParams &result, bool subtract);

/// A multiplier with which `requantize` divides sums of `count` bytes by
/// `count`, halves away from zero; nothing for counts for which none exists.
std::optional<Multiplier> findAverageMultiplier(int64_t count);

/// @name Functions of one byte
/// The entries for the bytes from -128 to 127 in TFLite's kernels of this name.
/// @{
/// `ratio` is the ratio of scales, as the kernel computes it.
llvm::SmallVector<int8_t> makeRescaleTable(double ratio,
                                           const ByteParams &input,
                                           const ByteParams &result);
llvm::SmallVector<int8_t> makeLeakyReluTable(float alpha,
                                             const ByteParams &input,
                                             const ByteParams &result);
llvm::SmallVector<int8_t> makeHardSwishTable(const ByteParams &input,
                                             const ByteParams &result);
llvm::SmallVector<int8_t> makeLogisticTable(const ByteParams &input);
llvm::SmallVector<int8_t> makeTanhTable(const ByteParams &input);
/// @}

/// exp(-scale * distance) with 31 bits behind the point for the distances 0 to
/// 255, 0 where the softmax kernel leaves them out.
llvm::SmallVector<int32_t> makeSoftmaxTable(double scale);

/// The integer that a real limit of a result becomes, which limits are not
/// rounded half to even.
int64_t quantizeLimit(float limit, const ByteParams &result);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_SOURCEROUNDING_H
