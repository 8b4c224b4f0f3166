//===- quant-reduce.cpp - Makes MLIR files that show a fault small --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/MLIRContext.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"
#include "quant-opt/InitAllDialects.h"
#include "quant-opt/InitAllPasses.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  quantopt::registerAllDialects(registry);
  quantopt::registerAllPasses();
  mlir::MLIRContext context(registry);
  if (mlir::succeeded(mlir::mlirReduceMain(argc, argv, context)))
    return 0;
  // The reducer says nothing when the script does not find the input
  // interesting.
  llvm::errs() << "quant-reduce: error: expected a valid file for which the "
                  "script of 'test=' exits with 1\n";
  return 1;
}
