//===- QNNAttrs.h - Attributes of the qnn dialect ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_IR_QNNATTRS_H
#define QUANTOPT_DIALECT_QNN_IR_QNNATTRS_H

#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"

#define GET_ATTRDEF_CLASSES
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h.inc"

#endif // QUANTOPT_DIALECT_QNN_IR_QNNATTRS_H
