//===- mock-model.c - A compiled model written by hand --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

///
/// \file
/// y = a + 2 * b and z = the sum of each row of y, for a: 2x3 f32 and b: 2x3
/// i8 with a scale. Two layers and two variants. Defining MOCK_* changes one
/// fact of the model.
///
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Model.h"
#include <stddef.h>

#ifndef MOCK_ABI
#define MOCK_ABI QO_ABI_VERSION
#endif
#ifndef MOCK_ROWS
#define MOCK_ROWS 2
#endif
#ifndef MOCK_GOLDEN
#define MOCK_GOLDEN 0
#endif
#ifndef MOCK_IO_IN_ARENA
#define MOCK_IO_IN_ARENA 0
#endif
#ifndef MOCK_OFFSET
#define MOCK_OFFSET 0
#endif
#ifndef MOCK_FAST_FLOAT
#define MOCK_FAST_FLOAT 0
#endif
#ifndef MOCK_WRONG
#define MOCK_WRONG 0
#endif
#ifndef MOCK_FAST_FEATURES
#define MOCK_FAST_FEATURES ""
#endif
#ifndef MOCK_LAST_FEATURES
#define MOCK_LAST_FEATURES ""
#endif

enum { Arena, A, B, Y, Z };

/// Work item i is element i.
static void add(void *data, int64_t begin, int64_t end) {
  void **context = data;
  const float *a = context[A];
  const int8_t *b = context[B];
  float *sums = context[Arena], *y = context[Y];
  for (int64_t i = begin; i < end; ++i)
    sums[i] = y[i] = a[i] + 2.0f * b[i];
}

/// Work item i is row i.
static void sum(void *data, int64_t begin, int64_t end) {
  void **context = data;
  const float *sums = context[Arena];
  float *z = context[Z];
  for (int64_t i = begin; i < end; ++i)
    z[i] = sums[3 * i] + sums[3 * i + 1] + sums[3 * i + 2];
}

/// As `sum`, with an error when MOCK_WRONG is set.
static void fastSum(void *data, int64_t begin, int64_t end) {
  sum(data, begin, end);
  void **context = data;
  for (int64_t i = begin; i < end; ++i)
    ((float *)context[Z])[i] += MOCK_WRONG;
}

static const int64_t matrix[] = {MOCK_ROWS, 3};
static const int64_t vector[] = {MOCK_ROWS};
static const qo_tensor inputs[] = {
    {"a", "f32", 2, matrix, 12 * MOCK_ROWS, 0, 0, MOCK_OFFSET},
    {"b", "i8", 2, matrix, 3 * MOCK_ROWS, 0.5f, -3, 0},
};
static const qo_tensor outputs[] = {
    {"y", "f32", 2, matrix, 12 * MOCK_ROWS, 0, 0, 0},
    {"z", "f32", 1, vector, 4 * MOCK_ROWS, 0, 0, 0},
};
static const qo_layer fastLayers[] = {{"add", add, 3 * MOCK_ROWS},
                                      {"sum", fastSum, MOCK_ROWS}};
static const qo_layer baseLayers[] = {{"add", add, 3 * MOCK_ROWS},
                                      {"sum", sum, MOCK_ROWS}};
static const qo_variant variants[] = {
    {"fast", MOCK_FAST_FEATURES, 2, fastLayers, 56},
    {"base", MOCK_LAST_FEATURES, 2, baseLayers, 78},
};
static const qo_model model = {
    MOCK_ABI,
    "mock",
    "1.2.3",
    "any-target",
    2,
    inputs,
    2,
    outputs,
    12 * MOCK_ROWS,
    64,
    12,
    34,
    1,
    2,
    variants,
    MOCK_GOLDEN,
    MOCK_FAST_FLOAT,
    MOCK_IO_IN_ARENA,
};

const qo_model *quantopt_model(void);
const qo_model *quantopt_model(void) { return &model; }
