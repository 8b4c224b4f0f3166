//===- Resize.cpp - Resize and Upsample -----------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Sizes and coordinates are known at import, so that resizing becomes one
/// gather (nearest) or interpolation (linear) per resized dimension.
///
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;

namespace {
/// How one dimension is resized.
struct Dimension {
  int64_t input = 1, output = 1;
  double scale = 1;
  /// The part that is resized, for 'tf_crop_and_resize'.
  double start = 0, end = 1;
};

/// The attributes of the operator.
struct ResizeMode {
  std::string method, transform, rounding;
  double extrapolation = 0;
};
} // namespace

/// The largest integer that is not above x; |x| < 2^62.
static int64_t floorToInt(double x) {
  int64_t whole = static_cast<int64_t>(x);
  return x < double(whole) ? whole - 1 : whole;
}

//===----------------------------------------------------------------------===//
// Coordinates
//===----------------------------------------------------------------------===//

/// The place in the input that position `i` of the output comes from; nothing
/// for an unknown transformation.
static std::optional<double> getSource(StringRef transform,
                                       const Dimension &dim, int64_t i) {
  double x = double(i), in = double(dim.input), out = double(dim.output);
  // Not rounded: a scale that does not give a whole size moves the corner.
  double exact = dim.scale * in;
  double halfPixel = (x + 0.5) / dim.scale - 0.5;
  if (transform == "half_pixel")
    return halfPixel;
  if (transform == "pytorch_half_pixel")
    return dim.output > 1 ? halfPixel : 0;
  if (transform == "align_corners")
    return dim.output > 1 ? x * (in - 1) / (exact - 1) : 0;
  if (transform == "asymmetric")
    return x / dim.scale;
  if (transform == "tf_half_pixel_for_nn")
    return (x + 0.5) / dim.scale;
  if (transform == "half_pixel_symmetric")
    return in / 2 * (1 - out / exact) + halfPixel;
  if (transform == "tf_crop_and_resize")
    return dim.output > 1 ? dim.start * (in - 1) +
                                x * (dim.end - dim.start) * (in - 1) / (out - 1)
                          : 0.5 * (dim.start + dim.end) * (in - 1);
  return std::nullopt;
}

/// The nearest element by one of the rounding rules; nothing for another name.
static std::optional<int64_t> roundSource(StringRef rounding, double x) {
  if (rounding == "floor")
    return floorToInt(x);
  if (rounding == "ceil")
    return -floorToInt(-x);
  if (rounding == "round_prefer_floor")
    return -floorToInt(-(x - 0.5));
  if (rounding == "round_prefer_ceil")
    return floorToInt(x + 0.5);
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Emission
//===----------------------------------------------------------------------===//

/// Resizes one axis to the nearest elements.
static FailureOr<ImportValue> resizeNearest(NodeImporter &op,
                                            const ImportValue &value,
                                            int64_t axis, const Dimension &dim,
                                            StringRef rounding,
                                            ArrayRef<double> sources) {
  SmallVector<int64_t> indices;
  bool identity = dim.input == dim.output;
  for (auto [i, source] : llvm::enumerate(sources)) {
    std::optional<int64_t> index = roundSource(rounding, source);
    if (!index)
      return op.malformed("unknown nearest_mode '" + rounding + "'");
    indices.push_back(std::clamp<int64_t>(*index, 0, dim.input - 1));
    identity &= indices.back() == int64_t(i);
  }
  if (identity)
    return value;
  return op.gather(value, axis, indices);
}

/// Resizes one axis by linear interpolation.
static FailureOr<ImportValue> resizeLinear(NodeImporter &op,
                                           const ImportValue &value,
                                           int64_t axis, const Dimension &dim,
                                           ArrayRef<double> sources) {
  SmallVector<int64_t> lower, upper;
  SmallVector<float> fractions;
  bool identity = dim.input == dim.output;
  for (auto [i, source] : llvm::enumerate(sources)) {
    int64_t below = floorToInt(source);
    lower.push_back(std::clamp<int64_t>(below, 0, dim.input - 1));
    upper.push_back(std::clamp<int64_t>(below + 1, 0, dim.input - 1));
    fractions.push_back(static_cast<float>(source - double(below)));
    identity &= lower.back() == int64_t(i) && fractions.back() == 0;
  }
  if (identity)
    return value;
  FailureOr<Value> input = op.toFloat(value);
  if (failed(input))
    return failure();
  SmallVector<int64_t> shape(value.getShape());
  shape[axis] = dim.output;
  auto type = cast<RankedTensorType>(input->getType()).clone(shape);
  return ImportValue(qnn::InterpolateOp::create(op.getBuilder(), op.getLoc(),
                                                type, *input, axis, lower,
                                                upper, fractions)
                         .getResult());
}

/// Resizes one axis.
static FailureOr<ImportValue> resizeAxis(NodeImporter &op,
                                         const ImportValue &value, int64_t axis,
                                         const Dimension &dim,
                                         const ResizeMode &mode) {
  if (dim.output > maxIndices)
    return op.malformed("the size " + Twine(dim.output) + " is too large");
  SmallVector<double> sources;
  for (int64_t i = 0; i < dim.output; ++i) {
    std::optional<double> source = getSource(mode.transform, dim, i);
    if (!source)
      return op.unsupported("coordinate transformation '" + mode.transform +
                            "'");
    if (mode.transform == "tf_crop_and_resize" &&
        (*source < 0 || *source > double(dim.input - 1)))
      return op.unsupported("extrapolation outside the input");
    if (!(*source > -0x1p50 && *source < 0x1p50))
      return op.malformed("the scale " + std::to_string(dim.scale) +
                          " is too small");
    sources.push_back(*source);
  }
  if (mode.method == "nearest")
    return resizeNearest(op, value, axis, dim, mode.rounding, sources);
  return resizeLinear(op, value, axis, dim, sources);
}

/// Resizes all dimensions, with channels last when only space changes.
static LogicalResult emitResize(NodeImporter &op, ArrayRef<Dimension> dims,
                                const ResizeMode &mode) {
  int64_t rank = dims.size();
  ImportValue value = op.getInput(0);
  auto changes = [&](int64_t i) {
    return dims[i].scale != 1 || mode.transform == "tf_crop_and_resize";
  };
  bool spatial = rank >= 3 && value.isRuntime() && !changes(0) && !changes(1);
  FailureOr<Value> input = op.toTensor(value);
  if (failed(input))
    return failure();
  if (spatial) {
    FailureOr<Value> last = op.toChannelsLast(*input);
    if (failed(last))
      return failure();
    input = *last;
  }
  value = ImportValue(*input);
  for (int64_t i = 0; i < rank; ++i) {
    if (!changes(i))
      continue;
    FailureOr<ImportValue> next =
        resizeAxis(op, value, spatial ? i - 1 : i, dims[i], mode);
    if (failed(next))
      return failure();
    value = *next;
  }
  if (spatial) {
    FailureOr<Value> first = op.toChannelsFirst(value.runtime);
    if (failed(first))
      return failure();
    value = ImportValue(*first);
  }
  return op.setResult(0, value);
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// Sets sizes from scales.
static LogicalResult applyScales(NodeImporter &op, ArrayRef<float> scales,
                                 ArrayRef<int64_t> axes,
                                 MutableArrayRef<Dimension> dims) {
  if (scales.size() != axes.size())
    return op.malformed("expected " + Twine(axes.size()) + " scales, but got " +
                        Twine(scales.size()));
  for (auto [scale, axis] : llvm::zip_equal(scales, axes)) {
    double size = double(dims[axis].input) * scale;
    if (!(scale > 0) || !(size >= 1) || !(size <= double(maxIndices)))
      return op.malformed("the scale " + std::to_string(scale) +
                          " is not possible");
    dims[axis].scale = scale;
    dims[axis].output = floorToInt(size);
  }
  return success();
}

/// Sets scales from sizes, keeping the aspect ratio if asked to.
static LogicalResult applySizes(NodeImporter &op, ArrayRef<int64_t> sizes,
                                ArrayRef<int64_t> axes,
                                MutableArrayRef<Dimension> dims) {
  std::string policy = op.getString("keep_aspect_ratio_policy", "stretch");
  if (sizes.size() != axes.size())
    return op.malformed("expected " + Twine(axes.size()) + " sizes, but got " +
                        Twine(sizes.size()));
  double least = 0x1p62, most = 0;
  for (auto [size, axis] : llvm::zip_equal(sizes, axes)) {
    if (size < 1 || size > maxIndices)
      return op.malformed("the size " + Twine(size) + " is not possible");
    dims[axis].output = size;
    dims[axis].scale = double(size) / double(dims[axis].input);
    least = std::min(least, dims[axis].scale);
    most = std::max(most, dims[axis].scale);
  }
  if (policy == "stretch")
    return success();
  if (policy != "not_larger" && policy != "not_smaller")
    return op.malformed("unknown keep_aspect_ratio_policy '" + policy + "'");
  for (int64_t axis : axes) {
    dims[axis].scale = policy == "not_larger" ? least : most;
    dims[axis].output =
        floorToInt(dims[axis].scale * double(dims[axis].input) + 0.5);
    if (dims[axis].output < 1 || dims[axis].output > maxIndices)
      return op.malformed("a dimension vanishes or becomes too large");
  }
  return success();
}

/// Every dimension of the input, not resized yet.
static FailureOr<SmallVector<Dimension>> startDimensions(NodeImporter &op) {
  SmallVector<Dimension> dims;
  for (int64_t size : op.getShape(0)) {
    if (size < 1)
      return op.malformed("expected an input with elements");
    Dimension dim;
    dim.input = dim.output = size;
    dims.push_back(dim);
  }
  return dims;
}

/// [0, rank) or the attribute 'axes'.
static FailureOr<SmallVector<int64_t>> readAxes(NodeImporter &op) {
  int64_t rank = op.getRank(0);
  SmallVector<int64_t> axes = op.getInts("axes");
  if (failed(op.normalizeAxes(axes, rank)))
    return failure();
  for (int64_t &axis : axes)
    axis = *op.normalizeAxis(axis, rank);
  if (!op.hasAttribute("axes"))
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back(i);
  return axes;
}

/// Reads the region of 'tf_crop_and_resize'.
static LogicalResult readRegion(NodeImporter &op, ArrayRef<int64_t> axes,
                                MutableArrayRef<Dimension> dims) {
  FailureOr<SmallVector<float>> region = op.getHostFloats(1, "roi");
  if (failed(region))
    return failure();
  if (region->size() != 2 * axes.size())
    return op.malformed("expected " + Twine(2 * axes.size()) +
                        " numbers in roi, but got " + Twine(region->size()));
  for (auto [i, axis] : llvm::enumerate(axes)) {
    dims[axis].start = (*region)[i];
    dims[axis].end = (*region)[i + axes.size()];
  }
  return success();
}

/// Whether input `i` is given and not an empty tensor, which old writers use
/// for "left out".
static bool hasElements(NodeImporter &op, unsigned i) {
  return op.hasInput(i) && !llvm::is_contained(op.getShape(i), 0);
}

/// Resize since operator set 11.
static LogicalResult importResize11(NodeImporter &op, ResizeMode mode) {
  mode.transform = op.getString("coordinate_transformation_mode", "half_pixel");
  mode.rounding = op.getString("nearest_mode", "round_prefer_floor");
  if (failed(op.expectInputs(1, 4)))
    return failure();
  FailureOr<SmallVector<Dimension>> dims = startDimensions(op);
  FailureOr<SmallVector<int64_t>> axes = readAxes(op);
  if (failed(dims) || failed(axes))
    return failure();
  if (mode.transform == "tf_crop_and_resize" &&
      failed(readRegion(op, *axes, *dims)))
    return failure();
  if (hasElements(op, 2) == hasElements(op, 3))
    return op.malformed("expected either scales or sizes");
  if (hasElements(op, 2)) {
    FailureOr<SmallVector<float>> scales = op.getHostFloats(2, "scales");
    if (failed(scales) || failed(applyScales(op, *scales, *axes, *dims)))
      return failure();
  } else {
    FailureOr<SmallVector<int64_t>> sizes = op.getHostInts(3, "sizes");
    if (failed(sizes) || failed(applySizes(op, *sizes, *axes, *dims)))
      return failure();
  }
  bool shrinks =
      llvm::any_of(*dims, [](const Dimension &dim) { return dim.scale < 1; });
  if (op.getInt("antialias", 0) != 0 && shrinks && mode.method != "nearest")
    return op.unsupported("antialias");
  return emitResize(op, *dims, mode);
}

static LogicalResult importResize(NodeImporter &op) {
  ResizeMode mode;
  mode.method = op.getString("mode", "nearest");
  if (mode.method == "bilinear")
    mode.method = "linear";
  if (mode.method != "nearest" && mode.method != "linear")
    return op.unsupported("mode '" + mode.method + "'");
  if (op.getOpType() == "Resize" && op.getOpset() >= 11)
    return importResize11(op, mode);
  mode.transform = "asymmetric";
  mode.rounding = "floor";
  bool hasAttribute = op.getOpset() < 9;
  if (failed(op.expectInputs(hasAttribute ? 1 : 2, hasAttribute ? 1 : 2)))
    return failure();
  FailureOr<SmallVector<float>> scales =
      hasAttribute ? op.getFloats("scales") : op.getHostFloats(1, "scales");
  FailureOr<SmallVector<Dimension>> dims = startDimensions(op);
  FailureOr<SmallVector<int64_t>> axes = readAxes(op);
  if (failed(scales) || failed(dims) || failed(axes) ||
      failed(applyScales(op, *scales, *axes, *dims)))
    return failure();
  return emitResize(op, *dims, mode);
}

ArrayRef<OpRow> quantopt::onnx::getResizeOps() {
  static const OpRow rows[] = {
      {"Resize", 10, importResize,
       "nearest and linear; sizes or scales constants; no antialias when "
       "shrinking, no extrapolation"},
      {"Upsample", 7, importResize, "nearest and linear; scales constants", 9},
  };
  return rows;
}
