//===- FuseAsymmetric.cpp - Products with zero points of run time ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// With a zero point `z` that is found at run time, the sum of `(x - z) * w` is
/// the sum of `x * w` minus `z` times the sum of the weights, which is known.
/// Padding is `z` then, like any other element.
///
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <array>

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// What a contraction multiplies.
struct Factors {
  Value input;
  SmallVector<int8_t> weight;
  SmallVector<int64_t> shape; // of the weight
};
} // namespace

/// The sum of each row of a weight.
static SmallVector<int32_t> sumRows(ArrayRef<int64_t> values, int64_t rowSize) {
  SmallVector<int32_t> sums;
  for (; !values.empty(); values = values.drop_front(rowSize)) {
    int64_t sum = 0;
    for (int64_t w : values.take_front(rowSize))
      sum += w;
    sums.push_back(int32_t(sum));
  }
  return sums;
}

/// Whether every sum of `(x - z) * w` with 8-bit `x` and `z` fits 32 bits.
static bool sumsFit(ArrayRef<int64_t> values, int64_t rowSize) {
  for (; !values.empty(); values = values.drop_front(rowSize)) {
    int64_t sum = 0;
    for (int64_t w : values.take_front(rowSize))
      sum += std::abs(w);
    if (255 * sum > INT32_MAX)
      return false;
  }
  return true;
}

/// The input with the window's padding around it.
static Value padInput(OpBuilder &builder, Conv2DOp conv,
                      DequantizeDynamicOp input) {
  ArrayRef<int64_t> pads = conv.getWindow().getPads();
  auto type = cast<RankedTensorType>(input.getInput().getType());
  SmallVector<int64_t> shape(type.getShape()), low = {0, pads[0], pads[1], 0},
                                               high = {0, pads[2], pads[3], 0};
  for (size_t i = 0; i < shape.size(); ++i)
    shape[i] += low[i] + high[i];
  return PadOp::create(builder, conv.getLoc(), type.clone(shape),
                       input.getInput(), input.getZeroPoints(), low, high,
                       APFloat(0.0f), 0);
}

/// An integer as a sum of three of 8 bits, the first ones as large as they can
/// be: 200 = 127 + 73 + 0, 255 = 127 + 127 + 1.
static std::array<int8_t, 3> getParts(int64_t weight) {
  std::array<int8_t, 3> parts;
  for (int8_t &part : parts) {
    part = int8_t(std::clamp<int64_t>(weight, -128, 127));
    weight -= part;
  }
  return parts;
}

/// Weights of more than 8 bits: the input channels that have some are read
/// again, with the parts that are not 0.
static void splitWeight(OpBuilder &builder, Location loc,
                        ArrayRef<int64_t> values, Factors &factors) {
  int64_t channels = factors.shape.back();
  SmallVector<std::pair<int64_t, size_t>> large; // channels and their parts
  for (size_t part : {1, 2})
    for (int64_t c = 0; c < channels; ++c)
      for (int64_t i = c; i < int64_t(values.size()); i += channels)
        if (getParts(values[i])[part] != 0) {
          large.emplace_back(c, part);
          break;
        }
  for (; !values.empty(); values = values.drop_front(channels)) {
    for (int64_t w : values.take_front(channels))
      factors.weight.push_back(getParts(w)[0]);
    for (auto [c, part] : large)
      factors.weight.push_back(getParts(values[c])[part]);
  }
  if (large.empty())
    return;
  factors.shape.back() += int64_t(large.size());
  auto type = cast<RankedTensorType>(factors.input.getType());
  int64_t axis = type.getRank() - 1;
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = int64_t(large.size());
  Value again =
      GatherOp::create(builder, loc, type.clone(shape), factors.input, axis,
                       llvm::to_vector(llvm::make_first_range(large)));
  shape.back() = factors.shape.back();
  factors.input = ConcatOp::create(builder, loc, type.clone(shape),
                                   ValueRange{factors.input, again}, axis);
}

/// The same for groups: all input channels are read as often.
static void splitGroups(OpBuilder &builder, Location loc,
                        ArrayRef<int64_t> values, int64_t groups,
                        Factors &factors) {
  int64_t channels = factors.shape.back();
  int64_t count = 2;
  for (int64_t w : values)
    if (getParts(w)[2] != 0)
      count = 3;
  for (; !values.empty(); values = values.drop_front(channels))
    for (int64_t part = 0; part < count; ++part)
      for (int64_t w : values.take_front(channels))
        factors.weight.push_back(getParts(w)[part]);
  factors.shape.back() *= count;
  SmallVector<int64_t> again;
  for (int64_t c = 0; c < groups * channels * count; ++c)
    again.push_back(c / (count * channels) * channels + c % channels);
  auto type = cast<RankedTensorType>(factors.input.getType());
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = int64_t(again.size());
  factors.input = GatherOp::create(builder, loc, type.clone(shape),
                                   factors.input, type.getRank() - 1, again);
}

std::optional<IntegerWeight> quantopt::centerWeight(OpBuilder &builder,
                                                    ContractionOpInterface op,
                                                    Value &input,
                                                    bool mayRepeatGroups) {
  auto found = findIntegerConstant(op.getWeightOperand().get());
  auto *constant = std::get_if<IntegerConstant>(&found);
  auto read = readCenteredWeight(op.getWeightOperand().get());
  auto *weight = std::get_if<CenteredWeight>(&read);
  if (!constant || constant->storage.getWidth() != 8 || !weight)
    return std::nullopt;
  bool fits =
      llvm::all_of(weight->values, [](int64_t w) { return llvm::isInt<8>(w); });
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  int64_t groups = conv ? int64_t(conv.getGroups()) : 1;
  Factors factors{input, {}, SmallVector<int64_t>(constant->type.getShape())};
  if (fits || groups == 1)
    splitWeight(builder, op->getLoc(), weight->values, factors);
  else if (mayRepeatGroups)
    splitGroups(builder, op->getLoc(), weight->values, groups, factors);
  else
    return std::nullopt;
  input = factors.input;
  return IntegerWeight{
      std::move(factors.weight), weight->scales,
      RankedTensorType::get(factors.shape, builder.getI8Type())};
}

/// The exact sums of input times weight, without padding.
static Value createPlainSums(OpBuilder &builder, ContractionOpInterface op,
                             const Factors &factors) {
  auto type = RankedTensorType::get(factors.shape, builder.getI8Type());
  Value weight = createIntegers(builder, op->getLoc(), type, factors.weight);
  Type sumType = cast<RankedTensorType>(op->getResult(0).getType())
                     .clone(builder.getI32Type());
  IntegerAttr zero = builder.getI32IntegerAttr(0);
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  if (!conv)
    return DenseOp::create(builder, op->getLoc(), sumType, factors.input,
                           weight, Value(), zero);
  WindowAttr window = conv.getWindow();
  auto plain =
      WindowAttr::get(builder.getContext(), window.getKernel(),
                      window.getStrides(), window.getDilations(), {0, 0, 0, 0});
  return Conv2DOp::create(builder, op->getLoc(), sumType, factors.input, weight,
                          Value(), plain, conv.getGroupsAttr(), zero);
}

std::optional<std::string>
quantopt::fuseAsymmetricSums(ContractionOpInterface op,
                             DequantizeDynamicOp input) {
  auto read = readCenteredWeight(op.getWeightOperand().get());
  if (auto *reason = std::get_if<std::string>(&read))
    return *reason;
  const auto &weight = std::get<CenteredWeight>(read);
  auto type = cast<RankedTensorType>(op.getWeightOperand().get().getType());
  int64_t rowSize = getRowSize(type.getShape());
  auto bias = readBias(op.getBiasValue(), type.getDimSize(0));
  if (!bias)
    return "its bias is not a finite constant";
  if (!sumsFit(weight.values, rowSize))
    return "its sums may exceed 32 bits";
  auto conv = dyn_cast<Conv2DOp>(op.getOperation());
  bool fits =
      llvm::all_of(weight.values, [](int64_t w) { return llvm::isInt<8>(w); });
  if (!fits && conv && conv.getGroups() != 1)
    return "weights of groups minus their zero points exceed 8 bits";
  OpBuilder builder(op);
  Factors factors{input.getInput(), {}, SmallVector<int64_t>(type.getShape())};
  if (conv && conv.getWindow().hasPadding())
    factors.input = padInput(builder, conv, input);
  splitWeight(builder, op->getLoc(), weight.values, factors);
  Value sums = createPlainSums(builder, op, factors);
  SmallVector<int32_t> rowSums = sumRows(weight.values, rowSize);
  DenseF32ArrayAttr offsets;
  if (op.getBiasValue())
    offsets = getShortArray(builder, *bias);
  Value result =
      ScaleSumsOp::create(builder, op->getLoc(), op->getResult(0).getType(),
                          sums, input.getScales(), input.getZeroPoints(),
                          getShortArray(builder, weight.scales), offsets,
                          builder.getDenseI32ArrayAttr(rowSums));
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return std::nullopt;
}
