//===- InnerLoops.cpp - The inner loops of contractions -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InnerLoops.h"
#include <algorithm>
#include <vector>

using namespace quantopt;

// Hosts whose baseline lacks a fused multiply-add instruction would call a
// library for each one; let the loader choose a copy of the inner loops that
// uses the instruction. Both give the same bits.
#if defined(__x86_64__) && defined(__linux__) && !defined(__FMA__)
#define QUANTOPT_HOST_CLONES                                                   \
  __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define QUANTOPT_HOST_CLONES
#endif

//===----------------------------------------------------------------------===//
// Inner loops
//===----------------------------------------------------------------------===//

/// acc[o] = fma(x[k], w[k][o], acc[o]) for k ascending.
QUANTOPT_HOST_CLONES
void reference::accumulate(const float *x, int64_t depth, const float *weights,
                           int64_t outputs, float *acc) {
  for (int64_t k = 0; k < depth; ++k) {
    const float *row = weights + k * outputs;
    float value = x[k];
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] = __builtin_fmaf(value, row[o], acc[o]);
  }
}

/// acc[o] = fma(x[k][o], w[k][o], acc[o]) for k ascending.
QUANTOPT_HOST_CLONES
void reference::accumulateEach(const float *x, int64_t depth,
                               const float *weights, int64_t outputs,
                               float *acc) {
  for (int64_t k = 0; k < depth; ++k)
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] =
          __builtin_fmaf(x[k * outputs + o], weights[k * outputs + o], acc[o]);
}

/// The number of products of two numbers of at most 17 and 8 bits with sign
/// whose sum fits i32.
constexpr int64_t kSafeDepth = 255;

/// sums[o] += x[k] * w[k][o] in i32.
QUANTOPT_HOST_CLONES
static void accumulatePart(const int32_t *x, int64_t depth,
                           const int32_t *weights, int64_t outputs,
                           int32_t *sums) {
  for (int64_t k = 0; k < depth; ++k) {
    const int32_t *row = weights + k * outputs;
    int32_t value = x[k];
    for (int64_t o = 0; o < outputs; ++o)
      sums[o] += value * row[o];
  }
}

/// acc[o] += x[k] * w[k][o], exact: parts that fit i32 are added in i64.
void reference::accumulate(const int32_t *x, int64_t depth,
                           const int32_t *weights, int64_t outputs,
                           int64_t *acc) {
  std::vector<int32_t> sums(outputs);
  for (int64_t begin = 0; begin < depth; begin += kSafeDepth) {
    std::fill(sums.begin(), sums.end(), 0);
    accumulatePart(x + begin, std::min(kSafeDepth, depth - begin),
                   weights + begin * outputs, outputs, sums.data());
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] += sums[o];
  }
}

/// acc[o] += x[k][o] * w[k][o], exact.
QUANTOPT_HOST_CLONES
void reference::accumulateEach(const int32_t *x, int64_t depth,
                               const int32_t *weights, int64_t outputs,
                               int64_t *acc) {
  for (int64_t k = 0; k < depth; ++k)
    for (int64_t o = 0; o < outputs; ++o)
      acc[o] += int64_t(x[k * outputs + o]) * weights[k * outputs + o];
}
