//===- InnerLoops.h - The inner loops of contractions -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Every output is one chain over the summed index in ascending order. For
/// speed, the chains of all outputs of one position advance together: the
/// summed index is the outer loop, the output channel the inner one. That
/// changes no chain.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_INNERLOOPS_H
#define QUANTOPT_LIB_REFERENCE_INNERLOOPS_H

#include <cstdint>

namespace quantopt::reference {

/// acc[o] = fma(x[k], w[k][o], acc[o]) for k ascending.
void accumulate(const float *x, int64_t depth, const float *weights,
                int64_t outputs, float *acc);

/// acc[o] = fma(x[k][o], w[k][o], acc[o]) for k ascending.
void accumulateEach(const float *x, int64_t depth, const float *weights,
                    int64_t outputs, float *acc);

/// acc[o] += x[k] * w[k][o], exact for numbers of at most 17 and 8 bits.
void accumulate(const int32_t *x, int64_t depth, const int32_t *weights,
                int64_t outputs, int64_t *acc);

/// acc[o] += x[k][o] * w[k][o], exact.
void accumulateEach(const int32_t *x, int64_t depth, const int32_t *weights,
                    int64_t outputs, int64_t *acc);

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_INNERLOOPS_H
