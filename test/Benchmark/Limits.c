//===- Limits.c - What a core can do --------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Limits.h"
#include <stdint.h>
#include <string.h>
#include <time.h>

double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/// A pass issues STEPS times 12 independent instructions: enough to hide a
/// latency of six cycles at two per cycle.
#define STEPS 4000
#define CHAINS 12

#if defined(__x86_64__)
#include <immintrin.h>

#define EACH(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)

/// Defines NAME, which executes a statement on CHAINS accumulators of TYPE;
/// STATEMENT(A) may use `x` and `y`.
#define KERNEL(NAME, FEATURES, TYPE, ZERO, CONSTRAINT, STATEMENT)              \
  __attribute__((target(FEATURES), noinline)) static void NAME(void) {         \
    TYPE acc[CHAINS], x = ZERO, y = ZERO, temp = ZERO;                         \
    for (int i = 0; i < CHAINS; ++i)                                           \
      acc[i] = ZERO;                                                           \
    for (int n = 0; n < STEPS; ++n) {                                          \
      EACH(STATEMENT)                                                          \
    }                                                                          \
    for (int i = 0; i < CHAINS; ++i)                                           \
      __asm__ volatile("" ::CONSTRAINT(acc[i]));                               \
    (void)temp;                                                                \
  }

#define DOT8_512(I)                                                            \
  __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(acc[I]) : "v"(x), "v"(y));
#define DOT8_256(I)                                                            \
  __asm__ volatile("%{vex%} vpdpbusd %2, %1, %0"                               \
                   : "+x"(acc[I])                                              \
                   : "x"(x), "x"(y));
#define MADD_512(I)                                                            \
  __asm__ volatile("vpmaddwd %3, %2, %0\n\tvpaddd %0, %1, %1"                  \
                   : "=&v"(temp), "+v"(acc[I])                                 \
                   : "v"(x), "v"(y));
#define MADD_256(I)                                                            \
  __asm__ volatile("vpmaddwd %3, %2, %0\n\tvpaddd %0, %1, %1"                  \
                   : "=&x"(temp), "+x"(acc[I])                                 \
                   : "x"(x), "x"(y));
#define MADD_128(I)                                                            \
  __asm__ volatile("movdqa %2, %0\n\tpmaddwd %3, %0\n\tpaddd %0, %1"           \
                   : "=&x"(temp), "+x"(acc[I])                                 \
                   : "x"(x), "x"(y));
#define FMA_512(I)                                                             \
  __asm__ volatile("vfmadd231ps %2, %1, %0" : "+v"(acc[I]) : "v"(x), "v"(y));
#define FMA_256(I)                                                             \
  __asm__ volatile("vfmadd231ps %2, %1, %0" : "+x"(acc[I]) : "x"(x), "x"(y));
#define MULADD_128(I)                                                          \
  __asm__ volatile("movaps %2, %0\n\tmulps %3, %0\n\taddps %0, %1"             \
                   : "=&x"(temp), "+x"(acc[I])                                 \
                   : "x"(x), "x"(y));

KERNEL(dot8Zmm, "avx512f,avx512vnni", __m512i, _mm512_setzero_si512(), "v",
       DOT8_512)
KERNEL(dot8Ymm, "avxvnni", __m256i, _mm256_setzero_si256(), "x", DOT8_256)
KERNEL(maddZmm, "avx512f,avx512bw", __m512i, _mm512_setzero_si512(), "v",
       MADD_512)
KERNEL(maddYmm, "avx2", __m256i, _mm256_setzero_si256(), "x", MADD_256)
KERNEL(maddXmm, "sse2", __m128i, _mm_setzero_si128(), "x", MADD_128)
KERNEL(fmaZmm, "avx512f", __m512, _mm512_setzero_ps(), "v", FMA_512)
KERNEL(fmaYmm, "avx2,fma", __m256, _mm256_setzero_ps(), "x", FMA_256)
KERNEL(mulAddXmm, "sse2", __m128, _mm_setzero_ps(), "x", MULADD_128)

static const Limit limits[] = {
    {"avx512vnni", "dot8", "vpdpbusd zmm", "MAC", 64, dot8Zmm},
    {"avxvnni", "dot8", "vpdpbusd ymm", "MAC", 32, dot8Ymm},
    {"x86-64-v4", "dot8", "vpmaddwd + vpaddd zmm", "MAC", 32, maddZmm},
    {"x86-64-v3", "dot8", "vpmaddwd + vpaddd ymm", "MAC", 16, maddYmm},
    {"x86-64", "dot8", "pmaddwd + paddd xmm", "MAC", 8, maddXmm},
    {"avx512vnni", "fma", "vfmadd231ps zmm", "MAC", 16, fmaZmm},
    {"avxvnni", "fma", "vfmadd231ps ymm", "MAC", 8, fmaYmm},
    {"x86-64-v4", "fma", "vfmadd231ps zmm", "MAC", 16, fmaZmm},
    {"x86-64-v3", "fma", "vfmadd231ps ymm", "MAC", 8, fmaYmm},
    {"x86-64", "fma", "mulps + addps xmm", "MAC", 4, mulAddXmm},
    {"", "read", "loads", "byte", 0, NULL},
};
#else
static const Limit limits[] = {{"", "read", "loads", "byte", 0, NULL}};
#endif

const Limit *findLimit(const char *isa, const char *kind) {
  for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); ++i)
    if (!strcmp(limits[i].kind, kind) &&
        (!*limits[i].isa || !strcmp(limits[i].isa, isa)))
      return &limits[i];
  return NULL;
}

typedef uint64_t Vector __attribute__((vector_size(64)));

/// Defines NAME, which reads a buffer once; the compiler cannot know the
/// result.
#define READER(NAME, ATTRIBUTES)                                               \
  ATTRIBUTES static uint64_t NAME(const char *p, size_t bytes) {               \
    Vector a = {0}, b = {0}, c = {0}, d = {0};                                 \
    const Vector *v = (const Vector *)p;                                       \
    for (size_t i = 0; i < bytes / sizeof(Vector); i += 8) {                   \
      a |= v[i] | v[i + 4];                                                    \
      b |= v[i + 1] | v[i + 5];                                                \
      c |= v[i + 2] | v[i + 6];                                                \
      d |= v[i + 3] | v[i + 7];                                                \
    }                                                                          \
    a |= b | c | d;                                                            \
    uint64_t result = 0;                                                       \
    for (int i = 0; i < 8; ++i)                                                \
      result |= a[i];                                                          \
    return result;                                                             \
  }

READER(readPortably, __attribute__((noinline)))
#if defined(__x86_64__)
READER(readWidely, __attribute__((noinline, target("avx512f"))))
#endif

static uint64_t readAll(const char *p, size_t bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f"))
    return readWidely(p, bytes);
#endif
  return readPortably(p, bytes);
}

/// Where results go that nobody needs.
static volatile uint64_t sink;

double measureLimit(const Limit *limit, const char *buffer, size_t bytes) {
  double best = 0, start = now();
  for (int pass = 0; pass < 10 || (pass < 1000 && now() - start < 1000);
       ++pass) {
    double begin = now();
    if (limit->run)
      limit->run();
    else
      sink += readAll(buffer, bytes);
    double units = limit->run ? limit->perStep * STEPS * CHAINS : (double)bytes;
    double rate = units / ((now() - begin) * 1e-6);
    if (rate > best)
      best = rate;
  }
  return best;
}
