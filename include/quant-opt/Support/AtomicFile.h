//===- AtomicFile.h - Files that appear complete or not ---------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_ATOMICFILE_H
#define QUANTOPT_SUPPORT_ATOMICFILE_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"

namespace quantopt {

/// Calls `write` with a stream to a temporary file beside `path` and then gives
/// it that name, so that `path` holds the old or the new contents, never a
/// part. Through a symbolic link the file it names is replaced. "-" is standard
/// output; what exists and is no regular file is written directly. With
/// `executable` the new file may be executed. Messages start with the path.
llvm::Error
writeFileAtomically(StringRef path,
                    llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write,
                    bool executable = false);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_ATOMICFILE_H
