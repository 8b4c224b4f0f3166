//===- Slices.cpp - Parts of tensors --------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::tflite;

static LogicalResult importSlice(OpImporter &op) {
  if (failed(op.expect(3, 3)))
    return failure();
  FailureOr<SmallVector<int64_t>> begin = op.getInts(1, "the start");
  FailureOr<SmallVector<int64_t>> size = op.getInts(2, "the size");
  FailureOr<Value> input = op.getReal(0);
  if (failed(begin) || failed(size) || failed(input))
    return failure();
  SmallVector<int64_t> shape(getShape(*input));
  if (begin->size() != shape.size() || size->size() != shape.size())
    return op.malformed("expected a start and a size for each of " +
                        Twine(shape.size()) + " dimensions");
  for (auto [i, full] : llvm::enumerate(shape)) {
    int64_t &part = (*size)[i], from = (*begin)[i];
    if (part == -1) // up to the end
      part = full - from;
    if (from < 0 || part < 1 || from > full || part > full - from)
      return op.malformed("takes " + Twine(part) + " elements from " +
                          Twine(from) + " on, but dimension " + Twine(i) +
                          " has " + Twine(full));
  }
  return op.setResult(
      0,
      op.slice(*input, *begin, SmallVector<int64_t>(shape.size(), 1), *size));
}

namespace {
enum SliceField {
  BeginMask,
  EndMask,
  EllipsisMask,
  NewAxisMask,
  ShrinkMask,
  IsOffset
};

/// One dimension of a strided slice.
struct Range {
  int64_t from, stride, count;
};
} // namespace

/// The elements from `begin` up to `end` in steps of `stride` of a dimension;
/// none of the first two where its mask is set.
static Range getRange(int64_t size, std::optional<int64_t> begin,
                      std::optional<int64_t> end, int64_t stride) {
  auto place = [&](int64_t i) {
    i = i < 0 ? i + size : i;
    return stride > 0 ? std::clamp<int64_t>(i, 0, size)
                      : std::clamp<int64_t>(i, -1, size - 1);
  };
  int64_t from = begin ? place(*begin) : stride > 0 ? 0 : size - 1;
  int64_t to = end ? place(*end) : stride > 0 ? size : -1;
  int64_t span = stride > 0 ? to - from : from - to;
  int64_t step = std::abs(stride);
  return {from, stride, span <= 0 ? 0 : (span + step - 1) / step};
}

static LogicalResult importStridedSlice(OpImporter &op) {
  if (failed(op.expect(4, 4)))
    return failure();
  FailureOr<SmallVector<int64_t>> begin = op.getInts(1, "the start");
  FailureOr<SmallVector<int64_t>> end = op.getInts(2, "the end");
  FailureOr<SmallVector<int64_t>> steps = op.getInts(3, "the steps");
  FailureOr<Value> input = op.getReal(0);
  if (failed(begin) || failed(end) || failed(steps) || failed(input))
    return failure();
  if (op.getOption<int32_t>(EllipsisMask, 0) ||
      op.getOption<int32_t>(NewAxisMask, 0) ||
      op.getOption<uint8_t>(IsOffset, 0))
    return op.unsupported("ellipsis, new axes or offsets");
  SmallVector<int64_t> shape(getShape(*input));
  size_t given = begin->size();
  if (given > shape.size() || end->size() != given || steps->size() != given)
    return op.malformed("expected as many starts, ends and steps as "
                        "dimensions, but got " +
                        Twine(given) + ", " + Twine(end->size()) + " and " +
                        Twine(steps->size()));
  auto has = [&](unsigned mask, size_t i) {
    return (op.getOption<int32_t>(mask, 0) >> i & 1) != 0;
  };
  SmallVector<int64_t> offsets, strides, sizes, result;
  for (auto [i, size] : llvm::enumerate(shape)) {
    Range range{0, 1, size};
    bool shrinks = i < given && has(ShrinkMask, i);
    if (i < given) {
      int64_t step = (*steps)[i];
      if (step == 0 || step < INT32_MIN || step > INT32_MAX)
        return op.malformed("the step " + Twine(step));
      std::optional<int64_t> from, to;
      if (!has(BeginMask, i))
        from = (*begin)[i];
      if (!has(EndMask, i))
        to = (*end)[i];
      range = getRange(size, from, to, step);
      if (shrinks && range.count > 0)
        range = {range.from, 1, 1};
    }
    if (range.count < 1)
      return op.unsupported("a result without elements");
    offsets.push_back(range.from);
    strides.push_back(range.stride);
    sizes.push_back(range.count);
    if (!shrinks)
      result.push_back(range.count);
  }
  Value value = op.slice(*input, offsets, strides, sizes);
  return op.setResult(0, *op.reshape(value, result));
}

/// Cuts input `data` along an axis into parts of these sizes.
static LogicalResult cut(OpImporter &op, unsigned data, int64_t axis,
                         ArrayRef<int64_t> parts) {
  FailureOr<Value> input = op.getReal(data);
  if (failed(input))
    return failure();
  SmallVector<int64_t> shape(getShape(*input));
  SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
  int64_t whole = shape[axis], sum = 0;
  for (int64_t part : parts) {
    if (part < 1 || part > whole)
      return op.malformed("a part has " + Twine(part) + " of " + Twine(whole) +
                          " elements");
    sum += part;
  }
  if (sum != whole || parts.size() != op.getNumResults())
    return op.malformed("the parts have " + Twine(sum) + " elements of " +
                        Twine(whole));
  for (auto [i, part] : llvm::enumerate(parts)) {
    shape[axis] = part;
    if (failed(op.setResult(i, op.slice(*input, offsets, ones, shape))))
      return failure();
    offsets[axis] += part;
  }
  return success();
}

/// SPLIT: the axis is input 0.
static LogicalResult importSplit(OpImporter &op) {
  if (failed(op.expect(2, 2, op.getNumResults())))
    return failure();
  FailureOr<SmallVector<int64_t>> axis = op.getInts(0, "the axis");
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> shape = op.getShape(1);
  int64_t count = op.getNumResults();
  if (axis->size() != 1 || count == 0)
    return op.malformed("expected one axis and at least one result");
  FailureOr<int64_t> normal = op.normalizeAxis(axis->front(), shape.size());
  if (failed(normal))
    return failure();
  return cut(op, 1, *normal,
             SmallVector<int64_t>(count, shape[*normal] / count));
}

/// SPLIT_V: sizes are input 1, one of them may be -1; the axis is input 2.
static LogicalResult importSplitV(OpImporter &op) {
  if (failed(op.expect(3, 3, op.getNumResults())))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes = op.getInts(1, "the sizes");
  FailureOr<SmallVector<int64_t>> axis = op.getInts(2, "the axis");
  if (failed(sizes) || failed(axis))
    return failure();
  ArrayRef<int64_t> shape = op.getShape(0);
  if (axis->size() != 1)
    return op.malformed("expected one axis, but got " + Twine(axis->size()));
  FailureOr<int64_t> normal = op.normalizeAxis(axis->front(), shape.size());
  if (failed(normal))
    return failure();
  int64_t known = 0;
  for (int64_t size : *sizes)
    known += std::max<int64_t>(size, 0);
  for (int64_t &size : *sizes)
    if (size == -1)
      size = shape[*normal] - known;
  return cut(op, 0, *normal, *sizes);
}

static LogicalResult importUnpack(OpImporter &op) {
  if (failed(op.expect(1, 1, op.getNumResults())))
    return failure();
  FailureOr<Value> input = op.getReal(0);
  if (failed(input))
    return failure();
  SmallVector<int64_t> shape(getShape(*input));
  FailureOr<int64_t> axis =
      op.normalizeAxis(op.getOption<int32_t>(1, 0), shape.size());
  if (failed(axis))
    return failure();
  if (shape[*axis] != int64_t(op.getNumResults()))
    return op.malformed("has " + Twine(op.getNumResults()) +
                        " results for a dimension of " + Twine(shape[*axis]));
  SmallVector<int64_t> offsets(shape.size(), 0), ones(shape.size(), 1);
  shape[*axis] = 1;
  SmallVector<int64_t> rest(shape);
  rest.erase(rest.begin() + *axis);
  for (unsigned i = 0; i < op.getNumResults(); ++i) {
    offsets[*axis] = i;
    Value part = op.slice(*input, offsets, ones, shape);
    if (failed(op.setResult(i, *op.reshape(part, rest))))
      return failure();
  }
  return success();
}

ArrayRef<OpRow> tflite::getSliceOps() {
  constexpr SourceForm moves = SourceForm::Moves;
  static const OpRow rows[] = {
      {45, "STRIDED_SLICE", importStridedSlice, moves,
       "start, end and steps constants; no ellipsis, no new axes"},
      {49, "SPLIT", importSplit, moves},
      {65, "SLICE", importSlice, moves, "start and size constants"},
      {88, "UNPACK", importUnpack, moves},
      {102, "SPLIT_V", importSplitV, moves, "sizes constants"},
  };
  return rows;
}
