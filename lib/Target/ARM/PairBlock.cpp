//===- PairBlock.cpp - Products that need all registers -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Eight sums, two addresses, two words of weights and a word of input as
/// loaded and as widened, or words of two positions, are all of the 14
/// registers that Thumb code may use. LLVM's register allocator spills some of
/// them in most loops; a block of instructions as one leaves it no choice.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/PairBlock.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

namespace {
/// Numbers of operands: sums come first.
enum Operand : int64_t {
  kInput = kPairBlockSums,
  kWeights,
  kBytes,
  kWords,
  kFirstWeight,
  kSecondWeight,
  kNumOperands
};
} // namespace

/// The same in every block: else sums move between blocks.
static constexpr llvm::StringLiteral kRegisters[kNumOperands] = {
    "r4",  "r5", "r6", "r7", "r8", "r9",  "r10",
    "r11", "r0", "r1", "r2", "r3", "r12", "lr"};

namespace {
/// Writes the instructions of a block.
class BlockWriter {
public:
  BlockWriter(llvm::raw_ostream &os, int64_t stepBytes)
      : os(os), stepBytes(stepBytes) {}
  void writePosition();
  void writePositions();

private:
  void write(const llvm::Twine &instruction) { os << instruction << "\n"; }
  /// Loads words from the address of weights on.
  void loadWeights(int64_t bytes);
  /// The same, and moves the address.
  void loadLastWeights(int64_t step);
  void multiply(llvm::ArrayRef<int64_t> words, int64_t weight, int64_t channel);

  llvm::raw_ostream &os;
  int64_t stepBytes;
};
} // namespace

static std::string reg(int64_t number) { return "$" + std::to_string(number); }

void BlockWriter::loadWeights(int64_t bytes) {
  write("ldrd " + reg(kFirstWeight) + ", " + reg(kSecondWeight) + ", [" +
        reg(kWeights) + ", #" + llvm::Twine(bytes) + "]");
}

void BlockWriter::loadLastWeights(int64_t step) {
  write("ldrd " + reg(kFirstWeight) + ", " + reg(kSecondWeight) + ", [" +
        reg(kWeights) + "], #" + llvm::Twine(step));
}

/// The products of pairs of elements, one for each position, and a word with
/// weights of an even channel and the one behind it; the word is lost.
void BlockWriter::multiply(llvm::ArrayRef<int64_t> words, int64_t weight,
                           int64_t channel) {
  int64_t channels = kPairBlockSums / int64_t(words.size());
  auto add = [&](int64_t number) {
    for (auto [i, x] : llvm::enumerate(words)) {
      std::string sum = reg(int64_t(i) * channels + number);
      write("smlad " + sum + ", " + reg(x) + ", " + reg(weight) + ", " + sum);
    }
  };
  add(channel + 1);
  write("sxtb16 " + reg(weight) + ", " + reg(weight));
  add(channel);
}

/// Four elements of one position. The second pair comes first: the bytes are
/// widened in their own register then. The last words of weights are those at
/// the address, which the next block's follow.
void BlockWriter::writePosition() {
  constexpr int64_t wordBytes = 4;
  auto add = [&](int64_t words, int64_t channel) {
    multiply(words, kFirstWeight, channel);
    multiply(words, kSecondWeight, channel + 2);
  };
  write("ldr " + reg(kBytes) + ", [" + reg(kInput) + "], #" +
        llvm::Twine(wordBytes));
  write("sxtb16 " + reg(kWords) + ", " + reg(kBytes) + ", ror #8");
  for (int64_t channel = 0; channel < kPairBlockSums; channel += 4) {
    loadWeights(stepBytes + channel / 2 * wordBytes);
    add(kWords, channel);
  }
  write("sxtb16 " + reg(kBytes) + ", " + reg(kBytes));
  for (int64_t channel = 4; channel < kPairBlockSums; channel += 4) {
    loadWeights(channel / 2 * wordBytes);
    add(kBytes, channel);
  }
  loadLastWeights(2 * stepBytes);
  add(kBytes, 0);
}

/// A step of two positions.
void BlockWriter::writePositions() {
  write("ldrd " + reg(kBytes) + ", " + reg(kWords) + ", [" + reg(kInput) +
        "], #8");
  loadLastWeights(stepBytes);
  multiply({kBytes, kWords}, kFirstWeight, 0);
  multiply({kBytes, kWords}, kSecondWeight, 2);
}

std::optional<PairBlock> quantopt::getPairBlock(const TargetLevel &level,
                                                int64_t rows,
                                                int64_t stepBytes) {
  if (!level.pairsWords() || level.arch != "thumb" || rows > 2)
    return std::nullopt;
  PairBlock block;
  llvm::raw_string_ostream os(block.text);
  BlockWriter writer(os, stepBytes);
  if (rows == 1)
    writer.writePosition();
  else
    writer.writePositions();
  block.numScratch = kNumOperands - kBytes;
  llvm::raw_string_ostream constraints(block.constraints);
  for (int64_t i = 0; i < kNumOperands; ++i)
    constraints << (i < kBytes ? "={" : "=&{") << kRegisters[i] << "},";
  for (int64_t i = 0; i < kBytes; ++i)
    constraints << i << ",";
  constraints << "~{memory}";
  return block;
}
