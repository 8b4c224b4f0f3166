//===- Passes.td - Code generation passes ------------------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_CODEGEN_PASSES
#define QUANTOPT_CODEGEN_PASSES

include "mlir/Pass/PassBase.td"

def PlaceResults : Pass<"qvec-place-results", "::mlir::ModuleOp"> {
  let summary = "Write results into arguments";
  let description = [{
    Requires bufferized functions. Each result of a public function becomes a
    new last argument, into which its producer writes: the allocation behind the
    result, also behind reshapes of it, is replaced by the argument. Where that
    cannot be done the result is copied at the end: a value that is returned
    twice, a part of a buffer, an argument, a constant, and bytes that a kernel
    reads, because kernels may read past the end of a buffer, which only memory
    of the arena allows.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect"];
  let statistics = [
    Statistic<"numPlaced", "placed", "Number of results written in place">,
    Statistic<"numCopied", "copied", "Number of results copied at the end">,
  ];
}

def StreamRows : Pass<"qvec-stream-rows", "::mlir::ModuleOp"> {
  let summary = "Compute chains of kernels in bands of rows";
  let description = [{
    Requires bufferized functions before memory is planned. Where a kernel writes
    an image that does not fit the cache and only one other kernel reads it, both
    are computed in bands of rows, one band after another (depth first), and with
    them the kernels before and after whose images are as large, and those after
    that make smaller pixels of single pixels. Images between the kernels become
    buffers of a few rows, with their padding. Rows that the next band reads again are moved
    to its top, so that every row is computed once; values do not change.

    Kernels take part whose rows do not depend on which row they are:
    contractions, depthwise kernels and pools of one sample, averages only
    without padded rows; and loops
    (`linalg.generic`) that make each element of one other, such as the
    quantization and transposition of a network's input. A loop is computed in
    bands with the kernel that reads its image when this takes an eighth of the
    cache. A pool that sums integers over all rows, as a global average does, ends
    a chain: a fill starts the sums, each band adds its rows to them, and a loop
    behind the bands computes the epilogue. The bands are as few as let line buffers, weights, and the rows that a
    band reads and writes take three quarters of the cache.

    For a target that counts memory in kilobytes and has no cache the bands make
    the arena small instead, of which arguments are parts with `io-in-arena`.
    Consecutive kernels, and copies into padded images,
    become chains, in which a buffer may have several readers; also residuals
    stay for a few rows only. Of all ways to cut a function's ops into chains
    those with the smallest largest sum of live buffers are found, and of these
    the one with the fewest ops after the cut. An op computes as many rows each
    time as divides what all bands compute, so that its code is there once. The
    bands become a loop, which finds the rows of each op from the number of the
    band and reads windows that lie within their images, padding included; chains
    for which that does not hold become a sequence of bands. In a loop, an op
    whose rows are only added later waits as long as its input is there anyway;
    rows that no band leaves to the next one take the place of a row that is
    added to them, or that of others that have been read by then. Fills of padding
    are moved to where it is read: `qvec-plan-arena` lets bands write over rows
    that they have read, which the plan of bands takes into account.

    The method: Alwani et al., "Fused-layer CNN accelerators", 2016; here rows
    are kept, not computed again.
  }];
  let options = [
    Option<"cacheBytes", "cache-bytes", "int64_t", "0",
           "Size of a core's own cache; 0 is that of the function's target">,
    Option<"ioInArena", "io-in-arena", "bool", "false",
           "Arguments are going to be parts of the arena">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
  let statistics = [
    Statistic<"numChains", "chains", "Number of chains cut into bands">,
    Statistic<"numBands", "bands", "Number of bands">,
  ];
}

def PlanArena : Pass<"qvec-plan-arena", "::mlir::ModuleOp"> {
  let summary = "Place all buffers in one arena";
  let description = [{
    Requires functions of one block without deallocations. Every `memref.alloc`
    of a function becomes a `memref.view` at a constant offset of a new last
    argument, the arena. A buffer is live from its first to its last use,
    through views; buffers whose lives overlap do not overlap in memory, with
    one exception: a result takes the place of a residual or elementwise operand
    of the same layout that is read for the last time. This relies on kernels
    and loops to read each such element before they write the result's, and to
    write that once. The placement is first fit in several orders and, where
    they need more than what is live together, a bounded exact search; a remark
    says so when that is not reached either.

    Parts of a buffer whose elements lie together become views of the arena
    themselves, so that layers which differ only in their rows are equal.

    The module's `qvec.arena_bytes` is the largest size over its functions, with
    a margin at the end that kernels may read but never use;
    `qvec.arena_bound_bytes` is the same for what is live together. Buffers and
    the margin take cache lines.

    For a target without a cache that counts memory in kilobytes buffers take
    multiples of 8 bytes, there is a margin of 16 bytes behind buffers that may
    be read past their end only, and rows of arguments become views of the
    argument's memory. There the ops of loops over bands of rows are followed
    one by one: a buffer is live from the first to the last of these that uses
    it, and two buffers of which one is written while the other is read for the
    last time may overlap, as far apart as the rows that are read and written at
    any time need.

    With `io-in-arena` the function's arguments become parts of the arena as
    well, and are not used themselves any more: the first ones, as many as
    `qvec.inputs` has entries, are live from before the first op to their last
    use, the others from their first use to behind the last op. A copy of an
    input into the buffer that takes its place vanishes. The entries of
    `qvec.inputs` and `qvec.outputs` get the arguments' places as
    `arena_offset`. Functions for several levels, which have inputs and outputs
    in common, have these apart from all other buffers.
  }];
  let options = [
    Option<"ioInArena", "io-in-arena", "bool", "false",
           "Place arguments in the arena as well">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::quantopt::qvec::QVecDialect"];
  let statistics = [
    Statistic<"numBuffers", "buffers", "Number of buffers placed">,
    Statistic<"arenaBytes", "arena-bytes", "Size of the arena">,
    Statistic<"boundBytes", "live-bound-bytes",
              "Largest sum of simultaneously live buffers">,
  ];
}

def VerifyNoAlloc : Pass<"qvec-verify-no-alloc", "::mlir::ModuleOp"> {
  let summary = "Check that no allocation is left";
  let description = [{
    The guard at the end of the `buffers` phase: an error names every allocation
    and deallocation that is left.
  }];
}

def OutlineLayers : Pass<"qvec-outline-layers", "::mlir::ModuleOp"> {
  let summary = "Move kernels and loop nests into functions of their own";
  let description = [{
    Requires planned memory. Each op of a model function that writes memory
    becomes a private function with the model function's arguments and two more,
    the range of work items [begin, end) to compute. Ops of one source node that
    follow each other and are too small to be shared among threads are one
    function; so are an op and the fills of the frame around what it writes,
    which its first item computes. A loop over bands of rows
    is one layer of one item. For a target that counts memory in kilobytes all
    ops are one layer of one item, `layers`. The model function becomes
    a sequence of calls over all items. `qvec.layer` and `qvec.count` on the new functions
    hold the layer's name and its number of work items.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::scf::SCFDialect"];
  let statistics = [
    Statistic<"numLayers", "layers", "Number of layers">,
  ];
}

def ShareKernels : Pass<"qvec-share-kernels", "::mlir::ModuleOp"> {
  let summary = "Let layers with equal computations share one function";
  let description = [{
    Requires outlined layers. Layers for one target that differ only in where
    their buffers are - in the arena, among the inputs, outputs and constants -
    get one private function that takes the buffers and the range of work items.
    Each of them is left with a call. The function is named after the first of
    the layers, has its `qvec.count`, and knows that constants do not change.
    Nothing is done for a layer that has no equal. Each op of a layer that is a
    loop over bands, or for a target that counts memory in kilobytes, becomes such
    a function, also where no other op equals it; fills and copies of blocks stay,
    for the latter. Constants of an epilogue must
    be equal, too: the code generator depends on their values.

    For a target without vectors LLVM makes small code of those functions that
    together do at most a 32nd of the work, unless another one has the same
    tiles and window, which might be merged with it. An op of a loop runs as
    often as its `qvec.count` says.

    There, where memory is small, kernels with the same tiles and taps whose sizes
    differ get loops in common (`qvec.common_steps`), for `qvec-merge-kernels`:
    loops that stay where they take one turn, sizes that nothing folds before the
    LLVM dialect, and, where one of them needs it, code for what is left of a row
    (`qvec.common_rest`). Those of paired contractions have turns of as many steps
    as divide the runs of most of them, 8 to 12; with fewer they keep their own.
  }];
  let options = [
    Option<"commonLoops", "common-loops", "bool", /*default=*/"true",
           "Give kernels of several sizes loops that they have in common">,
  ];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels", "Number of shared functions">,
    Statistic<"numSharing", "layers", "Number of layers that call them">,
  ];
}

def LowerKernels : Pass<"qvec-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn kernels and linalg ops into loops over vectors";
  let description = [{
    Requires outlined layers, the functions with `qvec.count`. A `qvec.kernel` becomes register-tiled loops in
    `scf` and `vector` with `qvec.dot4` and `qvec.dot2`; its strategy is obeyed.
    A `linalg` op whose results are contiguous in some loop becomes loops over
    vectors of results: loops are joined where all operands allow it, operands
    that lie across the results are transposed in registers, and reductions keep
    the order of the op's loops. Others become scalar loops, with a remark when
    they are long. The outermost loop runs over the layer's work items. For a
    target that counts memory in kilobytes fills with one byte and copies, of
    elements that lie together, become `llvm.intr.memset` and `llvm.intr.memcpy`.
  }];
  let dependentDialects = [
    "::mlir::affine::AffineDialect", "::mlir::arith::ArithDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::math::MathDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
    "::mlir::vector::VectorDialect", "::quantopt::qvec::QVecDialect"];
}

def ScalarizeVectors : Pass<"qvec-scalarize-vectors", "::mlir::func::FuncOp"> {
  let summary = "Replace each vector by as many scalars";
  let description = [{
    For languages without vectors. A vector of rank 1 becomes one value for each
    lane, also where a loop or a branch hands it on. Ops that compute element by
    element are repeated, loads and stores become one per lane, and ops that only
    move lanes vanish: shuffles, slices, insertions and extractions.
    `qvec.dot4`, `qvec.dot2` and `qvec.reduce_dot` become products and sums of
    `i32`, `qvec.unpack` a shift and a mask. In `vector.bitcast` lane 0 of the
    narrower elements has the lowest bits, whatever the order of bytes of the
    machine that runs the result. `vector.reduction` goes from the first lane to
    the last. `memref.prefetch`, a hint, is dropped.

    Other ops on vectors - vectors of higher rank, tiles, lanes chosen at run
    time - are refused. Nothing is done without vectors.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::scf::SCFDialect"];
}

def LegalizeMath : Pass<"qvec-legalize-math", "::mlir::ModuleOp"> {
  let summary = "Expand arithmetic that a level has no instruction for";
  let description = [{
    On levels without fused multiply-add, `math.fma` is computed exactly: the
    product in binary64, a sum rounded to odd, one rounding to binary32; one
    with the flag `contract` becomes a product and a sum of `f32`. `f16` is
    widened with integer operations and one exact multiplication. On
    levels without rounding instructions, `math.roundeven`, `math.floor` and
    `math.ceil` are computed with additions of 2^23. No call to a library is
    left. `arith.divui` on vectors of `i32` becomes a division in binary64, whose
    integer part is exact; LLVM would divide one element at a time. So does this
    pass where a level has vectors and no binary64.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::vector::VectorDialect"];
}

def ConvertQVecToLLVM : Pass<"convert-qvec-to-llvm", "::mlir::ModuleOp"> {
  let summary = "Lower dot products, saturation and tables to instructions";
  let description = [{
    `qvec.dot4`, `qvec.dot2` and `qvec.reduce_dot` become the level's
    instructions, or widening multiplications and additions where it has none;
    so do the products of `qvec.multiply_high`. `qvec.tile_load`,
    `qvec.tile_store` and `qvec.tile_mma` become instructions on tile registers,
    else vectors and dot products. `qvec.saturate` on two or
    four of the level's vectors becomes its packing instructions, else limits
    and a truncation. `qvec.lookup` becomes byte permutations of parts of the
    table, else loads from the table in memory.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::LLVM::LLVMDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::vector::VectorDialect"];
}

def ConvertVectorsToLLVM
    : Pass<"convert-vectors-to-llvm", "::mlir::func::FuncOp"> {
  let summary = "Lower vectors with indices as wide as a pointer";
  let description = [{
    What upstream's `convert-vector-to-llvm` does for fixed lengths, with a width
    of indices other than 64 bits: memory is described with it, as the
    conversions of other dialects do for 32-bit processors.
  }];
  let options = [Option<"indexBits", "index-bits", "unsigned", "64",
                        "Bits of an index">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect",
                           "::mlir::arith::ArithDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::vector::VectorDialect"];
}

def ShortenTables : Pass<"qvec-shorten-tables", "::mlir::ModuleOp"> {
  let summary = "Store tables of 32-bit numbers in 24 bits";
  let description = [{
    For functions with `qvec.count` of one level with small memory that multiplies
    pairs of words in registers. Constants of 32-bit integers that fit 24 bits, such as biases, become
    three bytes each; a function loads four, from any address, and drops the last
    one. That is done where nothing but calls read a constant, all constants that a
    function gets in a place fit, its code grows by less than they shrink, and that
    is at least a hundredth of all constants that it gets. Functions with loops in
    common (`qvec.common_steps`) are alike.

    Where all functions have small memory constants start at multiples of 4 bytes,
    or of a vector.

    ```mlir
    %0 = vector.load %table[%i] : memref<16xi32>, vector<1xi32>
    ```

    becomes

    ```mlir
    %1 = arith.muli %i, %c3 : index
    %2 = vector.load %table[%1] {alignment = 1 : i64} : memref<49xi8>, vector<4xi8>
    %3 = vector.bitcast %2 : vector<4xi8> to vector<1xi32>
    %4 = arith.shli %3, %c8 : vector<1xi32>
    %0 = arith.shrsi %4, %c8 : vector<1xi32>
    ```
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::vector::VectorDialect"];
  let statistics = [
    Statistic<"numTables", "tables", "Number of constants that were shortened">,
    Statistic<"numBytes", "bytes", "Number of bytes that they lost">,
  ];
}

def MergeKernels : Pass<"qvec-merge-kernels", "::mlir::ModuleOp"> {
  let summary = "Let layers with equal loops share one function";
  let description = [{
    Requires the LLVM dialect, before `qvec-make-tasks`. Functions with
    `qvec.count` for one level with small memory that differ in numbers, in
    constants that they read and in the pointers that they take become calls of
    one function; numbers that all calls of a function pass are constants in it.
    Addresses that depend on their arguments are arguments of it,
    what else differs is in a constant table for each of them, or, if it is
    numbers that fit the registers for arguments, an argument as well. A buffer on the
    stack gets the largest of the sizes. Nothing is done where a number that
    differs is part of an instruction (the distance of a shift, a limit, an
    operand of an intrinsic), or would make innermost loops longer by a 16th, those
    that kernels have in common by a tenth, or where calls and tables would be
    larger than the functions.

    ```mlir
    llvm.func @small(%to: !llvm.ptr, %begin: i32, %end: i32)   // loops to 16
    llvm.func @large(%to: !llvm.ptr, %begin: i32, %end: i32)   // loops to 64
    ```

    become calls of `@small_merged(%to, %begin, %end, %table)`, which loads its
    bound from `@small_table` or `@large_table`.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let statistics = [
    Statistic<"numKernels", "kernels", "Number of functions for several">,
    Statistic<"numMerged", "merged", "Number of functions that call them">,
  ];
}

def MakeTasks : Pass<"qvec-make-tasks", "::mlir::ModuleOp"> {
  let summary = "Give layers the signature of tasks";
  let description = [{
    Requires the LLVM dialect. Each layer function becomes
    `void(ptr context, i64 begin, i64 end)`, whose range narrower indices take the
    low bits of, where the context is an array of
    pointers: the arena, the inputs, the outputs. Functions with `qvec.count`
    alone, which layers share, stay as they are. The model functions, which only
    call the layers in order, are removed; the order of the layer functions
    is the order of execution.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // QUANTOPT_CODEGEN_PASSES
