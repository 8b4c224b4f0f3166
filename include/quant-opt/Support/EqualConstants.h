//===- EqualConstants.h - Constants that give the same integers -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The search for constants with which the functions of Arithmetic.h give the
/// integers of another rounding, for all operands.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_EQUALCONSTANTS_H
#define QUANTOPT_SUPPORT_EQUALCONSTANTS_H

#include "quant-opt/Support/SourceRounding.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace quantopt {

/// A function of sums that does not decrease.
using Monotone = llvm::function_ref<int64_t(int64_t)>;

/// An odd multiplier with which `requantize` equals `f` on [lo, hi]; nothing
/// when none is found.
std::optional<Multiplier> findStepMultiplier(Monotone f, int64_t lo, int64_t hi,
                                             int64_t zeroPoint, int64_t min,
                                             int64_t max);

/// An operand of a sum: its scale over the result's, negative to subtract, and
/// its zero point.
struct AddOperand {
  double ratio;
  int64_t zeroPoint;
};

/// Where constants of sums are looked for.
struct AddSearch {
  /// Shifts that are tried, from the largest one that fits.
  int attempts = 3;
  /// The largest distance from the multipliers nearest to the ratios.
  int64_t reach = 2;
  /// Whether sums fit 32 bits beside 128 steps of the result as well, which
  /// kernels add whose bytes have no sign.
  bool leavesRoom = false;
};

/// Constants of `rescaleAdd` (with multipliers of up to 24 bits) that give
/// `results` for all pairs of bytes, in row-major order of lhs and rhs.
std::optional<RescaleAdd> findAddConstants(llvm::ArrayRef<int8_t> results,
                                           const AddOperand &lhs,
                                           const AddOperand &rhs,
                                           const ByteParams &result,
                                           const AddSearch &search);

/// `clamp(round_half_even((lhs[a + 128] + rhs[b + 128]) * 2^-shift), min, max)`
/// for bytes a and b: a sum that no multipliers give.
struct SumTables {
  llvm::SmallVector<int32_t> lhs, rhs;
  int32_t shift = 0;
};

/// Tables that give `results` for all pairs of bytes, in row-major order of lhs
/// and rhs, if there are any. The search begins with products of bytes and
/// ratios.
std::optional<SumTables> findSumTables(llvm::ArrayRef<int8_t> results,
                                       const AddOperand &lhs,
                                       const AddOperand &rhs,
                                       const ByteParams &result);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_EQUALCONSTANTS_H
