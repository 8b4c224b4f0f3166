//===- BufferParts.cpp - Parts of buffers ---------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BufferParts.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace quantopt;

bool quantopt::areDisjointParts(Value x, Value y) {
  auto a = x.getDefiningOp<memref::SubViewOp>();
  auto c = y.getDefiningOp<memref::SubViewOp>();
  if (!a || !c || a.getSource() != c.getSource() || !a.hasUnitStride() ||
      !c.hasUnitStride())
    return false;
  for (auto [aOffset, aSize, cOffset, cSize] :
       llvm::zip(a.getStaticOffsets(), a.getStaticSizes(), c.getStaticOffsets(),
                 c.getStaticSizes())) {
    bool isStatic = llvm::none_of(ArrayRef({aOffset, aSize, cOffset, cSize}),
                                  ShapedType::isDynamic);
    if (isStatic && (aOffset + aSize <= cOffset || cOffset + cSize <= aOffset))
      return true;
  }
  return false;
}
