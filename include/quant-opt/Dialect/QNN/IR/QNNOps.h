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

/// The scale and the zero point for each scale index of a constant's type (one
/// of each for a type that has its own). Only for integer storage.
struct ScaleParameters {
  llvm::SmallVector<float> scales;
  llvm::SmallVector<int64_t> zeroPoints;
};
ScaleParameters getScaleParameters(ConstantOp constant);

/// The number of consecutive elements of a row that share a scale; 0 for a
/// whole row.
int64_t getBlockSize(mlir::Type elementType);

/// The real value of each element of a `qnn.constant` in row-major order,
/// by the decode rule of its type.
llvm::SmallVector<float> dequantizeConstant(ConstantOp constant);

/// Packs integers of `bits` < 8 bits into bytes, lowest bits first; each row of
/// `rowSize` elements starts at a byte.
llvm::SmallVector<int8_t> packRows(llvm::ArrayRef<int64_t> values,
                                   unsigned bits, int64_t rowSize);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_IR_QNNOPS_H
