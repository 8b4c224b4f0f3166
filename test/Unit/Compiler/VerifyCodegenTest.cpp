//===- VerifyCodegenTest.cpp - Tests of the comparison of code ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Layers written by hand stand for compiled code of y = 2 x, each wrong in a
// way of its own.
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/VerifyCodegen.h"
#include "mlir/Parser/Parser.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace quantopt;

namespace {
constexpr int64_t kCount = 12;

/// The context's parts: arena, x, y.
struct Memory {
  float *arena;
  const float *x;
  float *y;
};
Memory unpack(void *context) {
  void **parts = static_cast<void **>(context);
  return {static_cast<float *>(parts[0]), static_cast<const float *>(parts[1]),
          static_cast<float *>(parts[2])};
}

void doubleIt(void *context, int64_t begin, int64_t end) {
  Memory m = unpack(context);
  for (int64_t i = begin; i < end; ++i)
    m.y[i] = m.x[i] * 2;
}
void wrongAtSeven(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, end);
  if (begin <= 7 && 7 < end)
    unpack(context).y[7] = 1.5f;
}
void wrongWhenSplit(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, end);
  if (begin == 4)
    unpack(context).y[4] += 1;
}
void forgetsTheLast(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, std::min(end, kCount - 1));
}
void readsWhatNobodyWrote(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, end);
  if (unpack(context).arena[0] != 0)
    unpack(context).y[begin] = 0.5f;
}
void writesBeyondOutput(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, end);
  unpack(context).y[kCount] = 0;
}
void writesBeforeArena(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, end);
  unpack(context).arena[-1] = 0;
}
void writesToInput(void *context, int64_t begin, int64_t end) {
  doubleIt(context, begin, end);
  const_cast<float *>(unpack(context).x)[begin] = 3;
}
void otherNaN(void *context, int64_t begin, int64_t end) {
  Memory m = unpack(context);
  for (int64_t i = begin; i < end; ++i) {
    m.y[i] = m.x[i] * 2;
    uint32_t bits = 0xffc12345;
    if (std::isnan(m.x[i]))
      std::memcpy(&m.y[i], &bits, sizeof(bits));
  }
}
void losesNaN(void *context, int64_t begin, int64_t end) {
  Memory m = unpack(context);
  for (int64_t i = begin; i < end; ++i)
    m.y[i] = std::isnan(m.x[i]) ? 0 : m.x[i] * 2;
}

class VerifyCodegenTest : public ::testing::Test {
protected:
  VerifyCodegenTest() {
    context.loadDialect<func::FuncDialect, qnn::QNNDialect>();
    module = parseSourceString<ModuleOp>(
        R"(func.func @main(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
             %y = qnn.binary add %x, %x
               : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
             return %y : tensor<3x4xf32>
           })",
        &context);
  }

  /// What is found with this layer as the code: "" when nothing.
  CodeDifference compare(qo_task task) {
    qo_layer layer = {"double", task, kCount};
    qo_variant variant = {"plain", "", 1, &layer};
    int64_t shape[] = {3, 4};
    int64_t bytes = kCount * sizeof(float);
    qo_tensor x = {"x", "f32", 2, shape, bytes, 0, 0, 0};
    qo_tensor y = {"y", "f32", 2, shape, bytes, 0, 0, 0};
    qo_model model = {};
    model.num_inputs = model.num_outputs = model.num_variants = 1;
    model.inputs = &x;
    model.outputs = &y;
    model.variants = &variant;
    model.arena_bytes = model.arena_alignment = 64;
    auto found = compareWithInterpreter(
        module->lookupSymbol<func::FuncOp>("main"), model, &variant);
    if (!found)
      return {"error: " + llvm::toString(found.takeError()), "", ""};
    return found->value_or(CodeDifference());
  }

  MLIRContext context;
  OwningOpRef<ModuleOp> module;
};
} // namespace

TEST_F(VerifyCodegenTest, acceptsRightCode) {
  EXPECT_EQ(compare(doubleIt).what, "");
  EXPECT_EQ(compare(otherNaN).what, "");
}

TEST_F(VerifyCodegenTest, namesPlaceAndValues) {
  CodeDifference difference = compare(wrongAtSeven);
  EXPECT_EQ(difference.what.find("output 'y' at [1, 3]: expected "), 0u);
  EXPECT_NE(difference.what.find("but got 1.5 (0x3fc00000); 1 of 12 elements"),
            std::string::npos);
  EXPECT_EQ(difference.where,
            "on level 'plain', layers in one piece, inputs 'random'");
  EXPECT_EQ(difference.level, "plain");
}

TEST_F(VerifyCodegenTest, findsWhatDependsOnTheSplit) {
  EXPECT_EQ(compare(wrongWhenSplit).where,
            "on level 'plain', layers in 3 pieces, inputs 'random'");
}

TEST_F(VerifyCodegenTest, findsWhatIsLeftOut) {
  EXPECT_EQ(compare(forgetsTheLast).what.find("output 'y' at [2, 3]: "), 0u);
}

TEST_F(VerifyCodegenTest, findsUseOfUnwrittenMemory) {
  EXPECT_EQ(compare(readsWhatNobodyWrote).what.find("output 'y' at [0, 0]: "),
            0u);
}

TEST_F(VerifyCodegenTest, findsStrayWrites) {
  EXPECT_EQ(compare(writesBeyondOutput).what,
            "the code writes outside of output 'y'");
  EXPECT_EQ(compare(writesBeforeArena).what,
            "the code writes outside of the arena");
  EXPECT_EQ(compare(writesToInput).what, "the code writes to input 'x'");
}

TEST_F(VerifyCodegenTest, triesNaN) {
  CodeDifference difference = compare(losesNaN);
  EXPECT_NE(difference.what.find("expected nan"), std::string::npos);
  EXPECT_NE(difference.where.find("inputs 'special values'"),
            std::string::npos);
}
