//===- InputFile.c - Reading .npy files -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/// Elements that are converted at a time.
#define CHUNK 8192

int qo_add_path(const char *path, const qo_error *inner, qo_error *error) {
  return qo_fail(error, "%.200s: %.300s", path, inner->text);
}

/// Reads up to `size` bytes, fewer only at the end of the file. Sets `*got`.
/// Only a signal that shall end the program interrupts this.
static int readBytes(InputFile *file, void *data, int64_t size, int64_t *got,
                     qo_error *error) {
  *got = 0;
  while (*got < size) {
    ssize_t n = read(file->fd, (char *)data + *got, (size_t)(size - *got));
    if (n < 0)
      return qo_fail(error, "%s: cannot read: %s", file->path, strerror(errno));
    if (n == 0)
      break;
    *got += n;
  }
  return 0;
}

/// Reads exactly `size` bytes of elements.
static int readAll(InputFile *file, void *data, int64_t size, qo_error *error) {
  int64_t got;
  if (readBytes(file, data, size, &got, error))
    return 1;
  if (got < size)
    return qo_fail(error, "%s: truncated .npy file: it ends inside the data",
                   file->path);
  return 0;
}

/// Reads and checks the header.
static int readHeader(InputFile *file, qo_error *error) {
  char *start = malloc(QO_NPY_MAX_HEADER + 12);
  if (!start)
    return qo_fail(error, "out of memory");
  int64_t got, more, size;
  qo_error inner;
  int failed = readBytes(file, start, 10, &got, error);
  // The two bytes more that tell the length in versions 2 and 3.
  if (!failed && got == 10 && start[6] != 1) {
    failed = readBytes(file, start + 10, 2, &more, error);
    got += more;
  }
  if (!failed && qo_npy_header_bytes(start, (size_t)got, &size, &inner))
    failed = qo_add_path(file->path, &inner, error);
  if (!failed) {
    failed = readBytes(file, start + got, size - got, &more, error);
    got += more;
  }
  if (!failed && qo_npy_parse(start, (size_t)got, &file->npy, &inner))
    failed = qo_add_path(file->path, &inner, error);
  free(start);
  return failed;
}

/// Compares the size of a regular file with what the header says.
static int checkSize(InputFile *file, const struct stat *status,
                     qo_error *error) {
  if (!S_ISREG(status->st_mode))
    return 0;
  const qo_npy *npy = &file->npy;
  int64_t bytes = npy->elements * qo_type_bytes(npy->type);
  int64_t present = status->st_size - npy->data_offset;
  if (present < bytes)
    return qo_fail(error,
                   "%s: truncated .npy file: the header promises %lld bytes of "
                   "data, but there are %lld",
                   file->path, (long long)bytes, (long long)present);
  if (present > bytes)
    return qo_fail(
        error, "%s: the .npy file has %lld bytes after the %lld of its data",
        file->path, (long long)(present - bytes), (long long)bytes);
  return 0;
}

/// Allocates the scratch memory; reads all of a Fortran array to it.
static int prepareScratch(InputFile *file, qo_error *error) {
  int64_t elements = file->npy.fortran ? file->npy.elements : CHUNK;
  int64_t bytes = elements * qo_type_bytes(file->npy.type);
  file->scratch = malloc((size_t)bytes + 1);
  if (!file->scratch)
    return qo_fail(error, "%s: out of memory for %lld bytes", file->path,
                   (long long)bytes);
  return file->npy.fortran ? readAll(file, file->scratch, bytes, error) : 0;
}

int qo_input_open(InputFile *file, const char *path, qo_error *error) {
  memset(file, 0, sizeof(*file));
  file->path = path;
  file->fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file->fd < 0 || fstat(file->fd, &status))
    return qo_fail(error, "%s: cannot open: %s", path, strerror(errno));
  if (S_ISDIR(status.st_mode))
    return qo_fail(error, "%s: expected a .npy file, but this is a directory",
                   path);
  return readHeader(file, error) || checkSize(file, &status, error) ||
         prepareScratch(file, error);
}

int qo_input_read(InputFile *file, int64_t count, qo_type type, void *result,
                  qo_error *error) {
  qo_npy *npy = &file->npy;
  int64_t from = qo_type_bytes(npy->type), to = qo_type_bytes(type);
  qo_error inner;
  while (count) {
    int64_t now = count < CHUNK ? count : CHUNK;
    if (!npy->fortran) {
      npy->origin = file->next;
      if (readAll(file, file->scratch, now * from, error))
        return 1;
    }
    if (qo_npy_convert(npy, file->scratch, file->next, now, type, result,
                       &inner))
      return qo_add_path(file->path, &inner, error);
    result = (char *)result + now * to;
    file->next += now;
    count -= now;
  }
  return 0;
}

int qo_input_finish(InputFile *file, qo_error *error) {
  char byte;
  int64_t got;
  if (readBytes(file, &byte, 1, &got, error))
    return 1;
  if (got)
    return qo_fail(error, "%s: the .npy file has bytes after its data",
                   file->path);
  return 0;
}

void qo_input_close(InputFile *file) {
  if (file->path && file->fd >= 0)
    close(file->fd);
  free(file->scratch);
  memset(file, 0, sizeof(*file));
}
