//===- ConsumedRows.h - Rows that a chain reads for the last time -*- C++
//-*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_ROWS_CONSUMEDROWS_H
#define QUANTOPT_LIB_CODEGEN_ROWS_CONSUMEDROWS_H

#include "RowChain.h"

namespace quantopt {

/// For each line buffer of a chain, and then for its result: how far the image
/// that the chain's first op reads, if nothing reads it later, must begin
/// behind it when both are in one memory, so that no row is overwritten which a
/// band still reads (see `ArenaOverlap`). Nothing where other ops of the chain
/// read the image as well, or where its rows do not follow each other.
std::optional<SmallVector<int64_t>> getRowDistances(const RowChain &chain,
                                                    const BandPlan &plan);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_ROWS_CONSUMEDROWS_H
