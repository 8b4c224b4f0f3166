//===- Evaluate.c - Running a model on files ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "Files.h"
#include <stdlib.h>
#include <string.h>

/// All files of a run.
typedef struct Run {
  qo_session *session;
  InputFile *inputs;   /* one per input of the model */
  OutputFile *outputs; /* one per output; without a path if not asked for */
  int64_t batches;     /* calls of the model; -1 before the first file */
} Run;

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

/// Writes the names of the tensors as "'a', 'b'".
static void listNames(const qo_tensor *tensors, int64_t count, char *text,
                      size_t size) {
  size_t used = 0;
  text[0] = 0;
  for (int64_t i = 0; i < count && used < size; ++i)
    used += (size_t)snprintf(text + used, size - used, "%s'%s'", i ? ", " : "",
                             tensors[i].name);
}

/// Splits "[NAME=]FILE" into a tensor's index and a path. A name may contain
/// '=' and so may a path: a tensor's name decides first.
static int splitSpec(const char *spec, const char *kind,
                     const qo_tensor *tensors, int64_t count, int64_t *index,
                     const char **path, qo_error *error) {
  char names[300];
  listNames(tensors, count, names, sizeof(names));
  for (int64_t i = 0; i < count; ++i) {
    size_t length = strlen(tensors[i].name);
    if (strncmp(spec, tensors[i].name, length) || spec[length] != '=')
      continue;
    *index = i;
    *path = spec + length + 1;
    return **path ? 0 : qo_fail(error, "no file given in '%s'", spec);
  }
  const char *equals = strchr(spec, '=');
  if (equals && !memchr(spec, '/', (size_t)(equals - spec)))
    return qo_fail(error, "the model has no %s '%.*s'; it has %s", kind,
                   (int)(equals - spec), spec, names);
  if (count != 1)
    return qo_fail(error,
                   "the model has several %ss; say which one '%s' is by "
                   "NAME=FILE with a name of %s",
                   kind, spec, names);
  *index = 0;
  *path = spec;
  return 0;
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

/// Returns how many batches of `tensor` the array holds; 0 when its shape does
/// not fit.
static int64_t countBatches(const qo_tensor *tensor, const qo_npy *npy) {
  const int64_t *shape = tensor->shape;
  int64_t rank = tensor->rank;
  if (rank == 0)
    return npy->rank == 0;
  size_t inner = (size_t)(rank - 1) * sizeof(int64_t);
  if (npy->rank == rank && !memcmp(npy->shape + 1, shape + 1, inner))
    return npy->shape[0] % shape[0] ? 0 : npy->shape[0] / shape[0];
  return npy->rank == rank - 1 && shape[0] == 1 &&
         !memcmp(npy->shape, shape + 1, inner);
}

/// Says which shape was expected.
static int failShape(const qo_tensor *tensor, const InputFile *file,
                     qo_error *error) {
  int64_t wanted[QO_NPY_MAX_RANK];
  char expected[160], found[160], multiple[40] = "";
  memcpy(wanted, tensor->shape, (size_t)tensor->rank * sizeof(int64_t));
  if (tensor->rank) {
    wanted[0] = -1;
    snprintf(multiple, sizeof(multiple), " with N %s %lld",
             tensor->shape[0] == 1 ? "at least" : "a multiple of",
             (long long)tensor->shape[0]);
  }
  qo_format_shape(wanted, tensor->rank, expected, sizeof(expected));
  qo_format_shape(file->npy.shape, file->npy.rank, found, sizeof(found));
  return qo_fail(error,
                 "%.150s: expected shape %.100s%s for input '%.60s', but got "
                 "%.100s",
                 file->path, expected, multiple, tensor->name, found);
}

/// Checks that the elements can become the tensor's.
static int checkType(const qo_tensor *tensor, const InputFile *file,
                     qo_error *error) {
  qo_type type;
  if (qo_type_parse(tensor->type, &type))
    return qo_fail(error, "unknown element type '%s'", tensor->type);
  if (type >= QO_F16 || file->npy.type < QO_F16)
    return 0;
  char how[100] = "";
  if (tensor->scale != 0)
    snprintf(how, sizeof(how), " quantized with scale %.9g and zero point %d",
             (double)tensor->scale, (int)tensor->zero_point);
  return qo_fail(error,
                 "%.200s: expected integers%s for input '%.60s' of type '%s', "
                 "but got '%s' elements",
                 file->path, how, tensor->name, tensor->type,
                 qo_type_name(file->npy.type));
}

/// Opens the file of one '--input'.
static int openInput(Run *run, const char *spec, qo_error *error) {
  const qo_model *model = run->session->model;
  int64_t index;
  const char *path;
  if (splitSpec(spec, "input", model->inputs, model->num_inputs, &index, &path,
                error))
    return 1;
  const qo_tensor *tensor = &model->inputs[index];
  InputFile *file = &run->inputs[index];
  if (file->path)
    return qo_fail(error, "input '%s' is given twice", tensor->name);
  if (qo_input_open(file, path, error) || checkType(tensor, file, error))
    return 1;
  int64_t batches = countBatches(tensor, &file->npy);
  if (batches == 0)
    return failShape(tensor, file, error);
  if (run->batches >= 0 && run->batches != batches)
    return qo_fail(error,
                   "%.200s: input '%s' has %lld batches, but an earlier input "
                   "has %lld",
                   path, tensor->name, (long long)batches,
                   (long long)run->batches);
  run->batches = batches;
  return 0;
}

/// Opens all inputs.
static int openInputs(Run *run, const Specs *specs, qo_error *error) {
  const qo_model *model = run->session->model;
  for (int i = 0; i < specs->count; ++i)
    if (openInput(run, specs->items[i], error))
      return 1;
  for (int64_t i = 0; i < model->num_inputs; ++i)
    if (!run->inputs[i].path)
      return qo_fail(error, "no '--input' given for input '%s'",
                     model->inputs[i].name);
  if (run->batches < 0) // A model without inputs runs once.
    run->batches = 1;
  return 0;
}

/// Reads the next batch of every input to the session's buffers.
static int readBatch(Run *run, qo_error *error) {
  const qo_model *model = run->session->model;
  for (int64_t i = 0; i < model->num_inputs; ++i) {
    qo_type type;
    if (qo_type_parse(model->inputs[i].type, &type))
      return qo_fail(error, "unknown element type");
    int64_t count = model->inputs[i].bytes / qo_type_bytes(type);
    if (qo_input_read(&run->inputs[i], count, type, run->session->inputs[i],
                      error))
      return 1;
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

/// Opens the file of one '--output' and writes its header.
static int openOutput(Run *run, const char *spec, qo_error *error) {
  const qo_model *model = run->session->model;
  int64_t index;
  const char *path;
  if (splitSpec(spec, "output", model->outputs, model->num_outputs, &index,
                &path, error))
    return 1;
  const qo_tensor *tensor = &model->outputs[index];
  if (run->outputs[index].path)
    return qo_fail(error, "output '%s' is given twice", tensor->name);
  for (int64_t i = 0; i < model->num_outputs; ++i)
    if (run->outputs[i].path && !strcmp(run->outputs[i].path, path))
      return qo_fail(error, "%s: two outputs cannot share a file", path);
  int64_t shape[QO_NPY_MAX_RANK + 1], rank = tensor->rank;
  memcpy(shape, tensor->shape, (size_t)rank * sizeof(int64_t));
  // Scalars of several batches become a vector.
  if (rank == 0 && run->batches != 1)
    shape[rank++] = 1;
  if (rank && __builtin_mul_overflow(shape[0], run->batches, &shape[0]))
    return qo_fail(error, "%s: the result would be too large", path);
  qo_type type;
  if (qo_type_parse(tensor->type, &type))
    return qo_fail(error, "unknown element type '%s'", tensor->type);
  char header[QO_NPY_MAX_WRITTEN];
  size_t size = qo_npy_format(type, shape, rank, header);
  return qo_output_open(&run->outputs[index], path, error) ||
         qo_output_write(&run->outputs[index], header, size, error);
}

/// Writes one output of the batch that was computed.
static int writeOutput(Run *run, int64_t index, qo_error *error) {
  const qo_tensor *tensor = &run->session->model->outputs[index];
  const void *data = run->session->outputs[index];
  OutputFile *file = &run->outputs[index];
  if (!file->path)
    return 0;
  if (strcmp(tensor->type, "bf16"))
    return qo_output_write(file, data, (size_t)tensor->bytes, error);
  float *wide = malloc((size_t)tensor->bytes * 2);
  if (!wide)
    return qo_fail(error, "out of memory");
  qo_widen_bf16(data, tensor->bytes / 2, wide);
  int failed = qo_output_write(file, wide, (size_t)tensor->bytes * 2, error);
  free(wide);
  return failed;
}

/// Gives all outputs their names, none unless all are complete.
static int commitOutputs(Run *run, qo_error *error) {
  int64_t count = run->session->model->num_outputs;
  for (int64_t i = 0; i < count; ++i)
    if (run->outputs[i].path && qo_output_close(&run->outputs[i], error))
      return 1;
  for (int64_t i = 0; i < count; ++i)
    if (run->outputs[i].path && qo_output_commit(&run->outputs[i], error))
      return 1;
  return 0;
}

//===----------------------------------------------------------------------===//
// The run
//===----------------------------------------------------------------------===//

/// Allocates the lists of files.
static int beginRun(Run *run, qo_session *session, qo_error *error) {
  const qo_model *model = session->model;
  *run = (Run){session, NULL, NULL, -1};
  run->inputs = calloc((size_t)model->num_inputs + 1, sizeof(InputFile));
  run->outputs = calloc((size_t)model->num_outputs + 1, sizeof(OutputFile));
  return run->inputs && run->outputs ? 0 : qo_fail(error, "out of memory");
}

/// Closes everything; what was not committed disappears.
static void endRun(Run *run) {
  const qo_model *model = run->session->model;
  for (int64_t i = 0; run->inputs && i < model->num_inputs; ++i)
    qo_input_close(&run->inputs[i]);
  for (int64_t i = 0; run->outputs && i < model->num_outputs; ++i)
    qo_output_discard(&run->outputs[i]);
  free(run->inputs);
  free(run->outputs);
}

/// Computes all batches; the files are open.
static int runBatches(Run *run, qo_error *error) {
  const qo_model *model = run->session->model;
  for (int64_t batch = 0; batch < run->batches; ++batch) {
    if (readBatch(run, error))
      return 1;
    qo_session_run(run->session);
    for (int64_t i = 0; i < model->num_outputs; ++i)
      if (writeOutput(run, i, error))
        return 1;
  }
  for (int64_t i = 0; i < model->num_inputs; ++i)
    if (qo_input_finish(&run->inputs[i], error))
      return 1;
  return commitOutputs(run, error);
}

int qo_evaluate(qo_session *session, const Options *options, qo_error *error) {
  Run run;
  int failed = beginRun(&run, session, error) ||
               openInputs(&run, &options->inputs, error);
  for (int i = 0; !failed && i < options->outputs.count; ++i)
    failed = openOutput(&run, options->outputs.items[i], error);
  if (!failed)
    failed = runBatches(&run, error);
  endRun(&run);
  return failed;
}

int qo_load_first(qo_session *session, const Options *options,
                  qo_error *error) {
  const qo_model *model = session->model;
  if (!options->inputs.count) {
    for (int64_t i = 0; i < model->num_inputs; ++i)
      if (qo_selftest_fill(&model->inputs[i], i, session->inputs[i]))
        return qo_fail(error, "unknown element type");
    return 0;
  }
  Run run;
  int failed = beginRun(&run, session, error) ||
               openInputs(&run, &options->inputs, error) ||
               readBatch(&run, error);
  endRun(&run);
  return failed;
}
