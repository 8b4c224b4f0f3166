//===- Passes.td - Lowering to kernels ---------------------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CONVERSION_QNNTOKERNELS_PASSES
#define QUANTOPT_CONVERSION_QNNTOKERNELS_PASSES

include "mlir/Pass/PassBase.td"

def SpecializeTargets : Pass<"qvec-specialize-targets", "::mlir::ModuleOp"> {
  let summary = "Make one copy of the model per processor level";
  let description = [{
    Attaches `qvec.target` to `@main`. When several levels are asked for, each
    gets a copy of the function, named `@main_<level>`, best level first. Does
    nothing to functions that have a target already, so that a level may be
    chosen by hand.
  }];
  let dependentDialects = ["::quantopt::qvec::QVecDialect"];
  let options = [
    Option<"triple", "triple", "std::string", "\"\"",
           "LLVM target triple; empty is this machine's">,
    Option<"cpu", "cpu", "std::string", "\"\"",
           "empty for the portable levels, 'native', a level's name, or an "
           "LLVM cpu">,
    Option<"features", "features", "std::string", "\"\"",
           "LLVM features to add or remove (+x,-y)">,
  ];
  let statistics = [
    Statistic<"numLevels", "levels", "Number of processor levels">,
  ];
}

def ConvertQNNToKernels : Pass<"convert-qnn-to-kernels", "::mlir::ModuleOp"> {
  let summary = "Lower qnn ops to kernels, linalg and tensor ops";
  let description = [{
    Requires a module at the end of the `fuse` phase (a float module is fine).
    Afterwards no `qnn` op is left: contractions, depthwise convolutions and
    pools are `qvec.kernel` ops with a chosen strategy and packed weights, and
    everything else is `linalg` and `tensor`. Elementwise ops that consume a
    kernel's only result become its epilogue; other chains become one loop
    nest. Values that are read with zero padding are written into padded
    buffers. 8-bit activations are stored with the target's offset (unsigned
    bytes where the dot product wants them).

    With `float=fast`, ops whose numbers are floats and stay floats get the
    flags `contract` and `arcp`: a level without fused multiply-add may round
    product and sum apart, and a divisor may become its reciprocal. Their
    results then depend on the level. Quantization is exact in any case.

    Weights of which many are zero, because the network was pruned, may be stored
    without them (`masked` and `twoOfFour` in `#qvec.packing`). `storage` says which:
    with `auto` those of at least 4 bits of which at least half are zero and whose
    bytes that makes fewer, if some level of the module expands several codes at once
    (with an instruction or byte permutations); with `smallest`
    all whose bytes that makes fewer; with `bitmask` or `2:4` all that can be stored
    like that. A remark says what was chosen and why a weight stays `dense`: depthwise kernels and codes that
    are no integers of at most 8 bits do, as do weights of which a tile's panels
    exceed 128 KiB. Other weights of 2 or 3 bits take 4 where a level has kernels for two
    of those in a byte and none as fast for fewer, unless `storage` is `smallest`.

    The model's interface is recorded in `qvec.inputs` and `qvec.outputs`.
  }];
  let options = [
    Option<"floatMode", "float", "std::string", "\"strict\"",
           "strict: the same bytes on every level; fast: may round otherwise">,
    Option<"storage", "storage", "std::string", "\"auto\"",
           "Of weights with zeros: auto, dense, smallest, bitmask or 2:4">,
  ];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect", "::mlir::tensor::TensorDialect",
    "::quantopt::qvec::QVecDialect",
  ];
  let statistics = [
    Statistic<"numKernels", "kernels", "Number of kernels">,
    Statistic<"numLoops", "loop-nests", "Number of loop nests">,
    Statistic<"numMasked", "masked", "Number of weights without zeros">,
  ];
}

def ReportSlowKernels : Pass<"qvec-report-slow-kernels", "::mlir::ModuleOp"> {
  let summary = "Name layers that 8 bits do not make faster";
  let description = [{
    Emits a remark for each function whose level multiplies bytes in several
    instructions although it has a fused multiply-add, with the names of its
    integer contractions that sum fewer than 32 products, and of depthwise
    kernels of windows up to 3x3 on fewer than 128 channels. Rounding their sums
    to bytes takes about the time that their products save. Changes nothing.
  }];
  let statistics = [
    Statistic<"numSlow", "slow", "Number of kernels that are named">,
  ];
}

#endif // QUANTOPT_CONVERSION_QNNTOKERNELS_PASSES
