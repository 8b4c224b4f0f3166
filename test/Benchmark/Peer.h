//===- Peer.h - Other engines to compare with -------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Engines that are called from the measuring process itself, so that they cost
/// what they cost a program written in C. Some read the model's file; those
/// that only have operators get its convolutions and products one by one.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TEST_BENCHMARK_PEER_H
#define QUANTOPT_TEST_BENCHMARK_PEER_H

#include "quant-opt-c/Runtime.h"

#define MAX_PEERS 4

/// A layer of the model: a product of matrices, or a convolution of an image
/// with channels last.
typedef struct Layer {
  int isConvolution;
  /// Of a product. Weights have `bits` bits and activations are bytes; below 8
  /// bits they are in blocks of 32 and activations are floats.
  int64_t rows, bits;
  int64_t height, width, kernelHeight, kernelWidth, stride;
  int64_t padTop, padLeft, padBottom, padRight, groups, dilation;
  /// Elements of a row, or channels.
  int64_t inputs, outputs;
} Layer;

/// Parses `dense:ROWS,INPUTS,OUTPUTS,BITS` or
/// `conv:HEIGHT,WIDTH,INPUTS,OUTPUTS,
/// KERNEL_HEIGHT,KERNEL_WIDTH,STRIDE,TOP,LEFT,BOTTOM,RIGHT,GROUPS,DILATION`.
/// Returns 1, with a reason, if the text is neither.
int parseLayer(const char *text, Layer *layer, qo_error *error);

/// The size of a convolution's result along an axis.
int64_t getOutputSize(int64_t size, int64_t padding, int64_t kernel,
                      int64_t stride, int64_t dilation);

/// Elements of a layer's input, weights and result.
typedef struct LayerSizes {
  int64_t input, weights, output;
} LayerSizes;
LayerSizes getLayerSizes(const Layer *layer);

/// What an engine shall run.
typedef struct PeerRequest {
  const char *library; /* what ONNX Runtime is loaded from */
  const char *onnx;
  const Layer *layers;
  int numLayers;
  int threads;
  /// Its inputs are read; outputs have the names and shapes of its model's.
  const qo_session *session;
} PeerRequest;

/// An engine that is ready to run. It lives until the process ends.
typedef struct Peer {
  const char *name;
  char description[200]; /* version and options, for a report */
  qo_call call;          /* runs the model once */
  void *data;
} Peer;

/// Prints the names of the engines that this program was built with.
void listPeers(void);

/// Opens the engine of a name. Returns 1, with a reason, on failure; an engine
/// that this program was built without is one.
int openPeer(const char *name, const PeerRequest *request, Peer *peer,
             qo_error *error);

/// With all graph optimizations, one inter-op thread and the request's intra-op
/// threads; loaded from the library that comes with onnxruntime-node.
int openOnnxRuntime(const PeerRequest *request, Peer *peer, qo_error *error);

/// Its operators one after the other, with weights in the layouts it prefers,
/// u8 activations without zero points (which favours it), s8 weights and a
/// scale per output channel.
int openOneDnn(const PeerRequest *request, Peer *peer, qo_error *error);

/// Its operators one after the other, on one thread; s8 activations, s8 weights
/// and a scale per output channel.
int openXnnpack(const PeerRequest *request, Peer *peer, qo_error *error);

/// A product with weights of 4 bits (Q4_0) in the layout it repacks them to.
int openGgml(const PeerRequest *request, Peer *peer, qo_error *error);

/// Memory for an engine's tensor, filled with small values; exits when there is
/// none.
void *makePeerBuffer(int64_t bytes);

#endif /* QUANTOPT_TEST_BENCHMARK_PEER_H */
