//===- TransposedConvolution.cpp - Transposed convolutions ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A transposed convolution of stride s writes, for each remainder r of the
// output position by s, an ordinary convolution of the input with the taps
// whose number has that remainder, in reverse order. All of them are one
// convolution with s * s times as many output channels; its result is spread
// over space and cropped. No zero is multiplied but those that make up the last
// taps.
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "SlidingWindow.h"

using namespace quantopt;
using namespace quantopt::onnx;

namespace {
/// One spatial dimension.
struct Dimension {
  int64_t size = 1, kernel = 1, stride = 1, dilation = 1;
  int64_t before = 0; ///< positions cut off at the start of the full result
  int64_t output = 1;

  /// Positions that one input reaches.
  int64_t getExtent() const { return (kernel - 1) * dilation + 1; }
  /// Taps of the convolution for one remainder.
  int64_t getTaps() const { return (getExtent() + stride - 1) / stride; }
  /// Results of that convolution: all that the output needs.
  int64_t getPlaces() const { return (before + output + stride - 1) / stride; }
};
} // namespace

static constexpr int64_t kLimit = int64_t(1) << 30;

/// Values of an attribute, one per spatial dimension.
static FailureOr<SmallVector<int64_t>> readInts(NodeImporter &op,
                                                StringRef name, size_t count,
                                                int64_t missing, int64_t low) {
  SmallVector<int64_t> values = op.getInts(name);
  if (values.empty())
    values.assign(count, missing);
  for (int64_t value : values)
    if (values.size() != count || value < low || value >= kLimit)
      return op.malformed("expected " + Twine(count) +
                          " numbers >= " + Twine(low) + " in '" + name +
                          "', but got " + formatShape(values));
  return values;
}

/// Splits the padding that an output of a given size asks for.
static void padForOutput(Dimension &d, int64_t wanted, int64_t extra,
                         bool moreAtEnd) {
  int64_t full = (d.size - 1) * d.stride + d.getExtent() + extra;
  int64_t total = std::max<int64_t>(full - wanted, 0);
  d.before = moreAtEnd ? total / 2 : total - total / 2;
  d.output = wanted;
}

/// Reads the geometry of every spatial dimension.
static FailureOr<SmallVector<Dimension>> readGeometry(NodeImporter &op) {
  ArrayRef<int64_t> sizes = op.getShape(0).drop_front(2);
  ArrayRef<int64_t> kernel = op.getShape(1).drop_front(2);
  size_t rank = sizes.size();
  auto strides = readInts(op, "strides", rank, 1, 1);
  auto dilations = readInts(op, "dilations", rank, 1, 1);
  auto pads = readInts(op, "pads", 2 * rank, 0, 0);
  auto extra = readInts(op, "output_padding", rank, 0, 0);
  auto wanted = readInts(op, "output_shape", rank, 0, 0);
  std::string mode = op.getString("auto_pad", "NOTSET");
  if (failed(strides) || failed(dilations) || failed(pads) || failed(extra) ||
      failed(wanted))
    return failure();
  bool same = mode == "SAME_UPPER" || mode == "SAME_LOWER";
  if (!same && mode != "NOTSET" && mode != "VALID" && !mode.empty())
    return op.malformed("unknown auto_pad '" + mode + "'");
  SmallVector<Dimension> result;
  for (size_t i = 0; i < rank; ++i) {
    Dimension d;
    d.size = sizes[i];
    d.kernel = kernel[i];
    d.stride = (*strides)[i];
    d.dilation = (*dilations)[i];
    int64_t given = (*wanted)[i];
    if (same && given == 0)
      given = d.size * d.stride;
    if (given != 0) {
      padForOutput(d, given, (*extra)[i], mode == "SAME_UPPER");
    } else {
      bool isValid = mode == "VALID";
      d.before = isValid ? 0 : (*pads)[i];
      int64_t after = isValid ? 0 : (*pads)[rank + i];
      d.output = (d.size - 1) * d.stride + d.getExtent() + (*extra)[i] -
                 d.before - after;
    }
    if (d.output < 1 || d.output > kLimit || d.stride > (1 << 15))
      return op.malformed("the output has " + Twine(d.output) +
                          " elements along spatial dimension " + Twine(i));
    result.push_back(d);
  }
  if (rank == 1)
    result.insert(result.begin(), Dimension());
  return result;
}

/// Appends zeros of the value's kind along an axis.
static FailureOr<ImportValue> appendZeros(NodeImporter &op,
                                          const ImportValue &value,
                                          int64_t axis, int64_t count) {
  if (count == 0)
    return value;
  SmallVector<int64_t> shape(value.getShape());
  shape[axis] = count;
  std::optional<int64_t> elements = getNumElements(shape);
  if (!elements || *elements > maxFoldedElements)
    return op.malformed("the spread weight is too large");
  ElementType type = value.isHost() ? value.host.getType() : ElementType::Float;
  return op.concat({value, ImportValue(HostTensor(type, shape))}, axis);
}

/// A weight C x O' x K... with the taps of spatial dimension `axis` at the
/// distance of its dilation, filled up to whole strides, and split into (taps
/// in reverse order) x (remainders).
static FailureOr<ImportValue> splitTaps(NodeImporter &op, ImportValue value,
                                        int64_t axis, const Dimension &d) {
  auto resized = [&](ArrayRef<int64_t> sizes) {
    SmallVector<int64_t> shape(value.getShape());
    shape.erase(shape.begin() + axis);
    shape.insert(shape.begin() + axis, sizes.begin(), sizes.end());
    return shape;
  };
  FailureOr<ImportValue> next = value;
  if (d.dilation > 1) {
    next = op.reshape(value, resized({d.kernel, 1}));
    if (succeeded(next))
      next = appendZeros(op, *next, axis + 1, d.dilation - 1);
    if (succeeded(next))
      next = op.reshape(*next, resized({d.kernel * d.dilation}));
    if (failed(next))
      return failure();
    value = *next;
    SmallVector<int64_t> offsets(value.getRank(), 0), ones(value.getRank(), 1);
    next = op.slice(value, offsets, ones, resized({d.getExtent()}));
  }
  if (succeeded(next))
    next = appendZeros(op, *next, axis, d.getTaps() * d.stride - d.getExtent());
  if (succeeded(next))
    next = op.reshape(*next, resized({d.getTaps(), d.stride}));
  if (failed(next))
    return failure();
  SmallVector<int64_t> reversed;
  for (int64_t i = d.getTaps(); i-- > 0;)
    reversed.push_back(i);
  return op.gather(*next, axis, reversed);
}

/// The weight C x O' x KH x KW as (groups x SH x SW x O') x TH x TW x C'.
static FailureOr<ImportValue> arrangeWeight(NodeImporter &op, ImportValue value,
                                            ArrayRef<Dimension> d,
                                            int64_t groups) {
  FailureOr<ImportValue> next = splitTaps(op, std::move(value), 3, d[1]);
  if (succeeded(next))
    next = splitTaps(op, *next, 2, d[0]);
  if (failed(next))
    return failure();
  SmallVector<int64_t> s(next->getShape()); // C O' TH SH TW SW
  next =
      op.reshape(*next, {groups, s[0] / groups, s[1], s[2], s[3], s[4], s[5]});
  if (succeeded(next))
    next = op.transpose(*next, {0, 4, 6, 2, 3, 5, 1});
  if (failed(next))
    return failure();
  return op.reshape(*next,
                    {groups * s[3] * s[5] * s[1], s[2], s[4], s[0] / groups});
}

/// The arranged weight in the IR. Integers stay integers when missing taps are
/// zeros and scales belong to output channels.
static FailureOr<Value> getWeight(NodeImporter &op, ArrayRef<Dimension> d,
                                  int64_t groups) {
  ImportValue weight = op.getInput(1);
  SmallVector<int64_t> shape(weight.getShape());
  if (shape.size() == 3)
    shape.insert(shape.begin() + 2, 1);
  bool keepsIntegers = weight.isQuantized() && weight.quantized->axis < 2 &&
                       weight.quantized->axis != 0 &&
                       llvm::all_of(weight.quantized->zeroPoints,
                                    [](int64_t z) { return z == 0; });
  if (!keepsIntegers) {
    if (weight.isQuantized()) {
      FailureOr<Value> real = op.toFloat(weight);
      if (failed(real))
        return failure();
      weight = ImportValue(*real);
    }
    FailureOr<ImportValue> wide = op.reshape(weight, shape);
    if (succeeded(wide))
      wide = arrangeWeight(op, *wide, d, groups);
    return failed(wide) ? FailureOr<Value>(failure()) : op.toFloat(*wide);
  }
  QuantizedConstant constant = *weight.quantized;
  FailureOr<ImportValue> arranged = arrangeWeight(
      op, ImportValue(constant.values.reshaped(shape)), d, groups);
  if (failed(arranged))
    return failure();
  constant.values = arranged->host;
  if (constant.axis == 1) {
    // One row of scales for each group and remainder.
    SmallVector<float> row = constant.scales;
    SmallVector<int64_t> zeros = constant.zeroPoints;
    for (int64_t i = 1; i < groups * d[0].stride * d[1].stride; ++i) {
      constant.scales.append(row);
      constant.zeroPoints.append(zeros);
    }
    constant.axis = 0;
  }
  return op.toFloat(std::move(constant));
}

/// The bias, repeated for every remainder within its group.
static FailureOr<Value> getBias(NodeImporter &op, ArrayRef<Dimension> d,
                                int64_t groups) {
  if (!op.hasInput(2))
    return Value();
  int64_t perGroup = op.getShape(1)[1], copies = d[0].stride * d[1].stride;
  if (op.getShape(2) != ArrayRef<int64_t>(perGroup * groups))
    return op.malformed("expected " + Twine(perGroup * groups) +
                        " biases, but got shape " +
                        formatShape(op.getShape(2)));
  FailureOr<ImportValue> bias =
      op.reshape(op.getInput(2), {groups, 1, perGroup});
  if (succeeded(bias))
    bias = op.broadcast(*bias, {groups, copies, perGroup});
  if (succeeded(bias))
    bias = op.reshape(*bias, {groups * copies * perGroup});
  return failed(bias) ? FailureOr<Value>(failure()) : op.toFloat(*bias);
}

/// Spreads the channels of N x Q x P x (groups x SH x SW x O') over space and
/// cuts the output out.
static FailureOr<Value> spread(NodeImporter &op, Value planes,
                               ArrayRef<Dimension> d, int64_t groups) {
  SmallVector<int64_t> s(getShape(planes));
  int64_t sh = d[0].stride, sw = d[1].stride;
  int64_t perGroup = s[3] / (groups * sh * sw);
  FailureOr<ImportValue> value =
      op.reshape(planes, {s[0], s[1], s[2], groups, sh, sw, perGroup});
  if (succeeded(value))
    value = op.transpose(*value, {0, 1, 4, 2, 5, 3, 6});
  if (succeeded(value))
    value = op.reshape(*value, {s[0], s[1] * sh, s[2] * sw, groups * perGroup});
  if (succeeded(value))
    value = op.slice(*value, {0, d[0].before, d[1].before, 0}, {1, 1, 1, 1},
                     {s[0], d[0].output, d[1].output, groups * perGroup});
  return failed(value) ? FailureOr<Value>(failure()) : value->runtime;
}

/// Fails unless ranks and channels of input and weight fit.
static LogicalResult checkShapes(NodeImporter &op, int64_t groups) {
  ArrayRef<int64_t> input = op.getShape(0), weight = op.getShape(1);
  if (input.size() < 3 || input.size() != weight.size())
    return op.malformed("expected input and weight of one rank >= 3, but got " +
                        formatShape(input) + " and " + formatShape(weight));
  if (input.size() > 4)
    return op.unsupported(Twine(input.size() - 2) +
                          "-d convolution, transposed");
  bool positive = llvm::all_of(weight, [](int64_t size) { return size > 0; });
  if (groups < 1 || !positive || weight[0] != input[1] ||
      input[1] % groups != 0)
    return op.malformed("expected groups (" + Twine(groups) +
                        ") to divide the channels of input " +
                        formatShape(input) + " and weight " +
                        formatShape(weight));
  ArrayRef<int64_t> kernel = weight.drop_front(2);
  SmallVector<int64_t> declared = op.getInts("kernel_shape", kernel);
  if (ArrayRef<int64_t>(declared) != kernel)
    return op.malformed("expected kernel_shape " + formatShape(kernel) +
                        ", the weight's, but got " + formatShape(declared));
  return success();
}

static LogicalResult importConvTranspose(NodeImporter &op) {
  int64_t groups = op.getInt("group", 1);
  if (failed(op.expectInputs(2, 3)) || failed(checkShapes(op, groups)))
    return failure();
  FailureOr<SmallVector<Dimension>> d = readGeometry(op);
  FailureOr<Value> input = op.getFloat(0);
  if (failed(d) || failed(input))
    return failure();
  FailureOr<Value> planes = toWindowLayout(op, *input);
  FailureOr<Value> weight = getWeight(op, *d, groups);
  FailureOr<Value> bias = getBias(op, *d, groups);
  if (failed(planes) || failed(weight) || failed(bias))
    return failure();
  SlidingWindow window;
  for (const Dimension &one : *d) {
    window.kernel.push_back(one.getTaps());
    window.strides.push_back(1);
    window.dilations.push_back(1);
    window.before.push_back(one.getTaps() - 1);
    // Places beyond the input may be missing or be too many.
    window.after.push_back(std::max<int64_t>(one.getPlaces() - one.size, 0));
  }
  qnn::WindowAttr geometry = window.getAttribute(op.getContext());
  Value convolved = qnn::Conv2DOp::create(
      op.getBuilder(), op.getLoc(),
      getWindowResultType(*planes, geometry, getShape(*weight)[0]), *planes,
      *weight, *bias, geometry, groups);
  FailureOr<Value> result = spread(op, convolved, *d, groups);
  if (succeeded(result))
    result = fromWindowLayout(op, *result, op.getRank(0));
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

ArrayRef<OpRow> quantopt::onnx::getTransposedConvolutionOps() {
  static const OpRow rows[] = {
      {"ConvTranspose", 7, importConvTranspose, "1-d and 2-d"},
  };
  return rows;
}
