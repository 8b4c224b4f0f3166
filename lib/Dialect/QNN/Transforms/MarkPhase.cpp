//===- MarkPhase.cpp - Record the last phase ------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/Transforms/Passes.h"

namespace quantopt::qnn {
#define GEN_PASS_DEF_MARKPHASEPASS
#include "quant-opt/Dialect/QNN/Transforms/Passes.h.inc"
} // namespace quantopt::qnn

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
struct MarkPhasePass : public qnn::impl::MarkPhasePassBase<MarkPhasePass> {
  using MarkPhasePassBase::MarkPhasePassBase;
  void runOnOperation() override {
    getOperation()->setAttr(QNNDialect::getPhaseAttrName(),
                            StringAttr::get(&getContext(), phase));
    ++marked;
  }
};
} // namespace
