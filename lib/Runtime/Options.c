//===- Options.c - The command line of a model's executable ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include <stdlib.h>
#include <string.h>

/// The arguments that are left.
typedef struct Arguments {
  int argc, at;
  char **argv;
} Arguments;

/// Tests the current argument for option `name`. Sets `*value` to what follows
/// '=', or null when there is none.
static int isOption(const Arguments *args, const char *name,
                    const char **value) {
  const char *text = args->argv[args->at];
  size_t length = strlen(name);
  if (strncmp(text, name, length) || (text[length] && text[length] != '='))
    return 0;
  *value = text[length] ? text + length + 1 : NULL;
  return 1;
}

/// Takes the next argument as the value of `name` unless one is there already.
static int needValue(Arguments *args, const char *name, const char **value,
                     qo_error *error) {
  if (!*value && args->at + 1 < args->argc)
    *value = args->argv[++args->at];
  if (!*value || !**value)
    return qo_fail(error, "option '%s' needs a value; see --help", name);
  return 0;
}

/// Reads the value of '--threads'.
static int parseThreads(const char *text, int *threads, qo_error *error) {
  char *end;
  long value = strtol(text, &end, 10);
  if (end == text || *end || value < 1 || value > QO_MAX_THREADS)
    return qo_fail(error,
                   "option '--threads' expects a number from 1 to %d, but got "
                   "'%s'",
                   QO_MAX_THREADS, text);
  *threads = (int)value;
  return 0;
}

/// Reads the value of '--bench', null when there is none.
static int parseBench(const char *text, Options *options, qo_error *error) {
  if (text && !strcmp(text, "layers")) {
    options->benchLayers = 1;
    return 0;
  }
  options->bench = 1;
  if (!text)
    return 0;
  char *end;
  double value = strtod(text, &end);
  // Written so that NaN fails.
  if (end == text || *end || !(value > 0 && value <= 86400))
    return qo_fail(error,
                   "option '--bench' expects 'layers' or a number of seconds "
                   "above 0 and up to 86400, but got '%s'",
                   text);
  options->seconds = value;
  return 0;
}

/// Reads an option without a value; returns 1 when the argument is not one.
static int parseFlag(const char *text, Options *options) {
  if (!strcmp(text, "--info"))
    return !(options->info = 1);
  if (!strcmp(text, "--selftest"))
    return !(options->selftest = 1);
  if (!strcmp(text, "--help") || !strcmp(text, "-h"))
    return !(options->help = 1);
  return 1;
}

/// Reads the current argument.
static int parseOne(Arguments *args, Options *options, qo_error *error) {
  const char *value;
  if (isOption(args, "--bench", &value))
    return parseBench(value, options, error);
  if (isOption(args, "--threads", &value))
    return needValue(args, "--threads", &value, error) ||
           parseThreads(value, &options->threads, error);
  if (isOption(args, "--isa", &value)) {
    int failed = needValue(args, "--isa", &value, error);
    options->isa = value;
    return failed;
  }
  if (isOption(args, "--input", &value)) {
    if (needValue(args, "--input", &value, error))
      return 1;
    options->inputs.items[options->inputs.count++] = value;
    return 0;
  }
  if (isOption(args, "--output", &value)) {
    if (needValue(args, "--output", &value, error))
      return 1;
    options->outputs.items[options->outputs.count++] = value;
    return 0;
  }
  const char *text = args->argv[args->at];
  if (!parseFlag(text, options))
    return 0;
  if (text[0] == '-')
    return qo_fail(error, "unknown option '%s'; see --help", text);
  return qo_fail(error,
                 "unexpected argument '%s'; files are given as '--input %s' or "
                 "'--output %s'",
                 text, text, text);
}

/// Refuses options that contradict each other or ask for nothing.
static int checkOptions(const Options *o, qo_error *error) {
  int benches = o->bench || o->benchLayers;
  if (benches + o->info + o->selftest > 1)
    return qo_fail(error, "options '--bench', '--info' and '--selftest' "
                          "exclude each other");
  if (o->outputs.count && (benches || o->info || o->selftest))
    return qo_fail(error, "option '--output' cannot be used with '--bench', "
                          "'--info' or '--selftest'");
  if (o->inputs.count && (o->info || o->selftest))
    return qo_fail(error, "option '--input' cannot be used with '--info' or "
                          "'--selftest'");
  if (benches || o->info || o->selftest)
    return 0;
  if (!o->inputs.count && !o->outputs.count)
    return qo_fail(error, "nothing to do; give '--input FILE.npy --output "
                          "FILE.npy', or see --help");
  if (!o->outputs.count)
    return qo_fail(error, "no '--output [NAME=]FILE.npy' given");
  return 0;
}

int qo_parse_options(int argc, char **argv, const char **specs,
                     Options *options, qo_error *error) {
  memset(options, 0, sizeof(*options));
  options->inputs.items = specs;
  options->outputs.items = specs + argc;
  options->threads = 1;
  options->seconds = 1;
  Arguments args = {argc, 1, argv};
  for (; args.at < argc; ++args.at)
    if (parseOne(&args, options, error))
      return 1;
  return options->help ? 0 : checkOptions(options, error);
}
