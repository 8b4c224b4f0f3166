//===- FloatFunctionsTest.cpp - Error bounds of float functions -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Compares with the host's long double functions, on every
/// QUANTOPT_FLOAT_STRIDE-th float (default 9973; 1 is exhaustive). The bounds
/// are those that docs/Numerics.md states.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/FloatFunctions.h"
#include "gtest/gtest.h"
#include <cfloat>
#include <cstdlib>
#include <limits>

using namespace quantopt;

namespace {

floatfn::HostAlgebra host;

float fromBits(uint32_t bits) { return host.fromBits(int32_t(bits)); }

uint32_t getStride() {
  const char *text = std::getenv("QUANTOPT_FLOAT_STRIDE");
  return text ? std::max(1, std::atoi(text)) : 9973;
}

/// The distance of `got` from `exact` in units of the last place of a float at
/// `exact`; at most 2^-149 counts as one unit.
double getUlps(float got, long double exact) {
  if (std::isnan(got) || std::isnan(exact))
    return std::isnan(got) && std::isnan(exact) ? 0 : INFINITY;
  if (got == float(exact) && std::isinf(got))
    return 0;
  if (std::isinf(float(exact)) || std::isinf(got))
    return INFINITY;
  long double unit =
      std::max(std::ldexp(1.0L, std::ilogb(exact) - 23), 0x1p-149L);
  return double(std::fabs(exact - got) / unit);
}

struct Errors {
  double ulps = 0;
  double absolute = 0;
  float worst = 0;
};

/// The largest errors of `fn` against `exact` over [lo, hi].
template <typename Fn, typename Exact>
Errors measure(float lo, float hi, Fn fn, Exact exact) {
  Errors errors;
  uint32_t stride = getStride();
  auto test = [&](float x) {
    if (!(x >= lo && x <= hi))
      return;
    float got = fn(x);
    long double expected = exact((long double)x);
    double ulps = getUlps(got, expected);
    if (ulps > errors.ulps) {
      errors.ulps = ulps;
      errors.worst = x;
    }
    if (std::isfinite(got) && std::isfinite(expected))
      errors.absolute = std::max(
          errors.absolute, double(std::fabs(expected - (long double)got)));
  };
  for (uint64_t bits = 0; bits <= 0x7f800000; bits += stride) {
    test(fromBits(uint32_t(bits)));
    test(fromBits(uint32_t(bits) | 0x80000000));
  }
  test(lo);
  test(hi);
  ::testing::Test::RecordProperty("ulps", std::to_string(errors.ulps));
  printf("  max error: %.4f ulp at %a, %.3g absolute\n", errors.ulps,
         double(errors.worst), errors.absolute);
  return errors;
}

TEST(FloatFunctions, Exp) {
  Errors e = measure(
      -FLT_MAX, 88.72f, [](float x) { return floatfn::exp(host, x); },
      [](long double x) { return expl(x); });
  EXPECT_LE(e.ulps, 1.1);
  EXPECT_EQ(floatfn::exp(host, 0.0f), 1.0f);
  EXPECT_EQ(floatfn::exp(host, 89.0f), INFINITY);
  EXPECT_EQ(floatfn::exp(host, INFINITY), INFINITY);
  EXPECT_EQ(floatfn::exp(host, -INFINITY), 0.0f);
  EXPECT_TRUE(std::isnan(floatfn::exp(host, NAN)));
}

TEST(FloatFunctions, Log) {
  Errors e = measure(
      FLT_MIN, FLT_MAX, [](float x) { return floatfn::log(host, x); },
      [](long double x) { return logl(x); });
  EXPECT_LE(e.ulps, 0.9);
  EXPECT_EQ(floatfn::log(host, 1.0f), 0.0f);
  EXPECT_EQ(floatfn::log(host, 0.0f), -INFINITY);
  EXPECT_EQ(floatfn::log(host, INFINITY), INFINITY);
  EXPECT_TRUE(std::isnan(floatfn::log(host, -1.0f)));
}

TEST(FloatFunctions, Tanh) {
  Errors e = measure(
      -FLT_MAX, FLT_MAX, [](float x) { return floatfn::tanh(host, x); },
      [](long double x) { return tanhl(x); });
  EXPECT_LE(e.ulps, 1.6);
  EXPECT_EQ(floatfn::tanh(host, INFINITY), 1.0f);
  EXPECT_EQ(floatfn::tanh(host, -INFINITY), -1.0f);
  EXPECT_TRUE(std::isnan(floatfn::tanh(host, NAN)));
}

TEST(FloatFunctions, Erf) {
  Errors relative = measure(
      0x1p-100f, FLT_MAX, [](float x) { return floatfn::erf(host, x); },
      [](long double x) { return erfl(x); });
  EXPECT_LE(relative.ulps, 6);
  Errors e = measure(
      -FLT_MAX, FLT_MAX, [](float x) { return floatfn::erf(host, x); },
      [](long double x) { return erfl(x); });
  EXPECT_LE(e.absolute, 4e-7);
  EXPECT_EQ(floatfn::erf(host, 0.0f), 0.0f);
  EXPECT_EQ(floatfn::erf(host, INFINITY), 1.0f);
  EXPECT_EQ(floatfn::erf(host, -INFINITY), -1.0f);
  EXPECT_TRUE(std::isnan(floatfn::erf(host, NAN)));
}

TEST(FloatFunctions, Sigmoid) {
  Errors e = measure(
      -87.0f, FLT_MAX, [](float x) { return floatfn::sigmoid(host, x); },
      [](long double x) { return 1 / (1 + expl(-x)); });
  EXPECT_LE(e.ulps, 2.6);
  EXPECT_EQ(floatfn::sigmoid(host, INFINITY), 1.0f);
  EXPECT_EQ(floatfn::sigmoid(host, -INFINITY), 0.0f);
}

TEST(FloatFunctions, Softplus) {
  Errors e = measure(
      -FLT_MAX, 32.0f, [](float x) { return floatfn::softplus(host, x); },
      [](long double x) {
        return std::max(x, 0.0L) + log1pl(expl(-std::fabs(x)));
      });
  EXPECT_LE(e.absolute, 2e-6); // an ulp of 32
  EXPECT_EQ(floatfn::softplus(host, FLT_MAX), FLT_MAX);
  EXPECT_EQ(floatfn::softplus(host, INFINITY), INFINITY);
}

TEST(FloatFunctions, Elu) {
  Errors e = measure(
      -FLT_MAX, 0.0f, [](float x) { return floatfn::elu(host, x, 1.0f); },
      [](long double x) { return expm1l(x); });
  EXPECT_LE(e.absolute, 6e-8);
}

} // namespace
