//===- QNNDialect.td - The qnn dialect ---------------------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNDIALECT
#define QUANTOPT_DIALECT_QNN_IR_QNNDIALECT

include "mlir/IR/OpBase.td"

def QNN_Dialect : Dialect {
  let name = "qnn";
  let summary = "Quantized neural networks on tensors";
  let description = [{
    The tensor-level form of a network: pure values, static shapes in practice,
    channels last (`N x H x W x C`) for everything that has a channel.

    A float network uses `f32` tensors. A quantized network uses tensors whose
    element type says how a real number is stored (`!qnn.affine<i8, 0.1 : 3>`).
    After the `fuse` phase all integer arithmetic is explicit, on plain storage
    types: `qnn.conv2d` on `i8` produces exact `i32` sums, and
    `qnn.requantize` scales them with integer multipliers.
  }];
  let cppNamespace = "::quantopt::qnn";
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerTypes();
    void registerAttributes();

    /// Discardable attributes of a module and of function arguments/results.
    static llvm::StringRef getPhaseAttrName() { return "qnn.phase"; }
    static llvm::StringRef getNameAttrName() { return "qnn.name"; }
    static llvm::StringRef getModelTypeAttrName() { return "qnn.model_type"; }
    static llvm::StringRef getQuantizationAttrName() {
      return "qnn.quantization";
    }
    static llvm::StringRef getRangeAttrName() { return "qnn.range"; }
    static llvm::StringRef getSchemeAttrName() { return "qnn.scheme"; }
    static llvm::StringRef getReasonAttrName() { return "qnn.reason"; }
    static llvm::StringRef getEffectiveBitsAttrName() {
      return "qnn.effective_bits";
    }
  }];
}

#endif // QUANTOPT_DIALECT_QNN_IR_QNNDIALECT
