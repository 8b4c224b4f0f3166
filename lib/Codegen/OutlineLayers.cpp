//===- OutlineLayers.cpp - Kernels as functions ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitLoops.h"
#include "KernelEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "llvm/ADT/SetVector.h"

namespace quantopt {
#define GEN_PASS_DEF_OUTLINELAYERS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;

/// The name of the source node that an op comes from, as part of a symbol.
static std::string getSourceName(Location loc) {
  std::string name;
  if (auto nameLoc = loc->findInstanceOf<NameLoc>())
    name = nameLoc.getName().str();
  else if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      if (auto partName = part->findInstanceOf<NameLoc>())
        name = partName.getName().str();
  for (char &c : name)
    if (!isalnum(static_cast<unsigned char>(c)))
      c = '_';
  return name;
}

/// What the op does, for its layer's name.
static std::string getKindName(Operation *op) {
  if (auto kernel = dyn_cast<qvec::KernelOp>(op))
    return stringifyKernelKind(kernel.getKind()).str();
  StringRef name = op->getName().stripDialect();
  return name == "generic" ? "loops" : name.str();
}

/// The number of work items. Of loops without vector code it is the size of the
/// first one that is not trivial, or 1 when waking threads would cost more than
/// the loops.
static int64_t getWorkItems(Operation *op) {
  if (auto kernel = dyn_cast<qvec::KernelOp>(op))
    return getWorkCount(kernel);
  constexpr int64_t kSmallestSharedWork = 16384;
  auto linalgOp = cast<linalg::LinalgOp>(op);
  FailureOr<LoopPlan> plan = planLoops(linalgOp);
  if (succeeded(plan))
    return plan->items;
  int64_t work = 1;
  for (int64_t range : linalgOp.getStaticLoopRanges())
    work *= range;
  if (work < kSmallestSharedWork)
    return 1;
  for (auto [range, kind] : llvm::zip(linalgOp.getStaticLoopRanges(),
                                      linalgOp.getIteratorTypesArray())) {
    if (kind != utils::IteratorType::parallel)
      return 1;
    if (range != 1)
      return range;
  }
  return 1;
}

/// The op and everything in the block that it depends on, in order.
static SmallVector<Operation *> getSlice(Operation *op) {
  llvm::SetVector<Operation *> slice;
  SmallVector<Operation *> worklist = {op};
  auto visit = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    if (producer && producer->getBlock() == op->getBlock() &&
        slice.insert(producer))
      worklist.push_back(producer);
  };
  slice.insert(op);
  while (!worklist.empty()) {
    Operation *current = worklist.pop_back_val();
    current->walk([&](Operation *nested) {
      for (Value operand : nested->getOperands())
        visit(operand);
    });
  }
  SmallVector<Operation *> ordered = slice.takeVector();
  llvm::sort(ordered, [](Operation *x, Operation *y) {
    return x != y && x->isBeforeInBlock(y);
  });
  return ordered;
}

static func::FuncOp outline(func::FuncOp model, Operation *op, int64_t number) {
  OpBuilder b(model);
  Location loc = op->getLoc();
  SmallVector<Type> types(model.getArgumentTypes());
  types.append(2, b.getIndexType());
  std::string name =
      (model.getName() + "_" + Twine(number) + "_" + getKindName(op)).str();
  std::string source = getSourceName(loc);
  if (!source.empty())
    name += "_" + source;
  auto layer =
      func::FuncOp::create(b, loc, name, b.getFunctionType(types, TypeRange()));
  layer.setPrivate();
  StringRef target = qvec::QVecDialect::getTargetAttrName();
  if (Attribute attr = model->getAttr(target))
    layer->setAttr(target, attr);
  layer->setAttr(qvec::QVecDialect::getLayerAttrName(),
                 b.getStringAttr(source.empty()
                                     ? getKindName(op)
                                     : source + ":" + getKindName(op)));
  layer->setAttr(qvec::QVecDialect::getCountAttrName(),
                 b.getI64IntegerAttr(getWorkItems(op)));
  Block *entry = layer.addEntryBlock();
  IRMapping mapping;
  mapping.map(model.getArguments(),
              entry->getArguments().take_front(model.getNumArguments()));
  b.setInsertionPointToStart(entry);
  for (Operation *part : getSlice(op))
    b.clone(*part, mapping);
  func::ReturnOp::create(b, loc);
  return layer;
}

static bool isLayer(Operation &op) {
  return isa<qvec::KernelOp, linalg::LinalgOp>(op);
}

/// `memref.copy` becomes `linalg.copy`, which is lowered like any other loop.
static void replaceCopies(func::FuncOp func) {
  SmallVector<memref::CopyOp> copies(
      func.getBody().front().getOps<memref::CopyOp>());
  for (memref::CopyOp copy : copies) {
    OpBuilder b(copy);
    linalg::CopyOp::create(b, copy.getLoc(), copy.getSource(),
                           copy.getTarget());
    copy.erase();
  }
}

static LogicalResult outlineFunction(func::FuncOp model, int64_t &count) {
  Block &body = model.getBody().front();
  replaceCopies(model);
  SmallVector<Operation *> layers;
  for (Operation &op : body.without_terminator()) {
    if (isLayer(op)) {
      layers.push_back(&op);
      continue;
    }
    if (!isMemoryEffectFree(&op) && !isa<memref::GetGlobalOp>(op))
      return op.emitOpError("expected kernels, linalg ops and views only");
  }
  OpBuilder b(model.getContext());
  for (auto [number, op] : llvm::enumerate(layers)) {
    func::FuncOp layer = outline(model, op, number);
    b.setInsertionPoint(op);
    SmallVector<Value> arguments(model.getArguments());
    auto items = layer->getAttrOfType<IntegerAttr>(
        qvec::QVecDialect::getCountAttrName());
    arguments.push_back(arith::ConstantIndexOp::create(b, op->getLoc(), 0));
    arguments.push_back(
        arith::ConstantIndexOp::create(b, op->getLoc(), items.getInt()));
    func::CallOp::create(b, op->getLoc(), layer, arguments);
    op->erase();
  }
  // Views that only layers used.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isOpTriviallyDead(&op))
      op.erase();
  count += layers.size();
  return success();
}

namespace {
struct OutlineLayersPass
    : public quantopt::impl::OutlineLayersBase<OutlineLayersPass> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> models;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (!func.isExternal() && func.isPublic())
        models.push_back(func);
    int64_t count = 0;
    for (func::FuncOp model : models)
      if (failed(outlineFunction(model, count)))
        return signalPassFailure();
    numLayers += count;
  }
};
} // namespace
