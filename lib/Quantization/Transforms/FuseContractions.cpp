//===- FuseContractions.cpp - Contractions on integers --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cmath>
#include <cstring>
#include <variant>

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// The integers of a symmetric weight, with a scale per output channel.
struct IntegerWeight {
  SmallVector<int8_t> values;
  SmallVector<float> scales;
  RankedTensorType type; // of i8
};
} // namespace

/// Reads a dequantized constant as signed 8-bit integers with zero point 0;
/// otherwise says why not.
static std::variant<IntegerWeight, std::string> readWeight(Value value) {
  auto dequantize = value.getDefiningOp<DequantizeOp>();
  auto constant = dequantize ? dequantize.getInput().getDefiningOp<ConstantOp>()
                             : ConstantOp();
  if (!constant)
    return "its weight is not quantized";
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  auto storage = dyn_cast<IntegerType>(element.getStorageType());
  if (!storage || storage.getWidth() > 8)
    return "its weight has no integers of 8 bits or less";
  FailureOr<RowParameters> rows = getRowParameters(constant);
  if (failed(rows))
    return "its weight has more than one scale per output channel";
  int64_t offset =
      storage.isUnsigned() ? int64_t(1) << (storage.getWidth() - 1) : 0;
  for (int64_t zeroPoint : rows->zeroPoints)
    if (zeroPoint != offset)
      return "its weight is not symmetric";
  IntegerWeight weight;
  for (int64_t stored : getStoredIntegers(constant))
    weight.values.push_back(int8_t(stored - offset));
  weight.scales = rows->scales;
  weight.type = RankedTensorType::get(type.getShape(),
                                      IntegerType::get(type.getContext(), 8));
  return weight;
}

namespace {
/// The constants of one integer contraction.
struct Constants {
  SmallVector<int8_t> weight;
  SmallVector<int32_t> bias;
  SmallVector<int32_t> multipliers;
  SmallVector<int32_t> shifts;
  int64_t enlarged = 0;
};
} // namespace

/// Enlarges a channel's scale until its bias fits: rounds the weights again and
/// returns the new scale.
static float enlargeScale(MutableArrayRef<int8_t> row, float scale,
                          double biasInSteps, double limit) {
  float larger = float(double(scale) * std::fabs(biasInSteps) / limit);
  for (int8_t &value : row)
    value = int8_t(clampInteger(
        roundHalfEven(double(value) * double(scale) / double(larger)), -128,
        127));
  return larger;
}

/// The largest bias for sums of weights up to `bound`. Beyond what the weights
/// can reach, a bias only costs precision of the multiplier, and sums up to
/// 2^24 are exact in binary32: a larger scale is better there.
static double getBiasLimit(double bound) {
  double comfortable = std::max(double(1 << 24) - bound, bound);
  return std::min(comfortable, double(INT32_MAX) - bound - 1.0);
}

/// Derives bias and multipliers and proves that sums fit 32 bits; nothing when
/// they cannot.
static std::optional<Constants> deriveConstants(const IntegerWeight &weight,
                                                ArrayRef<float> bias,
                                                const SignedParams &input,
                                                const SignedParams &output) {
  Constants result;
  result.weight = weight.values;
  int64_t rows = weight.scales.size();
  int64_t rowSize = rows ? int64_t(weight.values.size()) / rows : 0;
  for (int64_t r = 0; r < rows; ++r) {
    MutableArrayRef<int8_t> row(result.weight.data() + r * rowSize, rowSize);
    auto bound = [&](int64_t b) {
      return getAccumulatorRange(ArrayRef<int8_t>(row), input.zeroPoint,
                                 input.min, input.max, b);
    };
    float scale = weight.scales[r];
    double step = double(input.scale) * double(scale);
    double inSteps = double(bias[r]) / step;
    double limit = getBiasLimit(double(bound(0).maxAbs()));
    if (limit <= 0)
      return std::nullopt;
    if (std::fabs(inSteps) > limit) {
      scale = enlargeScale(row, scale, inSteps, limit * 0.999);
      step = double(input.scale) * double(scale);
      inSteps = double(bias[r]) / step;
      ++result.enlarged;
    }
    int64_t rounded = roundHalfEven(inSteps);
    IntegerRange range = bound(rounded);
    if (!range.fitsI32())
      return std::nullopt;
    Multiplier multiplier =
        deriveMultiplier(step / double(output.scale), range.maxAbs());
    result.bias.push_back(int32_t(rounded));
    result.multipliers.push_back(multiplier.m);
    result.shifts.push_back(multiplier.shift);
  }
  if (llvm::all_equal(result.multipliers) && llvm::all_equal(result.shifts)) {
    result.multipliers.resize(1);
    result.shifts.resize(1);
  }
  return result;
}

/// The bias of a contraction as numbers (zeros when absent), or nothing.
static std::optional<SmallVector<float>> readBias(Value bias, int64_t rows) {
  if (!bias)
    return SmallVector<float>(rows, 0.0f);
  SmallVector<float> values;
  if (DenseElementsAttr attr = getFloatConstant(bias)) {
    values = getFloatElements(attr);
  } else if (auto dequantize = bias.getDefiningOp<DequantizeOp>()) {
    if (auto constant = dequantize.getInput().getDefiningOp<ConstantOp>())
      values = dequantizeConstant(constant);
  }
  bool usable = int64_t(values.size()) == rows &&
                llvm::all_of(values, [](float v) { return std::isfinite(v); });
  if (!usable)
    return std::nullopt;
  return values;
}

/// A contraction of `input` with an integer weight: exact sums in `sumType`.
static Value createSums(OpBuilder &builder, ContractionOpInterface op,
                        Type sumElement, Value input, Value weight, Value bias,
                        int64_t inputZeroPoint) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  Type sumType = type.clone(sumElement);
  IntegerAttr zeroPoint = builder.getI32IntegerAttr(inputZeroPoint);
  if (auto conv = dyn_cast<Conv2DOp>(op.getOperation()))
    return Conv2DOp::create(builder, op->getLoc(), sumType, input, weight, bias,
                            conv.getWindow(), conv.getGroupsAttr(), zeroPoint);
  return DenseOp::create(builder, op->getLoc(), sumType, input, weight, bias,
                         zeroPoint);
}

FailureOr<Value> Fusion::fuseContraction(ContractionOpInterface op) {
  auto input = getOperand(op.getInputOperand().get());
  if (!input)
    return fail(op, "its input is not quantized to 8 bits");
  auto read = readWeight(op.getWeightOperand().get());
  if (auto *why = std::get_if<std::string>(&read))
    return fail(op, *why);
  const auto &weight = std::get<IntegerWeight>(read);
  int64_t rows = weight.type.getDimSize(0);
  auto bias = readBias(op.getBiasValue(), rows);
  if (!bias)
    return fail(op, "its bias is not a finite constant");
  auto constants = deriveConstants(weight, *bias, input->params, target);
  if (!constants)
    return fail(op, "its sums may exceed 32 bits");
  statistics.enlarged += constants->enlarged;

  Location loc = op->getLoc();
  Value weightValue = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(weight.type, ArrayRef<int8_t>(constants->weight)));
  Value biasValue = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(
          RankedTensorType::get({rows}, builder.getI32Type()),
          ArrayRef<int32_t>(constants->bias)));
  Value sum = createSums(builder, op, builder.getI32Type(), input->value,
                         weightValue, biasValue, input->params.zeroPoint);
  return Value(
      RequantizeOp::create(builder, loc, getIntegerType(sum), sum,
                           builder.getDenseI32ArrayAttr(constants->multipliers),
                           builder.getDenseI32ArrayAttr(constants->shifts),
                           builder.getI32IntegerAttr(target.zeroPoint),
                           builder.getI32IntegerAttr(target.min),
                           builder.getI32IntegerAttr(target.max)));
}

/// One number where all are equal.
static DenseF32ArrayAttr getShortArray(OpBuilder &builder,
                                       ArrayRef<float> values) {
  // Zeros of different sign compare equal, but are not.
  auto sameBits = [&](float v) {
    return std::memcmp(&v, &values.front(), sizeof(v)) == 0;
  };
  if (!values.empty() && llvm::all_of(values, sameBits))
    values = values.take_front();
  return builder.getDenseF32ArrayAttr(values);
}

/// Rewrites one contraction on a value rounded at run time; returns why not.
static std::optional<std::string> fuseDynamic(ContractionOpInterface op,
                                              DequantizeDynamicOp input) {
  auto read = readWeight(op.getWeightOperand().get());
  if (auto *why = std::get_if<std::string>(&read))
    return *why;
  const auto &weight = std::get<IntegerWeight>(read);
  int64_t rows = weight.type.getDimSize(0);
  int64_t rowSize = getRowSize(weight.type.getShape());
  auto bias = readBias(op.getBiasValue(), rows);
  if (!bias)
    return "its bias is not a finite constant";
  auto zeroPoint = int32_t(input.getZeroPoint());
  for (int64_t r = 0; r < rows; ++r) {
    ArrayRef<int8_t> row(weight.values.data() + r * rowSize, rowSize);
    if (!getAccumulatorRange(row, zeroPoint, -128, 127, 0).fitsI32())
      return "its sums may exceed 32 bits";
  }
  OpBuilder builder(op);
  Value weightValue = arith::ConstantOp::create(
      builder, op->getLoc(),
      DenseElementsAttr::get(weight.type, ArrayRef<int8_t>(weight.values)));
  Value sums = createSums(builder, op, builder.getI32Type(), input.getInput(),
                          weightValue, Value(), zeroPoint);
  DenseF32ArrayAttr offsets;
  if (op.getBiasValue())
    offsets = getShortArray(builder, *bias);
  Value result = ScaleSumsOp::create(
      builder, op->getLoc(), op->getResult(0).getType(), sums,
      input.getScales(), getShortArray(builder, weight.scales), offsets);
  op->getResult(0).replaceAllUsesWith(result);
  op->erase();
  return std::nullopt;
}

int64_t quantopt::fuseDynamicContractions(
    func::FuncOp function, function_ref<void(Operation *, StringRef)> explain) {
  int64_t count = 0;
  function.walk([&](ContractionOpInterface op) {
    auto input =
        op.getInputOperand().get().getDefiningOp<DequantizeDynamicOp>();
    if (!input)
      return;
    if (auto why = fuseDynamic(op, input))
      explain(op, *why);
    else
      ++count;
  });
  return count;
}

int64_t quantopt::fuseQuantizedWeights(func::FuncOp function) {
  int64_t count = 0;
  function.walk([&](ContractionOpInterface op) {
    OpOperand &weight = op.getWeightOperand();
    auto dequantize = weight.get().getDefiningOp<DequantizeOp>();
    if (!dequantize || !dequantize.getInput().getDefiningOp<ConstantOp>())
      return;
    weight.set(dequantize.getInput());
    if (dequantize->use_empty())
      dequantize.erase();
    ++count;
  });
  return count;
}
