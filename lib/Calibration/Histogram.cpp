//===- Histogram.cpp - Counts of float values -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/Histogram.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>
#include <cmath>
#include <cstring>

using namespace quantopt;

uint16_t Histogram::getKey(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return uint16_t(bits >> 16);
}

bool Histogram::isKey(int64_t key) {
  return key >= 0 && key <= 0xffff && (key & 0x7f80) != 0x7f80;
}

/// The float with these bits.
static float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

void Histogram::add(llvm::ArrayRef<float> values) {
  // Neighbours mostly share sign and exponent: remember the last chunk.
  Chunk *chunk = nullptr;
  uint16_t chunkKey = 0;
  for (float value : values) {
    if (!std::isfinite(value)) {
      ++nonFinite;
      continue;
    }
    uint16_t key = getKey(value);
    if (!chunk || key >> 7 != chunkKey) {
      chunkKey = key >> 7;
      chunk = &chunks[chunkKey];
    }
    ++(*chunk)[key & 127];
    ++count;
    widen(value, value);
  }
}

void Histogram::addToBin(uint16_t key, uint64_t amount) {
  chunks[key >> 7][key & 127] += amount;
  count += amount;
}

void Histogram::widen(float low, float high) {
  // Adding +0 makes -0 positive: which of the two comes first must not show.
  min = std::min(min, low + 0.0f);
  max = std::max(max, high + 0.0f);
}

void Histogram::merge(const Histogram &other) {
  for (auto [key, amount] : other.getCounts())
    addToBin(key, amount);
  widen(other.min, other.max);
  nonFinite += other.nonFinite;
}

llvm::SmallVector<std::pair<uint16_t, uint64_t>> Histogram::getCounts() const {
  llvm::SmallVector<std::pair<uint16_t, uint64_t>> result;
  for (const auto &[key, chunk] : chunks)
    for (auto [i, amount] : llvm::enumerate(chunk))
      if (amount)
        result.push_back({uint16_t(key << 7 | i), amount});
  return result;
}

llvm::SmallVector<Histogram::Bin> Histogram::getBins() const {
  llvm::SmallVector<Bin> bins;
  for (auto [key, amount] : getCounts()) {
    float a = fromBits(uint32_t(key) << 16);
    float b = fromBits(uint32_t(key) << 16 | 0xffff);
    bins.push_back(
        {std::max(std::min(a, b), min), std::min(std::max(a, b), max), amount});
  }
  llvm::sort(bins,
             [](const Bin &a, const Bin &b) { return a.lower < b.lower; });
  return bins;
}
