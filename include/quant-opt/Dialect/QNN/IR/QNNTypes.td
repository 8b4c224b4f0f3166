//===- QNNTypes.td - Types of the qnn dialect --------------*- tablegen -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNTYPES
#define QUANTOPT_DIALECT_QNN_IR_QNNTYPES

include "mlir/IR/AttrTypeBase.td"
include "quant-opt/Dialect/QNN/IR/QNNDialect.td"
include "quant-opt/Dialect/QNN/IR/QNNInterfaces.td"

class QNN_Type<string name, string typeMnemonic, list<string> methods = []>
    : TypeDef<QNN_Dialect, name,
              [DeclareTypeInterfaceMethods<QNN_QuantizedTypeInterface,
                                           methods>]> {
  let mnemonic = typeMnemonic;
}

def QNN_AffineType : QNN_Type<"Affine", "affine"> {
  let summary = "Affine integers, one scale and zero point per tensor";
  let description = [{
    The real value of a stored integer `q` is `scale * (q - zeroPoint)`, with
    the product rounded once to `f32`. A storage type without sign (`i8`) means
    signed; `ui8` means unsigned. The optional range narrows the storage:
    `i8<-127:127>`.

    ```mlir
    !qnn.affine<i8, 0.05 : -3>
    !qnn.affine<ui8, 0.05 : 128>
    !qnn.affine<i8<-127:127>, 0.05>
    ```

    (C1) storage is an integer of 2 to 16 bits. (C2) the range lies in the
    storage type's range and is not empty. (C3) scale is finite and at least
    the smallest normal `f32`. (C4) the zero point lies in the range.
  }];
  let parameters = (ins "::mlir::IntegerType":$storage, "int64_t":$storageMin,
                        "int64_t":$storageMax, "::mlir::FloatAttr":$scaleAttr,
                        "int64_t":$zeroPoint);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let builders = [
    TypeBuilderWithInferredContext<(ins "::mlir::IntegerType":$storage,
                                        "float":$scale, "int64_t":$zeroPoint)>,
  ];
  let extraClassDeclaration = [{
    /// The scale, an exact `f32`.
    float getScale() const;
  }];
}

def QNN_AffineAxisType : QNN_Type<"AffineAxis", "affine_axis"> {
  let summary = "Affine integers, one scale per slice along an axis";
  let description = [{
    The real value of `q` at index `i` along `axis` is
    `scales[i] * (q - zeroPoints[i])`; the parameters are attributes of the
    `qnn.constant` that produces the tensor.

    ```mlir
    !qnn.affine_axis<i8, 0>
    !qnn.affine_axis<i8<-127:127>, 0>
    ```

    (C1) storage is an integer of 2 to 16 bits. (C2) the range lies in the
    storage type's range. (C3) the axis is not negative.
  }];
  let parameters = (ins "::mlir::IntegerType":$storage, "int64_t":$storageMin,
                        "int64_t":$storageMax, "int64_t":$axis);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def QNN_AffineBlockType : QNN_Type<"AffineBlock", "affine_block",
                                  ["getBlockSize"]> {
  let summary = "Affine integers, one scale per block of consecutive elements";
  let description = [{
    Each row (index along dimension 0) is a sequence of blocks of `block`
    elements in row-major order of the other dimensions; the last block of a
    row may be shorter. The real value of `q` in block `b` of row `r` is
    `scales[r * blocksPerRow + b] * (q - zeroPoints[...])`.

    ```mlir
    !qnn.affine_block<i4, 32>
    ```

    (C1) storage is an integer of 2 to 16 bits. (C2) the range lies in the
    storage type's range. (C3) the block is positive.
  }];
  let parameters = (ins "::mlir::IntegerType":$storage, "int64_t":$storageMin,
                        "int64_t":$storageMax, "int64_t":$block);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def QNN_SmallFloatType : QNN_Type<"SmallFloat", "float"> {
  let summary = "A float stored in a smaller float format";
  let description = [{
    The real value is the stored value, which `f32` holds exactly.

    ```mlir
    !qnn.float<f16>
    !qnn.float<bf16>
    ```

    (C1) storage is `f16` or `bf16`.
  }];
  let parameters = (ins "::mlir::FloatType":$storage);
  let assemblyFormat = "`<` $storage `>`";
  let genVerifyDecl = 1;
}

def QNN_CodebookType : QNN_Type<"Codebook", "codebook",
                                ["getBlockSize", "getCodeTable",
                                 "getNumTables", "getTableIndex"]> {
  let summary = "Codes that stand for the entries of a table";
  let description = [{
    An element is an unsigned code. Its real value is the code's entry in a
    table, times a scale, rounded once to `f32`.

    | codes | bits | table |
    |---|---|---|
    | `binary` | 1 | -1, 1 |
    | `ternary` | 2 | -1, 0, 1 |
    | `nf4` | 4 | the 4-bit NormalFloat of QLoRA (Dettmers et al., 2023) |
    | `f4e2m1`, `f6e2m3`, `f6e3m2`, `f8e4m3`, `f8e5m2` | 4, 6, 8 | the floats of the OCP formats whose bits the code is; not NaN and infinity |
    | `palette1`, `2`, `3`, `4`, `6`, `8` | 1 to 8 | tables in the `qnn.constant`, without scales |

    One scale (for palettes, one table) belongs to the whole `tensor`, to
    `rows = N` consecutive rows (indices along dimension 0), or to each `block =
    N` consecutive elements of a row as in `!qnn.affine_block`. The last rows or
    block may be fewer.

    ```mlir
    !qnn.codebook<ternary, tensor>
    !qnn.codebook<palette4, rows = 16>
    !qnn.codebook<nf4, block = 64>
    ```

    (C1) the number of rows, or the block, is positive. (C2) palettes have no
    blocks.
  }];
  let parameters = (ins "::quantopt::qnn::CodeSet":$codes,
                        "::quantopt::qnn::Granularity":$sharing,
                        "int64_t":$count);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The float type whose bits the codes are, or null.
    ::mlir::FloatType getFloatFormat() const;
    bool isPalette() const { return getCodes() >= CodeSet::Palette1; }
  }];
}

#endif // QUANTOPT_DIALECT_QNN_IR_QNNTYPES
