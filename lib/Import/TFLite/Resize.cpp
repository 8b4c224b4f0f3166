//===- Resize.cpp - Images of other sizes ---------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Sizes are known at import, so that resizing is one gather (nearest) or one
/// interpolation (bilinear) for height and one for width.
///
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "quant-opt/Dialect/QNN/Utils/SourcePlaces.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::tflite;

namespace {
/// How coordinates are computed.
struct Mode {
  bool alignCorners, halfPixels;
};
} // namespace

/// The distance of neighbours in the input, in binary32 as TFLite computes it.
static float getStep(int64_t in, int64_t out, Mode mode) {
  return mode.alignCorners && out > 1 ? float(in - 1) / float(out - 1)
                                      : float(in) / float(out);
}

/// Resizes one axis to the nearest elements.
static Value resizeNearest(OpImporter &op, Value input, int64_t axis,
                           int64_t size, Mode mode) {
  int64_t in = getShape(input)[axis];
  float step = getStep(in, size, mode), offset = mode.halfPixels ? 0.5f : 0.0f;
  SmallVector<int64_t> indices;
  for (int64_t i = 0; i < size; ++i) {
    float place = (float(i) + offset) * step;
    float nearest = mode.alignCorners ? std::round(place) : std::floor(place);
    indices.push_back(std::clamp<int64_t>(int64_t(nearest), 0, in - 1));
  }
  return op.gather(input, axis, indices);
}

/// The places at which the kernel for bytes reads: a step with 10 bits behind
/// the point, and multiples of it. Empty for sizes at which they may overflow.
static SmallVector<int32_t> getSourcePlaces(int64_t in, int64_t out,
                                            Mode mode) {
  if (in > 1 << 20)
    return {};
  bool toCorners = mode.alignCorners && out > 1;
  int64_t from = toCorners ? in - 1 : in, to = toCorners ? out - 1 : out;
  int64_t step = ((from << 10) + to / 2) / to;
  int64_t start = mode.halfPixels ? step / 2 - (1 << 9) : 0;
  SmallVector<int32_t> places;
  for (int64_t i = 0; i < out; ++i)
    places.push_back(int32_t(i * step + start));
  return places;
}

/// Resizes one axis by linear interpolation.
static Value resizeLinear(OpImporter &op, Value input, int64_t axis,
                          int64_t size, Mode mode) {
  SmallVector<int64_t> shape(getShape(input)), lower, upper;
  SmallVector<float> fractions;
  int64_t in = shape[axis];
  float step = getStep(in, size, mode);
  for (int64_t i = 0; i < size; ++i) {
    float place =
        mode.halfPixels ? (float(i) + 0.5f) * step - 0.5f : float(i) * step;
    auto below = int64_t(std::floor(place));
    lower.push_back(std::clamp<int64_t>(below, 0, in - 1));
    upper.push_back(std::clamp<int64_t>(below + 1, 0, in - 1));
    fractions.push_back(place - float(below));
  }
  shape[axis] = size;
  auto result = qnn::InterpolateOp::create(
      op.getBuilder(), op.getLoc(),
      cast<RankedTensorType>(input.getType()).clone(shape), input, axis, lower,
      upper, fractions);
  if (op.getInput(0).type == ElementType::Int8)
    result->setAttr(
        qnn::getSourcePlacesAttrName(),
        op.getBuilder().getDenseI32ArrayAttr(getSourcePlaces(in, size, mode)));
  return result;
}

using Resizer = Value (*)(OpImporter &, Value, int64_t, int64_t, Mode);

/// `first` is the number of the first field of the options that counts.
template <Resizer resize, unsigned first>
static LogicalResult importResize(OpImporter &op) {
  if (failed(op.expect(2, 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> sizes = op.getInts(1, "the size");
  FailureOr<Value> value = op.getReal(0);
  if (failed(sizes) || failed(value))
    return failure();
  ArrayRef<int64_t> shape = getShape(*value);
  if (shape.size() != 4 || sizes->size() != 2)
    return op.malformed("expected an input of rank 4 and two sizes");
  Mode mode{op.getOption<uint8_t>(first, 0) != 0,
            op.getOption<uint8_t>(first + 1, 0) != 0};
  if (mode.alignCorners && mode.halfPixels)
    return op.malformed("aligns corners and has half-pixel centers");
  for (int64_t size : *sizes)
    if (size < 1 || size > 1 << 16)
      return op.malformed("the size " + Twine(size) + " is not possible");
  for (auto [i, size] : llvm::enumerate(*sizes))
    if (getShape(*value)[1 + i] != size)
      value = resize(op, *value, 1 + i, size, mode);
  return op.setResult(0, *value);
}

ArrayRef<OpRow> tflite::getResizeOps() {
  static const OpRow rows[] = {
      {23, "RESIZE_BILINEAR", importResize<resizeLinear, 2>, SourceForm::Exact,
       "size a constant"},
      {97, "RESIZE_NEAREST_NEIGHBOR", importResize<resizeNearest, 0>,
       SourceForm::Moves, "size a constant"},
  };
  return rows;
}
