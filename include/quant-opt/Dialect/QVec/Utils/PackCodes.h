//===- PackCodes.h - Weights of few bits ------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_PACKCODES_H
#define QUANTOPT_DIALECT_QVEC_UTILS_PACKCODES_H

#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// The codes of a weight in the order O, KH, KW, I, and the parameters of its
/// blocks in the order O, block.
struct CodedWeight {
  int64_t outputs, depth;
  llvm::SmallVector<int64_t> codes;
  /// The bits of each scale as it is stored; empty without scales.
  llvm::SmallVector<uint32_t> scales;
  /// The factors of scales, for each `kSuperRows` outputs and `kSuperBlocks`
  /// blocks; empty without them. A group has a multiple of `kSuperRows`
  /// outputs.
  llvm::SmallVector<float> superScales;
  /// Empty when the packing has one zero point.
  llvm::SmallVector<int64_t> zeroPoints;
};

/// The panels that `packing` describes.
mlir::DenseElementsAttr packCodes(const CodedWeight &weight,
                                  qvec::PackingAttr packing, int64_t groups);

} // namespace quantopt

#endif // QUANTOPT_DIALECT_QVEC_UTILS_PACKCODES_H
