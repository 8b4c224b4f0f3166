//===- ClusterValues.h - Few numbers for many -------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_CLUSTERVALUES_H
#define QUANTOPT_QUANTIZATION_SCHEMES_CLUSTERVALUES_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"

namespace quantopt {

/// `count` numbers in ascending order that stand for the values: k-means in one
/// dimension (Lloyd, 1982), which starts at quantiles and at evenly spaced
/// numbers and keeps the better result. Depends on the values only, not on
/// their order. With at most `count` different values these are the result,
/// the last one repeated. `importance` weighs squared errors; empty means all
/// alike. Requires finite values.
SmallVector<float> clusterValues(ArrayRef<float> values,
                                 ArrayRef<float> importance, int64_t count);

/// The scale `s` with the least squared error of values rounded to `-s`, `s`
/// and, with `hasZero`, 0: the mean of the magnitudes that become `s`, where
/// those are the largest ones (Li et al., Ternary Weight Networks, 2016). 0
/// when all values are 0.
float chooseSignScale(ArrayRef<float> values, ArrayRef<float> importance,
                      bool hasZero);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_CLUSTERVALUES_H
