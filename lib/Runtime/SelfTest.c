//===- SelfTest.c - Inputs and hash of the self-test ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Npy.h"
#include <string.h>

/// Advances a SplitMix64 generator (Steele, Lea, Flood, OOPSLA 2014).
static uint64_t nextRandom(uint64_t *state) {
  uint64_t z = (*state += 0x9E3779B97F4A7C15u);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

/// Returns the top `bits` bits of `r` as a number in [-2, 2).
static double makeReal(uint64_t r, int bits) {
  int64_t half = (int64_t)1 << (bits - 1);
  return (double)((int64_t)(r >> (64 - bits)) - half) / (double)half * 2;
}

/// Stores the element that the random number `r` stands for.
static int storeRandom(uint64_t r, qo_type type, int scaled, void *place) {
  int64_t bytes = qo_type_bytes(type);
  if (type == QO_I1 || (type < QO_F16 && bytes > 1 && !scaled))
    r &= 1;
  double real = type == QO_F16    ? makeReal(r, 11)
                : type == QO_BF16 ? makeReal(r, 8)
                                  : makeReal(r, 24);
  qo_error ignored;
  qo_npy f64 = {.type = QO_F64, .elements = 1};
  if (type >= QO_F16)
    return qo_npy_convert(&f64, &real, 0, 1, type, place, &ignored);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  r <<= 64 - 8 * bytes;
#endif
  memcpy(place, &r, (size_t)bytes);
  return 0;
}

int qo_selftest_fill(const qo_tensor *input, int64_t index, void *data) {
  qo_type type;
  if (qo_type_parse(input->type, &type))
    return 1;
  uint64_t state = 0x71756F7074u + (uint64_t)index;
  int64_t bytes = qo_type_bytes(type);
  for (int64_t at = 0; at + bytes <= input->bytes; at += bytes)
    if (storeRandom(nextRandom(&state), type, input->scale != 0,
                    (char *)data + at))
      return 1;
  return 0;
}

uint64_t qo_fnv1a(uint64_t hash, const void *data, size_t size) {
  const unsigned char *bytes = data;
  for (size_t i = 0; i < size; ++i)
    hash = (hash ^ bytes[i]) * 0x100000001B3u;
  return hash;
}

uint64_t qo_selftest_run(qo_session *session) {
  const qo_model *model = session->model;
  for (int64_t i = 0; i < model->num_inputs; ++i)
    qo_selftest_fill(&model->inputs[i], i, session->inputs[i]);
  qo_session_run(session);
  uint64_t hash = QO_FNV1A_START;
  for (int64_t i = 0; i < model->num_outputs; ++i)
    hash = qo_fnv1a(hash, session->outputs[i], (size_t)model->outputs[i].bytes);
  return hash;
}
