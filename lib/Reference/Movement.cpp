//===- Movement.cpp - Ops that move values --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

/// Calls `fn` with the elements of `source` and, for writing, of `target`,
/// which has the same storage.
template <typename Fn>
static void visitPair(const Tensor &source, Tensor &target, Fn fn) {
  source.visit([&](auto from) {
    using T = typename decltype(from)::value_type;
    fn(from, target.getMutable<T>());
  });
}

/// Copies the box of shape `box` from `source` at `sourceOffset` to `target` at
/// `targetOffset`.
static void copyBox(ArrayRef<int64_t> box, const Tensor &source,
                    int64_t sourceOffset, ArrayRef<int64_t> sourceStrides,
                    Tensor &target, int64_t targetOffset,
                    ArrayRef<int64_t> targetStrides) {
  if (ShapedType::getNumElements(box) == 0)
    return;
  visitPair(source, target, [&](auto from, auto to) {
    using T = typename decltype(from)::value_type;
    copyStrided<T>(box, from.data() + sourceOffset, sourceStrides,
                   to.data() + targetOffset, targetStrides);
  });
}

/// A result whose elements are read from `source` with these strides.
static Tensor readStrided(Value value, const Tensor &source, int64_t offset,
                          ArrayRef<int64_t> strides) {
  Tensor result = makeResult(value);
  copyBox(result.getShape(), source, offset, strides, result, 0,
          getRowMajorStrides(result.getShape()));
  return result;
}

static Error evaluateConcat(qnn::ConcatOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  SmallVector<int64_t> strides = getRowMajorStrides(result.getShape());
  int64_t offset = 0;
  for (const Tensor &operand : operands) {
    copyBox(operand.getShape(), operand, 0,
            getRowMajorStrides(operand.getShape()), result, offset, strides);
    offset += operand.getShape()[op.getAxis()] * strides[op.getAxis()];
  }
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateSlice(qnn::SliceOp op, ArrayRef<Tensor> operands,
                           Results &results) {
  SmallVector<int64_t> strides = getRowMajorStrides(operands[0].getShape());
  int64_t offset = 0;
  for (size_t d = 0; d < strides.size(); ++d) {
    offset += op.getOffsets()[d] * strides[d];
    strides[d] *= op.getStrides()[d];
  }
  results.push_back(readStrided(op.getResult(), operands[0], offset, strides));
  return Error::success();
}

/// Fills a tensor with the pad value of its element type.
static void fillPadding(qnn::PadOp op, ArrayRef<Tensor> operands,
                        Tensor &result) {
  if (op.getFill()) {
    llvm::fill(result.getMutable<int8_t>(), operands[1].get<int8_t>()[0]);
  } else if (auto affine = dyn_cast<qnn::AffineType>(result.getElementType())) {
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
      result.setInteger(i, affine.getZeroPoint());
  } else if (result.getStorage() == Storage::F32) {
    llvm::fill(result.getMutable<float>(), op.getValue().convertToFloat());
  } else {
    for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
      result.setInteger(i, int32_t(op.getStorageValue()));
  }
}

static Error evaluatePad(qnn::PadOp op, ArrayRef<Tensor> operands,
                         Results &results) {
  Tensor result = makeResult(op.getResult());
  fillPadding(op, operands, result);
  SmallVector<int64_t> strides = getRowMajorStrides(result.getShape());
  int64_t offset = 0;
  for (size_t d = 0; d < strides.size(); ++d)
    offset += op.getLow()[d] * strides[d];
  const Tensor &input = operands[0];
  copyBox(input.getShape(), input, 0, getRowMajorStrides(input.getShape()),
          result, offset, strides);
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateReshape(qnn::ReshapeOp op, ArrayRef<Tensor> operands,
                             Results &results) {
  results.push_back(operands[0].withType(cast<RankedTensorType>(op.getType())));
  return Error::success();
}

static Error evaluateTranspose(qnn::TransposeOp op, ArrayRef<Tensor> operands,
                               Results &results) {
  SmallVector<int64_t> own = getRowMajorStrides(operands[0].getShape());
  SmallVector<int64_t> strides;
  for (int64_t dim : op.getPermutation())
    strides.push_back(own[dim]);
  results.push_back(readStrided(op.getResult(), operands[0], 0, strides));
  return Error::success();
}

static Error evaluateBroadcast(qnn::BroadcastOp op, ArrayRef<Tensor> operands,
                               Results &results) {
  auto type = cast<RankedTensorType>(op.getType());
  results.push_back(readStrided(
      op.getResult(), operands[0], 0,
      getBroadcastStrides(operands[0].getShape(), type.getShape())));
  return Error::success();
}

static Error evaluateGather(qnn::GatherOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  SmallVector<int64_t> from = getRowMajorStrides(operands[0].getShape());
  SmallVector<int64_t> to = getRowMajorStrides(result.getShape());
  SmallVector<int64_t> box(result.getShape());
  int64_t axis = op.getAxis();
  box[axis] = 1;
  for (auto [i, index] : llvm::enumerate(op.getIndices()))
    copyBox(box, operands[0], index * from[axis], from, result,
            int64_t(i) * to[axis], to);
  results.push_back(std::move(result));
  return Error::success();
}

/// Calls `fn` for each element of an interpolation with the places of what is
/// below and above, its own place, and its index along the axis.
template <typename Op, typename Fn>
static void visitInterpolation(Op op, const Tensor &input, const Tensor &result,
                               Fn fn) {
  auto axis = int64_t(op.getAxis());
  ArrayRef<int64_t> shape = result.getShape();
  int64_t inner = getRowMajorStrides(shape)[axis], size = shape[axis];
  int64_t inputSize = input.getShape()[axis];
  int64_t outer = ShapedType::getNumElements(shape.take_front(axis));
  for (int64_t o = 0; o < outer; ++o)
    for (int64_t i = 0; i < size; ++i)
      for (int64_t k = 0; k < inner; ++k)
        fn((o * inputSize + op.getLower()[i]) * inner + k,
           (o * inputSize + op.getUpper()[i]) * inner + k,
           (o * size + i) * inner + k, i);
}

static Error evaluateInterpolate(qnn::InterpolateOp op,
                                 ArrayRef<Tensor> operands, Results &results) {
  Tensor result = makeResult(op.getResult());
  ArrayRef<float> x = operands[0].get<float>();
  MutableArrayRef<float> y = result.getMutable<float>();
  visitInterpolation(
      op, operands[0], result,
      [&](int64_t lower, int64_t upper, int64_t place, int64_t i) {
        y[place] =
            std::fma(x[upper] - x[lower], op.getFractions()[i], x[lower]);
      });
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateInterpolateFixed(qnn::InterpolateFixedOp op,
                                      ArrayRef<Tensor> operands,
                                      Results &results) {
  Tensor result = makeResult(op.getResult());
  MutableArrayRef<int32_t> y = result.getMutable<int32_t>();
  int64_t one = int64_t(1) << int32_t(op.getBits());
  int64_t zeroPoint = int32_t(op.getInputZeroPoint());
  bool fits = true;
  visitInterpolation(
      op, operands[0], result,
      [&](int64_t lower, int64_t upper, int64_t place, int64_t i) {
        int64_t fraction = op.getFractions()[i];
        int64_t sum =
            (operands[0].getInteger(lower) - zeroPoint) * (one - fraction) +
            (operands[0].getInteger(upper) - zeroPoint) * fraction;
        y[place] = int32_t(sum);
        fits &= sum == y[place];
      });
  results.push_back(std::move(result));
  return fits ? Error::success() : makeError(op, "a sum is outside i32");
}

void reference::addMovementEvaluators(EvaluatorTable &table) {
  table.add(evaluateConcat);
  table.add(evaluateSlice);
  table.add(evaluatePad);
  table.add(evaluateReshape);
  table.add(evaluateTranspose);
  table.add(evaluateBroadcast);
  table.add(evaluateGather);
  table.add(evaluateInterpolate);
  table.add(evaluateInterpolateFixed);
}
