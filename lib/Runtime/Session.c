//===- Session.c - Variants and runs of a model ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt-c/Npy.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int qo_fail(qo_error *error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->text, sizeof(error->text), format, arguments);
  va_end(arguments);
  return 1;
}

//===----------------------------------------------------------------------===//
// Variants
//===----------------------------------------------------------------------===//

const qo_variant *qo_best_variant(const qo_model *model) {
  for (int64_t i = 0; i < model->num_variants; ++i)
    if (qo_cpu_has(model->variants[i].features))
      return &model->variants[i];
  return NULL;
}

/// Appends to a list of names in `text`, as far as they fit.
static void appendName(char *text, size_t size, const char *name) {
  size_t used = strlen(text);
  snprintf(text + used, size - used, "%s'%s'", used ? ", " : "", name);
}

int qo_find_variant(const qo_model *model, const char *isa,
                    const qo_variant **variant, qo_error *error) {
  char all[160] = "", usable[160] = "";
  const qo_variant *found = NULL;
  for (int64_t i = 0; i < model->num_variants; ++i) {
    const qo_variant *v = &model->variants[i];
    if (!strcmp(v->isa, isa))
      found = v;
    appendName(all, sizeof(all), v->isa);
    if (qo_cpu_has(v->features))
      appendName(usable, sizeof(usable), v->isa);
  }
  if (!found)
    return qo_fail(error, "there is no code for '%s'; this model has %s", isa,
                   all);
  if (!qo_cpu_has(found->features))
    return qo_fail(error,
                   "this processor cannot run '%s', which needs %s; it can run "
                   "%s",
                   isa, found->features, usable);
  *variant = found;
  return 0;
}

/// Checks the description of one input or output.
static int checkTensor(const qo_model *model, const qo_tensor *tensor,
                       qo_error *error) {
  qo_type type;
  if (qo_type_parse(tensor->type, &type))
    return qo_fail(error, "'%s' has the unknown element type '%s'",
                   tensor->name, tensor->type);
  if (tensor->rank < 0 || tensor->rank > QO_NPY_MAX_RANK)
    return qo_fail(error, "'%s' has %lld dimensions, more than the %d allowed",
                   tensor->name, (long long)tensor->rank, QO_NPY_MAX_RANK);
  int64_t elements;
  if (qo_count_elements(tensor->shape, tensor->rank, qo_type_bytes(type),
                        &elements) ||
      elements < 1 || elements * qo_type_bytes(type) != tensor->bytes)
    return qo_fail(error, "the shape of '%s' does not give its %lld bytes",
                   tensor->name, (long long)tensor->bytes);
  if (model->io_in_arena &&
      (tensor->arena_offset < 0 || tensor->bytes > model->arena_bytes ||
       tensor->arena_offset > model->arena_bytes - tensor->bytes))
    return qo_fail(error, "'%s' lies outside of the arena", tensor->name);
  return 0;
}

int qo_check_model(const qo_model *model, qo_error *error) {
  if (model->abi_version != QO_ABI_VERSION)
    return qo_fail(error,
                   "the model has interface version %u, but this program "
                   "knows version %u",
                   model->abi_version, (unsigned)QO_ABI_VERSION);
  for (int64_t i = 0; i < model->num_inputs; ++i)
    if (checkTensor(model, &model->inputs[i], error))
      return 1;
  for (int64_t i = 0; i < model->num_outputs; ++i)
    if (checkTensor(model, &model->outputs[i], error))
      return 1;
  if (model->arena_bytes < 0 || model->arena_alignment < 0 ||
      (model->arena_alignment & (model->arena_alignment - 1)))
    return qo_fail(error, "the arena of the model is not described well");
  return 0;
}

//===----------------------------------------------------------------------===//
// Sessions
//===----------------------------------------------------------------------===//

/// Allocates zeroed memory; null when there is not enough.
static void *allocate(int64_t bytes, int64_t alignment) {
  uint64_t unit = alignment < 64 ? 64 : (uint64_t)alignment;
  uint64_t size = ((uint64_t)bytes + unit - 1) / unit * unit;
  void *memory = aligned_alloc(unit, size ? size : unit);
  if (memory)
    memset(memory, 0, size);
  return memory;
}

/// Finds or allocates the memory of tensors; returns 1 when there is not
/// enough.
static int placeTensors(qo_session *session, const qo_tensor *tensors,
                        int64_t count, void **places) {
  char *arena = session->context[0];
  for (int64_t i = 0; i < count; ++i) {
    places[i] = session->model->io_in_arena ? arena + tensors[i].arena_offset
                                            : allocate(tensors[i].bytes, 64);
    if (!places[i])
      return 1;
  }
  return 0;
}

/// Allocates the arena and all buffers of `session->context`.
static int allocateAll(qo_session *session) {
  const qo_model *model = session->model;
  session->context[0] = allocate(model->arena_bytes, model->arena_alignment);
  return session->context[0] &&
         !placeTensors(session, model->inputs, model->num_inputs,
                       session->inputs) &&
         !placeTensors(session, model->outputs, model->num_outputs,
                       session->outputs);
}

int qo_session_open(qo_session *session, const qo_model *model,
                    const qo_variant *variant, int threads, qo_error *error) {
  int64_t pointers = 1 + model->num_inputs + model->num_outputs;
  *session = (qo_session){model, variant, NULL, threads, NULL, NULL, NULL};
  session->context = calloc((size_t)pointers, sizeof(void *));
  if (!session->context)
    return qo_fail(error, "out of memory");
  session->inputs = session->context + 1;
  session->outputs = session->inputs + model->num_inputs;
  if (!allocateAll(session)) {
    qo_session_close(session);
    return qo_fail(error,
                   "out of memory: the model needs %lld bytes of arena besides "
                   "its inputs and outputs",
                   (long long)model->arena_bytes);
  }
  if (threads == 1)
    return 0;
  session->pool = qo_pool_create(threads);
  if (!session->pool) {
    qo_session_close(session);
    return qo_fail(error, "cannot start %d threads", threads);
  }
  return 0;
}

void qo_session_close(qo_session *session) {
  qo_pool_destroy(session->pool);
  session->pool = NULL;
  if (!session->context)
    return;
  const qo_model *model = session->model;
  int64_t owned =
      model->io_in_arena ? 1 : 1 + model->num_inputs + model->num_outputs;
  for (int64_t i = 0; i < owned; ++i)
    free(session->context[i]);
  free(session->context);
  session->context = NULL;
}

void qo_session_run(qo_session *session) {
  const qo_variant *variant = session->variant;
  for (int64_t i = 0; i < variant->num_layers; ++i)
    qo_pool_run(session->pool, variant->layers[i].count,
                variant->layers[i].task, session->context);
}
