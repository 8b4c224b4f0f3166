//===- quant-opt.cpp - Runs passes on MLIR files --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "quant-opt/InitAllDialects.h"
#include "quant-opt/InitAllPasses.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  quantopt::registerAllDialects(registry);
  quantopt::registerAllPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "quant-opt: quantizing compiler\n", registry));
}
