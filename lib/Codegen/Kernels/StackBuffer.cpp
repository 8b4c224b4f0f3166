//===- StackBuffer.cpp - Buffers of a kernel on the stack -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StackBuffer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace quantopt;

FlatBuffer quantopt::createStackBuffer(VectorEmitter &e, Type elementType,
                                       int64_t size, int64_t alignment) {
  OpBuilder::InsertionGuard guard(e.b);
  auto function = e.op->getParentOfType<func::FuncOp>();
  e.b.setInsertionPointToStart(&function.getBody().front());
  FlatBuffer buffer;
  buffer.elementType = elementType;
  buffer.view =
      memref::AllocaOp::create(e.b, e.loc, MemRefType::get({size}, elementType),
                               e.b.getI64IntegerAttr(alignment));
  buffer.shape = {size};
  buffer.strides = {1};
  return buffer;
}
