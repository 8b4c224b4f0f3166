//===- NpyHeader.c - The header of .npy files -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

///
/// \file
/// A .npy file starts with six magic bytes, two version bytes, the length of
/// the header text (2 bytes in version 1, else 4, little endian) and that text:
/// a Python dictionary with exactly the keys 'descr', 'fortran_order', 'shape'.
///
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Npy.h"
#include <stdio.h>
#include <string.h>

static const char magic[6] = {'\x93', 'N', 'U', 'M', 'P', 'Y'};

int qo_npy_header_bytes(const void *start, size_t available, int64_t *size,
                        qo_error *error) {
  const unsigned char *b = start;
  size_t common = available < sizeof(magic) ? available : sizeof(magic);
  if (!common || memcmp(b, magic, common))
    return qo_fail(error, "not a .npy file: it does not start with the bytes "
                          "'\\x93NUMPY'");
  if (available < 10)
    return qo_fail(error, "truncated .npy file: it ends inside the header");
  if (b[6] < 1 || b[6] > 3)
    return qo_fail(error, "unknown .npy version %d.%d; expected 1.0 to 3.0",
                   b[6], b[7]);
  uint64_t length = b[8] | (uint64_t)b[9] << 8;
  uint64_t prefix = 10;
  if (b[6] > 1) {
    if (available < 12)
      return qo_fail(error, "truncated .npy file: it ends inside the header");
    length |= (uint64_t)b[10] << 16 | (uint64_t)b[11] << 24;
    prefix = 12;
  }
  if (length > QO_NPY_MAX_HEADER)
    return qo_fail(
        error, "the .npy header claims %llu bytes, more than the %d allowed",
        (unsigned long long)length, QO_NPY_MAX_HEADER);
  *size = (int64_t)(prefix + length);
  return 0;
}

//===----------------------------------------------------------------------===//
// The dictionary
//===----------------------------------------------------------------------===//

/// The text that is left to read.
typedef struct Cursor {
  const char *at, *end;
  qo_error *error;
} Cursor;

/// Skips blanks.
static void skipBlanks(Cursor *c) {
  while (c->at < c->end &&
         (*c->at == ' ' || *c->at == '\t' || *c->at == '\n' || *c->at == '\r'))
    ++c->at;
}

/// Reads the given punctuation after blanks; returns 1 when it is there.
static int take(Cursor *c, char punctuation) {
  skipBlanks(c);
  if (c->at == c->end || *c->at != punctuation)
    return 0;
  ++c->at;
  return 1;
}

/// Reads a quoted string without escapes into `text`.
static int readString(Cursor *c, char *text, size_t size) {
  skipBlanks(c);
  if (c->at == c->end || (*c->at != '\'' && *c->at != '"'))
    return qo_fail(c->error, "malformed .npy header: expected a string");
  char quote = *c->at++;
  const char *close = memchr(c->at, quote, (size_t)(c->end - c->at));
  if (!close)
    return qo_fail(c->error, "malformed .npy header: unterminated string");
  size_t length = (size_t)(close - c->at);
  if (length >= size || memchr(c->at, 0, length))
    return qo_fail(c->error, "malformed .npy header: unexpected string");
  memcpy(text, c->at, length);
  text[length] = 0;
  c->at = close + 1;
  return 0;
}

/// Reads a dimension, with the `L` that Python 2 wrote after long numbers.
static int readDimension(Cursor *c, int64_t *value) {
  skipBlanks(c);
  const char *begin = c->at;
  *value = 0;
  for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; ++c->at)
    if (__builtin_mul_overflow(*value, 10, value) ||
        __builtin_add_overflow(*value, *c->at - '0', value))
      return qo_fail(c->error, "a dimension in the .npy header is too large");
  if (c->at == begin)
    return qo_fail(c->error, "malformed .npy header: expected 'shape' to be a "
                             "tuple of non-negative integers");
  if (c->at < c->end && *c->at == 'L')
    ++c->at;
  return 0;
}

/// Reads the value of 'shape'.
static int readShape(Cursor *c, qo_npy *npy) {
  if (!take(c, '('))
    return qo_fail(c->error,
                   "malformed .npy header: expected 'shape' to be a tuple");
  npy->rank = 0;
  while (!take(c, ')')) {
    if (npy->rank == QO_NPY_MAX_RANK)
      return qo_fail(c->error, "the array has more than %d dimensions",
                     QO_NPY_MAX_RANK);
    if (readDimension(c, &npy->shape[npy->rank]))
      return 1;
    ++npy->rank;
    if (take(c, ','))
      continue;
    // `(3)` is a number in Python, not a tuple.
    if (npy->rank == 1 || !take(c, ')'))
      return qo_fail(c->error,
                     "malformed .npy header: expected ',' in 'shape'");
    break;
  }
  return 0;
}

/// Reads the value of 'fortran_order'.
static int readBool(Cursor *c, int *value) {
  skipBlanks(c);
  size_t left = (size_t)(c->end - c->at);
  *value = left >= 4 && !memcmp(c->at, "True", 4);
  if (!*value && (left < 5 || memcmp(c->at, "False", 5)))
    return qo_fail(c->error, "malformed .npy header: expected 'fortran_order' "
                             "to be True or False");
  c->at += *value ? 4 : 5;
  return 0;
}

/// Sets the type of `npy` from kind and size; returns 1 if there is none.
static int setType(qo_npy *npy, char kind, char size) {
  static const struct {
    char kind, size;
    qo_type type;
  } known[] = {
      {'b', '1', QO_I1},   {'i', '1', QO_I8},   {'u', '1', QO_UI8},
      {'i', '2', QO_I16},  {'u', '2', QO_UI16}, {'i', '4', QO_I32},
      {'u', '4', QO_UI32}, {'i', '8', QO_I64},  {'u', '8', QO_UI64},
      {'f', '2', QO_F16},  {'f', '4', QO_F32},  {'f', '8', QO_F64},
  };
  for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); ++i)
    if (known[i].kind == kind && known[i].size == size) {
      npy->type = known[i].type;
      return 0;
    }
  return 1;
}

/// Reads the value of 'descr', such as '<f4' or '|u1'.
static int readType(Cursor *c, qo_npy *npy) {
  skipBlanks(c);
  if (c->at < c->end && *c->at == '[')
    return qo_fail(c->error, "structured arrays are not supported; save an "
                             "array of one number type");
  char text[24];
  if (readString(c, text, sizeof(text)))
    return 1;
  const char *name = text;
  char order = '=';
  if (*name && strchr("<>=|", *name))
    order = *name++;
  if (strlen(name) != 2 || setType(npy, name[0], name[1]))
    return qo_fail(c->error,
                   "element type '%s' is not supported; expected bool, an "
                   "integer of up to 64 bits, or a float of 16, 32 or 64 bits",
                   text);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  int swapped = order == '>';
#else
  int swapped = order == '<';
#endif
  npy->swapped = swapped && qo_type_bytes(npy->type) > 1;
  return 0;
}

/// Reads the entry for `key`; `*seen` collects a bit per known key.
static int readEntry(Cursor *c, const char *key, qo_npy *npy, int *seen) {
  static const char *const keys[3] = {"descr", "fortran_order", "shape"};
  int index = 0;
  while (index < 3 && strcmp(keys[index], key))
    ++index;
  if (index == 3)
    return qo_fail(c->error, "malformed .npy header: unknown key '%s'", key);
  if (*seen & 1 << index)
    return qo_fail(c->error, "malformed .npy header: key '%s' appears twice",
                   key);
  *seen |= 1 << index;
  if (index == 0)
    return readType(c, npy);
  return index == 1 ? readBool(c, &npy->fortran) : readShape(c, npy);
}

/// Reads the dictionary and what may follow it, which is only blanks.
static int readDictionary(Cursor *c, qo_npy *npy) {
  if (!take(c, '{'))
    return qo_fail(c->error, "malformed .npy header: expected a dictionary");
  int seen = 0;
  while (!take(c, '}')) {
    char key[24];
    if (readString(c, key, sizeof(key)))
      return 1;
    if (!take(c, ':'))
      return qo_fail(c->error, "malformed .npy header: expected ':' after '%s'",
                     key);
    if (readEntry(c, key, npy, &seen))
      return 1;
    if (take(c, ','))
      continue;
    if (!take(c, '}'))
      return qo_fail(c->error, "malformed .npy header: expected ',' or '}'");
    break;
  }
  skipBlanks(c);
  if (c->at != c->end)
    return qo_fail(c->error,
                   "malformed .npy header: text after the dictionary");
  if (seen != 7)
    return qo_fail(c->error, "malformed .npy header: expected the keys "
                             "'descr', 'fortran_order' and 'shape'");
  return 0;
}

int qo_npy_parse(const void *start, size_t available, qo_npy *npy,
                 qo_error *error) {
  memset(npy, 0, sizeof(*npy));
  if (qo_npy_header_bytes(start, available, &npy->data_offset, error))
    return 1;
  if ((uint64_t)npy->data_offset > available)
    return qo_fail(error, "truncated .npy file: it ends inside the header");
  const char *text = start;
  Cursor cursor = {text + (text[6] > 1 ? 12 : 10), text + npy->data_offset,
                   error};
  if (readDictionary(&cursor, npy))
    return 1;
  if (qo_count_elements(npy->shape, npy->rank, qo_type_bytes(npy->type),
                        &npy->elements))
    return qo_fail(error, "the array's shape is too large");
  return 0;
}

size_t qo_npy_format(qo_type type, const int64_t *shape, int64_t rank,
                     char *header) {
  static const char *const names[QO_NUM_TYPES] = {"b1", "i1", "u1", "i2", "u2",
                                                  "i4", "u4", "i8", "u8", "f2",
                                                  "f4", "f4", "f8"};
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  char order = '<';
#else
  char order = '>';
#endif
  // 32 dimensions of 19 digits and separators stay below the limit.
  char *text = header + 10;
  size_t room = QO_NPY_MAX_WRITTEN - 10, used;
  used = (size_t)snprintf(text, room,
                          "{'descr': '%c%s', 'fortran_order': False, "
                          "'shape': (",
                          qo_type_bytes(type) == 1 ? '|' : order, names[type]);
  for (int64_t i = 0; i < rank; ++i)
    used += (size_t)snprintf(text + used, room - used, "%s%lld", i ? ", " : "",
                             (long long)shape[i]);
  used +=
      (size_t)snprintf(text + used, room - used, rank == 1 ? ",), }" : "), }");
  size_t size = (10 + used + 1 + 63) / 64 * 64;
  memset(text + used, ' ', size - 10 - used);
  header[size - 1] = '\n';
  memcpy(header, magic, sizeof(magic));
  header[6] = 1;
  header[7] = 0;
  header[8] = (char)((size - 10) & 0xFF);
  header[9] = (char)((size - 10) >> 8);
  return size;
}
