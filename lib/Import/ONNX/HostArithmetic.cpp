//===- HostArithmetic.cpp - Arithmetic on known tensors -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HostArithmetic.h"
#include "llvm/ADT/APFloat.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::UnaryFn;

//===----------------------------------------------------------------------===//
// Two operands
//===----------------------------------------------------------------------===//

/// Whether the result is bool.
static bool isComparison(HostBinary fn) { return fn >= HostBinary::Equal; }

/// base^exponent with wrap-around; nothing for a negative exponent.
static std::optional<int64_t> power(int64_t base, int64_t exponent) {
  if (exponent < 0)
    return std::nullopt;
  uint64_t result = 1, factor = base;
  for (; exponent; exponent >>= 1, factor *= factor)
    if (exponent & 1)
      result *= factor;
  return result;
}

/// Integers; sums and products wrap, divisions truncate, Mod has the sign of
/// the divisor.
static std::optional<int64_t> applyInt(HostBinary fn, int64_t a, int64_t b) {
  // Wrapping is defined for unsigned integers only.
  uint64_t ua = a, ub = b;
  switch (fn) {
  case HostBinary::Add:
    return ua + ub;
  case HostBinary::Sub:
    return ua - ub;
  case HostBinary::Mul:
    return ua * ub;
  case HostBinary::Div:
    if (b == 0)
      return std::nullopt;
    return b == -1 ? int64_t(0 - ua) : a / b;
  case HostBinary::Mod: {
    if (b == 0)
      return std::nullopt;
    int64_t rest = b == -1 ? 0 : a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
  case HostBinary::Max:
    return std::max(a, b);
  case HostBinary::Min:
    return std::min(a, b);
  case HostBinary::Pow:
    return power(a, b);
  case HostBinary::Equal:
    return a == b;
  case HostBinary::Less:
    return a < b;
  case HostBinary::LessOrEqual:
    return a <= b;
  case HostBinary::Greater:
    return a > b;
  case HostBinary::GreaterOrEqual:
    return a >= b;
  case HostBinary::And:
    return a && b;
  case HostBinary::Or:
    return a || b;
  case HostBinary::Xor:
    return bool(a) != bool(b);
  }
  return std::nullopt;
}

/// Reals. The operands are floats, so that one double operation followed by
/// rounding to float equals the float operation.
static std::optional<double> applyReal(HostBinary fn, double a, double b) {
  switch (fn) {
  case HostBinary::Add:
    return a + b;
  case HostBinary::Sub:
    return a - b;
  case HostBinary::Mul:
    return a * b;
  case HostBinary::Div:
    return a / b;
  case HostBinary::Max:
    return std::isnan(a) || a > b ? a : b;
  case HostBinary::Min:
    return std::isnan(a) || a < b ? a : b;
  case HostBinary::Pow:
    if (b == 2)
      return a * a;
    return b == 1 ? std::optional<double>(a) : std::nullopt;
  case HostBinary::Equal:
    return a == b;
  case HostBinary::Less:
    return a < b;
  case HostBinary::LessOrEqual:
    return a <= b;
  case HostBinary::Greater:
    return a > b;
  case HostBinary::GreaterOrEqual:
    return a >= b;
  default:
    return std::nullopt;
  }
}

std::optional<HostTensor> quantopt::onnx::foldBinary(HostBinary fn,
                                                     const HostTensor &lhs,
                                                     const HostTensor &rhs,
                                                     ArrayRef<int64_t> shape) {
  // The exponent of a power may have another type.
  if (lhs.getType() != rhs.getType() && fn != HostBinary::Pow)
    return std::nullopt;
  std::optional<int64_t> count = onnx::getNumElements(shape);
  if (!count || *count > maxFoldedElements)
    return std::nullopt;
  HostTensor a = lhs.broadcast(shape), b = rhs.broadcast(shape);
  HostTensor result(isComparison(fn) ? ElementType::Bool : lhs.getType(),
                    shape);
  bool real = isFloat(lhs.getType()) || isFloat(rhs.getType());
  for (int64_t i = 0; i < *count; ++i) {
    if (real) {
      std::optional<double> value = applyReal(fn, a.getReal(i), b.getReal(i));
      if (!value)
        return std::nullopt;
      result.setReal(i, *value);
      continue;
    }
    std::optional<int64_t> value = applyInt(fn, a.getInt(i), b.getInt(i));
    if (!value)
      return std::nullopt;
    result.setInt(i, *value);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// One operand
//===----------------------------------------------------------------------===//

/// `value` rounded to an integer in the given way.
static double roundTo(double value, llvm::RoundingMode mode) {
  llvm::APFloat result(value);
  result.roundToIntegral(mode);
  return result.convertToDouble();
}

/// The function of a real number, if it is one that is exact.
static std::optional<double> applyReal(UnaryFn fn, double x) {
  switch (fn) {
  case UnaryFn::Abs:
    return x < 0 || (x == 0 && std::signbit(x)) ? -x : x;
  case UnaryFn::Neg:
    return -x;
  case UnaryFn::Floor:
    return roundTo(x, llvm::RoundingMode::TowardNegative);
  case UnaryFn::Ceil:
    return roundTo(x, llvm::RoundingMode::TowardPositive);
  case UnaryFn::Round:
    return roundTo(x, llvm::RoundingMode::NearestTiesToEven);
  case UnaryFn::Sqrt:
    // Correctly rounded in double; rounding again to float is innocuous.
    return __builtin_sqrt(x);
  default:
    return std::nullopt;
  }
}

std::optional<HostTensor> quantopt::onnx::foldUnary(UnaryFn fn,
                                                    const HostTensor &input) {
  ElementType type = input.getType();
  if (!applyReal(fn, 1.0) || !(isFloat(type) || isInteger(type)))
    return std::nullopt;
  if (!isFloat(type) && fn != UnaryFn::Abs && fn != UnaryFn::Neg)
    return std::nullopt;
  HostTensor result(type, input.getShape());
  for (int64_t i = 0; i < input.getNumElements(); ++i) {
    if (isFloat(type)) {
      result.setReal(i, *applyReal(fn, input.getReal(i)));
      continue;
    }
    uint64_t value = input.getInt(i);
    bool negate = fn == UnaryFn::Neg || int64_t(value) < 0;
    result.setInt(i, negate ? 0 - value : value);
  }
  return result;
}

std::optional<HostTensor> quantopt::onnx::convertTo(const HostTensor &input,
                                                    ElementType type) {
  if (getByteSize(type) == 0 || getByteSize(input.getType()) == 0)
    return std::nullopt;
  HostTensor result(type, input.getShape());
  for (int64_t i = 0; i < input.getNumElements(); ++i) {
    if (isFloat(input.getType()))
      result.setReal(i, input.getReal(i));
    else if (type == ElementType::Bool)
      result.setInt(i, input.getInt(i) != 0);
    else
      result.setInt(i, input.getInt(i));
  }
  return result;
}
