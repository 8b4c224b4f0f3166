//===- TensorReader.h - Elements of tensors in a model ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_TENSORREADER_H
#define QUANTOPT_LIB_IMPORT_ONNX_TENSORREADER_H

#include "HostTensor.h"
#include "onnx.pb.h"
#include "llvm/Support/Error.h"
#include <optional>

namespace quantopt::onnx {

/// Decodes a tensor, wherever the model keeps its elements. `folder` is the
/// model's folder, or nothing when external data is not allowed. The error
/// names what was expected and found, without the tensor's name.
llvm::Expected<HostTensor> readTensor(const onnxfile::TensorProto &tensor,
                                      std::optional<StringRef> folder);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_TENSORREADER_H
