//===- Files.h - Files that an executable reads and writes ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_RUNTIME_FILES_H
#define QUANTOPT_LIB_RUNTIME_FILES_H

#include "quant-opt-c/Npy.h"
#include <stdio.h>

/// Writes the message of `inner` with the path in front to `error`; returns 1.
int qo_add_path(const char *path, const qo_error *inner, qo_error *error);

/// A .npy file that is read from front to back, so that a pipe works as well.
typedef struct InputFile {
  const char *path;
  int fd;
  qo_npy npy;
  int64_t next;  /* the element to read next */
  void *scratch; /* elements as stored; all of them for a Fortran array */
} InputFile;

/// Opens a file and reads its header; `file` must be closed in any case.
int qo_input_open(InputFile *file, const char *path, qo_error *error);

/// Reads the next `count` elements in row-major order as `type`.
int qo_input_read(InputFile *file, int64_t count, qo_type type, void *result,
                  qo_error *error);

/// Fails when something follows the last element.
int qo_input_finish(InputFile *file, qo_error *error);

void qo_input_close(InputFile *file);

/// A file that appears under its name only when it is complete.
typedef struct OutputFile {
  const char *path;
  char *final;     /* where to rename to; null when written directly */
  char *temporary; /* null when written directly */
  FILE *stream;
} OutputFile;

/// Opens a file; `file` must be discarded in any case. What is no regular file
/// (a device, a pipe) is written directly.
int qo_output_open(OutputFile *file, const char *path, qo_error *error);

int qo_output_write(OutputFile *file, const void *data, size_t size,
                    qo_error *error);

/// Completes the contents; the name still shows what was there before.
int qo_output_close(OutputFile *file, qo_error *error);

/// Gives a closed file its name.
int qo_output_commit(OutputFile *file, qo_error *error);

/// Releases everything and removes what was not committed.
void qo_output_discard(OutputFile *file);

#endif // QUANTOPT_LIB_RUNTIME_FILES_H
