//===- FeatureCheckTest.cpp - Asking the processor what it has ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Target/FeatureCheck.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "gtest/gtest.h"

using namespace llvm;

namespace {
class FeatureCheck : public testing::Test {
protected:
  FeatureCheck() : module("m", context), builder(context) {
    auto *type = FunctionType::get(builder.getInt1Ty(), {}, false);
    auto *function =
        Function::Create(type, GlobalValue::ExternalLinkage, "f", module);
    builder.SetInsertPoint(BasicBlock::Create(context, "entry", function));
  }

  Value *emit(StringRef flags) {
    return quantopt::emitFeatureCheck(builder, "x86_64-unknown-linux-gnu",
                                      flags);
  }

  LLVMContext context;
  Module module;
  IRBuilder<> builder;
};
} // namespace

TEST_F(FeatureCheck, NothingIsAlwaysThere) {
  EXPECT_EQ(emit(""), builder.getTrue());
}

TEST_F(FeatureCheck, AsksForKnownFeatures) {
  EXPECT_FALSE(isa<ConstantInt>(emit("avx2,fma")));
}

TEST_F(FeatureCheck, UnknownFeaturesAreAbsent) {
  EXPECT_EQ(emit("avx2,avx1024"), builder.getFalse());
}

TEST_F(FeatureCheck, NeverGrantsTiles) {
  // That takes a system call.
  EXPECT_EQ(emit("avx512f,amx_tile"), builder.getFalse());
}

TEST(RequiredCpuFlags, AreThoseOfTheFeatures) {
  StringRef triple = "x86_64-unknown-linux-gnu";
  EXPECT_EQ(quantopt::getRequiredCpuFlags(triple, "x86-64", "+amx-int8"),
            "amx_int8,amx_tile");
  EXPECT_EQ(quantopt::getRequiredCpuFlags(triple, "x86-64", ""), "");
}
