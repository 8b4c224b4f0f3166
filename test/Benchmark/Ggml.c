//===- Ggml.c - ggml as an engine to compare with
//---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Peer.h"
#include <ggml-alloc.h>
#include <ggml-backend.h>
#include <ggml-cpu.h>
#include <ggml.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct Ggml {
  ggml_backend_t backend;
  struct ggml_cgraph *graph;
} Ggml;

/// A context that holds descriptions of a few tensors.
static struct ggml_context *makeContext(void) {
  struct ggml_init_params parameters = {1 << 20, NULL, true};
  return ggml_init(parameters);
}

/// The buffers into which weights are repacked, or the plain ones.
static ggml_backend_buffer_type_t chooseWeightBuffer(ggml_backend_t backend) {
  ggml_backend_dev_t device = ggml_backend_get_device(backend);
  ggml_backend_dev_get_extra_bufts_t getExtra =
      (ggml_backend_dev_get_extra_bufts_t)ggml_backend_reg_get_proc_address(
          ggml_backend_dev_backend_reg(device),
          "ggml_backend_dev_get_extra_bufts");
  ggml_backend_buffer_type_t *extra = getExtra ? getExtra(device) : NULL;
  return extra && *extra ? *extra
                         : ggml_backend_get_default_buffer_type(backend);
}

/// Weights of 4 bits from made-up floats.
static void fillWeights(struct ggml_tensor *weights, const Layer *layer) {
  int64_t count = layer->inputs * layer->outputs;
  float *values = malloc((size_t)count * sizeof(float));
  void *packed = makePeerBuffer((int64_t)ggml_nbytes(weights));
  if (!values)
    return;
  for (int64_t i = 0; i < count; ++i)
    values[i] = (float)(i * 37 % 101 - 50) / 50;
  ggml_quantize_chunk(GGML_TYPE_Q4_0, values, packed, 0, layer->outputs,
                      layer->inputs, NULL);
  ggml_backend_tensor_set(weights, packed, 0, ggml_nbytes(weights));
  free(values);
  free(packed);
}

/// Describes the product of the layer and gives its tensors memory.
static int makeGraph(Ggml *engine, const Layer *layer, qo_error *error) {
  struct ggml_context *fixed = makeContext(), *other = makeContext();
  if (!fixed || !other)
    return qo_fail(error, "out of memory");
  struct ggml_tensor *weights =
      ggml_new_tensor_2d(fixed, GGML_TYPE_Q4_0, layer->inputs, layer->outputs);
  struct ggml_tensor *input =
      ggml_new_tensor_2d(other, GGML_TYPE_F32, layer->inputs, layer->rows);
  engine->graph = ggml_new_graph(other);
  ggml_build_forward_expand(engine->graph, ggml_mul_mat(other, weights, input));
  if (!ggml_backend_alloc_ctx_tensors_from_buft(
          fixed, chooseWeightBuffer(engine->backend)) ||
      !ggml_backend_alloc_ctx_tensors_from_buft(
          other, ggml_backend_get_default_buffer_type(engine->backend)))
    return qo_fail(error, "ggml: no memory for the product");
  fillWeights(weights, layer);
  float *values = input->data;
  for (int64_t i = 0; i < layer->inputs * layer->rows; ++i)
    values[i] = (float)(i * 13 % 29 - 14) / 14;
  return 0;
}

/// A `qo_call`.
static void callGgml(void *data) {
  Ggml *peer = data;
  ggml_backend_graph_compute(peer->backend, peer->graph);
}

int openGgml(const PeerRequest *request, Peer *peer, qo_error *error) {
  const Layer *layer = request->layers;
  if (request->numLayers != 1 || layer->isConvolution || layer->bits != 4)
    return qo_fail(error, "ggml is measured on one product with weights of 4 "
                          "bits only");
  Ggml *engine = calloc(1, sizeof(*engine));
  if (!engine || !(engine->backend = ggml_backend_cpu_init()))
    return qo_fail(error, "ggml: no processor");
  ggml_backend_cpu_set_n_threads(engine->backend, request->threads);
  if (makeGraph(engine, layer, error))
    return 1;
  snprintf(peer->description, sizeof(peer->description),
           "ggml %s, Q4_0 repacked, %d threads", ggml_version(),
           request->threads);
  peer->call = callGgml;
  peer->data = engine;
  if (ggml_backend_graph_compute(engine->backend, engine->graph) !=
      GGML_STATUS_SUCCESS)
    return qo_fail(error, "ggml: a run fails");
  return 0;
}
