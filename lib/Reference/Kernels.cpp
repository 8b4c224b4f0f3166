//===- Kernels.cpp - qvec.kernel ------------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Unpacks the weights of a kernel and computes it like the op it came from;
/// sums of integers wrap to 32 bits. Then the epilogue runs for each element.
///
//===----------------------------------------------------------------------===//

#include "Convolution.h"
#include "KernelEvaluation.h"
#include "PoolGeometry.h"
#include "quant-opt/Dialect/QVec/Utils/ContractionLayout.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

//===----------------------------------------------------------------------===//
// Weights
//===----------------------------------------------------------------------===//

namespace {
/// Where a packed weight is, and in which half of a byte that two of them
/// share.
struct PackedPlace {
  int64_t index;
  bool isUpper = false;
};
} // namespace

/// Where the element of output `o`, window row `i`, column `j` and channel `c`
/// is in the packed weight of this shape.
static PackedPlace getPackedPlace(qvec::KernelOp op, ArrayRef<int64_t> packed,
                                  int64_t outputs, int64_t channels, int64_t o,
                                  int64_t i, int64_t j, int64_t c) {
  int64_t panelWidth = qvec::kPanelWidth;
  bool isHalved = isHalvedContraction(op);
  int64_t group = packed[3] / panelWidth;
  int64_t width = op.getWindow().getKernel()[1];
  qvec::StrategyAttr strategy = op.getStrategyAttr();
  int64_t panel, run, element;
  if (op.getKind() == qvec::KernelKind::Depthwise) {
    panel = o / panelWidth; // without groups of taps
    run = i;
    element = j;
  } else {
    int64_t perGroup = outputs / op.getGroups();
    int64_t panels = packed[0] / op.getGroups();
    panel = o / perGroup * panels + o % perGroup / panelWidth;
    o %= perGroup;
    bool merged = strategy && strategy.getMergeTaps();
    run = merged ? i : i * width + j;
    element = merged ? j * channels + c : c;
    if (strategy && strategy.getGathered()) {
      element += run * channels;
      run = 0;
    }
  }
  int64_t first = (panel * packed[1] + run) * packed[2] * packed[3];
  if (isHalved) {
    HalvedWeight place = getHalvedWeight(
        strategy.getPaired(), strategy.getGroup(), element, o % panelWidth);
    return {first + place.byte, place.isUpper};
  }
  if (strategy && strategy.getPaired())
    return {first + getPairedIndex(element, o % panelWidth)};
  return {first + element / group * packed[3] + o % panelWidth * group +
          element % group};
}

/// One of the weights that share a byte.
static int64_t getHalf(int64_t byte, qvec::StrategyAttr strategy,
                       bool isUpper) {
  int64_t code = byte & 15;
  int64_t lower =
      strategy.getPaired() ? code - kHalvedOffset : llvm::SignExtend64<4>(code);
  if (!isUpper)
    return lower;
  bool isJoined = strategy.getJoined() && !strategy.getPaired();
  return (isJoined ? byte - lower : byte) >> 4;
}

/// The weights of a depthwise kernel with groups of taps in the order O, KH,
/// KW.
template <typename T>
static std::vector<T> unpackDepthwise(const KernelOperands &kernel,
                                      int64_t outputs) {
  qvec::KernelOp op = kernel.op;
  ArrayRef<int64_t> size = op.getWindow().getKernel();
  std::vector<T> weights(outputs * size[0] * size[1]);
  forEachDepthwiseWeight(
      outputs, op.getWindow(), *op.getDepthwiseStrategy(),
      [&](int64_t channel, int64_t i, int64_t j, int64_t index) {
        weights[(channel * size[0] + i) * size[1] + j] =
            static_cast<T>(kernel.weight->getNumber(index));
      });
  return weights;
}

/// The weights in the order O, KH, KW, C / groups, as real numbers or integers.
template <typename T>
static std::vector<T> unpackWeights(const KernelOperands &kernel,
                                    int64_t outputs, int64_t channels) {
  if (kernel.op.hasGroupedTaps())
    return unpackDepthwise<T>(kernel, outputs);
  ArrayRef<int64_t> kernelSize = kernel.op.getWindow().getKernel();
  ArrayRef<int64_t> packed = kernel.weight->getShape();
  qvec::StrategyAttr strategy = kernel.op.getStrategyAttr();
  bool isHalved = isHalvedContraction(kernel.op);
  bool isJoined = strategy && strategy.getJoined() && !isHalved;
  std::vector<T> weights;
  weights.reserve(outputs * kernelSize[0] * kernelSize[1] * channels);
  for (int64_t o = 0; o < outputs; ++o)
    for (int64_t i = 0; i < kernelSize[0]; ++i)
      for (int64_t j = 0; j < kernelSize[1]; ++j)
        for (int64_t c = 0; c < channels; ++c) {
          PackedPlace place =
              getPackedPlace(kernel.op, packed, outputs, channels, o, i, j, c);
          double stored = kernel.weight->getNumber(place.index);
          if (isHalved)
            stored = double(getHalf(int64_t(stored), strategy, place.isUpper));
          auto weight = static_cast<T>(stored);
          // See `qvec.kernel`: a byte that follows a negative one.
          if (isJoined && place.index % 2 == 1 &&
              kernel.weight->getNumber(place.index - 1) < 0)
            weight += 1;
          if (kernel.weightScales)
            weight = static_cast<T>(kernel.weightScales->get<float>()[o] *
                                    static_cast<float>(weight));
          weights.push_back(weight);
        }
  return weights;
}

//===----------------------------------------------------------------------===//
// Families
//===----------------------------------------------------------------------===//

template <typename Number, typename Sum>
static Error runContraction(const KernelOperands &kernel, Epilogue &epilogue) {
  qvec::KernelOp op = kernel.op;
  bool isDepthwise = op.getKind() == qvec::KernelKind::Depthwise;
  Convolution<Number, Sum> convolution;
  convolution.window = op.getWindow();
  convolution.inputShape = kernel.input->getShape();
  convolution.resultShape = kernel.init->getShape();
  int64_t outputs = convolution.resultShape[3];
  convolution.groups =
      isDepthwise ? kernel.input->getShape()[3] : op.getGroups();
  int64_t channels = convolution.inputShape[3] / convolution.groups;
  Type type = op.getAccumulatorType();
  convolution.input = readInput<Number>(*kernel.input, op.getUnsignedInput());
  convolution.weights = unpackWeights<Number>(kernel, outputs, channels);
  for (int64_t o = 0; kernel.bias && o < outputs; ++o)
    convolution.bias.push_back(
        static_cast<Sum>(kernel.bias->getNumber(getParameterIndex(op, o))));
  return convolution.run([&](int64_t position, int64_t first,
                             ArrayRef<Sum> sums) -> Error {
    for (auto [i, sum] : llvm::enumerate(sums)) {
      int64_t channel = first + int64_t(i);
      if (Error error = epilogue.store(position * outputs + channel, channel, 0,
                                       toAccumulator(sum, type)))
        return error;
    }
    return Error::success();
  });
}

/// A pool's accumulator: the maximum, or the sum of `x + offset`.
template <typename T>
static T reduceWindow(const WindowPosition &position, ArrayRef<T> input,
                      int64_t channel, bool isMax, T start, T offset) {
  T value = start;
  for (int64_t at : position.offsets)
    value = isMax ? larger(value, input[at + channel])
                  : static_cast<T>(value + (input[at + channel] + offset));
  return value;
}

template <typename T>
static Error runPool(const KernelOperands &kernel, Epilogue &epilogue,
                     T lowest) {
  qvec::KernelOp op = kernel.op;
  PoolGeometry geometry(op.getWindow(), op.getCountedPads(), *kernel.input,
                        *kernel.init);
  std::vector<T> input = readInput<T>(*kernel.input, op.getUnsignedInput());
  bool isMax = op.getKind() == qvec::KernelKind::PoolMax;
  T offset = kernel.bias ? static_cast<T>(kernel.bias->getNumber(0)) : T(0);
  unsigned width = op.getAccumulatorType().getIntOrFloatBitWidth();
  Error failure = Error::success();
  geometry.forEachPosition([&](const WindowPosition &position, int64_t target) {
    for (int64_t c = 0; c < geometry.result[3] && !failure; ++c) {
      T value = reduceWindow<T>(position, input, c, isMax,
                                isMax ? lowest : T(0), offset);
      Scalar acc = toAccumulator(value, op.getAccumulatorType());
      if (width == 8) // bytes without sign are held as those with
        acc.integer = static_cast<int8_t>(acc.integer);
      failure = epilogue.store(target + c, c, position.count, acc);
    }
  });
  return failure;
}

/// The largest magnitude of each part of each row, or both ends of its range.
static Error runRowMax(const KernelOperands &kernel, Epilogue &epilogue) {
  ArrayRef<float> input = kernel.input->get<float>();
  int64_t length = kernel.input->getShape()[3];
  int64_t channels = kernel.init->getShape()[3];
  int64_t parts = kernel.op.getNumParts();
  int64_t partLength = kernel.op.getPartLength();
  bool isRange = kernel.op.getKind() == qvec::KernelKind::RowRange;
  for (int64_t i = 0, e = kernel.init->getNumElements(); i < e; ++i) {
    int64_t row = i / channels, channel = i % channels, part = channel % parts;
    ArrayRef<float> values = input.slice(row * length, length)
                                 .drop_front(part * partLength)
                                 .take_front(partLength);
    float largest = 0;
    for (float x : values) {
      float candidate = !isRange ? std::fabs(x) : channel < parts ? -x : x;
      if (candidate > largest) // false for NaN
        largest = candidate;
    }
    if (Error error = epilogue.store(i, channel, 0, Scalar::fromReal(largest)))
      return error;
  }
  return Error::success();
}

static Error evaluateKernel(qvec::KernelOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  KernelOperands kernel(op, operands);
  auto epilogue = Epilogue::create(kernel);
  if (!epilogue)
    return epilogue.takeError();
  bool isFloat = kernel.input->getStorage() == Storage::F32;
  bool isPool = op.getKind() == qvec::KernelKind::PoolMax ||
                op.getKind() == qvec::KernelKind::PoolSum;
  Error error = Error::success();
  if (op.getKind() == qvec::KernelKind::RowMax ||
      op.getKind() == qvec::KernelKind::RowRange)
    error = runRowMax(kernel, *epilogue);
  else if (op.getKind() == qvec::KernelKind::Packed)
    error = runPacked(kernel, *epilogue);
  else if (isPool && isFloat)
    error = runPool<float>(kernel, *epilogue, -INFINITY);
  else if (isPool)
    error = runPool<int64_t>(
        kernel, *epilogue,
        op.getUnsignedInput()
            ? 0
            : llvm::minIntN(
                  kernel.input->getElementType().getIntOrFloatBitWidth()));
  else if (isFloat)
    error = runContraction<float, float>(kernel, *epilogue);
  else
    error = runContraction<int32_t, int64_t>(kernel, *epilogue);
  if (error)
    return error;
  results.push_back(epilogue->take());
  return Error::success();
}

void reference::addKernelEvaluators(EvaluatorTable &table) {
  table.add(evaluateKernel);
}
