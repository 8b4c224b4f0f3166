//===- Movement.cpp - Operators that move elements ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::tflite;

/// RESHAPE, SQUEEZE and EXPAND_DIMS: the model says what shape the result has,
/// whatever computes it.
static LogicalResult importReshape(OpImporter &op) {
  if (failed(op.expect(1, 2)))
    return failure();
  FailureOr<Value> input = op.getReal(0);
  if (failed(input))
    return failure();
  FailureOr<Value> result = op.reshape(*input, op.getResult(0).shape);
  return failed(result) ? failure() : op.setResult(0, *result);
}

static LogicalResult importTranspose(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> permutation =
      op.getInts(1, "the permutation");
  FailureOr<Value> input = op.getReal(0);
  if (failed(permutation) || failed(input))
    return failure();
  SmallVector<int64_t> sorted(*permutation);
  llvm::sort(sorted);
  int64_t rank = op.getShape(0).size();
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, rank)))
    return op.malformed("expected a permutation of " + Twine(rank) +
                        " dimensions, but got " + formatShape(*permutation));
  return op.setResult(0, op.transpose(*input, *permutation));
}

/// Low and high amounts from input 1 of shape [rank, 2].
static LogicalResult readPads(OpImporter &op, SmallVectorImpl<int64_t> &low,
                              SmallVectorImpl<int64_t> &high) {
  FailureOr<SmallVector<int64_t>> pads = op.getInts(1, "the padding");
  if (failed(pads))
    return failure();
  int64_t rank = op.getShape(0).size();
  if (int64_t(pads->size()) != 2 * rank)
    return op.malformed("expected " + Twine(2 * rank) +
                        " amounts of padding, but got " + Twine(pads->size()));
  for (auto [i, amount] : llvm::enumerate(*pads)) {
    if (amount < 0 || amount > 1 << 20)
      return op.malformed("the amount of padding " + Twine(amount) +
                          " is negative or too large");
    (i % 2 == 0 ? low : high).push_back(amount);
  }
  return success();
}

static LogicalResult importPad(OpImporter &op) {
  if (failed(op.expect(2, 3)))
    return failure();
  SmallVector<int64_t> low, high;
  FailureOr<Value> input = op.getReal(0);
  if (failed(input) || failed(readPads(op, low, high)))
    return failure();
  float number = 0;
  if (op.hasInput(2)) {
    const Tensor &value = op.getInput(2);
    if (!op.isConstant(2) || value.getNumElements() != 1)
      return op.unsupported("a padding value that is not one constant");
    if (value.type == ElementType::Float32) {
      number = FlatVector<float>(*value.data)[0];
    } else {
      llvm::Expected<qnn::AffineType> type =
          getAffineType(value, op.getContext());
      if (!type)
        return op.unsupported("a padding value with " +
                              llvm::toString(type.takeError()));
      number = type->getScale() *
               float(readIntegers(value)[0] - type->getZeroPoint());
    }
  }
  return op.setResult(0, op.pad(*input, low, high, number));
}

static LogicalResult importMirrorPad(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  SmallVector<int64_t> low, high;
  FailureOr<Value> value = op.getReal(0);
  if (failed(value) || failed(readPads(op, low, high)))
    return failure();
  // REFLECT leaves out the border itself.
  int64_t skipped = op.getOption<int8_t>(0, 0) == 0 ? 1 : 0;
  for (auto [axis, size] :
       llvm::enumerate(SmallVector<int64_t>(op.getShape(0)))) {
    if (low[axis] == 0 && high[axis] == 0)
      continue;
    if (std::max(low[axis], high[axis]) > size - skipped)
      return op.malformed("mirrors more elements than there are");
    SmallVector<int64_t> indices;
    for (int64_t i = -low[axis]; i < size + high[axis]; ++i)
      indices.push_back(i < 0       ? -i - 1 + skipped
                        : i >= size ? 2 * size - 1 - i - skipped
                                    : i);
    value = op.gather(*value, axis, indices);
  }
  return op.setResult(0, *value);
}

/// Joins values along an axis.
static FailureOr<Value> join(OpImporter &op, ArrayRef<Value> values,
                             int64_t axis) {
  SmallVector<int64_t> shape(getShape(values.front()));
  shape[axis] = 0;
  for (Value value : values) {
    SmallVector<int64_t> own(getShape(value));
    if (own.size() != shape.size())
      return op.malformed("joins tensors of different rank");
    shape[axis] += own[axis];
    own[axis] = shape[axis];
    if (own != shape)
      return op.malformed("joins " + formatShape(getShape(value)) + " and " +
                          formatShape(getShape(values.front())) +
                          " along axis " + Twine(axis));
  }
  return qnn::ConcatOp::create(
             op.getBuilder(), op.getLoc(),
             cast<RankedTensorType>(values.front().getType()).clone(shape),
             values, axis)
      .getResult();
}

/// The inputs as real numbers, at least one.
static FailureOr<SmallVector<Value>> getAll(OpImporter &op) {
  unsigned count = op.getNumInputs();
  if (count == 0 || failed(op.expect(count, count)))
    return op.malformed("expected at least one input");
  SmallVector<Value> values;
  for (unsigned i = 0; i < count; ++i) {
    FailureOr<Value> value = op.getReal(i);
    if (failed(value))
      return failure();
    values.push_back(*value);
  }
  return values;
}

static LogicalResult importConcat(OpImporter &op) {
  FailureOr<SmallVector<Value>> values = getAll(op);
  if (failed(values))
    return failure();
  FailureOr<int64_t> axis = op.normalizeAxis(op.getOption<int32_t>(0, 0),
                                             getShape(values->front()).size());
  if (failed(axis))
    return failure();
  FailureOr<Value> result = join(op, *values, *axis);
  return failed(result)
             ? failure()
             : op.setActivated(0, *result, op.getOption<int8_t>(1, 0));
}

static LogicalResult importPack(OpImporter &op) {
  FailureOr<SmallVector<Value>> values = getAll(op);
  if (failed(values))
    return failure();
  FailureOr<int64_t> axis = op.normalizeAxis(
      op.getOption<int32_t>(1, 0), getShape(values->front()).size() + 1);
  if (failed(axis))
    return failure();
  for (Value &value : *values) {
    SmallVector<int64_t> shape(getShape(value));
    if (*axis > int64_t(shape.size()))
      return op.malformed("joins tensors of different rank");
    shape.insert(shape.begin() + *axis, 1);
    value = *op.reshape(value, shape);
  }
  FailureOr<Value> result = join(op, *values, *axis);
  return failed(result) ? failure() : op.setResult(0, *result);
}

static LogicalResult importGather(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> indices = op.getInts(1, "the indices");
  FailureOr<Value> input = op.getReal(0);
  if (failed(indices) || failed(input))
    return failure();
  if (op.getOption<int32_t>(1, 0) != 0)
    return op.unsupported("batch dimensions");
  SmallVector<int64_t> shape(getShape(*input));
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getOption<int32_t>(0, 0), shape.size());
  if (failed(axis))
    return failure();
  if (indices->empty())
    return op.unsupported("a result without elements");
  for (int64_t index : *indices)
    if (index < 0 || index >= shape[*axis])
      return op.malformed("index " + Twine(index) + " is not in [0, " +
                          Twine(shape[*axis]) + ")");
  Value value = op.gather(*input, *axis, *indices);
  SmallVector<int64_t> result(ArrayRef<int64_t>(shape).take_front(*axis));
  llvm::append_range(result, op.getShape(1));
  llvm::append_range(result, ArrayRef<int64_t>(shape).drop_front(*axis + 1));
  return op.setResult(0, *op.reshape(value, result));
}

/// Blocks of `size` x `size` positions become channels, or the reverse.
template <bool toDepth> static LogicalResult importBlocks(OpImporter &op) {
  if (failed(op.expect(1, 1)))
    return failure();
  FailureOr<Value> input = op.getReal(0);
  if (failed(input))
    return failure();
  SmallVector<int64_t> s(getShape(*input));
  int64_t size = op.getOption<int32_t>(0, 0);
  bool fits = s.size() == 4 && size >= 1 && size <= 1024;
  if (fits)
    fits = toDepth ? s[1] % size == 0 && s[2] % size == 0
                   : s[3] % (size * size) == 0;
  if (!fits)
    return op.malformed("blocks of " + Twine(size) +
                        " do not divide the input " + formatShape(s));
  Value value;
  if (toDepth) {
    value =
        *op.reshape(*input, {s[0], s[1] / size, size, s[2] / size, size, s[3]});
    value = op.transpose(value, {0, 1, 3, 2, 4, 5});
    value = *op.reshape(value,
                        {s[0], s[1] / size, s[2] / size, s[3] * size * size});
  } else {
    value = *op.reshape(*input,
                        {s[0], s[1], s[2], size, size, s[3] / (size * size)});
    value = op.transpose(value, {0, 1, 3, 2, 4, 5});
    value = *op.reshape(value,
                        {s[0], s[1] * size, s[2] * size, s[3] / (size * size)});
  }
  return op.setResult(0, value);
}

ArrayRef<OpRow> tflite::getMovementOps() {
  constexpr SourceForm moves = SourceForm::Moves;
  static const OpRow rows[] = {
      {2, "CONCATENATION", importConcat, moves},
      {5, "DEPTH_TO_SPACE", importBlocks<false>, moves},
      {22, "RESHAPE", importReshape, moves},
      {26, "SPACE_TO_DEPTH", importBlocks<true>, moves},
      {34, "PAD", importPad, moves, "amounts constants"},
      {36, "GATHER", importGather, moves, "indices constants"},
      {39, "TRANSPOSE", importTranspose, moves, "permutation a constant"},
      {43, "SQUEEZE", importReshape, moves},
      {60, "PADV2", importPad, moves, "amounts and value constants"},
      {70, "EXPAND_DIMS", importReshape, moves},
      {83, "PACK", importPack, moves},
      {100, "MIRROR_PAD", importMirrorPad, moves, "amounts constants"},
  };
  return rows;
}
