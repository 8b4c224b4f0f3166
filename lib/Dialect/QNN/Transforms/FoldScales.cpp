//===- FoldScales.cpp - Batch-norm folding --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputChannels.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"

namespace quantopt::qnn {
#define GEN_PASS_DEF_COMBINESCALESPASS
#define GEN_PASS_DEF_FOLDSCALESPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

namespace {

/// `y = x * factor + offset` per channel: what a binary op with one constant
/// operand computes.
struct ChannelMap {
  Value input;
  SmallVector<float> factor; // empty: 1
  SmallVector<float> offset; // empty: 0
};

/// A contraction with its constants unpacked.
struct Contraction {
  Operation *op;
  DenseElementsAttr weight; // null for a quantized constant
  SmallVector<float> bias;  // one per output channel, zeros when absent
  int64_t rows;
  int64_t rowSize;
};
} // namespace

/// Reads `op` as a map of its non-constant operand, or fails.
static FailureOr<ChannelMap> readChannelMap(BinaryOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  auto lhs = getChannelConstant(op.getLhs(), type.getShape());
  auto rhs = getChannelConstant(op.getRhs(), type.getShape());
  if (bool(lhs) == bool(rhs))
    return failure();
  ChannelMap map;
  map.input = lhs ? op.getRhs() : op.getLhs();
  if (map.input.getType() != op.getType())
    return failure();
  SmallVector<float> values = lhs ? *lhs : *rhs;
  switch (op.getFn()) {
  case BinaryFn::Add:
    map.offset = values;
    return map;
  case BinaryFn::Sub:
    if (lhs) { // constant - x
      map.factor.assign(values.size(), -1.0f);
    } else {
      for (float &value : values)
        value = -value;
    }
    map.offset = values;
    return map;
  case BinaryFn::Mul:
    map.factor = values;
    return map;
  case BinaryFn::Div:
    if (lhs)
      return failure();
    for (float &value : values)
      value = 1.0f / value;
    map.factor = values;
    return map;
  default:
    return failure();
  }
}

/// Whether the value is a quantized constant as real numbers.
static bool isQuantizedConstant(Value value) {
  auto dequantize = value.getDefiningOp<DequantizeOp>();
  return dequantize && dequantize.getInput().getDefiningOp<ConstantOp>();
}

/// Unpacks a contraction whose weight is a constant and whose bias is an f32
/// one.
static FailureOr<Contraction> readContraction(Operation *op) {
  auto contraction = dyn_cast_if_present<ContractionOpInterface>(op);
  if (!contraction)
    return failure();
  Value weight = contraction.getWeightOperand().get();
  Contraction result;
  result.op = op;
  result.weight = getFloatConstant(weight);
  if (!result.weight && !isQuantizedConstant(weight))
    return failure();
  auto type = cast<RankedTensorType>(weight.getType());
  result.rows = type.getDimSize(0);
  result.rowSize = getRowSize(type.getShape());
  result.bias.assign(result.rows, 0.0f);
  if (Value bias = contraction.getBiasValue()) {
    DenseElementsAttr attr = getFloatConstant(bias);
    if (!attr)
      return failure();
    result.bias = getFloatElements(attr);
  }
  return result;
}

/// Gives the contraction another weight and bias.
static void writeContraction(RewriterBase &rewriter, Contraction &contraction,
                             ArrayRef<float> weight) {
  Operation *op = contraction.op;
  rewriter.setInsertionPoint(op);
  auto interface = cast<ContractionOpInterface>(op);
  auto type =
      cast<RankedTensorType>(interface.getWeightOperand().get().getType());
  Value newWeight;
  if (!weight.empty())
    newWeight =
        createFloatConstant(rewriter, op->getLoc(), type.getShape(), weight);
  Value bias = createFloatConstant(rewriter, op->getLoc(), {contraction.rows},
                                   contraction.bias);
  rewriter.modifyOpInPlace(op, [&] {
    if (newWeight)
      interface.getWeightOperand().set(newWeight);
    if (auto conv = dyn_cast<Conv2DOp>(op))
      conv.getBiasMutable().assign(bias);
    else
      cast<DenseOp>(op).getBiasMutable().assign(bias);
  });
}

int64_t qnn::getInputChannel(Operation *op, int64_t row, int64_t column) {
  auto conv = dyn_cast<Conv2DOp>(op);
  if (!conv)
    return column;
  auto type = cast<RankedTensorType>(conv.getWeight().getType());
  int64_t perGroup = type.getDimSize(3);
  int64_t rowsPerGroup = type.getDimSize(0) / int64_t(conv.getGroups());
  return row / rowsPerGroup * perGroup + column % perGroup;
}

static bool allFinite(ArrayRef<float> values) {
  return llvm::all_of(values, [](float v) { return std::isfinite(v); });
}

/// binary(x, constant per channel) -> depthwise convolution with one weight.
static LogicalResult combineScale(RewriterBase &rewriter, BinaryOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  FailureOr<ChannelMap> map = readChannelMap(op);
  if (failed(map) || type.getRank() != 4 || getScalarConstant(op.getLhs()) ||
      getScalarConstant(op.getRhs()) || !allFinite(map->factor) ||
      !allFinite(map->offset))
    return failure();
  int64_t channels = type.getDimSize(3);
  if (map->factor.empty())
    map->factor.assign(channels, 1.0f);
  Value weight = createFloatConstant(rewriter, op.getLoc(), {channels, 1, 1, 1},
                                     map->factor);
  Value bias;
  if (!map->offset.empty())
    bias = createFloatConstant(rewriter, op.getLoc(), {channels}, map->offset);
  auto window =
      WindowAttr::get(op.getContext(), {1, 1}, {1, 1}, {1, 1}, {0, 0, 0, 0});
  rewriter.replaceOpWithNewOp<Conv2DOp>(op, type, map->input, weight, bias,
                                        window, uint64_t(channels));
  return success();
}

namespace {

/// binary(contraction(x), constant) -> contraction'(x).
struct FoldScaleBehind : public OpRewritePattern<BinaryOp> {
  FoldScaleBehind(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(BinaryOp op,
                                PatternRewriter &rewriter) const override {
    FailureOr<ChannelMap> map = readChannelMap(op);
    if (failed(map))
      return rewriter.notifyMatchFailure(op, "no constant per channel");
    if (!map->input.hasOneUse())
      return rewriter.notifyMatchFailure(op, "input has other users");
    FailureOr<Contraction> contraction =
        readContraction(map->input.getDefiningOp());
    if (failed(contraction))
      return rewriter.notifyMatchFailure(op, "no constant contraction before");
    if (!allFinite(map->factor) || !allFinite(map->offset))
      return rewriter.notifyMatchFailure(op, "constants are not finite");
    if (!contraction->weight && !map->factor.empty())
      return rewriter.notifyMatchFailure(op, "quantized weights are kept");
    SmallVector<float> weight;
    if (!map->factor.empty()) {
      weight = getFloatElements(contraction->weight);
      for (auto [i, value] : llvm::enumerate(weight))
        value *= map->factor[i / contraction->rowSize];
      for (auto [row, value] : llvm::enumerate(contraction->bias))
        value *= map->factor[row];
    }
    if (!map->offset.empty())
      for (auto [row, value] : llvm::enumerate(contraction->bias))
        value += map->offset[row];
    if (!allFinite(weight) || !allFinite(contraction->bias))
      return rewriter.notifyMatchFailure(op, "products are not finite");
    writeContraction(rewriter, *contraction, weight);
    rewriter.replaceOp(op, map->input);
    ++count;
    return success();
  }

  int64_t &count;
};

/// contraction(binary(x, constant)) -> contraction'(x).
struct FoldScaleInFront
    : public OpInterfaceRewritePattern<ContractionOpInterface> {
  FoldScaleInFront(MLIRContext *context, int64_t &count)
      : OpInterfaceRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(ContractionOpInterface op,
                                PatternRewriter &rewriter) const override {
    Value input = op.getInputOperand().get();
    auto binary = input.getDefiningOp<BinaryOp>();
    if (!binary || !input.hasOneUse())
      return rewriter.notifyMatchFailure(op, "no scale with a single user");
    FailureOr<ChannelMap> map = readChannelMap(binary);
    FailureOr<Contraction> contraction = readContraction(op);
    if (failed(map) || failed(contraction) || !contraction->weight)
      return rewriter.notifyMatchFailure(op, "no constants");
    if (map->input.getDefiningOp<arith::ConstantOp>() ||
        !allFinite(map->factor) || !allFinite(map->offset))
      return rewriter.notifyMatchFailure(op, "constants are not finite");
    auto conv = dyn_cast<Conv2DOp>(op.getOperation());
    if (!map->offset.empty() && conv && conv.getWindow().hasPadding())
      return rewriter.notifyMatchFailure(op, "padding is not shifted");
    SmallVector<float> weight = getFloatElements(contraction->weight);
    foldInto(*map, *contraction, weight);
    if (!allFinite(weight) || !allFinite(contraction->bias))
      return rewriter.notifyMatchFailure(op, "products are not finite");
    writeContraction(rewriter, *contraction, weight);
    rewriter.modifyOpInPlace(op, [&] { op.getInputOperand().set(map->input); });
    ++count;
    return success();
  }

  /// Moves the map to the weight and the bias.
  static void foldInto(const ChannelMap &map, Contraction &contraction,
                       MutableArrayRef<float> weight) {
    for (int64_t row = 0; row < contraction.rows; ++row) {
      double sum = contraction.bias[row];
      for (int64_t column = 0; column < contraction.rowSize; ++column) {
        float &value = weight[row * contraction.rowSize + column];
        int64_t channel = getInputChannel(contraction.op, row, column);
        if (!map.offset.empty())
          sum += double(value) * map.offset[channel];
        if (!map.factor.empty())
          value *= map.factor[channel];
      }
      contraction.bias[row] = float(sum);
    }
  }

  int64_t &count;
};

struct CombineScalesPass
    : public qnn::impl::CombineScalesPassBase<CombineScalesPass> {
  void runOnOperation() override {
    FailureOr<int64_t> count = combineScales(getOperation());
    if (failed(count)) {
      getOperation().emitError("combining scales did not come to an end");
      return signalPassFailure();
    }
    combined += *count;
  }
};

struct FoldScalesPass : public qnn::impl::FoldScalesPassBase<FoldScalesPass> {
  void runOnOperation() override {
    FailureOr<int64_t> count = foldScales(getOperation());
    if (failed(count)) {
      getOperation().emitError("folding scales did not come to an end");
      return signalPassFailure();
    }
    folded += *count;
  }
};
} // namespace

FailureOr<int64_t> qnn::combineScales(Operation *root) {
  // Top down, one at a time: what follows a new convolution is folded into it
  // before it becomes one itself.
  int64_t count = 0, created = 0;
  do {
    FailureOr<int64_t> folded = foldScales(root);
    if (failed(folded))
      return failure();
    created = 0;
    root->walk([&](BinaryOp op) {
      IRRewriter rewriter(op);
      created += succeeded(combineScale(rewriter, op));
      return created ? WalkResult::interrupt() : WalkResult::advance();
    });
    count += created;
  } while (created);
  return count;
}

FailureOr<int64_t> qnn::foldScales(Operation *root) {
  int64_t count = 0;
  RewritePatternSet patterns(root->getContext());
  patterns.add<FoldScaleBehind, FoldScaleInFront>(root->getContext(), count);
  if (failed(applyPatternsGreedily(root, std::move(patterns))))
    return failure();
  return count;
}
