//===- Main.c - The executable around a compiled model --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

///
/// \file
/// Linked with the object of a model, which defines `quantopt_model`. Data goes
/// to stdout, messages go to stderr. Exit status: 0 done, 1 the input or an
/// option is wrong, 2 an internal error.
///
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Defined by the object of the compiled model.
const qo_model *quantopt_model(void);

/// Calls a session, for the benchmark.
static void callSession(void *session) { qo_session_run(session); }

/// Prints the line of '--bench'.
static int runBench(qo_session *session, const Options *options,
                    qo_error *error) {
  qo_timing timing;
  char line[200];
  if (qo_load_first(session, options, error) ||
      qo_bench(callSession, session, options->seconds, &timing, error))
    return 1;
  qo_format_timing(&timing, session->threads, line, sizeof(line));
  puts(line);
  return 0;
}

/// Prints the table of '--bench=layers'.
static int runBenchLayers(qo_session *session, const Options *options,
                          qo_error *error) {
  const qo_variant *variant = session->variant;
  if (qo_load_first(session, options, error))
    return 1;
  double *times = calloc((size_t)variant->num_layers + 1, sizeof(double));
  if (!times)
    return qo_fail(error, "out of memory");
  int failed = qo_bench_layers(session, options->seconds, times, error);
  double total = 0;
  for (int64_t i = 0; i < variant->num_layers; ++i)
    total += times[i];
  if (!failed)
    printf("%-40s %12s %7s\n", "layer", "median_us", "share");
  for (int64_t i = 0; !failed && i < variant->num_layers; ++i)
    printf("%-40s %12.2f %6.1f%%\n", variant->layers[i].name, times[i],
           total > 0 ? 100 * times[i] / total : 0);
  if (!failed)
    printf("%-40s %12.2f %6.1f%%\n", "total", total, 100.0);
  free(times);
  return failed;
}

/// Runs one variant of the self-test; the first hash seen becomes `*expected`
/// when the model has none.
static int testVariant(const qo_model *model, const qo_variant *variant,
                       int threads, uint64_t *expected, qo_error *error) {
  qo_session session;
  if (qo_session_open(&session, model, variant, threads, error))
    return 1;
  uint64_t hash = qo_selftest_run(&session);
  qo_session_close(&session);
  if (!*expected)
    *expected = hash;
  if (hash != *expected)
    return qo_fail(error,
                   "self-test failed for '%s': expected hash %016llx, but got "
                   "%016llx",
                   variant->isa, (unsigned long long)*expected,
                   (unsigned long long)hash);
  printf("selftest: %s hash %016llx%s\n", variant->isa,
         (unsigned long long)hash, model->golden_hash ? " ok" : "");
  return 0;
}

/// Compares the results of the chosen variant, or of all that this processor
/// can run, with the stored hash, or with each other when there is none. With
/// fast floats each must only run.
static int runSelfTest(const qo_model *model, const qo_variant *variant,
                       const Options *options, qo_error *error) {
  uint64_t expected = model->golden_hash;
  for (int64_t i = 0; i < model->num_variants; ++i) {
    const qo_variant *v = &model->variants[i];
    if (options->isa ? v != variant : !qo_cpu_has(v->features))
      continue;
    if (model->fast_float)
      expected = 0;
    if (testVariant(model, v, options->threads, &expected, error))
      return 1;
  }
  puts(model->golden_hash ? "selftest: passed" : "selftest: no golden vectors");
  return 0;
}

/// Does what the options ask for.
static int runModel(const qo_model *model, const Options *options,
                    qo_error *error) {
  const qo_variant *variant = qo_best_variant(model);
  if (options->isa) {
    if (qo_find_variant(model, options->isa, &variant, error))
      return 1;
  } else if (!variant) {
    return qo_fail(error,
                   "this processor cannot run any code of the model; "
                   "it was compiled for %s and needs %s",
                   model->target,
                   model->num_variants
                       ? model->variants[model->num_variants - 1].features
                       : "nothing known");
  }
  if (options->info) {
    qo_print_info(model, variant);
    return 0;
  }
  if (options->selftest)
    return runSelfTest(model, variant, options, error);
  qo_session session;
  if (qo_session_open(&session, model, variant, options->threads, error))
    return 1;
  int failed = options->benchLayers ? runBenchLayers(&session, options, error)
               : options->bench     ? runBench(&session, options, error)
                                    : qo_evaluate(&session, options, error);
  qo_session_close(&session);
  return failed;
}

/// Prints an error message; returns `status`.
static int report(const char *program, int status, const qo_error *error) {
  fflush(stdout);
  fprintf(stderr, "%s: error: %s\n", program, error->text);
  return status;
}

int main(int argc, char **argv) {
  const char *program = argc > 0 ? argv[0] : "model";
  const char *slash = strrchr(program, '/');
  if (slash)
    program = slash + 1;
  // A reader that goes away shows as a failed write.
  signal(SIGPIPE, SIG_IGN);
  const qo_model *model = quantopt_model();
  qo_error error;
  if (qo_check_model(model, &error))
    return report(program, 2, &error);
  const char **specs = calloc(2 * (size_t)argc + 1, sizeof(*specs));
  if (!specs) {
    qo_fail(&error, "out of memory");
    return report(program, 1, &error);
  }
  Options options;
  int failed = qo_parse_options(argc, argv, specs, &options, &error);
  if (!failed && options.help)
    qo_print_help(model, program);
  else if (!failed)
    failed = runModel(model, &options, &error);
  free(specs);
  if (!failed && (fflush(stdout) || ferror(stdout)))
    failed =
        qo_fail(&error, "cannot write to standard output: %s", strerror(errno));
  return failed ? report(program, 1, &error) : 0;
}
