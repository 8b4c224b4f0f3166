//===- FuseInteger.cpp - Pull dequantize into its users -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionWeights.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "quant-opt/Quantization/Schemes/RoundingPlan.h"
#include "quant-opt/Quantization/Transforms/Fusion.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "quant-opt/Support/Arithmetic.h"

namespace quantopt {
#define GEN_PASS_DEF_FUSEINTEGERPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

std::optional<SignedParams> quantopt::getSignedParams(Type elementType) {
  auto type = dyn_cast<AffineType>(elementType);
  unsigned bits = type ? type.getStorage().getWidth() : 0;
  if (bits != 8 && bits != 16)
    return std::nullopt;
  int64_t offset =
      type.getStorage().isUnsigned() ? int64_t(1) << (bits - 1) : 0;
  return SignedParams{type.getScale(),
                      type.getZeroPoint() - offset,
                      type.getStorageMin() - offset,
                      type.getStorageMax() - offset,
                      bits,
                      offset};
}

Fusion::Fusion(QuantizeOp root, const Options &options, Statistics &statistics)
    : root(root), options(options), statistics(statistics), builder(root) {
  auto params = getSignedParams(root.getType().getElementType());
  if (!params)
    return;
  valid = true;
  target = *params;
  base = root.getInput();
  // Rounding is monotone: limits in front of it are limits behind it.
  while (auto clamp = base.getDefiningOp<ClampOp>()) {
    auto round = [&](APFloat end) {
      if (isTFLite())
        return quantizeLimit(end.convertToFloat(), target.toBytes());
      return quantizeValue(end.convertToFloat(), params->scale,
                           params->zeroPoint, target.min, target.max);
    };
    int64_t min = round(clamp.getMin()), max = round(clamp.getMax());
    target.min = min;
    target.max = max;
    base = clamp.getInput();
  }
}

LogicalResult Fusion::fail(Operation *op, const Twine &why) {
  obstacle = op;
  reason = why.str();
  return failure();
}

RankedTensorType Fusion::getIntegerType(Value value, unsigned bits) {
  return RankedTensorType::get(
      cast<RankedTensorType>(value.getType()).getShape(),
      builder.getIntegerType(bits));
}

std::optional<IntegerOperand> Fusion::getOperand(Value value) {
  auto dequantize = value.getDefiningOp<DequantizeOp>();
  if (!dequantize)
    return std::nullopt;
  Value stored = dequantize.getInput();
  auto params = getSignedParams(
      cast<RankedTensorType>(stored.getType()).getElementType());
  if (!params)
    return std::nullopt;
  RankedTensorType type = getIntegerType(stored, params->bits);
  if (auto constant = stored.getDefiningOp<ConstantOp>()) {
    auto affine = cast<AffineType>(
        cast<RankedTensorType>(stored.getType()).getElementType());
    // Unsigned storage moves by half its range.
    int64_t offset = affine.getZeroPoint() - params->zeroPoint;
    SmallVector<int64_t> values = getStoredIntegers(constant);
    for (int64_t &value : values)
      value -= offset;
    return IntegerOperand{
        createIntegers(builder, constant.getLoc(), type, values), *params};
  }
  auto cast = stored.getDefiningOp<StorageCastOp>();
  if (cast && cast.getInput().getType() == type)
    return IntegerOperand{cast.getInput(), *params};
  Value integers =
      StorageCastOp::create(builder, stored.getLoc(), type, stored);
  return IntegerOperand{integers, *params};
}

FailureOr<Value> Fusion::fuse(Operation *op) {
  if (!op)
    return failure(); // an argument: rounded at the border
  if (auto contraction = dyn_cast<ContractionOpInterface>(op))
    return fuseContraction(contraction);
  if (auto binary = dyn_cast<BinaryOp>(op))
    return fuseBinary(binary);
  if (RoundingPlan::movesValues(op))
    return fuseMovement(op);
  if (auto pool = dyn_cast<PoolOp>(op))
    return fuseAverage(op, pool.getInput(), pool.getWindow(),
                       pool.getCountedPads());
  if (auto softmax = dyn_cast<SoftmaxOp>(op))
    return fuseSoftmax(softmax);
  if (auto matmul = dyn_cast<MatmulOp>(op))
    return fuseMatmul(matmul);
  if (auto interpolation = dyn_cast<InterpolateOp>(op))
    return fuseInterpolation(interpolation);
  auto reduce = dyn_cast<ReduceOp>(op);
  if (reduce && reduce.getFn() == ReduceFn::Mean &&
      reduce.getInput().getType().getRank() == 4 &&
      reduce.getAxes() == ArrayRef<int64_t>({1, 2})) {
    ArrayRef<int64_t> shape = reduce.getInput().getType().getShape();
    auto window = WindowAttr::get(op->getContext(), {shape[1], shape[2]},
                                  {1, 1}, {1, 1}, {0, 0, 0, 0});
    return fuseAverage(op, reduce.getInput(), window, std::nullopt);
  }
  if (isa<DequantizeOp>(op))
    return fail(op, "its type has no 8-bit integers");
  if (isa<UnaryOp>(op))
    return fail(op, getOperand(op->getOperand(0))
                        ? "a table for 16 bits would have 65536 entries"
                        : "its input is not quantized to 8 bits");
  return fail(op, "it has no integer form");
}

LogicalResult Fusion::run() {
  // A quantized value that is rounded to its own type does not change.
  if (auto dequantize = root.getInput().getDefiningOp<DequantizeOp>())
    if (dequantize.getInput().getType() == root.getType()) {
      root.getResult().replaceAllUsesWith(dequantize.getInput());
      root.erase();
      return success();
    }
  FailureOr<Value> integers = fuseConstant();
  if (failed(integers))
    integers = isTFLite() ? fuseSourceTable() : fuseTable();
  if (failed(integers) && !obstacle)
    integers = fuse(base.getDefiningOp());
  if (failed(integers))
    return failure();
  Value stored =
      StorageCastOp::create(builder, root.getLoc(), root.getType(), *integers);
  root.getResult().replaceAllUsesWith(stored);
  root.erase();
  return success();
}

/// Why an op that no rounding point asked about computes in float.
static StringRef getDefaultReason(Operation *op) {
  if (isa<SoftmaxOp>(op))
    return "softmax computes in float; 'integer-only' changes that";
  return "its result is not quantized";
}

/// Whether an op multiplies integers, whatever its sums are.
static bool multipliesIntegers(Operation &op) {
  auto contraction = dyn_cast<ContractionOpInterface>(op);
  return contraction &&
         cast<RankedTensorType>(contraction.getInputOperand().get().getType())
             .getElementType()
             .isInteger();
}

/// Erases ops without users, users first.
static void eraseDeadOps(func::FuncOp function) {
  for (Operation &op :
       llvm::make_early_inc_range(llvm::reverse(function.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// Writes down why an op stays float.
static void explain(Operation *op, StringRef reason, bool remark) {
  op->setAttr(QNNDialect::getReasonAttrName(),
              StringAttr::get(op->getContext(), reason));
  if (remark)
    op->emitRemark("stays float: ") << reason;
}

/// Records on arguments and results how their integers stand for numbers.
static void recordBorder(func::FuncOp function) {
  StringRef name = QNNDialect::getQuantizationAttrName();
  auto getElement = [](Type type) -> Type {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && isa<QuantizedTypeInterface>(tensor.getElementType())
               ? tensor.getElementType()
               : Type();
  };
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes()))
    if (Type element = getElement(type))
      function.setArgAttr(i, name, TypeAttr::get(element));
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    if (Type element = getElement(type))
      function.setResultAttr(i, name, TypeAttr::get(element));
}

namespace {
struct FuseIntegerPass
    : public quantopt::impl::FuseIntegerPassBase<FuseIntegerPass> {
  using FuseIntegerPassBase::FuseIntegerPassBase;

  void runOnOperation() override {
    if (rounding != "auto" && rounding != "nearest" && rounding != "source") {
      emitError(UnknownLoc::get(&getContext()))
          << "expected 'rounding' to be auto, nearest or source, but got '"
          << rounding << "'";
      return signalPassFailure();
    }
    Engine engine = chooseEngine();
    Fusion::Statistics statistics;
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && function.getBody().hasOneBlock())
        fuseFunction(function, engine, statistics);
    fused += statistics.fused;
    kept += statistics.kept;
    enlarged += statistics.enlarged;
    twice += statistics.twice;
    products += statistics.products;
  }

  /// Models of ONNX Runtime keep its integers unless asked not to; those of
  /// TFLite when asked to.
  Engine chooseEngine() {
    auto name = getOperation()->getAttrOfType<StringAttr>(getEngineAttrName());
    if (rounding != "nearest" && name && name == getOnnxRuntimeName())
      return Engine::OnnxRuntime;
    return rounding == "source" ? Engine::TFLite : Engine::None;
  }

  void fuseFunction(func::FuncOp function, Engine engine,
                    Fusion::Statistics &statistics) {
    placeRoundingAroundMovement(function);
    SmallVector<QuantizeOp> roots;
    function.walk([&](QuantizeOp op) { roots.push_back(op); });
    llvm::MapVector<Operation *, std::string> reasons;
    for (QuantizeOp root : roots) {
      Fusion fusion(root, {integerOnly, engine}, statistics);
      if (fusion.isValid() && succeeded(fusion.run())) {
        ++statistics.fused;
        continue;
      }
      if (!fusion.isValid())
        reasons.insert(
            {root, "only types of 8 and 16 bits have integer forms"});
      if (fusion.getObstacle())
        reasons.insert({fusion.getObstacle(), fusion.getReason().str()});
      if (!isa<BlockArgument>(root.getInput()))
        ++statistics.kept;
    }
    statistics.fused +=
        fuseDynamicContractions(function, [&](Operation *op, StringRef why) {
          explain(op, why, remarks);
          ++statistics.kept;
        });
    eraseDeadOps(function);
    explainFloatOps(function, reasons);
    fuseQuantizedWeights(function);
    recordBorder(function);
  }

  /// Lists what computes in float although the function has integer parts.
  void explainFloatOps(func::FuncOp function,
                       llvm::MapVector<Operation *, std::string> &reasons) {
    bool hasRounding = false;
    for (Operation &op : function.getBody().front())
      hasRounding |= isa<StorageCastOp, QuantizeOp>(op);
    if (!hasRounding)
      return;
    for (Operation &op : function.getBody().front()) {
      if (op.getNumResults() != 1 || RoundingPlan::movesValues(&op) ||
          isa<DequantizeOp, DequantizeDynamicOp, ScaleSumsOp,
              arith::ConstantOp>(op) ||
          multipliesIntegers(op) || op.hasAttr(QNNDialect::getReasonAttrName()))
        continue;
      auto known = reasons.find(&op);
      auto type = dyn_cast<RankedTensorType>(op.getResult(0).getType());
      if (known != reasons.end())
        explain(&op, known->second, remarks);
      else if (type && type.getElementType().isF32())
        explain(&op, getDefaultReason(&op), remarks);
    }
  }
};
} // namespace
