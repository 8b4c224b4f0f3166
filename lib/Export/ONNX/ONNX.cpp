//===- ONNX.cpp - Export of quantized models as ONNX ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Export/ONNX.h"
#include "GraphExporter.h"

using namespace quantopt;

/// The largest message of the format.
static constexpr size_t kMaxBytes = INT32_MAX;

FailureOr<std::string> quantopt::exportOnnx(ModuleOp module) {
  onnx::GraphExporter exporter(module);
  if (failed(exporter.run()))
    return failure();
  std::string bytes = exporter.serialize();
  if (bytes.empty() || bytes.size() > kMaxBytes)
    return module.emitError("needs more than the 2147483647 bytes that an ONNX "
                            "file can have");
  return bytes;
}
