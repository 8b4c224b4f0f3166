//===- PackedLayout.h - Where packed weights are ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Offsets in the panels of a `qvec.kernel packed` (see `#qvec.packing`). The
/// packing of weights and the emitter ask here.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_PACKEDLAYOUT_H
#define QUANTOPT_DIALECT_QVEC_UTILS_PACKEDLAYOUT_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// Bits of a code that are stored together.
struct CodePlane {
  /// The lowest bit of the code, and the number of bits: 1, 2, 4 or 8.
  int64_t bit, width;

  /// Steps that a vector of 64 bytes holds.
  int64_t getStepsPerVector() const { return 8 / width; }
};

/// The planes of codes of this many bits, moved up by `shift`.
llvm::SmallVector<CodePlane> getCodePlanes(int64_t bits, int64_t shift = 0);

/// The parts of a panel, for channels of `depth` codes.
struct PackedLayout {
  static constexpr int64_t kStep = 4;
  static constexpr int64_t kVectorBytes = 64;

  PackedLayout(qvec::PackingAttr packing, int64_t depth);
  /// Of a kernel of kind `packed`.
  explicit PackedLayout(qvec::KernelOp kernel);

  llvm::SmallVector<CodePlane> planes;
  int64_t depth;
  /// Codes of a block and of a chunk, and their numbers; the last block and the
  /// last chunk may be shorter.
  int64_t block, blocks, chunk, chunks;
  int64_t scaleBytes, zeroPointBytes;
  /// Factors of scales, where there are any: one for each `kSuperBlocks`.
  static constexpr int64_t kSuperBlocks = qnn::kSuperBlocks;
  int64_t superScales;

  int64_t getBlockSize(int64_t b) const {
    return std::min(block, depth - b * block);
  }
  int64_t getChunksPerBlock() const;
  /// Bytes of a chunk of `codes` codes.
  int64_t getChunkBytes(int64_t codes) const;
  /// Where the vectors of a plane start in such a chunk.
  int64_t getPlaneOffset(unsigned plane, int64_t codes) const;
  /// Where chunk `i`, and the scales and zero points of block `b`, start in a
  /// panel. The codes of all chunks but the last of a block fill whole chunks.
  int64_t getChunkOffset(int64_t i) const;
  int64_t getScaleOffset(int64_t b) const;
  int64_t getZeroPointOffset(int64_t b) const;
  int64_t getSuperScaleOffset() const { return getZeroPointOffset(blocks); }
  int64_t getPanelBytes() const;

private:
  /// Vectors that a plane of a chunk of `codes` codes takes.
  static int64_t getPlaneVectors(const CodePlane &plane, int64_t codes);
};

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_PACKEDLAYOUT_H
