//===- SelectWeights.cpp - How each weight is stored ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Quantization/Schemes/WeightScheme.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "llvm/Support/MemoryBuffer.h"

namespace quantopt {
#define GEN_PASS_DEF_SELECTWEIGHTSPASS
#define GEN_PASS_DEF_VERIFYSCHEMESPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// The kind of a layer, as `exclude` names it.
static StringRef getKind(ContractionOpInterface op) {
  return op.isDepthwiseContraction() ? "@depthwise"
         : isa<Conv2DOp>(*op)        ? "@conv2d"
                                     : "@dense";
}

/// Patterns that begin with '@' choose by position or kind.
static bool isKnownChoice(StringRef pattern) {
  return llvm::is_contained<StringRef>(
      {"@first", "@last", "@conv2d", "@depthwise", "@dense"}, pattern);
}

/// Whether a pattern chooses layer number `index` of `count`.
static bool isChosen(const NamedContraction &contraction, size_t index,
                     size_t count, StringRef pattern) {
  if (pattern == "@first")
    return index == 0;
  if (pattern == "@last")
    return index + 1 == count;
  if (isKnownChoice(pattern))
    return getKind(contraction.op) == pattern;
  return matchesPattern(contraction.name, pattern);
}

namespace {
struct SelectWeightsPass
    : public quantopt::impl::SelectWeightsPassBase<SelectWeightsPass> {
  using SelectWeightsPassBase::SelectWeightsPassBase;

  void runOnOperation() override {
    llvm::Expected<WeightScheme> scheme = makeWeightScheme(
        &getContext(), {weights, granularity, this->scheme, scales, range});
    if (!scheme) {
      emitError(getOperation().getLoc()) << llvm::toString(scheme.takeError());
      return signalPassFailure();
    }
    for (const std::string &pattern : exclude)
      if (StringRef(pattern).starts_with("@") && !isKnownChoice(pattern)) {
        emitError(getOperation().getLoc())
            << "expected 'exclude' to name layers or to be @first, @last, "
               "@conv2d, @depthwise or @dense, but got '"
            << pattern << "'";
        return signalPassFailure();
      }
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (failed(readConfig(function)) || failed(select(function, *scheme)))
        return signalPassFailure();
    warnOfIdlePatterns();
  }

  /// A name without a layer is likely a slip of the pen.
  void warnOfIdlePatterns() {
    for (const std::string &pattern : exclude) {
      bool isUsed = isKnownChoice(pattern);
      for (auto function : getOperation().getOps<func::FuncOp>()) {
        SmallVector<NamedContraction> layers = getNamedContractions(function);
        for (auto [index, layer] : llvm::enumerate(layers))
          isUsed |= isChosen(layer, index, layers.size(), pattern);
      }
      if (!isUsed)
        emitWarning(getOperation().getLoc())
            << "'exclude' has '" << pattern << "', which no layer matches";
    }
  }

  /// Takes over the decisions of the configuration file.
  LogicalResult readConfig(func::FuncOp function) {
    if (config.empty() || function.isExternal())
      return success();
    auto buffer = llvm::MemoryBuffer::getFile(config);
    if (!buffer)
      return emitError(function.getLoc())
             << "cannot read configuration '" << config
             << "': " << buffer.getError().message();
    if (llvm::Error error =
            readSchemes(function, (*buffer)->getBuffer(), config))
      return emitError(function.getLoc()) << llvm::toString(std::move(error));
    return success();
  }

  /// The decision for the weight of layer number `index` of `count`.
  SchemeAttr decide(const NamedContraction &contraction, size_t index,
                    size_t count, int64_t elements,
                    const WeightScheme &scheme) {
    Type f32 = Float32Type::get(&getContext());
    for (const std::string &pattern : exclude)
      if (isChosen(contraction, index, count, pattern))
        return SchemeAttr::get(&getContext(), f32,
                               "excluded by '" + pattern + "'", false, {});
    if (elements < minElements)
      return SchemeAttr::get(
          &getContext(), f32,
          "fewer than " + std::to_string(minElements) + " elements", false, {});
    return SchemeAttr::get(&getContext(), scheme.type, "default", scheme.affine,
                           scheme.scales);
  }

  LogicalResult select(func::FuncOp function, const WeightScheme &scheme) {
    StringRef attrName = QNNDialect::getSchemeAttrName();
    SmallVector<NamedContraction> layers = getNamedContractions(function);
    for (auto [index, contraction] : llvm::enumerate(layers)) {
      Value weight = contraction.op.getWeightOperand().get();
      DenseElementsAttr attr = getFloatConstant(weight);
      if (!attr)
        continue;
      auto decision = contraction.op->getAttrOfType<SchemeAttr>(attrName);
      if (!decision) {
        decision = decide(contraction, index, layers.size(),
                          attr.getNumElements(), scheme);
        contraction.op->setAttr(attrName, decision);
      }
      ++(decision.getType().isF32() ? kept : selected);
    }
    return success();
  }
};

struct VerifySchemesPass
    : public quantopt::impl::VerifySchemesPassBase<VerifySchemesPass> {
  void runOnOperation() override {
    WalkResult result =
        getOperation().walk([&](ContractionOpInterface op) -> WalkResult {
          if (!getFloatConstant(op.getWeightOperand().get()))
            return WalkResult::advance();
          ++checked;
          if (op->hasAttr(QNNDialect::getSchemeAttrName()))
            return WalkResult::advance();
          return op->emitError("expected a decision about the weight "
                               "('qnn.scheme'); run 'qnn-select-weights'");
        });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
