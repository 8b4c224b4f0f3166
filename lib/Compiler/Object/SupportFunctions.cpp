//===- SupportFunctions.cpp - What the code generator may call ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SupportFunctions.h"
#include "Entry.h"
#include "SupportBodies.h"
#include "llvm/Analysis/TargetTransformInfo.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace quantopt;
using llvm::Function;
using LLVMType = llvm::Type;

namespace {
/// A support function. Types are letters: `p` a pointer, `s` a size, `i` and
/// `l` integers of 32 and 64 bits, `d` two of 32 bits, `v` nothing; the result
/// comes first.
struct SupportFunction {
  using Emit = void (*)(llvm::IRBuilder<> &, Function &);
  using EmitMove = void (*)(llvm::IRBuilder<> &, Function &, Blocks);

  constexpr SupportFunction(StringRef name, StringRef type, Emit emit)
      : name(name), type(type), emit(emit) {}
  constexpr SupportFunction(StringRef name, StringRef type, EmitMove emit)
      : name(name), type(type), emitMove(emit) {}

  StringRef name;
  StringRef type;
  Emit emit = nullptr;
  EmitMove emitMove = nullptr; ///< for those that move memory
};
} // namespace

static const SupportFunction supportFunctions[] = {
    {"memcpy", "ppps", emitMemcpy},
    {"memmove", "ppps", emitMemmove},
    {"memset", "ppis", emitMemset},
    // The same for the ABI of Arm: aligned regions have names of their own.
    {"__aeabi_memcpy", "ppps", emitMemcpy},
    {"__aeabi_memcpy4", "ppps", emitMemcpy},
    {"__aeabi_memcpy8", "ppps", emitMemcpy},
    {"__aeabi_memmove", "ppps", emitMemmove},
    {"__aeabi_memmove4", "ppps", emitMemmove},
    {"__aeabi_memmove8", "ppps", emitMemmove},
    {"__aeabi_memset", "ppsi", emitSizedMemset},
    {"__aeabi_memset4", "ppsi", emitSizedMemset},
    {"__aeabi_memset8", "ppsi", emitSizedMemset},
    {"__aeabi_memclr", "pps", emitMemclr},
    {"__aeabi_memclr4", "pps", emitMemclr},
    {"__aeabi_memclr8", "pps", emitMemclr},
    {"__aeabi_lmul", "lll", emitLongProduct},
    {"__aeabi_llsl", "lli", emitLongShiftLeft},
    {"__aeabi_llsr", "lli", emitLongShiftRight},
    {"__aeabi_lasr", "lli", emitLongArithmeticShiftRight},
    {"__clzsi2", "ii", emitLeadingZeros},
    {"__aeabi_uidiv", "iii", emitUnsignedQuotient},
    {"__aeabi_idiv", "iii", emitSignedQuotient},
    {"__aeabi_uidivmod", "dii", emitUnsignedDivision},
    {"__aeabi_idivmod", "dii", emitSignedDivision},
};

static const SupportFunction *findSupportFunction(StringRef name) {
  for (const SupportFunction &function : supportFunctions)
    if (function.name == name)
      return &function;
  return nullptr;
}

bool quantopt::isSupportFunction(StringRef name) {
  return findSupportFunction(name);
}

static LLVMType *getType(llvm::Module &module, char letter) {
  llvm::LLVMContext &context = module.getContext();
  auto *i32 = LLVMType::getInt32Ty(context);
  switch (letter) {
  case 'p':
    return llvm::PointerType::get(context, 0);
  case 's':
    return module.getDataLayout().getIntPtrType(context);
  case 'i':
    return i32;
  case 'l':
    return LLVMType::getInt64Ty(context);
  case 'd':
    return llvm::StructType::get(i32, i32);
  default:
    return LLVMType::getVoidTy(context);
  }
}

/// How a function's processor moves blocks.
static Blocks getBlocks(const Function &function,
                        const llvm::TargetMachine &machine) {
  auto info = machine.getTargetTransformInfo(function);
  return info.allowsMisalignedMemoryAccesses(function.getContext(),
                                             /*BitWidth=*/32)
             ? Blocks::Anywhere
             : Blocks::OfWords;
}

static Function *addFunction(llvm::Module &module,
                             const SupportFunction &support,
                             const VariantDescription &variant,
                             const llvm::TargetMachine &machine,
                             OptLevel level) {
  SmallVector<LLVMType *> types;
  for (char letter : support.type)
    types.push_back(getType(module, letter));
  auto *type = llvm::FunctionType::get(
      types.front(), ArrayRef(types).drop_front(), /*isVarArg=*/false);
  // A declaration that the translation made is taken over.
  auto callee = module.getOrInsertFunction(support.name, type);
  auto *function = cast<Function>(callee.getCallee());
  function->setLinkage(Function::InternalLinkage);
  setFunctionTarget(*function, variant, level);
  // Several turns at once would be most of what they are.
  function->addFnAttr(llvm::Attribute::OptimizeForSize);
  llvm::IRBuilder<> b(
      llvm::BasicBlock::Create(module.getContext(), "entry", function));
  if (support.emit)
    support.emit(b, *function);
  else
    support.emitMove(b, *function, getBlocks(*function, machine));
  return function;
}

void quantopt::addSupportFunctions(llvm::Module &module,
                                   ArrayRef<std::string> names,
                                   const VariantDescription &variant,
                                   const llvm::TargetMachine &machine,
                                   OptLevel level) {
  SmallVector<llvm::GlobalValue *> added;
  for (const std::string &name : names)
    added.push_back(addFunction(module, *findSupportFunction(name), variant,
                                machine, level));
  // The code generator's calls are not visible in the IR.
  llvm::appendToCompilerUsed(module, added);
}

llvm::Expected<Bytes>
quantopt::emitSupportFunctions(const ModelDescription &model,
                               ArrayRef<std::string> names, OptLevel level) {
  auto machine = createTargetMachine(model, level);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Module module("support", context);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  module.setPICLevel(llvm::PICLevel::SmallPIC);
  addSupportFunctions(module, names, model.variants.back(), **machine, level);
  for (Function &function : module) {
    function.setLinkage(Function::ExternalLinkage);
    function.setVisibility(Function::HiddenVisibility);
  }
  return generateCode(module, **machine, level, CodeKind::Object);
}
