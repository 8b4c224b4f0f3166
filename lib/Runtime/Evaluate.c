//===- Evaluate.c - Running a model on files ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "Files.h"
#include <signal.h>
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
// Inputs
//===----------------------------------------------------------------------===//

/// Opens the file of one '--input'.
static int openInput(Run *run, const char *spec, qo_error *error) {
  const qo_model *model = run->session->model;
  int64_t index, rows, batches;
  const char *path;
  qo_error inner;
  if (qo_split_spec(spec, "input", model->inputs, model->num_inputs, &index,
                    &path, error))
    return 1;
  const qo_tensor *tensor = &model->inputs[index];
  InputFile *file = &run->inputs[index];
  if (file->path)
    return qo_fail(error, "input '%s' is given twice", tensor->name);
  if (qo_input_open(file, path, error))
    return 1;
  if (qo_check_array(tensor, &file->npy, &rows, &inner) ||
      qo_count_batches(tensor, rows, &batches, &inner))
    return qo_add_path(path, &inner, error);
  if (run->batches >= 0 && run->batches != batches)
    return qo_fail(
        error,
        "%.200s: input '%s' has data for %lld runs of the model, but "
        "an earlier input has data for %lld",
        path, tensor->name, (long long)batches, (long long)run->batches);
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
  if (qo_split_spec(spec, "output", model->outputs, model->num_outputs, &index,
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

/// The signal that asked the run to end, or 0. A handler can reach nothing but
/// a global variable.
static volatile sig_atomic_t interruption;

/// Notes a signal; a second one ends the program at once.
static void interrupt(int number) { interruption = number; }

/// Makes the signals that users send end the run at the next batch, so that
/// temporary files disappear. What is ignored, as under nohup, stays so.
static void catchInterruptions(void) {
  static const int numbers[] = {SIGHUP, SIGINT, SIGTERM};
  struct sigaction action = {.sa_handler = interrupt,
                             .sa_flags = (int)SA_RESETHAND};
  sigemptyset(&action.sa_mask);
  for (int i = 0; i < 3; ++i) {
    struct sigaction old;
    if (!sigaction(numbers[i], NULL, &old) && old.sa_handler != SIG_IGN)
      sigaction(numbers[i], &action, NULL);
  }
}

/// Computes all batches; the files are open.
static int runBatches(Run *run, qo_error *error) {
  const qo_model *model = run->session->model;
  for (int64_t batch = 0; batch < run->batches; ++batch) {
    if (readBatch(run, error))
      return 1;
    if (interruption)
      return qo_fail(error, "interrupted");
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
  catchInterruptions();
  int failed = beginRun(&run, session, error) ||
               openInputs(&run, &options->inputs, error);
  for (int i = 0; !failed && i < options->outputs.count; ++i)
    failed = openOutput(&run, options->outputs.items[i], error);
  if (!failed)
    failed = runBatches(&run, error);
  endRun(&run);
  if (interruption)
    raise(interruption); // Its default action is in place again.
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
