//===- TransposeVectors.cpp - Transposing blocks in registers -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitLoops.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

static int64_t getLanes(Value vector) {
  return cast<VectorType>(vector.getType()).getDimSize(0);
}

/// Lanes [first, first + count).
static Value slice(VectorEmitter &e, Value vector, int64_t first,
                   int64_t count) {
  if (count == getLanes(vector))
    return vector;
  return vector::ExtractStridedSliceOp::create(
      e.b, e.loc, vector, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{count},
      ArrayRef<int64_t>{1});
}

/// The same lanes and others of any value up to this length.
static Value widen(VectorEmitter &e, Value vector, int64_t lanes) {
  int64_t own = getLanes(vector);
  if (own == lanes)
    return vector;
  SmallVector<int64_t> mask(lanes, vector::ShuffleOp::kPoisonIndex);
  std::iota(mask.begin(), mask.begin() + own, 0);
  return e.shuffle(vector, vector, mask);
}

/// Interleaves two runs of vectors that are one sequence each. Registers hold
/// half of the result's pairs each, so that every shuffle has two operands.
static SmallVector<Value> interleavePair(VectorEmitter &e, ArrayRef<Value> x,
                                         ArrayRef<Value> y) {
  int64_t lanes = getLanes(x.front());
  SmallVector<int64_t> low, high;
  for (int64_t i = 0; i < lanes / 2; ++i) {
    low.append({i, lanes + i});
    high.append({lanes / 2 + i, lanes + lanes / 2 + i});
  }
  SmallVector<Value> result;
  for (auto [a, c] : llvm::zip(x, y)) {
    result.push_back(e.shuffle(a, c, low));
    result.push_back(e.shuffle(a, c, high));
  }
  return result;
}

/// For a power of two of vectors with an even number of lanes.
static SmallVector<Value> interleavePowerOfTwo(VectorEmitter &e,
                                               ArrayRef<Value> vectors) {
  if (vectors.size() == 1)
    return {vectors.front()};
  SmallVector<Value> even, odd;
  for (size_t i = 0; i < vectors.size(); i += 2) {
    even.push_back(vectors[i]);
    odd.push_back(vectors[i + 1]);
  }
  return interleavePair(e, interleavePowerOfTwo(e, even),
                        interleavePowerOfTwo(e, odd));
}

/// Any number of vectors: each part of the result gathers the lanes of one
/// vector after the other.
static SmallVector<Value> gatherLanes(VectorEmitter &e, ArrayRef<Value> vectors,
                                      function_ref<int64_t(int64_t)> source) {
  int64_t lanes = getLanes(vectors.front());
  int64_t count = vectors.size();
  SmallVector<Value> result;
  for (int64_t part = 0; part < count; ++part) {
    Value whole;
    for (int64_t v = 0; v < count; ++v) {
      // Lanes that are in place stay; those of this vector are added.
      SmallVector<int64_t> mask;
      for (int64_t i = 0; i < lanes; ++i) {
        int64_t from = source(part * lanes + i);
        mask.push_back(from / lanes == v ? (whole ? lanes : 0) + from % lanes
                       : whole           ? i
                                         : vector::ShuffleOp::kPoisonIndex);
      }
      whole = whole ? e.shuffle(whole, vectors[v], mask)
                    : e.shuffle(vectors[v], vectors[v], mask);
    }
    result.push_back(whole);
  }
  return result;
}

SmallVector<Value> quantopt::interleave(VectorEmitter &e,
                                        ArrayRef<Value> vectors) {
  int64_t lanes = getLanes(vectors.front()), count = vectors.size();
  if (llvm::isPowerOf2_64(count) && lanes % 2 == 0)
    return interleavePowerOfTwo(e, vectors);
  return gatherLanes(e, vectors,
                     [&](int64_t i) { return i % count * lanes + i / count; });
}

SmallVector<Value> quantopt::deinterleave(VectorEmitter &e,
                                          ArrayRef<Value> vectors) {
  int64_t lanes = getLanes(vectors.front()), count = vectors.size();
  return gatherLanes(e, vectors,
                     [&](int64_t i) { return i % lanes * count + i / lanes; });
}

SmallVector<Value> quantopt::transpose(VectorEmitter &e,
                                       ArrayRef<Value> vectors) {
  int64_t lanes = getLanes(vectors.front()), count = vectors.size();
  int64_t rows = llvm::PowerOf2Ceil(count);
  int64_t columns = std::max<int64_t>(rows, llvm::PowerOf2Ceil(lanes));
  SmallVector<Value> square;
  for (int64_t i = 0; i < rows; ++i)
    square.push_back(
        widen(e, vectors[std::min<int64_t>(i, count - 1)], columns));
  SmallVector<Value> mixed = interleavePowerOfTwo(e, square);
  SmallVector<Value> result;
  for (int64_t i = 0; i < lanes; ++i)
    result.push_back(
        slice(e, mixed[i * rows / columns], i * rows % columns, count));
  return result;
}
