//===- TensorBuffers.h - Tensors in a compiled model's memory -- -*- C++
//-*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The way of elements between the interpreter's tensors and the buffers of
/// compiled code.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_TENSORBUFFERS_H
#define QUANTOPT_COMPILER_TENSORBUFFERS_H

#include "quant-opt-c/Model.h"
#include "quant-opt/Reference/Ports.h"

namespace quantopt {

/// A compiled model's input or output as the interpreter would describe it.
/// Fails for element types that it does not know.
llvm::Expected<reference::Port> describePort(const qo_tensor &tensor,
                                             MLIRContext &context);

/// Bytes of one element in the buffer; 0 for an empty tensor.
int64_t getElementBytes(const qo_tensor &tensor);

/// Copies a tensor's elements to a buffer as described.
void storeTensor(const reference::Tensor &tensor, const qo_tensor &description,
                 void *buffer);

/// The reverse of `storeTensor`: the buffer's elements under a type of the same
/// size.
reference::Tensor fetchTensor(RankedTensorType type,
                              const qo_tensor &description, const void *buffer);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_TENSORBUFFERS_H
