//===- QuantizeWeights.cpp - Weights become quantized constants -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/ValueNames.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "quant-opt/Support/Arithmetic.h"
#include "llvm/ADT/MapVector.h"
#include <cmath>

namespace quantopt {
#define GEN_PASS_DEF_QUANTIZEWEIGHTSPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
/// A weight to be quantized and where it came from.
struct Weight {
  ContractionOpInterface op;
  DenseElementsAttr attr;
  SchemeAttr scheme;
  std::string name;

  RankedTensorType getType() const {
    return cast<RankedTensorType>(attr.getType());
  }
};

/// The storage range of an affine type of any granularity.
struct StorageRange {
  int64_t min;
  int64_t max;
};
} // namespace

static StorageRange getStorageRange(Type type) {
  if (auto affine = dyn_cast<AffineType>(type))
    return {affine.getStorageMin(), affine.getStorageMax()};
  if (auto axis = dyn_cast<AffineAxisType>(type))
    return {axis.getStorageMin(), axis.getStorageMax()};
  auto block = cast<AffineBlockType>(type);
  return {block.getStorageMin(), block.getStorageMax()};
}

/// Fails with a diagnostic that names the first value that is not finite.
static LogicalResult verifyFinite(const Weight &weight,
                                  ArrayRef<float> values) {
  for (auto [i, value] : llvm::enumerate(values)) {
    if (std::isfinite(value))
      continue;
    SmallVector<int64_t> index;
    int64_t rest = i;
    for (int64_t size : llvm::reverse(weight.getType().getShape())) {
      index.insert(index.begin(), rest % size);
      rest /= size;
    }
    InFlightDiagnostic diag = weight.op->emitError("weight of '")
                              << weight.name << "' holds "
                              << (std::isnan(value) ? "NaN" : "infinity")
                              << " at index [";
    llvm::interleaveComma(index, diag);
    return diag << "]; expected finite numbers";
  }
  return success();
}

/// Fails unless the scheme's type fits the weight.
static LogicalResult verifyScheme(const Weight &weight) {
  Type type = weight.scheme.getType();
  if (!isa<AffineType, AffineAxisType, AffineBlockType, SmallFloatType>(type))
    return weight.op->emitError("expected 'qnn.scheme' with a quantized type, "
                                "but got ")
           << type;
  auto axis = dyn_cast<AffineAxisType>(type);
  if (axis && axis.getAxis() >= weight.getType().getRank())
    return weight.op->emitError("expected the scheme's axis below the weight's "
                                "rank ")
           << weight.getType().getRank() << ", but got " << axis.getAxis();
  return success();
}

/// The parameters for values in [lo, hi].
static AffineParams chooseParameters(float lo, float hi, StorageRange range,
                                     bool affine) {
  if (affine)
    return chooseAffine(lo, hi, range.min, range.max);
  int64_t middle = range.min < 0 ? 0 : (range.min + range.max + 1) / 2;
  AffineParams params = chooseSymmetric(std::max(-lo, hi), range.max - middle);
  params.zeroPoint = middle;
  return params;
}

/// Scales of blocks are stored as binary16 unless one is larger than this.
static constexpr float kMaxF16 = 65504.0f;

/// Rounds a scale to binary16, denormal numbers included, and adapts the zero
/// point to it.
static void roundScale(AffineParams &params, float lo, StorageRange range,
                       bool affine) {
  params.scale = std::max(decodeF16(encodeF16(params.scale)), 0x1p-24f);
  if (!affine)
    return;
  double steps = double(std::min(lo, 0.0f)) / double(params.scale);
  params.zeroPoint = clampInteger(roundHalfEven(double(range.min) - steps),
                                  range.min, range.max);
}

/// Rounds the values to integers of `type`, whose scales are chosen here.
static ConstantOp quantizeToIntegers(OpBuilder &builder, const Weight &weight,
                                     ArrayRef<float> values) {
  Type type = weight.scheme.getType();
  auto element = cast<QuantizedTypeInterface>(type);
  ArrayRef<int64_t> shape = weight.getType().getShape();
  StorageRange range = getStorageRange(type);
  int64_t count = std::max<int64_t>(1, element.getNumScales(shape));
  SmallVector<float> lo(count, 0.0f), hi(count, 0.0f);
  for (auto [i, value] : llvm::enumerate(values)) {
    int64_t s = element.getScaleIndex(shape, i);
    lo[s] = std::min(lo[s], value);
    hi[s] = std::max(hi[s], value);
  }
  SmallVector<AffineParams> params;
  SmallVector<float> scales;
  bool f16Scales = isa<AffineBlockType>(type);
  SmallVector<int64_t> zeroPoints;
  for (int64_t s = 0; s < count; ++s) {
    params.push_back(
        chooseParameters(lo[s], hi[s], range, weight.scheme.getAffine()));
    f16Scales &= params.back().scale <= kMaxF16;
  }
  for (int64_t s = 0; s < count; ++s) {
    if (f16Scales)
      roundScale(params[s], lo[s], range, weight.scheme.getAffine());
    scales.push_back(params[s].scale);
    zeroPoints.push_back(params[s].zeroPoint);
  }
  SmallVector<int64_t> integers;
  integers.reserve(values.size());
  for (auto [i, value] : llvm::enumerate(values)) {
    const AffineParams &p = params[element.getScaleIndex(shape, i)];
    integers.push_back(
        quantizeValue(value, p.scale, p.zeroPoint, range.min, range.max));
  }
  if (auto affine = dyn_cast<AffineType>(type)) {
    type = AffineType::get(type.getContext(), affine.getStorage(), range.min,
                           range.max, builder.getF32FloatAttr(scales[0]),
                           zeroPoints[0]);
    scales.clear();
  }
  return createIntegerConstant(builder, weight.op->getLoc(),
                               RankedTensorType::get(shape, type), integers,
                               scales, zeroPoints, f16Scales);
}

/// Rounds the values to a smaller float format.
static ConstantOp quantizeToFloats(OpBuilder &builder, const Weight &weight,
                                   ArrayRef<float> values) {
  auto type = cast<SmallFloatType>(weight.scheme.getType());
  bool isF16 = type.getStorage().isF16(), overflowed = false;
  SmallVector<uint16_t> words;
  words.reserve(values.size());
  for (float value : values)
    words.push_back(isF16 ? encodeF16(value, &overflowed)
                          : encodeBF16(value, &overflowed));
  if (overflowed)
    weight.op->emitWarning("weight of '")
        << weight.name << "' exceeds the range of " << type.getStorage()
        << ": such values become the largest one; use 'bf16'";
  ArrayRef<int64_t> shape = weight.getType().getShape();
  ArrayRef<char> bytes(reinterpret_cast<const char *>(words.data()),
                       words.size() * sizeof(uint16_t));
  auto payload = DenseElementsAttr::getFromRawBuffer(
      RankedTensorType::get(shape, type.getStorage()), bytes);
  return ConstantOp::create(builder, weight.op->getLoc(),
                            RankedTensorType::get(shape, type), payload,
                            ElementsAttr(), ElementsAttr());
}

/// Bytes of a quantized constant, scales and zero points (one byte each)
/// included.
static int64_t getStoredBytes(ConstantOp constant) {
  auto type = cast<RankedTensorType>(constant.getType());
  auto element = cast<QuantizedTypeInterface>(type.getElementType());
  int64_t bytes = element.getPayloadBytes(type.getShape());
  if (ElementsAttr scales = constant.getScalesAttr())
    bytes += scales.getNumElements() *
             scales.getElementType().getIntOrFloatBitWidth() / 8;
  if (ElementsAttr zeroPoints = constant.getZeroPointsAttr())
    bytes += zeroPoints.getNumElements();
  return bytes;
}

namespace {
struct QuantizeWeightsPass
    : public quantopt::impl::QuantizeWeightsPassBase<QuantizeWeightsPass> {
  void runOnOperation() override {
    SmallVector<Weight> weights;
    getOperation().walk([&](ContractionOpInterface op) {
      auto scheme =
          op->getAttrOfType<SchemeAttr>(QNNDialect::getSchemeAttrName());
      DenseElementsAttr attr = getFloatConstant(op.getWeightOperand().get());
      if (scheme && attr && !scheme.getType().isF32())
        weights.push_back({op, attr, scheme, getValueName(op->getResult(0))});
    });
    // Tied weights are quantized once.
    DenseMap<std::pair<Attribute, Attribute>, ConstantOp> done;
    for (Weight &weight : weights) {
      ConstantOp &constant = done[{weight.attr, weight.scheme}];
      if (!constant) {
        SmallVector<float> values = getFloatElements(weight.attr);
        if (failed(verifyScheme(weight)) ||
            failed(verifyFinite(weight, values)))
          return signalPassFailure();
        constant = quantize(weight, values);
        bytesBefore += 4 * weight.attr.getNumElements();
        bytesAfter += getStoredBytes(constant);
      }
      OpBuilder builder(weight.op);
      Operation *source = weight.op.getWeightOperand().get().getDefiningOp();
      weight.op.getWeightOperand().set(DequantizeOp::create(
          builder, weight.op->getLoc(), weight.getType(), constant));
      // A saved model must not keep the numbers that it no longer uses.
      if (source->use_empty())
        source->erase();
      ++quantized;
    }
  }

  static ConstantOp quantize(const Weight &weight, ArrayRef<float> values) {
    // At the start of the block, where every user can see it.
    OpBuilder builder = OpBuilder::atBlockBegin(weight.op->getBlock());
    if (isa<SmallFloatType>(weight.scheme.getType()))
      return quantizeToFloats(builder, weight, values);
    return quantizeToIntegers(builder, weight, values);
  }
};
} // namespace
