//===- bench-model.c - Measures a compiled model --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Loads a shared library made by quant-compile and measures it in turns with
/// the bounds of the core and, when asked, with another engine, so that a
/// change of the machine's speed meets all of them. Prints one JSON object.
///
//===----------------------------------------------------------------------===//

#include "Limits.h"
#include "Peer.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#define MAX_LIMITS 4
#define MAX_LAYERS 1000
#define MAX_TURNS 1000

static const char usage[] =
    "usage: bench-model MODEL.so [options]\n"
    "  --isa=LEVEL          code for this level, default: the best\n"
    "  --threads=N          default 1\n"
    "  --turns=N            rounds of measurements, default 10\n"
    "  --seconds=S          for the model, all turns together, default 1\n"
    "  --limit=KIND:WORK    dot8, fma (multiply-adds) or read (bytes) of a "
    "run\n"
    "  --list-peers         prints the engines that were built in\n"
    "  --peer=ENGINE        measures one of them too; repeatable\n"
    "  --onnxruntime=LIBRARY --onnx=FILE.onnx\n"
    "                       ONNX Runtime's library and what it runs\n"
    "  --layer=KIND:SIZES   what the other engines run; repeatable, see "
    "Peer.h\n";

typedef struct LimitRequest {
  const char *kind;
  double work; /* per run of the model */
  const Limit *limit;
  char *buffer; /* what "read" reads */
  double rates[MAX_TURNS];
  double shares[MAX_TURNS]; /* of the bound that the model reaches */
} LimitRequest;

typedef struct Options {
  const char *model, *isa, *onnxRuntime, *onnx;
  const char *peers[MAX_PEERS];
  Layer layers[MAX_LAYERS];
  int numPeers, numLayers, threads, turns;
  double seconds;
  int numLimits;
  LimitRequest limits[MAX_LIMITS];
} Options;

/// What one engine needed in each turn.
typedef struct Engine {
  qo_call call;
  void *data;
  qo_timing turns[MAX_TURNS];
} Engine;

//===----------------------------------------------------------------------===//
// Statistics
//===----------------------------------------------------------------------===//

/// Orders doubles for qsort.
static int compareDoubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/// Sorts the values and returns their median.
static double sortAndTakeMedian(double *values, int count) {
  qsort(values, (size_t)count, sizeof(*values), compareDoubles);
  return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// Parses a number in [least, most]; returns 1 if it is none.
static int parseNumber(const char *text, double least, double most,
                       double *value) {
  char *end;
  *value = strtod(text, &end);
  return end == text || *end || !(*value >= least && *value <= most);
}

/// Parses KIND:WORK.
static int parseLimit(const char *text, Options *options, qo_error *error) {
  const char *colon = strchr(text, ':');
  LimitRequest *request = &options->limits[options->numLimits];
  if (options->numLimits == MAX_LIMITS)
    return qo_fail(error, "at most %d bounds can be measured", MAX_LIMITS);
  if (!colon || parseNumber(colon + 1, 1, 1e15, &request->work))
    return qo_fail(error, "expected '--limit=KIND:WORK', but got '%s'", text);
  size_t length = (size_t)(colon - text);
  static const char *const kinds[] = {"dot8", "fma", "read"};
  for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); ++i)
    if (strlen(kinds[i]) == length && !strncmp(kinds[i], text, length))
      request->kind = kinds[i];
  if (!request->kind)
    return qo_fail(error,
                   "expected a bound 'dot8', 'fma' or 'read', but got "
                   "'%.*s'",
                   (int)length, text);
  ++options->numLimits;
  return 0;
}

/// The value of `--name=value`, null when the argument is another one.
static const char *getValue(const char *argument, const char *name) {
  size_t length = strlen(name);
  return !strncmp(argument, name, length) && argument[length] == '='
             ? argument + length + 1
             : NULL;
}

static int parseOption(const char *argument, Options *options,
                       qo_error *error) {
  const struct {
    const char *name;
    const char **text;
  } texts[] = {{"--isa", &options->isa},
               {"--onnxruntime", &options->onnxRuntime},
               {"--onnx", &options->onnx}};
  for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); ++i)
    if (getValue(argument, texts[i].name)) {
      *texts[i].text = getValue(argument, texts[i].name);
      return 0;
    }
  double threads = options->threads, turns = options->turns;
  const struct {
    const char *name;
    double least, most, *value;
  } numbers[] = {{"--threads", 1, QO_MAX_THREADS, &threads},
                 {"--turns", 1, MAX_TURNS, &turns},
                 {"--seconds", 0, 3600, &options->seconds}};
  for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); ++i) {
    const char *text = getValue(argument, numbers[i].name);
    if (!text)
      continue;
    if (parseNumber(text, numbers[i].least, numbers[i].most, numbers[i].value))
      return qo_fail(error, "expected '%s' from %g to %g, but got '%s'",
                     numbers[i].name, numbers[i].least, numbers[i].most, text);
    options->threads = (int)threads;
    options->turns = (int)turns;
    return 0;
  }
  if (getValue(argument, "--limit"))
    return parseLimit(getValue(argument, "--limit"), options, error);
  if (getValue(argument, "--layer") && options->numLayers < MAX_LAYERS)
    return parseLayer(getValue(argument, "--layer"),
                      &options->layers[options->numLayers++], error);
  if (getValue(argument, "--peer") && options->numPeers < MAX_PEERS) {
    options->peers[options->numPeers++] = getValue(argument, "--peer");
    return 0;
  }
  return qo_fail(error, "unknown option '%s'", argument);
}

static int parseOptions(int argc, char **argv, Options *options,
                        qo_error *error) {
  options->threads = 1;
  options->turns = 10;
  options->seconds = 1;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-') {
      if (parseOption(argv[i], options, error))
        return 1;
    } else if (options->model) {
      return qo_fail(error, "expected one model, but got '%s' and '%s'",
                     options->model, argv[i]);
    } else {
      options->model = argv[i];
    }
  }
  if (!options->model)
    return qo_fail(error, "expected a model: 'bench-model MODEL.so'");
  return 0;
}

//===----------------------------------------------------------------------===//
// Measuring
//===----------------------------------------------------------------------===//

/// Opens the library's model on the chosen level, with the self-test's inputs.
static int openModel(const Options *options, qo_session *session,
                     qo_error *error) {
  void *handle = dlopen(options->model, RTLD_NOW | RTLD_LOCAL);
  qo_model_fn get =
      handle ? (qo_model_fn)dlsym(handle, "quantopt_model") : NULL;
  if (!get)
    return qo_fail(error, "%s", dlerror());
  const qo_model *model = get();
  if (qo_check_model(model, error))
    return 1;
  const qo_variant *variant = qo_best_variant(model);
  if (options->isa && qo_find_variant(model, options->isa, &variant, error))
    return 1;
  if (!variant)
    return qo_fail(error, "this processor cannot run any code of the model");
  if (qo_session_open(session, model, variant, options->threads, error))
    return 1;
  for (int64_t i = 0; i < model->num_inputs; ++i)
    if (qo_selftest_fill(&model->inputs[i], i, session->inputs[i]))
      return qo_fail(error, "'%s' has a type that cannot be filled",
                     model->inputs[i].name);
  return 0;
}

/// Finds the bounds that were asked for; those that are not known here stay
/// null.
static int prepareLimits(Options *options, const char *isa, qo_error *error) {
  for (int i = 0; i < options->numLimits; ++i) {
    LimitRequest *request = &options->limits[i];
    request->limit = findLimit(isa, request->kind);
    if (!request->limit || request->limit->run)
      continue;
    size_t bytes = ((size_t)request->work + 511) & ~(size_t)511;
    request->work = (double)bytes;
    request->buffer = aligned_alloc(4096, (bytes + 4095) & ~(size_t)4095);
    if (!request->buffer)
      return qo_fail(error, "out of memory");
    madvise(request->buffer, bytes, MADV_HUGEPAGE);
    memset(request->buffer, 1, bytes);
  }
  return 0;
}

/// Calls a session.
static void callSession(void *session) { qo_session_run(session); }

/// A sample covers at least this many microseconds: reading the thread's clock
/// is a call of the system.
#define MIN_SAMPLE_US 50
#define MAX_SAMPLES 100000

/// Microseconds of this thread, or of the world when there are more threads. A
/// thread's time does not pass while other programs have its core.
static double readClock(int threads) {
  struct timespec t;
  clock_gettime(threads == 1 ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

/// Calls an engine for a fifth of the time and at least twice; returns the
/// number of calls that make a sample.
static int64_t warmUp(const Engine *engine, double seconds, int threads) {
  double begin = now(), start = readClock(threads);
  int64_t runs = 0;
  do {
    engine->call(engine->data);
    ++runs;
  } while (runs < 2 || now() - begin < seconds * 0.2e6);
  double one = (readClock(threads) - start) / (double)runs;
  return one < MIN_SAMPLE_US ? (int64_t)(MIN_SAMPLE_US / (one + 0.001)) + 1 : 1;
}

/// Measures an engine for one turn.
static void measureEngine(Engine *engine, int turn, double seconds,
                          int threads) {
  static double samples[MAX_SAMPLES];
  int64_t group = warmUp(engine, seconds, threads);
  int count = 0;
  double begin = now();
  while (count < 3 || (count < MAX_SAMPLES && now() - begin < seconds * 1e6)) {
    double start = readClock(threads);
    for (int64_t i = 0; i < group; ++i)
      engine->call(engine->data);
    samples[count++] = (readClock(threads) - start) / (double)group;
  }
  double median = sortAndTakeMedian(samples, count);
  engine->turns[turn] = (qo_timing){
      median, samples[0], samples[(count * 9 + 9) / 10 - 1], group * count};
}

#define MAX_LAYER_RUNS 200

/// Measures each layer inside complete runs. Reading the thread's clock would
/// count in short runs, which other programs hardly interrupt.
static int measureLayers(qo_session *session, double seconds, int threads,
                         double *medians, qo_error *error) {
  const qo_variant *variant = session->variant;
  size_t layers = (size_t)variant->num_layers;
  double *samples = calloc(layers * MAX_LAYER_RUNS + 1, sizeof(*samples));
  if (!samples)
    return qo_fail(error, "out of memory");
  double begin = now();
  qo_session_run(session);
  qo_session_run(session);
  int clock = (now() - begin) / 2 < 10 * MIN_SAMPLE_US ? 2 : threads;
  int runs = 0;
  begin = now();
  while (runs < 3 || (runs < MAX_LAYER_RUNS && now() - begin < seconds * 1e6)) {
    for (size_t i = 0; i < layers; ++i) {
      const qo_layer *layer = &variant->layers[i];
      double start = readClock(clock);
      qo_pool_run(session->pool, layer->count, layer->task, session->context);
      samples[i * MAX_LAYER_RUNS + (size_t)runs] = readClock(clock) - start;
    }
    ++runs;
  }
  for (size_t i = 0; i < layers; ++i)
    medians[i] = sortAndTakeMedian(&samples[i * MAX_LAYER_RUNS], runs);
  free(samples);
  return 0;
}

/// One turn: bounds, the model, the model layer by layer, the other engines.
static int runTurn(Options *options, Engine *ours, Engine *peers,
                   double *layers, int turn, qo_error *error) {
  double seconds = options->seconds / options->turns;
  for (int i = 0; i < options->numLimits; ++i)
    if (options->limits[i].limit)
      options->limits[i].rates[turn] =
          measureLimit(options->limits[i].limit, options->limits[i].buffer,
                       (size_t)options->limits[i].work);
  qo_session *session = ours->data;
  int64_t numLayers = session->variant->num_layers;
  measureEngine(ours, turn, seconds, options->threads);
  if (measureLayers(session, seconds / 2, options->threads,
                    layers + turn * numLayers, error))
    return 1;
  for (int i = 0; i < options->numLimits; ++i) {
    LimitRequest *request = &options->limits[i];
    double achieved = request->work / (ours->turns[turn].median_us * 1e-6);
    if (request->limit)
      request->shares[turn] = achieved / request->rates[turn];
  }
  for (int i = 0; i < options->numPeers; ++i)
    measureEngine(&peers[i], turn, seconds, options->threads);
  return 0;
}

//===----------------------------------------------------------------------===//
// Output
//===----------------------------------------------------------------------===//

/// Prints a JSON string.
static void printString(const char *text) {
  putchar('"');
  for (; *text; ++text)
    if (*text == '"' || *text == '\\')
      printf("\\%c", *text);
    else if ((unsigned char)*text < 32)
      printf("\\u%04x", (unsigned char)*text);
    else
      putchar(*text);
  putchar('"');
}

/// Prints the times of an engine over all turns. The spread is the distance of
/// the fastest and the slowest turn, as a part of the median.
static void printEngine(const Engine *engine, int turns) {
  double medians[MAX_TURNS], p90[MAX_TURNS], least = 1e300;
  int64_t runs = 0;
  for (int i = 0; i < turns; ++i) {
    medians[i] = engine->turns[i].median_us;
    p90[i] = engine->turns[i].p90_us;
    runs += engine->turns[i].runs;
    if (engine->turns[i].min_us < least)
      least = engine->turns[i].min_us;
  }
  double median = sortAndTakeMedian(medians, turns);
  printf("\"median_us\": %.3f, \"min_us\": %.3f, \"p90_us\": %.3f, "
         "\"spread\": %.4f, \"runs\": %lld",
         median, least, sortAndTakeMedian(p90, turns),
         (medians[turns - 1] - medians[0]) / median, (long long)runs);
}

static void printLimits(Options *options) {
  printf(", \"limits\": [");
  const char *separator = "";
  for (int i = 0; i < options->numLimits; ++i) {
    LimitRequest *request = &options->limits[i];
    if (!request->limit)
      continue;
    printf("%s{\"kind\": \"%s\", \"instruction\": \"%s\", \"unit\": \"%s\", "
           "\"work\": %.0f, \"rate\": %.4g, \"share\": %.4f}",
           separator, request->kind, request->limit->instruction,
           request->limit->unit, request->work,
           sortAndTakeMedian(request->rates, options->turns),
           sortAndTakeMedian(request->shares, options->turns));
    separator = ", ";
  }
  printf("]");
}

static void printLayers(const qo_variant *variant, const double *times,
                        int turns) {
  printf(", \"layers\": [");
  for (int64_t i = 0; i < variant->num_layers; ++i) {
    double values[MAX_TURNS];
    for (int turn = 0; turn < turns; ++turn)
      values[turn] = times[turn * variant->num_layers + i];
    printf("%s{\"name\": ", i ? ", " : "");
    printString(variant->layers[i].name);
    printf(", \"median_us\": %.3f}", sortAndTakeMedian(values, turns));
  }
  printf("]");
}

/// The median over the turns of our time divided by theirs.
static double getRatio(const Engine *ours, const Engine *peer, int turns) {
  double ratios[MAX_TURNS];
  for (int i = 0; i < turns; ++i)
    ratios[i] = ours->turns[i].median_us / peer->turns[i].median_us;
  return sortAndTakeMedian(ratios, turns);
}

static void printPeers(const Options *options, const Engine *ours,
                       const Engine *engines, const Peer *peers) {
  printf(", \"peers\": {");
  for (int i = 0; i < options->numPeers; ++i) {
    printf("%s\"%s\": {\"engine\": ", i ? ", " : "", peers[i].name);
    printString(peers[i].description);
    printf(", \"ratio\": %.4f, ", getRatio(ours, &engines[i], options->turns));
    printEngine(&engines[i], options->turns);
    printf("}");
  }
  printf("}");
}

static void printResult(Options *options, const Engine *ours,
                        const double *layers) {
  const qo_session *session = ours->data;
  printf("{\"isa\": \"%s\", \"threads\": %d, \"turns\": %d, ",
         session->variant->isa, options->threads, options->turns);
  printf("\"arena_bytes\": %lld, \"const_bytes\": %lld, ",
         (long long)session->model->arena_bytes,
         (long long)session->model->const_bytes);
  printEngine(ours, options->turns);
  printLimits(options);
  printLayers(session->variant, layers, options->turns);
}

/// Opens the engines that were asked for.
static int openPeers(const Options *options, const qo_session *session,
                     Peer *peers, Engine *engines, qo_error *error) {
  PeerRequest request = {options->onnxRuntime, options->onnx,
                         options->layers,      options->numLayers,
                         options->threads,     session};
  for (int i = 0; i < options->numPeers; ++i) {
    if (openPeer(options->peers[i], &request, &peers[i], error))
      return 1;
    engines[i].call = peers[i].call;
    engines[i].data = peers[i].data;
  }
  return 0;
}

static int measure(Options *options, qo_error *error) {
  // Static: they are large.
  static Engine ours, engines[MAX_PEERS];
  static Peer peers[MAX_PEERS];
  static qo_session session;
  if (openModel(options, &session, error) ||
      prepareLimits(options, session.variant->isa, error))
    return 1;
  ours.call = callSession;
  ours.data = &session;
  if (openPeers(options, &session, peers, engines, error))
    return 1;
  double *layers =
      calloc((size_t)options->turns * (size_t)session.variant->num_layers,
             sizeof(*layers));
  int failed = layers ? 0 : qo_fail(error, "out of memory");
  for (int turn = 0; !failed && turn < options->turns; ++turn)
    failed = runTurn(options, &ours, engines, layers, turn, error);
  if (!failed) {
    printResult(options, &ours, layers);
    printPeers(options, &ours, engines, peers);
    printf("}\n");
  }
  free(layers);
  qo_session_close(&session);
  return failed;
}

int main(int argc, char **argv) {
  static Options options;
  if (argc == 2 && !strcmp(argv[1], "--list-peers")) {
    listPeers();
    return 0;
  }
  qo_error error;
  int failed = parseOptions(argc, argv, &options, &error);
  if (!failed && measure(&options, &error)) {
    fprintf(stderr, "bench-model: error: %s\n", error.text);
    return 1;
  }
  if (failed) {
    fprintf(stderr, "bench-model: error: %s\n%s", error.text, usage);
    return 1;
  }
  return 0;
}
