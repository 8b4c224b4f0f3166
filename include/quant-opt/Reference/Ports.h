//===- Ports.h - Inputs and outputs of models -------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Names and types of a model function's inputs and outputs, and the way of
/// their elements between tensors and files.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_REFERENCE_PORTS_H
#define QUANTOPT_REFERENCE_PORTS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "quant-opt/Reference/Tensor.h"
#include "quant-opt/Support/SampleSet.h"
#include <mutex>
#include <string>

namespace quantopt::reference {

/// An input or output of a model.
struct Port {
  std::string name;
  RankedTensorType type;
  /// How integers stand for real numbers: the element type, or
  /// `qnn.quantization` of a port that has become plain integers; null for
  /// other ports.
  qnn::AffineType quantization;
};

/// The inputs and outputs of a model function: its arguments and results with
/// their `qnn.name`, or "input0", "output0" where there is none. Fails when one
/// is not a static tensor.
llvm::Expected<SmallVector<Port>> getInputPorts(func::FuncOp function);
llvm::Expected<SmallVector<Port>> getOutputPorts(func::FuncOp function);

/// The element type that files of such a tensor have. Quantized types are kept
/// as their stored integers, small floats as f32, index as i64.
llvm::Expected<qo_type> getFileType(Type elementType);

/// What the reader of samples must know about a port.
llvm::Expected<SampleInput> describeForSamples(const Port &port);

/// A tensor with these elements, which have the file type of `type`.
Tensor makeTensor(RankedTensorType type, qo_type fileType, const void *bytes);

/// Stores real numbers as `quantization` says in a tensor of type `type`, whose
/// elements have its storage.
Tensor quantizeTensor(const Tensor &reals, qnn::AffineType quantization,
                      RankedTensorType type);

/// Writes a tensor's elements, in the file type of its own, with another shape
/// of the same size.
llvm::Error writeTensor(StringRef path, const Tensor &tensor,
                        ArrayRef<int64_t> shape);

/// The samples for a model's inputs as tensors. May be read by several threads.
class TensorSamples {
public:
  /// Opens the files of `[NAME=]FILE` arguments (see SampleSet). With
  /// `quantize`, files hold real numbers for inputs of affine type.
  static llvm::Expected<std::unique_ptr<TensorSamples>>
  open(ArrayRef<Port> ports, ArrayRef<std::string> arguments,
       bool quantize = false);

  /// How often the model must run to see every sample.
  int64_t getNumRuns() const { return numRuns; }
  /// Samples per run: the size of dimension 0 of the model's first input.
  int64_t getBatch() const { return batch; }

  /// The inputs of one run.
  llvm::Expected<SmallVector<Tensor>> load(int64_t run);

private:
  explicit TensorSamples(SampleSet samples) : samples(std::move(samples)) {}

  std::mutex mutex; // the reader keeps the file it read last
  SampleSet samples;
  SmallVector<Port> ports;
  int64_t numRuns = 0; // one without inputs
  int64_t batch = 1;
  bool quantize = false;
};

} // namespace quantopt::reference

#endif // QUANTOPT_REFERENCE_PORTS_H
