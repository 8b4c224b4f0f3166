//===- AccessTrace.h - When bytes of buffers are read or written -- -*- C++
//-*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The ops of a block in the order in which they are executed, also those of
/// loops whose bounds and indices are known, with the bytes of buffers that
/// each of them reads and writes.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CODEGEN_MEMORY_ACCESSTRACE_H
#define QUANTOPT_LIB_CODEGEN_MEMORY_ACCESSTRACE_H

#include "mlir/IR/Block.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/MapVector.h"
#include <optional>

namespace quantopt {

/// Bytes [begin, end) of a buffer that the op number `time` reads or writes;
/// there may be some between them that it does not touch.
struct Access {
  int64_t time;
  int64_t begin, end;
  bool isRead, isWrite;
};

/// The accesses of each buffer, an allocation or an argument, in order of their
/// times.
struct AccessTrace {
  explicit AccessTrace(Block &block);

  llvm::MapVector<Value, SmallVector<Access>> accesses;
  /// All times are smaller.
  int64_t end = 0;
};

/// How far the buffer `upper`, of which some bytes are read for the last time,
/// must begin behind the buffer `lower`, which is written meanwhile, so that no
/// byte is overwritten that is still read: the largest number of bytes from the
/// first one that an op or a later one reads of `upper` to the last one that it
/// or an earlier one writes of `lower`. Nothing where `upper` is written when
/// `lower` has been, too.
std::optional<int64_t> findDistance(ArrayRef<Access> lower,
                                    ArrayRef<Access> upper);

} // namespace quantopt

#endif // QUANTOPT_LIB_CODEGEN_MEMORY_ACCESSTRACE_H
