//===- LayerAttributes.h - Notes on functions of layers ---------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_UTILS_LAYERATTRIBUTES_H
#define QUANTOPT_DIALECT_QVEC_UTILS_LAYERATTRIBUTES_H

#include "llvm/ADT/StringRef.h"

namespace quantopt::qvec {

/// What the loops of a function have in common with those of other layers (see
/// `qvec-share-kernels`): the steps of a turn, and that rows have a rest.
constexpr llvm::StringLiteral kCommonStepsAttrName = "qvec.common_steps";
constexpr llvm::StringLiteral kCommonRestAttrName = "qvec.common_rest";

} // namespace quantopt::qvec

#endif // QUANTOPT_DIALECT_QVEC_UTILS_LAYERATTRIBUTES_H
