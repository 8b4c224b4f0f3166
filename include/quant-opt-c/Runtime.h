//===- Runtime.h - Running a compiled model ---------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What programs that run a compiled model share: the choice of a variant for
/// this processor, the thread pool, one inference, the benchmark loop and the
/// self-test. Implemented by `libquantopt_runtime.a`, which needs the C library
/// only. C99, safe to include from C++.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_C_RUNTIME_H
#define QUANTOPT_C_RUNTIME_H

#include "quant-opt-c/Model.h"
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a function of the runtime failed: one line without a final period.
typedef struct qo_error {
  char text[512];
} qo_error;

/// Writes a formatted message to `error`, shortened to fit; returns 1.
int qo_fail(qo_error *error, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;

//===----------------------------------------------------------------------===//
// Processor and variants
//===----------------------------------------------------------------------===//

/// Returns 1 when this processor and operating system have every feature of
/// the comma-separated list, spelled as in the Linux kernel's cpuinfo. A name
/// that is not known here counts as absent; the empty list is always there.
/// Where Linux grants the state of a feature (amx_tile) only to processes that
/// ask, this asks.
int qo_cpu_has(const char *features);

/// Returns the first variant that this processor can run, null if none.
const qo_variant *qo_best_variant(const qo_model *model);

/// Sets `*variant` to the one named `isa`. Fails, listing the variants, when
/// there is none or this processor cannot run it.
int qo_find_variant(const qo_model *model, const char *isa,
                    const qo_variant **variant, qo_error *error);

/// Fails when the model was built for another interface version or its
/// description contradicts itself.
int qo_check_model(const qo_model *model, qo_error *error);

//===----------------------------------------------------------------------===//
// Thread pool
//===----------------------------------------------------------------------===//

#define QO_MAX_THREADS 256

typedef struct qo_pool qo_pool;

/// Starts `threads - 1` threads; the caller of `qo_pool_run` is the last one.
/// Returns null when they cannot be started or the number is not in
/// [1, QO_MAX_THREADS].
qo_pool *qo_pool_create(int threads);

/// Ends the threads. Null is allowed.
void qo_pool_destroy(qo_pool *pool);

/// A `qo_parallel_for`: splits [0, count) into one contiguous range per thread,
/// equal up to one item, always the same for the same count. Not re-entrant: a
/// pool serves one caller at a time. A null pool runs everything here.
void qo_pool_run(void *pool, int64_t count, qo_task task, void *context);

//===----------------------------------------------------------------------===//
// Sessions
//===----------------------------------------------------------------------===//

/// Everything one inference needs. The buffers belong to the session, are
/// aligned to at least 64 bytes and hold `bytes` of the tensor's description.
typedef struct qo_session {
  const qo_model *model;
  const qo_variant *variant;
  qo_pool *pool; /* null for one thread */
  int threads;
  void **context; /* arena, inputs, outputs: what tasks receive */
  void **inputs;  /* inside `context` */
  void **outputs; /* inside `context` */
} qo_session;

/// Allocates buffers and threads. On failure nothing is left to release.
int qo_session_open(qo_session *session, const qo_model *model,
                    const qo_variant *variant, int threads, qo_error *error);

void qo_session_close(qo_session *session);

/// Runs every layer once, in order.
void qo_session_run(qo_session *session);

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

/// Times of one call of the model, in microseconds.
typedef struct qo_timing {
  double median_us;
  double min_us;
  double p90_us;
  int64_t runs;
} qo_timing;

/// A call that a benchmark repeats.
typedef void (*qo_call)(void *data);

/// Repeats `call(data)` for a warm-up and then for `seconds`, at least three
/// times. Calls that last less than a few microseconds are timed in groups.
int qo_bench(qo_call call, void *data, double seconds, qo_timing *timing,
             qo_error *error);

/// Writes "median_us: 123.45 min_us: 120.01 p90_us: 130.00 runs: 8000
/// threads: 1" (one line, no newline) to `line`.
void qo_format_timing(const qo_timing *timing, int threads, char *line,
                      size_t size);

/// Measures each layer of the session inside complete runs; `medians_us` has
/// one element per layer of the variant.
int qo_bench_layers(qo_session *session, double seconds, double *medians_us,
                    qo_error *error);

//===----------------------------------------------------------------------===//
// Self-test
//===----------------------------------------------------------------------===//

/// Fills the buffer of input number `index` with the self-test's values.
///
/// The generator is SplitMix64 started at 0x71756F7074 + index. For each
/// element in row-major order one 64-bit number r is drawn:
/// * i8, ui8, and wider integers with a scale: the low bits of r;
/// * i1, and wider integers without a scale (indices, flags): r mod 2;
/// * f32, f64: ((r >> 40) - 2^23) * 2^-22, a multiple of 2^-22 in [-2, 2);
/// * f16: ((r >> 53) - 2^10) * 2^-9; bf16: ((r >> 56) - 2^7) * 2^-6.
/// Returns 1 when the type is not one of those.
int qo_selftest_fill(const qo_tensor *input, int64_t index, void *data);

#define QO_FNV1A_START 0xCBF29CE484222325u

/// Continues a 64-bit FNV-1a hash over `size` bytes.
uint64_t qo_fnv1a(uint64_t hash, const void *data, size_t size);

/// Runs the session on the self-test's inputs; returns the hash of the bytes
/// of all outputs, in order.
uint64_t qo_selftest_run(qo_session *session);

#ifdef __cplusplus
}
#endif

#endif /* QUANTOPT_C_RUNTIME_H */
