//===- Passes.td - Passes that quantize --------------------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_TRANSFORMS_PASSES
#define QUANTOPT_QUANTIZATION_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

class QuantizationPass<string flag> : Pass<flag, "::mlir::ModuleOp"> {
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::quantopt::qnn::QNNDialect"];
}

def AttachRangesPass : QuantizationPass<"qnn-attach-ranges"> {
  let summary = "Attach the ranges of a table to a network's values";
  let description = [{
    Sets `qnn.range` on every op and argument whose value calibration observes
    and the table lists. A value that the table lacks is left alone; a table
    entry without a value is an error, since it belongs to another model or
    holds a misspelled name. Does nothing without a table.

    Requires: a prepared network. Guarantees nothing about completeness: that
    is `qnn-verify-ranges`.
  }];
  let options = [
    Option<"table", "table", "std::string", "", "Path of the range table (JSON)">,
    Option<"integerOnly", "integer-only", "bool", "false",
           "Softmax will compute on integers, too">,
  ];
  let statistics = [
    Statistic<"attached", "num-attached", "Ranges attached">,
  ];
}

def VerifyRangesPass : QuantizationPass<"qnn-verify-ranges"> {
  let summary = "Check that all values to be quantized have a range";
  let description = [{
    Fails with a diagnostic for the first value that
    `qnn-quantize-activations` would round and that has no `qnn.range`.
  }];
  let options = [
    Option<"integerOnly", "integer-only", "bool", "false",
           "Softmax will compute on integers, too">,
  ];
  let statistics = [
    Statistic<"checked", "num-checked", "Values checked">,
  ];
}

def SelectWeightsPass : QuantizationPass<"qnn-select-weights"> {
  let summary = "Decide how each weight is stored";
  let description = [{
    Writes `#qnn.scheme` with a reason on every contraction with a constant
    `f32` weight. Contractions that have a scheme keep it, and so do weights
    that are quantized already. Only weights are decided on: biases, constants
    of other ops and integers are never touched.

    `exclude` names ops, or chooses them by position in the program (`@first`,
    `@last`) or by kind (`@conv2d`, `@depthwise`, `@dense`; a depthwise
    convolution is no `@conv2d`).

    Requires: a prepared network. Guarantees: every contraction with a constant
    `f32` weight carries a decision.
  }];
  let options = [
    Option<"weights", "weights", "std::string", "\"i8\"",
           "Format: f32, f16, bf16, i8, u4, nf4, ... (quant-compile "
           "--list-formats)">,
    Option<"granularity", "granularity", "std::string", "",
           "Elements that share a scale or a table: tensor, channel, axis<N>, "
           "rows<N>, block<N>; by default the format's first in the list">,
    Option<"scheme", "scheme", "std::string", "\"symmetric\"",
           "symmetric or affine">,
    Option<"scales", "scales", "std::string", "",
           "Scales of blocks: f16, f32, double (8 bits and an f32 for 256); by "
           "default f16">,
    Option<"range", "range", "std::string", "",
           "Integers: narrow, full or <MIN>:<MAX>; by default narrow for signed "
           "symmetric ones">,
    Option<"minElements", "min-elements", "int64_t", "0",
           "Weights with fewer elements stay float">,
    ListOption<"exclude", "exclude", "std::string",
               "Ops whose weights stay float: names, in which * matches "
               "anything, '@first', '@last', '@conv2d', '@depthwise' or "
               "'@dense'">,
    Option<"config", "config", "std::string", "",
           "Path of a file with decisions (JSON), which come first">,
  ];
  let statistics = [
    Statistic<"selected", "num-selected", "Weights to be quantized">,
    Statistic<"kept", "num-kept", "Weights that stay float">,
  ];
}

def VerifySchemesPass : QuantizationPass<"qnn-verify-schemes"> {
  let summary = "Check that every weight carries a decision";
  let description = [{
    Fails with a diagnostic for the first contraction with a constant `f32`
    weight and no `#qnn.scheme`.
  }];
  let statistics = [
    Statistic<"checked", "num-checked", "Weights checked">,
  ];
}

def QuantizeWeightsPass : QuantizationPass<"qnn-quantize-weights"> {
  let summary = "Turn weights into quantized constants";
  let description = [{
    Replaces the constant weight of each contraction with a `#qnn.scheme` by
    `qnn.constant` and `qnn.dequantize`, rounded by the rules of the numerics
    (nearest, halves to even; a symmetric scale maps the largest magnitude to
    the largest integer; an affine range contains zero). Contractions that
    share a weight and a scheme share the result.

    `binary` and `ternary` have the scales with the least squared error (Li et
    al., Ternary Weight Networks, 2016), palettes the tables that k-means finds.
    The shared exponents of microscaled formats follow OCP Microscaling Formats
    1.0, section 6.3. Other codes take the largest magnitude to their largest
    value.

    The module gets `qnn.effective_bits`: the bits per element that the constant
    weights of all contractions take, those that stay float included. Where all
    stay float there is no such attribute.

    `method` is `rtn`, or steps joined by '+', which run in this order:

    * `mse` shrinks the range behind each scale to where the squared error of
      rounding is smallest, weighed by the mean squares of the inputs if there
      are statistics; palettes are clustered with those weights.
    * `gptq` rounds one input's weights after the other and makes up for each
      error with those still to come, from the second moments of the inputs
      (Frantar et al., "GPTQ: accurate post-training quantization for generative
      pre-trained transformers", 2022; inputs with large moments first, fixed
      scales, 1 % damping).
    * `descent` then replaces single codes as long as the layer's output error
      gets smaller (cyclic coordinate descent; Behdin et al., "QuantEase",
      2023).
    * `bias` adds to the bias what the mean outputs have lost (Nagel et al.,
      "Data-free quantization through weight equalization and bias correction",
      2019); the steps before then minimize what is left.

    `equalize`, which other tools write in front of these steps, has been done
    by `qnn-equalize` before, and is refused here.

    All but `rtn` and `mse` need `statistics`, a file that `quant-compile
    --statistics` writes. With it the module's `qnn.weight_errors` hold, for
    each weight, the mean squared change of its layer's outputs over their mean
    square: rounded to nearest, and as it is now. Contractions that share a
    weight share the codes that the first one's inputs suggest.

    NaN or infinity in a weight is an error that names tensor and index. A value
    that overflows `f16` becomes the largest finite one, with a warning.
  }];
  let options = [
    Option<"methodName", "method", "std::string", "\"rtn\"",
           "How codes are chosen: rtn, or mse, gptq, descent, bias joined by +">,
    Option<"statisticsFile", "statistics", "std::string", "",
           "Path of statistics of the inputs of layers (.npz)">,
  ];
  let statistics = [
    Statistic<"quantized", "num-quantized", "Weights quantized">,
    Statistic<"bytesBefore", "bytes-before", "Bytes of those weights as f32">,
    Statistic<"bytesAfter", "bytes-after", "Bytes stored, scales included">,
  ];
}

def QuantizeActivationsPass : QuantizationPass<"qnn-quantize-activations"> {
  let summary = "Insert the rounding points of a static scheme";
  let description = [{
    Puts `qnn.quantize` and `qnn.dequantize` behind every value that an integer
    op produces or reads, with parameters from the `qnn.range` attributes: `i8`,
    affine, or with 16 `bits` `i16`, symmetric, without -32768; per tensor. A
    value that only contractions read has the largest of their `inputBits`
    where their `#qnn.scheme` says any. Values that are only moved (max pool, reshape,
    concat, ...) share the parameters of their source. Clamps and chains of
    elementwise functions in front of a rounding point stay float: they become
    its limits or one table. A softmax stays float unless `integer-only`; its
    rounded result has scale 1/256.

    Requires: `qnn.range` on every observed value. Does nothing to values that
    are quantized already.
  }];
  let options = [
    Option<"integerOnly", "integer-only", "bool", "false",
           "Also quantize softmax and the border of the model">,
    Option<"bits", "bits", "int64_t", "8", "Width of the integers: 8 or 16">,
  ];
  let statistics = [
    Statistic<"rounded", "num-rounded", "Rounding points inserted">,
  ];
}

def RoundBiasesPass : QuantizationPass<"qnn-round-biases"> {
  let summary = "Round biases to steps of the sums they are added to";
  let description = [{
    A contraction whose input has a scale `s` and whose weight one scale `t[o]`
    per output, with or without zero points, gets the bias

        b[o] = round_half_even(b[o] / (s * t[o])) * (s * t[o])

    in binary64, rounded to `f32`, if its result is rounded next. Such biases
    are integers in every engine; with this they are the same ones where a layer
    computes on floats, here or in an exported file. Biases of `2^23` steps and
    more stay as they are: they are as coarse already. So do biases of blocks,
    whose sums have no common step.

    Does nothing where the input's scale is found at run time.
  }];
  let statistics = [
    Statistic<"rounded", "num-rounded", "Biases that changed">,
  ];
}

def QuantizeBorderPass : QuantizationPass<"qnn-quantize-border"> {
  let summary = "Give arguments and results their quantized types";
  let description = [{
    An argument that is read by one `qnn.quantize` only, and a result that a
    `qnn.dequantize` (per tensor) produces, get the quantized type; transposes
    and reshapes in between are passed by. The float type is kept in
    `qnn.model_type`. Others stay as they are, or are errors with `required`.
  }];
  let options = [
    Option<"required", "required", "bool", "false",
           "Fail where an argument or result stays float">,
  ];
}

def QuantizeInputsPass : QuantizationPass<"qnn-quantize-inputs"> {
  let summary = "Insert the rounding points of a dynamic scheme";
  let description = [{
    Puts `qnn.quantize_dynamic` and `qnn.dequantize_dynamic` between every float
    value and the convolutions and dense layers that read it, if their weight
    is a quantized constant of at most 8 bits. Dense layers get a scale per row
    of the product, convolutions one per sample (dimension 0), or all get one
    scale per tensor. A value that cannot be negative, as its producers show,
    uses all 256 integers.

    Requires: quantized weights. Does nothing to inputs that are rounded
    already. Guarantees: contractions that read one value in the same way share
    its rounding.
  }];
  let options = [
    Option<"perTensor", "per-tensor", "bool", "false",
           "One scale for all samples and rows">,
  ];
  let statistics = [
    Statistic<"rounded", "num-rounded", "Rounding points inserted">,
  ];
}

def FuseIntegerPass : QuantizationPass<"qnn-fuse-integer"> {
  let summary = "Pull dequantize into its users: integer computation";
  let description = [{
    Rewrites each `qnn.quantize` and the float ops between it and the
    `qnn.dequantize` ops in front of it into ops on plain `i8`, `i16` and `i32`:

    * conv2d and dense: sums of `i8` or `i16` times `i8`, bias rounded to `i32`,
      and `qnn.requantize` with one multiplier per channel. The sum is proved to
      fit `i32`, of `i16` inputs otherwise `i64`; a bias that does not fit
      enlarges the channel's scale. Weights of 8 bits with zero points, in
      depthwise layers, with `integer-only` or `rounding=source`: without these,
      as up to two weights of 8 bits.
    * products of two activations of 8 bits: `qnn.matmul` and one
      `qnn.requantize`.
    * interpolation of 8 bits: `qnn.interpolate_fixed` for each axis and one
      `qnn.requantize`.
    * sums, differences, products: `qnn.rescale_add`, `qnn.rescale_mul`; prelu
      from both of them and tables.
    * average pools and means over space: `qnn.pool_requantize`.
    * max pools, reshapes, transposes, concat, pad, slice, gather: themselves on
      integers, behind a table where parameters differ, or behind a
      `qnn.requantize` where 16 bits are involved.
    * any elementwise function of one value of 8 bits: `qnn.lookup`, 256 entries
      computed as `quantize(f(dequantize(q)))`. Of 16 bits clamps only; other
      functions stay float.
    * softmax with scale 1/256: `qnn.softmax_lookup` (`integer-only`), on 8 bits.

    * conv2d and dense on `qnn.dequantize_dynamic`: `i8` times `i8` sums and
      `qnn.scale_sums`, with the bias as offset.

    Clamps become limits of the rounding. Unsigned storage moves by 128. A
    quantized weight whose input stays float becomes the contraction's operand.
    The set of rounding points does not change any more after this pass.

    With `rounding=source` results are the bytes that the model's own engine
    computes (see docs/Numerics.md): ONNX Runtime's kernels where the module's
    attribute `qnn.engine` is "onnxruntime", else TFLite's reference kernels.
    Multipliers are ordinary ones where there are some that give the same bytes
    for all sums; else ops round products, or twice. Ops for which TFLite has no
    such kernel stay float, with a remark. `auto` does this for the models of
    ONNX Runtime only.

    What stays float is listed with its reason, as a remark and as `qnn.reason`.
  }];
  let options = [
    Option<"integerOnly", "integer-only", "bool", "false",
           "Use integer forms of softmax and of weights with zero points">,
    Option<"rounding", "rounding", "std::string", "\"auto\"",
           "How sums are rounded: auto, nearest or source">,
    Option<"remarks", "emit-remarks", "bool", "true",
           "Emit a remark for what stays float">,
  ];
  let statistics = [
    Statistic<"fused", "num-fused", "Rounding points computed on integers">,
    Statistic<"kept", "num-kept", "Rounding points that stay behind float ops">,
    Statistic<"enlarged", "num-enlarged",
              "Channels whose scale grew to hold the bias">,
    Statistic<"twice", "num-rounded-twice", "Ops that round twice">,
    Statistic<"products", "num-rounded-products", "Ops that round products">,
  ];
}

def VerifyFusedPass : QuantizationPass<"qnn-verify-fused"> {
  let summary = "Check what the phases after 'fuse' assume";
  let description = [{
    Fails unless contractions have one of their three forms, no float
    contraction reads a dequantized constant, and quantized tensors appear only
    at the border, in constants and in conversions. With `integer-only` any op
    on `f32` is an error that gives its reason.
  }];
  let options = [
    Option<"integerOnly", "integer-only", "bool", "false",
           "No op may compute in float">,
  ];
  let statistics = [
    Statistic<"floatOps", "num-float-ops", "Ops that compute in float">,
  ];
}

#endif // QUANTOPT_QUANTIZATION_TRANSFORMS_PASSES
