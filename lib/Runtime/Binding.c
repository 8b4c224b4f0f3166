//===- Binding.c - Which file is which tensor, and does it fit ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Npy.h"
#include <stdio.h>
#include <string.h>

void qo_format_shape(const int64_t *shape, int64_t rank, char *text,
                     size_t size) {
  size_t used = (size_t)snprintf(text, size, "%s", rank ? "" : "scalar");
  for (int64_t i = 0; i < rank && used < size; ++i) {
    const char *separator = i ? "x" : "";
    used += (size_t)(shape[i] < 0
                         ? snprintf(text + used, size - used, "%sN", separator)
                         : snprintf(text + used, size - used, "%s%lld",
                                    separator, (long long)shape[i]));
  }
}

/// Writes the names of the tensors as "'a', 'b'".
static void listNames(const qo_tensor *tensors, int64_t count, char *text,
                      size_t size) {
  size_t used = 0;
  text[0] = 0;
  for (int64_t i = 0; i < count && used < size; ++i)
    used += (size_t)snprintf(text + used, size - used, "%s'%s'", i ? ", " : "",
                             tensors[i].name);
}

int qo_split_spec(const char *spec, const char *kind, const qo_tensor *tensors,
                  int64_t count, int64_t *index, const char **path,
                  qo_error *error) {
  char names[240];
  listNames(tensors, count, names, sizeof(names));
  for (int64_t i = 0; i < count; ++i) {
    size_t length = strlen(tensors[i].name);
    if (strncmp(spec, tensors[i].name, length) || spec[length] != '=')
      continue;
    *index = i;
    *path = spec + length + 1;
    return **path ? 0 : qo_fail(error, "no file given in '%s'", spec);
  }
  const char *equals = strchr(spec, '=');
  if (equals && !memchr(spec, '/', (size_t)(equals - spec)))
    return qo_fail(error, "the model has no %s '%.*s'; it has %s", kind,
                   (int)(equals - spec), spec, names);
  if (count != 1)
    return qo_fail(error,
                   "the model has several %ss; say which one '%.150s' is by "
                   "NAME=FILE with a name of %s",
                   kind, spec, names);
  *index = 0;
  *path = spec;
  return 0;
}

/// Finds the rows as qo_check_array does; returns 1 when the shape is wrong.
static int findRows(const qo_tensor *tensor, const qo_npy *npy, int64_t *rows) {
  *rows = 1;
  if (tensor->rank == 0)
    return npy->rank != 0;
  size_t inner = (size_t)(tensor->rank - 1) * sizeof(int64_t);
  if (npy->rank == tensor->rank - 1)
    return memcmp(npy->shape, tensor->shape + 1, inner) != 0;
  if (npy->rank != tensor->rank)
    return 1;
  *rows = npy->shape[0];
  return memcmp(npy->shape + 1, tensor->shape + 1, inner) != 0;
}

/// Says which elements were expected.
static int failType(const qo_tensor *tensor, const qo_npy *npy,
                    qo_error *error) {
  char how[100] = "";
  if (tensor->scale != 0)
    snprintf(how, sizeof(how), " quantized with scale %.9g and zero point %d",
             (double)tensor->scale, (int)tensor->zero_point);
  return qo_fail(error,
                 "expected integers%s for input '%.60s' of type '%s', but got "
                 "'%s' elements",
                 how, tensor->name, tensor->type, qo_type_name(npy->type));
}

int qo_check_array(const qo_tensor *tensor, const qo_npy *npy, int64_t *rows,
                   qo_error *error) {
  qo_type type;
  if (qo_type_parse(tensor->type, &type))
    return qo_fail(error, "unknown element type '%s'", tensor->type);
  if (type < QO_F16 && npy->type >= QO_F16)
    return failType(tensor, npy, error);
  if (!findRows(tensor, npy, rows))
    return 0;
  int64_t wanted[QO_NPY_MAX_RANK + 1];
  char expected[120], found[120];
  memcpy(wanted, tensor->shape, (size_t)tensor->rank * sizeof(int64_t));
  wanted[0] = -1; // Shown as N; not shown for rank 0.
  qo_format_shape(wanted, tensor->rank, expected, sizeof(expected));
  qo_format_shape(npy->shape, npy->rank, found, sizeof(found));
  return qo_fail(error, "expected shape %s for input '%.60s', but got %s",
                 expected, tensor->name, found);
}

int qo_count_batches(const qo_tensor *tensor, int64_t rows, int64_t *batches,
                     qo_error *error) {
  int64_t batch = tensor->rank ? tensor->shape[0] : 1;
  if (rows < 1)
    return qo_fail(error, "there are no samples for input '%.60s'",
                   tensor->name);
  if (rows % batch)
    return qo_fail(error,
                   "expected a multiple of %lld rows for input '%.60s', the "
                   "batch of the model, but got %lld",
                   (long long)batch, tensor->name, (long long)rows);
  *batches = rows / batch;
  return 0;
}
