//===- QNNInterfaces.td - Interfaces of the qnn dialect ----*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNINTERFACES
#define QUANTOPT_DIALECT_QNN_IR_QNNINTERFACES

include "mlir/IR/OpBase.td"

def QNN_QuantizedTypeInterface : TypeInterface<"QuantizedTypeInterface"> {
  let cppNamespace = "::quantopt::qnn";
  let description = [{
    An element type that says how a real number is stored. Passes ask this
    interface and do not switch over kinds of types.
  }];
  let methods = [
    InterfaceMethod<"The type of one stored element (`i8`, `ui4`, `f16`).",
      "::mlir::Type", "getStorageType">,
    InterfaceMethod<"The type that `qnn.dequantize` produces.",
      "::mlir::Type", "getExpressedType">,
    InterfaceMethod<[{How many elements share one scale.}],
      "::quantopt::qnn::Granularity", "getGranularity">,
    InterfaceMethod<[{
        Whether scales and zero points are attributes of `qnn.constant` (axis
        and block granularity) and not part of the type.}],
      "bool", "hasParametersInConstant">,
    InterfaceMethod<[{
        The number of scales that a constant of this shape carries; 0 when the
        type needs none.}],
      "int64_t", "getNumScales", (ins "::llvm::ArrayRef<int64_t>":$shape)>,
    InterfaceMethod<[{
        The index in the scale vector that belongs to the element with this
        row-major index, in a constant of this shape.}],
      "int64_t", "getScaleIndex",
      (ins "::llvm::ArrayRef<int64_t>":$shape, "int64_t":$element)>,
    InterfaceMethod<[{
        The number of consecutive elements of a row that share a scale; 0 for
        all of them.}],
      "int64_t", "getBlockSize", (ins), "", "return 0;">,
    InterfaceMethod<[{
        What each code, as an unsigned number, stands for before it is scaled.
        Empty when a code `q` stands for `q - zeroPoint` or is a float itself,
        and when the constant holds the tables.}],
      "::llvm::SmallVector<float>", "getCodeTable", (ins), "", "return {};">,
    InterfaceMethod<[{
        The number of tables that a constant of this shape holds, each with an
        entry for each code.}],
      "int64_t", "getNumTables", (ins "::llvm::ArrayRef<int64_t>":$shape), "",
      "return 0;">,
    InterfaceMethod<[{
        The index of the table that belongs to the element with this row-major
        index, in a constant of this shape.}],
      "int64_t", "getTableIndex",
      (ins "::llvm::ArrayRef<int64_t>":$shape, "int64_t":$element), "",
      "return 0;">,
    InterfaceMethod<[{
        Bytes of the payload of a constant of this shape, scales excluded.
        Sub-byte elements are packed, lowest bits first, and each row
        (outermost dimension) starts at a byte.}],
      "int64_t", "getPayloadBytes", (ins "::llvm::ArrayRef<int64_t>":$shape)>,
  ];
}

def QNN_ContractionInterface : OpInterface<"ContractionOpInterface"> {
  let cppNamespace = "::quantopt::qnn";
  let description = [{
    An op that multiplies an input with a weight and accumulates. The weight's
    dimension 0 is the output channel for every op with this interface, and all
    other weight dimensions are summed over.
  }];
  let methods = [
    InterfaceMethod<"The operand that flows through the network.",
      "::mlir::OpOperand &", "getInputOperand">,
    InterfaceMethod<"The operand that holds the weight.",
      "::mlir::OpOperand &", "getWeightOperand">,
    InterfaceMethod<"The bias, or null.",
      "::mlir::Value", "getBiasValue">,
    InterfaceMethod<"Whether this is a depthwise convolution.",
      "bool", "isDepthwiseContraction">,
  ];
}

def QNN_ElementwiseInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::quantopt::qnn";
  let description = [{
    A float op whose output element depends on the elements of its operands at
    the same (broadcast) position only. `buildScalar` emits that computation on
    scalars or vectors with `arith` and `math` ops; it is the one definition
    that lowering uses.
  }];
  let methods = [
    InterfaceMethod<"Emits the op on the given element values.",
      "::mlir::Value", "buildScalar",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc,
           "::mlir::ValueRange":$elements)>,
  ];
}

/// The op moves values without changing them: an output element is a copy of
/// an input element (or of a pad value that is real zero or the lowest value).
def QNN_ValuePreserving : NativeOpTrait<"ValuePreserving"> {
  let cppNamespace = "::quantopt::qnn";
}

#endif // QUANTOPT_DIALECT_QNN_IR_QNNINTERFACES
