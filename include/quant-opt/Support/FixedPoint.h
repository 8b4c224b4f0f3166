//===- FixedPoint.h - Functions of fixed-point numbers ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The fixed-point functions that TFLite's integer kernels are defined with:
/// numbers of 32 bits with 31 - n bits behind the point, where n is the number
/// of integer bits. Written operation by operation for any algebra, as
/// FloatFunctions.h is: integers of the host, or values of IR.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_FIXEDPOINT_H
#define QUANTOPT_SUPPORT_FIXEDPOINT_H

#include "quant-opt/Support/Arithmetic.h"

namespace quantopt::fixedpoint {

/// Integers of the host.
struct HostAlgebra {
  using Int = int32_t;

  Int constant(int32_t x) { return x; }
  Int add(Int a, Int b) { return a + b; }
  Int sub(Int a, Int b) { return a - b; }
  /// `a * b * 2^-31`, halves up; not for two times the lowest number.
  Int mulHigh(Int a, Int b) {
    return Int((int64_t(a) * b + (int64_t(1) << 30)) >> 31);
  }
  /// `a * 2^n`, limited to the type's range.
  Int shiftLeft(Int a, int n) {
    return Int(
        clampInteger(int64_t(a) * (int64_t(1) << n), INT32_MIN, INT32_MAX));
  }
  /// `(a + 2^31) / 2` for a number that is not negative, rounded down.
  Int halfOnePlus(Int a) { return Int((int64_t(a) + INT32_MAX + 1) / 2); }
};

/// An approximation of `2 / (1 + x)` with 2 integer bits, for x in [0, 1) with
/// 0 integer bits: three steps of Newton's method from `48/17 - 32/17 * d`,
/// where `d = (1 + x) / 2`.
template <typename A>
typename A::Int invertHalfOnePlus(A &a, typename A::Int x) {
  using Int = typename A::Int;
  Int half = a.halfOnePlus(x);
  Int one = a.constant(1 << 29);
  Int y = a.add(a.constant(1515870810), // 48/17
                a.mulHigh(half, a.constant(-1010580540)));
  for (int i = 0; i < 3; ++i) {
    Int rest = a.sub(one, a.mulHigh(half, y));
    y = a.add(y, a.shiftLeft(a.mulHigh(y, rest), 2));
  }
  return y;
}

/// An approximation of `1 / (1 + x)`, both with 0 integer bits.
template <typename A> typename A::Int invertOnePlus(A &a, typename A::Int x) {
  return a.shiftLeft(invertHalfOnePlus(a, x), 1);
}

/// `x / 2^n` rounded to the nearest integer, halves away from zero.
int32_t divideByPowerOfTwo(int32_t x, int n);

/// An approximation of `exp(x)` with 0 integer bits, for `x <= 0` with
/// `integerBits` of at most 5.
int32_t expOfNegative(int32_t x, int integerBits);

/// Approximations of `1 / (1 + exp(-x))` and `tanh(x)` with 0 integer bits.
/// Require `x` with 4 integer bits, not the lowest number.
int32_t logistic(int32_t x);
int32_t tanh(int32_t x);

} // namespace quantopt::fixedpoint

#endif // QUANTOPT_SUPPORT_FIXEDPOINT_H
