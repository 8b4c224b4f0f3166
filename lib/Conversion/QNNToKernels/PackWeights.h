//===- PackWeights.h - Packed weights ---------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_PACKWEIGHTS_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_PACKWEIGHTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/ADT/ArrayRef.h"

namespace quantopt {

/// A weight in O x KH x KW x I order, as raw elements of `elementBytes` bytes.
struct WeightView {
  llvm::ArrayRef<char> data;
  int64_t elementBytes;
  int64_t outputs, height, width, channels;

  int64_t getNumElements() const { return outputs * height * width * channels; }
};

/// What else `#qvec.strategy` says of the order of weights.
struct WeightOrder {
  bool paired = false, joined = false, gathered = false;
  /// Whether weights of 4 bits share a byte.
  bool halved = false;
};

/// The packed form that `qvec.kernel contraction` reads; see there.
mlir::DenseElementsAttr packContraction(const WeightView &weight,
                                        mlir::Type elementType, int64_t groups,
                                        int64_t group, bool mergeTaps,
                                        WeightOrder order = {});

/// The packed form that `qvec.kernel depthwise` reads; see there.
mlir::DenseElementsAttr packDepthwise(const WeightView &weight,
                                      mlir::Type elementType,
                                      qnn::WindowAttr window,
                                      qvec::DepthwiseStrategyAttr strategy);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_PACKWEIGHTS_H
