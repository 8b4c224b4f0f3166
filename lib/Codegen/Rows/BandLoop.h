//===- BandLoop.h - Bands of rows in a loop ---------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_BANDLOOP_H
#define QUANTOPT_LIB_CODEGEN_ROWS_BANDLOOP_H

#include "RowChain.h"

namespace quantopt {

/// Puts a loop over the bands of a steady plan in front of a chain's last op:
/// the code of each op is there once, whatever the number of bands. Fails
/// without changes when some band differs from the others in more than where
/// its rows are.
LogicalResult emitBandLoop(const RowChain &chain, const BandPlan &plan);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_BANDLOOP_H
