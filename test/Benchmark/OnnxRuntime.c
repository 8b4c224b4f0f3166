//===- OnnxRuntime.c - ONNX Runtime as the engine to compare with ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Peer.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Positions in the table of functions, which only ever grows at its end.
enum {
  kGetErrorMessage = 2,
  kCreateEnv = 3,
  kCreateSession = 7,
  kRun = 9,
  kCreateSessionOptions = 10,
  kSetSessionLogSeverityLevel = 22,
  kSetSessionGraphOptimizationLevel = 23,
  kSetIntraOpNumThreads = 24,
  kSetInterOpNumThreads = 25,
  kCreateTensorWithData = 49,
  kCreateCpuMemoryInfo = 69,
};

/// The version of the interface whose table has all of the above.
#define API_VERSION 11
#define LOG_ERRORS 3
#define OPTIMIZE_ALL 99

typedef void (*Function)(void);

typedef struct ApiBase {
  const Function *(*getApi)(uint32_t version);
  const char *(*getVersion)(void);
} ApiBase;

/// All functions return null or a description of what went wrong.
typedef void *Status;
typedef Status (*CreateEnv)(int logLevel, const char *name, void **env);
typedef Status (*CreateObject)(void **object);
typedef Status (*SetInteger)(void *options, int value);
typedef Status (*CreateSession)(void *env, const char *path, void *options,
                                void **session);
typedef Status (*CreateMemoryInfo)(int allocator, int memory, void **info);
typedef Status (*CreateTensor)(void *info, void *data, size_t bytes,
                               const int64_t *shape, size_t rank, int type,
                               void **value);
typedef Status (*Run)(void *session, void *options, const char *const *inputs,
                      void *const *inputValues, size_t numInputs,
                      const char *const *outputs, size_t numOutputs,
                      void **outputValues);

typedef struct OnnxRuntime {
  const Function *api;
  void *session;
  const char **names; /* of inputs, then outputs */
  void **values;
  size_t numInputs, numOutputs;
} OnnxRuntime;

/// Stores the reason of a failure; returns 1 when there is one.
static int failed(const OnnxRuntime *ort, Status status, qo_error *error) {
  if (!status)
    return 0;
  const char *(*message)(Status) =
      (const char *(*)(Status))ort->api[kGetErrorMessage];
  return qo_fail(error, "ONNX Runtime: %s", message(status));
}

/// The number that stands for an element type; 0 if there is none.
static int getElementType(const char *type) {
  static const char *const names[] = {"f32", "ui8", "i8", "ui16",
                                      "i16", "i32", "i64"};
  for (size_t i = 0; i < sizeof(names) / sizeof(*names); ++i)
    if (!strcmp(type, names[i]))
      return (int)i + 1;
  return 0;
}

static int openSession(OnnxRuntime *ort, const char *onnx, int threads,
                       qo_error *error) {
  const Function *api = ort->api;
  void *env, *options;
  if (failed(ort, ((CreateEnv)api[kCreateEnv])(LOG_ERRORS, "bench", &env),
             error) ||
      failed(ort, ((CreateObject)api[kCreateSessionOptions])(&options), error))
    return 1;
  const int settings[][2] = {
      {kSetSessionLogSeverityLevel, LOG_ERRORS},
      {kSetSessionGraphOptimizationLevel, OPTIMIZE_ALL},
      {kSetIntraOpNumThreads, threads},
      {kSetInterOpNumThreads, 1},
  };
  for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); ++i)
    if (failed(ort, ((SetInteger)api[settings[i][0]])(options, settings[i][1]),
               error))
      return 1;
  return failed(
      ort,
      ((CreateSession)api[kCreateSession])(env, onnx, options, &ort->session),
      error);
}

/// A value whose data are a buffer of ours.
static int wrapTensor(OnnxRuntime *ort, void *info, const qo_tensor *tensor,
                      void *data, void **value, qo_error *error) {
  int type = getElementType(tensor->type);
  if (!type)
    return qo_fail(error, "ONNX Runtime: '%s' has the unknown type '%s'",
                   tensor->name, tensor->type);
  Status status = ((CreateTensor)ort->api[kCreateTensorWithData])(
      info, data, (size_t)tensor->bytes, tensor->shape, (size_t)tensor->rank,
      type, value);
  return failed(ort, status, error);
}

/// Inputs are the session's own; outputs get memory of their own.
static int bind(OnnxRuntime *ort, const qo_session *session, qo_error *error) {
  const qo_model *model = session->model;
  ort->numInputs = (size_t)model->num_inputs;
  ort->numOutputs = (size_t)model->num_outputs;
  size_t count = ort->numInputs + ort->numOutputs;
  ort->names = calloc(count, sizeof(*ort->names));
  ort->values = calloc(count, sizeof(*ort->values));
  if (!ort->names || !ort->values)
    return qo_fail(error, "out of memory");
  void *info;
  if (failed(ort,
             ((CreateMemoryInfo)ort->api[kCreateCpuMemoryInfo])(0, 0, &info),
             error))
    return 1;
  for (size_t i = 0; i < count; ++i) {
    int isInput = i < ort->numInputs;
    const qo_tensor *tensor =
        isInput ? &model->inputs[i] : &model->outputs[i - ort->numInputs];
    void *data =
        isInput ? session->inputs[i]
                : aligned_alloc(64, ((size_t)tensor->bytes + 63) & ~(size_t)63);
    if (!data)
      return qo_fail(error, "out of memory");
    ort->names[i] = tensor->name;
    if (wrapTensor(ort, info, tensor, data, &ort->values[i], error))
      return 1;
  }
  return 0;
}

static Status run(OnnxRuntime *ort) {
  return ((Run)ort->api[kRun])(ort->session, NULL, ort->names, ort->values,
                               ort->numInputs, ort->names + ort->numInputs,
                               ort->numOutputs, ort->values + ort->numInputs);
}

/// A `qo_call`.
static void callOnnxRuntime(void *peer) { run(peer); }

int openOnnxRuntime(const PeerRequest *request, Peer *peer, qo_error *error) {
  if (!request->library || !request->onnx)
    return qo_fail(error, "'--peer=onnxruntime' needs '--onnxruntime=LIBRARY' "
                          "and '--onnx=FILE'");
  void *handle = dlopen(request->library, RTLD_NOW | RTLD_LOCAL);
  const ApiBase *(*getBase)(void) =
      handle ? (const ApiBase *(*)(void))dlsym(handle, "OrtGetApiBase") : NULL;
  if (!getBase)
    return qo_fail(error, "%s", dlerror());
  OnnxRuntime *runtime = calloc(1, sizeof(*runtime));
  if (!runtime)
    return qo_fail(error, "out of memory");
  runtime->api = getBase()->getApi(API_VERSION);
  if (!runtime->api)
    return qo_fail(error, "%s: has no interface of version %d",
                   request->library, API_VERSION);
  snprintf(peer->description, sizeof(peer->description),
           "ONNX Runtime %s, %d intra-op and 1 inter-op threads, all graph "
           "optimizations",
           getBase()->getVersion(), request->threads);
  peer->call = callOnnxRuntime;
  peer->data = runtime;
  // The first run tells whether names and shapes are right.
  return openSession(runtime, request->onnx, request->threads, error) ||
         bind(runtime, request->session, error) ||
         failed(runtime, run(runtime), error);
}
