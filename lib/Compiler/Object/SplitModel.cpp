//===- SplitModel.cpp - Parts of a model's code ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SplitModel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/SetVector.h"

using namespace quantopt;

/// A part's number of ops: a tenth of a second of work, much more than
/// what a part costs by itself.
static constexpr int64_t kPartOps = 8000;

/// The number of ops in a function.
static int64_t countOps(LLVM::LLVMFuncOp function) {
  int64_t count = 0;
  function.walk([&](Operation *) { ++count; });
  return count;
}

/// Declares what the functions of a part use and the part does not define.
/// `symbols` are those of the module before it was split.
static void declareUsed(ModuleOp part, const SymbolTable &symbols) {
  llvm::SetVector<StringAttr> used;
  part.walk([&](Operation *op) {
    if (auto address = dyn_cast<LLVM::AddressOfOp>(op))
      used.insert(address.getGlobalNameAttr().getAttr());
    else if (auto call = dyn_cast<LLVM::CallOp>(op))
      if (FlatSymbolRefAttr callee = call.getCalleeAttr())
        used.insert(callee.getAttr());
  });
  SymbolTable own(part);
  auto b = OpBuilder::atBlockBegin(part.getBody());
  for (StringAttr name : used) {
    if (own.lookup(name))
      continue;
    Operation *declaration = symbols.lookup(name)->cloneWithoutRegions();
    b.insert(declaration);
    if (auto global = dyn_cast<LLVM::GlobalOp>(declaration)) {
      global.removeValueAttr();
      global.setLinkage(LLVM::Linkage::External);
    } else {
      cast<LLVM::LLVMFuncOp>(declaration).setLinkage(LLVM::Linkage::External);
    }
  }
}

std::vector<OwningOpRef<ModuleOp>> quantopt::splitModel(ModuleOp module) {
  SmallVector<std::pair<LLVM::LLVMFuncOp, int64_t>> functions;
  int64_t total = 0;
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    if (function.isExternal())
      continue;
    functions.push_back({function, countOps(function)});
    total += functions.back().second;
  }
  std::vector<OwningOpRef<ModuleOp>> parts;
  int64_t count = total / kPartOps;
  if (count < 2)
    return parts;
  SymbolTable symbols(module);
  int64_t done = 0;
  for (auto [function, ops] : functions) {
    // Contiguous parts: part i gets the functions that begin in its share.
    if (done * count >= int64_t(parts.size()) * total) {
      parts.emplace_back(ModuleOp::create(module.getLoc()));
      (*parts.back())->setAttrs(module->getAttrDictionary());
    }
    done += ops;
    function->remove();
    parts.back()->push_back(function);
  }
  for (OwningOpRef<ModuleOp> &part : parts)
    declareUsed(*part, symbols);
  return parts;
}
