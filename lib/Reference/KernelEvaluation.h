//===- KernelEvaluation.h - Parts of a kernel's evaluation ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_KERNELEVALUATION_H
#define QUANTOPT_LIB_REFERENCE_KERNELEVALUATION_H

#include "Evaluators.h"
#include "quant-opt/Dialect/QVec/Utils/DepthwiseLayout.h"
#include "quant-opt/Reference/ScalarProgram.h"

namespace quantopt::reference {

/// A kernel's operands by role.
struct KernelOperands {
  KernelOperands(qvec::KernelOp op, ArrayRef<Tensor> operands)
      : op(op), all(operands) {
    input = get(0);
    weight = get(1);
    weightScales = get(2);
    tables = get(3);
    bias = get(4);
    channelParams = getGroup(5);
    rowParams = getGroup(6);
    countParams = getGroup(7);
    residuals = getGroup(8);
    init = get(9);
  }

  mutable qvec::KernelOp op; // accessors of ops are not const
  ArrayRef<Tensor> all;
  const Tensor *input, *weight, *weightScales, *tables, *bias, *init;
  ArrayRef<Tensor> channelParams, rowParams, countParams, residuals;

private:
  ArrayRef<Tensor> getGroup(unsigned group) {
    auto [start, length] = op.getODSOperandIndexAndLength(group);
    return all.slice(start, length);
  }
  const Tensor *get(unsigned group) {
    ArrayRef<Tensor> tensors = getGroup(group);
    return tensors.empty() ? nullptr : &tensors.front();
  }
};

/// Where a channel's element is in the kernel's parameters.
inline int64_t getParameterIndex(qvec::KernelOp op, int64_t channel) {
  if (!op.hasGroupedTaps())
    return channel;
  return DepthwiseChannels(op.getOutputShape()[3],
                           op.getDepthwiseStrategy()->getPixels())
      .getPosition(channel);
}

/// Runs the epilogue for the elements of the result.
class Epilogue {
public:
  static llvm::Expected<Epilogue> create(const KernelOperands &kernel) {
    auto program = ScalarProgram::compile(kernel.op.getEpilogue());
    if (!program)
      return program.takeError();
    return Epilogue(kernel, std::move(*program));
  }

  /// Stores element `index`, which belongs to a channel and to a window with
  /// `count` positions.
  llvm::Error store(int64_t index, int64_t channel, int64_t count, Scalar acc) {
    arguments.clear();
    arguments.push_back(acc);
    for (const Tensor &param : kernel.channelParams)
      arguments.push_back(
          getScalar(param, getParameterIndex(kernel.op, channel)));
    int64_t position = index / result.getShape()[3];
    for (const Tensor &param : kernel.rowParams)
      arguments.push_back(
          getScalar(param, position * param.getNumElements() / positions));
    for (const Tensor &param : kernel.countParams)
      arguments.push_back(getScalar(param, std::max<int64_t>(count - 1, 0)));
    for (const Tensor &residual : kernel.residuals)
      arguments.push_back(getScalar(residual, index));
    Scalar value;
    if (llvm::Error error = program.run(frame, arguments, {}, value))
      return makeError(kernel.op, llvm::toString(std::move(error)));
    setScalar(result, index, value);
    return llvm::Error::success();
  }

  Tensor take() { return std::move(result); }

private:
  Epilogue(const KernelOperands &kernel, ScalarProgram compiled)
      : kernel(kernel), program(std::move(compiled)),
        frame(program.bind(
            selectCaptures(kernel.op, kernel.all, program.getCaptures()))),
        result(*kernel.init),
        positions(result.getNumElements() / result.getShape()[3]) {}

  KernelOperands kernel;
  ScalarProgram program;
  ScalarProgram::Frame frame;
  Tensor result;
  int64_t positions;
  SmallVector<Scalar> arguments;
};

/// The input's elements; with `isUnsigned` bytes count as 0 to 255.
template <typename T>
std::vector<T> readInput(const Tensor &input, bool isUnsigned) {
  std::vector<T> values;
  values.reserve(input.getNumElements());
  input.visit([&](auto data) {
    for (auto x : data)
      values.push_back(isUnsigned ? T(static_cast<uint8_t>(x)) : T(x));
  });
  return values;
}

/// A sum as the epilogue's first argument, which has this type.
inline Scalar toAccumulator(float sum, Type) { return Scalar::fromReal(sum); }
inline Scalar toAccumulator(int64_t sum, Type type) {
  bool wraps = !type.isInteger(64);
  return Scalar::fromInteger(wraps ? static_cast<int32_t>(sum) : sum);
}

/// Contractions whose weights are packed.
llvm::Error runPacked(const KernelOperands &kernel, Epilogue &epilogue);

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_KERNELEVALUATION_H
