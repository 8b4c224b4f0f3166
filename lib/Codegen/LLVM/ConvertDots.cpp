//===- ConvertDots.cpp - Sums of products -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ConvertDots.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

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

/// Calls an intrinsic of one result.
static Value call(OpBuilder &b, Location loc, StringRef name, Type type,
                  ValueRange operands) {
  return LLVM::CallIntrinsicOp::create(b, loc, type, b.getStringAttr(name),
                                       operands)
      .getResult(0);
}

/// The bits of a vector as a general register.
static Value asRegister(OpBuilder &b, Location loc, Value vector) {
  auto one = VectorType::get({1}, b.getI32Type());
  Value word = vector::BitCastOp::create(b, loc, one, vector);
  return vector::ExtractOp::create(b, loc, word, ArrayRef<int64_t>{0});
}

/// Bytes 0 and 2, or 1 and 3, of a register as words.
static Value widenBytes(OpBuilder &b, Location loc, Value word, bool odd,
                        const WordIntrinsics &names) {
  auto constant = [&](int32_t value) -> Value {
    return arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(value));
  };
  // A rotation, which is part of the widening instruction.
  if (odd)
    word = arith::OrIOp::create(
        b, loc, arith::ShRUIOp::create(b, loc, word, constant(8)),
        arith::ShLIOp::create(b, loc, word, constant(24)));
  return call(b, loc, names.widen, b.getI32Type(), word);
}

/// Products of words in general registers, or of four bytes, which become words
/// in two steps.
static Value lowerWords(OpBuilder &b, const Dot &dot,
                        const WordIntrinsics &names) {
  Location loc = dot.op->getLoc();
  Value x = asRegister(b, loc, dot.lhs), w = asRegister(b, loc, dot.rhs);
  Value sum = vector::ExtractOp::create(b, loc, dot.acc, ArrayRef<int64_t>{0});
  auto add = [&](Value lhs, Value rhs) {
    sum = call(b, loc, names.multiply, b.getI32Type(), {lhs, rhs, sum});
  };
  if (dot.group == 2)
    add(x, w);
  else
    for (bool odd : {false, true})
      add(widenBytes(b, loc, x, odd, names), widenBytes(b, loc, w, odd, names));
  return vector::BroadcastOp::create(b, loc, dot.acc.getType(), sum);
}

/// Products of bytes fit words. Those of the first two bytes of each four, and
/// of the last two, are added to the sums in pairs.
static Value lowerPairwise(OpBuilder &b, const Dot &dot, StringRef addWords) {
  Location loc = dot.op->getLoc();
  auto words = VectorType::get({8}, b.getI16Type());
  auto bytes = VectorType::get({8}, b.getI8Type());
  auto widenPairs = [&](Value vector, int64_t first) -> Value {
    Value pairs = vector::BitCastOp::create(b, loc, words, vector);
    Value chosen = vector::ShuffleOp::create(
        b, loc, pairs, pairs,
        ArrayRef<int64_t>{first, first + 2, first + 4, first + 6});
    Value factors = vector::BitCastOp::create(b, loc, bytes, chosen);
    return arith::ExtSIOp::create(b, loc, words, factors);
  };
  Value sum = dot.acc;
  for (int64_t first : {0, 1}) {
    Value products = arith::MulIOp::create(b, loc, widenPairs(dot.lhs, first),
                                           widenPairs(dot.rhs, first));
    sum = arith::AddIOp::create(
        b, loc, sum, call(b, loc, addWords, dot.acc.getType(), products));
  }
  return sum;
}

static Value lowerDot(OpBuilder &b, const Dot &dot, const TargetLevel &level) {
  Location loc = dot.op->getLoc();
  int64_t lanes = dot.getLanes();
  if (auto name = getDotIntrinsic(level, dot.group, lanes, dot.unsignedLhs)) {
    // The factor that is a part of a register stands last.
    if (dot.group == 4 && !dot.unsignedLhs &&
        level.has(TargetLevel::kIndexedDots))
      return call(b, loc, *name, dot.acc.getType(),
                  {dot.acc, dot.rhs, dot.lhs});
    if (dot.group == 4)
      return call(b, loc, *name, dot.acc.getType(),
                  {dot.acc, dot.lhs, dot.rhs});
    Value products = call(b, loc, *name, dot.acc.getType(), {dot.lhs, dot.rhs});
    return arith::AddIOp::create(b, loc, dot.acc, products);
  }
  auto pairs = getPairIntrinsic(level);
  bool hasPairs = pairs && lanes == level.getLanes();
  if (hasPairs && dot.group == 2) {
    Value products =
        call(b, loc, *pairs, dot.acc.getType(), {dot.lhs, dot.rhs});
    return arith::AddIOp::create(b, loc, dot.acc, products);
  }
  auto words = getWordIntrinsics(level);
  if (words && !dot.unsignedLhs && lanes == 1)
    return lowerWords(b, dot, *words);
  if (dot.group != 4)
    return lowerGeneric(b, dot);
  if (hasPairs && dot.unsignedLhs)
    return lowerPairs(b, dot, *pairs);
  auto pairwise = getPairwiseIntrinsic(level);
  if (pairwise && !dot.unsignedLhs && lanes == 4)
    return lowerPairwise(b, dot, *pairwise);
  return lowerGeneric(b, dot);
}

/// Every second byte, by a shuffle where no instruction does it.
static Value lowerAlternate(OpBuilder &b, qvec::AlternateBytesOp op) {
  Location loc = op.getLoc();
  auto type = cast<VectorType>(op.getType());
  auto names = getWordIntrinsics(getTargetLevel(op));
  if (names && type.getDimSize(0) == 2) {
    Value word = asRegister(b, loc, op.getBytes());
    word = widenBytes(b, loc, word, op.getOdd(), *names);
    auto one = VectorType::get({1}, b.getI32Type());
    Value vector = vector::BroadcastOp::create(b, loc, one, word);
    return vector::BitCastOp::create(b, loc, type, vector);
  }
  SmallVector<int64_t> mask;
  for (int64_t i = 0; i < type.getDimSize(0); ++i)
    mask.push_back(2 * i + op.getOdd());
  Value bytes =
      vector::ShuffleOp::create(b, loc, op.getBytes(), op.getBytes(), mask);
  return arith::ExtSIOp::create(b, loc, type, bytes);
}

/// Sums of products of two rows and two columns.
static Value lowerMmla(OpBuilder &b, qvec::MmlaOp op) {
  Location loc = op.getLoc();
  if (auto name = getMmlaIntrinsic(getTargetLevel(op), op.getUnsignedLhs()))
    return call(b, loc, *name, op.getType(),
                {op.getAcc(), op.getLhs(), op.getRhs()});
  Value x = widen(b, loc, op.getLhs(), op.getUnsignedLhs());
  Value w = widen(b, loc, op.getRhs(), false);
  Value sum = op.getAcc();
  for (int64_t k = 0; k < 8; ++k) {
    Value row = vector::ShuffleOp::create(
        b, loc, x, x, ArrayRef<int64_t>{k, k, 8 + k, 8 + k});
    Value column = vector::ShuffleOp::create(
        b, loc, w, w, ArrayRef<int64_t>{k, 8 + k, k, 8 + k});
    Value product = arith::MulIOp::create(b, loc, row, column);
    sum = arith::AddIOp::create(b, loc, sum, product);
  }
  return sum;
}

/// The sum of all products.
static Value lowerReduction(OpBuilder &b, qvec::ReduceDotOp op) {
  Location loc = op.getLoc();
  // LLVM matches the plain form as well, until it moves a widened factor out of
  // a loop.
  if (auto name = getDotIntrinsic(getTargetLevel(op), 16, 1, false)) {
    Value zero = arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(0));
    Value acc = vector::ExtractOp::create(b, loc, op.getAcc(), 0);
    Value sum = call(b, loc, *name, b.getI32Type(),
                     {zero, zero, zero, acc, op.getLhs(), op.getRhs()});
    return vector::BroadcastOp::create(b, loc, op.getType(), sum);
  }
  Value products =
      arith::MulIOp::create(b, loc, widen(b, loc, op.getLhs(), false),
                            widen(b, loc, op.getRhs(), false));
  Value sum =
      vector::ReductionOp::create(b, loc, vector::CombiningKind::ADD, products);
  Value added = vector::BroadcastOp::create(b, loc, op.getType(), sum);
  return arith::AddIOp::create(b, loc, op.getAcc(), added);
}

void quantopt::convertDots(ModuleOp module) {
  SmallVector<Operation *> ops;
  module.walk([&](Operation *op) {
    if (isa<qvec::Dot4Op, qvec::Dot2Op, qvec::ReduceDotOp, qvec::MmlaOp,
            qvec::AlternateBytesOp>(op))
      ops.push_back(op);
  });
  // Operands are read when it is their turn: earlier ones were replaced.
  for (Operation *op : ops) {
    OpBuilder b(op);
    Value result;
    if (auto dot = dyn_cast<qvec::Dot4Op>(op))
      result = lowerDot(b,
                        {op, dot.getAcc(), dot.getLhs(), dot.getRhs(),
                         dot.getUnsignedLhs(), 4},
                        getTargetLevel(op));
    else if (auto dot = dyn_cast<qvec::Dot2Op>(op))
      result = lowerDot(b,
                        {op, dot.getAcc(), dot.getLhs(), dot.getRhs(),
                         /*unsignedLhs=*/false, 2},
                        getTargetLevel(op));
    else if (auto alternate = dyn_cast<qvec::AlternateBytesOp>(op))
      result = lowerAlternate(b, alternate);
    else if (auto mmla = dyn_cast<qvec::MmlaOp>(op))
      result = lowerMmla(b, mmla);
    else
      result = lowerReduction(b, cast<qvec::ReduceDotOp>(op));
    op->getResult(0).replaceAllUsesWith(result);
    op->erase();
  }
}
