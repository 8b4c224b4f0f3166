//===- FloatFunctions.h - Float functions, op by op -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The one definition of every float function beyond the basic operations.
/// Each is a template over an algebra, so that the same text computes values on
/// the host (`HostAlgebra`) and emits IR (an algebra whose numbers are SSA
/// values). Every step is one correctly rounded binary32 operation, so all
/// targets agree bit for bit.
///
/// An algebra `A` has the types `Float`, `Int` (32 bits) and `Bool`, and
///   Float constant(float)          Int integer(int32_t)
///   Float add, sub, mul, div (Float, Float)    Float fma(Float, Float, Float)
///   Float sqrt(Float)  Float roundEven(Float)  Float floor(Float)
///   Float ceil(Float)  Float abs(Float)        Float neg(Float)
///   Bool less(Float, Float)  (false on NaN)    Bool isNaN(Float)
///   Float select(Bool, Float, Float)
///   Int toInt(Float) (in range)    Float toFloat(Int)
///   Int bits(Float)  Float fromBits(Int)
///   Int addInt, subInt, andInt (Int, Int)
///   Int shiftLeft(Int, int), shiftRight(Int, int)   (arithmetic)
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_FLOATFUNCTIONS_H
#define QUANTOPT_SUPPORT_FLOATFUNCTIONS_H

#include <cmath>
#include <cstdint>
#include <cstring>

namespace quantopt::floatfn {

/// Computes with `float` on the host.
struct HostAlgebra {
  using Float = float;
  using Int = int32_t;
  using Bool = bool;
  float constant(float x) { return x; }
  int32_t integer(int32_t x) { return x; }
  float add(float a, float b) { return a + b; }
  float sub(float a, float b) { return a - b; }
  float mul(float a, float b) { return a * b; }
  float div(float a, float b) { return a / b; }
  float fma(float a, float b, float c) { return std::fma(a, b, c); }
  float sqrt(float x) { return std::sqrt(x); }
  float roundEven(float x) { return std::nearbyint(x); }
  float floor(float x) { return std::floor(x); }
  float ceil(float x) { return std::ceil(x); }
  float abs(float x) { return std::fabs(x); }
  float neg(float x) { return -x; }
  bool less(float a, float b) { return a < b; }
  bool isNaN(float x) { return x != x; }
  float select(bool c, float a, float b) { return c ? a : b; }
  int32_t toInt(float x) { return static_cast<int32_t>(x); }
  float toFloat(int32_t x) { return static_cast<float>(x); }
  int32_t bits(float x) {
    int32_t i;
    std::memcpy(&i, &x, sizeof(i));
    return i;
  }
  float fromBits(int32_t i) {
    float x;
    std::memcpy(&x, &i, sizeof(x));
    return x;
  }
  int32_t addInt(int32_t a, int32_t b) {
    return wrap(uint32_t(a) + uint32_t(b));
  }
  int32_t subInt(int32_t a, int32_t b) {
    return wrap(uint32_t(a) - uint32_t(b));
  }
  int32_t andInt(int32_t a, int32_t b) { return a & b; }
  int32_t shiftLeft(int32_t a, int n) { return wrap(uint32_t(a) << n); }
  int32_t shiftRight(int32_t a, int n) { return a >> n; }

private:
  static int32_t wrap(uint32_t x) { return static_cast<int32_t>(x); }
};

/// `x < lo ? lo : x`, then `x > hi ? hi : x`; keeps NaN.
template <typename A>
typename A::Float clamp(A &a, typename A::Float x, typename A::Float lo,
                        typename A::Float hi) {
  x = a.select(a.less(x, lo), lo, x);
  return a.select(a.less(hi, x), hi, x);
}

/// Evaluates a polynomial by Horner's rule, highest coefficient first.
template <typename A, typename... Rest>
typename A::Float horner(A &a, typename A::Float x, float first, Rest... rest) {
  typename A::Float y = a.constant(first);
  ((y = a.fma(y, x, a.constant(rest))), ...);
  return y;
}

/// e^x: argument reduction by multiples of ln 2 in two parts, a polynomial of
/// degree 6, and a scaling by 2^n in two steps, so that subnormal results are
/// rounded once.
template <typename A> typename A::Float exp(A &a, typename A::Float x) {
  typename A::Float lo = a.constant(-104.0f);
  typename A::Float limited = a.select(a.less(lo, x), x, lo); // NaN becomes lo
  typename A::Float hi = a.constant(89.0f);
  limited = a.select(a.less(hi, limited), hi, limited);
  typename A::Float n = a.roundEven(a.mul(limited, a.constant(1.44269504f)));
  typename A::Float r = a.fma(n, a.constant(-0.693359375f), limited);
  r = a.fma(n, a.constant(2.12194440e-4f), r);
  typename A::Float p =
      horner(a, r, 1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
             4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f);
  p = a.add(a.fma(p, a.mul(r, r), r), a.constant(1.0f));
  typename A::Int k = a.toInt(n);
  typename A::Int half = a.shiftRight(k, 1);
  auto power = [&](typename A::Int e) {
    return a.fromBits(a.shiftLeft(a.addInt(e, a.integer(127)), 23));
  };
  typename A::Float y = a.mul(a.mul(p, power(half)), power(a.subInt(k, half)));
  return a.select(a.isNaN(x), x, y);
}

/// Natural logarithm of a number that is not subnormal; -inf at 0, NaN below.
template <typename A> typename A::Float log(A &a, typename A::Float x) {
  typename A::Int i = a.bits(x);
  // Mantissa in [sqrt(1/2), sqrt(2)): subtract the bits of sqrt(1/2) so that
  // the exponent field counts from there.
  typename A::Int e = a.shiftRight(a.subInt(i, a.integer(0x3f3504f3)), 23);
  typename A::Float m = a.fromBits(a.subInt(i, a.shiftLeft(e, 23)));
  typename A::Float f = a.sub(m, a.constant(1.0f));
  typename A::Float z = a.mul(f, f);
  typename A::Float p =
      horner(a, f, 7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f,
             -1.2420140846e-1f, 1.4249322787e-1f, -1.6668057665e-1f,
             2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f);
  typename A::Float n = a.toFloat(e);
  typename A::Float y = a.mul(a.mul(p, f), z);
  y = a.fma(n, a.constant(-2.12194440e-4f), y);
  y = a.fma(z, a.constant(-0.5f), y);
  y = a.fma(n, a.constant(0.693359375f), a.add(f, y));
  typename A::Float zero = a.constant(0.0f);
  float inf = INFINITY;
  y = a.select(a.less(zero, x), y, a.constant(-inf));
  y = a.select(a.less(x, zero), a.constant(NAN), y);
  y = a.select(a.less(x, a.constant(inf)), y, x);
  return a.select(a.isNaN(x), x, y);
}

/// 1 / (1 + e^-x).
template <typename A> typename A::Float sigmoid(A &a, typename A::Float x) {
  typename A::Float one = a.constant(1.0f);
  return a.div(one, a.add(one, exp(a, a.neg(x))));
}

/// An odd polynomial near 0, (1 - t) / (1 + t) with t = e^-2|x| elsewhere.
template <typename A> typename A::Float tanh(A &a, typename A::Float x) {
  typename A::Float magnitude = a.abs(x);
  typename A::Float square = a.mul(x, x);
  typename A::Float p =
      horner(a, square, -5.70498872745e-3f, 2.06390887954e-2f,
             -5.37397155531e-2f, 1.33314422036e-1f, -3.33332819422e-1f);
  typename A::Float small = a.fma(a.mul(p, square), x, x);
  typename A::Float one = a.constant(1.0f);
  typename A::Float t = exp(a, a.mul(magnitude, a.constant(-2.0f)));
  typename A::Float large = a.div(a.sub(one, t), a.add(one, t));
  large = a.select(a.less(x, a.constant(0.0f)), a.neg(large), large);
  return a.select(a.less(magnitude, a.constant(0.625f)), small, large);
}

/// A rational function on [-4, 4], outside of which erf rounds to +-1.
template <typename A> typename A::Float erf(A &a, typename A::Float x) {
  typename A::Float limited = clamp(a, x, a.constant(-4.0f), a.constant(4.0f));
  typename A::Float z = a.mul(limited, limited);
  typename A::Float p = horner(a, z, -2.72614225801306e-10f,
                               2.77068142495902e-08f, -2.10102402082508e-06f,
                               -5.69250639462346e-05f, -7.34990630326855e-04f,
                               -2.95459980854025e-03f, -1.60960333262415e-02f);
  typename A::Float q = horner(a, z, -1.45660718464996e-05f,
                               -2.13374055278905e-04f, -1.68282697438203e-03f,
                               -7.37332916720468e-03f, -1.42647390514189e-02f);
  return clamp(a, a.div(a.mul(limited, p), q), a.constant(-1.0f),
               a.constant(1.0f));
}

/// log(1 + e^x) as max(x, 0) + log(1 + e^-|x|).
template <typename A> typename A::Float softplus(A &a, typename A::Float x) {
  typename A::Float zero = a.constant(0.0f);
  typename A::Float t = exp(a, a.neg(a.abs(x)));
  typename A::Float tail = log(a, a.add(a.constant(1.0f), t));
  return a.add(a.select(a.less(x, zero), zero, x), tail);
}

template <typename A>
typename A::Float hardSigmoid(A &a, typename A::Float x, float alpha,
                              float beta) {
  typename A::Float y = a.fma(a.constant(alpha), x, a.constant(beta));
  return clamp(a, y, a.constant(0.0f), a.constant(1.0f));
}

template <typename A> typename A::Float hardSwish(A &a, typename A::Float x) {
  return a.mul(x, hardSigmoid(a, x, 1.0f / 6.0f, 0.5f));
}

template <typename A>
typename A::Float leakyRelu(A &a, typename A::Float x,
                            typename A::Float alpha) {
  return a.select(a.less(x, a.constant(0.0f)), a.mul(x, alpha), x);
}

template <typename A>
typename A::Float elu(A &a, typename A::Float x, float alpha) {
  typename A::Float y =
      a.mul(a.constant(alpha), a.sub(exp(a, x), a.constant(1.0f)));
  return a.select(a.less(x, a.constant(0.0f)), y, x);
}

} // namespace quantopt::floatfn

#endif // QUANTOPT_SUPPORT_FLOATFUNCTIONS_H
