//===- QNNOps.h - Operations of the qnn dialect -----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNOPS_H
#define QUANTOPT_DIALECT_QNN_IR_QNNOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h"

namespace quantopt::qnn {
/// Marks ops that move values without changing them (see QNNInterfaces.td).
template <typename ConcreteType>
class ValuePreserving
    : public mlir::OpTrait::TraitBase<ConcreteType, ValuePreserving> {};
} // namespace quantopt::qnn

#include "quant-opt/Dialect/QNN/IR/QNNOpInterfaces.h.inc"

#define GET_OP_CLASSES
#include "quant-opt/Dialect/QNN/IR/QNNOps.h.inc"

namespace quantopt::qnn {

/// Whether `from` broadcasts to `to` when both are aligned at the last
/// dimension.
bool broadcastsTo(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// The stored integers of a `qnn.constant`, unpacked, one per element in
/// row-major order. Only for integer storage.
llvm::SmallVector<int64_t> getStoredIntegers(ConstantOp constant);

/// What each element of a `qnn.constant` stands for before it is scaled: the
/// stored integer minus its zero point, or the entry of a table. Nothing unless
/// all are integers of at most 16 bits.
std::optional<llvm::SmallVector<int64_t>> getUnscaledIntegers(ConstantOp op);

/// The largest magnitude of such integers in a constant of this type; nothing
/// when its elements stand for other numbers.
std::optional<int64_t> getLargestInteger(mlir::Type elementType);

/// The scale and the zero point for each scale index of a constant's type (one
/// of each for a type that has its own). Only for integer storage.
struct ScaleParameters {
  llvm::SmallVector<float> scales;
  llvm::SmallVector<int64_t> zeroPoints;
};
ScaleParameters getScaleParameters(ConstantOp constant);

/// Where the factors of scales of type `ui8` are: one for each `kSuperRows`
/// rows and `kSuperBlocks` blocks.
constexpr int64_t kSuperRows = 16, kSuperBlocks = 16;
struct SuperScales {
  SuperScales(QuantizedTypeInterface type, llvm::ArrayRef<int64_t> shape);
  int64_t blocksPerRow, columns, count;
  /// The index of a scale's factor.
  int64_t getIndex(int64_t scale) const {
    int64_t row = scale / blocksPerRow, block = scale % blocksPerRow;
    return row / kSuperRows * columns + block / kSuperBlocks;
  }
};

/// The tables of a `qnn.constant` one after another, or the one of its type;
/// empty when its codes have none.
llvm::SmallVector<float> getCodeTables(ConstantOp constant);

/// The real value of each element of a `qnn.constant` in row-major order,
/// by the decode rule of its type.
llvm::SmallVector<float> dequantizeConstant(ConstantOp constant);

/// Packs integers of `bits` < 8 bits into bytes, lowest bits first; each row of
/// `rowSize` elements starts at a byte.
llvm::SmallVector<int8_t> packRows(llvm::ArrayRef<int64_t> values,
                                   unsigned bits, int64_t rowSize);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_IR_QNNOPS_H
