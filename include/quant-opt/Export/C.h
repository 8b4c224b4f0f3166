//===- C.h - Models as portable C ------------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Writes a module of layers as one file of C99. What a compiler may decide for
/// itself is left out: signed numbers do not overflow, are not shifted to the
/// right and not converted out of range, memory is read as what it was written
/// as, and no order of bytes is assumed.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_EXPORT_C_H
#define QUANTOPT_EXPORT_C_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"
#include <string>

namespace quantopt {

struct CExportOptions {
  /// The prefix of the entry point `NAME_run`.
  std::string name = "model";
  /// The file that declares it, beside the one that is written.
  std::string header = "model.h";
};

/// The text of a C file with the model's constants, layers and entry point.
/// Requires phase `vectors` for one level, without vectors
/// (`qvec-scalarize-vectors`). What has no form in C is an error that names the
/// op.
FailureOr<std::string> exportC(ModuleOp module, const CExportOptions &options);

/// The C type of an element in a buffer, by the name of its MLIR type ("i8",
/// "ui8", "f32"). C99 has no half precision: these are their bits.
StringRef getCType(StringRef type);

} // namespace quantopt

#endif // QUANTOPT_EXPORT_C_H
