//===- EmitContraction.cpp - Contraction micro-kernels --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionLoops.h"
#include "EmitDepthwise.h"
#include "StackBuffer.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

using namespace quantopt;
using qvec::kPanelWidth;

namespace {
/// The geometry of a contraction and the emission of its tiles.
class ContractionEmitter {
public:
  explicit ContractionEmitter(KernelEmitter &e);
  void run();

private:
  using Block = ContractionBlock;
  using Position = TilePosition;

  void emitTile(const Block &block, const Position &at);
  SmallVector<Value> startAccumulators(const Block &block, int64_t rows);
  bool isStraight(int64_t steps) const;
  SmallVector<Value> emitStraight(const Block &block, const ContractionRun &run,
                                  Span steps, ValueRange sums);
  SmallVector<Value> emitSteps(const Block &block, const ContractionRun &run,
                               ArrayRef<Value> scales, Value first, Value last,
                               ValueRange sums);
  SmallVector<Value> joinSums(const Block &block, ValueRange sums);
  SmallVector<Value> splitSums(const Block &block, ValueRange pairs,
                               int64_t rows);
  SmallVector<Value> emitPairedSteps(const Block &block,
                                     const ContractionRun &run, ValueRange acc);
  SmallVector<Value> emitGroup(const Block &block, const ContractionRun &run,
                               Value first, ValueRange sums);
  /// Gets the number of a step among those of a step of the weights, and a
  /// position of the run.
  using InputGetter = llvm::function_ref<Value(int64_t, int64_t)>;
  /// A step of the weights, and the number of a step in it.
  struct StoredStep {
    Value stored;
    int64_t number;
  };
  SmallVector<Value> emitStep(const Block &block, const ContractionRun &run,
                              Value step, ArrayRef<Value> scales,
                              InputGetter getInput, ValueRange acc);
  void addStep(const Block &block, const ContractionRun &run, StoredStep step,
               ArrayRef<Value> scales, InputGetter getInput,
               MutableArrayRef<Value> sums);
  Value getInputOffset(const ContractionRun &run, StoredStep step,
                       int64_t position);
  Value loadWeights(Value offset, int64_t elements);
  Value getWeights(Value step, int64_t number, int64_t vector,
                   ArrayRef<Value> scales);
  Value getHalvedWeights(Value step, int64_t channel);
  void prefetchWeight(Value offset);
  Value repeat(Value group, int64_t elements);
  Value loadInput(Value offset);
  Value addProducts(Value sum, Value x, Value weight);
  SmallVector<Value> emitLongRun(const Block &block, const ContractionRun &run,
                                 ValueRange sums);
  SmallVector<Value> addBias(const Block &block, ValueRange sums);
  void storeTile(const Block &block, const Position &at, ValueRange sums);
  void emitGathered(const Block &block, const Position &at);
  void gatherWindow(const Block &block, const Position &at);
  void copyRun(Value from, Value to, int64_t size);
  Value outChannel(const Block &block) {
    return getOutChannel(e, layout, block);
  }

  KernelEmitter &e;
  ContractionLayout layout;
  bool integer, isLong;
  int64_t lanes;
  /// Elements that a step sums.
  int64_t stepElements;
  /// Whether weights of 4 bits share bytes, and whether those are sums of both
  /// (see `#qvec.strategy`).
  bool isHalved, isJoined;
  /// Whether the bias is added to single sums as a vector: where their steps
  /// are no loop, the first one needs no sum to start with.
  bool addsBiasLast;
  /// Whether all weights are read once and come from far away.
  bool streamsWeights;
  /// Whether numbers of 64 bits hold the sums of two channels.
  bool pairsSums;
  /// The steps that one step of the weights has.
  int64_t storedSteps;
  /// Steps of the weights whose input is loaded at once.
  int64_t groupSteps;
  /// Vectors of weights that are loaded before they are multiplied.
  int64_t weightsAtOnce;
  /// What a position reads, of a gathered strategy.
  FlatBuffer window;
  /// Where steps read: the input or the window.
  FlatBuffer source;
};
} // namespace

/// Weights of this size do not stay in a core's own cache.
static constexpr int64_t kLargeWeights = int64_t(2) << 20;
/// Steps of words and bytes, two products in each lane, whose sum fits i32.
static constexpr int64_t kSafeSteps = 255;
/// Steps of single sums that LLVM takes out of their loop.
static constexpr int64_t kStraightSteps = 4;
/// How far ahead of its reads a panel is asked for: 16 steps.
static constexpr int64_t kPrefetchBytes = 1024;

ContractionEmitter::ContractionEmitter(KernelEmitter &emitter)
    : e(emitter), layout(emitter.kernel) {
  qvec::KernelOp op = e.kernel;
  qvec::StrategyAttr s = *op.getStrategy();
  integer = op.getAccumulatorType().isInteger();
  isLong = op.getAccumulatorType().isInteger(64);
  lanes = s.getLanes();
  stepElements = s.getGroup();
  isHalved = isHalvedContraction(op);
  isJoined = op.getStrategy()->getJoined();
  addsBiasLast = e.bias && stepElements == 16 && !isHalved &&
                 e.weight.shape[1] * e.weight.shape[2] <= kStraightSteps;
  auto weightType = cast<MemRefType>(op.getWeight().getType());
  streamsWeights =
      layout.units == 1 &&
      weightType.getNumElements() * weightType.getElementTypeBitWidth() / 8 >=
          kLargeWeights;
  bool isIndexed = integer && !isLong && stepElements == 4 &&
                   getTargetLevel(op).has(TargetLevel::kIndexedDots);
  storedSteps = getStoredSteps(op);
  groupSteps = isIndexed ? lanes / storedSteps : 1;
  weightsAtOnce = isIndexed ? kIndexedWeights : s.getVectors();
  pairsSums = integer && !isLong && stepElements == 1 && lanes == 1 &&
              !op.getUnsignedInput() &&
              getTargetLevel(op).has(TargetLevel::kPairedSums);
  source = e.input;
  if (!s.getGathered())
    return;
  // Copies of runs may be longer than what they copy.
  int64_t size = (e.weight.shape[2] + 1) * stepElements;
  // More than the stack's own alignment would take a register, and no
  // instruction asks for it.
  constexpr int64_t alignment = 8;
  window = createStackBuffer(e, e.input.elementType, size, alignment);
  source = window;
}

void ContractionEmitter::run() {
  ContractionLoops(e, layout, [&](const Block &block, const Position &at) {
    emitTile(block, at);
  }).run();
}

SmallVector<Value> ContractionEmitter::startAccumulators(const Block &block,
                                                         int64_t rows) {
  Type type = e.kernel.getAccumulatorType();
  auto zero = cast<TypedAttr>(e.b.getZeroAttr(type));
  SmallVector<Value> first;
  for (int64_t v = 0; v < block.vectors; ++v) {
    if (!e.bias || isHalved || addsBiasLast) {
      first.push_back(e.splat(zero, lanes));
      continue;
    }
    Value channel = e.add(outChannel(block), v * lanes);
    Value bias = e.load(e.bias, channel, lanes);
    first.push_back(e.widen(bias, type));
  }
  SmallVector<Value> all;
  for (int64_t i = 0; i < rows; ++i)
    llvm::append_range(all, first);
  return all;
}

/// Repeats 32 bits over a vector of `elements`.
Value ContractionEmitter::repeat(Value group, int64_t elements) {
  OpBuilder &b = e.b;
  if (elements == stepElements)
    return group;
  auto one = VectorType::get({1}, b.getI32Type());
  Value word = vector::BitCastOp::create(b, e.loc, one, group);
  Value scalar =
      vector::ExtractOp::create(b, e.loc, word, ArrayRef<int64_t>{0});
  Value words = e.broadcast(scalar, elements / stepElements);
  return vector::BitCastOp::create(
      b, e.loc, VectorType::get({elements}, e.input.elementType), words);
}

/// What a step multiplies a vector of weights by.
Value ContractionEmitter::loadInput(Value offset) {
  if (stepElements == 2 || stepElements == 4)
    return repeat(e.load(source, offset, stepElements), stepElements * lanes);
  if (stepElements != 1)
    return e.load(source, offset, stepElements);
  Value x = e.loadScalar(source, offset);
  if (!integer)
    return e.broadcast(x, lanes);
  // Words, whose products a widening multiplication forms.
  Type word = e.b.getI16Type();
  x = e.kernel.getUnsignedInput()
          ? arith::ExtUIOp::create(e.b, e.loc, word, x).getResult()
          : arith::ExtSIOp::create(e.b, e.loc, word, x);
  return e.widen(e.broadcast(x, lanes), e.b.getI32Type());
}

/// Adds a step's products to a vector of sums.
Value ContractionEmitter::addProducts(Value sum, Value x, Value weight) {
  OpBuilder &b = e.b;
  if (!integer)
    return e.fma(x, weight, sum);
  if (stepElements == 4)
    return qvec::Dot4Op::create(b, e.loc, sum.getType(), sum, x, weight,
                                e.kernel.getUnsignedInput());
  if (stepElements == 2)
    return qvec::Dot2Op::create(b, e.loc, sum.getType(), sum, x, weight);
  if (stepElements == 16)
    return qvec::ReduceDotOp::create(b, e.loc, sum.getType(), sum, x, weight);
  Value product = arith::MulIOp::create(b, e.loc, x, weight);
  return arith::AddIOp::create(b, e.loc, sum, product);
}

/// Asks for what a panel holds a few steps later. The address may lie past the
/// end, where a prefetch does nothing.
void ContractionEmitter::prefetchWeight(Value offset) {
  int64_t bytes = e.weight.elementType.getIntOrFloatBitWidth() / 8;
  memref::PrefetchOp::create(e.b, e.loc, e.weight.view,
                             e.add(offset, kPrefetchBytes / bytes),
                             /*isWrite=*/false, /*localityHint=*/3,
                             /*isDataCache=*/true);
}

/// Weights of some channels. Those that fill a vector for each channel are
/// aligned like it.
Value ContractionEmitter::loadWeights(Value offset, int64_t elements) {
  if (stepElements != 16)
    return e.load(e.weight, offset, elements);
  auto type = VectorType::get({elements}, e.weight.elementType);
  return vector::LoadOp::create(e.b, e.loc, type, e.weight.view, offset,
                                /*nontemporal=*/false, llvm::MaybeAlign(16));
}

/// The weights of a channel from bytes that it shares with its neighbour, 16
/// times as large; in a joined strategy those of an odd one with its
/// neighbour's.
Value ContractionEmitter::getHalvedWeights(Value step, int64_t channel) {
  int64_t pair = channel % kPanelWidth / 2 * stepElements;
  Value offset =
      e.add(step, channel / kPanelWidth * e.weight.strides[0] + pair);
  Value bytes = loadWeights(offset, stepElements);
  bool isOdd = channel % 2 != 0;
  return isOdd && isJoined ? bytes : takeHalves(e, bytes, isOdd);
}

/// The factors of a block's vector in a step whose weights begin at `step`: the
/// first or the second one that is stored there.
Value ContractionEmitter::getWeights(Value step, int64_t number, int64_t vector,
                                     ArrayRef<Value> scales) {
  int64_t channel = vector * lanes;
  if (isHalved && storedSteps == 1)
    return getHalvedWeights(step, channel);
  Value offset = e.add(step, channel / kPanelWidth * e.weight.strides[0] +
                                 channel % kPanelWidth * stepElements);
  Value stored = loadWeights(offset, lanes * stepElements);
  if (streamsWeights && channel % kPanelWidth == 0)
    prefetchWeight(offset);
  if (!integer)
    return e.decodeWeight(stored, scales.empty() ? Value() : scales[vector]);
  if (isHalved)
    stored = takeHalves(e, stored, number != 0);
  if (stepElements > 2)
    return stored;
  return e.widen(stored,
                 stepElements == 1 ? e.b.getI32Type() : e.b.getI16Type());
}

/// The sums after the steps that one step of the weights has, of which number
/// `s` multiplies position `i` of the run by `getInput(s, i)`.
SmallVector<Value>
ContractionEmitter::emitStep(const Block &block, const ContractionRun &run,
                             Value step, ArrayRef<Value> scales,
                             InputGetter getInput, ValueRange acc) {
  SmallVector<Value> next(acc);
  for (int64_t number = 0; number < storedSteps; ++number)
    addStep(block, run, {step, number}, scales, getInput, next);
  return next;
}

void ContractionEmitter::addStep(const Block &block, const ContractionRun &run,
                                 StoredStep step, ArrayRef<Value> scales,
                                 InputGetter getInput,
                                 MutableArrayRef<Value> sums) {
  Value weights = e.add(run.weight, e.mul(step.stored, e.weight.strides[2]));
  for (int64_t first = 0; first < block.vectors; first += weightsAtOnce) {
    int64_t last = std::min(first + weightsAtOnce, block.vectors);
    SmallVector<Value> weight;
    for (int64_t v = first; v < last; ++v)
      weight.push_back(getWeights(weights, step.number, v, scales));
    for (int64_t i = run.positions.begin; i < run.positions.end; ++i) {
      Value x = getInput(step.number, i);
      for (int64_t v = first; v < last; ++v) {
        Value &sum = sums[i * block.vectors + v];
        sum = addProducts(sum, x, weight[v - first]);
      }
    }
  }
}

/// Adds a run to sums of 64 bits, in parts that fit 32.
SmallVector<Value> ContractionEmitter::emitLongRun(const Block &block,
                                                   const ContractionRun &run,
                                                   ValueRange sums) {
  SmallVector<Value> zeros(sums.size(),
                           e.splat(e.b.getI32IntegerAttr(0), lanes));
  Span steps = run.steps;
  int64_t parts = llvm::divideCeil(steps.end - steps.begin, kSafeSteps);
  return e.reduceLoop(
      e.index(0), e.index(parts), sums, [&](Value part, ValueRange outer) {
        Value first = e.add(e.mul(part, kSafeSteps), steps.begin);
        Value last = e.index(steps.end);
        if (parts != 1)
          last = e.min(e.add(first, kSafeSteps), last);
        SmallVector<Value> total =
            emitSteps(block, run, {}, first, last, zeros);
        for (auto [sum, before] : llvm::zip(total, outer))
          sum = arith::AddIOp::create(e.b, e.loc, before,
                                      e.widen(sum, e.b.getI64Type()));
        return total;
      });
}

/// Whether so many steps stand without a loop: what is made of weights that
/// share bytes leaves the loop over positions then. LLVM sees to two steps.
bool ContractionEmitter::isStraight(int64_t steps) const {
  return isHalved && stepElements == 16 && steps > 2 &&
         steps <= kStraightSteps && e.output.shape[2] != 1;
}

/// Adds steps of a run without a loop.
SmallVector<Value> ContractionEmitter::emitStraight(const Block &block,
                                                    const ContractionRun &run,
                                                    Span steps,
                                                    ValueRange sums) {
  SmallVector<Value> acc(sums);
  for (int64_t i = steps.begin; i < steps.end; ++i)
    acc = emitSteps(block, run, {}, e.index(i), e.index(i + 1), acc);
  return acc;
}

/// Adds the steps [first, last) of a run.
SmallVector<Value> ContractionEmitter::emitSteps(const Block &block,
                                                 const ContractionRun &run,
                                                 ArrayRef<Value> scales,
                                                 Value first, Value last,
                                                 ValueRange sums) {
  return e.reduceLoop(first, last, sums, [&](Value step, ValueRange inner) {
    auto getInput = [&](int64_t number, int64_t i) {
      return loadInput(getInputOffset(run, {step, number}, i));
    };
    return emitStep(block, run, step, scales, getInput, inner);
  });
}

/// The first element of a step of one of the run's positions.
Value ContractionEmitter::getInputOffset(const ContractionRun &run,
                                         StoredStep step, int64_t position) {
  int64_t pitch = e.kernel.getWindow().getStrides()[1] * e.input.strides[2];
  Value first = e.mul(step.stored, storedSteps * stepElements);
  return e.add(e.add(run.input, first),
               step.number * stepElements + position * pitch);
}

/// Adds the group of steps from `first`.
SmallVector<Value> ContractionEmitter::emitGroup(const Block &block,
                                                 const ContractionRun &run,
                                                 Value first, ValueRange sums) {
  int64_t elements = stepElements * lanes;
  SmallVector<Value> inputs;
  for (int64_t i = run.positions.begin; i < run.positions.end; ++i)
    inputs.push_back(
        e.load(e.input, getInputOffset(run, {first, 0}, i), elements));
  SmallVector<Value> acc(sums);
  for (int64_t s = 0; s < groupSteps; ++s) {
    auto getInput = [&](int64_t number, int64_t i) {
      int64_t from = (s * storedSteps + number) * stepElements;
      Value part = vector::ExtractStridedSliceOp::create(
          e.b, e.loc, inputs[i - run.positions.begin], ArrayRef<int64_t>{from},
          ArrayRef<int64_t>{stepElements}, ArrayRef<int64_t>{1});
      return repeat(part, elements);
    };
    acc = emitStep(block, run, e.add(first, s), {}, getInput, acc);
  }
  return acc;
}

//===----------------------------------------------------------------------===//
// Pairs of sums
//===----------------------------------------------------------------------===//

/// `low + 2^32 high`, modulo 2^64; no high one counts as 0.
static Value joinPair(KernelEmitter &e, Value low, Value high) {
  Type i64 = e.b.getI64Type();
  Value pair = arith::ExtSIOp::create(e.b, e.loc, i64, low);
  if (!high)
    return pair;
  Value shift =
      arith::ConstantOp::create(e.b, e.loc, e.b.getI64IntegerAttr(32));
  Value upper = arith::ShLIOp::create(
      e.b, e.loc, arith::ExtSIOp::create(e.b, e.loc, i64, high), shift);
  return arith::AddIOp::create(e.b, e.loc, pair, upper);
}

/// The sums of neighbouring channels in one number each. Multiples of pairs of
/// weights are added to both at once; carries out of the low sum are in the
/// high one until the end.
SmallVector<Value> ContractionEmitter::joinSums(const Block &block,
                                                ValueRange sums) {
  auto get = [&](size_t i) -> Value {
    return vector::ExtractOp::create(e.b, e.loc, sums[i], ArrayRef<int64_t>{0});
  };
  SmallVector<Value> pairs;
  for (size_t i = 0; i < sums.size(); i += block.vectors)
    for (int64_t v = 0; v < block.vectors; v += 2)
      pairs.push_back(joinPair(
          e, get(i + v), v + 1 < block.vectors ? get(i + v + 1) : Value()));
  return pairs;
}

SmallVector<Value> ContractionEmitter::splitSums(const Block &block,
                                                 ValueRange pairs,
                                                 int64_t rows) {
  OpBuilder &b = e.b;
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  Value shift = arith::ConstantOp::create(b, e.loc, b.getI64IntegerAttr(32));
  int64_t perRow = llvm::divideCeil(block.vectors, 2);
  SmallVector<Value> sums;
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t v = 0; v < block.vectors; ++v) {
      Value pair = pairs[i * perRow + v / 2];
      Value low = arith::TruncIOp::create(b, e.loc, i32, pair);
      if (v % 2 == 0) {
        sums.push_back(e.broadcast(low, 1));
        continue;
      }
      Value rest = arith::SubIOp::create(
          b, e.loc, pair, arith::ExtSIOp::create(b, e.loc, i64, low));
      Value high = arith::ShRSIOp::create(b, e.loc, rest, shift);
      sums.push_back(
          e.broadcast(arith::TruncIOp::create(b, e.loc, i32, high), 1));
    }
  return sums;
}

/// Adds a run to pairs of sums.
SmallVector<Value>
ContractionEmitter::emitPairedSteps(const Block &block,
                                    const ContractionRun &run, ValueRange acc) {
  OpBuilder &b = e.b;
  Type i64 = b.getI64Type();
  int64_t perRow = llvm::divideCeil(block.vectors, 2);
  auto [begin, end] = run.steps;
  auto addStep = [&](StoredStep step, MutableArrayRef<Value> sums) {
    Value base = e.add(run.weight, e.mul(step.stored, e.weight.strides[2]));
    auto getWeight = [&](int64_t v) -> Value {
      Value offset =
          e.add(base, v / kPanelWidth * e.weight.strides[0] + v % kPanelWidth);
      if (!isHalved)
        return e.loadScalar(e.weight, offset);
      Value half = takeHalves(e, e.load(e.weight, offset, 1), step.number != 0);
      return vector::ExtractOp::create(b, e.loc, half, ArrayRef<int64_t>{0});
    };
    SmallVector<Value> weights;
    for (int64_t v = 0; v < block.vectors; v += 2)
      weights.push_back(joinPair(
          e, getWeight(v), v + 1 < block.vectors ? getWeight(v + 1) : Value()));
    for (int64_t i = run.positions.begin; i < run.positions.end; ++i) {
      Value stored = e.loadScalar(source, getInputOffset(run, step, i));
      Value x = arith::ExtSIOp::create(b, e.loc, i64, stored);
      for (int64_t p = 0; p < perRow; ++p) {
        Value &pair = sums[i * perRow + p];
        pair = arith::AddIOp::create(
            b, e.loc, pair, arith::MulIOp::create(b, e.loc, x, weights[p]));
      }
    }
  };
  return e.reduceLoop(e.index(begin), e.index(end), acc,
                      [&](Value step, ValueRange inner) {
                        SmallVector<Value> next(inner);
                        for (int64_t s = 0; s < storedSteps; ++s)
                          addStep({step, s}, next);
                        return next;
                      });
}

//===----------------------------------------------------------------------===//
// Gathered windows
//===----------------------------------------------------------------------===//

/// Copies some bytes, and what follows them to the end of a step.
void ContractionEmitter::copyRun(Value from, Value to, int64_t size) {
  for (int64_t i = 0; i < size; i += stepElements)
    e.store(e.load(e.input, e.add(from, i), stepElements), window, e.add(to, i),
            stepElements);
}

/// Copies what a position reads, in the order of the weights.
void ContractionEmitter::gatherWindow(const Block &block, const Position &at) {
  qnn::WindowAttr shape = e.kernel.getWindow();
  ArrayRef<int64_t> in = e.input.strides, size = shape.getKernel(),
                    dilations = shape.getDilations();
  int64_t channels = e.input.shape[3] / layout.groups;
  Value base = getInputBase(e, layout, block, at);
  // Neighbouring taps of a row are one run where nothing lies between them.
  bool isWhole = dilations[1] == 1 && in[2] == channels;
  int64_t runs = isWhole ? 1 : size[1], run = size[1] * channels / runs;
  e.forLoop(size[0], [&](Value row) {
    Value from = e.add(base, e.mul(row, dilations[0] * in[1]));
    Value to = e.mul(row, size[1] * channels);
    e.forLoop(runs, [&](Value tap) {
      copyRun(e.add(from, e.mul(tap, dilations[1] * in[2])),
              e.add(to, e.mul(tap, channels)), run);
    });
  });
}

/// All channels of a position, a few at a time.
void ContractionEmitter::emitGathered(const Block &block, const Position &at) {
  gatherWindow(block, at);
  int64_t size = e.kernel.getStrategy()->getVectors() * lanes;
  int64_t full = block.valid / size * size, left = block.valid - full;
  int64_t laneElements = e.weight.shape[3] / kPanelWidth;
  auto emitPart = [&](Value channel, int64_t valid, Value weight) {
    int64_t vectors = llvm::divideCeil(valid, lanes);
    Block part{block.group, channel, vectors, valid};
    ContractionRun run{e.index(0), weight, {0, e.weight.shape[2]}, {0, 1}};
    storeTile(part, at,
              emitSteps(part, run, {}, e.index(0), e.index(run.steps.end),
                        startAccumulators(part, 1)));
  };
  auto getWeight = [&](Value channel) {
    return getWeightBase(e, layout, {block.group, channel, 0, 0});
  };
  // Panel by panel, in which weights are found by an addition.
  int64_t panels = full % kPanelWidth == 0 ? full / kPanelWidth : 0;
  e.forLoop(panels, [&](Value panel) {
    Value first = e.mul(panel, kPanelWidth), weight = getWeight(first);
    e.forLoop(e.index(0), e.index(kPanelWidth), size, [&](Value c) {
      emitPart(e.add(first, c), size, e.add(weight, e.mul(c, laneElements)));
    });
  });
  e.forLoop(
      e.index(panels * kPanelWidth), e.index(full), size,
      [&](Value channel) { emitPart(channel, size, getWeight(channel)); });
  if (left != 0)
    emitPart(e.index(full), left, getWeight(e.index(full)));
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

void ContractionEmitter::emitTile(const Block &block, const Position &at) {
  if (window)
    return emitGathered(block, at);
  SmallVector<Value> scales;
  if (e.weightScales)
    for (int64_t v = 0; v < block.vectors; ++v)
      scales.push_back(
          e.load(e.weightScales, e.add(outChannel(block), v * lanes), lanes));
  SmallVector<Value> acc = startAccumulators(block, at.rows);
  if (pairsSums)
    acc = joinSums(block, acc);
  acc = emitRuns(e, layout, block, at, acc,
                 [&](const ContractionRun &run, ValueRange outer) {
                   if (isLong)
                     return emitLongRun(block, run, outer);
                   if (pairsSums)
                     return emitPairedSteps(block, run, outer);
                   auto [begin, end] = run.steps;
                   SmallVector<Value> sums(outer);
                   int64_t groups = (end - begin) / groupSteps;
                   if (groupSteps > 1 && groups != 0) {
                     sums = emitGroups(e, {begin, groups, groupSteps}, sums,
                                       [&](Value first, ValueRange inner) {
                                         return emitGroup(block, run, first,
                                                          inner);
                                       });
                     begin += groups * groupSteps;
                   }
                   if (begin == end)
                     return sums;
                   if (isStraight(end - begin))
                     return emitStraight(block, run, {begin, end}, sums);
                   return emitSteps(block, run, scales, e.index(begin),
                                    e.index(end), sums);
                 });
  if (pairsSums)
    acc = splitSums(block, acc, at.rows);
  storeTile(block, at, acc);
}

/// Single sums with the biases of their channels, which are a vector.
SmallVector<Value> ContractionEmitter::addBias(const Block &block,
                                               ValueRange sums) {
  Value bias = e.load(e.bias, outChannel(block), block.vectors);
  SmallVector<Value> all;
  for (size_t i = 0; i < sums.size(); i += block.vectors) {
    SmallVector<Value> position(sums.slice(i, block.vectors));
    Value total = arith::AddIOp::create(e.b, e.loc, e.concat(position), bias);
    for (int64_t v = 0; v < block.vectors; ++v)
      all.push_back(vector::ExtractStridedSliceOp::create(
          e.b, e.loc, total, ArrayRef<int64_t>{v}, ArrayRef<int64_t>{1},
          ArrayRef<int64_t>{1}));
  }
  return all;
}

void ContractionEmitter::storeTile(const Block &block, const Position &at,
                                   ValueRange sums) {
  SmallVector<Value> acc(sums);
  if (isHalved)
    acc = finishHalves(e, layout, block, sums);
  else if (addsBiasLast)
    acc = addBias(block, sums);
  SmallVector<KernelEmitter::TilePart> parts;
  for (int64_t i = 0; i < at.rows; ++i)
    for (int64_t v = 0; v < block.vectors; ++v) {
      int64_t channel = v * lanes;
      int64_t valid = std::min(lanes, block.valid - channel);
      parts.push_back({acc[i * block.vectors + v], i, channel, valid});
    }
  e.finishTile(parts, at.n, at.h, at.w, outChannel(block), Value());
}

LogicalResult quantopt::emitContraction(KernelEmitter &e) {
  qvec::StrategyAttr strategy = *e.kernel.getStrategy();
  if (strategy.getPaired())
    emitPairs(e, ContractionLayout(e.kernel));
  else if (strategy.getSteps() > 1)
    emitTiles(e, ContractionLayout(e.kernel));
  else if (strategy.getGroup() == kMmlaGroup)
    emitRowPairs(e, ContractionLayout(e.kernel));
  else
    ContractionEmitter(e).run();
  return success();
}

int64_t quantopt::getWorkCount(qvec::KernelOp kernel) {
  if (kernel.getKind() == qvec::KernelKind::Contraction ||
      kernel.getKind() == qvec::KernelKind::Packed)
    return ContractionLayout(kernel).getItems();
  if (kernel.getKind() == qvec::KernelKind::Depthwise)
    return getDepthwiseItems(kernel);
  ArrayRef<int64_t> out = kernel.getOutputShape();
  if (kernel.getKind() == qvec::KernelKind::RowMax ||
      kernel.getKind() == qvec::KernelKind::RowRange)
    return out[0] * out[1] * out[2] * kernel.getNumParts();
  return out[0] * out[1];
}
