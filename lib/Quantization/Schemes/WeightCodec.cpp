//===- WeightCodec.cpp - Real weights as codes and back -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/WeightCodec.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QNN/Utils/ZeroPoints.h"
#include "quant-opt/Quantization/Schemes/ClusterValues.h"
#include "quant-opt/Support/Arithmetic.h"
#include <cfloat>
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

/// The largest finite `f16`.
static constexpr float kMaxF16 = 65504.0f;
/// The largest factor of a scale of type `ui8`.
static constexpr int64_t kMaxFactor = 255;

/// The storage range of affine integers.
static std::pair<int64_t, int64_t> getStorageRange(Type type) {
  if (auto affine = dyn_cast<AffineType>(type))
    return {affine.getStorageMin(), affine.getStorageMax()};
  if (auto axis = dyn_cast<AffineAxisType>(type))
    return {axis.getStorageMin(), axis.getStorageMax()};
  if (auto block = dyn_cast<AffineBlockType>(type))
    return {block.getStorageMin(), block.getStorageMax()};
  return {0, 0};
}

WeightCodec::WeightCodec(SchemeAttr scheme, ArrayRef<int64_t> shape)
    : scheme(scheme), type(cast<QuantizedTypeInterface>(scheme.getType())),
      shape(shape),
      numGroups(std::max<int64_t>(1, type.getNumScales(shape) +
                                         type.getNumTables(shape))),
      decoded(type.getCodeTable()) {
  std::tie(min, max) = getStorageRange(scheme.getType());
  SmallVector<std::pair<float, int64_t>> entries;
  for (auto [code, value] : llvm::enumerate(decoded))
    if (std::isfinite(value))
      entries.emplace_back(value, int64_t(code));
  // Of -0 and 0 the one with the smaller code stays.
  llvm::sort(entries);
  for (auto [value, code] : entries) {
    if (!table.values.empty() && table.values.back() == value)
      continue;
    table.values.push_back(value);
    table.codes.push_back(code);
  }
}

bool WeightCodec::isPalette() const {
  auto codebook = dyn_cast<CodebookType>(scheme.getType());
  return codebook && codebook.isPalette();
}

int64_t WeightCodec::getGroup(int64_t element) const {
  return isPalette() ? type.getTableIndex(shape, element)
                     : type.getScaleIndex(shape, element);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// The integer that a real 0 is without an affine scheme.
static int64_t getMiddle(int64_t min, int64_t max) {
  return min < 0 ? 0 : (min + max + 1) / 2;
}

/// What the largest magnitude becomes.
float WeightCodec::getLargest() const {
  return table.values.empty() ? float(max - getMiddle(min, max))
                              : table.values.back();
}

CodeParameters WeightCodec::chooseForRange(float lo, float hi) const {
  CodeParameters result;
  float absMax = std::max(-lo, hi);
  bool isInteger = table.values.empty();
  if (isInteger && scheme.getAffine()) {
    AffineParams params = chooseAffine(lo, hi, min, max);
    result.scale = absMax > 0 ? params.scale : 0;
    result.zeroPoint = params.zeroPoint;
    return result;
  }
  if (isInteger)
    result.zeroPoint = getMiddle(min, max);
  if (isa<FloatType>(type.getStorageType()) || !(absMax > 0))
    return result;
  if (isa_and_nonnull<Float8E8M0FNUType>(scheme.getScales())) {
    // The exponent of the largest magnitude becomes that of the largest code
    // (OCP Microscaling Formats, 6.3).
    result.scale =
        std::ldexp(1.0f, std::ilogb(absMax) - std::ilogb(getLargest()));
    result.scale = std::max(result.scale, FLT_MIN);
  } else if (isInteger) {
    result.scale = chooseSymmetric(absMax, max - result.zeroPoint).scale;
  } else {
    result.scale = std::max(absMax / getLargest(), FLT_MIN);
  }
  return result;
}

CodeParameters WeightCodec::choose(ArrayRef<float> values,
                                   ArrayRef<float> importance) const {
  auto codebook = dyn_cast<CodebookType>(scheme.getType());
  CodeParameters result;
  if (codebook && codebook.isPalette()) {
    result.table = clusterValues(
        values, importance, int64_t(1) << getCodeBits(codebook.getCodes()));
    return result;
  }
  bool hasSigns = codebook && (codebook.getCodes() == CodeSet::Binary ||
                               codebook.getCodes() == CodeSet::Ternary);
  if (hasSigns) {
    bool hasZero = codebook.getCodes() == CodeSet::Ternary;
    result.scale = chooseSignScale(values, importance, hasZero);
    // Without a code for 0, the smallest scale is the nearest.
    if (!hasZero)
      result.scale = std::max(result.scale, FLT_MIN);
    return result;
  }
  float lo = 0, hi = 0;
  for (float value : values) {
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  return chooseForRange(lo, hi);
}

//===----------------------------------------------------------------------===//
// Stored scales
//===----------------------------------------------------------------------===//

/// Replaces the scale. Of affine integers the lowest one keeps its real value
/// where the zero point can follow.
void WeightCodec::setScale(CodeParameters &p, float scale) const {
  if (scheme.getAffine() && p.scale > 0) {
    double lowest = double(p.scale) * double(min - p.zeroPoint);
    p.zeroPoint = clampInteger(
        roundHalfEven(double(min) - lowest / double(scale)), min, max);
  }
  p.scale = scale;
}

/// The power of two whose ratio to a scale is nearest to 1, normal.
static float roundToPower(float scale) {
  int exponent;
  // Between the powers lies their geometric mean.
  if (std::frexp(scale, &exponent) < 0.70710678f)
    --exponent;
  return std::ldexp(1.0f, std::clamp(exponent, -126, 127));
}

void WeightCodec::roundScale(CodeParameters &p) const {
  if (p.scale == 0)
    p.scale = 1.0f;
  else if (scaleType.isF16())
    setScale(p, std::max(decodeF16(encodeF16(p.scale)), 0x1p-24f));
  else if (isa<Float8E8M0FNUType>(scaleType))
    setScale(p, roundToPower(p.scale));
  else
    setScale(p, std::max(p.scale, FLT_MIN));
}

/// Rounds scales up to products of a factor in [1, 255] and a number that they
/// share with neighbours: no value leaves the range.
void WeightCodec::roundToFactors() {
  SuperScales layout(type, shape);
  superScales.assign(layout.count, 0.0f);
  for (auto [s, p] : llvm::enumerate(parameters)) {
    float &shared = superScales[layout.getIndex(s)];
    shared = std::max(shared, p.scale);
  }
  for (float &shared : superScales)
    shared = shared == 0 ? 1.0f : std::max(shared / kMaxFactor, FLT_MIN);
  for (auto [s, p] : llvm::enumerate(parameters)) {
    float shared = superScales[layout.getIndex(s)];
    double factor = std::ceil(double(p.scale) / double(shared));
    factor = std::clamp(factor, 1.0, double(kMaxFactor));
    setScale(p, shared * float(factor));
  }
}

/// `f16` for blocks where it holds all scales, unless the scheme says more.
Type WeightCodec::chooseScaleType(ArrayRef<CodeParameters> groups) const {
  MLIRContext *context = scheme.getContext();
  Type wanted = scheme.getScales();
  bool isBlock = type.getGranularity() == Granularity::Block;
  if (!wanted)
    wanted = isBlock ? Type(Float16Type::get(context))
                     : Type(Float32Type::get(context));
  bool isTooLarge = wanted.isF16() && llvm::any_of(groups, [](const auto &p) {
                      return p.scale > kMaxF16;
                    });
  return isTooLarge ? Type(Float32Type::get(context)) : wanted;
}

void WeightCodec::setParameters(ArrayRef<CodeParameters> groups) {
  parameters.assign(groups.begin(), groups.end());
  bool hasScales =
      isa<AffineType>(scheme.getType()) || type.getNumScales(shape) != 0;
  if (!hasScales)
    return;
  scaleType = chooseScaleType(groups);
  if (scaleType.isUnsignedInteger(8))
    return roundToFactors();
  for (CodeParameters &p : parameters)
    roundScale(p);
}

//===----------------------------------------------------------------------===//
// Codes
//===----------------------------------------------------------------------===//

/// The position of the number nearest to a value in ascending numbers; of two
/// equally near the one with an even code.
template <typename CodeOf>
static size_t findNearestEntry(ArrayRef<float> values, float value,
                               CodeOf codeOf) {
  size_t above = llvm::lower_bound(values, value) - values.begin();
  if (above == 0)
    return 0;
  if (above == values.size())
    return above - 1;
  double up = double(values[above]) - double(value);
  double down = double(value) - double(values[above - 1]);
  if (up == down)
    return codeOf(above) % 2 == 0 ? above : above - 1;
  return up < down ? above : above - 1;
}

int64_t WeightCodec::encode(float value, int64_t group,
                            bool *overflowed) const {
  const CodeParameters &p = parameters[group];
  if (isa<FloatType>(type.getStorageType()))
    return type.getStorageType().isF16() ? encodeF16(value, overflowed)
                                         : encodeBF16(value, overflowed);
  if (isPalette())
    return findNearestEntry(p.table, value, [](size_t i) { return i; });
  if (table.values.empty())
    return quantizeValue(value, p.scale, p.zeroPoint, min, max);
  return table.codes[findNearestEntry(
      table.values, value / p.scale, [&](size_t i) { return table.codes[i]; })];
}

float WeightCodec::decode(int64_t code, int64_t group) const {
  const CodeParameters &p = parameters[group];
  if (isa<FloatType>(type.getStorageType()))
    return type.getStorageType().isF16() ? decodeF16(uint16_t(code))
                                         : decodeBF16(uint16_t(code));
  if (isPalette())
    return p.table[code];
  if (table.values.empty())
    return dequantizeValue(code, p.scale, p.zeroPoint);
  return p.scale * decoded[code];
}

/// Rounded scales as they are stored.
static DenseElementsAttr packScales(ArrayRef<float> scales, Type type,
                                    ArrayRef<float> superScales,
                                    const SuperScales &layout) {
  auto shaped = RankedTensorType::get({int64_t(scales.size())}, type);
  if (type.isF32())
    return DenseElementsAttr::get(shaped, scales);
  SmallVector<char> bytes;
  for (auto [s, scale] : llvm::enumerate(scales)) {
    int64_t bits;
    if (type.isF16())
      bits = encodeF16(scale);
    else if (isa<Float8E8M0FNUType>(type))
      bits = std::ilogb(scale) + 127;
    else
      bits = roundHalfEven(scale / superScales[layout.getIndex(s)]);
    bytes.push_back(char(bits));
    if (type.isF16())
      bytes.push_back(char(bits >> 8));
  }
  return DenseElementsAttr::getFromRawBuffer(shaped, bytes);
}

ConstantOp WeightCodec::createConstant(OpBuilder &builder, Location loc,
                                       ArrayRef<int64_t> codes) const {
  Type element = scheme.getType();
  Type f32 = builder.getF32Type();
  SmallVector<float> scales, tables;
  SmallVector<int64_t> zeroPoints;
  for (const CodeParameters &p : parameters) {
    scales.push_back(p.scale);
    zeroPoints.push_back(p.zeroPoint);
    llvm::append_range(tables, p.table);
  }
  if (auto affine = dyn_cast<AffineType>(element))
    element = AffineType::get(builder.getContext(), affine.getStorage(), min,
                              max, builder.getF32FloatAttr(scales[0]),
                              int32_t(zeroPoints[0]));
  auto result = RankedTensorType::get(shape, element);
  ElementsAttr tablesAttr, scalesAttr, zeroPointsAttr, superAttr;
  int64_t count = type.getNumScales(shape);
  if (!tables.empty())
    tablesAttr = DenseElementsAttr::get(
        RankedTensorType::get({numGroups, int64_t(tables.size()) / numGroups},
                              f32),
        ArrayRef<float>(tables));
  if (count) {
    scalesAttr =
        packScales(scales, scaleType, superScales, SuperScales(type, shape));
    if (!superScales.empty())
      superAttr = DenseElementsAttr::get(
          RankedTensorType::get({int64_t(superScales.size())}, f32),
          ArrayRef<float>(superScales));
    zeroPointsAttr = createZeroPoints(builder, zeroPoints);
  }
  return ConstantOp::create(builder, loc, result, packPayload(result, codes),
                            scalesAttr, zeroPointsAttr, tablesAttr, superAttr);
}

//===----------------------------------------------------------------------===//
// Whole weights
//===----------------------------------------------------------------------===//

ElementGroups::ElementGroups(const WeightCodec &codec) {
  int64_t count = ShapedType::getNumElements(codec.getShape());
  starts.assign(codec.getNumGroups() + 1, 0);
  for (int64_t i = 0; i < count; ++i)
    ++starts[codec.getGroup(i) + 1];
  for (int64_t g = 0; g < codec.getNumGroups(); ++g)
    starts[g + 1] += starts[g];
  SmallVector<int64_t> next(starts);
  elements.resize(count);
  for (int64_t i = 0; i < count; ++i)
    elements[next[codec.getGroup(i)]++] = i;
}

void quantopt::chooseParameters(WeightCodec &codec, ArrayRef<float> values,
                                ArrayRef<float> importance) {
  ElementGroups groups(codec);
  SmallVector<CodeParameters> parameters;
  SmallVector<float> own, weights;
  for (int64_t g = 0; g < codec.getNumGroups(); ++g) {
    own.clear();
    weights.clear();
    for (int64_t i : groups.getElements(g)) {
      own.push_back(values[i]);
      if (!importance.empty())
        weights.push_back(importance[i]);
    }
    parameters.push_back(codec.choose(own, weights));
  }
  codec.setParameters(parameters);
}

SmallVector<int64_t> quantopt::roundToNearest(const WeightCodec &codec,
                                              ArrayRef<float> values,
                                              bool *overflowed) {
  SmallVector<int64_t> codes;
  codes.reserve(values.size());
  for (auto [i, value] : llvm::enumerate(values))
    codes.push_back(codec.encode(value, codec.getGroup(i), overflowed));
  return codes;
}
