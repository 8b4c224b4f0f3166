//===- QNNAttrs.td - Attributes of the qnn dialect ---------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNATTRS
#define QUANTOPT_DIALECT_QNN_IR_QNNATTRS

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "quant-opt/Dialect/QNN/IR/QNNDialect.td"

class QNN_Enum<string name, string description, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, description, cases> {
  let cppNamespace = "::quantopt::qnn";
  let genSpecializedAttr = 0;
}

class QNN_EnumAttr<EnumAttrInfo info, string name>
    : EnumAttr<QNN_Dialect, info, name>;

def QNN_UnaryFn : QNN_Enum<"UnaryFn", "function of one real number", [
  I32EnumAttrCase<"Abs", 0, "abs">,
  I32EnumAttrCase<"Neg", 1, "neg">,
  I32EnumAttrCase<"Exp", 2, "exp">,
  I32EnumAttrCase<"Log", 3, "log">,
  I32EnumAttrCase<"Sqrt", 4, "sqrt">,
  I32EnumAttrCase<"Reciprocal", 5, "reciprocal">,
  I32EnumAttrCase<"Floor", 6, "floor">,
  I32EnumAttrCase<"Ceil", 7, "ceil">,
  I32EnumAttrCase<"Round", 8, "round">,
  I32EnumAttrCase<"Erf", 9, "erf">,
  I32EnumAttrCase<"Sigmoid", 10, "sigmoid">,
  I32EnumAttrCase<"Tanh", 11, "tanh">,
  I32EnumAttrCase<"HardSigmoid", 12, "hard_sigmoid">,
  I32EnumAttrCase<"HardSwish", 13, "hard_swish">,
  I32EnumAttrCase<"LeakyRelu", 14, "leaky_relu">,
  I32EnumAttrCase<"Elu", 15, "elu">,
  I32EnumAttrCase<"Softplus", 16, "softplus">,
]>;
def QNN_UnaryFnAttr : QNN_EnumAttr<QNN_UnaryFn, "unary_fn">;

def QNN_BinaryFn : QNN_Enum<"BinaryFn", "function of two real numbers", [
  I32EnumAttrCase<"Add", 0, "add">,
  I32EnumAttrCase<"Sub", 1, "sub">,
  I32EnumAttrCase<"Mul", 2, "mul">,
  I32EnumAttrCase<"Div", 3, "div">,
  I32EnumAttrCase<"Max", 4, "max">,
  I32EnumAttrCase<"Min", 5, "min">,
  I32EnumAttrCase<"PRelu", 6, "prelu">,
]>;
def QNN_BinaryFnAttr : QNN_EnumAttr<QNN_BinaryFn, "binary_fn">;

def QNN_PoolKind : QNN_Enum<"PoolKind", "how a window is reduced", [
  I32EnumAttrCase<"Max", 0, "max">,
  I32EnumAttrCase<"Average", 1, "average">,
]>;
def QNN_PoolKindAttr : QNN_EnumAttr<QNN_PoolKind, "pool_kind">;

def QNN_ReduceFn : QNN_Enum<"ReduceFn", "how dimensions are reduced", [
  I32EnumAttrCase<"Mean", 0, "mean">,
  I32EnumAttrCase<"Sum", 1, "sum">,
  I32EnumAttrCase<"Max", 2, "max">,
  I32EnumAttrCase<"Min", 3, "min">,
]>;
def QNN_ReduceFnAttr : QNN_EnumAttr<QNN_ReduceFn, "reduce_fn">;

def QNN_Granularity : QNN_Enum<"Granularity", "how many elements share a scale", [
  I32EnumAttrCase<"Tensor", 0, "tensor">,
  I32EnumAttrCase<"Axis", 1, "axis">,
  I32EnumAttrCase<"Block", 2, "block">,
]>;

def QNN_CodeSet : QNN_Enum<"CodeSet", "what codes stand for", [
  I32EnumAttrCase<"Binary", 0, "binary">,
  I32EnumAttrCase<"Ternary", 1, "ternary">,
  I32EnumAttrCase<"NF4", 2, "nf4">,
  I32EnumAttrCase<"F4E2M1", 3, "f4e2m1">,
  I32EnumAttrCase<"F6E2M3", 4, "f6e2m3">,
  I32EnumAttrCase<"F6E3M2", 5, "f6e3m2">,
  I32EnumAttrCase<"F8E4M3", 6, "f8e4m3">,
  I32EnumAttrCase<"F8E5M2", 7, "f8e5m2">,
  I32EnumAttrCase<"Palette1", 8, "palette1">,
  I32EnumAttrCase<"Palette2", 9, "palette2">,
  I32EnumAttrCase<"Palette3", 10, "palette3">,
  I32EnumAttrCase<"Palette4", 11, "palette4">,
  I32EnumAttrCase<"Palette6", 12, "palette6">,
  I32EnumAttrCase<"Palette8", 13, "palette8">,
]>;

def QNN_WindowAttr : AttrDef<QNN_Dialect, "Window"> {
  let mnemonic = "window";
  let summary = "The geometry of a 2-d sliding window";
  let description = [{
    Kernel size, strides, dilations (each height, width) and zero padding
    (top, left, bottom, right). The output size along a dimension is
    `(in + before + after - ((kernel - 1) * dilation + 1)) / stride + 1`,
    rounded down.

    ```mlir
    #qnn.window<kernel = [3, 3], strides = [2, 2], dilations = [1, 1],
                pads = [0, 0, 1, 1]>
    ```

    (C1) kernel, strides and dilations are positive and have 2 elements.
    (C2) pads are not negative and have 4 elements.
  }];
  let parameters = (ins
    ArrayRefParameter<"int64_t">:$kernel, ArrayRefParameter<"int64_t">:$strides,
    ArrayRefParameter<"int64_t">:$dilations,
    ArrayRefParameter<"int64_t">:$pads);
  let assemblyFormat = [{
    `<` `kernel` `=` `[` $kernel `]` `,` `strides` `=` `[` $strides `]` `,`
    `dilations` `=` `[` $dilations `]` `,` `pads` `=` `[` $pads `]` `>`
  }];
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Output size along spatial dimension `dim` (0 height, 1 width) for this
    /// input size; not positive when the window does not fit.
    int64_t getOutputSize(unsigned dim, int64_t inputSize) const;
    /// The span of the window along `dim`, dilation included.
    int64_t getExtent(unsigned dim) const {
      return (getKernel()[dim] - 1) * getDilations()[dim] + 1;
    }
    bool hasPadding() const {
      return llvm::any_of(getPads(), [](int64_t p) { return p != 0; });
    }
  }];
}

def QNN_RangeAttr : AttrDef<QNN_Dialect, "Range"> {
  let mnemonic = "range";
  let summary = "The range of a float activation and where it came from";
  let description = [{
    Attached as `qnn.range` to the op (or function argument) that produces the
    value; read by `qnn-quantize-activations`.

    ```mlir
    #qnn.range<-1.5, 2.25, "minmax">
    ```

    (C1) both ends are finite and min <= max.
  }];
  let parameters = (ins "::mlir::FloatAttr":$minAttr, "::mlir::FloatAttr":$maxAttr,
                        StringRefParameter<"origin">:$source);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let builders = [
    AttrBuilder<(ins "float":$min, "float":$max, "::llvm::StringRef":$source)>,
  ];
  let extraClassDeclaration = [{
    float getMin() const;
    float getMax() const;
  }];
}

def QNN_SchemeAttr : AttrDef<QNN_Dialect, "Scheme"> {
  let mnemonic = "scheme";
  let summary = "The decision how a weight is stored";
  let description = [{
    Attached as `qnn.scheme` to a contraction by `qnn-select-weights` or by
    hand; obeyed by `qnn-quantize-weights`. The type says storage, range and
    granularity; the scale and zero point of a per-tensor type are replaced. A
    weight with type `f32` stays float. The reason says why, for reports.
    Without `affine = true` zero points are the middle of the storage range.
    `scales` is the element type of the constant's scales; without it `f16` for
    blocks where `f16` can hold them, else `f32`. `inputBits` is the width of
    the integers that the layer's input is rounded to where activations have
    ranges; 0 is that of the whole model.

    ```mlir
    #qnn.scheme<!qnn.affine_axis<i8<-127:127>, 0>, "default">
    #qnn.scheme<f32, "excluded by name">
    #qnn.scheme<!qnn.codebook<nf4, block = 64>, "default", scales = ui8>
    #qnn.scheme<!qnn.affine_axis<i8, 0>, "by hand", inputBits = 16>
    ```

    (C1) inputBits is 0, 8 or 16.
  }];
  let parameters = (ins "::mlir::Type":$type, StringRefParameter<"why">:$reason,
                        DefaultValuedParameter<"bool", "false">:$affine,
                        OptionalParameter<"::mlir::Type">:$scales,
                        DefaultValuedParameter<"int64_t", "0">:$inputBits);
  let assemblyFormat = [{
    `<` $type `,` $reason (`,` struct($affine, $scales, $inputBits)^)? `>`
  }];
  let genVerifyDecl = 1;
  let builders = [
    AttrBuilder<(ins "::mlir::Type":$type, "::llvm::StringRef":$reason,
                     "bool":$affine, "::mlir::Type":$scales), [{
      return $_get($_ctxt, type, reason, affine, scales, 0);
    }]>,
  ];
}

#endif // QUANTOPT_DIALECT_QNN_IR_QNNATTRS
