//===- NpyConvert.c - Conversion of array elements by value ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Npy.h"
#include <string.h>

/// A number as a file gave it: exact in one of three forms.
typedef struct Value {
  enum { Signed, Unsigned, Float } form;
  int64_t s;
  uint64_t u;
  double f;
} Value;

/// Returns the value of binary16 bits.
static double decodeHalf(unsigned bits) {
  unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
  // Moves the fields to their places in binary64; subnormals are exact
  // multiples of 2^-24.
  if (!exponent)
    return (bits & 0x8000 ? -1.0 : 1.0) * (double)fraction * 0x1p-24;
  uint64_t wide = (uint64_t)(bits & 0x8000) << 48 |
                  (uint64_t)(exponent == 31 ? 2047 : exponent + 1008) << 52 |
                  (uint64_t)fraction << 42;
  double value;
  memcpy(&value, &wide, sizeof(value));
  return value;
}

/// Rounds to a 16-bit float whose fraction has `fraction` bits, half to even;
/// overflow gives infinity.
static uint16_t encodeShort(double value, int fraction) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof(bits));
  int exponentBits = 15 - fraction, bias = (1 << (exponentBits - 1)) - 1;
  uint16_t sign = (uint16_t)(bits >> 48 & 0x8000);
  uint16_t infinity = (uint16_t)(((1 << exponentBits) - 1) << fraction);
  int exponent = (int)(bits >> 52 & 2047) - 1023;
  uint64_t significand = (bits & ((1ull << 52) - 1)) | 1ull << 52;
  if (exponent == 1024)
    return (uint16_t)(sign | infinity |
                      (value != value ? 1 << (fraction - 1) : 0));
  if (exponent == -1023) // Zero, or far below the smallest result.
    return sign;
  // Below the normal range the step stays that of the smallest exponent.
  int drop = 52 - fraction, biased = exponent + bias;
  if (biased < 1) {
    drop += 1 - biased;
    biased = 1;
  }
  if (drop > 54)
    return sign;
  uint64_t kept = significand >> drop, rest = significand << (64 - drop);
  kept += rest > 1ull << 63 || (rest == 1ull << 63 && (kept & 1));
  // Adding lets a carry move on to the exponent.
  uint64_t result = ((uint64_t)(biased - 1) << fraction) + kept;
  return (uint16_t)(sign | (result >= infinity ? infinity : result));
}

/// Reads the element at `data`.
static Value readValue(const qo_npy *npy, const unsigned char *data) {
  unsigned char b[8] = {0};
  int64_t size = qo_type_bytes(npy->type);
  for (int64_t i = 0; i < size; ++i)
    b[i] = data[npy->swapped ? size - 1 - i : i];
  Value v = {Signed, 0, 0, 0};
#define READ(ENUM, TYPE, FORM, FIELD)                                          \
  case ENUM: {                                                                 \
    TYPE x;                                                                    \
    memcpy(&x, b, sizeof(x));                                                  \
    v.form = FORM;                                                             \
    v.FIELD = x;                                                               \
    break;                                                                     \
  }
  switch (npy->type) {
    READ(QO_I8, int8_t, Signed, s)
    READ(QO_I16, int16_t, Signed, s)
    READ(QO_I32, int32_t, Signed, s)
    READ(QO_I64, int64_t, Signed, s)
    READ(QO_UI8, uint8_t, Unsigned, u)
    READ(QO_UI16, uint16_t, Unsigned, u)
    READ(QO_UI32, uint32_t, Unsigned, u)
    READ(QO_UI64, uint64_t, Unsigned, u)
    READ(QO_F32, float, Float, f)
    READ(QO_F64, double, Float, f)
  case QO_F16: {
    uint16_t bits;
    memcpy(&bits, b, sizeof(bits));
    v.form = Float;
    v.f = decodeHalf(bits);
    break;
  }
  default:
    v.form = Unsigned;
    v.u = b[0] != 0;
    break;
  }
#undef READ
  return v;
}

/// Stores an integer when `type` holds it; returns 1 when it does not.
static int storeInteger(Value v, qo_type type, void *result) {
  if (v.form == Float)
    return 1;
  int negative = v.form == Signed && v.s < 0;
  uint64_t magnitude = v.form == Signed ? (uint64_t)v.s : v.u;
#define STORE(ENUM, TYPE, LOW, HIGH)                                           \
  case ENUM: {                                                                 \
    if (negative ? v.s < (LOW) : magnitude > (uint64_t)(HIGH))                 \
      return 1;                                                                \
    TYPE x = (TYPE)magnitude;                                                  \
    memcpy(result, &x, sizeof(x));                                             \
    return 0;                                                                  \
  }
  switch (type) {
    STORE(QO_I1, uint8_t, 0, 1)
    STORE(QO_I8, int8_t, INT8_MIN, INT8_MAX)
    STORE(QO_I16, int16_t, INT16_MIN, INT16_MAX)
    STORE(QO_I32, int32_t, INT32_MIN, INT32_MAX)
    STORE(QO_I64, int64_t, INT64_MIN, INT64_MAX)
    STORE(QO_UI8, uint8_t, 0, UINT8_MAX)
    STORE(QO_UI16, uint16_t, 0, UINT16_MAX)
    STORE(QO_UI32, uint32_t, 0, UINT32_MAX)
    STORE(QO_UI64, uint64_t, 0, UINT64_MAX)
  default:
    return 1;
  }
#undef STORE
}

/// Stores a value as a float type.
static void storeFloat(Value v, qo_type type, void *result) {
  double wide = v.form == Signed     ? (double)v.s
                : v.form == Unsigned ? (double)v.u
                                     : v.f;
  if (type == QO_F64) {
    memcpy(result, &wide, sizeof(wide));
  } else if (type == QO_F32) {
    // Straight from the integer: by way of double it could be rounded twice.
    float x = v.form == Signed     ? (float)v.s
              : v.form == Unsigned ? (float)v.u
                                   : (float)v.f;
    memcpy(result, &x, sizeof(x));
  } else {
    uint16_t x = encodeShort(wide, type == QO_F16 ? 10 : 7);
    memcpy(result, &x, sizeof(x));
  }
}

/// Says which element does not fit.
static int failValue(Value v, int64_t index, qo_type type, qo_error *error) {
  const char *name = qo_type_name(type);
  if (v.form == Float)
    return qo_fail(error,
                   "element %lld is the float %g, but '%s' data was expected; "
                   "convert the file to integers",
                   (long long)index, v.f, name);
  if (v.form == Signed)
    return qo_fail(error, "element %lld is %lld, out of range for '%s'",
                   (long long)index, (long long)v.s, name);
  return qo_fail(error, "element %lld is %llu, out of range for '%s'",
                 (long long)index, (unsigned long long)v.u, name);
}

/// Returns the position in the file of element `index` of the row-major order.
static int64_t findElement(const qo_npy *npy, int64_t index) {
  if (!npy->fortran)
    return index;
  // The place values of the first-index-fastest order, from the last index.
  int64_t position = 0, place = npy->elements;
  for (int64_t d = npy->rank - 1; d >= 0; --d) {
    place /= npy->shape[d];
    position += index % npy->shape[d] * place;
    index /= npy->shape[d];
  }
  return position;
}

int qo_npy_convert(const qo_npy *npy, const void *data, int64_t first,
                   int64_t count, qo_type type, void *result, qo_error *error) {
  int64_t from = qo_type_bytes(npy->type), to = qo_type_bytes(type);
  const unsigned char *bytes = data;
  // Bools are normalized to 0 and 1 below.
  if (npy->type == type && type != QO_I1 && !npy->swapped && !npy->fortran) {
    memcpy(result, bytes + (first - npy->origin) * from,
           (size_t)(count * from));
    return 0;
  }
  int toFloat = type >= QO_F16;
  for (int64_t i = 0; i < count; ++i) {
    int64_t position = findElement(npy, first + i) - npy->origin;
    Value value = readValue(npy, bytes + position * from);
    char *place = (char *)result + i * to;
    if (toFloat)
      storeFloat(value, type, place);
    else if (storeInteger(value, type, place))
      return failValue(value, first + i, type, error);
  }
  return 0;
}

void qo_widen_bf16(const void *data, int64_t count, float *result) {
  const char *bytes = data;
  for (int64_t i = 0; i < count; ++i) {
    uint16_t x;
    memcpy(&x, bytes + 2 * i, sizeof(x));
    uint32_t bits = (uint32_t)x << 16;
    memcpy(&result[i], &bits, sizeof(bits));
  }
}
