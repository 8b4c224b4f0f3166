//===- VerifyRanges.cpp - What 'calibrate' guarantees ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "quant-opt/Quantization/Transforms/Ranges.h"

namespace quantopt {
#define GEN_PASS_DEF_VERIFYRANGESPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

namespace {
struct VerifyRangesPass
    : public quantopt::impl::VerifyRangesPassBase<VerifyRangesPass> {
  using VerifyRangesPassBase::VerifyRangesPassBase;

  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal()) {
      getOperation().emitError("expected a function '@main' with a body");
      return signalPassFailure();
    }
    for (ObservedValue &value : selectObservedValues(main, {integerOnly})) {
      ++checked;
      if (getRange(value.value))
        continue;
      emitError(value.value.getLoc())
          << "value '" << value.name
          << "' is to be quantized, but has no range; calibrate the model or "
             "add it to the range table";
      return signalPassFailure();
    }
  }
};
} // namespace
