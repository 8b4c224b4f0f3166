//===- QVecOps.h - Operations of the qvec dialect ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QVEC_IR_QVECOPS_H
#define QUANTOPT_DIALECT_QVEC_IR_QVECOPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "quant-opt/Dialect/QNN/IR/QNNAttrs.h"

#include "quant-opt/Dialect/QVec/IR/QVecDialect.h.inc"
#include "quant-opt/Dialect/QVec/IR/QVecEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "quant-opt/Dialect/QVec/IR/QVecAttrs.h.inc"

#define GET_OP_CLASSES
#include "quant-opt/Dialect/QVec/IR/QVecOps.h.inc"

namespace quantopt::qvec {

/// Output channels per panel of packed weights, and the unit to which channel
/// parameters are padded.
inline constexpr int64_t kPanelWidth = 16;

/// The largest tile of `qvec.tile_mma`: rows, and bytes of a row.
inline constexpr int64_t kTileRows = 16, kTileRowBytes = 64;

/// Attaches bufferization to `qvec.kernel`.
void registerBufferization(mlir::DialectRegistry &registry);

} // namespace quantopt::qvec

#endif // QUANTOPT_DIALECT_QVEC_IR_QVECOPS_H
