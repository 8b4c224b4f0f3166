//===- OneDnn.c - oneDNN as an engine to compare with
//-----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Peer.h"
#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <stdio.h>
#include <stdlib.h>

/// A layer that is ready to run.
typedef struct Step {
  dnnl_primitive_t primitive;
  dnnl_exec_arg_t arguments[4];
} Step;

typedef struct OneDnn {
  dnnl_engine_t engine;
  dnnl_stream_t stream;
  Step *steps;
  int numSteps;
} OneDnn;

/// Stores that a call failed; returns 1 when it did.
static int failed(dnnl_status_t status, const char *what, qo_error *error) {
  return status == dnnl_success
             ? 0
             : qo_fail(error, "oneDNN: %s fails with status %d", what, status);
}

/// A scale per output channel, and ReLU, which the range of u8 makes free.
static int makeAttributes(const Layer *layer, dnnl_primitive_attr_t *attributes,
                          qo_error *error) {
  float *scales = malloc((size_t)layer->outputs * sizeof(float));
  if (!scales)
    return qo_fail(error, "out of memory");
  for (int64_t i = 0; i < layer->outputs; ++i)
    scales[i] = 0.001f + 0.0001f * (float)(i % 7);
  int result =
      failed(dnnl_primitive_attr_create(attributes), "attributes", error) ||
      failed(dnnl_primitive_attr_set_output_scales(*attributes, layer->outputs,
                                                   1 << 1, scales),
             "scales", error);
  free(scales);
  return result;
}

/// Describes a tensor of up to five dimensions.
static dnnl_memory_desc_t describe(int rank, const dnnl_dims_t shape,
                                   dnnl_data_type_t type,
                                   dnnl_format_tag_t tag) {
  dnnl_memory_desc_t result = {0};
  dnnl_memory_desc_init_by_tag(&result, rank, shape, type, tag);
  return result;
}

static int describeProduct(const OneDnn *peer, const Layer *l,
                           dnnl_primitive_attr_t attributes,
                           dnnl_primitive_desc_t *result, qo_error *error) {
  dnnl_memory_desc_t source =
      describe(2, (dnnl_dims_t){l->rows, l->inputs}, dnnl_u8, dnnl_ab);
  dnnl_memory_desc_t weights = describe(2, (dnnl_dims_t){l->inputs, l->outputs},
                                        dnnl_s8, dnnl_format_tag_any);
  dnnl_memory_desc_t bias =
      describe(2, (dnnl_dims_t){1, l->outputs}, dnnl_s32, dnnl_ab);
  dnnl_memory_desc_t target =
      describe(2, (dnnl_dims_t){l->rows, l->outputs}, dnnl_u8, dnnl_ab);
  dnnl_matmul_desc_t product;
  return failed(
             dnnl_matmul_desc_init(&product, &source, &weights, &bias, &target),
             "a product", error) ||
         failed(dnnl_primitive_desc_create(result, &product, attributes,
                                           peer->engine, NULL),
                "a product", error);
}

static int describeConvolution(const OneDnn *peer, const Layer *l,
                               dnnl_primitive_attr_t attributes,
                               dnnl_primitive_desc_t *result, qo_error *error) {
  int64_t height = getOutputSize(l->height, l->padTop + l->padBottom,
                                 l->kernelHeight, l->stride, l->dilation);
  int64_t width = getOutputSize(l->width, l->padLeft + l->padRight,
                                l->kernelWidth, l->stride, l->dilation);
  int64_t group = l->inputs / l->groups;
  dnnl_memory_desc_t source = describe(
      4, (dnnl_dims_t){1, l->inputs, l->height, l->width}, dnnl_u8, dnnl_nhwc);
  dnnl_memory_desc_t weights =
      l->groups == 1
          ? describe(4,
                     (dnnl_dims_t){l->outputs, group, l->kernelHeight,
                                   l->kernelWidth},
                     dnnl_s8, dnnl_format_tag_any)
          : describe(5,
                     (dnnl_dims_t){l->groups, l->outputs / l->groups, group,
                                   l->kernelHeight, l->kernelWidth},
                     dnnl_s8, dnnl_format_tag_any);
  dnnl_memory_desc_t bias =
      describe(1, (dnnl_dims_t){l->outputs}, dnnl_s32, dnnl_a);
  dnnl_memory_desc_t target = describe(
      4, (dnnl_dims_t){1, l->outputs, height, width}, dnnl_u8, dnnl_nhwc);
  dnnl_convolution_desc_t convolution;
  return failed(dnnl_dilated_convolution_forward_desc_init(
                    &convolution, dnnl_forward_inference,
                    dnnl_convolution_direct, &source, &weights, &bias, &target,
                    (dnnl_dims_t){l->stride, l->stride},
                    (dnnl_dims_t){l->dilation - 1, l->dilation - 1},
                    (dnnl_dims_t){l->padTop, l->padLeft},
                    (dnnl_dims_t){l->padBottom, l->padRight}),
                "a convolution", error) ||
         failed(dnnl_primitive_desc_create(result, &convolution, attributes,
                                           peer->engine, NULL),
                "a convolution", error);
}

/// Gives an operand memory in the layout that the primitive chose.
static int bindOperand(const OneDnn *peer, dnnl_primitive_desc_t primitive,
                       dnnl_query_t query, int name, dnnl_exec_arg_t *argument,
                       qo_error *error) {
  const dnnl_memory_desc_t *chosen =
      dnnl_primitive_desc_query_md(primitive, query, 0);
  void *data = makePeerBuffer((int64_t)dnnl_memory_desc_get_size(chosen));
  argument->arg = name;
  return failed(
      dnnl_memory_create(&argument->memory, chosen, peer->engine, data),
      "memory", error);
}

static int makeStep(const OneDnn *peer, const Layer *layer, Step *step,
                    qo_error *error) {
  dnnl_primitive_attr_t attributes;
  dnnl_primitive_desc_t primitive;
  if (makeAttributes(layer, &attributes, error) ||
      (layer->isConvolution
           ? describeConvolution(peer, layer, attributes, &primitive, error)
           : describeProduct(peer, layer, attributes, &primitive, error)) ||
      failed(dnnl_primitive_create(&step->primitive, primitive), "a primitive",
             error))
    return 1;
  const struct {
    dnnl_query_t query;
    int name;
  } operands[] = {{dnnl_query_src_md, DNNL_ARG_SRC},
                  {dnnl_query_weights_md, DNNL_ARG_WEIGHTS},
                  {dnnl_query_dst_md, DNNL_ARG_DST}};
  for (int i = 0; i < 3; ++i)
    if (bindOperand(peer, primitive, operands[i].query, operands[i].name,
                    &step->arguments[i], error))
      return 1;
  const dnnl_memory_desc_t *bias =
      dnnl_primitive_desc_query_md(primitive, dnnl_query_weights_md, 1);
  step->arguments[3].arg = DNNL_ARG_BIAS;
  return failed(dnnl_memory_create(
                    &step->arguments[3].memory, bias, peer->engine,
                    makePeerBuffer((int64_t)dnnl_memory_desc_get_size(bias))),
                "memory", error);
}

/// Runs all steps and waits; the first failure's status.
static dnnl_status_t run(const OneDnn *peer) {
  for (int i = 0; i < peer->numSteps; ++i) {
    dnnl_status_t status = dnnl_primitive_execute(
        peer->steps[i].primitive, peer->stream, 4, peer->steps[i].arguments);
    if (status != dnnl_success)
      return status;
  }
  return dnnl_stream_wait(peer->stream);
}

/// A `qo_call`.
static void callOneDnn(void *peer) { run(peer); }

int openOneDnn(const PeerRequest *request, Peer *peer, qo_error *error) {
  // OpenMP's library came with it.
  void (*setThreads)(int) =
      (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (!setThreads)
    return qo_fail(error, "oneDNN: its OpenMP is unknown");
  setThreads(request->threads);
  OneDnn *engine = calloc(1, sizeof(*engine));
  if (!engine || !(engine->steps = calloc((size_t)request->numLayers + 1,
                                          sizeof(*engine->steps))))
    return qo_fail(error, "out of memory");
  if (failed(dnnl_engine_create(&engine->engine, dnnl_cpu, 0), "the engine",
             error) ||
      failed(dnnl_stream_create(&engine->stream, engine->engine,
                                dnnl_stream_default_flags),
             "the stream", error))
    return 1;
  engine->numSteps = request->numLayers;
  for (int i = 0; i < request->numLayers; ++i)
    if (makeStep(engine, &request->layers[i], &engine->steps[i], error))
      return 1;
  const dnnl_version_t *version = dnnl_version();
  snprintf(peer->description, sizeof(peer->description),
           "oneDNN %d.%d.%d, %d threads", version->major, version->minor,
           version->patch, request->threads);
  peer->call = callOneDnn;
  peer->data = engine;
  return failed(run(engine), "a run", error);
}
