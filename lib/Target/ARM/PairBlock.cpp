//===- PairBlock.cpp - Products that need all registers -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Eight sums, two addresses, a word of input as loaded and as widened and two
/// words of weights are all of the 14 registers that Thumb code may use. LLVM's
/// register allocator leaves no more than a few of many such instructions
/// without a spill; a block of them as one leaves it no choice.
///
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QVec/Utils/PairBlock.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

namespace {
/// Numbers of operands: sums come first.
enum Operand : int64_t {
  kInput = kPairBlockChannels,
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

/// The products of a pair of elements and a word with the weights of an even
/// channel and the one behind it; the word is lost.
static void writeProducts(llvm::raw_ostream &os, int64_t words, int64_t weight,
                          int64_t channel) {
  os << "smlad $" << channel + 1 << ", $" << words << ", $" << weight << ", $"
     << channel + 1 << "\n";
  os << "sxtb16 $" << weight << ", $" << weight << "\n";
  os << "smlad $" << channel << ", $" << words << ", $" << weight << ", $"
     << channel << "\n";
}

/// The products of two words of weights, which `place` says how to find.
static void writeWords(llvm::raw_ostream &os, int64_t words, int64_t channel,
                       llvm::StringRef place) {
  os << "ldrd $" << kFirstWeight << ", $" << kSecondWeight << ", " << place
     << "\n";
  writeProducts(os, words, kFirstWeight, channel);
  writeProducts(os, words, kSecondWeight, channel + 2);
}

std::optional<PairBlock> quantopt::getPairBlock(const TargetLevel &level,
                                                int64_t stepBytes) {
  if (!level.pairsWords() || level.arch != "thumb")
    return std::nullopt;
  PairBlock block;
  llvm::raw_string_ostream os(block.text);
  auto place = [](int64_t bytes) {
    return "[$" + std::to_string(kWeights) + ", #" + std::to_string(bytes) +
           "]";
  };
  constexpr int64_t wordBytes = 4;
  // The second pair first: the bytes are widened in their own register then.
  os << "ldr $" << kBytes << ", [$" << kInput << "], #" << wordBytes << "\n";
  os << "sxtb16 $" << kWords << ", $" << kBytes << ", ror #8\n";
  for (int64_t channel = 0; channel < kPairBlockChannels; channel += 4)
    writeWords(os, kWords, channel, place(stepBytes + channel / 2 * wordBytes));
  os << "sxtb16 $" << kBytes << ", $" << kBytes << "\n";
  for (int64_t channel = 4; channel < kPairBlockChannels; channel += 4)
    writeWords(os, kBytes, channel, place(channel / 2 * wordBytes));
  // The last words are those at the address, which the next block's follow.
  writeWords(os, kBytes, 0,
             "[$" + std::to_string(kWeights) + "], #" +
                 std::to_string(2 * stepBytes));
  block.numScratch = kNumOperands - kBytes;
  llvm::raw_string_ostream constraints(block.constraints);
  for (int64_t i = 0; i < kNumOperands; ++i)
    constraints << (i < kBytes ? "={" : "=&{") << kRegisters[i] << "},";
  for (int64_t i = 0; i < kBytes; ++i)
    constraints << i << ",";
  constraints << "~{memory}";
  return block;
}
