//===- Xnnpack.c - XNNPACK as an engine to compare with
//---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <xnnpack.h>

typedef struct Xnnpack {
  xnn_operator_t *operators;
  int count;
} Xnnpack;

/// Stores that a call failed; returns 1 when it did.
static int failed(enum xnn_status status, const char *what, qo_error *error) {
  return status == xnn_status_success
             ? 0
             : qo_fail(error, "XNNPACK: %s fails with status %d", what,
                       (int)status);
}

/// How real values are stored: as good as any, none is special.
static const float kInputScale = 0.05f, kOutputScale = 0.07f;
static const int8_t kInputZero = 3, kOutputZero = -5;

static int makeProduct(const Layer *l, const float *scales,
                       const int8_t *weights, const int32_t *bias,
                       xnn_operator_t *result, qo_error *error) {
  return failed(xnn_create_fully_connected_nc_qs8_qc8w(
                    (size_t)l->inputs, (size_t)l->outputs, (size_t)l->inputs,
                    (size_t)l->outputs, kInputZero, kInputScale, scales,
                    weights, bias, kOutputZero, kOutputScale, -128, 127, 0,
                    NULL, result),
                "a product", error) ||
         failed(xnn_reshape_fully_connected_nc_qs8_qc8w(*result,
                                                        (size_t)l->rows, NULL),
                "a product's shape", error) ||
         failed(xnn_setup_fully_connected_nc_qs8_qc8w(
                    *result, makePeerBuffer(getLayerSizes(l).input),
                    makePeerBuffer(getLayerSizes(l).output)),
                "a product's memory", error);
}

static int makeConvolution(const Layer *l, const float *scales,
                           const int8_t *weights, const int32_t *bias,
                           xnn_operator_t *result, qo_error *error) {
  size_t workspace = 0, height, width;
  uint32_t flags = l->groups == l->inputs && l->groups > 1
                       ? XNN_FLAG_DEPTHWISE_CONVOLUTION
                       : 0;
  return failed(xnn_create_convolution2d_nhwc_qs8_qc8w(
                    (uint32_t)l->padTop, (uint32_t)l->padRight,
                    (uint32_t)l->padBottom, (uint32_t)l->padLeft,
                    (uint32_t)l->kernelHeight, (uint32_t)l->kernelWidth,
                    (uint32_t)l->stride, (uint32_t)l->stride,
                    (uint32_t)l->dilation, (uint32_t)l->dilation,
                    (uint32_t)l->groups, (size_t)(l->inputs / l->groups),
                    (size_t)(l->outputs / l->groups), (size_t)l->inputs,
                    (size_t)l->outputs, kInputZero, kInputScale, scales,
                    weights, bias, kOutputZero, kOutputScale, -128, 127, flags,
                    NULL, result),
                "a convolution", error) ||
         failed(xnn_reshape_convolution2d_nhwc_qs8_qc8w(
                    *result, 1, (size_t)l->height, (size_t)l->width, &workspace,
                    &height, &width, NULL),
                "a convolution's shape", error) ||
         failed(xnn_setup_convolution2d_nhwc_qs8_qc8w(
                    *result, makePeerBuffer((int64_t)workspace),
                    makePeerBuffer(getLayerSizes(l).input),
                    makePeerBuffer(getLayerSizes(l).output)),
                "a convolution's memory", error);
}

static int makeOperator(const Layer *layer, xnn_operator_t *result,
                        qo_error *error) {
  float *scales = makePeerBuffer(layer->outputs * (int64_t)sizeof(float));
  for (int64_t i = 0; i < layer->outputs; ++i)
    scales[i] = 0.001f + 0.0001f * (float)(i % 7);
  int8_t *weights = makePeerBuffer(getLayerSizes(layer).weights);
  int32_t *bias = makePeerBuffer(layer->outputs * (int64_t)sizeof(int32_t));
  int failure =
      layer->isConvolution
          ? makeConvolution(layer, scales, weights, bias, result, error)
          : makeProduct(layer, scales, weights, bias, result, error);
  // Operators keep copies of their own.
  free(scales);
  free(weights);
  free(bias);
  return failure;
}

/// Runs all operators; the first failure's status.
static enum xnn_status run(const Xnnpack *peer) {
  for (int i = 0; i < peer->count; ++i) {
    enum xnn_status status = xnn_run_operator(peer->operators[i], NULL);
    if (status != xnn_status_success)
      return status;
  }
  return xnn_status_success;
}

/// A `qo_call`.
static void callXnnpack(void *peer) { run(peer); }

int openXnnpack(const PeerRequest *request, Peer *peer, qo_error *error) {
  if (request->threads != 1)
    return qo_fail(error, "XNNPACK is measured with one thread only");
  Xnnpack *engine = calloc(1, sizeof(*engine));
  if (!engine || !(engine->operators = calloc((size_t)request->numLayers + 1,
                                              sizeof(*engine->operators))))
    return qo_fail(error, "out of memory");
  if (failed(xnn_initialize(NULL), "its start", error))
    return 1;
  engine->count = request->numLayers;
  for (int i = 0; i < engine->count; ++i)
    if (makeOperator(&request->layers[i], &engine->operators[i], error))
      return 1;
  snprintf(peer->description, sizeof(peer->description), "XNNPACK, 1 thread");
  peer->call = callXnnpack;
  peer->data = engine;
  return failed(run(engine), "a run", error);
}
