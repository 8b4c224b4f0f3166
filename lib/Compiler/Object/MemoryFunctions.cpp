//===- MemoryFunctions.cpp - Block moves for the code generator -----------===//
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

/// Bytes that a turn of a loop moves where addresses are multiples of words.
static constexpr unsigned kBlockBytes = 16;

/// Adds a loop that moves some addresses on in steps, for a number of bytes
/// that is a multiple of the step; the builder ends behind it. Returns the
/// addresses then.
static SmallVector<LLVMValue *>
addLoop(llvm::IRBuilder<> &b, ArrayRef<LLVMValue *> addresses, LLVMValue *bytes,
        int64_t step, llvm::function_ref<void(ArrayRef<LLVMValue *>)> emit) {
  BasicBlock *before = b.GetInsertBlock();
  Function *function = before->getParent();
  auto *head = BasicBlock::Create(b.getContext(), "head", function);
  auto *body = BasicBlock::Create(b.getContext(), "body", function);
  auto *done = BasicBlock::Create(b.getContext(), "done", function);
  b.CreateBr(head);
  b.SetInsertPoint(head);
  auto *number = b.CreatePHI(bytes->getType(), 2);
  number->addIncoming(llvm::ConstantInt::get(bytes->getType(), 0), before);
  SmallVector<llvm::PHINode *> current;
  for (LLVMValue *address : addresses) {
    current.push_back(b.CreatePHI(address->getType(), 2));
    current.back()->addIncoming(address, before);
  }
  b.CreateCondBr(b.CreateICmpULT(number, bytes), body, done);
  b.SetInsertPoint(body);
  emit(llvm::to_vector_of<LLVMValue *>(current));
  number->addIncoming(
      b.CreateAdd(number,
                  llvm::ConstantInt::get(bytes->getType(), std::abs(step))),
      body);
  for (llvm::PHINode *address : current)
    address->addIncoming(b.CreateInBoundsGEP(b.getInt8Ty(), address,
                                             llvm::ConstantInt::getSigned(
                                                 bytes->getType(), step)),
                         body);
  b.CreateBr(head);
  b.SetInsertPoint(done);
  return llvm::to_vector_of<LLVMValue *>(current);
}

/// The bytes of whole blocks: none if an address is no multiple of a word.
static LLVMValue *getBlockBytes(llvm::IRBuilder<> &b, LLVMValue *size,
                                ArrayRef<LLVMValue *> addresses) {
  LLVMType *word = size->getType();
  LLVMValue *bits = llvm::ConstantInt::get(word, 0);
  for (LLVMValue *address : addresses)
    bits = b.CreateOr(bits, b.CreatePtrToInt(address, word));
  LLVMValue *isAligned = b.CreateIsNull(b.CreateAnd(bits, 3));
  return b.CreateSelect(isAligned,
                        b.CreateAnd(size, ~uint64_t(kBlockBytes - 1)),
                        llvm::ConstantInt::get(word, 0));
}

/// Emits the loops that fill or copy `size` bytes: over blocks, where they may
/// not be anywhere if all addresses are multiples of words, and over the bytes
/// that are left. `emit` is told what it moves, and how it is aligned. A loop
/// of its own for words that can be anywhere would save few instructions.
static void moveBlocks(
    llvm::IRBuilder<> &b, ArrayRef<LLVMValue *> addresses, LLVMValue *size,
    Blocks blocks,
    llvm::function_ref<void(ArrayRef<LLVMValue *>, bool, unsigned)> emit) {
  bool areWords = blocks == Blocks::OfWords;
  LLVMValue *bytes = areWords ? getBlockBytes(b, size, addresses)
                              : b.CreateAnd(size, ~uint64_t(kBlockBytes - 1));
  SmallVector<LLVMValue *> at = addLoop(b, addresses, bytes, kBlockBytes,
                                        [&](ArrayRef<LLVMValue *> current) {
                                          emit(current, true, areWords ? 4 : 1);
                                        });
  addLoop(b, at, b.CreateSub(size, bytes), 1,
          [&](ArrayRef<LLVMValue *> current) { emit(current, false, 1); });
}

/// What a block is moved in.
static LLVMType *getBlockType(llvm::IRBuilder<> &b) {
  return llvm::FixedVectorType::get(b.getInt32Ty(), kBlockBytes / 4);
}

static void copyElement(llvm::IRBuilder<> &b, LLVMType *type,
                        unsigned alignment, LLVMValue *to, LLVMValue *from) {
  LLVMValue *value = b.CreateAlignedLoad(type, from, llvm::Align(alignment));
  b.CreateAlignedStore(value, to, llvm::Align(alignment));
}

/// Copies bytes from the last one on.
static void emitCopyBackwards(llvm::IRBuilder<> &b, Function &function) {
  LLVMType *byte = b.getInt8Ty();
  LLVMValue *to = function.getArg(0), *from = function.getArg(1),
            *size = function.getArg(2);
  auto before = [&](LLVMValue *address) {
    return b.CreateInBoundsGEP(
        byte, address, llvm::ConstantInt::getSigned(size->getType(), -1));
  };
  addLoop(b,
          {b.CreateInBoundsGEP(byte, to, size),
           b.CreateInBoundsGEP(byte, from, size)},
          size, -1, [&](ArrayRef<LLVMValue *> at) {
            copyElement(b, byte, 1, before(at[0]), before(at[1]));
          });
  b.CreateRet(to);
}

/// Copies bytes, from the end where the regions may overlap and the target lies
/// behind the source.
static void emitCopy(llvm::IRBuilder<> &b, Function &function, Blocks blocks,
                     bool mayOverlap) {
  LLVMType *byte = b.getInt8Ty();
  LLVMValue *to = function.getArg(0), *from = function.getArg(1),
            *size = function.getArg(2);
  if (mayOverlap) {
    auto *backwards =
        BasicBlock::Create(b.getContext(), "backwards", &function);
    auto *forwards = BasicBlock::Create(b.getContext(), "forwards", &function);
    b.CreateCondBr(b.CreateICmpUGT(to, from), backwards, forwards);
    b.SetInsertPoint(backwards);
    emitCopyBackwards(b, function);
    b.SetInsertPoint(forwards);
  } else {
    function.addParamAttr(0, llvm::Attribute::NoAlias);
    function.addParamAttr(1, llvm::Attribute::NoAlias);
  }
  moveBlocks(b, {to, from}, size, blocks,
             [&](ArrayRef<LLVMValue *> at, bool isBlock, unsigned alignment) {
               copyElement(b, isBlock ? getBlockType(b) : byte, alignment,
                           at[0], at[1]);
             });
  b.CreateRet(to);
}

void quantopt::emitMemcpy(llvm::IRBuilder<> &b, Function &function,
                          Blocks blocks) {
  emitCopy(b, function, blocks, /*mayOverlap=*/false);
}

void quantopt::emitMemmove(llvm::IRBuilder<> &b, Function &function,
                           Blocks blocks) {
  emitCopy(b, function, blocks, /*mayOverlap=*/true);
}

/// Stores a byte to `size` bytes.
static void emitFill(llvm::IRBuilder<> &b, Function &function, LLVMValue *size,
                     LLVMValue *value, Blocks blocks) {
  LLVMValue *to = function.getArg(0);
  LLVMValue *word =
      b.CreateMul(b.CreateZExt(value, b.getInt32Ty()), b.getInt32(0x01010101));
  LLVMValue *block = b.CreateVectorSplat(kBlockBytes / 4, word);
  moveBlocks(b, {to}, size, blocks,
             [&](ArrayRef<LLVMValue *> at, bool isBlock, unsigned alignment) {
               b.CreateAlignedStore(isBlock ? block : value, at[0],
                                    llvm::Align(alignment));
             });
  b.CreateRet(to);
}

void quantopt::emitMemset(llvm::IRBuilder<> &b, Function &function,
                          Blocks blocks) {
  emitFill(b, function, function.getArg(2),
           b.CreateTrunc(function.getArg(1), b.getInt8Ty()), blocks);
}

void quantopt::emitSizedMemset(llvm::IRBuilder<> &b, Function &function,
                               Blocks blocks) {
  emitFill(b, function, function.getArg(1),
           b.CreateTrunc(function.getArg(2), b.getInt8Ty()), blocks);
}

void quantopt::emitMemclr(llvm::IRBuilder<> &b, Function &function,
                          Blocks blocks) {
  emitFill(b, function, function.getArg(1), b.getInt8(0), blocks);
}
