//===- QuantizedOps.h - Operators on quantized tensors ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_QUANTIZEDOPS_H
#define QUANTOPT_LIB_IMPORT_ONNX_QUANTIZEDOPS_H

#include "onnx.pb.h"

namespace quantopt::onnx {

/// Replaces each operator on quantized tensors (QLinearConv and its kind) by
/// what it means: DequantizeLinear for its operands, the real operator, and
/// QuantizeLinear. The new nodes have the old one's name. Nodes with a wrong
/// number of inputs or outputs stay.
void expandQuantizedOps(onnxfile::GraphProto &graph);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_QUANTIZEDOPS_H
