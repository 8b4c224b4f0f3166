//===- QVecOps.td - Operations of the qvec dialect ---------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_IR_QVECOPS
#define QUANTOPT_DIALECT_QVEC_IR_QVECOPS

include "mlir/Dialect/Arith/IR/ArithBase.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "quant-opt/Dialect/QNN/IR/QNNAttrs.td"
include "quant-opt/Dialect/QVec/IR/QVecAttrs.td"

class QVec_Op<string mnemonic, list<Trait> traits = []>
    : Op<QVec_Dialect, mnemonic, traits> {
  let hasVerifier = 1;
}

def QVec_Shaped : AnyTypeOf<[AnyRankedTensor, AnyStridedMemRef]>;

def QVec_KernelOp : QVec_Op<"kernel", [
    AttrSizedOperandSegments, DestinationStyleOpInterface, IsolatedFromAbove,
    DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
    SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "A tiled contraction, depthwise convolution or pool";
  let description = [{
    Reads a channels-last `input` through a window and overwrites `init`. For
    each output position and channel an accumulator is formed and given to the
    epilogue, whose result is stored.

    * `contraction`: `acc = bias[o] + sum x * w` over window rows, window
      columns and the group's input channels in this order. The input is
      already padded. The weight is packed: `[panel][run][step][lane]`, where a
      panel is 16 output channels of a group, a run is a tap (or a window row
      when taps are merged, or the window when they are gathered), a step is `group` consecutive elements of a run
      (16, 8, 4 or 1 for bytes, 2 for words of 16 bits, 1 for floats), and 16 lanes of
      `group` elements each belong to the panel's channels. Weights of words
      are bytes. A paired strategy for bytes has steps of two elements of a run,
      `4i` and `4i + 2` or `4i + 1` and `4i + 3`, where at least one of them
      exists; the step stores for two channels `c` and `c + 1` at a time the bytes
      `[first of c, first of c + 1, second of c, second of c + 1]`; a joined one
      stores one less for `c + 1` where the byte before it is negative, so that
      both are a word `256 * (c + 1) + c`, and promises that sums of odd channels
      fit 24 bits without the bias. With a `packing` of 4 bits two weights share
      a byte. They belong to neighbouring steps `2s` (the lower half) and `2s + 1`,
      of which the weight's steps are half as many; but with the group 16, and in
      a joined strategy, to an even channel `c` (the lower half) and to `c + 1`.
      With the group 16 a byte takes the place of two bytes of
      `c` and `c + 1`. A joined step stores for four
      channels the bytes `[first of c and c + 1, first of c + 2 and c + 3, second
      of c and c + 1, second of c + 2 and c + 3]`; its lower halves are 8 more than
      the weight. All others have signs. A joined strategy with the group 16
      stores the byte `16 * (c + 1) + c`, which needs all pairs of weights to fit one.
      Sums may be as large as fits 28
      bits. With an
      `i64` accumulator their sums are split so that no part
      exceeds 32 bits.
    * `packed`: a contraction whose weight is stored as `packing` says. With
      integer input `x` and scales, `acc` starts at +0 and for each block `b` in
      order becomes `fma(float(S), scale, acc)`, where `S` is the exact sum of
      `(x - inputZeroPoint) * (q - zero)` over the block. Without scales `acc =
      bias[o] + sum x * (q - zero)` in `i32`. With float input `acc` starts at
      the bias, or +0, and becomes `fma(x, scale * (q - zero), acc)` for each
      element in order; what a code stands for takes the place of `q - zero`,
      and without scales the product with the scale is left out.
    * `depthwise`: output channel `o` reads input channel `o / m`, where `m` is
      the ratio of their numbers. Weights in groups of 1, as floats and words
      have, are packed `[channel block of 16][tap row][tap][lane]`. Weights in
      others are packed `[block of 64
      elements][walked tap][group][output][64 positions of group taps]`, bytes for
      groups of 4 and words of 16 bits for groups of 2. Elements are the channels
      of the strategy's `pixels`, one pixel after another. The strategy's axis is
      the one that is grouped, the other one is walked. The sorted distinct
      distances along the axis that a tile's outputs read are its members; group
      `g` holds members `group * g` and following, and an output's weight is zero
      at members where it has no tap. Position `64 b + 16 q + 4 r + i` belongs to
      element `64 b + 16 r + 4 q + i`.
    * `pool_max`, `pool_sum`: the window's pads are positions that do not take
      part; the sum of integers is `i32`, and the one element of `bias`, when
      there is one, is added for each position that takes part. Sums run over
      the window in row-major order from 0.
    * `row_max`: the last dimension of the input is cut into as many parts as
      init has channels, all but the last of the same length, a multiple of 64;
      `acc` is the largest `|x|` of the part, 0 when it has only NaN.
    * `row_range`: the same with twice as many channels as parts. In the first
      half `acc` is the largest `-x` of a part, in the second the largest `x`, 0
      when there is none above 0.

    The epilogue's arguments are the accumulator, one element of each
    `channelParams` (indexed by output channel), of each `rowParams` (the output
    positions, in row-major order, are divided evenly among their elements), of
    each `countParams` (indexed by the number of valid positions minus 1) and of
    each of the `residuals` (indexed like the output). Channel parameters, `bias`
    and `weightScales` are padded to a multiple of 16; those of a depthwise
    kernel of bytes are indexed by position, see there. With `weightScales` an
    integer weight `q` stands for the `f32` product of the channel's scale and
    `q`; an `f16` or `bf16` weight is widened.

    Input bytes are unsigned when `unsignedInput` is set; words are signed.

    `zeroPads`, `[top, left, bottom, right]`, promises that this many of the
    input's first rows, first columns, last rows and last columns hold zeros:
    products with them may be left out.

    A sum of floats is a chain of fused multiply-adds unless `fastmath` allows
    to `contract`: then a level may round product and sum apart.

    (C1) input and init have rank 4. (C2) a contraction has a weight and a
    strategy, a depthwise kernel a weight and a depthwise strategy. (C3) the
    epilogue has the arguments listed above and yields init's element type. (C4)
    residuals have init's shape. (C5) the number of elements of each row
    parameter divides the number of positions. (C6) `row_max` and `row_range` have
    an `f32` input with init's positions and no empty part. (C7) a packed kernel
    has a weight of the size that its packing gives, at least that if it is
    masked and not 2:4. (C8) the weight of a
    depthwise kernel with groups of taps has the packed shape. (C9) the strategy
    of a contraction or packed kernel has the group 1 for floats and 2 for words;
    for bytes a packed kernel has 4, and a contraction has 8 only with `i32`
    accumulators. (C10) only a contraction of bytes has several
    steps, in vectors of 16 lanes; they divide the weight's steps. (C11) a packing
    with `tableRows`, and only that, comes with `tables` of `f32`: a row for each
    `tableRows` channels with an entry for each code. (C12) integer input needs
    codes that stand for integers of at most 8 bits. (C13) only a contraction of
    integers has zero pads: four numbers that are not negative and fit into the
    input's height and width. (C14) only a contraction of signed bytes with `i32`
    accumulators has a paired strategy, and only one with a packing is joined
    without being paired. (C15) a packing of a contraction has 4
    bits, no scales and no blocks; the contraction is one of signed bytes with
    `i32` accumulators that is joined if it is paired, and its weight has half
    of the bytes.
  }];
  let arguments = (ins QVec_KernelKindAttr:$kind, QVec_Shaped:$input,
                       Optional<QVec_Shaped>:$weight,
                       Optional<QVec_Shaped>:$weightScales,
                       Optional<QVec_Shaped>:$tables,
                       Optional<QVec_Shaped>:$bias,
                       Variadic<QVec_Shaped>:$channelParams,
                       Variadic<QVec_Shaped>:$rowParams,
                       Variadic<QVec_Shaped>:$countParams,
                       Variadic<QVec_Shaped>:$residuals, QVec_Shaped:$init,
                       QNN_WindowAttr:$window,
                       OptionalAttr<QVec_StrategyAttr>:$strategy,
                       OptionalAttr<QVec_DepthwiseStrategyAttr>
                         :$depthwiseStrategy,
                       DefaultValuedAttr<I64Attr, "1">:$groups,
                       OptionalAttr<DenseI64ArrayAttr>:$countedPads,
                       OptionalAttr<DenseI64ArrayAttr>:$zeroPads,
                       OptionalAttr<QVec_PackingAttr>:$packing,
                       DefaultValuedAttr<I32Attr, "0">:$inputZeroPoint,
                       UnitAttr:$unsignedInput,
                       DefaultValuedAttr<Arith_FastMathAttr,
                         "::mlir::arith::FastMathFlags::none">:$fastmath);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$epilogue);
  let assemblyFormat = [{
    $kind `input` `(` $input `:` type($input) `)`
    (`weight` `(` $weight^ `:` type($weight) `)`)?
    (`scales` `(` $weightScales^ `:` type($weightScales) `)`)?
    (`tables` `(` $tables^ `:` type($tables) `)`)?
    (`bias` `(` $bias^ `:` type($bias) `)`)?
    (`channel_params` `(` $channelParams^ `:` type($channelParams) `)`)?
    (`row_params` `(` $rowParams^ `:` type($rowParams) `)`)?
    (`count_params` `(` $countParams^ `:` type($countParams) `)`)?
    (`residuals` `(` $residuals^ `:` type($residuals) `)`)?
    `outs` `(` $init `:` type($init) `)` `window` $window
    (`strategy` $strategy^)? (`depthwise_strategy` $depthwiseStrategy^)?
    (`packing` $packing^)? attr-dict
    `epilogue` $epilogue (`->` type($results)^)?
  }];
  let extraClassDeclaration = [{
    /// The parts that rows of a `row_max` or `row_range` are cut into.
    int64_t getNumParts();
    /// Elements in each of them but the last.
    int64_t getPartLength();
    /// Whether it is a depthwise kernel whose taps are summed several at a time.
    bool hasGroupedTaps();
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return getInitMutable();
    }
    /// The element type that the epilogue's first argument has.
    ::mlir::Type getAccumulatorType() {
      return getEpilogue().front().getArgument(0).getType();
    }
    ::llvm::ArrayRef<int64_t> getOutputShape() {
      return ::llvm::cast<::mlir::ShapedType>(getInit().getType()).getShape();
    }
  }];
}

def QVec_YieldOp : QVec_Op<"yield", [Pure, ReturnLike, Terminator,
                                     HasParent<"KernelOp">]> {
  let summary = "The result of an epilogue";
  let description = [{The value is what the kernel stores.}];
  let arguments = (ins Optional<AnyType>:$value);
  let assemblyFormat = "($value^ `:` type($value))? attr-dict";
  let builders = [OpBuilder<(ins)>];
  let hasVerifier = 0;
}

class QVec_DotOp<string mnemonic, Type factor> : QVec_Op<mnemonic, [Pure,
    AllTypesMatch<["acc", "result"]>, AllTypesMatch<["lhs", "rhs"]>]> {
  dag operands = (ins VectorOfRankAndType<[1], [I32]>:$acc,
                      VectorOfRankAndType<[1], [factor]>:$lhs,
                      VectorOfRankAndType<[1], [factor]>:$rhs);
  let arguments = operands;
  let results = (outs VectorOfRankAndType<[1], [I32]>:$result);
  let assemblyFormat = [{
    $acc `,` $lhs `,` $rhs attr-dict `:` type($acc) `,` type($lhs)
  }];
}

def QVec_Dot4Op : QVec_DotOp<"dot4", I8> {
  let summary = "Add four products of bytes to each 32-bit lane";
  let description = [{
    `result[i] = acc[i] + sum lhs[4i + j] * rhs[4i + j]` for `j` in 0..3, modulo
    2^32. `rhs` is signed; `lhs` is signed, or unsigned with `unsignedLhs`.
    One instruction with VNNI or the Arm dot product.

    (C1) lhs has 4 elements per lane.
  }];
  let arguments = !con(operands, (ins UnitAttr:$unsignedLhs));
}

def QVec_Dot2Op : QVec_DotOp<"dot2", I16> {
  let summary = "Add two products of words to each 32-bit lane";
  let description = [{
    `result[i] = acc[i] + sum lhs[2i + j] * rhs[2i + j]` for `j` in 0..1, modulo
    2^32. Words of 16 bits are signed. `pmaddwd` on x86.

    (C1) lhs has 2 elements per lane.
  }];
}

def QVec_MmlaOp : QVec_DotOp<"mmla", I8> {
  let summary = "Add the product of two rows and two columns of bytes";
  let description = [{
    `result[2i + j] = acc[2i + j] + sum lhs[8i + k] * rhs[8j + k]` for `i` and `j`
    in 0..1 and `k` in 0..7, modulo 2^32: rows of the first factor and columns of
    the second one follow each other. `rhs` is signed; `lhs` is signed, or unsigned
    with `unsignedLhs`. One instruction, `smmla`, with the Arm matrix extension.

    ```mlir
    %0 = qvec.mmla %acc, %x, %w : vector<4xi32>, vector<16xi8>
    ```

    (C1) acc has 4 lanes, lhs 16 elements.
  }];
  let arguments = !con(operands, (ins UnitAttr:$unsignedLhs));
}

def QVec_AlternateBytesOp : QVec_Op<"alternate_bytes", [Pure]> {
  let summary = "Every second byte as a word";
  let description = [{
    `result[i] = bytes[2i]`, or `bytes[2i + 1]` with `odd`, sign-extended to 16
    bits. `sxtb16` on processors that multiply words in general registers.

    ```mlir
    %0 = qvec.alternate_bytes %w {odd} : vector<4xi8> to vector<2xi16>
    ```

    (C1) there are twice as many bytes as words.
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I8]>:$bytes, UnitAttr:$odd);
  let results = (outs VectorOfRankAndType<[1], [I16]>:$result);
  let assemblyFormat = [{
    $bytes attr-dict `:` type($bytes) `to` type($result)
  }];
}

def QVec_ReduceDotOp : QVec_DotOp<"reduce_dot", I8> {
  let summary = "Add the products of two vectors of bytes to one sum";
  let description = [{
    `result[0] = acc[0] + sum lhs[i] * rhs[i]` for all `i`, modulo 2^32. Bytes are
    signed. One instruction with Helium: `vmlava`.

    ```mlir
    %0 = qvec.reduce_dot %acc, %x, %w : vector<1xi32>, vector<16xi8>
    ```

    (C1) acc has one lane, lhs 16 elements.
  }];
}

/// At most 16 rows of 64 bytes.
class QVec_TileOf<list<Type> elements> : VectorOfRankAndType<[2], elements>;
class QVec_TileMemory<list<MemoryEffect> effects>
    : Arg<MemRefRankOf<[I8, I32], [1]>, "where the rows lie", effects>;

def QVec_TileLoadOp : QVec_Op<"tile_load"> {
  let summary = "A tile from rows in memory";
  let description = [{
    `tile[m, n] = source[offset + m * stride + n]`. A stride of 0 repeats one row.

    ```mlir
    %0 = qvec.tile_load %x[%i] stride 256 : memref<4096xi8> to vector<14x64xi8>
    ```

    (C1) the tile has at most 16 rows of at most 64 bytes, and whole 32-bit
    words. (C2) elements have source's type; the stride is not negative.
  }];
  let arguments = (ins QVec_TileMemory<[MemRead]>:$source, Index:$offset,
                       I64Attr:$stride);
  let results = (outs QVec_TileOf<[I8, I32]>:$tile);
  let assemblyFormat = [{
    $source `[` $offset `]` `stride` $stride attr-dict
    `:` type($source) `to` type($tile)
  }];
}

def QVec_TileStoreOp : QVec_Op<"tile_store"> {
  let summary = "Writes a tile to rows in memory";
  let description = [{
    `destination[offset + m * stride + n] = tile[m, n]`, row by row.

    ```mlir
    qvec.tile_store %sums, %y[%i] stride 32 : vector<14x16xi32>, memref<448xi32>
    ```

    (C1) and (C2) as for `qvec.tile_load`.
  }];
  let arguments = (ins QVec_TileOf<[I8, I32]>:$tile,
                       QVec_TileMemory<[MemWrite]>:$destination, Index:$offset,
                       I64Attr:$stride);
  let assemblyFormat = [{
    $tile `,` $destination `[` $offset `]` `stride` $stride attr-dict
    `:` type($tile) `,` type($destination)
  }];
}

def QVec_TileMmaOp : QVec_Op<"tile_mma", [Pure,
    AllTypesMatch<["acc", "result"]>]> {
  let summary = "Add the product of two tiles of bytes to a tile of sums";
  let description = [{
    `result[m, n] = acc[m, n] + sum lhs[m, 4k + j] * rhs[k, 4n + j]` for all `k`
    and for `j` in 0..3, modulo 2^32: a `qvec.dot4` of row `m` with each row `k`.
    `rhs` is signed; `lhs` is signed, or unsigned with `unsignedLhs`. One
    instruction with AMX.

    ```mlir
    %1 = qvec.tile_mma %0, %x, %w {unsignedLhs}
      : vector<14x16xi32>, vector<14x48xi8>, vector<12x64xi8>
    ```

    (C1) tiles have at most 16 rows of at most 64 bytes, and whole 32-bit words.
    (C2) for `acc` of `M x N`, lhs is `M x 4K` and rhs `K x 4N`.
  }];
  let arguments = (ins QVec_TileOf<[I32]>:$acc, QVec_TileOf<[I8]>:$lhs,
                       QVec_TileOf<[I8]>:$rhs, UnitAttr:$unsignedLhs);
  let results = (outs QVec_TileOf<[I32]>:$result);
  let assemblyFormat = [{
    $acc `,` $lhs `,` $rhs attr-dict
    `:` type($acc) `,` type($lhs) `,` type($rhs)
  }];
}

def QVec_UnpackOp : QVec_Op<"unpack", [Pure,
    AllTypesMatch<["packed", "result"]>]> {
  let summary = "A few bits of every element";
  let description = [{
    `result[i] = (packed[i] >> bit) & (2^width - 1)`, without sign. Several codes
    that are stored in one element are read one after another. A shift and a
    mask on most processors.

    ```mlir
    %low = qvec.unpack %bytes {bit = 0 : i64, width = 4 : i64} : vector<64xi8>
    ```

    (C1) bit is not negative, width is positive, and both together do not exceed
    the elements' width.
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I8, I32]>:$packed,
                       I64Attr:$bit, I64Attr:$width);
  let results = (outs VectorOfRankAndType<[1], [I8, I32]>:$result);
  let assemblyFormat = "$packed attr-dict `:` type($packed)";
}

def QVec_SaturateOp : QVec_Op<"saturate", [Pure] # ElementwiseMappable.traits> {
  let summary = "The nearest byte to a 32-bit integer";
  let description = [{
    `result = min(max(value, -128), 127)` as a signed byte, or
    `min(max(value, 0), 255)` as an unsigned one with `unsignedResult`. Element
    by element on vectors. Packing instructions do it for several vectors at
    once: two for four vectors on x86.

    ```mlir
    %0 = qvec.saturate %sums {unsignedResult} : vector<64xi32> to vector<64xi8>
    ```
  }];
  let arguments = (ins AnyTypeOf<[I32, VectorOfRankAndType<[1], [I32]>]>:$value,
                       UnitAttr:$unsignedResult);
  let results = (outs AnyTypeOf<[I8, VectorOfRankAndType<[1], [I8]>]>:$result);
  let assemblyFormat = [{
    $value attr-dict `:` type($value) `to` type($result)
  }];
  let hasVerifier = 0;
}

def QVec_RescaleAddOp : QVec_Op<"rescale_add", [
    Pure, AllTypesMatch<["lhs", "rhs", "result"]>]
    # ElementwiseMappable.traits> {
  let summary = "The byte nearest to a weighted sum of two bytes";
  let description = [{
    `result = saturate((lhsMultiplier * lhs + rhsMultiplier * rhs + offset) asr
    shift)` as in `qvec.saturate`, with the sum modulo 2^32. With `unsignedBytes`
    operands and result count as unsigned. Element by element on vectors. Bytes
    of both operands that are interleaved make one 16-bit dot product on x86.

    ```mlir
    %0 = qvec.rescale_add %x, %y {lhsMultiplier = 16384 : i32,
      rhsMultiplier = 8192 : i32, offset = 8192 : i32, shift = 14 : i32,
      unsignedBytes} : vector<64xi8>
    ```

    (C1) multipliers fit 24 bits. (C2) the shift lies in [0, 31].
  }];
  let arguments = (ins AnyTypeOf<[I8, VectorOfRankAndType<[1], [I8]>]>:$lhs,
                       AnyTypeOf<[I8, VectorOfRankAndType<[1], [I8]>]>:$rhs,
                       I32Attr:$lhsMultiplier, I32Attr:$rhsMultiplier,
                       I32Attr:$offset, I32Attr:$shift, UnitAttr:$unsignedBytes);
  let results = (outs AnyTypeOf<[I8, VectorOfRankAndType<[1], [I8]>]>:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def QVec_MultiplyHighOp : QVec_Op<"multiply_high", [
    Pure, AllTypesMatch<["value", "factor", "result"]>]
    # ElementwiseMappable.traits> {
  let summary = "The high part of a product, rounded";
  let description = [{
    `result = (value * factor + 2^(shift - 1)) asr shift`, with the product and
    the sum in 64 bits and the result modulo 2^32: halves round up. `factor` is
    not negative. Element by element on vectors. One instruction on Arm:
    `sqrdmulh` and `vqrdmulh` with a shift of 31, `smmulr` with 32.

    ```mlir
    %0 = qvec.multiply_high %sums, %factors {shift = 31 : i32} : vector<4xi32>
    ```

    (C1) the shift is 31 or 32.
  }];
  let arguments = (ins AnyTypeOf<[I32, VectorOfRankAndType<[1], [I32]>]>:$value,
                       AnyTypeOf<[I32, VectorOfRankAndType<[1], [I32]>]>:$factor,
                       I32Attr:$shift);
  let results = (outs AnyTypeOf<[I32, VectorOfRankAndType<[1], [I32]>]>:$result);
  let assemblyFormat = "$value `,` $factor attr-dict `:` type($result)";
}

def QVec_LookupOp : QVec_Op<"lookup", [Pure, AllTypesMatch<["index", "result"]>]
                                      # ElementwiseMappable.traits> {
  let summary = "The entry of a table for each byte";
  let description = [{
    `result = table[index]`, where the index counts as an unsigned byte. Element
    by element on vectors. Byte permutations look up parts of the table for a
    whole vector; without them entries are loaded one by one.

    ```mlir
    %0 = qvec.lookup %x {table = array<i8: ...>} : vector<64xi8>
    ```

    (C1) the table has 256 entries.
  }];
  let arguments = (ins AnyTypeOf<[I8, VectorOfRankAndType<[1], [I8]>]>:$index,
                       DenseI8ArrayAttr:$table);
  let results = (outs AnyTypeOf<[I8, VectorOfRankAndType<[1], [I8]>]>:$result);
  let assemblyFormat = "$index attr-dict `:` type($index)";
}

def QVec_ExpandOp : QVec_Op<"expand", [Pure,
    AllTypesMatch<["values", "result"]>]> {
  let summary = "Consecutive elements spread over the lanes of a mask";
  let description = [{
    `result[i] = values[n]` where `mask[i]` is set and `n` is the number of bits
    of the mask that are set before it; 0 in the other lanes. One instruction on
    some processors.

    ```mlir
    %w = qvec.expand %codes, %mask : vector<64xi8>, vector<64xi1>
    ```

    (C1) the mask has an element for each lane.
  }];
  let arguments = (ins VectorOfRankAndType<[1], [I8]>:$values,
                       VectorOfRankAndType<[1], [I1]>:$mask);
  let results = (outs VectorOfRankAndType<[1], [I8]>:$result);
  let assemblyFormat = [{
    $values `,` $mask attr-dict `:` type($values) `,` type($mask)
  }];
  let hasVerifier = 1;
}

def QVec_PickOp : QVec_Op<"pick", [Pure]> {
  let summary = "Entries of a table that is held in a vector";
  let description = [{
    `result[i] = table[index[i]]`; an index is not negative and below the number
    of entries. A permutation of words on x86.

    ```mlir
    %w = qvec.pick %table[%codes] : vector<16xf32>, vector<8xi32> -> vector<8xf32>
    ```

    (C1) the table has 8 or 16 entries. (C2) the result has as many elements as
    the index.
  }];
  let arguments = (ins VectorOfRankAndType<[1], [F32]>:$table,
                       VectorOfRankAndType<[1], [I32]>:$index);
  let results = (outs VectorOfRankAndType<[1], [F32]>:$result);
  let assemblyFormat = [{
    $table `[` $index `]` attr-dict `:` type($table) `,` type($index) `->`
    type($result)
  }];
}

#endif // QUANTOPT_DIALECT_QVEC_IR_QVECOPS
