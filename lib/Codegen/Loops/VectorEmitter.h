//===- VectorEmitter.h - Emission of loops and vectors ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What all emitters of loops over vectors share. Buffers are addressed by
/// element offsets from their start, as one-dimensional views, so that a run
/// may cross the end of a pixel.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_LOOPS_VECTOREMITTER_H
#define QUANTOPT_LIB_CODEGEN_LOOPS_VECTOREMITTER_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// A buffer with static shape and strides, seen as a flat sequence.
struct FlatBuffer {
  Value view;
  Type elementType;
  SmallVector<int64_t> shape;
  SmallVector<int64_t> strides;
  explicit operator bool() const { return bool(view); }
};

/// Emits index arithmetic, loops, and loads and stores of vectors for one op.
class VectorEmitter {
public:
  VectorEmitter(OpBuilder &builder, Operation *op)
      : b(builder), op(op), loc(op->getLoc()) {}

  OpBuilder &b;
  /// The op that is being replaced; errors are reported on it.
  Operation *op;
  Location loc;

  /// Sees a buffer as a flat sequence. Fails with an error when its layout is
  /// dynamic. A null buffer stays null.
  LogicalResult flatten(Value buffer, FlatBuffer &flat);

  /// Whether sizes are to be like those of other layers, of another value.
  bool hasCommonLoops = false;

  // Index arithmetic; constants fold at once.
  Value index(int64_t value);
  /// A size: an index that does not fold where loops are common to layers.
  Value size(int64_t value);
  Value add(Value x, Value y);
  Value add(Value x, int64_t y) { return y ? add(x, index(y)) : x; }
  Value mul(Value x, int64_t y);
  Value div(Value x, int64_t y);
  Value rem(Value x, int64_t y);
  /// The row of number `x`, and its place there, in `rows` rows of `size`.
  std::pair<Value, Value> split(Value x, int64_t size, int64_t rows);
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
  /// Loads the lanes [from, to) of a vector whose first lane would be at the
  /// offset; other elements are not read, their lanes are those of `others`.
  Value loadLanes(const FlatBuffer &buffer, Value offset, int64_t from,
                  int64_t to, Value others);
  Value loadScalar(const FlatBuffer &buffer, Value offset);
  /// Stores the first `valid` lanes.
  void store(Value vector, const FlatBuffer &buffer, Value offset,
             int64_t valid) {
    storeLanes(vector, buffer, offset, 0, valid);
  }
  /// Stores the lanes [from, to) of a vector whose first lane would be at the
  /// offset.
  void storeLanes(Value vector, const FlatBuffer &buffer, Value offset,
                  int64_t from, int64_t to);
  Value broadcast(Value scalar, int64_t lanes);
  Value splat(TypedAttr value, int64_t lanes);
  /// Lanes of one or two vectors by position.
  Value shuffle(Value x, Value y, ArrayRef<int64_t> mask);
  /// A vector of integers with their signs in wider ones, or of that type.
  Value widen(Value integers, Type element);
  /// Vectors of one size joined end to end.
  Value concat(ArrayRef<Value> vectors);

private:
  /// A constant mask of the lanes [from, to).
  Value maskOf(int64_t lanes, int64_t from, int64_t to);
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_LOOPS_VECTOREMITTER_H
