//===- PackWeights.cpp - Packed weights -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackWeights.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace quantopt;
using qvec::kPanelWidth;

/// Stores a weight of 4 bits in one half of a byte; see `qvec.kernel`.
static void storeHalf(char weight, bool isPaired, bool isUpper, char &byte) {
  int shift = isUpper ? 4 : 0;
  int64_t code = weight + (isPaired && !isUpper ? kHalvedOffset : 0);
  byte = char((byte & ~(15 << shift)) | (code & 15) << shift);
}

/// Makes words `256 * odd + even` of neighbouring bytes.
static void joinWords(MutableArrayRef<char> packed) {
  for (size_t i = 0; i < packed.size(); i += 2)
    packed[i + 1] = char(packed[i + 1] - (static_cast<int8_t>(packed[i]) < 0));
}

/// Makes bytes `16 * upper + lower` of weights that share one.
static void joinHalves(MutableArrayRef<char> packed) {
  for (char &byte : packed)
    byte = char(byte - (byte & 8) * 2);
}

DenseElementsAttr quantopt::packContraction(const WeightView &w,
                                            Type elementType, int64_t groups,
                                            int64_t group, bool mergeTaps,
                                            WeightOrder order) {
  int64_t perGroup = w.outputs / groups;
  int64_t panels = llvm::divideCeil(perGroup, kPanelWidth);
  int64_t runs = order.gathered ? 1 : mergeTaps ? w.height : w.height * w.width;
  int64_t runLength = w.height * w.width * w.channels / runs;
  int64_t shared = order.halved ? getHalvedSteps(order.paired, group) : 1;
  int64_t steps = order.paired ? getPairedSteps(runLength)
                               : llvm::divideCeil(runLength, group * shared);
  int64_t lane = kPanelWidth * group * shared / (order.halved ? 2 : 1);
  SmallVector<char> packed(groups * panels * runs * steps * lane *
                               w.elementBytes,
                           order.halved && order.paired ? kHalvedOffset : 0);
  int64_t rowSize = w.height * w.width * w.channels;
  for (int64_t o = 0; o < w.outputs; ++o) {
    int64_t g = o / perGroup, inGroup = o % perGroup;
    int64_t panel = g * panels + inGroup / kPanelWidth;
    int64_t column = inGroup % kPanelWidth;
    for (int64_t r = 0; r < runs; ++r) {
      for (int64_t e = 0; e < runLength; ++e) {
        int64_t from = o * rowSize + r * runLength + e;
        int64_t to = (panel * runs + r) * steps * lane;
        if (order.halved) {
          HalvedWeight at = getHalvedWeight(order.paired, group, e, column);
          storeHalf(w.data[from], order.paired, at.isUpper,
                    packed[to + at.byte]);
          continue;
        }
        to += order.paired ? getPairedIndex(e, column)
                           : e / group * lane + column * group + e % group;
        std::memcpy(&packed[to * w.elementBytes],
                    &w.data[from * w.elementBytes], w.elementBytes);
      }
    }
  }
  if (order.joined && !order.halved)
    joinWords(packed);
  else if (order.joined && !order.paired)
    joinHalves(packed);
  auto type =
      RankedTensorType::get({groups * panels, runs, steps, lane}, elementType);
  return DenseElementsAttr::getFromRawBuffer(type, packed);
}

/// Elements that are multiplied one by one: tap by tap, 16 channels together.
static DenseElementsAttr packDepthwiseTaps(const WeightView &w,
                                           Type elementType) {
  int64_t blocks = llvm::divideCeil(w.outputs, kPanelWidth);
  SmallVector<char> packed(
      blocks * w.height * w.width * kPanelWidth * w.elementBytes, 0);
  int64_t taps = w.height * w.width;
  for (int64_t o = 0; o < w.outputs; ++o)
    for (int64_t t = 0; t < taps; ++t) {
      int64_t to = (o / kPanelWidth * taps + t) * kPanelWidth + o % kPanelWidth;
      std::memcpy(&packed[to * w.elementBytes],
                  &w.data[(o * taps + t) * w.elementBytes], w.elementBytes);
    }
  auto type = RankedTensorType::get({blocks, w.height, w.width, kPanelWidth},
                                    elementType);
  return DenseElementsAttr::getFromRawBuffer(type, packed);
}

/// Bytes, or words for products of 16 bits, in groups of taps.
template <typename T>
static DenseElementsAttr
packDepthwiseGroups(const WeightView &w, qnn::WindowAttr window,
                    qvec::DepthwiseStrategyAttr strategy) {
  SmallVector<int64_t> shape =
      getDepthwiseWeightShape(w.outputs, window, strategy);
  SmallVector<T> packed(ShapedType::getNumElements(shape), 0);
  forEachDepthwiseWeight(
      w.outputs, window, strategy,
      [&](int64_t channel, int64_t row, int64_t column, int64_t index) {
        int64_t from = (channel * w.height + row) * w.width + column;
        packed[index] = static_cast<int8_t>(w.data[from]);
      });
  auto element = IntegerType::get(window.getContext(), 8 * sizeof(T));
  return DenseElementsAttr::get(RankedTensorType::get(shape, element),
                                ArrayRef<T>(packed));
}

DenseElementsAttr
quantopt::packDepthwise(const WeightView &w, Type elementType,
                        qnn::WindowAttr window,
                        qvec::DepthwiseStrategyAttr strategy) {
  if (strategy.getGroup() == 1)
    return packDepthwiseTaps(w, elementType);
  if (strategy.getGroup() == 2)
    return packDepthwiseGroups<int16_t>(w, window, strategy);
  return packDepthwiseGroups<int8_t>(w, window, strategy);
}
