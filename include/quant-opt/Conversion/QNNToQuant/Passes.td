//===- Passes.td - To and from upstream's quant dialect ----*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CONVERSION_QNNTOQUANT_PASSES
#define QUANTOPT_CONVERSION_QNNTOQUANT_PASSES

include "mlir/Pass/PassBase.td"

def ConvertQuantToQNN : Pass<"convert-quant-to-qnn", "::mlir::ModuleOp"> {
  let summary = "Express upstream's quantized types and casts in qnn";
  let description = [{
    For models that other tools have quantized. Afterwards no type and no op of
    the `quant` dialect is left:

    | before | after |
    |---|---|
    | `!quant.uniform<i8:f32, 0.5:3>` | `!qnn.affine<i8, 0.5 : 3>` |
    | `!quant.uniform<u8<1:255>:f32, 0.5>` | `!qnn.affine<ui8<1:255>, 0.5>` |
    | `quant.qcast` | `qnn.quantize` |
    | `quant.dcast` | `qnn.dequantize` |
    | `quant.scast` of an `arith.constant` | `qnn.constant` |
    | other `quant.scast` | `qnn.storage_cast` |

    The stored bits of an unsigned type are signless in `quant` and unsigned
    in `qnn`; a `tensor.bitcast` stands between them. Types of function
    signatures, block arguments and results follow, for ops that pass values
    on (`builtin`, `cf`, `func`, `scf`, `tensor`, `ub`).

    Per-axis and sub-channel types belong to constants only: their scales
    become attributes of the `qnn.constant`, whose type is
    `!qnn.affine_axis` or `!qnn.affine_block`. Blocks must be runs of
    consecutive elements within an index of dimension 0.

    `quant` leaves rounding open; the result rounds as `qnn.quantize` says.
    Scales are rounded to `f32`, the type that values are computed in.

    Refused with an error, before anything is changed: expressed types other
    than `f32`, storage of fewer than 2 or more than 16 bits, `!quant.any`,
    `!quant.calibrated`, scalars and tensors without rank in casts, and other
    dialects' ops on quantized values. Does nothing to a module without the
    `quant` dialect.
  }];
  let dependentDialects = [
    "::mlir::tensor::TensorDialect", "::quantopt::qnn::QNNDialect",
  ];
  let statistics = [
    Statistic<"numCasts", "casts", "Number of casts converted">,
    Statistic<"numConstants", "constants", "Number of constants converted">,
  ];
}

def ConvertQNNToQuant : Pass<"convert-qnn-to-quant", "::mlir::ModuleOp"> {
  let summary = "Express quantized types and casts in upstream's quant dialect";
  let description = [{
    The inverse of `convert-quant-to-qnn`, for tools that read upstream's
    types. Requires quantized values to be used by `qnn.dequantize` and
    `qnn.storage_cast` only, as after the `quantize` phase; float `qnn` ops
    stay. Afterwards no quantized type of the `qnn` dialect is left.

    A `qnn.constant` becomes an `arith.constant` and a `quant.scast` to a
    type that holds its scales: per tensor, per axis, or sub-channel for
    `!qnn.affine_block`. A `qnn.storage_cast` that moves unsigned integers by
    half their range becomes a `quant.scast` and an `arith.xori`.

    Refused with an error, before anything is changed: `!qnn.float`, blocks
    that do not divide a row or are no box of the tensor, and `qnn` ops that
    compute on quantized values. Does nothing to a float module.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::quant::QuantDialect",
    "::mlir::tensor::TensorDialect",
  ];
  let statistics = [
    Statistic<"numCasts", "casts", "Number of casts converted">,
    Statistic<"numConstants", "constants", "Number of constants converted">,
  ];
}

#endif // QUANTOPT_CONVERSION_QNNTOQUANT_PASSES
