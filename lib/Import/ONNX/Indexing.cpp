//===- Indexing.cpp - Slice, Split, Gather, Pad, Tile ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;

//===----------------------------------------------------------------------===//
// Slice
//===----------------------------------------------------------------------===//

namespace {
/// The operands of Slice, attributes or inputs.
struct SliceOperands {
  SmallVector<int64_t> starts, ends, axes, steps;
};
} // namespace

static FailureOr<SliceOperands> readSlice(NodeImporter &op) {
  SliceOperands result;
  if (op.getOpset() < 10) {
    result.starts = op.getInts("starts");
    result.ends = op.getInts("ends");
    result.axes = op.getInts("axes");
  } else {
    std::pair<const char *, SmallVector<int64_t> *> fields[] = {
        {"starts", &result.starts},
        {"ends", &result.ends},
        {"axes", &result.axes},
        {"steps", &result.steps}};
    for (auto [i, field] : llvm::enumerate(fields)) {
      if (i >= 2 && !op.hasInput(i + 1))
        continue;
      FailureOr<SmallVector<int64_t>> values =
          op.getHostInts(i + 1, field.first);
      if (failed(values))
        return failure();
      *field.second = std::move(*values);
    }
  }
  size_t count = result.starts.size();
  for (size_t i = result.axes.size(); result.axes.empty() && i < count; ++i)
    for (size_t axis = 0; axis < count; ++axis)
      result.axes.push_back(axis);
  if (result.steps.empty())
    result.steps.assign(count, 1);
  if (result.ends.size() != count || result.axes.size() != count ||
      result.steps.size() != count)
    return op.malformed("expected as many ends, axes and steps as starts (" +
                        Twine(count) + ")");
  return result;
}

static LogicalResult importSlice(NodeImporter &op) {
  if (failed(op.getOpset() < 10 ? op.expectInputs(1, 1)
                                : op.expectInputs(3, 5)))
    return failure();
  FailureOr<SliceOperands> operands = readSlice(op);
  if (failed(operands))
    return failure();
  SmallVector<int64_t> sizes(op.getShape(0));
  int64_t rank = sizes.size();
  SmallVector<int64_t> offsets(rank, 0), strides(rank, 1);
  if (failed(op.normalizeAxes(operands->axes, rank)))
    return failure();
  for (auto [start, end, declared, step] : llvm::zip_equal(
           operands->starts, operands->ends, operands->axes, operands->steps)) {
    int64_t axis = *op.normalizeAxis(declared, rank), size = sizes[axis];
    if (step == 0 || step == INT64_MIN)
      return op.malformed("step " + Twine(step) + " is not possible");
    // Ends outside the tensor stand for the nearest end inside.
    auto limit = [&, step = step](int64_t bound) {
      int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
      if (bound < 0)
        bound = bound < -size ? low : bound + size;
      return std::clamp(bound, low, high);
    };
    int64_t from = limit(start), to = limit(end);
    int64_t span = step > 0 ? to - from : from - to;
    int64_t stride = step > 0 ? step : -step;
    sizes[axis] = span > 0 ? (span - 1) / stride + 1 : 0;
    offsets[axis] = from;
    strides[axis] = sizes[axis] > 1 ? step : 1;
  }
  FailureOr<ImportValue> result =
      op.slice(op.getInput(0), offsets, strides, sizes);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

//===----------------------------------------------------------------------===//
// Split
//===----------------------------------------------------------------------===//

/// The sizes of the parts along an axis of `size` elements.
static FailureOr<SmallVector<int64_t>> readParts(NodeImporter &op,
                                                 int64_t size) {
  SmallVector<int64_t> parts;
  if (op.getOpset() < 13) {
    parts = op.getInts("split");
  } else if (op.hasInput(1)) {
    FailureOr<SmallVector<int64_t>> given = op.getHostInts(1, "split");
    if (failed(given))
      return failure();
    parts = std::move(*given);
  }
  int64_t count = op.getNumResults();
  if (parts.empty()) {
    if (op.getInt("num_outputs", count) != count || count == 0)
      return op.malformed("expected num_outputs to be the number of outputs");
    // Equal parts, the last one smaller.
    int64_t part = (size + count - 1) / count;
    for (int64_t rest = size; int64_t(parts.size()) < count; rest -= part)
      parts.push_back(std::clamp<int64_t>(rest, 0, part));
  }
  int64_t sum = 0;
  for (int64_t part : parts)
    sum = part < 0 || part > size ? size + 1 : std::min(sum + part, size + 1);
  if (static_cast<int64_t>(parts.size()) != count || sum != size)
    return op.malformed("expected " + Twine(count) + " parts that add up to " +
                        Twine(size) + ", but got " + formatShape(parts));
  return parts;
}

static LogicalResult importSplit(NodeImporter &op) {
  int64_t declared = op.getInt("axis", 0);
  if (failed(op.expectInputs(1, op.getOpset() < 13 ? 1 : 2)))
    return failure();
  FailureOr<int64_t> axis = op.normalizeAxis(declared, op.getRank(0));
  if (failed(axis))
    return failure();
  FailureOr<SmallVector<int64_t>> parts = readParts(op, op.getShape(0)[*axis]);
  if (failed(parts))
    return failure();
  SmallVector<int64_t> offsets(op.getRank(0), 0), strides(op.getRank(0), 1);
  SmallVector<int64_t> sizes(op.getShape(0));
  for (auto [i, part] : llvm::enumerate(*parts)) {
    sizes[*axis] = part;
    if (op.hasResult(i)) {
      FailureOr<ImportValue> value =
          op.slice(op.getInput(0), offsets, strides, sizes);
      if (failed(value) || failed(op.setResult(i, *value)))
        return failure();
    }
    offsets[*axis] += part;
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Gather
//===----------------------------------------------------------------------===//

static LogicalResult importGather(NodeImporter &op) {
  int64_t declared = op.getInt("axis", 0);
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<int64_t> axis = op.normalizeAxis(declared, op.getRank(0));
  FailureOr<SmallVector<int64_t>> indices =
      failed(axis) ? FailureOr<SmallVector<int64_t>>(failure())
                   : op.getHostInts(1, "the indices");
  if (failed(indices))
    return failure();
  ArrayRef<int64_t> data = op.getShape(0), inserted = op.getShape(1);
  for (int64_t &index : *indices)
    if (index < 0)
      index += data[*axis];
  FailureOr<ImportValue> picked = op.gather(op.getInput(0), *axis, *indices);
  if (failed(picked))
    return failure();
  SmallVector<int64_t> shape(data.take_front(*axis));
  shape.append(inserted.begin(), inserted.end());
  shape.append(data.begin() + *axis + 1, data.end());
  FailureOr<ImportValue> result = op.reshape(*picked, shape);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

namespace {
/// The operands of Pad, for every dimension.
struct PadOperands {
  SmallVector<int64_t> low, high;
  float value = 0;
};
} // namespace

/// Reads the amounts: attributes before operator set 11, then inputs; axes
/// since 18.
static FailureOr<PadOperands> readPad(NodeImporter &op) {
  int64_t rank = op.getRank(0);
  FailureOr<SmallVector<int64_t>> pads = op.getInts("pads");
  SmallVector<int64_t> axes;
  PadOperands result;
  result.value = op.getFloat("value", 0.0f);
  if (op.getOpset() >= 11) {
    pads = op.getHostInts(1, "pads");
    if (failed(pads))
      return failure();
    if (op.hasInput(2) && op.getInput(2).getShape() != ArrayRef<int64_t>(0)) {
      FailureOr<double> value = op.getHostScalar(2, "constant_value");
      if (failed(value))
        return failure();
      result.value = static_cast<float>(*value);
    }
  }
  if (op.hasInput(3)) {
    FailureOr<SmallVector<int64_t>> given = op.getHostInts(3, "axes");
    if (failed(given) || failed(op.normalizeAxes(*given, rank)))
      return failure();
    axes = std::move(*given);
  } else {
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back(i);
  }
  constexpr int64_t limit = int64_t(1) << 32;
  bool inRange =
      llvm::all_of(*pads, [](int64_t p) { return p > -limit && p < limit; });
  if (pads->size() != 2 * axes.size() || !inRange)
    return op.malformed("expected " + Twine(2 * axes.size()) +
                        " pads, but got " + formatShape(*pads));
  result.low.assign(rank, 0);
  result.high.assign(rank, 0);
  for (auto [i, declared] : llvm::enumerate(axes)) {
    int64_t axis = *op.normalizeAxis(declared, rank);
    result.low[axis] = (*pads)[i];
    result.high[axis] = (*pads)[i + axes.size()];
  }
  return result;
}

/// Cuts off what negative amounts remove and makes them 0.
static FailureOr<ImportValue> crop(NodeImporter &op, PadOperands &pad) {
  SmallVector<int64_t> offsets, sizes(op.getShape(0));
  for (size_t i = 0; i < sizes.size(); ++i) {
    int64_t front = std::max<int64_t>(-pad.low[i], 0);
    int64_t back = std::max<int64_t>(-pad.high[i], 0);
    offsets.push_back(front);
    sizes[i] -= front + back;
    if (sizes[i] <= 0 && front + back > 0)
      return op.malformed("negative pads remove all of dimension " + Twine(i));
    pad.low[i] = std::max<int64_t>(pad.low[i], 0);
    pad.high[i] = std::max<int64_t>(pad.high[i], 0);
  }
  if (ArrayRef<int64_t>(sizes) == op.getShape(0))
    return op.getInput(0);
  return op.slice(op.getInput(0), offsets,
                  SmallVector<int64_t>(sizes.size(), 1), sizes);
}

/// The element of [0, size) that position `i` outside it copies.
static int64_t mirror(StringRef mode, int64_t i, int64_t size) {
  if (mode == "edge")
    return std::clamp<int64_t>(i, 0, size - 1);
  int64_t period = mode == "wrap" ? size : std::max<int64_t>(2 * size - 2, 1);
  int64_t phase = (i % period + period) % period;
  return phase < size ? phase : period - phase;
}

/// Pads by copying elements of the tensor, one gather per dimension.
static FailureOr<ImportValue> padByCopies(NodeImporter &op, ImportValue value,
                                          StringRef mode,
                                          const PadOperands &pad) {
  for (int64_t axis = 0; axis < value.getRank(); ++axis) {
    if (pad.low[axis] == 0 && pad.high[axis] == 0)
      continue;
    int64_t size = value.getShape()[axis];
    if (size == 0 || size + pad.low[axis] + pad.high[axis] > maxIndices)
      return op.malformed("cannot pad " + formatShape(value.getShape()));
    SmallVector<int64_t> indices;
    for (int64_t i = -pad.low[axis]; i < size + pad.high[axis]; ++i)
      indices.push_back(mirror(mode, i, size));
    FailureOr<ImportValue> next = op.gather(value, axis, indices);
    if (failed(next))
      return failure();
    value = *next;
  }
  return value;
}

static LogicalResult importPad(NodeImporter &op) {
  std::string mode = op.getString("mode", "constant");
  if (failed(op.getOpset() < 11 ? op.expectInputs(1, 1)
                                : op.expectInputs(2, 4)))
    return failure();
  FailureOr<PadOperands> pad = readPad(op);
  if (failed(pad))
    return failure();
  FailureOr<ImportValue> value = crop(op, *pad);
  if (failed(value))
    return failure();
  if (mode == "reflect" || mode == "edge" || mode == "wrap") {
    value = padByCopies(op, *value, mode, *pad);
    return failed(value) ? failure() : op.setResult(0, *value);
  }
  if (mode != "constant")
    return op.malformed("unknown mode '" + mode + "'");
  FailureOr<Value> input =
      pad->value == 0 ? op.toTensor(*value) : op.toFloat(*value);
  if (failed(input))
    return failure();
  SmallVector<int64_t> shape(value->getShape());
  for (auto [size, low, high] : llvm::zip_equal(shape, pad->low, pad->high))
    size += low + high;
  auto type = cast<RankedTensorType>(input->getType()).clone(shape);
  return op.setResult(0,
                      qnn::PadOp::create(op.getBuilder(), op.getLoc(), type,
                                         *input, /*fill=*/Value(), pad->low,
                                         pad->high, llvm::APFloat(pad->value))
                          .getResult());
}

//===----------------------------------------------------------------------===//
// Tile
//===----------------------------------------------------------------------===//

static LogicalResult importTile(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> repeats = op.getHostInts(1, "repeats");
  if (failed(repeats))
    return failure();
  if (static_cast<int64_t>(repeats->size()) != op.getRank(0))
    return op.malformed("expected one repeat per dimension");
  ImportValue value = op.getInput(0);
  for (auto [axis, repeat] : llvm::enumerate(*repeats)) {
    if (repeat == 1)
      continue;
    int64_t size = value.getShape()[axis];
    if (repeat < 0 || (size > 0 && repeat > maxIndices / size))
      return op.malformed("expected repeats that are small, but got " +
                          formatShape(*repeats));
    SmallVector<int64_t> indices;
    for (int64_t i = 0; i < repeat * size; ++i)
      indices.push_back(i % size);
    FailureOr<ImportValue> next = op.gather(value, axis, indices);
    if (failed(next))
      return failure();
    value = *next;
  }
  return op.setResult(0, value);
}

ArrayRef<OpRow> quantopt::onnx::getIndexingOps() {
  static const OpRow rows[] = {
      {"Gather", 7, importGather, "indices a constant"},
      {"Pad", 7, importPad, "pads and value constants"},
      {"Slice", 7, importSlice, "starts, ends, axes and steps constants"},
      {"Split", 7, importSplit, "split a constant"},
      {"Tile", 7, importTile, "repeats a constant"},
  };
  return rows;
}
