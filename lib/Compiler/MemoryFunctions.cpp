//===- MemoryFunctions.cpp - Byte loops for the code generator ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entry.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace quantopt;
using llvm::BasicBlock;
using llvm::Function;
using LLVMType = llvm::Type;
using LLVMValue = llvm::Value;

bool quantopt::isMemoryFunction(StringRef name) {
  return llvm::StringSwitch<bool>(name)
      .Cases({"memcpy", "memmove", "memset"}, true)
      .Default(false);
}

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

static Function *addFunction(llvm::Module &module, StringRef name,
                             LLVMType *second,
                             const VariantDescription &variant,
                             OptLevel level) {
  llvm::LLVMContext &context = module.getContext();
  auto *pointer = llvm::PointerType::get(context, 0);
  LLVMType *word = module.getDataLayout().getIntPtrType(context);
  auto *type = llvm::FunctionType::get(pointer, {pointer, second, word}, false);
  // A declaration that the translation made is taken over.
  auto callee = module.getOrInsertFunction(name, type);
  auto *function = cast<Function>(callee.getCallee());
  function->setLinkage(Function::InternalLinkage);
  setFunctionTarget(*function, variant, level);
  BasicBlock::Create(context, "entry", function);
  return function;
}

static void addCopy(llvm::Module &module, StringRef name, bool mayOverlap,
                    const VariantDescription &variant, OptLevel level) {
  auto *pointer = llvm::PointerType::get(module.getContext(), 0);
  Function *function = addFunction(module, name, pointer, variant, level);
  llvm::IRBuilder<> b(&function->getEntryBlock());
  LLVMType *byte = b.getInt8Ty();
  LLVMValue *to = function->getArg(0), *from = function->getArg(1);
  auto copyByte = [&](LLVMValue *number) {
    LLVMValue *value =
        b.CreateLoad(byte, b.CreateInBoundsGEP(byte, from, number));
    b.CreateStore(value, b.CreateInBoundsGEP(byte, to, number));
  };
  if (mayOverlap) {
    auto *backwards =
        BasicBlock::Create(module.getContext(), "backwards", function);
    auto *forwards =
        BasicBlock::Create(module.getContext(), "forwards", function);
    b.CreateCondBr(b.CreateICmpUGT(to, from), backwards, forwards);
    b.SetInsertPoint(backwards);
    addByteLoop(b, function->getArg(2), /*backwards=*/true, copyByte);
    b.CreateRet(to);
    b.SetInsertPoint(forwards);
  }
  addByteLoop(b, function->getArg(2), /*backwards=*/false, copyByte);
  b.CreateRet(to);
}

static void addFill(llvm::Module &module, const VariantDescription &variant,
                    OptLevel level) {
  Function *function =
      addFunction(module, "memset", LLVMType::getInt32Ty(module.getContext()),
                  variant, level);
  llvm::IRBuilder<> b(&function->getEntryBlock());
  LLVMType *byte = b.getInt8Ty();
  LLVMValue *value = b.CreateTrunc(function->getArg(1), byte);
  addByteLoop(
      b, function->getArg(2), /*backwards=*/false, [&](LLVMValue *number) {
        b.CreateStore(value,
                      b.CreateInBoundsGEP(byte, function->getArg(0), number));
      });
  b.CreateRet(function->getArg(0));
}

void quantopt::addMemoryFunctions(llvm::Module &module,
                                  const VariantDescription &variant,
                                  OptLevel level) {
  addCopy(module, "memcpy", /*mayOverlap=*/false, variant, level);
  addCopy(module, "memmove", /*mayOverlap=*/true, variant, level);
  addFill(module, variant, level);
  // The code generator's calls are not visible in the IR.
  llvm::appendToCompilerUsed(module, {module.getFunction("memcpy"),
                                      module.getFunction("memmove"),
                                      module.getFunction("memset")});
}

llvm::Expected<Bytes>
quantopt::emitMemoryFunctions(const ModelDescription &model, OptLevel level) {
  auto machine = createTargetMachine(model, level);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Module module("memory", context);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  module.setPICLevel(llvm::PICLevel::SmallPIC);
  addMemoryFunctions(module, model.variants.back(), level);
  for (Function &function : module) {
    function.setLinkage(Function::ExternalLinkage);
    function.setVisibility(Function::HiddenVisibility);
  }
  return generateCode(module, **machine, level, CodeKind::Object);
}
