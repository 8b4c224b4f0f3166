//===- ExternalData.h - Tensor data in files beside a model -----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A model may name files that hold its large tensors. The names are untrusted:
/// only regular files below the model's own folder are read.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_EXTERNALDATA_H
#define QUANTOPT_LIB_IMPORT_ONNX_EXTERNALDATA_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace quantopt::onnx {

/// A part of a file, as the model describes it. Numbers are still text.
struct ExternalRange {
  std::string location;
  std::string offset;
  std::string length;
};

/// Reads exactly `expectedBytes` bytes. Fails when the location is absolute,
/// leaves `folder` (by `..`, a symbolic or a hard link), is no regular file, or
/// the range is malformed, outside the file or of another size.
llvm::Expected<std::vector<char>> readExternalData(StringRef folder,
                                                   const ExternalRange &range,
                                                   int64_t expectedBytes);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_EXTERNALDATA_H
