//===- QNNDialect.h - The qnn dialect ---------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNDIALECT_H
#define QUANTOPT_DIALECT_QNN_IR_QNNDIALECT_H

#include "mlir/IR/Dialect.h"
#include "quant-opt/Support/LLVM.h"

#include "quant-opt/Dialect/QNN/IR/QNNDialect.h.inc"

#endif // QUANTOPT_DIALECT_QNN_IR_QNNDIALECT_H
