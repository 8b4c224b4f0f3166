//===- FixedPoint.cpp - Functions of fixed-point numbers ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/FixedPoint.h"

using namespace quantopt;

int32_t fixedpoint::divideByPowerOfTwo(int32_t x, int n) {
  if (n == 0)
    return x;
  int64_t half = int64_t(1) << (n - 1);
  return int32_t((int64_t(x) + half - (x < 0)) >> n);
}

/// `exp(x)` for x in [-1/4, 0), 0 integer bits: the Taylor polynomial of degree
/// 4 around -1/8.
static int32_t expOfQuarter(int32_t x) {
  fixedpoint::HostAlgebra a;
  constexpr int32_t expOfEighth = 1895147668; // exp(-1/8)
  constexpr int32_t third = 715827883;
  x = a.add(x, 1 << 28);
  int32_t x2 = a.mulHigh(x, x), x3 = a.mulHigh(x2, x), x4 = a.mulHigh(x2, x2);
  int32_t quarter = fixedpoint::divideByPowerOfTwo(x4, 2);
  int32_t rest = fixedpoint::divideByPowerOfTwo(
      a.add(a.mulHigh(a.add(quarter, x3), third), x2), 1);
  return a.add(expOfEighth, a.mulHigh(expOfEighth, a.add(x, rest)));
}

int32_t fixedpoint::expOfNegative(int32_t x, int integerBits) {
  if (x == 0)
    return INT32_MAX;
  HostAlgebra a;
  int fractionBits = 31 - integerBits;
  int32_t quarter = 1 << (fractionBits - 2);
  // x = part - rest, where part lies in [-1/4, 0) and rest is a multiple of
  // 1/4.
  int32_t part = (x & (quarter - 1)) - quarter;
  int32_t rest = part - x;
  int32_t result = expOfQuarter(a.shiftLeft(part, integerBits));
  // exp(-2^i) for i = -2, -1, ...
  constexpr int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308,
                                 39332535,   720401,     242};
  for (int i = -2; i < integerBits; ++i)
    if (rest & (1 << (fractionBits + i)))
      result = a.mulHigh(result, factors[i + 2]);
  return result;
}

int32_t fixedpoint::logistic(int32_t x) {
  if (x == 0)
    return 1 << 30;
  HostAlgebra a;
  int32_t positive = invertOnePlus(a, expOfNegative(x > 0 ? -x : x, 4));
  return x > 0 ? positive : INT32_MAX - positive;
}

int32_t fixedpoint::tanh(int32_t x) {
  if (x == 0)
    return 0;
  HostAlgebra a;
  // (1 - e) / (1 + e) with e = exp(-2|x|): the same bits with one more in front
  // of the point are twice the number.
  int32_t e = expOfNegative(x < 0 ? x : -x, 5);
  int32_t magnitude = a.shiftLeft(a.sub(invertHalfOnePlus(a, e), 1 << 29), 2);
  return x < 0 ? -magnitude : magnitude;
}
