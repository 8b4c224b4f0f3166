//===- EmitPacked.h - Contractions with packed weights ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_EMITPACKED_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_EMITPACKED_H

#include "ContractionLoops.h"
#include "PackedWeights.h"

namespace quantopt {

/// Where the input's elements are that belong to codes. Consecutive codes read
/// consecutive elements within a unit, which is part of a tap and of a chunk;
/// the offsets of units are a table unless there is one tap.
class PackedInput {
public:
  PackedInput(KernelEmitter &e, const PackedLayout &layout);

  /// The first row's element for the first code.
  Value getTileOffset(const ContractionBlock &block, const TilePosition &at);
  /// The first row's element for a code of a chunk.
  Value getOffset(Value tile, Value chunk, int64_t code);
  /// From one row to the next.
  int64_t getRowStride() const;

private:
  KernelEmitter &e;
  int64_t chunk, unit;
  FlatBuffer table; // null with one tap
};

/// The only row of a product, as codes that are the unsigned factor need it.
struct PreparedRow {
  /// The elements as signed bytes, and the sum of each block; null where rows
  /// are not prepared.
  FlatBuffer elements, sums;
  explicit operator bool() const { return bool(elements); }
};

/// Prepares the row of a kernel with a single position, on the stack, where
/// blocks are made of whole vectors.
PreparedRow prepareRow(KernelEmitter &e, const PackedWeights &weights);

/// What a tile reads.
struct PackedTile {
  ContractionBlock block;
  TilePosition at;
  /// Offset of the first row's first element.
  Value input;
  /// Its channels, by vectors of accumulators.
  SmallVector<PanelChannels> slots;

  int64_t getNumSlots() const { return slots.size(); }
};

class PackedEmitter {
public:
  /// The body of a loop over blocks or chunks: its number, its size in codes
  /// and the values that the loop carries.
  using BlockBody =
      llvm::function_ref<SmallVector<Value>(Value, int64_t, ValueRange)>;

  explicit PackedEmitter(KernelEmitter &e);
  void run();

  SmallVector<Value> forBlocks(ValueRange start, BlockBody body);
  SmallVector<Value> forChunks(Value block, int64_t size, ValueRange start,
                               BlockBody body);
  /// The bias of each slot, or zeros.
  SmallVector<Value> loadBias(const PackedTile &tile);
  /// The number of the tile's first channel.
  Value getChannel(const PackedTile &tile);

  KernelEmitter &e;
  const ContractionLayout layout;
  PackedWeights weights;
  PackedInput input;
  PreparedRow row;
  int64_t lanes;

private:
  PackedTile makeTile(const ContractionBlock &block, const TilePosition &at);
  void emitTile(const PackedTile &tile);
  Value getPanel(const ContractionBlock &block);
  Value getFirst(const ContractionBlock &block);

  bool isFloat, isMasked;
};

/// Products of floats of one tile.
class FloatSums {
public:
  FloatSums(PackedEmitter &emitter, const PackedTile &tile);
  /// The accumulators, row by row and slot by slot.
  SmallVector<Value> run();

private:
  /// What the codes of a slot's channels stand for.
  struct Slot {
    /// A short table for all channels, or where each channel's table starts.
    Value table, starts;
    /// Of the current block; null where there are none.
    Value scales, zeroPoints;
  };

  Slot makeSlot(int64_t number);
  SmallVector<Value> addChunk(Value chunk, int64_t codes, ValueRange acc);
  Value decode(const Slot &slot, Value code);
  Value decodeFloat(Value code);
  Value lookUp(const Slot &slot, Value code);

  PackedEmitter &p;
  KernelEmitter &e;
  const PackedTile &tile;
  VectorType integers, reals;
  SmallVector<Slot> slots;
};

/// Integer products of one tile.
class IntegerSums {
public:
  IntegerSums(PackedEmitter &emitter, const PackedTile &tile);
  /// The accumulators, row by row and slot by slot.
  SmallVector<Value> run();

private:
  /// How a product is made of bytes (see the head of EmitPackedIntegers.cpp).
  enum class Form { Centred, Codes, Bytes };

  /// Sums while a block lasts. As values that loops carry: products, then
  /// corrections, then input sums.
  struct Sums {
    /// For each chain, row and slot.
    SmallVector<Value> products;
    /// The products of the input's zero point, for each slot.
    SmallVector<Value> corrections;
    /// The sums of the input, for each row.
    SmallVector<Value> inputs;

    SmallVector<Value> flatten() const;
  };

  Form chooseForm() const;
  bool canLeaveInPlace() const;
  Sums start();
  Sums fromValues(ValueRange values) const;
  void addChunk(Value block, Value chunk, int64_t codes, Sums &sums);
  void addInputs(ArrayRef<Value> x, Sums &sums);
  SmallVector<Value> broadcastRows(Value chunk, int64_t code, int64_t valid);
  /// The exact sums of a block, for each row and slot.
  SmallVector<Value> finish(Value block, int64_t size, const Sums &sums);
  Value getInputSum(Value block, int64_t size, int64_t row, const Sums &sums);
  Value joinChains(int64_t row, int64_t slot, const Sums &sums);
  SmallVector<Value> sumBlock(Value block, int64_t size);

  Value dot(Value sum, Value lhs, Value rhs, bool isUnsigned);
  Value fillStep(int64_t value, int64_t valid);

  PackedEmitter &p;
  KernelEmitter &e;
  const PackedTile &tile;
  int64_t rows, slots;
  /// What stands for a real 0 in the input.
  int64_t inputZeroPoint;
  Form form;
  /// Products of odd steps have their own sums, 16 times as large, and codes
  /// need no shift.
  bool leavesInPlace;
  /// Sums that share the products of a row and slot.
  int64_t chains;
  bool isPrepared, usesCorrections, usesInputSums;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_EMITPACKED_H
