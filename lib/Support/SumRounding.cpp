//===- SumRounding.cpp - How scaled sums become integers ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/SumRounding.h"
#include "quant-opt/Support/SourceRounding.h"
#include "llvm/Support/ErrorHandling.h"

using namespace quantopt;

int64_t quantopt::requantizeAs(SumRounding rounding, int64_t acc,
                               Multiplier multiplier, int64_t zeroPoint,
                               int64_t min, int64_t max) {
  switch (rounding) {
  case SumRounding::Once:
    return requantize(acc, multiplier, zeroPoint, min, max);
  case SumRounding::Twice:
    return requantizeTwice(int32_t(acc), multiplier, zeroPoint, min, max);
  case SumRounding::Product:
    return requantizeProduct(int32_t(acc), multiplier, zeroPoint, min, max);
  }
  llvm_unreachable("unknown rounding");
}

int64_t quantopt::requantizeProduct(int64_t acc, Multiplier multiplier,
                                    int64_t zeroPoint, int64_t min,
                                    int64_t max) {
  auto scale = static_cast<float>(multiplier.toReal()); // exact: m < 2^24
  float product = static_cast<float>(acc) * scale;
  return clampInteger(roundHalfEven(product) + zeroPoint, min, max);
}

std::optional<int32_t> quantopt::deriveProductFactor(Multiplier multiplier,
                                                     int32_t shift) {
  int32_t up = shift - multiplier.shift;
  if (multiplier.m == 0)
    return 0;
  if (up < 0 || int64_t(multiplier.m) << up > INT32_MAX)
    return std::nullopt;
  return multiplier.m << up;
}

int64_t quantopt::requantizeProductForm(int32_t acc, int32_t factor,
                                        int32_t shift, int64_t zeroPoint,
                                        int64_t min, int64_t max) {
  constexpr int64_t exact = 1 << 24; // results of larger sums saturate as well
  int64_t product = clampInteger(acc, -exact, exact) * factor;
  // Of the highest bit of twice the magnitude, without a fraction, binary32
  // resolves the 25th part in powers of 2.
  auto twice = static_cast<int32_t>(product >> (shift - 1));
  int32_t top = twice ^ (twice >> 31);
  for (int32_t bits : {1, 2, 4, 8})
    top |= top >> bits;
  top -= top >> 1;
  int64_t near = int64_t(top) << (shift - kLeastProductShift);
  int64_t sum = product + (int64_t(1) << (shift - 1)) + near;
  auto rounded = static_cast<int32_t>(sum >> shift);
  int64_t rest = sum & ((int64_t(1) << shift) - 1);
  if (rest <= 2 * near)
    rounded &= ~1;
  return clampInteger(rounded + zeroPoint, min, max);
}
