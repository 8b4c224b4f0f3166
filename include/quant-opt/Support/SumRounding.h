//===- SumRounding.h - How scaled sums become integers ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The rounding of sums, of which `requantize` is one way, and the way in which
/// products of binary32 are rounded.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_SUMROUNDING_H
#define QUANTOPT_SUPPORT_SUMROUNDING_H

#include "quant-opt/Support/Arithmetic.h"

namespace quantopt {

/// How sums become integers.
enum class SumRounding {
  Once,    ///< `requantize`
  Twice,   ///< `requantizeTwice`
  Product, ///< `requantizeProduct`
};

/// The requantization that the rounding names, of sums of 32 bits where it is
/// not `Once`.
int64_t requantizeAs(SumRounding rounding, int64_t acc, Multiplier multiplier,
                     int64_t zeroPoint, int64_t min, int64_t max);

/// `clamp(round_half_even(p) + zeroPoint, min, max)` with `p = float(acc) *
/// float(m * 2^-shift)`: the sum and the product are each rounded to binary32,
/// halves to even. Requires |acc| <= 2^31 and m < 2^24.
int64_t requantizeProduct(int64_t acc, Multiplier multiplier, int64_t zeroPoint,
                          int64_t min, int64_t max);

/// Scales other than 0 for which kernels have that rounding: from the first on,
/// sums that are not exact in binary32 exceed every byte, and below the second
/// a factor of 31 bits holds them.
constexpr double kLeastProductScale = 0x1p-15, kProductScaleEnd = 0x1p6;
/// The smallest shift of the form below.
constexpr int32_t kLeastProductShift = 25;

/// The same rounding computed with integers, for bytes and the scale `factor *
/// 2^-shift`. Binary32 only matters where the exact product is so near to a
/// half that it becomes this half: it then goes to the even neighbour.
int64_t requantizeProductForm(int32_t acc, int32_t factor, int32_t shift,
                              int64_t zeroPoint, int64_t min, int64_t max);

/// The factor that stands for the multiplier with this shift, if there is one.
/// Requires a shift of less than 40.
std::optional<int32_t> deriveProductFactor(Multiplier multiplier,
                                           int32_t shift);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_SUMROUNDING_H
