//===- EmitPaired.cpp - Contractions by pairs of words --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Contractions of bytes in general registers that hold two words of 16 bits.
///
/// The input of a tile of several positions is copied to the stack as words,
/// once for all channels: what the positions need in a step lies together. A
/// single position is widened on the way.
///
/// A register of weights has the bytes of an even and an odd channel in turns.
/// Every second byte, widened, gives the even channel's products. Taken as
/// words, the register stands for `256 * odd + even`: with sums of odd channels
/// that fit 24 bits, nothing need be widened for them.
///
/// Of weights of 4 bits that share bytes every second byte, widened, stands for
/// `16 * odd + even`, and its lower half for `even`, which is 8 more than the
/// weight: 8 times the sum of the input is taken away again.
///
/// Eight sums leave no register: the target has the instructions for them, in
/// blocks (`PairBlock`).
///
//===----------------------------------------------------------------------===//

#include "ContractionLoops.h"
#include "StackBuffer.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "quant-opt/Dialect/QVec/Utils/PairBlock.h"

using namespace quantopt;
using qvec::kPanelWidth;

/// Bytes of a pair of channels in a step of the weights.
static constexpr int64_t kPairBytes = 4;
/// Elements that are loaded together, and the steps that they make.
static constexpr int64_t kBlock = 4, kBlockSteps = 2;
/// Steps that a turn of the innermost loop should have.
static constexpr int64_t kUnrolledSteps = 24;
/// Those that stand without a loop: the more there are, the less counting turns
/// costs beside them.
static constexpr int64_t kStraightSteps = 16;
/// Those that it must have, and those of loops that leave some steps over,
/// which stand behind the loop.
static constexpr int64_t kFewestSteps = 8, kUnevenSteps = 12;
/// The same where nothing but a counter is spilled between turns.
static constexpr int64_t kUnrolledBlockSteps = 8, kFewestBlockSteps = 4,
                         kUnevenBlockSteps = 8;
/// Blocks that a turn of the copying loop moves, and that one of the loop for a
/// single position sums: fewer where the position is left over from tiles of
/// several.
static constexpr int64_t kUnrolledBlocks = 4, kSummedBlocks = 8,
                         kLeftBlocks = 4;
/// What these are divided by in kernels whose code is to be small.
static constexpr int64_t kRareFraction = 3;
/// Words of weights that are loaded together.
static constexpr int64_t kWeightWords = 2;

/// The largest divisor of a number up to a limit.
static int64_t getDivisor(int64_t number, int64_t limit) {
  int64_t divisor = std::max<int64_t>(1, std::min(number, limit));
  while (number % divisor != 0)
    --divisor;
  return divisor;
}

/// Whether a function takes so little of the network's time that its code is to
/// be small.
static bool isRare(Operation *func) {
  auto names = func->getAttrOfType<ArrayAttr>("passthrough");
  return names && llvm::is_contained(
                      names, StringAttr::get(func->getContext(), "optsize"));
}

namespace {
/// Emits the tiles of one kernel.
class PairedEmitter {
public:
  PairedEmitter(KernelEmitter &e, const ContractionLayout &layout);
  void emitTile(const ContractionBlock &block, const TilePosition &at);

private:
  /// Some of a group's channels: the first one, how many, and how many of them
  /// are sure to exist; all do before channel `full` of the group.
  struct Channels {
    Value first;
    int64_t count, valid, full;
  };

  SmallVector<Value> widenInput(const ContractionBlock &block,
                                const TilePosition &at);
  SmallVector<Value> widenRun(Value input, Value step, int64_t rows,
                              ValueRange sums);
  void widenSteps(Value input, Value step, int64_t rows, int64_t count,
                  MutableArrayRef<Value> sums);
  SmallVector<Value> sumInput(const ContractionBlock &block,
                              const TilePosition &at);
  void addInput(Value pair, Value &sum);
  void emitChannels(const ContractionBlock &block, const TilePosition &at,
                    const Channels &channels, ArrayRef<Value> inputSums);
  SmallVector<Value> startSums(const ContractionBlock &block,
                               const Channels &channels, int64_t rows,
                               ArrayRef<Value> inputSums);
  SmallVector<Value> sumWords(const TilePosition &at, Value weight,
                              const Channels &channels, ValueRange sums);
  SmallVector<Value> sumRun(const ContractionRun &run, const Channels &channels,
                            ValueRange sums);
  SmallVector<Value> sumBlocks(const ContractionRun &run, ValueRange sums);
  SmallVector<Value> startBlocks(ValueRange sums, Value input, Value weight);
  SmallVector<Value> addBlocks(int64_t count, ValueRange values);
  SmallVector<Value> finishBlocks(ArrayRef<Value> values);
  Value getAddress(const FlatBuffer &buffer, Value offset);
  Value getOddFactor(Value weights, bool isLast);
  void addStep(ArrayRef<Value> words, Value weight, const Channels &channels,
               MutableArrayRef<Value> sums);
  void separate(const ContractionBlock &block, const Channels &channels,
                MutableArrayRef<Value> sums);
  Value getWeights(const Channels &channels);
  Value getBias(const ContractionBlock &block, const Channels &channels,
                int64_t number);
  Value loadWord(const FlatBuffer &buffer, Value offset, unsigned alignment);
  Value alternate(Value bytes, bool odd);
  Value takeLowerHalves(Value pair);
  void holdLoads();
  std::pair<Value, Value> getRows(const TilePosition &at);
  /// Whether a row of the window has enough steps for whole turns of the loop.
  bool fillsTurns() const {
    return e.common || getDivisor(rowSteps, getMostSteps()) >= getFewestSteps();
  }
  /// How much of its loops the kernel's code repeats, of what others may.
  int64_t limit(int64_t size) const {
    return isSmall ? size / kRareFraction : size;
  }
  /// Steps that a turn may have, and those that it must have.
  int64_t getMostSteps() const {
    if (block)
      return limit(kUnrolledBlockSteps);
    int64_t most = limit(kUnrolledSteps);
    return steps <= most ? limit(kStraightSteps) : most;
  }
  int64_t getFewestSteps() const {
    return limit(block ? kFewestBlockSteps : kFewestSteps);
  }
  int64_t getTurn() const;
  Value countTurns(Value first, Value last, int64_t unrolled);
  /// Blocks for each turn of a loop over those of a run, or over a part that
  /// other kernels have, too. Small kernels with runs of any length are like
  /// each other.
  int64_t getTurnBlocks(int64_t blocks, int64_t most) const {
    return isSmall ? 1 : getDivisor(getCommonBlocks(blocks), most);
  }
  int64_t getCommonBlocks(int64_t blocks) const {
    return e.common ? e.common->steps / kBlockSteps : blocks;
  }
  /// Whether blocks have the products of some positions and channels.
  bool usesBlocks(int64_t rows, const Channels &channels) const {
    return block && rows == layout.tiles.size &&
           rows * channels.count == kPairBlockSums;
  }

  KernelEmitter &e;
  const ContractionLayout &layout;
  qvec::StrategyAttr strategy;
  bool isSmall; ///< code comes before time
  /// Whether weights of 4 bits share bytes.
  bool isHalved;
  /// Channels whose weights for a step a word has.
  int64_t wordChannels;
  /// Steps of a run, of a window's row and of the whole window.
  int64_t runSteps, rowSteps, steps;
  /// Bytes between the inputs of neighbouring positions.
  int64_t pitch;
  /// Words of a tile's positions, step by step; null where there are too many.
  FlatBuffer words;
  /// Instructions for all sums of a tile; nothing where LLVM finds some.
  std::optional<PairBlock> block;
};
} // namespace

PairedEmitter::PairedEmitter(KernelEmitter &emitter,
                             const ContractionLayout &layout)
    : e(emitter), layout(layout), strategy(*e.kernel.getStrategy()),
      isSmall(isRare(e.kernel->getParentOfType<func::FuncOp>())),
      isHalved(isHalvedContraction(e.kernel)), wordChannels(isHalved ? 4 : 2),
      runSteps(e.weight.shape[2]), steps(e.weight.shape[1] * runSteps) {
  qnn::WindowAttr window = e.kernel.getWindow();
  rowSteps = steps / window.getKernel()[0];
  pitch = window.getStrides()[1] * e.input.strides[2];
  if (strategy.getJoined() && !isHalved &&
      layout.tiles.size * strategy.getVectors() == kPairBlockSums)
    block = getPairBlock(getTargetLevel(e.kernel), layout.tiles.size,
                         e.weight.strides[2]);
  int64_t size = steps * layout.tiles.size;
  if (layout.tiles.size == 1 || 4 * size > kMostWidenedBytes)
    return;
  words = createStackBuffer(e, e.b.getI32Type(), size, 8);
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

/// Four bytes.
Value PairedEmitter::loadWord(const FlatBuffer &buffer, Value offset,
                              unsigned alignment) {
  auto type = VectorType::get({kBlock}, e.b.getI8Type());
  return vector::LoadOp::create(e.b, e.loc, type, buffer.view, offset,
                                /*nontemporal=*/false,
                                llvm::MaybeAlign(alignment));
}

/// Every second byte as a word.
Value PairedEmitter::alternate(Value bytes, bool odd) {
  auto type = VectorType::get({2}, e.b.getI16Type());
  return qvec::AlternateBytesOp::create(e.b, e.loc, type, bytes, odd);
}

/// Words of the numbers in the lowest 4 bits of two words.
Value PairedEmitter::takeLowerHalves(Value pair) {
  auto one = VectorType::get({1}, e.b.getI32Type());
  Value bits = vector::BitCastOp::create(e.b, e.loc, one, pair);
  bits = arith::AndIOp::create(e.b, e.loc, bits,
                               e.splat(e.b.getI32IntegerAttr(0x000f000f), 1));
  return vector::BitCastOp::create(e.b, e.loc, pair.getType(), bits);
}

/// Keeps loads on their side of this place: earlier ones would take registers
/// that sums need. It costs no instruction.
void PairedEmitter::holdLoads() {
  LLVM::FenceOp::create(e.b, e.loc, LLVM::AtomicOrdering::seq_cst,
                        "singlethread");
}

/// The rows of the window that are summed. Those that hold zeros are left out
/// where all turns of the innermost loop belong to one row.
std::pair<Value, Value> PairedEmitter::getRows(const TilePosition &at) {
  if (fillsTurns())
    return getWindowRows(e, at.h);
  return {e.index(0), e.index(e.kernel.getWindow().getKernel()[0])};
}

/// Adds two words to a sum of the input.
void PairedEmitter::addInput(Value pair, Value &sum) {
  auto ones =
      DenseElementsAttr::get(cast<VectorType>(pair.getType()), APInt(16, 1));
  Value factor = arith::ConstantOp::create(e.b, e.loc, ones);
  sum = qvec::Dot2Op::create(e.b, e.loc, sum.getType(), sum, pair, factor);
}

/// Stores a run's next elements as some steps from `step` on, and adds them to
/// the positions' sums if there are any.
void PairedEmitter::widenSteps(Value input, Value step, int64_t rows,
                               int64_t count, MutableArrayRef<Value> sums) {
  SmallVector<Value> bytes;
  for (int64_t i = 0; i < rows; ++i)
    bytes.push_back(loadWord(e.input, e.add(input, i * pitch), 1));
  auto one = VectorType::get({1}, words.elementType);
  for (int64_t s = 0; s < count; ++s)
    for (int64_t i = 0; i < rows; ++i) {
      Value pair = alternate(bytes[i], s % 2 == 1);
      Value word = vector::BitCastOp::create(e.b, e.loc, one, pair);
      e.store(word, words, e.add(e.mul(step, rows), s * rows + i), 1);
      if (!sums.empty())
        addInput(pair, sums[i]);
    }
}

/// Copies a run for all positions.
SmallVector<Value> PairedEmitter::widenRun(Value input, Value step,
                                           int64_t rows, ValueRange sums) {
  int64_t full = runSteps / kBlockSteps;
  int64_t unrolled = getDivisor(getCommonBlocks(full), limit(kUnrolledBlocks));
  SmallVector<Value> total = e.reduceLoop(
      e.index(0), e.size(full / unrolled), sums,
      [&](Value turn, ValueRange before) {
        SmallVector<Value> next(before);
        Value from = e.add(input, e.mul(turn, unrolled * kBlock));
        Value to = e.add(step, e.mul(turn, unrolled * kBlockSteps));
        for (int64_t block = 0; block < unrolled; ++block)
          widenSteps(e.add(from, block * kBlock),
                     e.add(to, block * kBlockSteps), rows, kBlockSteps, next);
        return next;
      });
  if (runSteps % kBlockSteps != 0)
    widenSteps(e.add(input, full * kBlock), e.add(step, full * kBlockSteps),
               rows, 1, total);
  return total;
}

/// Copies what the tile's positions read; its sums, where they count.
SmallVector<Value> PairedEmitter::widenInput(const ContractionBlock &block,
                                             const TilePosition &at) {
  qnn::WindowAttr window = e.kernel.getWindow();
  ArrayRef<int64_t> in = e.input.strides, dilations = window.getDilations();
  Value base = getInputBase(e, layout, block, at);
  std::pair<Value, Value> rows = getRows(at);
  int64_t runs = rowSteps / runSteps;
  SmallVector<Value> zeros(isHalved ? at.rows : 0,
                           e.splat(e.b.getI32IntegerAttr(0), 1));
  return e.reduceLoop(
      rows.first, rows.second, zeros, [&](Value row, ValueRange outer) {
        Value input = e.add(base, e.mul(row, dilations[0] * in[1]));
        Value number = arith::SubIOp::create(e.b, e.loc, row, rows.first);
        Value step = e.mul(number, rowSteps);
        return e.reduceLoop(
            e.index(0), e.index(runs), outer, [&](Value run, ValueRange inner) {
              return widenRun(e.add(input, e.mul(run, dilations[1] * in[2])),
                              e.add(step, e.mul(run, runSteps)), at.rows,
                              inner);
            });
      });
}

/// The sums of what the tile's positions read, without a copy.
SmallVector<Value> PairedEmitter::sumInput(const ContractionBlock &block,
                                           const TilePosition &at) {
  SmallVector<Value> zeros(at.rows, e.splat(e.b.getI32IntegerAttr(0), 1));
  return emitRuns(
      e, layout, block, at, zeros,
      [&](const ContractionRun &run, ValueRange outer) {
        auto addBlock = [&](Value block, bool isHalf, ValueRange before) {
          SmallVector<Value> next(before);
          Value input = e.add(run.input, e.mul(block, kBlock));
          for (auto [i, sum] : llvm::enumerate(next)) {
            Value bytes = loadWord(e.input, e.add(input, i * pitch), 1);
            addInput(alternate(bytes, false), sum);
            if (!isHalf)
              addInput(alternate(bytes, true), sum);
          }
          return next;
        };
        int64_t blocks = runSteps / kBlockSteps;
        SmallVector<Value> total =
            e.reduceLoop(e.index(0), e.index(blocks), outer,
                         [&](Value number, ValueRange before) {
                           return addBlock(number, false, before);
                         });
        if (runSteps % kBlockSteps != 0)
          total = addBlock(e.index(blocks), true, total);
        return total;
      });
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

/// The bias of one of the channels.
Value PairedEmitter::getBias(const ContractionBlock &block,
                             const Channels &channels, int64_t number) {
  if (!e.bias)
    return e.splat(e.b.getI32IntegerAttr(0), 1);
  Value channel = e.add(getOutChannel(e, layout, block), channels.first);
  return e.load(e.bias, e.add(channel, number), 1);
}

/// Both channels of joined sums start alike: the difference counts.
SmallVector<Value> PairedEmitter::startSums(const ContractionBlock &block,
                                            const Channels &channels,
                                            int64_t rows,
                                            ArrayRef<Value> inputSums) {
  SmallVector<Value> first, all;
  for (int64_t c = 0; c < channels.count; ++c)
    first.push_back(strategy.getJoined() && c % 2 == 1
                        ? first.back()
                        : getBias(block, channels, c));
  if (!isHalved) {
    for (int64_t i = 0; i < rows; ++i)
      llvm::append_range(all, first);
    return all;
  }
  Value offset = e.splat(e.b.getI32IntegerAttr(kHalvedOffset), 1);
  for (Value inputSum : inputSums) {
    Value excess = arith::MulIOp::create(e.b, e.loc, inputSum, offset);
    for (Value bias : first)
      all.push_back(arith::SubIOp::create(e.b, e.loc, bias, excess));
  }
  return all;
}

/// Where the first step's weights of some channels lie in those of a group.
Value PairedEmitter::getWeights(const Channels &channels) {
  Value panel = e.div(channels.first, kPanelWidth);
  return e.add(
      e.mul(panel, e.weight.strides[0]),
      e.mul(e.rem(channels.first, kPanelWidth), kPairBytes / wordChannels));
}

/// What an odd channel multiplies words by: one of the two of a word of
/// weights, of halved ones the first or the last.
Value PairedEmitter::getOddFactor(Value weights, bool isLast) {
  if (isHalved)
    return alternate(weights, isLast);
  if (!strategy.getJoined())
    return alternate(weights, true);
  auto type = VectorType::get({2}, e.b.getI16Type());
  return vector::BitCastOp::create(e.b, e.loc, type, weights);
}

/// Adds a step's products; `words` are those of each position.
void PairedEmitter::addStep(ArrayRef<Value> words, Value weight,
                            const Channels &channels,
                            MutableArrayRef<Value> sums) {
  auto add = [&](int64_t channel, Value factor) {
    for (auto [i, x] : llvm::enumerate(words)) {
      Value &sum = sums[i * channels.count + channel];
      sum = qvec::Dot2Op::create(e.b, e.loc, sum.getType(), sum, x, factor);
    }
  };
  int64_t together = kWeightWords * wordChannels;
  for (int64_t first = 0; first < channels.count; first += together) {
    SmallVector<Value> loaded;
    int64_t end = std::min(first + together, channels.count);
    for (int64_t c = first; c < end; c += wordChannels)
      loaded.push_back(loadWord(
          e.weight, e.add(weight, c / wordChannels * kPairBytes), kPairBytes));
    holdLoads();
    for (int64_t c = first; c < end; c += 2) {
      Value weights = loaded[(c - first) / wordChannels];
      Value odd = getOddFactor(weights, c % wordChannels != 0);
      add(c + 1, odd);
      add(c, isHalved ? takeLowerHalves(odd) : alternate(weights, false));
    }
    holdLoads();
  }
}

/// Steps for each turn of a loop over all of them: a divisor, or what leaves
/// few over.
int64_t PairedEmitter::getTurn() const {
  int64_t fewest = getFewestSteps();
  int64_t best = getDivisor(steps, getMostSteps());
  if (best >= std::min(steps, fewest))
    return best;
  best = limit(block ? kUnevenBlockSteps : kUnevenSteps);
  for (int64_t turn = best; turn >= fewest; --turn)
    if (steps % turn < steps % best)
      best = turn;
  return best;
}

/// Turns for the window's rows [first, last), or for all steps where turns take
/// those of several rows.
Value PairedEmitter::countTurns(Value first, Value last, int64_t unrolled) {
  if (!fillsTurns())
    return e.index(steps / unrolled);
  Value rows = arith::SubIOp::create(e.b, e.loc, last, first);
  int64_t perRow = rowSteps / unrolled;
  return e.common ? arith::MulIOp::create(e.b, e.loc, rows, e.size(perRow))
                        .getResult()
                  : e.mul(rows, perRow);
}

/// Adds all products of positions that were copied.
SmallVector<Value> PairedEmitter::sumWords(const TilePosition &at, Value weight,
                                           const Channels &channels,
                                           ValueRange sums) {
  auto pair = VectorType::get({2}, e.b.getI16Type());
  bool inBlocks = usesBlocks(at.rows, channels);
  auto addSteps = [&](Value first, int64_t count, ValueRange before) {
    if (inBlocks)
      return addBlocks(count, before);
    SmallVector<Value> next(before);
    Value input = e.mul(first, at.rows);
    Value weights = e.add(weight, e.mul(first, e.weight.strides[2]));
    for (int64_t s = 0; s < count; ++s) {
      SmallVector<Value> factors;
      for (int64_t i = 0; i < at.rows; ++i) {
        Value word = e.load(words, e.add(input, s * at.rows + i), 1);
        factors.push_back(vector::BitCastOp::create(e.b, e.loc, pair, word));
      }
      addStep(factors, e.add(weights, s * e.weight.strides[2]), channels, next);
    }
    return next;
  };
  auto [first, last] = getRows(at);
  bool isFilled = fillsTurns();
  if (isFilled)
    weight = e.add(weight, e.mul(first, rowSteps * e.weight.strides[2]));
  SmallVector<Value> total(sums);
  if (inBlocks)
    total = startBlocks(sums, getAddress(words, e.index(0)),
                        getAddress(e.weight, weight));
  int64_t unrolled = e.common   ? e.common->steps
                     : isFilled ? getDivisor(rowSteps, getMostSteps())
                                : getTurn();
  total =
      e.reduceLoop(e.index(0), countTurns(first, last, unrolled), total,
                   [&](Value turn, ValueRange before) {
                     return addSteps(e.mul(turn, unrolled), unrolled, before);
                   });
  if (int64_t left = steps % unrolled; !isFilled && left != 0)
    total = addSteps(e.index(steps - left), left, total);
  return inBlocks ? finishBlocks(total) : total;
}

/// Adds a run's products, whose elements are widened on the way.
SmallVector<Value> PairedEmitter::sumRun(const ContractionRun &run,
                                         const Channels &channels,
                                         ValueRange sums) {
  auto addBlocks = [&](Value first, int64_t count, int64_t blockSteps,
                       ValueRange before) {
    SmallVector<Value> next(before);
    Value input = e.add(run.input, e.mul(first, kBlock));
    int64_t stepBytes = e.weight.strides[2];
    Value weight = e.add(run.weight, e.mul(first, kBlockSteps * stepBytes));
    for (int64_t block = 0; block < count; ++block) {
      SmallVector<Value> bytes;
      for (int64_t i = 0; i < run.positions.end; ++i)
        bytes.push_back(
            loadWord(e.input, e.add(input, block * kBlock + i * pitch), 1));
      for (int64_t s = 0; s < blockSteps; ++s) {
        SmallVector<Value> factors;
        for (Value word : bytes)
          factors.push_back(alternate(word, s % 2 == 1));
        addStep(factors, e.add(weight, (block * kBlockSteps + s) * stepBytes),
                channels, next);
      }
    }
    return next;
  };
  int64_t blocks = runSteps / kBlockSteps;
  SmallVector<Value> total(sums);
  if (layout.tiles.size == 1 && usesBlocks(run.positions.end, channels)) {
    total = sumBlocks(run, sums);
  } else if (blocks != 0) {
    int64_t unrolled =
        getTurnBlocks(blocks, words ? kLeftBlocks : kSummedBlocks);
    total = e.reduceLoop(e.index(0), e.size(blocks / unrolled), sums,
                         [&](Value turn, ValueRange before) {
                           return addBlocks(e.mul(turn, unrolled), unrolled,
                                            kBlockSteps, before);
                         });
  }
  if (runSteps % kBlockSteps != 0)
    total = addBlocks(e.index(blocks), 1, 1, total);
  return total;
}

/// Where an element of a buffer of bytes lies, as a number.
Value PairedEmitter::getAddress(const FlatBuffer &buffer, Value offset) {
  auto type = cast<MemRefType>(buffer.view.getType());
  SmallVector<int64_t> strides;
  int64_t first = 0;
  (void)type.getStridesAndOffset(strides, first);
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(e.b, e.loc, buffer.view);
  address = e.add(address, e.add(offset, first));
  return arith::IndexCastOp::create(e.b, e.loc, e.b.getI32Type(), address);
}

/// What blocks begin with.
SmallVector<Value> PairedEmitter::startBlocks(ValueRange sums, Value input,
                                              Value weight) {
  SmallVector<Value> values;
  for (Value sum : sums)
    values.push_back(vector::ExtractOp::create(e.b, e.loc, sum, 0));
  values.append({input, weight});
  return values;
}

/// The sums and addresses behind some blocks of instructions.
SmallVector<Value> PairedEmitter::addBlocks(int64_t count, ValueRange values) {
  SmallVector<Type> types(values.size() + block->numScratch, e.b.getI32Type());
  auto type = LLVM::LLVMStructType::getLiteral(e.b.getContext(), types);
  SmallVector<Value> next(values);
  for (int64_t number = 0; number < count; ++number) {
    auto code = LLVM::InlineAsmOp::create(
        e.b, e.loc, type, next, block->text, block->constraints,
        /*has_side_effects=*/true, /*is_align_stack=*/false,
        LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
        ArrayAttr());
    for (auto [i, value] : llvm::enumerate(next))
      value =
          LLVM::ExtractValueOp::create(e.b, e.loc, code.getRes(), int64_t(i));
  }
  return next;
}

/// The sums that blocks end with.
SmallVector<Value> PairedEmitter::finishBlocks(ArrayRef<Value> values) {
  auto type = VectorType::get({1}, e.b.getI32Type());
  SmallVector<Value> sums;
  for (Value value : values.take_front(kPairBlockSums))
    sums.push_back(vector::BroadcastOp::create(e.b, e.loc, type, value));
  return sums;
}

/// Adds the products of a run's whole blocks, for all channels of a tile.
SmallVector<Value> PairedEmitter::sumBlocks(const ContractionRun &run,
                                            ValueRange sums) {
  int64_t blocks = runSteps / kBlockSteps;
  if (blocks == 0)
    return sums;
  int64_t unrolled = getTurnBlocks(blocks, kLeftBlocks);
  SmallVector<Value> values = startBlocks(sums, getAddress(e.input, run.input),
                                          getAddress(e.weight, run.weight));
  values = e.reduceLoop(
      e.index(0), e.index(blocks / unrolled), values,
      [&](Value, ValueRange before) { return addBlocks(unrolled, before); });
  return finishBlocks(values);
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

/// Takes the sums of odd channels out of those that are joined with the sums of
/// even ones.
void PairedEmitter::separate(const ContractionBlock &block,
                             const Channels &channels,
                             MutableArrayRef<Value> sums) {
  if (!strategy.getJoined())
    return;
  Value bits = e.splat(e.b.getI32IntegerAttr(isHalved ? 4 : 8), 1);
  for (int64_t i = 0, count = sums.size(); i < count; i += 2) {
    Value odd = arith::SubIOp::create(e.b, e.loc, sums[i + 1], sums[i]);
    odd = arith::ShRSIOp::create(e.b, e.loc, odd, bits);
    Value bias = getBias(block, channels, i % channels.count + 1);
    sums[i + 1] = arith::AddIOp::create(e.b, e.loc, odd, bias);
  }
}

void PairedEmitter::emitChannels(const ContractionBlock &block,
                                 const TilePosition &at,
                                 const Channels &channels,
                                 ArrayRef<Value> inputSums) {
  SmallVector<Value> sums = startSums(block, channels, at.rows, inputSums);
  Value weight = getWeights(channels);
  if (words && at.rows > 1)
    sums = sumWords(at, e.add(getWeightBase(e, layout, block), weight),
                    channels, sums);
  else
    sums = emitRuns(e, layout, block, at, sums,
                    [&](ContractionRun run, ValueRange outer) {
                      run.weight = e.add(run.weight, weight);
                      return sumRun(run, channels, outer);
                    });
  separate(block, channels, sums);
  auto finish = [&](int64_t begin, int64_t end) {
    SmallVector<KernelEmitter::TilePart> parts;
    for (int64_t i = 0; i < at.rows; ++i)
      for (int64_t c = begin; c < end; ++c)
        parts.push_back({sums[i * channels.count + c], i, c, 1});
    e.finishTile(parts, at.n, at.h, at.w,
                 e.add(getOutChannel(e, layout, block), channels.first),
                 Value());
  };
  finish(0, channels.valid);
  if (channels.valid == channels.count || channels.full == 0)
    return;
  Value exist = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::slt,
                                      channels.first, e.index(channels.full));
  auto branch = scf::IfOp::create(e.b, e.loc, exist, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(e.b);
  e.b.setInsertionPointToStart(branch.thenBlock());
  finish(channels.valid, channels.count);
}

void PairedEmitter::emitTile(const ContractionBlock &block,
                             const TilePosition &at) {
  SmallVector<Value> inputSums;
  if (words && at.rows > 1)
    inputSums = widenInput(block, at);
  else if (isHalved)
    inputSums = sumInput(block, at);
  int64_t size = strategy.getVectors();
  int64_t full = block.valid / size * size, left = block.valid - full;
  if (full == 0)
    return emitChannels(block, at, {e.index(0), left + left % 2, left, 0},
                        inputSums);
  // Weights and parameters are there for all channels of a panel.
  int64_t sure = left == 0 ? size : left;
  e.forLoop(e.index(0), e.size(llvm::alignTo(block.valid, size)), size,
            [&](Value channel) {
              emitChannels(block, at, {channel, size, sure, full}, inputSums);
            });
}

void quantopt::emitPairs(KernelEmitter &e, const ContractionLayout &layout) {
  emitContractionTiles<PairedEmitter>(e, layout);
}
