//===- FuseContractions.cpp - Contractions on integers --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "quant-opt/Dialect/QNN/Utils/ExactBias.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// The constants of one integer contraction.
struct Constants {
  SmallVector<int8_t> weight;
  SmallVector<int32_t> bias;
  /// For each channel: what a sum of 1 stands for, and the range of sums.
  SmallVector<double> steps;
  SmallVector<IntegerRange> ranges;
  int64_t enlarged = 0;
  /// Whether sums take 64 bits.
  bool isLong = false;
};
} // namespace

/// Sums of 64 bits are multiplied by 24 bits and rounded.
static constexpr int64_t kLongSumLimit = int64_t(1) << 38;

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
/// can reach, a bias only costs precision of the multiplier, and sums of bytes
/// up to 2^24 are exact in binary32: a larger scale is better there.
static double getBiasLimit(double bound, const SignedParams &input,
                           bool isLong) {
  if (isLong)
    return double(INT32_MAX) - 1.0;
  double possible = double(INT32_MAX) - bound - 1.0;
  if (input.isWide())
    return possible;
  return std::min(std::max(double(1 << 24) - bound, bound), possible);
}

/// Whether sums of a wide input need 64 bits: 32 would leave no room for a bias
/// beside what some channel's weights can reach.
static bool needsLongSums(const IntegerWeight &weight, int64_t rowSize,
                          const SignedParams &input) {
  ArrayRef<int8_t> rest = weight.values;
  for (; input.isWide() && !rest.empty(); rest = rest.drop_front(rowSize))
    if (getAccumulatorRange(rest.take_front(rowSize), input.zeroPoint,
                            input.min, input.max, 0)
            .maxAbs() > INT32_MAX / 2)
      return true;
  return false;
}

/// The steps that a bias stands for where the op knows them better than a float
/// says; else the nearest number of steps.
static int64_t roundBias(ContractionOpInterface op, size_t channel, float bias,
                         double step) {
  auto exact = op->getAttrOfType<DenseI32ArrayAttr>(getExactBiasAttrName());
  if (exact && channel < size_t(exact.size()) &&
      float(double(exact[channel]) * step) == bias)
    return exact[channel];
  return roundHalfEven(double(bias) / step);
}

/// Derives the bias and proves that sums fit; nothing when they cannot.
/// With `keepsScales` no scale grows to hold its bias.
static std::optional<Constants> deriveConstants(ContractionOpInterface op,
                                                const IntegerWeight &weight,
                                                ArrayRef<float> bias,
                                                const SignedParams &input,
                                                bool keepsScales) {
  Constants result;
  result.weight = weight.values;
  int64_t rows = weight.scales.size();
  int64_t rowSize = rows ? int64_t(weight.values.size()) / rows : 0;
  result.isLong = needsLongSums(weight, rowSize, input);
  if (result.isLong && input.zeroPoint != 0)
    return std::nullopt;
  for (int64_t r = 0; r < rows; ++r) {
    MutableArrayRef<int8_t> row(result.weight.data() + r * rowSize, rowSize);
    auto bound = [&](int64_t b) {
      return getAccumulatorRange(ArrayRef<int8_t>(row), input.zeroPoint,
                                 input.min, input.max, b);
    };
    float scale = weight.scales[r];
    double step = double(input.scale) * double(scale);
    double inSteps = double(bias[r]) / step;
    double limit =
        getBiasLimit(double(bound(0).maxAbs()), input, result.isLong);
    if (limit <= 0)
      return std::nullopt;
    if (std::fabs(inSteps) > limit && !keepsScales) {
      scale = enlargeScale(row, scale, inSteps, limit * 0.999);
      step = double(input.scale) * double(scale);
      ++result.enlarged;
    }
    int64_t rounded = roundBias(op, r, bias[r], step);
    IntegerRange range = bound(rounded);
    if (!IntegerRange{rounded, rounded}.fitsI32() ||
        (result.isLong ? range.maxAbs() >= kLongSumLimit : !range.fitsI32()))
      return std::nullopt;
    result.bias.push_back(int32_t(rounded));
    result.steps.push_back(step);
    result.ranges.push_back(range);
  }
  return result;
}

/// The ratios of sums' steps to those of the result.
static SmallVector<double> getRatios(ArrayRef<double> steps, float scale) {
  return llvm::map_to_vector(steps,
                             [&](double step) { return step / double(scale); });
}

/// The steps as TFLite computes them: in binary32 for dense layers whose weight
/// has one scale, and for all layers whose weight has no sign.
static void narrowSourceSteps(ContractionOpInterface op,
                              MutableArrayRef<double> steps) {
  auto dequantize = op.getWeightOperand().get().getDefiningOp<DequantizeOp>();
  auto element =
      cast<RankedTensorType>(dequantize.getInput().getType()).getElementType();
  auto affine = dyn_cast<AffineType>(element);
  if (!affine || !(isa<DenseOp>(op) || affine.getStorage().isUnsigned()))
    return;
  for (double &step : steps)
    step = double(float(step)); // two binary32 factors: exact in binary64
}

std::optional<SumMultipliers>
Fusion::deriveMultipliers(Engine engine, ArrayRef<double> steps,
                          ArrayRef<IntegerRange> ranges, bool isWide) {
  SmallVector<double> ratios = getRatios(steps, target.scale);
  SumMultipliers result;
  if (engine == Engine::TFLite) {
    if (llvm::any_of(ratios, [](double ratio) { return ratio >= 0x1p30; }))
      return std::nullopt;
    if (deriveSourceMultipliers(ratios, ranges, result.multipliers))
      result.rounding = SumRounding::Twice;
    return result;
  }
  if (engine == Engine::OnnxRuntime) {
    auto scales = llvm::map_to_vector(
        steps, [&](double step) { return float(step) / target.scale; });
    if (auto found = deriveOnnxMultipliers(scales, ranges))
      return found;
  }
  for (auto [ratio, range] : llvm::zip_equal(ratios, ranges))
    result.multipliers.push_back(deriveMultiplier(
        ratio, range.maxAbs(), isWide ? kWideShift : kNarrowShift));
  return result;
}

FailureOr<Value> Fusion::fuseContraction(ContractionOpInterface op) {
  auto input = getOperand(op.getInputOperand().get());
  if (!input)
    return fail(op, "its input is not quantized to 8 bits");
  auto read = readIntegerWeight(op.getWeightOperand().get());
  bool isWide = input->params.isWide() || target.isWide();
  if (auto *why = std::get_if<std::string>(&read)) {
    if (isWide)
      return fail(op, *why + ", which 16-bit activations do not take");
    // Zero points of weights leave no sums of floats where these are unwanted.
    bool isExact = options.integerOnly || isTFLite();
    std::optional<IntegerWeight> centered;
    if (isExact || op.isDepthwiseContraction())
      centered = centerWeight(builder, op, input->value, isExact);
    if (!centered)
      return fuseScaledContraction(op, *input, *why);
    read = std::move(*centered);
  }
  const auto &weight = std::get<IntegerWeight>(read);
  int64_t rows = weight.type.getDimSize(0);
  auto bias = readBias(op.getBiasValue(), rows);
  if (!bias)
    return fail(op, "its bias is not a finite constant");
  Engine engine = isWide ? Engine::None : options.engine;
  auto constants = deriveConstants(op, weight, *bias, input->params,
                                   /*keepsScales=*/engine != Engine::None);
  if (!constants && engine == Engine::OnnxRuntime) {
    // Its sums wrap around.
    engine = Engine::None;
    constants = deriveConstants(op, weight, *bias, input->params,
                                /*keepsScales=*/false);
  }
  if (!constants)
    return fail(op, input->params.isWide()
                        ? "its sums may exceed 38 bits, or 32 with a zero point"
                        : "its sums may exceed 32 bits");
  // Few bits leave none for a larger scale; a float bias needs none.
  if (constants->enlarged != 0 && !weight.type.getElementType().isInteger(8) &&
      !options.integerOnly && !op.isDepthwiseContraction() && !isWide)
    return fuseScaledContraction(op, *input, "its bias exceeds its weights");
  statistics.enlarged += constants->enlarged;

  if (engine == Engine::TFLite)
    narrowSourceSteps(op, constants->steps);
  auto scaling =
      deriveMultipliers(engine, constants->steps, constants->ranges, isWide);
  if (!scaling)
    return fail(op, "its scale is too large for integers");
  SmallVector<Multiplier> &multipliers = scaling->multipliers;
  if (llvm::all_equal(multipliers))
    multipliers.resize(1);
  auto factors =
      llvm::map_to_vector(multipliers, [](Multiplier m) { return m.m; });
  auto shifts =
      llvm::map_to_vector(multipliers, [](Multiplier m) { return m.shift; });

  Location loc = op->getLoc();
  Value weightValue =
      createIntegers(builder, loc, weight.type, constants->weight);
  Value biasValue = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(
          RankedTensorType::get({rows}, builder.getI32Type()),
          ArrayRef<int32_t>(constants->bias)));
  Type sumType =
      constants->isLong ? builder.getI64Type() : builder.getI32Type();
  Value sum = createSums(builder, op, sumType, input->value, weightValue,
                         biasValue, input->params.zeroPoint);
  auto requantize = RequantizeOp::create(
      builder, loc, getTargetType(sum), sum, factors, shifts,
      int32_t(target.zeroPoint), int32_t(target.min), int32_t(target.max),
      scaling->rounding == SumRounding::Twice);
  if (scaling->rounding == SumRounding::Product)
    requantize->setAttr(getRoundProductAttrName(), builder.getUnitAttr());
  return Value(requantize);
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
