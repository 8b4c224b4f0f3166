//===- KeepOrderTest.cpp - Where LLVM's scheduler is left out -------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What the scheduler costs depends on LLVM: on Cortex-M4 few percent of some
/// networks, which no test of assembly shows for good. This one says that its
/// absence is wanted, `Target/AArch64/kernels.mlir` that it has an effect.
///
//===----------------------------------------------------------------------===//

#include "mlir/IR/MLIRContext.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "gtest/gtest.h"

using namespace quantopt;

/// Whether code for a cpu keeps the order in which it is emitted.
static bool keeps(StringRef triple, StringRef cpu) {
  mlir::MLIRContext context;
  context.loadDialect<qvec::QVecDialect>();
  // Makes LLVM's targets known, too.
  auto targets = resolveTargets(&context, triple, cpu, "");
  EXPECT_TRUE(bool(targets)) << cpu.str();
  if (!targets) {
    llvm::consumeError(targets.takeError());
    return false;
  }
  qvec::TargetAttr target = targets->front();
  return keepsOrder(triple, target.getCpu(), target.getFeatures());
}

TEST(KeepOrder, WhereTilesFillTheRegisters) {
  EXPECT_TRUE(keeps("thumbv7em-none-eabihf", "cortex-m4"));
  EXPECT_TRUE(keeps("thumbv7em-none-eabihf", "cortex-m7"));
  EXPECT_TRUE(keeps("aarch64-linux-gnu", "neoverse-n1"));
}

TEST(KeepOrder, NowhereElse) {
  EXPECT_FALSE(keeps("thumbv7m-none-eabi", "cortex-m3"));
  EXPECT_FALSE(keeps("thumbv8.1m.main-none-eabihf", "cortex-m55"));
  EXPECT_FALSE(keeps("aarch64-linux-gnu", "aarch64"));
  EXPECT_FALSE(keeps("x86_64-linux-gnu", "x86-64-v3"));
}
