//===- QVecAttrs.td - The qvec dialect and its attributes --*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_IR_QVECATTRS
#define QUANTOPT_DIALECT_QVEC_IR_QVECATTRS

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def QVec_Dialect : Dialect {
  let name = "qvec";
  let summary = "Tiled kernels and the dot-product instructions under them";
  let description = [{
    `qvec.kernel` stands for one tiled computation with its strategy visible;
    the other ops name instructions that processors have, each with an exact
    generic meaning.

    Discardable attributes: `qvec.target` on a function says for which
    processor level it is generated; `qvec.layer` and `qvec.count` on an
    outlined function are the layer's name and number of work items;
    `qvec.inputs`, `qvec.outputs` and `qvec.arena_bytes` on the module describe
    the compiled model's interface; `qvec.arena_bound_bytes` is what buffers
    that are live together need, below which no arena can be.
  }];
  let cppNamespace = "::quantopt::qvec";
  // Windows are attributes of the qnn dialect.
  let dependentDialects = ["::quantopt::qnn::QNNDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let extraClassDeclaration = [{
    void registerAttributes();
    static llvm::StringRef getTargetAttrName() { return "qvec.target"; }
    static llvm::StringRef getLayerAttrName() { return "qvec.layer"; }
    static llvm::StringRef getCountAttrName() { return "qvec.count"; }
    static llvm::StringRef getInputsAttrName() { return "qvec.inputs"; }
    static llvm::StringRef getOutputsAttrName() { return "qvec.outputs"; }
    static llvm::StringRef getArenaBytesAttrName() {
      return "qvec.arena_bytes";
    }
    static llvm::StringRef getArenaBoundBytesAttrName() {
      return "qvec.arena_bound_bytes";
    }
    static llvm::StringRef getFloatOpsAttrName() { return "qvec.float_ops"; }
    static llvm::StringRef getFastFloatAttrName() { return "qvec.fast_float"; }
  }];
}

class QVec_Enum<string name, string description, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, description, cases> {
  let cppNamespace = "::quantopt::qvec";
  let genSpecializedAttr = 0;
}

def QVec_KernelKind : QVec_Enum<"KernelKind", "family of a kernel", [
  I32EnumAttrCase<"Contraction", 0, "contraction">,
  I32EnumAttrCase<"Depthwise", 1, "depthwise">,
  I32EnumAttrCase<"PoolMax", 2, "pool_max">,
  I32EnumAttrCase<"PoolSum", 3, "pool_sum">,
  I32EnumAttrCase<"RowMax", 4, "row_max">,
  I32EnumAttrCase<"Packed", 5, "packed">,
  I32EnumAttrCase<"RowRange", 6, "row_range">,
]>;
def QVec_KernelKindAttr : EnumAttr<QVec_Dialect, QVec_KernelKind, "kind">;

def QVec_TargetAttr : AttrDef<QVec_Dialect, "Target"> {
  let mnemonic = "target";
  let summary = "The processor level that a function is generated for";
  let description = [{
    `level` names a row of the target table; cpu and features go to LLVM.

    ```mlir
    #qvec.target<level = "x86-64-v4", triple = "x86_64-unknown-linux-gnu",
                 cpu = "x86-64-v4", features = "+avx512vnni">
    ```
  }];
  let parameters = (ins StringRefParameter<"row of the target table">:$level,
                        StringRefParameter<"LLVM triple">:$triple,
                        StringRefParameter<"LLVM cpu">:$cpu,
                        StringRefParameter<"LLVM features">:$features);
  let assemblyFormat = "`<` struct(params) `>`";
}

def QVec_StrategyAttr : AttrDef<QVec_Dialect, "Strategy"> {
  let mnemonic = "strategy";
  let summary = "How a kernel is tiled";
  let description = [{
    `lanes` accumulators of 32 bits make a vector; a tile is `rows` output
    positions by `vectors` vectors of output channels, all held in registers.
    `group` is the number of products that one step adds per lane: 16
    (`qvec.reduce_dot`), 8 (`qvec.mmla`, for two positions at a time), 4
    (`qvec.dot4`), 2 (`qvec.dot2`) or 1 (multiply-add).
    With several `steps` the sums are tiles of
    `qvec.tile_mma`, which takes that many steps at a time: positions are split
    evenly into tiles of at most 16 rows, and each vector is a tile's columns.
    `mergeTaps` treats the taps of a window row as one run of `kernel width *
    channels` consecutive elements. `pass` is the number of output rows (of
    tiles, where the output is a single row) that a work item covers with one
    block of channels before the next block covers the same ones: input that
    is read again stays in a near cache.

    With `paired` weights are stored for processors without vectors whose
    instructions multiply two words of 16 bits at a time (see `qvec.kernel`): a
    step is two bytes of the input, which become words once for all channels of a
    tile of several rows. With `joined`, too, the products of odd channels are
    those of words that hold the weights of two channels, less what the even
    channel's products are; with the group 16 those of bytes that hold two weights
    of 4 bits.

    With `gathered` what a position reads is copied to the stack, so that the
    whole window is one run: fewer steps where a row's elements do not fill them.

    ```mlir
    #qvec.strategy<rows = 6, vectors = 4, lanes = 16, group = 4,
                   mergeTaps = false, pass = 8>
    ```

    (C1) rows, vectors, lanes and pass are positive; the product of the first three
    is at most 4096. (C2) group is 1, 2, 4, 8 or 16; 8 needs four lanes and one step, 16 one lane. (C3) steps lie in [1, 16]. (C4) paired strategies
    have the group 2, one lane, an even number of vectors and one step; only they
    and those of the group 16 are joined. (C5) gathered strategies have the group 16, one row, one step and
    no merged taps.
  }];
  let parameters = (ins "int64_t":$rows, "int64_t":$vectors, "int64_t":$lanes,
                        "int64_t":$group, "bool":$mergeTaps, "int64_t":$pass,
                        DefaultValuedParameter<"int64_t", "1">:$steps,
                        DefaultValuedParameter<"bool", "false">:$paired,
                        DefaultValuedParameter<"bool", "false">:$joined,
                        DefaultValuedParameter<"bool", "false">:$gathered);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

def QVec_PackingAttr : AttrDef<QVec_Dialect, "Packing"> {
  let mnemonic = "packing";
  let summary = "How the weights of a packed kernel are stored";
  let description = [{
    An output channel has a code for each summed element, in the order window
    row, window column, input channel. `block` consecutive codes share a scale
    and a zero point; the last block may be shorter; a block of 0 is the whole
    channel. Codes are integers of `bits` bits: unsigned, and signed when they
    have 8. Code `q` stands for `q - zero`, where `zero` is `zeroPoint` or, with
    `zeroPoints`, a number of the block.

    The weight is `tensor<panels x bytes x i8>`; a panel is 16 output channels of
    a group and holds one after another:

    1. the codes, chunk by chunk. Blocks are cut into chunks of `chunk` codes,
       the last of which may be shorter, and chunks into steps of 4 codes, the
       last of which is filled up with zero points. The bits of a code are
       split into planes of 8, 4, 2 and 1 bits (7 = 4 + 2 + 1, 16 = 8 + 8,
       lowest bits first). A chunk stores plane after plane, each as
       vectors of 64 bytes. A vector of a plane of `p` bits holds `8 / p` steps:
       bits `[p * s, p * s + p)` of byte `4 * c + e` belong to code `e` of step
       `s` of channel `c`.
    2. with a `scale` type other than `none`, a scale for each block and channel.
       Scales of type `ui8` are factors of those in part 4.
    3. with `zeroPoints`, a byte for each block and channel, signed when codes
       are.
    4. with scales of type `ui8`, an `f32` for each 16 blocks.

    Codes are multiples of `2^shift`, whose low bits are not stored: `bits = 1,
    shift = 1, zeroPoint = 1` are -1 and 1.

    Codes without zero point may stand for other numbers: for the float whose
    bits they are, with a float type as `values`; with `tableRows`, for the
    entries of a row of the kernel's `tables`, which belongs to `tableRows`
    consecutive output channels. Such codes are unsigned.

    With `masked` zeros are left out: of a pruned network. The panels that kernels
    read, of 8-bit codes without zero point, are made while it runs, those of a
    tile at a time. The weight is `tensor<1 x bytes x i8>` and holds

    1. unless `twoOfFour`, the offset of each panel as a little-endian word of 32
       bits;
    2. panel after panel. Each starts with a mask of 64 bits for each vector of
       64 codes, in which bit `4 * c + e` says that code `e` of channel `c` is
       stored; parts 2 and 4 of above follow, then the codes that are stored,
       in the order of the bits, signed, of `bits` bits each, lowest bits first.
       Those of a vector start at a byte.
    3. 64 zero bytes, because vectors may be read whole.

    With `twoOfFour`, too, exactly two of the four codes of a step and channel are
    stored, whether they are zero or not: the four bits of the mask are two
    positions, and all panels are of one size.

    ```mlir
    #qvec.packing<bits = 4, block = 32, chunk = 32, scale = f16, zeroPoint = 8,
                  zeroPoints = false>
    #qvec.packing<bits = 8, block = 0, chunk = 32, scale = none, zeroPoint = 0,
                  zeroPoints = false, masked = true>
    ```

    (C1) bits lies in [1, 8] or is 16, and shift moves them within 8 bits. (C2)
    block is not negative, chunk is positive and divides a block that is not 0.
    (C3) scale is `f16`, `f32`, `f8E8M0FNU`, `ui8` or `none`. (C4) zeroPoint is
    a code of `bits + shift` bits. (C5) values is a float type of `bits` bits
    with at most 5 bits of exponent. (C6) at most one of zero points, values and
    tableRows is given, and tableRows is not negative. (C7) masked codes are
    integers of 2 to 8 bits without shift and zero points; only they are 2:4.
  }];
  let parameters = (ins "int64_t":$bits, "int64_t":$block, "int64_t":$chunk,
                        "::mlir::Type":$scale, "int64_t":$zeroPoint,
                        "bool":$zeroPoints,
                        DefaultValuedParameter<"int64_t", "0">:$shift,
                        OptionalParameter<"::mlir::Type">:$values,
                        DefaultValuedParameter<"int64_t", "0">:$tableRows,
                        DefaultValuedParameter<"bool", "false">:$masked,
                        DefaultValuedParameter<"bool", "false">:$twoOfFour);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The packing of the panels that kernels read: of masked ones, with a byte
    /// for each code.
    PackingAttr getExpanded() const;
    bool hasScales() const { return !::llvm::isa<::mlir::NoneType>(getScale()); }
    /// Whether scales are factors of others.
    bool hasSuperScales() const { return getScale().isUnsignedInteger(8); }
    bool hasTables() const { return getTableRows() != 0; }
    /// Whether codes stand for integers.
    bool hasIntegers() const { return !getValues() && !hasTables(); }
    /// Bytes have a sign where they are integers.
    bool isSigned() const { return getBits() == 8 && hasIntegers(); }
  }];
}

def QVec_DepthwiseStrategyAttr
    : AttrDef<QVec_Dialect, "DepthwiseStrategy"> {
  let mnemonic = "depthwise_strategy";
  let summary = "How a depthwise kernel is tiled";
  let description = [{
    `lanes` accumulators of 32 bits make a vector, `group` is the number of
    products that one instruction adds per lane: 4 (`qvec.dot4`), 2 (`qvec.dot2`)
    or 1 (multiply-add, for floats and words of 16 bits).

    Bytes in groups of 4 or 2: elements that neighbour along `axis` (0 for rows, 1 for columns of
    the image) are interleaved byte by byte, `group` at a time; they serve
    `outputs` neighbouring outputs along the axis. A vector covers elements of
    `pixels` neighbours of a row, one after another, so that few channels fill
    it; a tile has `columns` such groups of pixels along the other axis. A loop
    runs over the window's taps along the other axis and keeps the accumulators.
    With `channelsOuter` a work item computes one block of 64 channels, else all
    of them.

    Groups of 1: a tile is `columns` positions of a row, tap by tap.

    ```mlir
    #qvec.depthwise_strategy<axis = 0, outputs = 2, columns = 2, pixels = 1,
                             lanes = 16, group = 4, channelsOuter = false>
    ```

    (C1) axis is 0 or 1. (C2) outputs, columns and pixels are positive;
    their product is at most 4096. (C3) group is 1, 2 or 4. (C4) lanes are 1, 4, 8 or 16. (C5) several pixels have
    neither several outputs along axis 1 nor channelsOuter.
  }];
  let parameters = (ins "int64_t":$axis, "int64_t":$outputs, "int64_t":$columns,
                        "int64_t":$pixels, "int64_t":$lanes, "int64_t":$group,
                        "bool":$channelsOuter);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

#endif // QUANTOPT_DIALECT_QVEC_IR_QVECATTRS
