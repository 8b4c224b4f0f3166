//===- RequantizeForm.cpp - How sums are requantized ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RequantizeForm.h"
#include "llvm/ADT/STLExtras.h"

using namespace quantopt;

namespace {
/// A multiplier and the range of the sums that it scales.
struct ScaledRange {
  Multiplier multiplier;
  IntegerRange range;
};
} // namespace

/// Each multiplier with its range; nothing when no ranges are known.
static SmallVector<ScaledRange> zipRanges(ArrayRef<Multiplier> multipliers,
                                          ArrayRef<IntegerRange> ranges) {
  SmallVector<ScaledRange> scaled;
  size_t count =
      ranges.empty() ? 0 : std::max(ranges.size(), multipliers.size());
  for (size_t c = 0; c < count; ++c)
    scaled.push_back({multipliers[multipliers.size() == 1 ? 0 : c],
                      ranges[ranges.size() == 1 ? 0 : c]});
  return scaled;
}

/// Whether all factors exist; they are left in `form`.
static bool findHighFactors(ArrayRef<ScaledRange> scaled, int32_t shift,
                            RequantizeForm &form) {
  // Scales of 1/2 and more need sums that are moved up, if those are small.
  for (form.lift = 0; form.lift < 16; ++form.lift) {
    form.factors.clear();
    for (const ScaledRange &s : scaled) {
      auto factor = deriveHighFactor(s.multiplier, shift, form.lift, s.range.lo,
                                     s.range.hi);
      if (!factor)
        break;
      form.factors.push_back(*factor);
    }
    if (form.factors.size() == scaled.size())
      return true;
  }
  return false;
}

TwoRoundings TwoRoundings::get(ArrayRef<int32_t> shifts,
                               ArrayRef<IntegerRange> ranges) {
  TwoRoundings known;
  known.isSmallScale =
      llvm::all_of(shifts, [](int32_t shift) { return shift > 31; });
  known.isShort =
      !ranges.empty() && llvm::all_of(ranges, [](const IntegerRange &range) {
        return range.maxAbs() < int64_t(1) << 30;
      });
  return known;
}

RequantizeForm quantopt::chooseRequantizeForm(const TargetLevel &target,
                                              ArrayRef<Multiplier> multipliers,
                                              ArrayRef<IntegerRange> ranges,
                                              const StoredRange &result) {
  RequantizeForm form;
  SmallVector<ScaledRange> scaled = zipRanges(multipliers, ranges);
  bool usesFloats = target.requantizeShift == 0;
  auto isFloat = [&](const ScaledRange &s) {
    return floatFormIsExact(s.multiplier, s.range.lo, s.range.hi,
                            result.zeroPoint, result.min, result.max);
  };
  auto isDouble = [&](const ScaledRange &s) {
    return doubleFormIsExact(s.multiplier, s.range.maxAbs()) &&
           (target.hasFma() ||
            (target.has(TargetLevel::kDoubles) &&
             doubleProductIsExact(s.multiplier, s.range.maxAbs())));
  };
  bool takesDouble =
      usesFloats && !scaled.empty() && llvm::all_of(scaled, isDouble);
  // A multiply-add of floats that has to be computed exactly takes longer.
  bool prefersDouble = takesDouble && !target.hasFma();
  bool takesFloat = usesFloats && !scaled.empty() && !prefersDouble &&
                    result.type.isInteger(8) && llvm::all_of(scaled, isFloat);
  if (takesFloat || takesDouble) {
    form.kind =
        takesFloat ? RequantizeForm::Kind::Float : RequantizeForm::Kind::Double;
    for (const ScaledRange &s : scaled)
      form.scales.push_back(float(s.multiplier.toReal()));
    return form;
  }
  if (!usesFloats && !scaled.empty() &&
      findHighFactors(scaled, int32_t(target.requantizeShift), form)) {
    form.kind = RequantizeForm::Kind::High;
    return form;
  }
  form.factors.clear();
  for (const Multiplier &multiplier : multipliers) {
    form.factors.push_back(multiplier.m);
    form.shifts.push_back(multiplier.shift);
  }
  return form;
}

/// Factors with one shift for all channels where there is one, which small
/// processors shift by faster.
static void addProductFactors(ArrayRef<Multiplier> multipliers,
                              RequantizeForm &form) {
  auto getShift = [](const Multiplier &multiplier) {
    return std::max(multiplier.shift, kLeastProductShift);
  };
  int32_t largest = kLeastProductShift;
  for (const Multiplier &multiplier : multipliers)
    largest = std::max(largest, getShift(multiplier));
  bool isShared = llvm::all_of(multipliers, [&](const Multiplier &multiplier) {
    return deriveProductFactor(multiplier, largest).has_value();
  });
  for (const Multiplier &multiplier : multipliers) {
    int32_t shift = isShared ? largest : getShift(multiplier);
    // Scales below 64 have a factor.
    form.factors.push_back(*deriveProductFactor(multiplier, shift));
    form.shifts.push_back(shift - kLeastProductShift);
  }
}

RequantizeForm quantopt::chooseProductForm(const TargetLevel &target,
                                           ArrayRef<Multiplier> multipliers,
                                           ArrayRef<IntegerRange> ranges) {
  RequantizeForm form;
  SmallVector<ScaledRange> scaled = zipRanges(multipliers, ranges);
  // General registers keep to integers: there may be no floats.
  bool isFixed = target.requantizeShift == 32;
  form.limitsProducts = scaled.empty();
  for (const ScaledRange &s : scaled)
    form.limitsProducts |= double(s.range.maxAbs()) * s.multiplier.toReal() >=
                           (isFixed ? 0x1p30 : 0x1p23);
  if (isFixed) {
    form.kind = RequantizeForm::Kind::FixedProduct;
    addProductFactors(multipliers, form);
    return form;
  }
  form.kind = RequantizeForm::Kind::Product;
  for (const Multiplier &multiplier : multipliers)
    form.scales.push_back(float(multiplier.toReal()));
  return form;
}
