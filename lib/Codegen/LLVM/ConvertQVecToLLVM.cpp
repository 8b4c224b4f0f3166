//===- ConvertQVecToLLVM.cpp - Instructions of the qvec dialect -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvertDots.h"
#include "ConvertHighProducts.h"
#include "ConvertLookups.h"
#include "ConvertSaturation.h"
#include "ConvertTiles.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {
#define GEN_PASS_DEF_CONVERTQVECTOLLVM
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// A shift and a mask; LLVM joins both where bytes are shifted as words.
static Value lowerUnpack(OpBuilder &b, qvec::UnpackOp op) {
  auto type = cast<VectorType>(op.getType());
  auto splat = [&](int64_t value) -> Value {
    Attribute attr = b.getIntegerAttr(type.getElementType(), value);
    return arith::ConstantOp::create(b, op.getLoc(),
                                     DenseElementsAttr::get(type, attr));
  };
  int64_t bits = type.getElementTypeBitWidth();
  int64_t bit = op.getBit(), width = op.getWidth();
  Value result = op.getPacked();
  if (bit != 0)
    result = arith::ShRUIOp::create(b, op.getLoc(), result, splat(bit));
  if (bit + width < bits)
    result = arith::AndIOp::create(b, op.getLoc(), result,
                                   splat((int64_t(1) << width) - 1));
  return result;
}

namespace {
struct ConvertQVecToLLVMPass
    : public quantopt::impl::ConvertQVecToLLVMBase<ConvertQVecToLLVMPass> {
  void runOnOperation() override {
    // Where there are no tiles they become dot products.
    if (failed(convertTiles(getOperation())))
      return signalPassFailure();
    convertDots(getOperation());
    convertLookups(getOperation());
    convertSaturation(getOperation());
    convertHighProducts(getOperation());
    SmallVector<qvec::UnpackOp> unpacks;
    getOperation().walk([&](qvec::UnpackOp op) { unpacks.push_back(op); });
    for (qvec::UnpackOp op : unpacks) {
      OpBuilder b(op);
      op.replaceAllUsesWith(lowerUnpack(b, op));
      op.erase();
    }
  }
};
} // namespace
