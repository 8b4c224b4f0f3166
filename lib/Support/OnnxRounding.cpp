//===- OnnxRounding.cpp - The arithmetic of ONNX Runtime's kernels --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/OnnxRounding.h"
#include <cmath>

using namespace quantopt;

//===----------------------------------------------------------------------===//
// Products of sums and scales
//===----------------------------------------------------------------------===//

std::optional<Multiplier>
quantopt::deriveProductMultiplier(float scale, const IntegerRange &sums) {
  // A half becomes 0.
  if (double(sums.maxAbs()) * double(scale) <= 0.5)
    return Multiplier{};
  if (!(double(scale) >= kLeastProductScale &&
        double(scale) < kProductScaleEnd))
    return std::nullopt;
  int exponent = 0;
  double fraction = std::frexp(double(scale), &exponent);
  Multiplier result{int32_t(std::ldexp(fraction, 24)), 24 - exponent};
  while (result.m % 2 == 0) {
    result.m /= 2;
    --result.shift;
  }
  if (result.shift < 0)
    return std::nullopt;
  return result;
}

std::optional<Multiplier> quantopt::findEqualProduct(float scale,
                                                     const IntegerRange &sums,
                                                     int64_t zeroPoint,
                                                     int64_t min, int64_t max) {
  auto exact = deriveProductMultiplier(scale, sums);
  if (!exact)
    return std::nullopt;
  auto found = findStepMultiplier(
      [&](int64_t sum) {
        return requantizeProduct(sum, *exact, zeroPoint, min, max);
      },
      sums.lo, sums.hi, zeroPoint, min, max);
  if (!found || !isTieFree(*found, sums.maxAbs()))
    return std::nullopt;
  return found;
}

//===----------------------------------------------------------------------===//
// Sums of scaled operands
//===----------------------------------------------------------------------===//

std::optional<OnnxSum> quantopt::deriveOnnxSum(const ByteParams &lhs,
                                               const ByteParams &rhs,
                                               const ByteParams &result,
                                               int64_t stored) {
  float lhsRatio = lhs.scale / result.scale;
  float rhsRatio = rhs.scale / result.scale;
  if (!(lhsRatio < 0x1p20f) || !(rhsRatio < 0x1p20f))
    return std::nullopt;
  float moved = std::fma(lhsRatio, float(lhs.zeroPoint + stored),
                         rhsRatio * float(rhs.zeroPoint + stored));
  float constant = float(result.zeroPoint + stored) - moved;
  OnnxSum sum{{},
              {double(lhsRatio), lhs.zeroPoint},
              {double(rhsRatio), rhs.zeroPoint},
              result};
  for (int64_t a = -128; a <= 127; ++a)
    for (int64_t b = -128; b <= 127; ++b) {
      float y = std::fma(float(b + stored), rhsRatio, constant);
      y = std::fma(float(a + stored), lhsRatio, y);
      sum.results.push_back(int8_t(
          clampInteger(roundHalfEven(y) - stored, result.min, result.max)));
    }
  return sum;
}

std::optional<RescaleAdd> OnnxSum::findConstants() const {
  AddSearch search;
  search.reach = 1;
  search.leavesRoom = true;
  return findAddConstants(results, lhs, rhs, result, search);
}

std::optional<SumTables> OnnxSum::findTables() const {
  return findSumTables(results, lhs, rhs, result);
}
