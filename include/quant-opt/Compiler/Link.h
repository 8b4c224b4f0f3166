//===- Link.h - Executables, libraries and archives ----------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_LINK_H
#define QUANTOPT_COMPILER_LINK_H

#include "quant-opt/Compiler/EmitObject.h"

namespace quantopt {

/// What a link needs besides objects.
struct LinkOptions {
  std::string triple;
  std::string name;    ///< prefix of the entry point
  std::string toolDir; ///< folder of the running program, to find archives
};

/// Fails when an executable for this triple cannot be linked here; the message
/// says what to do instead.
llvm::Error checkExecutableTarget(StringRef triple);

/// Links objects, the runtime and the C library to a position-independent
/// executable at `path`.
llvm::Error linkExecutable(ArrayRef<Bytes> objects, StringRef path,
                           const LinkOptions &options);

/// Links objects to a shared library that exports its two entry points.
llvm::Error linkShared(ArrayRef<Bytes> objects, StringRef path,
                       const LinkOptions &options);

/// Writes an archive of one object.
llvm::Error writeStaticLibrary(const Bytes &object, StringRef path,
                               StringRef name);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_LINK_H
