//===- MaskedPanels.h - Packed weights without zeros ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Where the parts of masked weights are (see `masked` in `#qvec.packing`), and
/// how they are made of panels of bytes.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_MASKEDPANELS_H
#define QUANTOPT_DIALECT_QVEC_UTILS_MASKEDPANELS_H

#include "quant-opt/Dialect/QVec/Utils/PackedLayout.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {

/// Offsets in masked weights.
struct MaskedLayout {
  /// Codes that one mask is for, its bytes, and the bytes after the last panel.
  static constexpr int64_t kVectorCodes = PackedLayout::kVectorBytes;
  static constexpr int64_t kMaskBytes = kVectorCodes / 8;
  static constexpr int64_t kSpareBytes = 64;
  static constexpr int64_t kOffsetBytes = 4;

  MaskedLayout(qvec::PackingAttr packing, int64_t depth, int64_t panels);

  PackedLayout expanded;
  int64_t bits, panels;
  bool twoOfFour;

  int64_t getNumVectors() const {
    return expanded.getScaleOffset(0) / kVectorCodes;
  }
  /// Scales and what else is not a code, as in an expanded panel.
  int64_t getParameterBytes() const {
    return expanded.getPanelBytes() - expanded.getScaleOffset(0);
  }
  /// In a panel.
  int64_t getParameterOffset() const { return getNumVectors() * kMaskBytes; }
  int64_t getCodeOffset() const {
    return getParameterOffset() + getParameterBytes();
  }
  /// Bytes of this many codes of a vector.
  int64_t getCodeBytes(int64_t codes) const { return (codes * bits + 7) / 8; }
  /// Of a 2:4 panel.
  int64_t getTwoOfFourPanelBytes() const {
    return getCodeOffset() + getNumVectors() * getCodeBytes(kVectorCodes / 2);
  }
  /// Bytes before the first panel.
  int64_t getTableBytes() const {
    return twoOfFour ? 0 : panels * kOffsetBytes;
  }
  /// The exact number of bytes of 2:4 weights, the least of others.
  int64_t getLeastBytes() const;
};

/// Codes that a table with a permutation for each mask expands at once.
constexpr int64_t kTableExpandLanes = 8;

/// Codes that code for this level expands at once (see `qvec.expand`): those of
/// a vector, or with permutations of 16 bytes some of them; 1 where there is
/// neither.
inline int64_t getExpandLanes(const TargetLevel &level) {
  if (getExpandIntrinsic(level, MaskedLayout::kVectorCodes))
    return MaskedLayout::kVectorCodes;
  return getTableIntrinsic(level, 16) ? kTableExpandLanes : 1;
}

/// Panels as `packing.getExpanded()` describes them without their zeros; null
/// where more than two of four codes are not zero but the packing is 2:4, or
/// where a code needs more bits.
mlir::DenseElementsAttr maskPanels(mlir::DenseElementsAttr panels,
                                   qvec::PackingAttr packing, int64_t depth);

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_MASKEDPANELS_H
