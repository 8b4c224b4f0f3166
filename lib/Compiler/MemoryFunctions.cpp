//===- MemoryFunctions.cpp - Byte loops for the code generator ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SupportBodies.h"

using namespace quantopt;
using llvm::BasicBlock;
using llvm::Function;
using LLVMType = llvm::Type;
using LLVMValue = llvm::Value;

/// Adds a loop over the bytes [0, size), from the end if `backwards`; the
/// builder ends behind it.
static void addByteLoop(llvm::IRBuilder<> &b, LLVMValue *size, bool backwards,
                        llvm::function_ref<void(LLVMValue *)> emitByte) {
  LLVMType *word = size->getType();
  BasicBlock *before = b.GetInsertBlock();
  Function *function = before->getParent();
  auto *head = BasicBlock::Create(b.getContext(), "head", function);
  auto *body = BasicBlock::Create(b.getContext(), "body", function);
  auto *done = BasicBlock::Create(b.getContext(), "done", function);
  b.CreateBr(head);
  b.SetInsertPoint(head);
  auto *number = b.CreatePHI(word, 2);
  number->addIncoming(llvm::ConstantInt::get(word, 0), before);
  b.CreateCondBr(b.CreateICmpULT(number, size), body, done);
  b.SetInsertPoint(body);
  LLVMValue *following = b.CreateAdd(number, llvm::ConstantInt::get(word, 1));
  emitByte(backwards ? b.CreateSub(size, following) : number);
  b.CreateBr(head);
  number->addIncoming(following, body);
  b.SetInsertPoint(done);
}

/// Copies bytes, from the end where the regions may overlap and the target lies
/// behind the source.
static void emitCopy(llvm::IRBuilder<> &b, Function &function,
                     bool mayOverlap) {
  LLVMType *byte = b.getInt8Ty();
  LLVMValue *to = function.getArg(0), *from = function.getArg(1);
  auto copyByte = [&](LLVMValue *number) {
    LLVMValue *value =
        b.CreateLoad(byte, b.CreateInBoundsGEP(byte, from, number));
    b.CreateStore(value, b.CreateInBoundsGEP(byte, to, number));
  };
  if (mayOverlap) {
    auto *backwards =
        BasicBlock::Create(b.getContext(), "backwards", &function);
    auto *forwards = BasicBlock::Create(b.getContext(), "forwards", &function);
    b.CreateCondBr(b.CreateICmpUGT(to, from), backwards, forwards);
    b.SetInsertPoint(backwards);
    addByteLoop(b, function.getArg(2), /*backwards=*/true, copyByte);
    b.CreateRet(to);
    b.SetInsertPoint(forwards);
  }
  addByteLoop(b, function.getArg(2), /*backwards=*/false, copyByte);
  b.CreateRet(to);
}

void quantopt::emitMemcpy(llvm::IRBuilder<> &b, Function &function) {
  emitCopy(b, function, /*mayOverlap=*/false);
}

void quantopt::emitMemmove(llvm::IRBuilder<> &b, Function &function) {
  emitCopy(b, function, /*mayOverlap=*/true);
}

/// Stores a value to `size` bytes.
static void emitFill(llvm::IRBuilder<> &b, Function &function, LLVMValue *size,
                     LLVMValue *value) {
  LLVMType *byte = b.getInt8Ty();
  addByteLoop(b, size, /*backwards=*/false, [&](LLVMValue *number) {
    b.CreateStore(value, b.CreateInBoundsGEP(byte, function.getArg(0), number));
  });
  b.CreateRet(function.getArg(0));
}

void quantopt::emitMemset(llvm::IRBuilder<> &b, Function &function) {
  emitFill(b, function, function.getArg(2),
           b.CreateTrunc(function.getArg(1), b.getInt8Ty()));
}

void quantopt::emitSizedMemset(llvm::IRBuilder<> &b, Function &function) {
  emitFill(b, function, function.getArg(1),
           b.CreateTrunc(function.getArg(2), b.getInt8Ty()));
}

void quantopt::emitMemclr(llvm::IRBuilder<> &b, Function &function) {
  emitFill(b, function, function.getArg(1), b.getInt8(0));
}
