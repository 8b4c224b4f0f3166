//===- WeightStorage.h - Weights without zeros ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_WEIGHTSTORAGE_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_WEIGHTSTORAGE_H

#include "ReadCodes.h"
#include "quant-opt/Conversion/QNNToKernels/WeightStorage.h"
#include "quant-opt/Dialect/QVec/Utils/MaskedPanels.h"

namespace quantopt {

/// How a contraction's weight is stored if zeros are left out. A remark says
/// what was chosen, and why what was asked for is not possible.
std::optional<CodeMasks> chooseMasks(const ContractionView &view,
                                     WeightStorage storage);

/// Makes codes the integers that they stand for, and gives them a packing with
/// masks.
void removeZeroPoints(PackedWeight &weight, CodeMasks masks);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_WEIGHTSTORAGE_H
