//===- QNNDynamicOps.td - Quantization at run time ---------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Included by QNNOps.td.
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNDYNAMICOPS
#define QUANTOPT_DIALECT_QNN_IR_QNNDYNAMICOPS

defvar dynamicRows = [{
    The first `rowDims` dimensions number the rows: a row is everything that
    shares an index along them (the whole tensor for 0), and `scales` has their
    shape.
}];

def QNN_QuantizeDynamicOp : QNN_Op<"quantize_dynamic"> {
  let summary = "Round real numbers with scales found at run time";
  let description = [{
    }] # dynamicRows # [{
    With `m` the largest `|x|` of a row (0 if there is none), limited to the
    largest finite number, and NaN ignored:

    ```
    scale = max(m / 127, 2^-126)        inverse = 1 / scale
    q = clamp(round_half_even(x * inverse), -127, 127)
    ```

    With `nonNegative`, which promises that no number is below 0, 255 takes the
    place of 127, and `q = clamp(round_half_even(x * inverse) - 128, -128,
    127)`: the zero point, a constant either way, is -128. Each division and product is one
    binary32 operation. NaN becomes the lowest value.

    ```mlir
    %q, %s = qnn.quantize_dynamic %x {rowDims = 1 : i64}
       : tensor<2x64xf32> -> tensor<2x64xi8>, tensor<2xf32>
    ```

    (C1) rowDims lies in [0, rank]. (C2) the scales have the shape of the rows.
  }];
  let arguments = (ins QNN_F32Tensor:$input, I64Attr:$rowDims,
                       UnitAttr:$nonNegative);
  let results = (outs QNN_I8Tensor:$result, QNN_F32Tensor:$scales,
                      Optional<QNN_I8Tensor>:$zeroPoints);
  let assemblyFormat = [{
    $input attr-dict `:` type($input) `->` type($result) `,` type($scales)
    (`,` type($zeroPoints)^)?
  }];
  let extraClassDeclaration = [{
    /// The integer that stands for 0, when it is known at compile time.
    int64_t getZeroPoint() { return getNonNegative() ? -128 : 0; }
    /// The integers of a result are [getMin(), 127].
    int64_t getMin() { return getNonNegative() ? -128 : -127; }
    /// The quotient that the largest number of a row gets.
    int64_t getLevels() { return getNonNegative() ? 255 : 127; }
  }];
}

def QNN_DequantizeDynamicOp : QNN_Op<"dequantize_dynamic"> {
  let summary = "The real numbers behind integers with scales of run time";
  let description = [{
    `x = scale * (q - zeroPoint)`, one binary32 product, with the scale of the
    row. The zero point is the attribute or a tensor of run time.
    }] # dynamicRows # [{

    ```mlir
    %x = qnn.dequantize_dynamic %q, %s {rowDims = 1 : i64, zeroPoint = 0 : i32}
       : tensor<2x64xi8>, tensor<2xf32> -> tensor<2x64xf32>
    %y = qnn.dequantize_dynamic %u, %t zero %z
       {rowDims = 0 : i64, zeroPoint = 0 : i32}
       : tensor<2x64xi8>, tensor<f32>, tensor<i8> -> tensor<2x64xf32>
    ```

    (C1) rowDims lies in [0, rank]. (C2) the scales have the shape of the rows.
    (C3) the zero point fits i8. (C4) a zero point of run time is one number,
    and the attribute is 0 then.
  }];
  let arguments = (ins QNN_I8Tensor:$input, QNN_F32Tensor:$scales,
                       Optional<QNN_I8Tensor>:$zeroPoints, I64Attr:$rowDims,
                       I32Attr:$zeroPoint);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = [{
    $input `,` $scales (`zero` $zeroPoints^)? attr-dict `:` type($input) `,`
    type($scales) (`,` type($zeroPoints)^)? `->` type($result)
  }];
}

def QNN_ScaleSumsOp : QNN_Op<"scale_sums", [AttrSizedOperandSegments]> {
  let summary = "The real numbers that sums of products stand for";
  let description = [{
    With channel `c` the index along the last dimension:
    `y = fma(float(sum), rowScale * scales[c], offsets[c])`: the sum is rounded
    to binary32, the product of both scales is rounded once, and so is the
    result. One scale or offset serves all channels; a missing row scale is 1, a
    missing offset +0. The row scales' dimensions are the leading ones of the
    sums. With a zero point, `sum - zeroPoint * zeroFactors[c]`, modulo 2^32,
    takes the place of `sum`: sums of `x * w` become those of `(x - zeroPoint) *
    w` when the factor is the sum of the channel's weights.

    ```mlir
    %y = qnn.scale_sums %acc rows %s {scales = array<f32: 0.5, 0.25>}
       : (tensor<2x2xi32>, tensor<2xf32>) -> tensor<2x2xf32>
    %v = qnn.scale_sums %acc rows %t zero %z
       {scales = array<f32: 0.5>, zeroFactors = array<i32: 3, -7>}
       : (tensor<2x2xi32>, tensor<f32>, tensor<i8>) -> tensor<2x2xf32>
    ```

    (C1) there are 1 or C scales. (C2) there are no offsets, 1 or C. (C3) the
    row scales have the shape of leading dimensions. (C4) sums and result have
    the same shape. (C5) a zero point is one number; with it, and only with it,
    there are 1 or C zeroFactors, and sums are integers.
  }];
  let arguments = (ins RankedTensorOf<[I32, F32]>:$sums,
                       Optional<QNN_F32Tensor>:$rowScales,
                       Optional<QNN_I8Tensor>:$zeroPoint,
                       DenseF32ArrayAttr:$scales,
                       OptionalAttr<DenseF32ArrayAttr>:$offsets,
                       OptionalAttr<DenseI32ArrayAttr>:$zeroFactors);
  let results = (outs QNN_F32Tensor:$result);
  let assemblyFormat = [{
    $sums (`rows` $rowScales^)? (`zero` $zeroPoint^)? attr-dict
    `:` functional-type(operands, results)
  }];
}

#endif // QUANTOPT_DIALECT_QNN_IR_QNNDYNAMICOPS
