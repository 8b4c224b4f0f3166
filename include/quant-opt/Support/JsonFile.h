//===- JsonFile.h - JSON that users may have written ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// LLVM's parser recurses without a limit; nesting is looked at first. Messages
/// name the file.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_JSONFILE_H
#define QUANTOPT_SUPPORT_JSONFILE_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/JSON.h"

namespace quantopt {

/// The value of a text of at most 1 GB and 64 levels that comes from `path`.
llvm::Expected<llvm::json::Value> parseJson(StringRef text, StringRef path);

/// The value of such a file.
llvm::Expected<llvm::json::Value> readJson(StringRef path);

/// An error if an object has a key that is not among the known ones: it would
/// be a slip of the pen that nobody sees.
llvm::Error checkKeys(const llvm::json::Object &object,
                      ArrayRef<StringRef> known);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_JSONFILE_H
