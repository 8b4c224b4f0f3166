//===- Model.h - What a compiled model exports ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The binary interface between a compiled model and the program that runs it:
/// the executable's wrapper, `quant-run`, or a user's own loader. C99.
///
/// A shared library exports `const qo_model *quantopt_model(void)`. Everything
/// it points to is constant data of the library.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_C_MODEL_H
#define QUANTOPT_C_MODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Changes whenever a struct of this file changes.
#define QO_ABI_VERSION 3

/// Computes the work items [begin, end) of one layer. `context` is an array of
/// pointers: the arena, each input in order, each output in order.
typedef void (*qo_task)(void *context, int64_t begin, int64_t end);

/// Calls `task(context, b, e)` for ranges that cover [0, count) once, in any
/// order and on any threads, and returns when all calls have returned.
typedef void (*qo_parallel_for)(void *pool, int64_t count, qo_task task,
                                void *context);

/// An input or output. `type` is the element type of the buffer ("f32", "i8",
/// "ui8"). Row-major, no padding. `scale` is 0 unless the integers stand for
/// `scale * (q - zero_point)`. `arena_offset` counts where the model's
/// `io_in_arena` is not 0.
typedef struct qo_tensor {
  const char *name;
  const char *type;
  int64_t rank;
  const int64_t *shape;
  int64_t bytes;
  float scale;
  int32_t zero_point;
  int64_t arena_offset;
} qo_tensor;

/// A layer of a variant: the unit of parallel work and of per-layer timing.
/// Layers run one after another; `count` is the number of work items.
typedef struct qo_layer {
  const char *name;
  qo_task task;
  int64_t count;
} qo_layer;

/// The model's code for one instruction-set level. `features` is a
/// comma-separated list of what the processor must have, in the spelling of
/// the Linux kernel's cpuinfo flags ("avx2,fma"); empty runs anywhere.
typedef struct qo_variant {
  const char *isa;
  const char *features;
  int64_t num_layers;
  const qo_layer *layers;
  int64_t code_bytes; /* machine code of its layers and what they share */
} qo_variant;

typedef struct qo_model {
  uint32_t abi_version;
  const char *name;
  const char *version; /* of the compiler */
  const char *target;  /* triple */
  int64_t num_inputs;
  const qo_tensor *inputs;
  int64_t num_outputs;
  const qo_tensor *outputs;
  int64_t arena_bytes;     /* caller's scratch memory for one run */
  int64_t arena_alignment; /* of its address */
  int64_t weight_bytes;    /* weights as stored, scales included */
  int64_t const_bytes;     /* all constant data of the generated code */
  int64_t float_ops;       /* layers that compute in floating point */
  int64_t num_variants;    /* best first; the last runs anywhere */
  const qo_variant *variants;
  uint64_t golden_hash; /* FNV-1a of all output bytes for the self-test's
                           inputs; 0 when not recorded */
  int64_t fast_float;   /* not 0: float results differ between variants */
  int64_t io_in_arena;  /* not 0: inputs and outputs are the parts of the arena
                           from their `arena_offset` on; tasks do not read their
                           pointers in a context, and a run consumes inputs */
} qo_model;

typedef const qo_model *(*qo_model_fn)(void);

#ifdef __cplusplus
}
#endif

#endif /* QUANTOPT_C_MODEL_H */
