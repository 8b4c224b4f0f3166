//===- TensorOps.cpp - Upstream's tensor ops ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluators.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "quant-opt/Reference/ScalarProgram.h"

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

/// Values of offsets, sizes or strides: constants, or index operands in order.
static SmallVector<int64_t> resolve(ArrayRef<int64_t> constants,
                                    ArrayRef<Tensor> operands) {
  SmallVector<int64_t> values;
  size_t next = 0;
  for (int64_t constant : constants)
    values.push_back(ShapedType::isDynamic(constant)
                         ? operands[next++].getInteger(0)
                         : constant);
  return values;
}

namespace {
/// A box inside a tensor: what extract_slice reads and insert_slice writes.
struct Slice {
  int64_t offset = 0;
  SmallVector<int64_t> sizes, strides;
};
} // namespace

/// The box of an op with these operands. Fails when it leaves `shape`.
template <typename OpT>
static Error getSlice(OpT op, ArrayRef<Tensor> operands,
                      ArrayRef<int64_t> shape, Slice &slice) {
  auto [offsetIndex, offsetCount] = op.getODSOperandIndexAndLength(
      op.getOffsetSizeAndStrideStartOperandIndex());
  auto [sizeIndex, sizeCount] = op.getODSOperandIndexAndLength(
      op.getOffsetSizeAndStrideStartOperandIndex() + 1);
  auto [strideIndex, strideCount] = op.getODSOperandIndexAndLength(
      op.getOffsetSizeAndStrideStartOperandIndex() + 2);
  SmallVector<int64_t> offsets =
      resolve(op.getStaticOffsets(), operands.slice(offsetIndex, offsetCount));
  slice.sizes =
      resolve(op.getStaticSizes(), operands.slice(sizeIndex, sizeCount));
  slice.strides =
      resolve(op.getStaticStrides(), operands.slice(strideIndex, strideCount));
  SmallVector<int64_t> own = getRowMajorStrides(shape);
  for (size_t d = 0; d < shape.size(); ++d) {
    int64_t last = offsets[d] + (slice.sizes[d] - 1) * slice.strides[d];
    bool isEmpty = slice.sizes[d] == 0;
    if (!isEmpty && (offsets[d] < 0 || offsets[d] >= shape[d] || last < 0 ||
                     last >= shape[d]))
      return makeError(op, "reaches outside dimension " + Twine(d) +
                               " of size " + Twine(shape[d]));
    slice.offset += offsets[d] * own[d];
    slice.strides[d] *= own[d];
  }
  return Error::success();
}

/// Copies between a box of one tensor and a whole other one.
static void copySlice(const Slice &slice, const Tensor &source, Tensor &target,
                      bool isInsert) {
  if (ShapedType::getNumElements(slice.sizes) == 0)
    return;
  SmallVector<int64_t> dense = getRowMajorStrides(slice.sizes);
  source.visit([&](auto from) {
    using T = typename decltype(from)::value_type;
    T *to = target.getMutable<T>().data();
    if (isInsert)
      copyStrided<T>(slice.sizes, from.data(), dense, to + slice.offset,
                     slice.strides);
    else
      copyStrided<T>(slice.sizes, from.data() + slice.offset, slice.strides, to,
                     dense);
  });
}

static Error evaluateExtractSlice(tensor::ExtractSliceOp op,
                                  ArrayRef<Tensor> operands, Results &results) {
  Slice slice;
  if (Error error = getSlice(op, operands, operands[0].getShape(), slice))
    return error;
  Tensor result = makeResult(op.getResult());
  copySlice(slice, operands[0], result, /*isInsert=*/false);
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateInsertSlice(tensor::InsertSliceOp op,
                                 ArrayRef<Tensor> operands, Results &results) {
  Slice slice;
  if (Error error = getSlice(op, operands, operands[1].getShape(), slice))
    return error;
  Tensor result = operands[1];
  copySlice(slice, operands[0], result, /*isInsert=*/true);
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateEmpty(tensor::EmptyOp op, ArrayRef<Tensor>,
                           Results &results) {
  results.push_back(makeResult(op.getResult()));
  return Error::success();
}

/// collapse_shape, expand_shape, cast: the same elements in the same order.
template <typename OpT>
static Error evaluateSameElements(OpT op, ArrayRef<Tensor> operands,
                                  Results &results) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  if (type.getNumElements() != operands[0].getNumElements())
    return makeError(op, "expected as many elements in the result");
  results.push_back(operands[0].withType(type));
  return Error::success();
}

static Error evaluateExtract(tensor::ExtractOp op, ArrayRef<Tensor> operands,
                             Results &results) {
  int64_t position = 0;
  for (auto [d, size] : llvm::enumerate(operands[0].getShape())) {
    int64_t index = operands[1 + d].getInteger(0);
    if (index < 0 || index >= size)
      return makeError(op, "reads outside its tensor");
    position = position * size + index;
  }
  Tensor result = makeResult(op.getResult());
  setScalar(result, 0, getScalar(operands[0], position));
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateFromElements(tensor::FromElementsOp op,
                                  ArrayRef<Tensor> operands, Results &results) {
  Tensor result = makeResult(op.getResult());
  for (auto [i, operand] : llvm::enumerate(operands))
    setScalar(result, i, getScalar(operand, 0));
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateSplat(tensor::SplatOp op, ArrayRef<Tensor> operands,
                           Results &results) {
  Tensor result = makeResult(op.getResult());
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i)
    setScalar(result, i, getScalar(operands[0], 0));
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluateConcat(tensor::ConcatOp op, ArrayRef<Tensor> operands,
                            Results &results) {
  Tensor result = makeResult(op.getResult());
  Slice slice;
  slice.strides = getRowMajorStrides(result.getShape());
  for (const Tensor &operand : operands) {
    slice.sizes.assign(operand.getShape().begin(), operand.getShape().end());
    copySlice(slice, operand, result, /*isInsert=*/true);
    slice.offset +=
        operand.getShape()[op.getDim()] * slice.strides[op.getDim()];
  }
  results.push_back(std::move(result));
  return Error::success();
}

static Error evaluatePad(tensor::PadOp op, ArrayRef<Tensor> operands,
                         Results &results) {
  auto program = ScalarProgram::compile(op.getRegion());
  if (!program)
    return program.takeError();
  Tensor result = makeResult(op.getResult());
  ScalarProgram::Frame frame =
      program->bind(selectCaptures(op, operands, program->getCaptures()));
  SmallVector<int64_t> strides = getRowMajorStrides(result.getShape());
  for (int64_t i = 0, e = result.getNumElements(); i < e; ++i) {
    SmallVector<Scalar> indices;
    for (size_t d = 0; d < strides.size(); ++d)
      indices.push_back(
          Scalar::fromInteger(i / strides[d] % result.getShape()[d]));
    Scalar value;
    if (Error error = program->run(frame, indices, {}, value))
      return error;
    setScalar(result, i, value);
  }
  size_t lowCount = op.getLow().size();
  SmallVector<int64_t> low =
      resolve(op.getStaticLow(), operands.slice(1, lowCount));
  Slice slice;
  slice.sizes.assign(operands[0].getShape().begin(),
                     operands[0].getShape().end());
  slice.strides = strides;
  for (size_t d = 0; d < strides.size(); ++d)
    slice.offset += low[d] * strides[d];
  copySlice(slice, operands[0], result, /*isInsert=*/true);
  results.push_back(std::move(result));
  return Error::success();
}

void reference::addTensorEvaluators(EvaluatorTable &table) {
  table.add(evaluateConcat);
  table.add(evaluateEmpty);
  table.add(evaluateExtract);
  table.add(evaluateExtractSlice);
  table.add(evaluateFromElements);
  table.add(evaluateInsertSlice);
  table.add(evaluatePad);
  table.add(evaluateSameElements<tensor::CastOp>);
  table.add(evaluateSameElements<tensor::CollapseShapeOp>);
  table.add(evaluateSameElements<tensor::ExpandShapeOp>);
  table.add(evaluateSplat);
}
