//===- DepthwiseLayout.cpp - Layout of depthwise kernels ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"

using namespace quantopt;
using qvec::DepthwiseStrategyAttr;

//===----------------------------------------------------------------------===//
// Channels
//===----------------------------------------------------------------------===//

std::optional<int64_t> DepthwiseChannels::getChannel(int64_t position) const {
  int64_t inBlock = position % kBlock;
  int64_t quarter = inBlock / 16, run = inBlock % 16 / 4;
  int64_t element = position - inBlock + run * 16 + quarter * 4 + inBlock % 4;
  if (element >= size)
    return std::nullopt;
  return element % channels;
}

int64_t DepthwiseChannels::getPosition(int64_t channel) const {
  int64_t byte = channel % kBlock;
  int64_t run = byte / 16, quarter = byte % 16 / 4;
  return channel - byte + quarter * 16 + run * 4 + byte % 4;
}

//===----------------------------------------------------------------------===//
// Taps
//===----------------------------------------------------------------------===//

DepthwiseTaps::DepthwiseTaps(qnn::WindowAttr window,
                             DepthwiseStrategyAttr strategy)
    : group(strategy.getGroup()) {
  int64_t axis = strategy.getAxis();
  taps = window.getKernel()[axis];
  stride = window.getStrides()[axis];
  dilation = window.getDilations()[axis];
  walkedTaps = window.getKernel()[1 - axis];
  for (int64_t output = 0; output < strategy.getOutputs(); ++output)
    for (int64_t tap = 0; tap < taps; ++tap)
      members.push_back(output * stride + tap * dilation);
  llvm::sort(members);
  members.erase(llvm::unique(members), members.end());
}

std::optional<int64_t> DepthwiseTaps::getTap(int64_t output,
                                             int64_t member) const {
  if (member >= int64_t(members.size()))
    return std::nullopt;
  int64_t distance = members[member] - output * stride;
  if (distance < 0 || distance % dilation != 0 || distance / dilation >= taps)
    return std::nullopt;
  return distance / dilation;
}

bool DepthwiseTaps::reads(int64_t output, int64_t number) const {
  for (int64_t m = number * group; m < (number + 1) * group; ++m)
    if (getTap(output, m))
      return true;
  return false;
}

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

SmallVector<int64_t>
quantopt::getDepthwiseWeightShape(int64_t channels, qnn::WindowAttr window,
                                  DepthwiseStrategyAttr strategy) {
  DepthwiseTaps taps(window, strategy);
  return {DepthwiseChannels(channels, strategy.getPixels()).getBlocks(),
          taps.getWalkedTaps(), taps.getGroups(), strategy.getOutputs(),
          DepthwiseChannels::kBlock * strategy.getGroup()};
}

void quantopt::forEachDepthwiseWeight(
    int64_t channels, qnn::WindowAttr window, DepthwiseStrategyAttr strategy,
    function_ref<void(int64_t, int64_t, int64_t, int64_t)> visit) {
  DepthwiseChannels order(channels, strategy.getPixels());
  DepthwiseTaps taps(window, strategy);
  int64_t group = strategy.getGroup(), outputs = strategy.getOutputs();
  int64_t index = 0;
  for (int64_t block = 0; block < order.getBlocks(); ++block)
    for (int64_t walked = 0; walked < taps.getWalkedTaps(); ++walked)
      for (int64_t g = 0; g < taps.getGroups(); ++g)
        for (int64_t output = 0; output < outputs; ++output)
          for (int64_t lane = 0; lane < DepthwiseChannels::kBlock; ++lane)
            for (int64_t m = 0; m < group; ++m, ++index) {
              auto channel =
                  order.getChannel(block * DepthwiseChannels::kBlock + lane);
              auto tap = taps.getTap(output, g * group + m);
              if (!channel || !tap)
                continue;
              if (strategy.getAxis() == 0)
                visit(*channel, *tap, walked, index);
              else
                visit(*channel, walked, *tap, index);
            }
}
