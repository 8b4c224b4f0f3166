//===- Limits.h - What a core can do ----------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Upper bounds of the speed of one core, measured in the process that measures
/// a model: how many multiply-adds its best instruction computes, and how fast
/// it reads memory.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TEST_BENCHMARK_LIMITS_H
#define QUANTOPT_TEST_BENCHMARK_LIMITS_H

#include <stddef.h>

/// The bound of one kind of work on one level of the instruction set.
typedef struct Limit {
  const char *isa;         /* a level's name; empty for any level */
  const char *kind;        /* "dot8", "fma" or "read" */
  const char *instruction; /* what is executed */
  const char *unit;        /* what a rate counts per second */
  double perStep;          /* units of one pass of `run` for compute kinds */
  void (*run)(void);       /* null for "read" */
} Limit;

/// Returns the bound of a kind of work on a level, null if there is none here.
const Limit *findLimit(const char *isa, const char *kind);

/// Units per second, the best of a few passes that take about a millisecond.
/// `buffer` holds `bytes` (a multiple of 512, aligned to 64) for "read" and is
/// not looked at otherwise.
double measureLimit(const Limit *limit, const char *buffer, size_t bytes);

/// Microseconds since an arbitrary start.
double now(void);

#endif /* QUANTOPT_TEST_BENCHMARK_LIMITS_H */
