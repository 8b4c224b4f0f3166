//===- Passes.h - Passes that quantize --------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_TRANSFORMS_PASSES_H
#define QUANTOPT_QUANTIZATION_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt {

#define GEN_PASS_DECL
#include "quant-opt/Quantization/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "quant-opt/Quantization/Transforms/Passes.h.inc"

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_TRANSFORMS_PASSES_H
