//===- QNNTypes.h - Quantized element types ---------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNTYPES_H
#define QUANTOPT_DIALECT_QNN_IR_QNNTYPES_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"

#include "quant-opt/Dialect/QNN/IR/QNNEnums.h.inc"
#include "quant-opt/Dialect/QNN/IR/QNNTypeInterfaces.h.inc"

#define GET_TYPEDEF_CLASSES
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h.inc"

namespace quantopt::qnn {

/// Bits of a code.
unsigned getCodeBits(CodeSet codes);

/// Whether constants of a quantized type may have scales of type `scales`.
bool isScaleType(Type scales, Type type);

/// The lowest and highest integer that a storage type can hold. Signless means
/// signed.
struct StorageLimits {
  int64_t min;
  int64_t max;
};
StorageLimits getStorageLimits(IntegerType storage);

/// The elements per row (all dimensions but the first) of a constant's shape.
int64_t getRowSize(llvm::ArrayRef<int64_t> shape);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_IR_QNNTYPES_H
