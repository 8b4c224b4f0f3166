//===- ConvertQVecToLLVM.cpp - Instructions of the qvec dialect -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

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

namespace {
/// One dot product to be lowered, a `Dot4Op` or a `Dot2Op`.
struct Dot {
  Operation *op;
  Value acc, lhs, rhs;
  bool unsignedLhs;
  int64_t group;

  int64_t getLanes() const {
    return cast<VectorType>(acc.getType()).getDimSize(0);
  }
};
} // namespace

/// Widens integers to 32 bits.
static Value widen(OpBuilder &b, Location loc, Value factors, bool isUnsigned) {
  auto type = cast<VectorType>(factors.getType());
  auto wide = VectorType::get(type.getShape(), b.getI32Type());
  if (isUnsigned)
    return arith::ExtUIOp::create(b, loc, wide, factors);
  return arith::ExtSIOp::create(b, loc, wide, factors);
}

/// The exact generic form: products in 32 bits, then lanes `group * i + j` of
/// them are added for each `j`.
static Value lowerGeneric(OpBuilder &b, const Dot &dot) {
  Location loc = dot.op->getLoc();
  Value products =
      arith::MulIOp::create(b, loc, widen(b, loc, dot.lhs, dot.unsignedLhs),
                            widen(b, loc, dot.rhs, false));
  Value sum = dot.acc;
  for (int64_t j = 0; j < dot.group; ++j) {
    SmallVector<int64_t> mask;
    for (int64_t i = 0; i < dot.getLanes(); ++i)
      mask.push_back(dot.group * i + j);
    Value part = vector::ShuffleOp::create(b, loc, products, products, mask);
    sum = arith::AddIOp::create(b, loc, sum, part);
  }
  return sum;
}

/// Four products as two pairs of words: the even bytes of each 32-bit lane and
/// the odd ones, which masks and shifts make words of.
static Value lowerPairs(OpBuilder &b, const Dot &dot, StringRef pairs) {
  Location loc = dot.op->getLoc();
  auto words = VectorType::get({2 * dot.getLanes()}, b.getI16Type());
  auto splat = [&](int16_t value) -> Value {
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(words, b.getI16IntegerAttr(value)));
  };
  Value x = vector::BitCastOp::create(b, loc, words, dot.lhs);
  Value w = vector::BitCastOp::create(b, loc, words, dot.rhs);
  Value eight = splat(8);
  Value evenX = arith::AndIOp::create(b, loc, x, splat(0xff));
  Value oddX = arith::ShRUIOp::create(b, loc, x, eight);
  Value evenW = arith::ShRSIOp::create(
      b, loc, arith::ShLIOp::create(b, loc, w, eight), eight);
  Value oddW = arith::ShRSIOp::create(b, loc, w, eight);
  auto add = [&](Value sum, Value lhs, Value rhs) -> Value {
    Value products =
        LLVM::CallIntrinsicOp::create(b, loc, dot.acc.getType(),
                                      b.getStringAttr(pairs), {lhs, rhs})
            .getResult(0);
    return arith::AddIOp::create(b, loc, sum, products);
  };
  return add(add(dot.acc, evenX, evenW), oddX, oddW);
}

static Value lowerDot(OpBuilder &b, const Dot &dot, const TargetLevel &level) {
  Location loc = dot.op->getLoc();
  std::optional<StringRef> name =
      getDotIntrinsic(level, dot.group, dot.getLanes());
  auto call = [&](ValueRange operands) -> Value {
    return LLVM::CallIntrinsicOp::create(b, loc, dot.acc.getType(),
                                         b.getStringAttr(*name), operands)
        .getResult(0);
  };
  // The instruction multiplies unsigned by signed bytes.
  if (name && dot.group == 4 && dot.unsignedLhs)
    return call({dot.acc, dot.lhs, dot.rhs});
  std::optional<StringRef> pairs = getPairIntrinsic(level);
  if (pairs && dot.group == 4 && dot.unsignedLhs &&
      dot.getLanes() == level.getLanes())
    return lowerPairs(b, dot, *pairs);
  if (name && dot.group == 2)
    return arith::AddIOp::create(b, loc, dot.acc, call({dot.lhs, dot.rhs}));
  return lowerGeneric(b, dot);
}

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
    convertDots();
    convertLookups(getOperation());
    convertSaturation(getOperation());
    SmallVector<qvec::UnpackOp> unpacks;
    getOperation().walk([&](qvec::UnpackOp op) { unpacks.push_back(op); });
    for (qvec::UnpackOp op : unpacks) {
      OpBuilder b(op);
      op.replaceAllUsesWith(lowerUnpack(b, op));
      op.erase();
    }
  }

  void convertDots() {
    SmallVector<Dot> dots;
    getOperation().walk([&](Operation *op) {
      if (auto dot = dyn_cast<qvec::Dot4Op>(op))
        dots.push_back({op, dot.getAcc(), dot.getLhs(), dot.getRhs(),
                        dot.getUnsignedLhs(), 4});
      else if (auto dot = dyn_cast<qvec::Dot2Op>(op))
        dots.push_back({op, dot.getAcc(), dot.getLhs(), dot.getRhs(),
                        /*unsignedLhs=*/false, 2});
    });
    for (const Dot &original : dots) {
      Dot dot = original;
      // Operands may have been replaced since they were collected.
      dot.acc = dot.op->getOperand(0);
      OpBuilder b(dot.op);
      Value result = lowerDot(b, dot, getTargetLevel(dot.op));
      dot.op->getResult(0).replaceAllUsesWith(result);
      dot.op->erase();
    }
  }
};
} // namespace
