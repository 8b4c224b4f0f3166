//===- IntegerFunctions.cpp - Arithmetic for the code generator -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SupportBodies.h"

using namespace quantopt;
using llvm::BasicBlock;
using llvm::Function;
using Builder = llvm::IRBuilder<>;
using LLVMValue = llvm::Value;

//===----------------------------------------------------------------------===//
// 64 bits
//===----------------------------------------------------------------------===//

namespace {
/// The halves of a number of 64 bits.
struct Halves {
  LLVMValue *low, *high;
};
} // namespace

static Halves split(Builder &b, LLVMValue *value) {
  return {b.CreateTrunc(value, b.getInt32Ty()),
          b.CreateTrunc(b.CreateLShr(value, 32), b.getInt32Ty())};
}

static void returnHalves(Builder &b, Halves halves) {
  LLVMValue *low = b.CreateZExt(halves.low, b.getInt64Ty());
  LLVMValue *high = b.CreateZExt(halves.high, b.getInt64Ty());
  b.CreateRet(b.CreateOr(low, b.CreateShl(high, 32)));
}

/// The product of numbers without sign, from those of their halves of 16 bits.
static Halves multiply(Builder &b, LLVMValue *x, LLVMValue *y) {
  auto low = [&](LLVMValue *v) { return b.CreateAnd(v, 0xffff); };
  auto high = [&](LLVMValue *v) { return b.CreateLShr(v, 16); };
  LLVMValue *bottom = b.CreateMul(low(x), low(y));
  // Neither sum exceeds 32 bits.
  LLVMValue *middle = b.CreateAdd(b.CreateMul(low(x), high(y)), high(bottom));
  LLVMValue *other = b.CreateAdd(b.CreateMul(high(x), low(y)), low(middle));
  LLVMValue *top = b.CreateAdd(b.CreateMul(high(x), high(y)), high(middle));
  return {b.CreateOr(low(bottom), b.CreateShl(other, 16)),
          b.CreateAdd(top, high(other))};
}

void quantopt::emitLongProduct(Builder &b, Function &function) {
  Halves x = split(b, function.getArg(0)), y = split(b, function.getArg(1));
  Halves product = multiply(b, x.low, y.low);
  LLVMValue *crossed =
      b.CreateAdd(b.CreateMul(x.high, y.low), b.CreateMul(x.low, y.high));
  returnHalves(b, {product.low, b.CreateAdd(product.high, crossed)});
}

namespace {
/// Amounts of a shift by `n`: `n mod 32`, and 31 less that.
struct Amounts {
  Amounts(Builder &b, LLVMValue *n)
      : isSmall(b.CreateICmpULT(n, b.getInt32(32))), by(b.CreateAnd(n, 31)),
        rest(b.CreateSub(b.getInt32(31), by)) {}
  LLVMValue *isSmall, *by, *rest;
};
} // namespace

void quantopt::emitLongShiftLeft(Builder &b, Function &function) {
  Halves x = split(b, function.getArg(0));
  Amounts n(b, function.getArg(1));
  LLVMValue *moved = b.CreateShl(x.low, n.by);
  LLVMValue *carried = b.CreateLShr(b.CreateLShr(x.low, 1), n.rest);
  LLVMValue *high = b.CreateOr(b.CreateShl(x.high, n.by), carried);
  returnHalves(b, {b.CreateSelect(n.isSmall, moved, b.getInt32(0)),
                   b.CreateSelect(n.isSmall, high, moved)});
}

/// Shifts right; `fill` is what enters at the top.
static void emitShiftRight(Builder &b, Function &function, bool isSigned) {
  Halves x = split(b, function.getArg(0));
  Amounts n(b, function.getArg(1));
  LLVMValue *moved =
      isSigned ? b.CreateAShr(x.high, n.by) : b.CreateLShr(x.high, n.by);
  LLVMValue *fill = isSigned ? b.CreateAShr(x.high, 31) : b.getInt32(0);
  LLVMValue *carried = b.CreateShl(b.CreateShl(x.high, 1), n.rest);
  LLVMValue *low = b.CreateOr(b.CreateLShr(x.low, n.by), carried);
  returnHalves(b, {b.CreateSelect(n.isSmall, low, moved),
                   b.CreateSelect(n.isSmall, moved, fill)});
}

void quantopt::emitLongShiftRight(Builder &b, Function &function) {
  emitShiftRight(b, function, /*isSigned=*/false);
}

void quantopt::emitLongArithmeticShiftRight(Builder &b, Function &function) {
  emitShiftRight(b, function, /*isSigned=*/true);
}

void quantopt::emitLeadingZeros(Builder &b, Function &function) {
  LLVMValue *x = function.getArg(0);
  LLVMValue *count = b.getInt32(32);
  for (uint64_t bits = 16; bits > 0; bits /= 2) {
    LLVMValue *upper = b.CreateLShr(x, bits);
    LLVMValue *isSet = b.CreateIsNotNull(upper);
    LLVMValue *fewer = b.CreateSub(count, b.getInt32(uint32_t(bits)));
    count = b.CreateSelect(isSet, fewer, count);
    x = b.CreateSelect(isSet, upper, x);
  }
  // A single bit is left, or none.
  b.CreateRet(b.CreateSub(count, x));
}

//===----------------------------------------------------------------------===//
// Division
//===----------------------------------------------------------------------===//

namespace {
struct Division {
  LLVMValue *quotient, *remainder;
};
} // namespace

/// Bit by bit. A divisor of 0 gives any numbers.
static Division divide(Builder &b, LLVMValue *x, LLVMValue *y) {
  Function *function = b.GetInsertBlock()->getParent();
  BasicBlock *before = b.GetInsertBlock();
  auto *loop = BasicBlock::Create(b.getContext(), "bit", function);
  auto *done = BasicBlock::Create(b.getContext(), "done", function);
  b.CreateBr(loop);
  b.SetInsertPoint(loop);
  auto addPhi = [&](LLVMValue *start) {
    auto *phi = b.CreatePHI(b.getInt32Ty(), 2);
    phi->addIncoming(start, before);
    return phi;
  };
  auto *count = addPhi(b.getInt32(32));
  auto *bits = addPhi(x), *rest = addPhi(b.getInt32(0));
  // The dividend leaves `bits` at the top while the quotient enters below.
  LLVMValue *next = b.CreateOr(b.CreateShl(rest, 1), b.CreateLShr(bits, 31));
  LLVMValue *fits = b.CreateICmpUGE(next, y);
  LLVMValue *digit = b.CreateZExt(fits, b.getInt32Ty());
  LLVMValue *quotient = b.CreateOr(b.CreateShl(bits, 1), digit);
  LLVMValue *remainder = b.CreateSelect(fits, b.CreateSub(next, y), next);
  LLVMValue *left = b.CreateSub(count, b.getInt32(1));
  b.CreateCondBr(b.CreateIsNull(left), done, loop);
  count->addIncoming(left, loop);
  bits->addIncoming(quotient, loop);
  rest->addIncoming(remainder, loop);
  b.SetInsertPoint(done);
  return {quotient, remainder};
}

/// Towards zero; the remainder has the dividend's sign.
static Division divideSigned(Builder &b, LLVMValue *x, LLVMValue *y) {
  LLVMValue *signX = b.CreateAShr(x, 31), *signY = b.CreateAShr(y, 31);
  auto negateIf = [&](LLVMValue *sign, LLVMValue *v) {
    return b.CreateSub(b.CreateXor(v, sign), sign);
  };
  Division result = divide(b, negateIf(signX, x), negateIf(signY, y));
  return {negateIf(b.CreateXor(signX, signY), result.quotient),
          negateIf(signX, result.remainder)};
}

void quantopt::emitUnsignedQuotient(Builder &b, Function &function) {
  b.CreateRet(divide(b, function.getArg(0), function.getArg(1)).quotient);
}

void quantopt::emitSignedQuotient(Builder &b, Function &function) {
  b.CreateRet(divideSigned(b, function.getArg(0), function.getArg(1)).quotient);
}

void quantopt::emitUnsignedDivision(Builder &b, Function &function) {
  Division result = divide(b, function.getArg(0), function.getArg(1));
  LLVMValue *both[] = {result.quotient, result.remainder};
  b.CreateAggregateRet(both, 2);
}

void quantopt::emitSignedDivision(Builder &b, Function &function) {
  Division result = divideSigned(b, function.getArg(0), function.getArg(1));
  LLVMValue *both[] = {result.quotient, result.remainder};
  b.CreateAggregateRet(both, 2);
}
