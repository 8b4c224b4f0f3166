//===- DepthwiseLayout.h - Layout of depthwise kernels ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Where an integer depthwise kernel keeps the parameters of its channels and
/// the weights of its taps. `qvec.kernel` describes the layout; packing, code
/// generation and the interpreter share this definition.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_DEPTHWISELAYOUT_H
#define QUANTOPT_DIALECT_QVEC_UTILS_DEPTHWISELAYOUT_H

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// Channels by position. The elements of `pixels` neighbours, one after
/// another, form blocks of 64. Inside a block four quarters of 16 positions
/// each hold 4 elements of every run of 16: what is left of a vector of bytes
/// when it is interleaved with others in blocks of 128 bits.
class DepthwiseChannels {
public:
  static constexpr int64_t kBlock = 64;

  DepthwiseChannels(int64_t channels, int64_t pixels)
      : channels(channels), size(channels * pixels) {}

  /// Blocks that hold elements, and those that are full of them.
  int64_t getBlocks() const { return llvm::divideCeil(size, kBlock); }
  int64_t getFullBlocks() const { return size / kBlock; }
  int64_t getPositions() const { return getBlocks() * kBlock; }
  /// The channel at a position; nothing for one that only fills a block.
  std::optional<int64_t> getChannel(int64_t position) const;
  /// The first position of a channel.
  int64_t getPosition(int64_t channel) const;

private:
  int64_t channels, size;
};

/// Taps along the strategy's axis. Bytes of `group` elements that neighbour
/// along the axis are interleaved and serve several outputs, each with weights
/// that are moved by its distance.
class DepthwiseTaps {
public:
  DepthwiseTaps(qnn::WindowAttr window, qvec::DepthwiseStrategyAttr strategy);

  /// Distances along the axis, from the first output's first element, of all
  /// elements that the outputs read; in order, interleaved `group` at a time.
  llvm::ArrayRef<int64_t> getMembers() const { return members; }
  int64_t getGroups() const { return llvm::divideCeil(members.size(), group); }
  /// Taps of the window along the other axis.
  int64_t getWalkedTaps() const { return walkedTaps; }
  /// The tap along the axis that an output has at a member; nothing if none.
  std::optional<int64_t> getTap(int64_t output, int64_t member) const;
  /// Whether an output has a tap in a group.
  bool reads(int64_t output, int64_t member) const;

private:
  int64_t taps, stride, dilation, walkedTaps, group;
  llvm::SmallVector<int64_t> members;
};

/// The shape of packed weights:
/// `[block][walked tap][group][output][64 positions times group taps]`.
llvm::SmallVector<int64_t>
getDepthwiseWeightShape(int64_t channels, qnn::WindowAttr window,
                        qvec::DepthwiseStrategyAttr strategy);

/// Calls `visit(channel, window row, window column, index)` for each element of
/// packed weights that holds a weight.
void forEachDepthwiseWeight(
    int64_t channels, qnn::WindowAttr window,
    qvec::DepthwiseStrategyAttr strategy,
    llvm::function_ref<void(int64_t, int64_t, int64_t, int64_t)> visit);

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_DEPTHWISELAYOUT_H
