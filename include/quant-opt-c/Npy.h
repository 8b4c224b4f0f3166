//===- Npy.h - Arrays in .npy files -----------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The element types of model tensors, the .npy header (versions 1 to 3), and
/// the conversion of a file's elements to a tensor's type by value. Everything
/// works on memory; the caller reads and writes files. Part of
/// `libquantopt_runtime.a`. C99, safe to include from C++.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_C_NPY_H
#define QUANTOPT_C_NPY_H

#include "quant-opt-c/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Element types, as MLIR spells them in lower case.
typedef enum qo_type {
  QO_I1, /* one byte, 0 or 1 */
  QO_I8,
  QO_UI8,
  QO_I16,
  QO_UI16,
  QO_I32,
  QO_UI32,
  QO_I64,
  QO_UI64,
  QO_F16,
  QO_BF16,
  QO_F32,
  QO_F64,
  QO_NUM_TYPES
} qo_type;

/// Sets `*type` from a name such as "f32", "i8", "si8", "ui8"; returns 1 when
/// the name is not known.
int qo_type_parse(const char *name, qo_type *type);

/// Returns the name ("f32").
const char *qo_type_name(qo_type type);

/// Returns the bytes of one element.
int64_t qo_type_bytes(qo_type type);

/// Sets `*elements` to the product of the dimensions; returns 1 when one is
/// negative or the size in bytes does not fit 63 bits.
int qo_count_elements(const int64_t *shape, int64_t rank, int64_t element_bytes,
                      int64_t *elements);

#define QO_NPY_MAX_RANK 32

/// What a .npy file's header says. `data_offset` is where the elements start.
typedef struct qo_npy {
  qo_type type; /* never QO_BF16 */
  int swapped;  /* bytes of each element are in the other order */
  int fortran;  /* first index varies fastest */
  int64_t rank;
  int64_t shape[QO_NPY_MAX_RANK];
  int64_t elements; /* their bytes fit 63 bits */
  int64_t data_offset;
  int64_t origin; /* the element that the data in memory begins with: 0 unless
                     a reader that holds only a part of a row-major array
                     sets it */
} qo_npy;

/// A header that is longer than this is refused.
#define QO_NPY_MAX_HEADER 65536

/// Sets `*size` to the bytes from the start of the file up to the elements,
/// known from the file's first 12 bytes (`available` may be less for a short
/// file, which fails).
int qo_npy_header_bytes(const void *start, size_t available, int64_t *size,
                        qo_error *error);

/// Reads the header in the `available` first bytes of a file.
int qo_npy_parse(const void *start, size_t available, qo_npy *npy,
                 qo_error *error);

/// Converts the elements [first, first + count), counted in row-major order,
/// of the array whose elements start at `data`; `data` need not be aligned.
/// Fails, naming the index and value, when `type` cannot hold a value: anything
/// that is not an integer in range for an integer type. Rounds floats to
/// nearest, ties to even.
int qo_npy_convert(const qo_npy *npy, const void *data, int64_t first,
                   int64_t count, qo_type type, void *result, qo_error *error);

/// Writes a version 1.0 header for a row-major array to `header`; returns its
/// length, a multiple of 64, at most QO_NPY_MAX_WRITTEN. bf16 has no name in
/// the format: its arrays are written as f32.
size_t qo_npy_format(qo_type type, const int64_t *shape, int64_t rank,
                     char *header);
#define QO_NPY_MAX_WRITTEN 1024

/// Widens `count` bf16 values to f32.
void qo_widen_bf16(const void *data, int64_t count, float *result);

/// Splits "[NAME=]FILE" into the index of the tensor called NAME and the path.
/// A bare FILE needs `count` to be 1. A name may contain '=' and so may a path:
/// a tensor's name decides first. `kind` is "input" or "output", for messages.
int qo_split_spec(const char *spec, const char *kind, const qo_tensor *tensors,
                  int64_t count, int64_t *index, const char **path,
                  qo_error *error);

/// Sets `*rows` to the size of the array along dimension 0 of the tensor: 1
/// when a single sample lacks that axis. Fails when the other dimensions differ
/// or floats are given for integers.
int qo_check_array(const qo_tensor *tensor, const qo_npy *npy, int64_t *rows,
                   qo_error *error);

/// Sets `*batches` to how often the model runs for that many rows of `tensor`;
/// fails when they are no multiple of the model's batch, or none.
int qo_count_batches(const qo_tensor *tensor, int64_t rows, int64_t *batches,
                     qo_error *error);

/// Writes "1x3x32x32" to `text`; "scalar" for rank 0. A negative dimension is
/// shown as N.
void qo_format_shape(const int64_t *shape, int64_t rank, char *text,
                     size_t size);

#ifdef __cplusplus
}
#endif

#endif /* QUANTOPT_C_NPY_H */
