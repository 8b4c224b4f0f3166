//===- BlockWeights.cpp - Integer weights with scales per block -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockWeights.h"
#include "InnerLoops.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;

std::optional<std::vector<float>> BlockWeights::sum(ArrayRef<int32_t> x) const {
  std::vector<float> result(outputs);
  std::vector<int64_t> sums(outputs);
  for (int64_t b = 0; b < getNumBlocks(); ++b) {
    int64_t begin = b * block, size = std::min(block, depth - begin);
    std::fill(sums.begin(), sums.end(), 0);
    accumulate(x.data() + begin, size, values.data() + begin * outputs, outputs,
               sums.data());
    for (int64_t o = 0; o < outputs; ++o) {
      if (sums[o] != static_cast<int32_t>(sums[o]))
        return std::nullopt;
      result[o] = std::fma(static_cast<float>(sums[o]), scales[b * outputs + o],
                           result[o]);
    }
  }
  return result;
}
