//===- Options.h - The command line of a model's executable -----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_RUNTIME_OPTIONS_H
#define QUANTOPT_LIB_RUNTIME_OPTIONS_H

#include "quant-opt-c/Runtime.h"

/// A repeated option's values, pointing into argv.
typedef struct Specs {
  const char **items;
  int count;
} Specs;

/// What the user asked for.
typedef struct Options {
  Specs inputs, outputs; /* [NAME=]FILE */
  const char *isa;       /* null: the best for this processor */
  double seconds;        /* of a benchmark */
  int threads;
  int bench, benchLayers, info, selftest, help;
} Options;

/// Reads the command line. `specs` has room for argc strings twice.
int qo_parse_options(int argc, char **argv, const char **specs,
                     Options *options, qo_error *error);

/// Prints usage for this model to stdout.
void qo_print_help(const qo_model *model, const char *program);

/// Prints `key: value` lines about the model to stdout.
void qo_print_info(const qo_model *model, const qo_variant *variant);

#endif // QUANTOPT_LIB_RUNTIME_OPTIONS_H
