//===- QuantizeWeights.cpp - Weights become quantized constants -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QNN/Utils/WeightErrors.h"
#include "quant-opt/Quantization/Methods/RoundWeights.h"
#include "quant-opt/Quantization/Schemes/WeightCodec.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "llvm/ADT/DenseSet.h"
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
} // namespace

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
  if (!isa<QuantizedTypeInterface>(type))
    return weight.op->emitError("expected 'qnn.scheme' with a quantized type, "
                                "but got ")
           << type;
  Type scales = weight.scheme.getScales();
  if (scales && !isScaleType(scales, type))
    return weight.op->emitError("expected 'qnn.scheme' with scales that its "
                                "type has, but got ")
           << scales << " for " << type;
  auto axis = dyn_cast<AffineAxisType>(type);
  if (axis && axis.getAxis() >= weight.getType().getRank())
    return weight.op->emitError("expected the scheme's axis below the weight's "
                                "rank ")
           << weight.getType().getRank() << ", but got " << axis.getAxis();
  return success();
}

/// Fails unless the statistics are those of the weight's inputs.
static LogicalResult verifyStatistics(const Weight &weight,
                                      const LayerStatistics &statistics) {
  int64_t numRows = weight.getType().getDimSize(0);
  int64_t length = weight.getType().getNumElements() / numRows;
  int64_t groups = 1;
  if (auto conv = dyn_cast<Conv2DOp>(*weight.op))
    groups = conv.getGroups();
  if (statistics.getNumGroups() == groups && statistics.getLength() == length)
    return success();
  return weight.op->emitError("expected statistics of '")
         << weight.name << "' for " << groups << " groups of " << length
         << " inputs, but got " << statistics.getNumGroups() << " of "
         << statistics.getLength();
}

/// Adds what the mean outputs of `weight` have lost to its bias.
static void correctBias(const Weight &weight, ConstantOp stored,
                        const LayerStatistics &statistics) {
  SmallVector<float> bias = getLostMeans(
      getFloatElements(weight.attr), dequantizeConstant(stored), statistics);
  ContractionOpInterface op = weight.op;
  if (Value old = op.getBiasValue()) {
    DenseElementsAttr attr = getFloatConstant(old);
    if (!attr) {
      op->emitRemark("bias of '")
          << weight.name << "' is no float constant, so it is not corrected";
      return;
    }
    for (auto [sum, value] : llvm::zip(bias, getFloatElements(attr)))
      sum += value;
  }
  OpBuilder builder(op);
  Value corrected =
      createFloatConstant(builder, op->getLoc(), {int64_t(bias.size())}, bias);
  if (auto conv = dyn_cast<Conv2DOp>(*op))
    conv.getBiasMutable().assign(corrected);
  else
    cast<DenseOp>(*op).getBiasMutable().assign(corrected);
}

/// Bits per element of all constant weights of contractions, float ones
/// included, as a number on the module; nothing where all are float.
static void recordEffectiveBits(ModuleOp module) {
  int64_t bytes = 0, elements = 0;
  bool hasCodes = false;
  DenseSet<Operation *> seen;
  module.walk([&](ContractionOpInterface op) {
    Value weight = op.getWeightOperand().get();
    if (auto dequantize = weight.getDefiningOp<DequantizeOp>())
      weight = dequantize.getInput();
    Operation *source = weight.getDefiningOp();
    if (!source || !isConstantData(weight) || !seen.insert(source).second)
      return;
    int64_t count = cast<RankedTensorType>(weight.getType()).getNumElements();
    auto constant = dyn_cast<ConstantOp>(source);
    elements += count;
    hasCodes |= bool(constant);
    bytes += constant ? getStoredBytes(constant) : count * sizeof(float);
  });
  if (!hasCodes || elements == 0)
    return;
  double bits = 8.0 * double(bytes) / double(elements);
  module->setAttr(QNNDialect::getEffectiveBitsAttrName(),
                  Builder(module.getContext()).getF64FloatAttr(bits));
}

namespace {
struct QuantizeWeightsPass
    : public quantopt::impl::QuantizeWeightsPassBase<QuantizeWeightsPass> {
  using QuantizeWeightsPassBase::QuantizeWeightsPassBase;

  void runOnOperation() override {
    std::vector<Weight> weights = findWeights();
    if (failed(readOptions()))
      return signalPassFailure();
    // Tied weights are quantized once.
    DenseMap<std::pair<Attribute, Attribute>, ConstantOp> done;
    for (Weight &weight : weights) {
      FailureOr<std::optional<LayerStatistics>> inputs = readInputs(weight);
      if (failed(inputs))
        return signalPassFailure();
      const LayerStatistics *known = *inputs ? &**inputs : nullptr;
      ConstantOp &constant = done[{weight.attr, weight.scheme}];
      if (!constant) {
        SmallVector<float> values = getFloatElements(weight.attr);
        if (failed(verifyScheme(weight)) ||
            failed(verifyFinite(weight, values)))
          return signalPassFailure();
        constant = quantize(weight, values, known);
        bytesBefore += 4 * weight.attr.getNumElements();
        bytesAfter += getStoredBytes(constant);
      }
      if (method.correctsBias)
        correctBias(weight, constant, *known);
      replaceWeight(weight, constant);
      ++quantized;
    }
    if (!errors.empty())
      setWeightErrors(getOperation(), errors);
    recordEffectiveBits(getOperation());
  }

  /// The weights that a scheme wants stored in another way.
  std::vector<Weight> findWeights() {
    std::vector<Weight> weights;
    for (auto function : getOperation().getOps<func::FuncOp>())
      for (NamedContraction &contraction : getNamedContractions(function)) {
        auto scheme = contraction.op->getAttrOfType<SchemeAttr>(
            QNNDialect::getSchemeAttrName());
        DenseElementsAttr attr =
            getFloatConstant(contraction.op.getWeightOperand().get());
        // Where there is no number, nothing is rounded.
        if (scheme && attr && !attr.empty() && !scheme.getType().isF32())
          weights.push_back(
              {contraction.op, attr, scheme, std::move(contraction.name)});
      }
    return weights;
  }

  LogicalResult readOptions() {
    errors.clear();
    auto fail = [&](llvm::Error error) {
      return emitError(getOperation().getLoc())
             << llvm::toString(std::move(error));
    };
    llvm::Expected<RoundingMethod> parsed = RoundingMethod::parse(methodName);
    if (!parsed)
      return fail(parsed.takeError());
    method = *parsed;
    if (method.equalizes)
      return fail(llvm::createStringError(
          "expected a method without 'equalize', which 'qnn-equalize' does "
          "before, but got '" +
          methodName + "'"));
    if (statisticsFile.empty())
      return success();
    llvm::Expected<StatisticsFile> file = StatisticsFile::open(statisticsFile);
    if (!file)
      return fail(file.takeError());
    statistics = std::move(*file);
    return success();
  }

  /// What is known about a weight's inputs. Fails when that is too little.
  FailureOr<std::optional<LayerStatistics>> readInputs(const Weight &weight) {
    std::optional<LayerStatistics> result;
    if (!statistics || !statistics->contains(weight.name)) {
      if (method.needsStatistics())
        return weight.op->emitError("expected statistics of the inputs of '")
               << weight.name << "' for method '" << method.toString()
               << "'; give samples with '--calibrate' or a file with "
                  "'--statistics'";
      return result;
    }
    llvm::Expected<LayerStatistics> read = statistics->read(weight.name);
    if (!read)
      return weight.op->emitError() << llvm::toString(read.takeError());
    if (failed(verifyStatistics(weight, *read)))
      return failure();
    result = std::move(*read);
    return result;
  }

  /// Rounds a weight as its scheme and the method say.
  ConstantOp quantize(const Weight &weight, ArrayRef<float> values,
                      const LayerStatistics *inputs) {
    WeightCodec codec(weight.scheme, weight.getType().getShape());
    SmallVector<int64_t> codes;
    bool overflowed = false;
    if (method.isNearest() && !inputs) {
      chooseParameters(codec, values);
      codes = roundToNearest(codec, values, &overflowed);
    } else {
      RoundedWeight rounded =
          roundWeight(codec, values, weight.getType().getDimSize(0), method,
                      inputs, &getContext());
      codes = std::move(rounded.codes);
      if (inputs)
        errors.push_back(
            {weight.name, rounded.errorBefore, rounded.errorAfter});
      if (!rounded.remark.empty())
        weight.op->emitRemark("method '")
            << method.toString() << "' for '" << weight.name
            << "': " << rounded.remark;
    }
    if (overflowed)
      weight.op->emitWarning("weight of '")
          << weight.name << "' exceeds the range of "
          << codec.getType().getStorageType()
          << ": such values become the largest one; use 'bf16'";
    // At the start of the block, where every user can see it.
    OpBuilder builder = OpBuilder::atBlockBegin(weight.op->getBlock());
    return codec.createConstant(builder, weight.op->getLoc(), codes);
  }

  static void replaceWeight(Weight &weight, ConstantOp constant) {
    OpBuilder builder(weight.op);
    Operation *source = weight.op.getWeightOperand().get().getDefiningOp();
    weight.op.getWeightOperand().set(DequantizeOp::create(
        builder, weight.op->getLoc(), weight.getType(), constant));
    // A saved model must not keep the numbers that it no longer uses.
    if (source->use_empty())
      source->erase();
  }

  RoundingMethod method;
  std::optional<StatisticsFile> statistics;
  SmallVector<WeightError> errors;
};
} // namespace
