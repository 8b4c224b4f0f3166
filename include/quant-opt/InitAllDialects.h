//===- InitAllDialects.h - Every dialect a tool needs -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_INITALLDIALECTS_H
#define QUANTOPT_INITALLDIALECTS_H

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

namespace quantopt {

/// Registers the project's dialects and upstream's.
inline void registerAllDialects(mlir::DialectRegistry &registry) {
  registry.insert<qnn::QNNDialect, qvec::QVecDialect>();
  qvec::registerBufferization(registry);
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
}

} // namespace quantopt

#endif // QUANTOPT_INITALLDIALECTS_H
