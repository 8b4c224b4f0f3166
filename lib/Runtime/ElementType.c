//===- ElementType.c - Element types of model tensors ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Npy.h"
#include <string.h>

/// Name and size of each qo_type, in its order.
static const struct {
  const char *name;
  int64_t bytes;
} types[QO_NUM_TYPES] = {
    {"i1", 1},   {"i8", 1},   {"ui8", 1}, {"i16", 2},  {"ui16", 2},
    {"i32", 4},  {"ui32", 4}, {"i64", 8}, {"ui64", 8}, {"f16", 2},
    {"bf16", 2}, {"f32", 4},  {"f64", 8},
};

int qo_type_parse(const char *name, qo_type *type) {
  if (!strncmp(name, "si", 2))
    ++name;
  for (int i = 0; i < QO_NUM_TYPES; ++i)
    if (!strcmp(types[i].name, name)) {
      *type = (qo_type)i;
      return 0;
    }
  return 1;
}

const char *qo_type_name(qo_type type) { return types[type].name; }

int64_t qo_type_bytes(qo_type type) { return types[type].bytes; }

int qo_count_elements(const int64_t *shape, int64_t rank, int64_t element_bytes,
                      int64_t *elements) {
  int64_t count = 1;
  int empty = 0;
  for (int64_t i = 0; i < rank; ++i) {
    if (shape[i] < 0)
      return 1;
    // An empty dimension must not hide that the others overflow: a reader may
    // form partial products.
    if (shape[i] == 0)
      empty = 1;
    else if (__builtin_mul_overflow(count, shape[i], &count))
      return 1;
  }
  int64_t bytes;
  if (__builtin_mul_overflow(count, element_bytes, &bytes))
    return 1;
  *elements = empty ? 0 : count;
  return 0;
}
