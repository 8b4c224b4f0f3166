//===- KernelShape.h - What kernels of one shape have in common -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_FUNCTIONS_KERNELSHAPE_H
#define QUANTOPT_LIB_CODEGEN_FUNCTIONS_KERNELSHAPE_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// An operand, or a constant index of an address, that is known before a kernel
/// starts.
struct KernelLeaf {
  enum Kind {
    Number, ///< a constant
    Global, ///< an address that is a constant
    Local   ///< an address that depends on the function's arguments
  };
  Kind kind;
  /// Null for a constant index.
  Value value;
  /// Equal for leaves that are equal in any function; null for `Local`.
  Attribute key;

  bool operator==(const KernelLeaf &other) const {
    return value == other.value || (key && key == other.key);
  }
};

/// The place of a leaf: an operand of an op, or one of its constant indices.
struct LeafSlot {
  Operation *op;
  unsigned number;
  bool isIndex;
};

/// The ops of a function that are no leaves, in order.
llvm::SmallVector<Operation *> getShapeOps(LLVM::LLVMFuncOp func);

/// Where `func` has leaves, in an order that depends on its shape alone.
llvm::SmallVector<LeafSlot> getLeafSlots(LLVM::LLVMFuncOp func);

/// The leaves of `func` at the slots of `model`; nothing unless the functions
/// differ in leaves, and in the pointers that they take, only.
std::optional<llvm::SmallVector<KernelLeaf>> matchShape(LLVM::LLVMFuncOp model,
                                                        LLVM::LLVMFuncOp func);

/// Copies the ops of which a leaf is computed, and returns its value there.
Value cloneLeaf(OpBuilder &b, Value leaf, IRMapping &mapping);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_FUNCTIONS_KERNELSHAPE_H
