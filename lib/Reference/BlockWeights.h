//===- BlockWeights.h - Integer weights with scales per block ---*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_BLOCKWEIGHTS_H
#define QUANTOPT_LIB_REFERENCE_BLOCKWEIGHTS_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/MathExtras.h"
#include <optional>
#include <vector>

namespace quantopt::reference {

/// The integers `q - zeroPoint` of `outputs` channels and a scale for each
/// block of `block` consecutive ones of a channel.
class BlockWeights {
public:
  BlockWeights(int64_t outputs, int64_t depth, int64_t block)
      : outputs(outputs), depth(depth), block(block), values(outputs * depth),
        scales(outputs * getNumBlocks()) {}

  int64_t getNumBlocks() const { return llvm::divideCeil(depth, block); }
  int64_t getBlock(int64_t k) const { return k / block; }
  int32_t &getValue(int64_t o, int64_t k) { return values[k * outputs + o]; }
  float &getScale(int64_t o, int64_t b) { return scales[b * outputs + o]; }

  /// For each channel, `y = fma(float(sum), scale, y)` block by block from +0,
  /// with the exact sums of `x[k] * value`. Nothing when a sum leaves i32.
  std::optional<std::vector<float>> sum(ArrayRef<int32_t> x) const;

private:
  int64_t outputs, depth, block;
  std::vector<int32_t> values; // [depth][outputs]
  std::vector<float> scales;   // [blocks][outputs]
};

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_BLOCKWEIGHTS_H
