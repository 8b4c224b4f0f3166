//===- OutputFile.c - Writing files completely or not at all --------------===//
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

/// Says that the file cannot be written.
static int failWrite(const OutputFile *file, qo_error *error) {
  return qo_fail(error, "%s: cannot write: %s", file->path, strerror(errno));
}

/// Opens a file with a new name beside `final`.
static int openTemporary(OutputFile *file, qo_error *error) {
  size_t length = strlen(file->final);
  char *name = malloc(length + 12);
  if (!name)
    return qo_fail(error, "out of memory");
  memcpy(name, file->final, length);
  memcpy(name + length, ".tmp-XXXXXX", 12);
  int fd = mkstemp(name);
  if (fd < 0) {
    int failed = failWrite(file, error);
    free(name);
    return failed;
  }
  file->temporary = name;
  // What open would have given; mkstemp leaves others out.
  mode_t mask = umask(0);
  umask(mask);
  fchmod(fd, 0666 & ~mask);
  file->stream = fdopen(fd, "wb");
  if (file->stream)
    return 0;
  close(fd);
  return failWrite(file, error);
}

int qo_output_open(OutputFile *file, const char *path, qo_error *error) {
  memset(file, 0, sizeof(*file));
  file->path = path;
  struct stat status;
  int exists = !stat(path, &status);
  if (exists && S_ISDIR(status.st_mode))
    return qo_fail(error, "%s: cannot write: it is a directory", path);
  if (exists && access(path, W_OK))
    return failWrite(file, error);
  if (exists && !S_ISREG(status.st_mode)) {
    file->stream = fopen(path, "wb");
    return file->stream ? 0 : failWrite(file, error);
  }
  // Through a symbolic link the file it names is replaced, not the link.
  file->final = exists ? realpath(path, NULL) : strdup(path);
  return file->final ? openTemporary(file, error) : failWrite(file, error);
}

int qo_output_write(OutputFile *file, const void *data, size_t size,
                    qo_error *error) {
  if (fwrite(data, 1, size, file->stream) == size)
    return 0;
  return failWrite(file, error);
}

int qo_output_close(OutputFile *file, qo_error *error) {
  FILE *stream = file->stream;
  file->stream = NULL;
  // Some systems report a full disk only when the file is closed.
  return fclose(stream) ? failWrite(file, error) : 0;
}

int qo_output_commit(OutputFile *file, qo_error *error) {
  if (!file->temporary)
    return 0;
  if (rename(file->temporary, file->final))
    return failWrite(file, error);
  free(file->temporary);
  file->temporary = NULL;
  return 0;
}

void qo_output_discard(OutputFile *file) {
  if (file->stream)
    fclose(file->stream);
  if (file->temporary)
    unlink(file->temporary);
  free(file->temporary);
  free(file->final);
  memset(file, 0, sizeof(*file));
}
