//===- Peer.c - Other engines to compare with -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Peer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Values are far from the largest that sums of sizes can hold.
#define MAX_EXTENT (1 << 24)

/// Parses numbers that commas separate; returns 1 unless all are there.
static int parseNumbers(const char *text, int64_t *const *numbers, int count) {
  for (int i = 0; i < count; ++i) {
    char *end;
    *numbers[i] = strtoll(text, &end, 10);
    if (end == text || *end != (i + 1 < count ? ',' : '\0') ||
        *numbers[i] < 0 || *numbers[i] > MAX_EXTENT)
      return 1;
    text = end + 1;
  }
  return 0;
}

int parseLayer(const char *text, Layer *layer, qo_error *error) {
  Layer *l = layer;
  int64_t *const dense[] = {&l->rows, &l->inputs, &l->outputs, &l->bits};
  int64_t *const conv[] = {
      &l->height,      &l->width,  &l->inputs,  &l->outputs, &l->kernelHeight,
      &l->kernelWidth, &l->stride, &l->padTop,  &l->padLeft, &l->padBottom,
      &l->padRight,    &l->groups, &l->dilation};
  if (!strncmp(text, "dense:", 6) && !parseNumbers(text + 6, dense, 4) &&
      l->rows && l->inputs && l->outputs)
    return 0;
  layer->isConvolution = 1;
  layer->bits = 8;
  if (!strncmp(text, "conv:", 5) && !parseNumbers(text + 5, conv, 13) &&
      l->stride && l->dilation && l->groups && l->inputs % l->groups == 0 &&
      l->outputs % l->groups == 0 && getLayerSizes(l).output > 0)
    return 0;
  return qo_fail(error,
                 "expected '--layer=dense:' and 4 numbers or '--layer=conv:' "
                 "and 13, but got '%s'",
                 text);
}

int64_t getOutputSize(int64_t size, int64_t padding, int64_t kernel,
                      int64_t stride, int64_t dilation) {
  int64_t rest = size + padding - dilation * (kernel - 1) - 1;
  return rest < 0 ? 0 : rest / stride + 1;
}

LayerSizes getLayerSizes(const Layer *l) {
  if (!l->isConvolution)
    return (LayerSizes){l->rows * l->inputs, l->inputs * l->outputs,
                        l->rows * l->outputs};
  int64_t height = getOutputSize(l->height, l->padTop + l->padBottom,
                                 l->kernelHeight, l->stride, l->dilation);
  int64_t width = getOutputSize(l->width, l->padLeft + l->padRight,
                                l->kernelWidth, l->stride, l->dilation);
  return (LayerSizes){l->height * l->width * l->inputs,
                      l->kernelHeight * l->kernelWidth * l->outputs *
                          (l->inputs / l->groups),
                      height * width * l->outputs};
}

void *makePeerBuffer(int64_t bytes) {
  // Some engines read a little past the end.
  size_t size = ((size_t)bytes + 4096 + 63) & ~(size_t)63;
  char *buffer = aligned_alloc(64, size);
  if (!buffer) {
    fprintf(stderr, "bench-model: error: out of memory\n");
    exit(1);
  }
  for (size_t i = 0; i < size; ++i)
    buffer[i] = (char)(i * 37 % 19);
  return buffer;
}

/// An engine that was built in.
typedef struct EngineRow {
  const char *name;
  int (*open)(const PeerRequest *, Peer *, qo_error *);
} EngineRow;

static const EngineRow engines[] = {
    {"onnxruntime", openOnnxRuntime},
#ifdef HAVE_ONEDNN
    {"onednn", openOneDnn},
#endif
#ifdef HAVE_XNNPACK
    {"xnnpack", openXnnpack},
#endif
#ifdef HAVE_GGML
    {"ggml", openGgml},
#endif
};
#define NUM_ENGINES (sizeof(engines) / sizeof(*engines))

void listPeers(void) {
  for (size_t i = 0; i < NUM_ENGINES; ++i)
    puts(engines[i].name);
}

int openPeer(const char *name, const PeerRequest *request, Peer *peer,
             qo_error *error) {
  for (size_t i = 0; i < NUM_ENGINES; ++i)
    if (!strcmp(engines[i].name, name)) {
      peer->name = engines[i].name;
      return engines[i].open(request, peer, error);
    }
  return qo_fail(error,
                 "this program was not built with '%s'; '--list-peers' prints "
                 "what it was built with",
                 name);
}
