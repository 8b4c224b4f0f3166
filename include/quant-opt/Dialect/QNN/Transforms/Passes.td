//===- Passes.td - Passes on float qnn networks ------------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_TRANSFORMS_PASSES
#define QUANTOPT_DIALECT_QNN_TRANSFORMS_PASSES

include "mlir/Pass/PassBase.td"

class QNNPass<string flag> : Pass<flag, "::mlir::ModuleOp"> {
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::quantopt::qnn::QNNDialect"];
}

def PropagateTransposesPass : QNNPass<"qnn-propagate-transposes"> {
  let summary = "Bring a network into channels-last order";
  let description = [{
    Moves `qnn.transpose` between channels-first and channels-last order
    through ops that exist in both orders (elementwise, concat, pad, slice,
    reduce, softmax, gather, quantize, dequantize, ...) until pairs meet and
    cancel. Constants are transposed. A transpose that moves only dimensions of
    size 1 becomes a reshape, reshapes move behind elementwise ops, and a
    flattening of a transposed image in front of `qnn.dense` becomes a
    permutation of the dense weight.

    Requires: rank-4 images whose channel ops are surrounded by transposes, as
    importers emit them. Guarantees: such transposes remain only at arguments,
    results and ops whose meaning depends on the order. Does nothing to a
    network without transposes.
  }];
  let statistics = [
    Statistic<"converted", "num-converted", "Ops moved to channels-last order">,
    Statistic<"permutedWeights", "num-permuted-weights",
              "Dense weights permuted">,
  ];
}

def FoldConstantsPass : QNNPass<"qnn-fold-constants"> {
  let summary = "Evaluate float ops whose operands are constants";
  let description = [{
    Replaces elementwise and movement ops on `f32` constants by their value,
    computed with the definitions that every target uses. Never folds
    `qnn.dequantize`, which would destroy quantized weights. Does nothing to
    results of more than `max-elements` elements.
  }];
  let options = [
    Option<"maxElements", "max-elements", "int64_t", "1 << 24",
           "Largest result, in elements">,
  ];
  let statistics = [
    Statistic<"folded", "num-folded", "Ops replaced by constants">,
  ];
}

def FoldScalesPass : QNNPass<"qnn-fold-scales"> {
  let summary = "Fold per-channel factors and offsets into contractions";
  let description = [{
    A product or quotient with one constant per channel behind a contraction
    scales the rows of its weight and its bias; a sum or difference changes the
    bias. This is batch-norm folding. In front of a contraction a factor scales
    the weight's columns, and an offset moves to the bias when the window has
    no padding (padding must stay zero). Only contractions with constant weights
    and a single user are changed; a quantized weight stays as it is, so that
    only what changes the bias behind it is folded.
  }];
  let statistics = [
    Statistic<"folded", "num-folded", "Ops folded into contractions">,
  ];
}

def CombineScalesPass : QNNPass<"qnn-combine-scales"> {
  let summary = "Turn factors and offsets per channel into convolutions";
  let description = [{
    A product, quotient, sum or difference of a channels-last image and one
    constant per channel becomes a depthwise convolution with a 1x1 window; what
    follows is folded into it. Batch normalization in front of an activation is
    one op then instead of two, and on integers it is rounded once, with a scale
    per channel.

    Requires: `qnn-fold-scales` has run, so that only ops are left that no
    contraction takes. Does nothing to constants that are the same for all
    channels and to tensors of other ranks than 4.
  }];
  let statistics = [
    Statistic<"combined", "num-combined", "Convolutions made">,
  ];
}

def FoldPaddingPass : QNNPass<"qnn-fold-padding"> {
  let summary = "Fold zero padding into windows";
  let description = [{
    `qnn.pad` with zeros along height and width becomes part of the window of
    the convolutions and average pools (as counted padding) that read it; in
    front of a maximum when the padding cannot win: its value is the lowest
    one, or zero while no input is negative.
  }];
  let statistics = [
    Statistic<"folded", "num-folded", "Windows that took over padding">,
  ];
}

def FuseActivationsPass : QNNPass<"qnn-fuse-activations"> {
  let summary = "Merge chains of clamps and turn max/min into clamps";
  let description = [{
    A clamp of a clamp is one clamp; a maximum or minimum with a single
    constant is a clamp; `x * sigmoid`-like compositions with a name of their
    own become that function (`x * hard_sigmoid(x)` with alpha 1/6 and beta 1/2
    is `hard_swish`). Does nothing to a clamp that other ops read as well.
  }];
  let statistics = [
    Statistic<"fused", "num-fused", "Ops merged">,
  ];
}

def EqualizePass : QNNPass<"qnn-equalize"> {
  let summary = "Equalize the ranges of channels across layers";
  let description = [{
    Where the output channel `i` of one contraction is read by one other only,
    dividing its row of weights and its bias by `s` and multiplying the weights
    that read it by `s` changes nothing, as long as what lies in between
    commutes with positive factors. With the largest magnitudes `a` of the row
    and `b` of the weights that read it, `s = sqrt(a / b)` makes both equal
    (Nagel et al., "Data-free quantization through weight equalization and bias
    correction", 2019, section 4.1), so that one scale per tensor fits all
    channels. Pairs are visited in program order until no factor changes any
    more, 20 times at most.

    Here `s` is rounded to a power of two: ranges then differ by a factor of at
    most 2, and every product and sum keeps its bits, so that the network's
    results are exactly the same. Channels whose numbers would leave the normal
    binary32 range keep them.

    Passes through clamps at 0 or none, `leaky_relu`, pools, sums and means over
    space, padding with zeros, and a flattening. A clamp with another limit
    (`relu6`) does not commute; such a pair is left alone with a remark. Does
    nothing to channels that something else reads as well. Requires: a network
    in channels-last order whose batch normalizations are folded.

    The module's `qnn.equalization` holds, for each layer that was changed, the
    squared error of its weight over its square, rounded to 8 bits with one
    scale: before and after.
  }];
  let statistics = [
    Statistic<"pairs", "num-pairs", "Pairs of layers equalized">,
    Statistic<"channels", "num-channels", "Channels with a factor other than 1">,
  ];
}

def EliminateDeadChannelsPass : QNNPass<"qnn-eliminate-dead-channels"> {
  let summary = "Remove channels whose weights are all zero";
  let description = [{
    An output channel with only zero weights is a constant: its bias. The
    constant is followed through clamps, unary functions, max pools, depthwise
    convolutions and concats of channels into all contractions that read it, whose
    biases take it over; the channel then vanishes from all weights.

    Does nothing where the channel has other readers too, where padding would mix
    a constant other than zero with zeros, or where weights are not `f32`
    constants. At least one channel stays.
  }];
  let statistics = [
    Statistic<"removed", "num-removed", "Channels removed">,
  ];
}

def RemoveConstantChannelsPass : QNNPass<"qnn-remove-constant-channels"> {
  let summary = "Remove channels of integers that nothing depends on";
  let description = [{
    Finds, for each channel of integers, the range of its values: from that of
    the type, through sums of constant weights, rescaling with its limits,
    tables, maxima and averages. A channel that a contraction multiplies only
    with zeros, or that has one value, is not needed: what the value contributes
    goes to the bias. It vanishes from the contraction that made it, from the
    depthwise convolutions, conversions and pools in between, and from the
    weight that reads it. Results do not change.

    Does nothing where a value on the way has another reader, where a constant
    other than the zero point is read beside padding, where weights are no
    constants of `i8`, where a bias would exceed 32 bits, and where it would
    remove less than an eighth of the channels. At least one channel stays, and of
    more than 16 a multiple of 16, the last ones among those that are not needed:
    layers of equal shapes share code.
  }];
  let statistics = [
    Statistic<"removed", "num-removed", "Channels removed">,
  ];
}

def PruneWeightsPass : QNNPass<"qnn-prune-weights"> {
  let summary = "Set the smallest weights to zero";
  let description = [{
    Magnitude pruning (Han et al., "Learning both weights and connections", 2015)
    without training. With a ratio, `floor(ratio * n)` of the `n` weights of
    each contraction become zero: those with the least magnitudes, of equal ones
    the first. With `N:M`, of each `M` consecutive weights of an output, in the
    order kernel row, kernel column, input channel, the `N` largest stay.

    Zeros stay zeros: every format of weights that contains zero stores it
    exactly. Output channels that become zero as a whole are removed by
    `qnn-eliminate-dead-channels`. Does nothing without an amount, and to weights
    that are not `f32` constants. Fails for an amount that is neither a number in
    [0, 1) nor `N:M` with 0 < N < M.
  }];
  let options = [
    Option<"amount", "amount", "std::string", "",
           "Part of the weights to prune (0.5), or how many to keep (2:4)">,
  ];
  let statistics = [
    Statistic<"pruned", "num-pruned", "Weights set to zero">,
  ];
}

def VerifyPreparedPass : QNNPass<"qnn-verify-prepared"> {
  let summary = "Check what the phases after 'prepare' assume";
  let description = [{
    Fails with a diagnostic unless the module has one `@main` whose arguments
    and results are ranked tensors of static shape, all ops in it are `qnn` ops
    or constants, and no transposes cancel.
  }];
  let statistics = [
    Statistic<"checked", "num-checked", "Ops checked">,
  ];
}

def MarkPhasePass : QNNPass<"qnn-mark-phase"> {
  let summary = "Record the last phase a module went through";
  let description = [{
    Sets the module attribute `qnn.phase`. The last pass of every phase.
  }];
  let options = [
    Option<"phase", "phase", "std::string", "\"import\"", "Name of the phase">,
  ];
  let statistics = [
    Statistic<"marked", "num-marked", "Modules marked">,
  ];
}

#endif // QUANTOPT_DIALECT_QNN_TRANSFORMS_PASSES
