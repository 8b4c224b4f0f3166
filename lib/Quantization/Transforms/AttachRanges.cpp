//===- AttachRanges.cpp - Ranges from a table -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Calibration/RangeTable.h"
#include "quant-opt/Quantization/Schemes/ObservedValues.h"
#include "quant-opt/Quantization/Transforms/Passes.h"
#include "quant-opt/Quantization/Transforms/Ranges.h"

namespace quantopt {
#define GEN_PASS_DEF_ATTACHRANGESPASS
#include "quant-opt/Quantization/Transforms/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

RangeAttr quantopt::getRange(Value value) {
  StringRef name = QNNDialect::getRangeAttrName();
  if (Operation *op = value.getDefiningOp())
    return op->getAttrOfType<RangeAttr>(name);
  auto argument = cast<BlockArgument>(value);
  auto function = dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
  return function ? function.getArgAttrOfType<RangeAttr>(
                        argument.getArgNumber(), name)
                  : RangeAttr();
}

void quantopt::setRange(Value value, RangeAttr range) {
  StringRef name = QNNDialect::getRangeAttrName();
  if (Operation *op = value.getDefiningOp())
    return op->setAttr(name, range);
  auto argument = cast<BlockArgument>(value);
  cast<func::FuncOp>(argument.getOwner()->getParentOp())
      .setArgAttr(argument.getArgNumber(), name, range);
}

FailureOr<int64_t> quantopt::attachRanges(func::FuncOp main,
                                          const RangeTable &table,
                                          bool integerOnly) {
  SmallVector<ObservedValue> observed =
      selectObservedValues(main, {integerOnly});
  llvm::StringMap<Value> values;
  for (ObservedValue &value : observed)
    values[value.name] = value.value;
  for (const RangeTable::Entry &entry : table.entries) {
    auto value = values.find(entry.name);
    if (value == values.end())
      return emitError(main.getLoc())
             << "the range table lists '" << entry.name
             << "', but no value of that name is quantized";
    setRange(value->second, RangeAttr::get(main.getContext(), entry.range.min,
                                           entry.range.max, entry.source));
  }
  return int64_t(table.entries.size());
}

namespace {
struct AttachRangesPass
    : public quantopt::impl::AttachRangesPassBase<AttachRangesPass> {
  using AttachRangesPassBase::AttachRangesPassBase;

  void runOnOperation() override {
    if (table.empty())
      return;
    auto main = getOperation().lookupSymbol<func::FuncOp>("main");
    if (!main || main.isExternal()) {
      getOperation().emitError("expected a function '@main' with a body");
      return signalPassFailure();
    }
    llvm::Expected<RangeTable> ranges = readRangeTable(table);
    if (!ranges) {
      emitError(main.getLoc()) << llvm::toString(ranges.takeError());
      return signalPassFailure();
    }
    FailureOr<int64_t> count = attachRanges(main, *ranges, integerOnly);
    if (failed(count))
      return signalPassFailure();
    attached += *count;
  }
};
} // namespace
