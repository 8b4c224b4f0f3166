//===- SpecializeTargets.cpp - One copy of the model per level ------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Conversion/QNNToKernels/Passes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"

namespace quantopt {
#define GEN_PASS_DEF_SPECIALIZETARGETS
#include "quant-opt/Conversion/QNNToKernels/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// A level's name as part of a symbol.
static std::string toIdentifier(StringRef level) {
  std::string result;
  for (char c : level)
    result += isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return result;
}

namespace {
struct SpecializeTargetsPass
    : public quantopt::impl::SpecializeTargetsBase<SpecializeTargetsPass> {
  using SpecializeTargetsBase::SpecializeTargetsBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    StringRef attrName = qvec::QVecDialect::getTargetAttrName();
    auto main = module.lookupSymbol<func::FuncOp>("main");
    if (!main || main->hasAttr(attrName))
      return;
    auto targets =
        resolveTargets(&getContext(), triple.empty() ? getHostTriple() : triple,
                       cpu, features);
    if (!targets) {
      module.emitError(llvm::toString(targets.takeError()));
      return signalPassFailure();
    }
    numLevels += targets->size();
    if (targets->size() == 1) {
      main->setAttr(attrName, targets->front());
      return;
    }
    OpBuilder builder(main);
    for (qvec::TargetAttr target : *targets) {
      Operation *copy = builder.clone(*main);
      cast<func::FuncOp>(copy).setName("main_" +
                                       toIdentifier(target.getLevel()));
      copy->setAttr(attrName, target);
    }
    main.erase();
  }
};
} // namespace
