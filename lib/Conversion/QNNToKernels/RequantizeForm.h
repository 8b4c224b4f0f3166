//===- RequantizeForm.h - How sums are requantized --------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_REQUANTIZEFORM_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_REQUANTIZEFORM_H

#include "mlir/IR/Types.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "quant-opt/Support/LLVM.h"
#include "quant-opt/Support/SumRounding.h"
#include <vector>

namespace quantopt {

/// Where requantized values lie, and how they are stored: `i8` or `i16`.
struct StoredRange {
  Type type;
  int64_t zeroPoint, min, max;
};

/// The constants of a requantization in the fastest form of a level that is
/// exact for all sums.
struct RequantizeForm {
  enum class Kind {
    Float,
    High,
    Double,
    Wide,
    Product,
    FixedProduct
  } kind = Kind::Wide;
  /// `Float`, `Double`, `Product`: the real scales.
  std::vector<float> scales;
  /// `High`: the factors, of sums times `2^lift`. `FixedProduct`: the factors.
  /// `Wide`: multipliers.
  std::vector<int32_t> factors;
  /// `Wide`: the shifts. `FixedProduct`: how much they exceed the smallest one,
  /// so that padded channels have one as well.
  std::vector<int32_t> shifts;
  int32_t lift = 0;
  /// Products may reach 2^23 (`Product`) or 2^30 (`FixedProduct`).
  bool limitsProducts = false;
};

/// What is known about requantizations with two roundings.
struct TwoRoundings {
  /// All shifts are at least 32.
  bool isSmallScale = false;
  /// All sums lie between -2^30 and 2^30.
  bool isShort = false;

  /// With no ranges nothing is known about sums.
  static TwoRoundings get(ArrayRef<int32_t> shifts,
                          ArrayRef<IntegerRange> ranges);
};

/// Chooses the form for multipliers and the ranges of their sums; no ranges
/// means that nothing is known.
RequantizeForm chooseRequantizeForm(const TargetLevel &target,
                                    ArrayRef<Multiplier> multipliers,
                                    ArrayRef<IntegerRange> ranges,
                                    const StoredRange &result);

/// The same for products that are rounded to binary32.
RequantizeForm chooseProductForm(const TargetLevel &target,
                                 ArrayRef<Multiplier> multipliers,
                                 ArrayRef<IntegerRange> ranges);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_REQUANTIZEFORM_H
