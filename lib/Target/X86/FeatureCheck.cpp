//===- FeatureCheck.cpp - Asking the processor what it has ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Target/FeatureCheck.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Triple.h"
#include <array>

using namespace llvm;

namespace {
enum Register { EAX, EBX, ECX, EDX };
/// Register state that the operating system must save (bits of XCR0).
enum State {
  NoState = 0,
  YmmState = 0x06,
  ZmmState = 0xE6,
  TileState = 0x600E6
};

/// Where a feature's bit is.
struct Feature {
  StringRef name, llvmName;
  uint32_t leaf, subleaf;
  Register reg;
  unsigned bit;
  State state;
};

/// Bits that one query must report.
struct Query {
  uint32_t leaf, subleaf;
  std::array<uint32_t, 4> masks{};
};
} // namespace

static const Feature features[] = {
#define QO_X86_FEATURE(NAME, LLVM_NAME, LEAF, SUBLEAF, REG, BIT, STATE)        \
  {NAME, LLVM_NAME, LEAF, SUBLEAF, REG, BIT, STATE},
#include "quant-opt-c/X86Features.def"
#undef QO_X86_FEATURE
};

/// The queries that cover a list of features; false if one is unknown.
static bool collectQueries(StringRef cpuFlags, SmallVectorImpl<Query> &queries,
                           uint32_t &states) {
  SmallVector<StringRef> names;
  cpuFlags.split(names, ',', -1, /*KeepEmpty=*/false);
  for (StringRef name : names) {
    const Feature *feature =
        find_if(features, [&](const Feature &f) { return f.name == name; });
    if (feature == std::end(features))
      return false;
    states |= feature->state;
    auto *query = find_if(queries, [&](const Query &q) {
      return q.leaf == feature->leaf && q.subleaf == feature->subleaf;
    });
    if (query == queries.end()) {
      queries.push_back({feature->leaf, feature->subleaf, {}});
      query = &queries.back();
    }
    query->masks[feature->reg] |= 1u << feature->bit;
  }
  return true;
}

/// The four registers after `cpuid`. There is no intrinsic for it.
static Value *emitCpuid(IRBuilderBase &b, uint32_t leaf, uint32_t subleaf) {
  Type *i32 = b.getInt32Ty();
  auto *result = StructType::get(b.getContext(), {i32, i32, i32, i32});
  auto *type = FunctionType::get(result, {i32, i32}, false);
  auto *code = InlineAsm::get(
      type, "cpuid",
      "={ax},={bx},={cx},={dx},{ax},{cx},~{dirflag},~{fpsr},~{flags}",
      /*hasSideEffects=*/true);
  return b.CreateCall(type, code, {b.getInt32(leaf), b.getInt32(subleaf)});
}

/// Whether all bits of the mask are set.
static Value *emitHasBits(IRBuilderBase &b, Value *word, uint32_t mask) {
  return b.CreateICmpEQ(b.CreateAnd(word, b.getInt32(mask)), b.getInt32(mask));
}

static Value *emitQuery(IRBuilderBase &b, const Query &query) {
  // A leaf that does not exist reports another one's bits.
  Value *last =
      b.CreateExtractValue(emitCpuid(b, query.leaf & 0x80000000u, 0), EAX);
  Value *has = b.CreateICmpUGE(last, b.getInt32(query.leaf));
  if (query.subleaf) {
    Value *lastSub = b.CreateExtractValue(emitCpuid(b, query.leaf, 0), EAX);
    has = b.CreateAnd(has, b.CreateICmpUGE(lastSub, b.getInt32(query.subleaf)));
  }
  Value *words = emitCpuid(b, query.leaf, query.subleaf);
  for (unsigned reg = 0; reg < 4; ++reg)
    if (query.masks[reg])
      has = b.CreateAnd(has, emitHasBits(b, b.CreateExtractValue(words, reg),
                                         query.masks[reg]));
  return has;
}

/// Whether the system saves these registers. Only a system that says so may be
/// asked which.
static Value *emitStateCheck(IRBuilderBase &b, Value *has, uint32_t states) {
  constexpr uint32_t systemSavesState = 1u << 27;
  Value *word = b.CreateExtractValue(emitCpuid(b, 1, 0), ECX);
  Value *canAsk = b.CreateAnd(has, emitHasBits(b, word, systemSavesState));
  BasicBlock *before = b.GetInsertBlock();
  Function *function = before->getParent();
  BasicBlock *ask = BasicBlock::Create(b.getContext(), "state", function);
  BasicBlock *join = BasicBlock::Create(b.getContext(), "asked", function);
  b.CreateCondBr(canAsk, ask, join);
  b.SetInsertPoint(ask);
  Type *i32 = b.getInt32Ty();
  auto *result = StructType::get(b.getContext(), {i32, i32});
  auto *type = FunctionType::get(result, {i32}, false);
  auto *code = InlineAsm::get(type, "xgetbv",
                              "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}",
                              /*hasSideEffects=*/true);
  Value *saved =
      b.CreateExtractValue(b.CreateCall(type, code, {b.getInt32(0)}), 0u);
  Value *saves = emitHasBits(b, saved, states);
  b.CreateBr(join);
  b.SetInsertPoint(join);
  PHINode *both = b.CreatePHI(b.getInt1Ty(), 2);
  both->addIncoming(b.getFalse(), before);
  both->addIncoming(saves, ask);
  return both;
}

std::string quantopt::getRequiredCpuFlags(StringRef tripleName, StringRef cpu,
                                          StringRef llvmFeatures) {
  InitializeAllTargetInfos();
  InitializeAllTargets();
  InitializeAllTargetMCs();
  Triple triple(tripleName);
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!triple.isX86() || !target)
    return {};
  std::unique_ptr<MCSubtargetInfo> code(
      target->createMCSubtargetInfo(triple, cpu, llvmFeatures));
  std::unique_ptr<MCSubtargetInfo> least(
      target->createMCSubtargetInfo(triple, "x86-64", ""));
  SmallVector<StringRef> flags;
  for (const Feature &feature : features) {
    std::string on = "+" + feature.llvmName.str();
    if (code->checkFeatures(on) && !least->checkFeatures(on))
      flags.push_back(feature.name);
  }
  return join(flags, ",");
}

Value *quantopt::emitFeatureCheck(IRBuilderBase &builder, StringRef triple,
                                  StringRef cpuFlags) {
  SmallVector<Query> queries;
  uint32_t states = 0;
  if (cpuFlags.empty())
    return builder.getTrue();
  if (!Triple(triple).isX86() || !collectQueries(cpuFlags, queries, states))
    return builder.getFalse();
  // Linux lets a process use tiles that has asked for them, by a call.
  if (states == TileState)
    return builder.getFalse();
  Value *has = builder.getTrue();
  for (const Query &query : queries)
    has = builder.CreateAnd(has, emitQuery(builder, query));
  return states ? emitStateCheck(builder, has, states) : has;
}
