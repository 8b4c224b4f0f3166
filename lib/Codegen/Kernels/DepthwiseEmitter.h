//===- DepthwiseEmitter.h - Depthwise kernels of integers -------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Elements that neighbour along one axis of the image are interleaved byte by
/// byte, so that one dot product adds several taps of a channel, and so that
/// neighbouring outputs use the same bytes with weights that are moved by their
/// distance. Interleaving works on blocks of 128 bits and leaves four vectors,
/// the quarters; parameters are stored in that order, and packing the sums to
/// bytes restores the order of channels. `DepthwiseLayout.h` has the layout.
///
/// EmitDepthwise.cpp walks the tiles, DepthwiseSums.cpp adds the products of
/// one and DepthwiseResults.cpp stores its results.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_KERNELS_DEPTHWISEEMITTER_H
#define QUANTOPT_LIB_CODEGEN_KERNELS_DEPTHWISEEMITTER_H

#include "KernelEmitter.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"

namespace quantopt {

/// Geometry of an integer depthwise kernel.
struct DepthwiseGeometry {
  explicit DepthwiseGeometry(qvec::KernelOp kernel);

  /// The number of work items: rows of tiles, of all channels or of a block.
  int64_t getItems() const {
    return images * rows *
           (strategy.getChannelsOuter() ? order.getBlocks() : 1);
  }

  qvec::DepthwiseStrategyAttr strategy;
  qnn::WindowAttr window;
  DepthwiseTaps taps;
  /// Channels of the output, and their order in a vector's pixels.
  int64_t channels;
  DepthwiseChannels order;
  int64_t axis, outputs, columns, pixels;
  /// Output rows, those of a tile, and rows of tiles of an image.
  int64_t height, tileHeight, rows, images;
};

/// Emits the loops and vectors of one kernel.
class DepthwiseEmitter {
public:
  explicit DepthwiseEmitter(KernelEmitter &e);
  void run();

private:
  static constexpr int64_t kBlock = DepthwiseChannels::kBlock;
  static constexpr int64_t kQuarters = 4;

  /// Where a tile lies, its outputs along the axis, its groups of pixels along
  /// the other, and the pixels of a group.
  struct Tile {
    Value n, h, w;
    int64_t outputs, columns, pixels;
  };

  /// The elements of a group of pixels that a vector of bytes covers.
  struct Part {
    /// The block of 64 elements, and which vector of it.
    Value block, number;
    /// How many elements exist.
    int64_t valid;
    /// The first of them; known when pixels may have to be taken apart.
    std::optional<int64_t> first;
  };

  /// Bytes of a group of members after the first of two steps of interleaving:
  /// of two members or of four, from the low and the high half of each block.
  struct Zipped {
    Value low, high, low2, high2;
  };

  // Tiles.
  void emitRow(Value block, const Tile &row);
  void forEachTile(const Tile &row, function_ref<void(const Tile &)> body);
  void emitAllBlocks(const Tile &tile);
  void emitBlock(Value block, int64_t valid, const Tile &tile);
  void emitTile(const Part &part, const Tile &tile);
  bool needsPieces() const;

  // Pixels of a vector that are not next to each other in memory.
  struct Piece {
    int64_t pixel, from, to;
  };
  SmallVector<Piece> getPieces(const Part &part, int64_t shared) const;
  Value loadPart(const FlatBuffer &buffer, Value offset, const Part &part,
                 int64_t pixelStride, int64_t shared);
  void storePart(Value result, Value offset, const Part &part);

  // Interleaved bytes.
  Value loadBytes(Value base, int64_t row, int64_t column, const Part &part);
  Value loadMember(Value base, int64_t member, int64_t walked,
                   const Part &part);
  Zipped zipGroup(Value base, int64_t number, int64_t walked, const Part &part,
                  const Tile &tile);
  Value getQuarter(const Zipped &zipped, int64_t quarter);
  Value zip(Value x, Value y, int64_t size, bool high);
  Value widen(Value x, bool high);

  // Sums.
  SmallVector<Value> startSums(const Part &part, int64_t count);
  Value loadWeight(const Part &part, Value walkedTap, int64_t number,
                   int64_t output, int64_t quarter);
  Value addProducts(Value sum, Value x, Value weight);
  SmallVector<Value> sumLoop(const Part &part, const Tile &tile, Value base,
                             SmallVector<Value> sums);
  void addTap(const Part &part, const Tile &tile, Value base, Value tap,
              MutableArrayRef<Value> sums);

  // Results.
  void finish(const Part &part, const Tile &tile, int64_t output,
              int64_t column, ArrayRef<Value> sums);
  Value loadParameter(const FlatBuffer &buffer, const Part &part);
  Value loadRowParameter(const FlatBuffer &buffer, const Part &part, Value n,
                         Value h, Value w);
  Value reorder(Value vector, bool toChannels);
  Value orderChannels(Value result);

  /// The first element of a part, and the first position of its parameters.
  Value getElement(const Part &part) {
    return e.add(e.mul(part.block, kBlock), e.mul(part.number, bytes));
  }
  Value getPosition(const Part &part) {
    return e.add(e.mul(part.block, kBlock), e.mul(part.number, lanes));
  }
  /// Distances of groups of pixels, and of taps, along the walked axis.
  int64_t getStep() const {
    return g.window.getStrides()[1 - g.axis] * (g.axis == 0 ? g.pixels : 1);
  }
  int64_t getDilation() const { return g.window.getDilations()[1 - g.axis]; }
  /// Whether an output of a tile has taps in a group.
  bool isRead(const Tile &tile, int64_t number) const {
    return llvm::any_of(
        llvm::seq<int64_t>(0, tile.outputs),
        [&](int64_t output) { return g.taps.reads(output, number); });
  }
  int64_t sumIndex(const Tile &tile, int64_t output, int64_t column,
                   int64_t quarter) const {
    return (output * tile.columns + column) * kQuarters + quarter;
  }

  KernelEmitter &e;
  DepthwiseGeometry g;
  int64_t lanes, bytes, group, multiplier;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_KERNELS_DEPTHWISEEMITTER_H
