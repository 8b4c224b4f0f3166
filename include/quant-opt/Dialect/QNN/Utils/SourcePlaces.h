//===- SourcePlaces.h - Where a kernel of TFLite interpolates ---*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_SOURCEPLACES_H
#define QUANTOPT_DIALECT_QNN_UTILS_SOURCEPLACES_H

#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"

namespace quantopt::qnn {

/// The attribute of a `qnn.interpolate` that holds for each index of the result
/// the place in the input at which TFLite's kernel for `i8` reads, with 10 bits
/// behind the point, as `array<i32>`.
inline StringRef getSourcePlacesAttrName() { return "qnn.source_places"; }

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_SOURCEPLACES_H
