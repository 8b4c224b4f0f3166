//===- QNNOps.td - Operations of the qnn dialect -----------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNOPS
#define QUANTOPT_DIALECT_QNN_IR_QNNOPS

include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "quant-opt/Dialect/QNN/IR/QNNAttrs.td"
include "quant-opt/Dialect/QNN/IR/QNNDialect.td"
include "quant-opt/Dialect/QNN/IR/QNNInterfaces.td"
include "quant-opt/Dialect/QNN/IR/QNNTypes.td"

class QNN_Op<string mnemonic, list<Trait> traits = []>
    : Op<QNN_Dialect, mnemonic, !listconcat([Pure], traits)> {
  let hasVerifier = 1;
}

def QNN_IsQuantized : CPred<"::llvm::isa<::quantopt::qnn::QuantizedTypeInterface>($_self)">;
def QNN_Quantized : Type<QNN_IsQuantized, "quantized type">;
def QNN_Storage8 : AnyTypeOf<[I8, UI8]>;

def QNN_F32Tensor : RankedTensorOf<[F32]>;
def QNN_I8Tensor : RankedTensorOf<[I8]>;
def QNN_I32Tensor : RankedTensorOf<[I32]>;
def QNN_IntegerTensor : RankedTensorOf<[I8, I<16>]>;
def QNN_QuantizedTensor : RankedTensorOf<[QNN_Quantized]>;
def QNN_StorageTensor : RankedTensorOf<[I8, UI8, I<16>, UI<16>]>;
def QNN_WeightTensor : RankedTensorOf<[F32, I<2>, I<3>, I<4>, I<5>, I<6>, I<7>,
                                       I8, QNN_Quantized]>;
def QNN_AnyTensor : RankedTensorOf<[F32, I8, I<16>, QNN_Quantized]>;

//===----------------------------------------------------------------------===//
// Constants and conversions
//===----------------------------------------------------------------------===//

def QNN_ConstantOp : QNN_Op<"constant"> {
  let summary = "Quantized constant with its parameters beside it";
  let description = [{
    A payload of storage type and, where the type leaves them to the constant,
    scales, zero points and tables. Payloads of fewer than 8 bits per element
    are packed into a one-dimensional `i8` payload, lowest bits first, each row
    (index along dimension 0) starting at a byte. Missing zero points are zero.

    Scales are `f32`, `f16`, `f8E8M0FNU` (powers of two) or `ui8`. A scale of
    type `ui8` in block `b` of row `r` stands for its binary32 product with
    `superScales[r / 16, b / 16]`.

    ```mlir
    %w = qnn.constant {payload = dense<[[1, -2], [3, 4]]> : tensor<2x2xi8>,
                       scales = dense<[0.5, 0.25]> : tensor<2xf32>}
       : tensor<2x2x!qnn.affine_axis<i8, 0>>
    %p = qnn.constant {payload = dense<[1, 2]> : tensor<2xi8>,
                       tables = dense<[[-0.5, 0.75]]> : tensor<1x2xf32>}
       : tensor<2x2x!qnn.codebook<palette1, tensor>>
    ```

    (C1) the result type is a static tensor of a quantized type. (C2) the
    payload has the storage type and shape of the result, or packed bytes.
    (C3) there is one scale per scale index of the type. (C4) there are as many
    zero points as scales, or none, and none for codebooks. (C5) every scale is
    finite, positive and, but for `f16` scales, normal. (C6) there are as many
    tables as the type says, of finite `f32` numbers. (C7) every code stands for
    a finite number. (C8) scales of type `ui8`, and only they, come with a
    finite, normal `f32` number for each 16 rows and 16 blocks.
  }];
  let arguments = (ins ElementsAttr:$payload, OptionalAttr<ElementsAttr>:$scales,
                       OptionalAttr<ElementsAttr>:$zeroPoints,
                       OptionalAttr<ElementsAttr>:$tables,
                       OptionalAttr<ElementsAttr>:$superScales);
  let builders = [
    OpBuilder<(ins "::mlir::Type":$type, "::mlir::ElementsAttr":$payload,
                   "::mlir::ElementsAttr":$scales,
                   "::mlir::ElementsAttr":$zeroPoints)>,
  ];
  let results = (outs QNN_QuantizedTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
  let hasFolder = 0;
}

def QNN_QuantizeOp : QNN_Op<"quantize", [SameOperandsAndResultShape]> {
  let summary = "Round real numbers to a quantized type";
  let description = [{
    `q = clamp(round_half_even(x / scale) + zeroPoint)`; the quotient is one
    binary32 division. NaN becomes the lowest value of the range.

    ```mlir
    %q = qnn.quantize %x : tensor<4xf32> -> tensor<4x!qnn.affine<i8, 0.5 : 1>>
    ```

    (C1) the result's type carries its own parameters (`!qnn.affine`).
  }];
  let arguments = (ins QNN_F32Tensor:$input);
  let results = (outs QNN_QuantizedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_DequantizeOp : QNN_Op<"dequantize", [SameOperandsAndResultShape]> {
  let summary = "The real numbers that a quantized tensor stands for";
  let description = [{
    `x = scale * (q - zeroPoint)`, rounded once to binary32; small floats are
    widened exactly. Never folded over a constant: it is the visible sign of a
    quantized weight.

    ```mlir
    %x = qnn.dequantize %q : tensor<4x!qnn.affine<i8, 0.5 : 1>> -> tensor<4xf32>
    ```

    (C1) a type with parameters in the constant is produced by `qnn.constant`.
  }];
  let arguments = (ins QNN_QuantizedTensor:$input);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_StorageCastOp : QNN_Op<"storage_cast", [SameOperandsAndResultShape]> {
  let summary = "View a quantized tensor as its stored integers, or back";
  let description = [{
    Changes the type and no bit. An unsigned storage type may be viewed as the
    signed integer of the same width moved by half the range (`q - 128`): the
    result type `i8` for a `ui8` storage means exactly that.

    ```mlir
    %i = qnn.storage_cast %q : tensor<4x!qnn.affine<i8, 0.5>> -> tensor<4xi8>
    ```

    (C1) one side is quantized, the other is its storage type or, for an
    unsigned storage type, the signless integer of the same width.
  }];
  let arguments = (ins AnyRankedTensor:$input);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def QNN_RequantizeOp : QNN_Op<"requantize", [SameOperandsAndResultShape]> {
  let summary = "Scale exact integers to integers of 8 or 16 bits";
  let description = [{
    With channel `c` the index along the last dimension:
    `y = clamp(round_half_even((x - inputZeroPoint) * multiplier[c] *
    2^-shift[c]) + zeroPoint, min, max)`, computed exactly. One multiplier
    serves all channels. The input are sums, or stored integers whose scale or
    width changes. With `roundTwice` rounding is that of TFLite's kernels: the
    sum is scaled by `multiplier * 2^-min(shift, 31)` and rounded to an integer,
    halves up; what is left of the shift divides this integer, halves away from
    zero.

    ```mlir
    %y = qnn.requantize %acc {multipliers = array<i32: 1234567>,
        shifts = array<i32: 30>, zeroPoint = -128 : i32, min = -128 : i32,
        max = 127 : i32} : tensor<1x4x4x8xi32> -> tensor<1x4x4x8xi8>
    ```

    (C1) there are 1 or C multipliers. (C2) there are as many shifts. (C3)
    multipliers are odd or zero, not negative, below 2^24; with `roundTwice` they
    are not negative. (C4) shifts lie in [0, 47]; with `roundTwice` in [1, 62].
    (C5) min <= max, and both fit the result's integers. (C6) an input zero point
    other than 0 needs an input of 8 or 16 bits, and fits it. (C7) `roundTwice`
    is for `i32` sums that become `i8`.
  }];
  let arguments = (ins RankedTensorOf<[I8, I<16>, I32, I64]>:$input,
                       DenseI32ArrayAttr:$multipliers,
                       DenseI32ArrayAttr:$shifts, I32Attr:$zeroPoint,
                       I32Attr:$min, I32Attr:$max, UnitAttr:$roundTwice,
                       DefaultValuedAttr<I32Attr, "0">:$inputZeroPoint);
  let results = (outs QNN_IntegerTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_LookupOp : QNN_Op<"lookup", [SameOperandsAndResultType]> {
  let summary = "Map 8-bit integers through a table";
  let description = [{
    `y = table[x + 128]`. Stands for any function of one quantized number.

    (C1) the table has 256 entries.
  }];
  let arguments = (ins QNN_I8Tensor:$input, DenseI8ArrayAttr:$table);
  let results = (outs QNN_I8Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

//===----------------------------------------------------------------------===//
// Contractions
//===----------------------------------------------------------------------===//

class QNN_ContractionOp<string mnemonic, list<Trait> traits = []>
    : QNN_Op<mnemonic, !listconcat(traits, [
        DeclareOpInterfaceMethods<QNN_ContractionInterface>])>;

defvar contractionForms = [{
    Four forms exist, told apart by types: `f32` input and weight give `f32`
    (each output is one chain of fused multiply-adds that starts at the bias,
    or 0, in ascending order of the summed index; padding takes part as zeros);
    `f32` input and quantized weight give `f32`, as if the weight were
    dequantized first; `i8` or `i16` input and a weight of 2 to 8-bit integers
    give exact sums of `(x - inputZeroPoint) * w + bias`, with padding equal to
    the zero point and an `i32` bias, in `i32`, or in `i64` for an `i16` input
    without zero point; `i8` input and a quantized weight of such integers, without
    bias, give `f32`: with `S` the exact sum of `(x - inputZeroPoint) * (q -
    zeroPoint)` over the weights that share a scale, `y = fma(float(S), scale,
    y)` for one block after the other, from +0.
}];

def QNN_Conv2DOp : QNN_ContractionOp<"conv2d"> {
  let summary = "2-d convolution, channels last";
  let description = [{
    `y[n,h,w,o] = bias[o] + sum x[n, h*sh + i*dh - top, w*sw + j*dw - left,
    g*I + c] * weight[o,i,j,c]` over `i, j, c` in this order (`c` fastest),
    where `I` is the number of input channels per group and `g` the group of
    `o`. }] # contractionForms # [{

    ```mlir
    %y = qnn.conv2d %x, %w bias %b window <kernel = [3, 3], strides = [1, 1],
           dilations = [1, 1], pads = [1, 1, 1, 1]>
       : (tensor<1x8x8x3xf32>, tensor<16x3x3x3xf32>, tensor<16xf32>)
       -> tensor<1x8x8x16xf32>
    ```

    (C1) input and weight have rank 4. (C2) groups divides the input channels
    and the output channels, and the weight's last dimension is input channels
    / groups. (C3) the weight's dimensions 1 and 2 are the window's kernel.
    (C4) the bias has one element per output channel. (C5) the result has the
    shape that the window gives. (C6) element types are one of the four forms.
    (C7) an input zero point other than 0 needs an input of integers and fits
    them.
  }];
  let arguments = (ins QNN_AnyTensor:$input, QNN_WeightTensor:$weight,
                       Optional<RankedTensorOf<[F32, I32]>>:$bias,
                       QNN_WindowAttr:$window,
                       DefaultValuedAttr<I64Attr, "1">:$groups,
                       DefaultValuedAttr<I32Attr, "0">:$inputZeroPoint);
  let results = (outs RankedTensorOf<[F32, I32, I64]>:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? `window` $window attr-dict
    `:` functional-type(operands, results)
  }];
}

def QNN_DenseOp : QNN_ContractionOp<"dense"> {
  let summary = "Fully connected layer";
  let description = [{
    `y[..., n] = bias[n] + sum_k x[..., k] * weight[n, k]`.
    }] # contractionForms # [{

    ```mlir
    %y = qnn.dense %x, %w bias %b
       : (tensor<1x64xf32>, tensor<10x64xf32>, tensor<10xf32>) -> tensor<1x10xf32>
    ```

    (C1) the weight has rank 2 and its dimension 1 equals the input's last
    dimension. (C2) the bias has one element per output. (C3) the result has
    the input's leading dimensions and the output count. (C4) element types are
    one of the four forms. (C5) an input zero point other than 0 needs an
    input of integers and fits them.
  }];
  let arguments = (ins QNN_AnyTensor:$input, QNN_WeightTensor:$weight,
                       Optional<RankedTensorOf<[F32, I32]>>:$bias,
                       DefaultValuedAttr<I32Attr, "0">:$inputZeroPoint);
  let results = (outs RankedTensorOf<[F32, I32, I64]>:$result);
  let assemblyFormat = [{
    $input `,` $weight (`bias` $bias^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

def QNN_MatmulOp : QNN_Op<"matmul"> {
  let summary = "Batched product of two activations";
  let description = [{
    `y[b..., m, n] = sum_k lhs[b..., m, k] * rhs[b..., k, n]`. Of floats this is
    one chain of fused multiply-adds from 0 in ascending `k`, of bytes the exact
    sum of `(lhs - lhsZeroPoint) * (rhs - rhsZeroPoint)`, which has to fit `i32`.
    Leading dimensions broadcast.

    ```mlir
    %y = qnn.matmul %a, %b {lhsZeroPoint = 3 : i32, rhsZeroPoint = -7 : i32}
       : (tensor<2x4x8xi8>, tensor<2x8x4xi8>) -> tensor<2x4x4xi32>
    ```

    (C1) both operands have rank 2 or more. (C2) the inner dimensions agree.
    (C3) leading dimensions broadcast to those of the result. (C4) all element
    types are `f32`, or the operands' are `i8` and the result's `i32`. (C5) zero
    points other than 0 need operands of `i8`, and fit them.
  }];
  let arguments = (ins RankedTensorOf<[F32, I8]>:$lhs,
                       RankedTensorOf<[F32, I8]>:$rhs,
                       DefaultValuedAttr<I32Attr, "0">:$lhsZeroPoint,
                       DefaultValuedAttr<I32Attr, "0">:$rhsZeroPoint);
  let results = (outs RankedTensorOf<[F32, I32]>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

def QNN_UnaryOp : QNN_Op<"unary", [SameOperandsAndResultType,
    DeclareOpInterfaceMethods<QNN_ElementwiseInterface>]> {
  let summary = "A function applied to every element";
  let description = [{
    The functions are defined operation by operation in
    `Support/FloatFunctions.h`; every target computes the same bits.
    `hard_sigmoid`: `clamp(alpha * x + beta, 0, 1)`; `hard_swish`:
    `x * clamp(x / 6 + 0.5, 0, 1)`; `leaky_relu`: `x < 0 ? alpha * x : x`;
    `elu`: `x < 0 ? alpha * (exp(x) - 1) : x`; `round` is half to even.

    ```mlir
    %y = qnn.unary leaky_relu %x {alpha = 0.1 : f32} : tensor<4xf32>
    ```
  }];
  let arguments = (ins QNN_UnaryFnAttr:$fn, QNN_F32Tensor:$input,
                       DefaultValuedAttr<F32Attr, "0.0f">:$alpha,
                       DefaultValuedAttr<F32Attr, "0.0f">:$beta);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$fn $input attr-dict `:` type($input)";
}

def QNN_ClampOp : QNN_Op<"clamp", [SameOperandsAndResultType,
    DeclareOpInterfaceMethods<QNN_ElementwiseInterface>]> {
  let summary = "Limit every element to a range";
  let description = [{
    `y = min(max(x, min), max)`, where `max(NaN, m)` is NaN (as `Clip`, `Relu`
    keep it). Either end may be infinite: `relu` is `[0, inf]`.

    ```mlir
    %y = qnn.clamp %x {min = 0.0 : f32, max = 6.0 : f32} : tensor<4xf32>
    ```

    (C1) neither end is NaN and min <= max.
  }];
  let arguments = (ins QNN_F32Tensor:$input, F32Attr:$min, F32Attr:$max);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
  let hasFolder = 1;
}

def QNN_BinaryOp : QNN_Op<"binary", [
    DeclareOpInterfaceMethods<QNN_ElementwiseInterface>]> {
  let summary = "A function of two tensors, with broadcasting";
  let description = [{
    Shapes are aligned at the last dimension; a missing or size-1 dimension is
    repeated. `prelu`: `lhs < 0 ? lhs * rhs : lhs`.

    ```mlir
    %y = qnn.binary add %a, %b : (tensor<1x4x4x8xf32>, tensor<8xf32>)
                              -> tensor<1x4x4x8xf32>
    ```

    (C1) the operands' shapes broadcast to the result's shape.
  }];
  let arguments = (ins QNN_BinaryFnAttr:$fn, QNN_F32Tensor:$lhs,
                       QNN_F32Tensor:$rhs);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$fn $lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def QNN_RescaleAddOp : QNN_Op<"rescale_add"> {
  let summary = "Add two tensors of integers that have different scales";
  let description = [{
    `y = clamp((lhsMultiplier * lhs + rhsMultiplier * rhs + offset) asr shift,
    min, max)`, exact in `i32`. Zero points and half a unit (`2^(shift-1)`,
    so that halves round up) are part of the offset. Shapes broadcast as in
    `qnn.binary`. Processors are fastest with multipliers of 16 bits.

    (C1) multipliers fit 24 bits. (C2) the shift lies in [0, 30]. (C3) the sum
    fits i32 for all inputs. (C4) min <= max, and both fit the result's integers.
    (C5) the operands' shapes broadcast to the result's. (C6) the operands have
    one element type.
  }];
  let arguments = (ins QNN_IntegerTensor:$lhs, QNN_IntegerTensor:$rhs,
                       I32Attr:$lhsMultiplier, I32Attr:$rhsMultiplier,
                       I32Attr:$offset, I32Attr:$shift, I32Attr:$min,
                       I32Attr:$max);
  let results = (outs QNN_IntegerTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def QNN_RescaleMulOp : QNN_Op<"rescale_mul"> {
  let summary = "Multiply two tensors of integers";
  let description = [{
    `y = clamp(round_half_even((lhs - lhsZeroPoint) * (rhs - rhsZeroPoint) *
    multiplier * 2^-shift) + zeroPoint, min, max)`, exact. With `roundTwice` the
    product is scaled and rounded as by `qnn.requantize`. Shapes broadcast as in
    `qnn.binary`.

    (C1) the multiplier is odd or zero, not negative, below 2^24; with
    `roundTwice` it is not negative. (C2) the shift lies in [0, 47]; with
    `roundTwice` in [1, 62]. (C3) min <= max, and both fit the result's integers.
    (C4) the operands' shapes broadcast to the result's. (C5) the operands have
    one element type. (C6) `roundTwice` is for bytes.
  }];
  let arguments = (ins QNN_IntegerTensor:$lhs, QNN_IntegerTensor:$rhs,
                       I32Attr:$lhsZeroPoint, I32Attr:$rhsZeroPoint,
                       I32Attr:$multiplier, I32Attr:$shift, I32Attr:$zeroPoint,
                       I32Attr:$min, I32Attr:$max, UnitAttr:$roundTwice);
  let results = (outs QNN_IntegerTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

def QNN_LookupSumOp : QNN_Op<"lookup_sum"> {
  let summary = "The sum of two table entries, for sums that no multipliers give";
  let description = [{
    `y = lhsTable[lhs + 128] + rhsTable[rhs + 128]`, exact in `i32`. Shapes
    broadcast as in `qnn.binary`.

    (C1) both tables have 256 entries. (C2) the sum fits i32 for all inputs. (C3)
    the operands' shapes broadcast to the result's.
  }];
  let arguments = (ins QNN_I8Tensor:$lhs, QNN_I8Tensor:$rhs,
                       DenseI32ArrayAttr:$lhsTable,
                       DenseI32ArrayAttr:$rhsTable);
  let results = (outs QNN_I32Tensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` functional-type(operands, results)";
}

//===----------------------------------------------------------------------===//
// Pools, reductions, normalization
//===----------------------------------------------------------------------===//

def QNN_PoolOp : QNN_Op<"pool"> {
  let summary = "Maximum or average over a sliding window";
  let description = [{
    Channels last. Padding never takes part in a maximum. An average divides
    the sum over valid positions by their number; with `countedPads` (top,
    left, bottom, right) positions in that much padding count as zeros. The sum
    runs over the window in row-major order, plain `f32` additions from 0, and
    is divided once.

    ```mlir
    %y = qnn.pool max %x window <kernel = [2, 2], strides = [2, 2],
           dilations = [1, 1], pads = [0, 0, 0, 0]>
       : tensor<1x8x8x3xf32> -> tensor<1x4x4x3xf32>
    ```

    (C1) input and result have rank 4 and the same element type; integers only
    for maxima. (C2) the result has the shape that the window gives. (C3) pads are
    smaller than the window's extent. (C4) counted pads belong to averages and
    do not exceed the window's pads.
  }];
  let arguments = (ins QNN_PoolKindAttr:$kind, QNN_AnyTensor:$input,
                       QNN_WindowAttr:$window,
                       OptionalAttr<DenseI64ArrayAttr>:$countedPads);
  let results = (outs QNN_AnyTensor:$result);
  let assemblyFormat = [{
    $kind $input `window` $window attr-dict `:` type($input) `->` type($result)
  }];
}

def QNN_PoolRequantizeOp : QNN_Op<"pool_requantize"> {
  let summary = "Average of integers over a sliding window";
  let description = [{
    `y = clamp(round_half_even(s * multipliers[n - 1] * 2^-shifts[n - 1]) +
    zeroPoint, min, max)`, exact, where `s` is the sum of
    `x - inputZeroPoint` over the valid positions and `n` the number of
    positions that count (see `qnn.pool`). With `roundTwice` the sum is scaled
    and rounded as by `qnn.requantize`.

    (C1) input and result have rank 4 and the shape that the window gives.
    (C2) there is a multiplier and a shift for every count up to the kernel's
    size. (C3) multipliers are odd or zero, not negative, below 2^24; with
    `roundTwice` they are not negative. (C4) shifts lie in [0, 47]; with
    `roundTwice` in [1, 62]. (C5) min <= max, and both fit the result's integers.
    (C6) the sum fits i32 for all inputs. (C7) `roundTwice` is for bytes.
  }];
  let arguments = (ins QNN_IntegerTensor:$input, QNN_WindowAttr:$window,
                       OptionalAttr<DenseI64ArrayAttr>:$countedPads,
                       I32Attr:$inputZeroPoint, DenseI32ArrayAttr:$multipliers,
                       DenseI32ArrayAttr:$shifts, I32Attr:$zeroPoint,
                       I32Attr:$min, I32Attr:$max, UnitAttr:$roundTwice);
  let results = (outs QNN_IntegerTensor:$result);
  let assemblyFormat = "$input `window` $window attr-dict `:` type($input) `->` type($result)";
}

def QNN_ReduceOp : QNN_Op<"reduce"> {
  let summary = "Reduce dimensions to size 1";
  let description = [{
    Sums run over the reduced elements in row-major order with 16 interleaved
    partial sums (element `i` goes to partial `i mod 16`), which are then added
    pairwise: `p[j] += p[j + 8]`, then 4, 2, 1. `mean` divides once by the
    count.

    ```mlir
    %y = qnn.reduce mean %x axes [1, 2] : tensor<1x8x8x3xf32> -> tensor<1x1x1x3xf32>
    ```

    (C1) axes are ascending, distinct and below the rank. (C2) the result has
    size 1 along them and the input's size elsewhere.
  }];
  let arguments = (ins QNN_ReduceFnAttr:$fn, QNN_F32Tensor:$input,
                       DenseI64ArrayAttr:$axes);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$fn $input `axes` $axes attr-dict `:` type($input) `->` type($result)";
}

def QNN_SoftmaxOp : QNN_Op<"softmax", [SameOperandsAndResultType]> {
  let summary = "Normalized exponentials along an axis";
  let description = [{
    `e[i] = exp(x[i] - max)`, `y[i] = e[i] / sum(e)`; the sum has the order of
    `qnn.reduce`.

    (C1) the axis lies in [0, rank).
  }];
  let arguments = (ins QNN_F32Tensor:$input, I64Attr:$axis);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def QNN_SoftmaxLookupOp : QNN_Op<"softmax_lookup", [SameOperandsAndResultType]> {
  let summary = "Softmax on 8-bit integers";
  let description = [{
    `e[i] = table[max - x[i]]` with the maximum taken along the axis, `s` the
    sum of all `e`; `y[i] = min((e[i] * outputLevels + s / 2) / s, 255) - 128`
    in unsigned integer division. The real output is `(y + 128) /
    outputLevels`.

    (C1) the axis lies in [0, rank). (C2) the table has 256 entries, not
    negative, not increasing, the first positive. (C3) the table's first entry
    times the axis length fits 31 bits, and so does the first entry times
    outputLevels plus that.
  }];
  let arguments = (ins QNN_I8Tensor:$input, I64Attr:$axis,
                       DenseI32ArrayAttr:$table,
                       DefaultValuedAttr<I32Attr, "256">:$outputLevels);
  let results = (outs QNN_I8Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def QNN_SoftmaxFixedPointOp : QNN_Op<"softmax_fixed_point",
                                     [SameOperandsAndResultType]> {
  let summary = "Softmax on 8-bit integers with the steps of TFLite's kernel";
  let description = [{
    With `e[i] = table[max - x[i]]`, exponentials in units of 2^-31, `s` is the
    sum of all `(e + 2^11) >> 12`, `k` the number of its leading zero bits of 32
    and `r` the reciprocal of `s * 2^(k - 31)` as `fixedpoint::invertOnePlus` in
    `Support/FixedPoint.h` computes it from `s * 2^k - 2^31`. The result is `y[i]
    = min(p, 255) - 128`, where `p` is `(r * e[i] + 2^30) >> 31` divided by `2^(35
    - k)`, halves up. The real output is `(y + 128) / 256`.

    (C1) the axis lies in [0, rank). (C2) the table has 256 entries, not
    negative, the first is 2^31 - 1. (C3) the axis has at most 4095 elements.
  }];
  let arguments = (ins QNN_I8Tensor:$input, I64Attr:$axis,
                       DenseI32ArrayAttr:$table);
  let results = (outs QNN_I8Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

//===----------------------------------------------------------------------===//
// Data movement
//===----------------------------------------------------------------------===//

class QNN_MovementOp<string mnemonic, list<Trait> traits = []>
    : QNN_Op<mnemonic, !listconcat(traits, [QNN_ValuePreserving])> {
  let results = (outs QNN_AnyTensor:$result);
}

def QNN_ConcatOp : QNN_MovementOp<"concat"> {
  let summary = "Join tensors along an axis";
  let description = [{
    ```mlir
    %y = qnn.concat %a, %b {axis = 3 : i64}
       : (tensor<1x4x4x8xf32>, tensor<1x4x4x4xf32>) -> tensor<1x4x4x12xf32>
    ```

    (C1) there is at least one operand. (C2) all element types are equal. (C3)
    sizes agree except along the axis, where they add up. (C4) the axis lies in
    [0, rank).
  }];
  let arguments = (ins Variadic<QNN_AnyTensor>:$inputs, I64Attr:$axis);
  let assemblyFormat = "$inputs attr-dict `:` functional-type(operands, results)";
  let hasFolder = 1;
}

def QNN_SliceOp : QNN_MovementOp<"slice"> {
  let summary = "A strided part of a tensor";
  let description = [{
    `y[i] = x[offsets + i * strides]`; strides may be negative.

    (C1) there is an offset and a stride for every dimension. (C2) every
    element read lies in the input. (C3) element types are equal and strides
    are not zero.
  }];
  let arguments = (ins QNN_AnyTensor:$input, DenseI64ArrayAttr:$offsets,
                       DenseI64ArrayAttr:$strides);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def QNN_PadOp : QNN_MovementOp<"pad"> {
  let summary = "Surround a tensor with a constant";
  let description = [{
    Real zero by default: 0.0, or the zero point of a quantized type. A plain
    tensor of integers is padded with `storageValue`, one of `i8` also with a
    number of run time, `fill`, a float tensor with `value`.

    (C1) there is a low and a high amount, not negative, for every dimension.
    (C2) the result's sizes are the input's plus both.
    (C3) element types are equal. (C4) a quantized type is padded with 0. (C5)
    the fill is one number for an `i8` tensor whose `storageValue` is 0.
  }];
  let arguments = (ins QNN_AnyTensor:$input, Optional<QNN_I8Tensor>:$fill,
                       DenseI64ArrayAttr:$low,
                       DenseI64ArrayAttr:$high,
                       DefaultValuedAttr<F32Attr, "0.0f">:$value,
                       DefaultValuedAttr<I32Attr, "0">:$storageValue);
  let assemblyFormat = [{
    $input (`fill` $fill^ `:` type($fill))? attr-dict
    `:` type($input) `->` type($result)
  }];
  let hasFolder = 1;
}

def QNN_ReshapeOp : QNN_MovementOp<"reshape"> {
  let summary = "The same elements in the same order in another shape";
  let description = [{
    (C1) element types and element counts are equal.
  }];
  let arguments = (ins QNN_AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def QNN_TransposeOp : QNN_MovementOp<"transpose"> {
  let summary = "Permute dimensions";
  let description = [{
    Dimension `i` of the result is dimension `permutation[i]` of the input.

    ```mlir
    %y = qnn.transpose %x {permutation = array<i64: 0, 2, 3, 1>}
       : tensor<1x3x8x8xf32> -> tensor<1x8x8x3xf32>
    ```

    (C1) the permutation permutes the input's dimensions. (C2) the result has
    the permuted shape and the input's element type.
  }];
  let arguments = (ins QNN_AnyTensor:$input, DenseI64ArrayAttr:$permutation);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

def QNN_BroadcastOp : QNN_MovementOp<"broadcast"> {
  let summary = "Repeat a tensor along dimensions of size 1";
  let description = [{
    Shapes are aligned at the last dimension.

    (C1) the input's shape broadcasts to the result's and element types are
    equal.
  }];
  let arguments = (ins QNN_AnyTensor:$input);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_GatherOp : QNN_MovementOp<"gather"> {
  let summary = "Copy slices chosen by constant indices along an axis";
  let description = [{
    `y[..., i, ...] = x[..., indices[i], ...]` along the axis. Nearest-neighbour
    resizing is two gathers.

    (C1) the axis lies in [0, rank). (C2) indices lie in the input's size. (C3)
    the result has one slice per index.
  }];
  let arguments = (ins QNN_AnyTensor:$input, I64Attr:$axis,
                       DenseI64ArrayAttr:$indices);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_InterpolateOp : QNN_Op<"interpolate"> {
  let summary = "Linear interpolation between slices along an axis";
  let description = [{
    `y[i] = fma(x[upper[i]] - x[lower[i]], fractions[i], x[lower[i]])` along
    the axis; the difference is rounded. Linear resizing is one such op for
    each resized dimension.

    (C1) the axis lies in [0, rank). (C2) `lower`, `upper` and `fractions` have
    one entry per output index, in the input's size. (C3) the result has that
    size along the axis.
  }];
  let arguments = (ins QNN_F32Tensor:$input, I64Attr:$axis,
                       DenseI64ArrayAttr:$lower, DenseI64ArrayAttr:$upper,
                       DenseF32ArrayAttr:$fractions);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

def QNN_InterpolateFixedOp : QNN_Op<"interpolate_fixed"> {
  let summary = "Linear interpolation of integers with fixed-point fractions";
  let description = [{
    `y[i] = (x[lower[i]] - inputZeroPoint) * (2^bits - fractions[i]) +
    (x[upper[i]] - inputZeroPoint) * fractions[i]` along the axis, exactly: the
    result counts in `2^-bits` steps of the input, and has to fit `i32`. A second
    one along another axis takes the sums of the first; a `qnn.requantize` ends
    both. Fractions outside of `[0, 2^bits]` extrapolate.

    ```mlir
    %y = qnn.interpolate_fixed %x {axis = 1 : i64, bits = 2 : i32,
        lower = array<i64: 0, 0, 1>, upper = array<i64: 1, 1, 1>,
        fractions = array<i32: 0, 2, 0>, inputZeroPoint = -5 : i32}
       : tensor<1x2x4xi8> -> tensor<1x3x4xi32>
    ```

    (C1) the axis lies in [0, rank). (C2) `lower`, `upper` and `fractions` have
    one entry per output index, in the input's size. (C3) the result has that
    size along the axis. (C4) there are 0 to 15 bits, and fractions lie between
    `-2^bits` and `2^(bits + 1)`. (C5) an input zero point other than 0 needs an
    input of `i8`, and fits it.
  }];
  let arguments = (ins RankedTensorOf<[I8, I32]>:$input, I64Attr:$axis,
                       DenseI64ArrayAttr:$lower, DenseI64ArrayAttr:$upper,
                       DenseI32ArrayAttr:$fractions, I32Attr:$bits,
                       DefaultValuedAttr<I32Attr, "0">:$inputZeroPoint);
  let results = (outs QNN_I32Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
}

include "quant-opt/Dialect/QNN/IR/QNNDynamicOps.td"

#endif // QUANTOPT_DIALECT_QNN_IR_QNNOPS
