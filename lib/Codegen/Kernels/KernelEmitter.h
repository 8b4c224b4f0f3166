//===- KernelEmitter.h - Emission of kernels as vector code -----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Shared parts of the emitters that turn a bufferized `qvec.kernel` into loops
/// over vectors.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_KERNELEMITTER_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_KERNELEMITTER_H

#include "../Loops/VectorEmitter.h"
#include "CommonLoops.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// A kernel and the loop bounds of its work items.
class KernelEmitter : public VectorEmitter {
public:
  KernelEmitter(OpBuilder &builder, qvec::KernelOp kernel, Value begin,
                Value end);

  /// Flattens all operands. Fails with an error when a layout is dynamic.
  LogicalResult prepare();

  qvec::KernelOp kernel;
  /// What the kernel's loops have in common with others.
  std::optional<CommonLoops> common;
  /// Work items [begin, end).
  Value begin, end;
  FlatBuffer input, weight, weightScales, tables, bias, output;
  SmallVector<FlatBuffer> channelParams, rowParams, countParams, residuals;

  /// The offset of an output position and channel in a buffer of the output's
  /// shape.
  Value offsetOf(const FlatBuffer &buffer, Value n, Value h, Value w, Value c);

  /// Runs the epilogue on a vector of accumulators of consecutive channels from
  /// `channel` at an output position and stores the first `valid` results.
  /// `count` indexes the count parameters; may be null.
  void finish(Value accumulators, Value n, Value h, Value w, Value channel,
              int64_t valid, Value count) {
    finishTile({{accumulators, 0, 0, valid}}, n, h, w, channel, count);
  }

  /// Accumulators of one vector's channels at a position of a tile.
  struct TilePart {
    Value accumulators;
    /// Relative to the tile: columns to the right, and first channel.
    int64_t column, channel;
    /// Results to store.
    int64_t valid;
  };
  /// The same for all parts of a tile whose first position and channel these
  /// are, in the order in which they are stored. Bytes are made of several
  /// parts at a time and stored together where they are adjacent.
  void finishTile(ArrayRef<TilePart> parts, Value n, Value h, Value w,
                  Value channel, Value count);

  /// `x * y + z`, rounded as the kernel says.
  Value fma(Value x, Value y, Value z);

  /// The element of a row parameter that belongs to an output position.
  Value loadRowParam(const FlatBuffer &param, Value n, Value h, Value w);

  /// Converts weights as stored to `f32` vectors; `scale` may be null.
  Value decodeWeight(Value stored, Value scale);

private:
  /// Where a tile starts.
  struct TileOrigin {
    Value n, h, w, channel;
  };
  void finishParts(ArrayRef<TilePart> parts, const TileOrigin &at, Value count);
  void storeParts(Value bytes, ArrayRef<TilePart> parts, const TileOrigin &at);
};

/// One emitter per kernel family.
LogicalResult emitContraction(KernelEmitter &e);
LogicalResult emitDepthwise(KernelEmitter &e);
LogicalResult emitPool(KernelEmitter &e);
LogicalResult emitRowMax(KernelEmitter &e);
LogicalResult emitPacked(KernelEmitter &e);

/// Clones a region's scalar ops onto vectors of `lanes` and returns the yielded
/// vector.
Value vectorizeRegion(OpBuilder &builder, Region &region, ValueRange arguments,
                      int64_t lanes);

/// The number of work items of a kernel: the outer loop that may be split among
/// threads.
int64_t getWorkCount(qvec::KernelOp kernel);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_KERNELEMITTER_H
