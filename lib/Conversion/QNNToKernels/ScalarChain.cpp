//===- ScalarChain.cpp - Chains of elementwise ops ------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarChain.h"
#include "Interpolation.h"
#include "ScalarSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QNN/Utils/Engine.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

bool quantopt::isKernelRoot(Operation *op) {
  // Weights are packed and biases padded when the model is compiled.
  if (isa<qnn::ContractionOpInterface>(op))
    return llvm::all_of(op->getOperands().drop_front(), [](Value operand) {
      return operand.getDefiningOp<qnn::ConstantOp>() ||
             matchPattern(operand, m_Constant());
    });
  return isa<qnn::PoolOp, qnn::PoolRequantizeOp>(op);
}

bool quantopt::isScalarStep(Operation *op) {
  return isa<qnn::ElementwiseOpInterface, qnn::RequantizeOp, qnn::QuantizeOp,
             qnn::DequantizeOp, qnn::DequantizeDynamicOp, qnn::ScaleSumsOp,
             qnn::StorageCastOp, qnn::RescaleAddOp, qnn::RescaleMulOp,
             qnn::LookupOp, qnn::LookupSumOp>(op);
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<RankedTensorType>(value.getType()).getShape();
}

/// The float constant behind a value, or null.
static DenseElementsAttr getConstant(Value value) {
  DenseElementsAttr attr;
  return matchPattern(value, m_Constant(&attr)) ? attr : nullptr;
}

/// Whether every element depends on the last dimension's index only.
static bool isPerChannel(ArrayRef<int64_t> shape, ArrayRef<int64_t> result) {
  if (shape.empty() || result.empty() || shape.back() != result.back())
    return false;
  return llvm::all_of(shape.drop_back(), [](int64_t d) { return d == 1; });
}

/// Whether a kernel's epilogue can take the operand.
static bool isEpilogueOperand(Value value, ArrayRef<int64_t> result) {
  if (DenseElementsAttr constant = getConstant(value)) {
    bool isFloat = constant.getElementType().isF32();
    if (constant.isSplat() || (isFloat && isPerChannel(shapeOf(value), result)))
      return true;
  }
  return shapeOf(value) == result;
}

/// Whether the operand of a step belongs to rows: a scale or a zero point.
static bool isRowOperand(Operation *op, Value operand) {
  if (auto sums = dyn_cast<qnn::ScaleSumsOp>(op))
    return operand == sums.getRowScales() || operand == sums.getZeroPoint();
  if (auto dequantize = dyn_cast<qnn::DequantizeDynamicOp>(op))
    return operand == dequantize.getScales() ||
           operand == dequantize.getZeroPoints();
  return false;
}

/// Whether `op` can be computed right where its operand `chainValue` is.
static bool canFollow(Operation *op, Value chainValue, bool kernel) {
  if (!isScalarStep(op) || shapeOf(op->getResult(0)) != shapeOf(chainValue))
    return false;
  if (!kernel)
    return true;
  // Its tables are tensors, which a kernel's epilogue cannot read.
  if (isa<qnn::LookupSumOp>(op))
    return false;
  for (Value operand : op->getOperands())
    if (operand != chainValue && !isRowOperand(op, operand) &&
        !isEpilogueOperand(operand, shapeOf(chainValue)))
      return false;
  return true;
}

llvm::MapVector<Operation *, FusionGroup>
quantopt::findFusionGroups(Block &block) {
  llvm::DenseSet<Operation *> absorbed;
  llvm::MapVector<Operation *, FusionGroup> groups;
  SmallVector<FusionGroup> found;
  for (Operation &op : block.without_terminator()) {
    bool kernel = isKernelRoot(&op);
    bool isInterpolation =
        isa<qnn::InterpolateFixedOp>(op) && !isInnerInterpolation(&op);
    bool loop = isScalarStep(&op) || isInterpolation ||
                isa<qnn::TransposeOp, qnn::BroadcastOp>(op);
    if (absorbed.contains(&op) || (!kernel && !loop))
      continue;
    FusionGroup group{&op, {}};
    Value value = op.getResult(0);
    while (value.hasOneUse()) {
      Operation *next = *value.user_begin();
      if (next->getBlock() != &block || absorbed.contains(next))
        break;
      if (!kernel && !isInterpolation && isa<qnn::TransposeOp>(next)) {
        group.transpose = next;
        absorbed.insert(next);
        break;
      }
      if (!canFollow(next, value, kernel))
        break;
      group.steps.push_back(next);
      absorbed.insert(next);
      value = next->getResult(0);
    }
    found.push_back(std::move(group));
  }
  for (FusionGroup &group : found)
    groups[group.getTail()] = group;
  return groups;
}

//===----------------------------------------------------------------------===//
// ScalarChain
//===----------------------------------------------------------------------===//

SmallVector<int64_t> quantopt::getPaddedOrder(int64_t channels, int64_t size) {
  auto order = llvm::to_vector(llvm::seq<int64_t>(0, channels));
  order.resize(size, -1);
  return order;
}

ScalarChain::ScalarChain(LoweringState &state, ArrayRef<Operation *> ops,
                         Value chainInput, ArrayRef<IntegerRange> inputRanges,
                         ArrayRef<int64_t> channelOrder, Location loc)
    : state(state), loc(loc),
      channelOrder(channelOrder.begin(), channelOrder.end()) {
  Value value = chainInput;
  for (Operation *op : ops) {
    collect(op, value, inputRanges);
    value = op->getResult(0);
    inputRanges = {};
  }
}

/// A scalar constant when all values agree, else a channel operand.
template <typename T>
ScalarChain::Source ScalarChain::addChannelValues(SmallVector<T> values) {
  Builder b(state.builder.getContext());
  Source source;
  if (llvm::all_equal(values)) {
    if constexpr (std::is_same_v<T, float>)
      source.constant = b.getF32FloatAttr(values.front());
    else
      source.constant = b.getI32IntegerAttr(values.front());
    return source;
  }
  if (!channelOrder.empty())
    values = arrangeChannels<T>(values, channelOrder);
  source.operand = operands.size();
  Value tensor;
  if constexpr (std::is_same_v<T, float>)
    tensor = state.constantF32(values, loc);
  else
    tensor = state.constantI32(values, loc);
  operands.push_back({SideOperand::Kind::Channel, tensor});
  return source;
}

ScalarChain::Source ScalarChain::addValue(Value value,
                                          ArrayRef<int64_t> resultShape) {
  DenseElementsAttr constant = getConstant(value);
  Source source;
  if (constant && constant.isSplat()) {
    // Bytes as activations are stored.
    if (constant.getElementType().isInteger(8))
      constant = getConstant(state.get(value, loc));
    source.constant = constant.getSplatValue<TypedAttr>();
    return source;
  }
  ArrayRef<int64_t> shape = shapeOf(value);
  if (constant && constant.getElementType().isF32() &&
      isPerChannel(shape, resultShape)) {
    SmallVector<float> values(constant.getValues<float>());
    return addChannelValues(std::move(values));
  }
  source.operand = operands.size();
  auto kind = shape == resultShape ? SideOperand::Kind::Full
                                   : SideOperand::Kind::Broadcast;
  operands.push_back({kind, state.get(value, loc)});
  return source;
}

ScalarChain::Source ScalarChain::addRowValue(Value value) {
  Source source;
  source.operand = operands.size();
  operands.push_back({SideOperand::Kind::Row, state.get(value, loc)});
  return source;
}

/// Scales, offsets, the zero point with its factors and then the rows' scales;
/// offsets are always there.
void ScalarChain::collectScaleSums(Step &step, qnn::ScaleSumsOp op) {
  auto addArray = [&](ArrayRef<float> values) {
    step.sources.push_back(addChannelValues(SmallVector<float>(values)));
  };
  addArray(op.getScales());
  addArray(op.getOffsets() ? *op.getOffsets() : ArrayRef<float>(0.0f));
  if (op.getZeroPoint()) {
    step.sources.push_back(addRowValue(op.getZeroPoint()));
    step.sources.push_back(
        addChannelValues(SmallVector<int32_t>(*op.getZeroFactors())));
  }
  if (op.getRowScales())
    step.sources.push_back(addRowValue(op.getRowScales()));
}

static StoredRange getStoredRange(qnn::RequantizeOp op) {
  return {getElementTypeOrSelf(op.getType()), int32_t(op.getZeroPoint()),
          int32_t(op.getMin()), int32_t(op.getMax())};
}

void ScalarChain::collectRequantize(Step &step, qnn::RequantizeOp op,
                                    ArrayRef<IntegerRange> inputRanges) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  unsigned bits = type.getElementTypeBitWidth();
  int64_t inputZero = int32_t(op.getInputZeroPoint());
  IntegerRange stored{llvm::minIntN(bits) - inputZero,
                      llvm::maxIntN(bits) - inputZero};
  if (inputRanges.empty() && bits <= 32)
    inputRanges = stored;
  SmallVector<Multiplier> multipliers;
  for (auto [m, shift] : llvm::zip(op.getMultipliers(), op.getShifts()))
    multipliers.push_back({m, shift});
  // Two roundings take multipliers and shifts, as the exact form does.
  if (op.getRoundTwice()) {
    step.roundings = TwoRoundings::get(op.getShifts(), inputRanges);
    inputRanges = {};
  }
  step.form = qnn::getSumRounding(op) == SumRounding::Product
                  ? chooseProductForm(state.target, multipliers, inputRanges)
                  : chooseRequantizeForm(state.target, multipliers, inputRanges,
                                         getStoredRange(op));
  auto add = [&](const auto &constants) {
    using T = typename std::decay_t<decltype(constants)>::value_type;
    if (!constants.empty())
      step.sources.push_back(
          addChannelValues(SmallVector<T>(constants.begin(), constants.end())));
  };
  add(step.form.scales);
  add(step.form.factors);
  add(step.form.shifts);
}

void ScalarChain::collect(Operation *op, Value chainValue,
                          ArrayRef<IntegerRange> inputRanges) {
  Step step;
  step.op = op;
  ArrayRef<int64_t> resultShape = shapeOf(op->getResult(0));
  if (auto requantize = dyn_cast<qnn::RequantizeOp>(op)) {
    collectRequantize(step, requantize, inputRanges);
  } else if (auto sums = dyn_cast<qnn::ScaleSumsOp>(op)) {
    collectScaleSums(step, sums);
  } else if (auto dequantize = dyn_cast<qnn::DequantizeDynamicOp>(op)) {
    step.sources.push_back(addRowValue(dequantize.getScales()));
    if (dequantize.getZeroPoints())
      step.sources.push_back(addRowValue(dequantize.getZeroPoints()));
  } else {
    if (auto lookup = dyn_cast<qnn::LookupSumOp>(op))
      step.tables = {state.constantI32(lookup.getLhsTable(), loc),
                     state.constantI32(lookup.getRhsTable(), loc)};
    for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
      if (operand == chainValue) {
        step.chainOperand = i;
        continue;
      }
      step.sources.push_back(addValue(operand, resultShape));
    }
  }
  steps.push_back(std::move(step));
}

Value ScalarChain::load(OpBuilder &builder, Location loc, const Source &source,
                        ValueRange sides) {
  if (source.constant)
    return arith::ConstantOp::create(builder, loc, source.constant);
  return sides[source.operand];
}

Value ScalarChain::emitRequantize(ScalarEmitter &emitter, const Step &step,
                                  Value input, ArrayRef<Value> values) {
  auto op = cast<qnn::RequantizeOp>(step.op);
  StoredRange range = getStoredRange(op);
  if (input.getType().getIntOrFloatBitWidth() <= 16)
    input = emitter.center(input, int32_t(op.getInputZeroPoint()));
  if (op.getRoundTwice())
    return emitter.requantizeTwice(input, values[0], values[1], step.roundings,
                                   range);
  return emitter.requantize(step.form, input, values, range);
}

Value ScalarChain::emitStep(OpBuilder &builder, Location loc, const Step &step,
                            Value input, ValueRange sides) {
  FastMath::Scope scope(state.fastMath, step.op);
  ScalarEmitter emitter(builder, loc, state.target);
  SmallVector<Value> values;
  for (const Source &source : step.sources)
    values.push_back(load(builder, loc, source, sides));
  // Both operands of a binary step, in the op's order.
  auto pair = [&]() -> std::pair<Value, Value> {
    Value other = values.empty() ? input : values[0];
    return step.chainOperand == 0 ? std::pair(input, other)
                                  : std::pair(other, input);
  };
  return llvm::TypeSwitch<Operation *, Value>(step.op)
      .Case<qnn::RequantizeOp>(
          [&](auto) { return emitRequantize(emitter, step, input, values); })
      .Case<qnn::QuantizeOp>([&](auto op) {
        auto type = cast<RankedTensorType>(op.getType()).getElementType();
        return emitter.quantize(cast<qnn::AffineType>(type), input);
      })
      .Case<qnn::DequantizeOp>([&](auto op) {
        auto type =
            cast<RankedTensorType>(op.getInput().getType()).getElementType();
        return emitter.dequantize(cast<qnn::AffineType>(type), input);
      })
      .Case<qnn::DequantizeDynamicOp>([&](auto op) {
        if (op.getZeroPoints())
          return emitter.dequantize(values[1], values[0], input);
        return emitter.dequantize(int32_t(op.getZeroPoint()), values[0], input);
      })
      .Case<qnn::ScaleSumsOp>([&](auto op) {
        Value sum = input;
        if (op.getZeroPoint())
          sum = emitter.shiftSum(input, values[2], values[3]);
        return emitter.scaleSum(sum, values[0], values[1],
                                op.getRowScales() ? values.back() : Value());
      })
      .Case<qnn::StorageCastOp>([&](auto) { return input; })
      .Case<qnn::LookupOp>(
          [&](auto op) { return emitter.lookup(op.getTable(), input); })
      .Case<qnn::RescaleAddOp>([&](auto op) {
        auto [lhs, rhs] = pair();
        return emitter.rescaleAdd(op, lhs, rhs);
      })
      .Case<qnn::RescaleMulOp>([&](auto op) {
        auto [lhs, rhs] = pair();
        return emitter.rescaleMul(op, lhs, rhs);
      })
      .Case<qnn::LookupSumOp>([&](auto) {
        auto [lhs, rhs] = pair();
        return emitter.lookupSum(lhs, rhs, step.tables[0], step.tables[1]);
      })
      .Case<qnn::ElementwiseOpInterface>([&](auto op) {
        if (step.op->getNumOperands() == 1)
          return op.buildScalar(builder, loc, input);
        auto [lhs, rhs] = pair();
        return op.buildScalar(builder, loc, {lhs, rhs});
      });
}

Value ScalarChain::emit(OpBuilder &builder, Location loc, Value input,
                        ValueRange sides) {
  for (const Step &step : steps)
    input = emitStep(builder, loc, step, input, sides);
  return input;
}
