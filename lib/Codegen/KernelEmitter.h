//===- KernelEmitter.h - Emission of kernels as vector code -----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Shared parts of the emitters that turn a bufferized `qvec.kernel` into loops
/// over vectors. Buffers are addressed by element offsets from their start, as
/// one-dimensional views, so that a run may cross the end of a pixel.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELEMITTER_H
#define QUANTOPT_LIB_CODEGEN_KERNELEMITTER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// A buffer with static shape and strides, seen as a flat sequence.
struct FlatBuffer {
  Value view;
  Type elementType;
  SmallVector<int64_t> shape;
  SmallVector<int64_t> strides;
  explicit operator bool() const { return bool(view); }
};

/// A kernel and the loop bounds of its work items.
class KernelEmitter {
public:
  KernelEmitter(OpBuilder &builder, qvec::KernelOp kernel, Value begin,
                Value end);

  /// Flattens all operands. Fails with an error when a layout is dynamic.
  LogicalResult prepare();

  OpBuilder &b;
  qvec::KernelOp kernel;
  Location loc;
  /// Work items [begin, end).
  Value begin, end;
  FlatBuffer input, weight, weightScales, bias, output;
  SmallVector<FlatBuffer> channelParams, countParams, residuals;

  // Index arithmetic; constants fold at once.
  Value index(int64_t value);
  Value add(Value x, Value y);
  Value add(Value x, int64_t y) { return y ? add(x, index(y)) : x; }
  Value mul(Value x, int64_t y);
  Value div(Value x, int64_t y);
  Value rem(Value x, int64_t y);
  Value min(Value x, Value y);
  Value max(Value x, Value y);

  /// A loop without results; the body gets the counter.
  void forLoop(Value from, Value to, int64_t step,
               llvm::function_ref<void(Value)> body);
  void forLoop(int64_t to, llvm::function_ref<void(Value)> body) {
    forLoop(index(0), index(to), 1, body);
  }
  /// A loop that carries values.
  SmallVector<Value>
  reduceLoop(Value from, Value to, ValueRange start,
             llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body);

  /// Loads `lanes` elements; only the first `valid` are read, the others are
  /// zero.
  Value load(const FlatBuffer &buffer, Value offset, int64_t lanes,
             int64_t valid);
  Value load(const FlatBuffer &buffer, Value offset, int64_t lanes) {
    return load(buffer, offset, lanes, lanes);
  }
  Value loadScalar(const FlatBuffer &buffer, Value offset);
  /// Stores the first `valid` lanes.
  void store(Value vector, const FlatBuffer &buffer, Value offset,
             int64_t valid);
  Value broadcast(Value scalar, int64_t lanes);
  Value splat(TypedAttr value, int64_t lanes);
  /// Lanes of one or two vectors by position.
  Value shuffle(Value x, Value y, ArrayRef<int64_t> mask);

  /// The offset of an output position and channel in a buffer of the output's
  /// shape.
  Value offsetOf(const FlatBuffer &buffer, Value n, Value h, Value w, Value c);

  /// Runs the epilogue on a vector of accumulators of consecutive channels from
  /// `channel` at an output position and stores the first `valid` results.
  /// `count` indexes the count parameters; may be null.
  void finish(Value accumulators, Value n, Value h, Value w, Value channel,
              int64_t valid, Value count);

  /// Converts weights as stored to `f32` vectors; `scale` may be null.
  Value decodeWeight(Value stored, Value scale);

private:
  LogicalResult flatten(Value buffer, FlatBuffer &flat);
};

/// One emitter per kernel family.
LogicalResult emitContraction(KernelEmitter &e);
LogicalResult emitDepthwise(KernelEmitter &e);
LogicalResult emitPool(KernelEmitter &e);

/// Clones a region's scalar ops onto vectors of `lanes` and returns the yielded
/// vector.
Value vectorizeRegion(OpBuilder &builder, Region &region, ValueRange arguments,
                      int64_t lanes);

/// The number of work items of a kernel: the outer loop that may be split among
/// threads.
int64_t getWorkCount(qvec::KernelOp kernel);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELEMITTER_H
