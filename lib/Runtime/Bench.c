//===- Bench.c - Measuring how long a model takes -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Runtime.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/// A sample covers at least this many microseconds, so that reading the clock
/// does not count.
#define MIN_SAMPLE_US 4.0
/// A measurement keeps at most this many samples.
#define MAX_SAMPLES (1 << 24)

/// Returns the time in microseconds since an arbitrary start.
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/// A growing list of times.
typedef struct Samples {
  float *values;
  int64_t count, capacity;
} Samples;

/// Adds a sample; returns 1 when there is no memory for it.
static int addSample(Samples *samples, double value) {
  if (samples->count == samples->capacity) {
    int64_t capacity = samples->capacity ? samples->capacity * 2 : 1024;
    float *values = realloc(samples->values, (size_t)capacity * sizeof(float));
    if (!values)
      return 1;
    samples->values = values;
    samples->capacity = capacity;
  }
  samples->values[samples->count++] = (float)value;
  return 0;
}

/// Orders floats for qsort.
static int compareFloats(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

/// Sorts the values and returns their median.
static double sortAndTakeMedian(float *values, int64_t count) {
  qsort(values, (size_t)count, sizeof(float), compareFloats);
  return ((double)values[(count - 1) / 2] + (double)values[count / 2]) / 2;
}

/// Calls for a fifth of the time and at least twice; returns the shortest time
/// of one call.
static double warmUp(qo_call call, void *data, double seconds) {
  double start = now(), last = start, shortest = 1e30;
  for (int runs = 0; runs < 2 || last - start < seconds * 0.2e6; ++runs) {
    call(data);
    double end = now();
    if (end - last < shortest)
      shortest = end - last;
    last = end;
  }
  return shortest;
}

int qo_bench(qo_call call, void *data, double seconds, qo_timing *timing,
             qo_error *error) {
  double one = warmUp(call, data, seconds);
  int64_t group = one >= MIN_SAMPLE_US ? 1
                  : one > 0.01         ? (int64_t)(MIN_SAMPLE_US / one) + 1
                                       : 400;
  Samples samples = {0};
  double start = now(), last = start;
  while (samples.count < 3 ||
         (last - start < seconds * 1e6 && samples.count < MAX_SAMPLES)) {
    for (int64_t i = 0; i < group; ++i)
      call(data);
    double end = now();
    if (addSample(&samples, (end - last) / (double)group)) {
      free(samples.values);
      return qo_fail(error, "out of memory for the measured times");
    }
    last = now();
  }
  int64_t count = samples.count;
  timing->median_us = sortAndTakeMedian(samples.values, count);
  timing->min_us = samples.values[0];
  timing->p90_us = samples.values[(count * 9 + 9) / 10 - 1];
  timing->runs = count * group;
  free(samples.values);
  return 0;
}

void qo_format_timing(const qo_timing *timing, int threads, char *line,
                      size_t size) {
  snprintf(line, size,
           "median_us: %.2f min_us: %.2f p90_us: %.2f runs: %lld threads: %d",
           timing->median_us, timing->min_us, timing->p90_us,
           (long long)timing->runs, threads);
}

/// Runs the session once; adds the time of each layer to its samples.
static int runTimed(qo_session *session, Samples *samples) {
  const qo_variant *variant = session->variant;
  double last = now();
  for (int64_t i = 0; i < variant->num_layers; ++i) {
    const qo_layer *layer = &variant->layers[i];
    qo_pool_run(session->pool, layer->count, layer->task, session->context);
    double end = now();
    if (addSample(&samples[i], end - last))
      return 1;
    last = now();
  }
  return 0;
}

int qo_bench_layers(qo_session *session, double seconds, double *medians_us,
                    qo_error *error) {
  int64_t layers = session->variant->num_layers;
  Samples *samples = calloc((size_t)layers + 1, sizeof(Samples));
  if (!samples)
    return qo_fail(error, "out of memory for the measured times");
  double begin = now();
  for (int runs = 0; runs < 2 || now() - begin < seconds * 0.2e6; ++runs)
    qo_session_run(session);
  int failed = 0;
  int64_t limit = MAX_SAMPLES / (layers + 1) + 3;
  double start = now();
  for (int64_t runs = 0;
       !failed && (runs < 3 || (runs < limit && now() - start < seconds * 1e6));
       ++runs)
    failed = runTimed(session, samples);
  for (int64_t i = 0; i < layers; ++i) {
    if (!failed)
      medians_us[i] = sortAndTakeMedian(samples[i].values, samples[i].count);
    free(samples[i].values);
  }
  free(samples);
  return failed ? qo_fail(error, "out of memory for the measured times") : 0;
}
