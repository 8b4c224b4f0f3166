//===- ONNX.h - Export of quantized models as ONNX --------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Writes a module that has been through phases up to `quantize` as an ONNX
/// model: quantized values between QuantizeLinear and DequantizeLinear, weights
/// as integers behind DequantizeLinear.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_EXPORT_ONNX_H
#define QUANTOPT_EXPORT_ONNX_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"
#include <string>

namespace quantopt {

/// The bytes of an ONNX file with the computation of `@main`. What ONNX cannot
/// say is an error that names the op; nothing is written then.
FailureOr<std::string> exportOnnx(ModuleOp module);

} // namespace quantopt

#endif // QUANTOPT_EXPORT_ONNX_H
