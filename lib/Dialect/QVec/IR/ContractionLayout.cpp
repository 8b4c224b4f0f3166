//===- ContractionLayout.cpp - How a contraction is cut up ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

TileSplit quantopt::splitEvenly(int64_t count, int64_t limit) {
  int64_t tiles = std::max<int64_t>(1, llvm::divideCeil(count, limit));
  int64_t size = llvm::divideCeil(count, tiles);
  int64_t small = tiles * size - count;
  return {size, tiles - small, small};
}

int64_t quantopt::getPairedSteps(int64_t runLength) {
  return runLength / 4 * 2 + std::min<int64_t>(runLength % 4, 2);
}

int64_t quantopt::getPairedIndex(int64_t element, int64_t channel) {
  int64_t step = element / 4 * 2 + element % 2;
  int64_t second = element / 2 % 2;
  return step * 2 * qvec::kPanelWidth + channel / 2 * 4 + second * 2 +
         channel % 2;
}

bool quantopt::isHalvedContraction(qvec::KernelOp kernel) {
  return kernel.getKind() == qvec::KernelKind::Contraction &&
         kernel.getPacking();
}

int64_t quantopt::getStoredSteps(qvec::KernelOp kernel) {
  qvec::StrategyAttr strategy = *kernel.getStrategy();
  return isHalvedContraction(kernel)
             ? getHalvedSteps(strategy.getPaired(), strategy.getGroup())
             : 1;
}

HalvedWeight quantopt::getHalvedWeight(bool isPaired, int64_t group,
                                       int64_t element, int64_t channel) {
  bool isOdd = channel % 2 != 0;
  if (isPaired) {
    int64_t step = element / 4 * 2 + element % 2;
    int64_t second = element / 2 % 2;
    return {step * qvec::kPanelWidth + channel / 4 * 4 + second * 2 +
                channel % 4 / 2,
            isOdd};
  }
  int64_t step = element / group;
  if (getHalvedSteps(isPaired, group) == 2)
    return {(step / 2 * qvec::kPanelWidth + channel) * group + element % group,
            step % 2 != 0};
  int64_t pairs = qvec::kPanelWidth / 2;
  return {(step * pairs + channel / 2) * group + element % group, isOdd};
}

ContractionLayout::ContractionLayout(llvm::ArrayRef<int64_t> output,
                                     int64_t groups, qvec::StrategyAttr s)
    : groups(groups), channelsPerGroup(output[3] / groups),
      channelsPerVector(s.getLanes()),
      channelsPerTile(s.getPaired() || s.getGathered()
                          ? channelsPerGroup
                          : s.getVectors() * channelsPerVector),
      blocks(llvm::divideCeil(channelsPerGroup, channelsPerTile)),
      fullBlocks(channelsPerGroup / channelsPerTile),
      rows(output[0] * output[1]), tiles(splitEvenly(output[2], s.getRows())),
      units(rows == 1 ? tiles.getTiles() : rows),
      pass(std::min(s.getPass(), units)),
      passes(llvm::divideCeil(units, pass)) {}
