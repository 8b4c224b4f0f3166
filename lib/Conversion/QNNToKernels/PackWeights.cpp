//===- PackWeights.cpp - Packed weights -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PackWeights.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace quantopt;
using qvec::kPanelWidth;

DenseElementsAttr quantopt::packContraction(const WeightView &w,
                                            Type elementType, int64_t groups,
                                            int64_t group, bool mergeTaps) {
  int64_t perGroup = w.outputs / groups;
  int64_t panels = llvm::divideCeil(perGroup, kPanelWidth);
  int64_t runs = mergeTaps ? w.height : w.height * w.width;
  int64_t runLength = mergeTaps ? w.width * w.channels : w.channels;
  int64_t steps = llvm::divideCeil(runLength, group);
  int64_t lane = kPanelWidth * group;
  SmallVector<char> packed(
      groups * panels * runs * steps * lane * w.elementBytes, 0);
  int64_t rowSize = w.height * w.width * w.channels;
  for (int64_t o = 0; o < w.outputs; ++o) {
    int64_t g = o / perGroup, inGroup = o % perGroup;
    int64_t panel = g * panels + inGroup / kPanelWidth;
    int64_t column = inGroup % kPanelWidth;
    for (int64_t r = 0; r < runs; ++r) {
      for (int64_t e = 0; e < runLength; ++e) {
        int64_t from = o * rowSize + r * runLength + e;
        int64_t step = (panel * runs + r) * steps + e / group;
        int64_t to = step * lane + column * group + e % group;
        std::memcpy(&packed[to * w.elementBytes],
                    &w.data[from * w.elementBytes], w.elementBytes);
      }
    }
  }
  auto type =
      RankedTensorType::get({groups * panels, runs, steps, lane}, elementType);
  return DenseElementsAttr::getFromRawBuffer(type, packed);
}

DenseElementsAttr quantopt::packDepthwise(const WeightView &w, Type elementType,
                                          int64_t group) {
  int64_t blocks = llvm::divideCeil(w.outputs, kPanelWidth);
  int64_t tapGroups = llvm::divideCeil(w.width, group);
  int64_t lane = kPanelWidth * group;
  SmallVector<char> packed(
      blocks * w.height * tapGroups * lane * w.elementBytes, 0);
  for (int64_t o = 0; o < w.outputs; ++o) {
    int64_t block = o / kPanelWidth, column = o % kPanelWidth;
    for (int64_t r = 0; r < w.height; ++r) {
      for (int64_t t = 0; t < w.width; ++t) {
        int64_t from = (o * w.height + r) * w.width + t;
        int64_t step = (block * w.height + r) * tapGroups + t / group;
        int64_t to = step * lane + column * group + t % group;
        std::memcpy(&packed[to * w.elementBytes],
                    &w.data[from * w.elementBytes], w.elementBytes);
      }
    }
  }
  auto type =
      RankedTensorType::get({blocks, w.height, tapGroups, lane}, elementType);
  return DenseElementsAttr::getFromRawBuffer(type, packed);
}
