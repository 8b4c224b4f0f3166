//===- Peer.h - Another engine to compare with ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// ONNX Runtime through its C interface, loaded at run time from the library
/// that comes with onnxruntime-node. Called from here it costs less than a
/// microsecond per run; through node it would be several.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TEST_BENCHMARK_PEER_H
#define QUANTOPT_TEST_BENCHMARK_PEER_H

#include "quant-opt-c/Runtime.h"

typedef struct Peer Peer;

/// Opens a model with all graph optimizations, one inter-op thread and
/// `threads` intra-op threads. It reads the session's inputs and has outputs of
/// the same names and shapes as the session's model. Null, with a reason, on
/// failure. Peers live until the process ends.
Peer *openPeer(const char *library, const char *onnx, int threads,
               const qo_session *session, qo_error *error);

/// Version and options, for a report.
const char *describePeer(const Peer *peer);

/// A `qo_call`: runs the model once.
void callPeer(void *peer);

#endif /* QUANTOPT_TEST_BENCHMARK_PEER_H */
