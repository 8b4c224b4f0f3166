//===- Report.c - What an executable says about its model -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "quant-opt-c/Npy.h"
#include <stdio.h>

/// Prints the facts of an input or output on one line.
static void printTensor(const char *key, int64_t index, const qo_tensor *t) {
  char shape[768];
  qo_format_shape(t->shape, t->rank, shape, sizeof(shape));
  printf("%s%lld: name=%s type=%s shape=%s scale=%.9g zero_point=%d\n", key,
         (long long)index, t->name, t->type, shape, (double)t->scale,
         (int)t->zero_point);
}

void qo_print_info(const qo_model *model, const qo_variant *variant) {
  printf("name: %s\nversion: %s\ntarget: %s\nisa: %s\nvariants:", model->name,
         model->version, model->target, variant->isa);
  for (int64_t i = 0; i < model->num_variants; ++i)
    printf(" %s", model->variants[i].isa);
  printf("\ninputs: %lld\n", (long long)model->num_inputs);
  for (int64_t i = 0; i < model->num_inputs; ++i)
    printTensor("input", i, &model->inputs[i]);
  printf("outputs: %lld\n", (long long)model->num_outputs);
  for (int64_t i = 0; i < model->num_outputs; ++i)
    printTensor("output", i, &model->outputs[i]);
  printf("layers: %lld\n", (long long)variant->num_layers);
  printf("weight_bytes: %lld\n", (long long)model->weight_bytes);
  printf("const_bytes: %lld\n", (long long)model->const_bytes);
  printf("code_bytes: %lld\n", (long long)variant->code_bytes);
  printf("arena_bytes: %lld\n", (long long)model->arena_bytes);
  printf("float_ops: %lld\n", (long long)model->float_ops);
  printf("float: %s\n", model->fast_float ? "fast" : "strict");
}

/// Prints an input or output for people.
static void describeTensor(const char *key, const qo_tensor *t) {
  char shape[768];
  qo_format_shape(t->shape, t->rank, shape, sizeof(shape));
  printf("  %-7s %s: %s %s\n", key, t->name, shape, t->type);
}

void qo_print_help(const qo_model *model, const char *program) {
  printf("%s: a network compiled by quant-opt %s for %s\n\n"
         "usage: %s --input [NAME=]x.npy --output [NAME=]y.npy [options]\n\n",
         model->name, model->version, model->target, program);
  for (int64_t i = 0; i < model->num_inputs; ++i)
    describeTensor("input", &model->inputs[i]);
  for (int64_t i = 0; i < model->num_outputs; ++i)
    describeTensor("output", &model->outputs[i]);
  printf(
      "\n"
      "  --input [NAME=]FILE   a .npy array of one sample or many; repeat for\n"
      "                        several inputs; NAME only if there are several\n"
      "  --output [NAME=]FILE  where to write the results of all samples\n"
      "  --bench[=SECONDS]     time one call of the model (default 1 second)\n"
      "  --bench=layers        time each layer\n"
      "  --info                print facts about the model\n"
      "  --selftest            compare results with those stored in the model\n"
      "  --threads=N           use N threads (default 1)\n"
      "  --isa=LEVEL           use the code for this instruction set:");
  for (int64_t i = 0; i < model->num_variants; ++i)
    printf(" %s", model->variants[i].isa);
  printf("\n"
         "  --help                print this\n\n"
         "exit status: 0 done, 1 wrong input or option, 2 internal error\n");
}
