//===- ReadCodes.h - Weights as codes ---------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_READCODES_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_READCODES_H

#include "ContractionView.h"
#include "quant-opt/Dialect/QVec/Utils/PackCodes.h"

namespace quantopt {

/// Codes, the packing that they get, and what they stand for if the packing
/// leaves that to tables.
struct PackedWeight {
  CodedWeight coded;
  qvec::PackingAttr packing;
  SmallVector<float> tables;
};

/// The integer storage of a quantized constant, or null.
IntegerType getIntegerStorage(qnn::ConstantOp constant);

/// The codes of a weight of integers or of a quantized constant with integer
/// storage.
PackedWeight readCodes(const ContractionView &view);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_READCODES_H
