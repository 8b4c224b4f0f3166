//===- Passes.h - To and from upstream's quant dialect ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CONVERSION_QNNTOQUANT_PASSES_H
#define QUANTOPT_CONVERSION_QNNTOQUANT_PASSES_H

#include "mlir/Pass/Pass.h"

namespace quantopt {

#define GEN_PASS_DECL
#include "quant-opt/Conversion/QNNToQuant/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "quant-opt/Conversion/QNNToQuant/Passes.h.inc"

} // namespace quantopt

#endif // QUANTOPT_CONVERSION_QNNTOQUANT_PASSES_H
