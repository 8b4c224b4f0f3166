//===- PropagateTransposes.cpp - Channels-last order ----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Utils/StructuredOpsUtils.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "quant-opt/Dialect/QNN/Transforms/ChannelsLast.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Utils/Constants.h"

namespace quantopt::qnn {
#define GEN_PASS_DEF_PROPAGATETRANSPOSESPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

/// Ops with one operand whose output element depends on the input element at
/// the same position only.
static bool isPointwise(Operation *op) {
  return isa_and_present<UnaryOp, ClampOp, QuantizeOp, DequantizeOp>(op) &&
         !op->getOperand(0).getDefiningOp<ConstantOp>();
}

/// Whether the transpose keeps the row-major order of the elements: dimensions
/// larger than 1 stay in order.
static bool isReshape(TransposeOp op) {
  int64_t last = -1;
  auto type = cast<RankedTensorType>(op.getInput().getType());
  for (int64_t p : op.getPermutation()) {
    if (type.getDimSize(p) == 1)
      continue;
    if (p < last)
      return false;
    last = p;
  }
  return true;
}

/// A constant that broadcasts to tensors of the permutation's rank, permuted;
/// leading dimensions of size 1 are left out.
static Value permuteConstant(OpBuilder &builder, Location loc,
                             DenseElementsAttr attr,
                             ArrayRef<int64_t> permutation) {
  ArrayRef<int64_t> own = cast<RankedTensorType>(attr.getType()).getShape();
  SmallVector<int64_t> shape(permutation.size() - own.size(), 1);
  llvm::append_range(shape, own);
  SmallVector<float> values =
      permuteElements<float>(getFloatElements(attr), shape, permutation);
  SmallVector<int64_t> permuted = permuteShape(shape, permutation);
  ArrayRef<int64_t> target(permuted);
  while (!target.empty() && target.front() == 1)
    target = target.drop_front();
  return createFloatConstant(builder, loc, target, values);
}

namespace {

/// Rebuilds an op in channels-last order when that brings transposes together.
/// Those that keep the order of elements do not count: they become reshapes,
/// and an op could go back and forth between two of them.
struct ConvertToChannelsLast : public RewritePattern {
  ConvertToChannelsLast(MLIRContext *context, int64_t &count)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context), count(count) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (op->getNumResults() != 1 || !hasChannelsLastForm(op))
      return rewriter.notifyMatchFailure(op, "no channels-last form");
    bool fromLast = llvm::any_of(op->getOperands(), [](Value operand) {
      TransposeOp transpose = getTranspose(operand, kToChannelsFirst);
      return transpose && !isReshape(transpose);
    });
    bool toLast =
        !op->use_empty() && llvm::all_of(op->getUsers(), [](Operation *user) {
          auto transpose = dyn_cast<TransposeOp>(user);
          return transpose &&
                 transpose.getPermutation() == ArrayRef(kToChannelsLast) &&
                 !isReshape(transpose);
        });
    if (!fromLast && !toLast)
      return rewriter.notifyMatchFailure(op, "no transpose to move");
    FailureOr<Operation *> copy = convertToChannelsLast(rewriter, op);
    if (failed(copy))
      return failure();
    Value result = createTranspose(rewriter, op->getLoc(),
                                   (*copy)->getResult(0), kToChannelsFirst);
    rewriter.replaceOp(op, result);
    ++count;
    return success();
  }

  int64_t &count;
};

/// Transposes of constants and of dimensions of size 1 vanish.
struct SimplifyTranspose : public OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (isReshape(op)) {
      rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getInput());
      return success();
    }
    auto type = cast<RankedTensorType>(op.getInput().getType());
    auto shape = cast<RankedTensorType>(op.getType()).getShape();
    if (DenseElementsAttr attr = getFloatConstant(op.getInput())) {
      SmallVector<float> values = permuteElements<float>(
          getFloatElements(attr), type.getShape(), op.getPermutation());
      rewriter.replaceOp(
          op, createFloatConstant(rewriter, op.getLoc(), shape, values));
      return success();
    }
    auto dequantize = op.getInput().getDefiningOp<DequantizeOp>();
    auto constant = dequantize
                        ? dequantize.getInput().getDefiningOp<ConstantOp>()
                        : ConstantOp();
    if (!constant)
      return rewriter.notifyMatchFailure(op, "not a constant");
    FailureOr<ConstantOp> moved = reorderConstant(
        rewriter, constant, shape,
        getPermutedSources(type.getShape(), op.getPermutation()));
    if (failed(moved))
      return rewriter.notifyMatchFailure(op, "scales along a moved axis");
    rewriter.replaceOpWithNewOp<DequantizeOp>(op, op.getType(), *moved);
    return success();
  }
};

/// pointwise(reshape(x)) -> reshape(pointwise(x)), so that reshapes meet.
struct SinkReshape : public RewritePattern {
  explicit SinkReshape(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isPointwise(op))
      return rewriter.notifyMatchFailure(op, "not pointwise");
    auto reshape = op->getOperand(0).getDefiningOp<ReshapeOp>();
    if (!reshape)
      return rewriter.notifyMatchFailure(op, "no reshape to move");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    auto source = cast<RankedTensorType>(reshape.getInput().getType());
    Operation *copy =
        mlir::clone(rewriter, op,
                    TypeRange(RankedTensorType::get(source.getShape(),
                                                    type.getElementType())),
                    reshape.getInput());
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, type, copy->getResult(0));
    return success();
  }
};

/// op(transpose(x), ...) -> transpose(op(x, ...)) for elementwise ops and
/// permutations other than those between channels first and last, which
/// `ConvertToChannelsLast` moves. Such transposes only move down.
struct SinkTranspose : public RewritePattern {
  explicit SinkTranspose(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isPointwise(op) && !isa<BinaryOp>(op))
      return rewriter.notifyMatchFailure(op, "not elementwise");
    SmallVector<int64_t> permutation;
    for (Value operand : op->getOperands()) {
      if (getFloatConstant(operand))
        continue;
      auto transpose = operand.getDefiningOp<TransposeOp>();
      if (!transpose || (!permutation.empty() &&
                         transpose.getPermutation() != ArrayRef(permutation)))
        return rewriter.notifyMatchFailure(op, "operands differ in order");
      permutation.assign(transpose.getPermutation().begin(),
                         transpose.getPermutation().end());
    }
    ArrayRef<int64_t> order(permutation);
    if (permutation.empty() || order == ArrayRef(kToChannelsFirst) ||
        order == ArrayRef(kToChannelsLast))
      return rewriter.notifyMatchFailure(op, "no transpose to move");
    SmallVector<int64_t> inverse(permutation.size());
    for (auto [i, p] : llvm::enumerate(permutation))
      inverse[p] = i;
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (type.getRank() != int64_t(permutation.size()))
      return rewriter.notifyMatchFailure(op, "result has another rank");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (DenseElementsAttr attr = getFloatConstant(operand))
        operands.push_back(
            permuteConstant(rewriter, op->getLoc(), attr, inverse));
      else
        operands.push_back(operand.getDefiningOp<TransposeOp>().getInput());
    }
    Operation *copy = mlir::clone(
        rewriter, op,
        TypeRange(RankedTensorType::get(permuteShape(type.getShape(), inverse),
                                        type.getElementType())),
        operands);
    rewriter.replaceOpWithNewOp<TransposeOp>(op, type, copy->getResult(0),
                                             permutation);
    return success();
  }
};

/// The same for quantization with one scale of run time, and its inverse, which
/// do not depend on the order of elements: transposes and reshapes in front of
/// them move behind them.
template <typename OpT> struct SinkMovement : public OpRewritePattern<OpT> {
  using OpRewritePattern<OpT>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpT op,
                                PatternRewriter &rewriter) const override {
    if (op.getRowDims() != 0)
      return rewriter.notifyMatchFailure(op, "scales belong to rows");
    Operation *movement = op.getInput().getDefiningOp();
    auto transpose = dyn_cast_if_present<TransposeOp>(movement);
    bool movesDown =
        isa_and_present<ReshapeOp>(movement) ||
        (transpose && transpose.getPermutation() != ArrayRef(kToChannelsLast));
    if (!movesDown)
      return rewriter.notifyMatchFailure(op, "no movement to move");
    Value source = movement->getOperand(0);
    auto type = cast<RankedTensorType>(op.getResult().getType());
    auto shape = cast<RankedTensorType>(source.getType()).getShape();
    auto copy = cast<OpT>(rewriter.clone(*op));
    copy.getInputMutable().assign(source);
    copy.getResult().setType(type.clone(shape));
    Operation *moved =
        mlir::clone(rewriter, movement, TypeRange(type), copy.getResult());
    SmallVector<Value> results(copy->getResults());
    results.front() = moved->getResult(0);
    rewriter.replaceOp(op, results);
    return success();
  }
};

/// binary(reshape(x), reshape(y)) -> reshape(binary(x, y)) for equal shapes,
/// also when one operand is a constant per channel and channels stay last.
struct SinkReshapeOfBinary : public OpRewritePattern<BinaryOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(BinaryOp op,
                                PatternRewriter &rewriter) const override {
    RankedTensorType source;
    int64_t numChannels = 0;
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      if (!reshape) {
        auto channels = getOperandChannels(op, operand);
        if (!channels)
          return rewriter.notifyMatchFailure(op, "operand without reshape");
        if (channels->size() != 1)
          numChannels = channels->size();
        continue;
      }
      auto type = cast<RankedTensorType>(reshape.getInput().getType());
      if (operand.getType() != op.getType() || (source && source != type))
        return rewriter.notifyMatchFailure(op, "shapes differ");
      source = type;
    }
    if (!source || source.getRank() == 0 ||
        (numChannels && source.getShape().back() != numChannels))
      return rewriter.notifyMatchFailure(op, "no reshape to move");
    // Nothing is created before it is clear that the pattern applies.
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (auto reshape = operand.getDefiningOp<ReshapeOp>()) {
        operands.push_back(reshape.getInput());
        continue;
      }
      SmallVector<float> channels = *getOperandChannels(op, operand);
      operands.push_back(createFloatConstant(
          rewriter, op.getLoc(), {int64_t(channels.size())}, channels));
    }
    Operation *copy =
        mlir::clone(rewriter, op.getOperation(), TypeRange(source), operands);
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(),
                                           copy->getResult(0));
    return success();
  }

  /// The values of a constant operand per channel, or one for all of them.
  static std::optional<SmallVector<float>> getOperandChannels(BinaryOp op,
                                                              Value operand) {
    auto channels = getChannelConstant(operand, op.getType().getShape());
    if (channels && getFloatConstant(operand).getNumElements() == 1)
      channels->resize(1);
    return channels;
  }
};

/// dense(flatten(channels-first(x)), w) -> dense(flatten(x), permuted w).
struct PermuteDenseWeight : public OpRewritePattern<DenseOp> {
  PermuteDenseWeight(MLIRContext *context, int64_t &count)
      : OpRewritePattern(context), count(count) {}

  LogicalResult matchAndRewrite(DenseOp op,
                                PatternRewriter &rewriter) const override {
    auto flatten = op.getInput().getDefiningOp<ReshapeOp>();
    if (!flatten)
      return rewriter.notifyMatchFailure(op, "input is not reshaped");
    TransposeOp transpose = getTranspose(flatten.getInput(), kToChannelsFirst);
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "input is not transposed");
    auto image = cast<RankedTensorType>(transpose.getInput().getType());
    auto weightType = cast<RankedTensorType>(op.getWeight().getType());
    int64_t columns = weightType.getDimSize(1);
    if (columns != image.getNumElements() / image.getDimSize(0))
      return rewriter.notifyMatchFailure(op, "rows are not whole images");
    // Rows of the weight are channels-first images.
    SmallVector<int64_t> shape =
        permuteShape(image.getShape(), kToChannelsFirst);
    shape[0] = weightType.getDimSize(0);
    SmallVector<int64_t> sources = getPermutedSources(shape, kToChannelsLast);
    FailureOr<Value> weight =
        reorderWeight(rewriter, op.getWeight(), weightType.getShape(), sources);
    if (failed(weight))
      return rewriter.notifyMatchFailure(op, "weight is not a constant");
    Value flat = ReshapeOp::create(rewriter, flatten.getLoc(),
                                   flatten.getType(), transpose.getInput());
    rewriter.modifyOpInPlace(op, [&] {
      op.getInputMutable().assign(flat);
      op.getWeightMutable().assign(*weight);
    });
    ++count;
    return success();
  }

  /// A float or dequantized constant with its elements in another order.
  static FailureOr<Value> reorderWeight(OpBuilder &builder, Value weight,
                                        ArrayRef<int64_t> shape,
                                        ArrayRef<int64_t> sources) {
    if (DenseElementsAttr attr = getFloatConstant(weight)) {
      SmallVector<float> values = getFloatElements(attr), moved;
      for (int64_t source : sources)
        moved.push_back(values[source]);
      return createFloatConstant(builder, weight.getLoc(), shape, moved);
    }
    auto dequantize = weight.getDefiningOp<DequantizeOp>();
    Value stored = dequantize ? dequantize.getInput() : weight;
    auto constant = stored.getDefiningOp<ConstantOp>();
    if (!constant)
      return failure();
    FailureOr<ConstantOp> result =
        reorderConstant(builder, constant, shape, sources);
    if (failed(result))
      return failure();
    if (!dequantize)
      return Value(*result);
    return Value(DequantizeOp::create(builder, weight.getLoc(),
                                      weight.getType(), *result));
  }

  int64_t &count;
};

/// reshape-transpose-reshape that only permutes the channels of a
/// channels-first image (a channel shuffle) is a gather of channels.
struct GatherShuffledChannels : public OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(ReshapeOp op,
                                PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "no transpose before");
    auto split = transpose.getInput().getDefiningOp<ReshapeOp>();
    auto type = cast<RankedTensorType>(op.getType());
    if (!split || split.getInput().getType() != type || type.getRank() != 4)
      return rewriter.notifyMatchFailure(op, "no matching reshape before");
    auto middle = cast<RankedTensorType>(split.getType());
    ArrayRef<int64_t> shape = middle.getShape();
    // The dimensions of the split tensor that hold the channels.
    int64_t rank = middle.getRank();
    if (rank < 4 || shape.front() != type.getDimSize(0) ||
        shape.take_back(2) != type.getShape().take_back(2))
      return rewriter.notifyMatchFailure(op, "splits more than channels");
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    SmallVector<int64_t> inner;
    for (int64_t i = 0; i < rank; ++i) {
      bool outside = i == 0 || i >= rank - 2;
      if (outside && permutation[i] != i)
        return rewriter.notifyMatchFailure(op, "moves more than channels");
      if (!outside)
        inner.push_back(permutation[i] - 1);
    }
    SmallVector<int64_t> sources =
        getPermutedSources(shape.slice(1, rank - 3), inner);
    rewriter.replaceOpWithNewOp<GatherOp>(op, type, split.getInput(),
                                          /*axis=*/1, sources);
    return success();
  }
};

struct PropagateTransposesPass
    : public qnn::impl::PropagateTransposesPassBase<PropagateTransposesPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    int64_t numConverted = 0, numPermuted = 0;
    RewritePatternSet patterns(context);
    patterns.add<ConvertToChannelsLast>(context, numConverted);
    patterns.add<PermuteDenseWeight>(context, numPermuted);
    patterns
        .add<SimplifyTranspose, SinkReshape, SinkReshapeOfBinary, SinkTranspose,
             GatherShuffledChannels, SinkMovement<QuantizeDynamicOp>,
             SinkMovement<DequantizeDynamicOp>>(context);
    GreedyRewriteConfig config;
    config.setMaxIterations(64);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns),
                                     config))) {
      getOperation().emitError("moving transposes did not come to an end");
      return signalPassFailure();
    }
    converted += numConverted;
    permutedWeights += numPermuted;
  }
};
} // namespace
