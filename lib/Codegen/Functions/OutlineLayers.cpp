//===- OutlineLayers.cpp - Kernels as functions ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Kernels/KernelEmitter.h"
#include "../Loops/EmitLoops.h"
#include "../Memory/BufferParts.h"
#include "Layers.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QNN/IR/QNNDialect.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
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
  if (isa<scf::ForOp>(op))
    return "bands";
  StringRef name = op->getName().stripDialect();
  return name == "generic" ? "loops" : name.str();
}

bool quantopt::isWork(Operation *op) {
  return isa<qvec::KernelOp, linalg::LinalgOp>(op);
}

std::string quantopt::getWorkName(const Twine &prefix, Operation *op) {
  std::string name = (prefix + "_" + getKindName(op)).str();
  std::string source = getSourceName(op->getLoc());
  return source.empty() ? name : name + "_" + source;
}

/// Of loops without vector code it is the size of the first one that is not
/// trivial, or 1 when waking threads would cost more than the loops.
int64_t quantopt::getWorkItems(Operation *op) {
  if (auto kernel = dyn_cast<qvec::KernelOp>(op))
    return getWorkCount(kernel);
  // Bands follow each other.
  if (isa<scf::ForOp>(op))
    return 1;
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

int64_t quantopt::countWork(Operation *op) {
  int64_t work = 1;
  if (auto kernel = dyn_cast<qvec::KernelOp>(op)) {
    work = llvm::product_of(kernel.getOutputShape());
    for (int64_t taps : kernel.getWindow().getKernel())
      work *= taps;
    if (kernel.getKind() == qvec::KernelKind::Contraction ||
        kernel.getKind() == qvec::KernelKind::Packed)
      work *= cast<MemRefType>(kernel.getInput().getType()).getShape().back();
  } else {
    work = llvm::product_of(cast<linalg::LinalgOp>(op).getStaticLoopRanges());
  }
  auto runs =
      op->getAttrOfType<IntegerAttr>(qvec::QVecDialect::getCountAttrName());
  return runs ? work * runs.getInt() : work;
}

namespace {
/// Ops that are computed in one function.
struct Layer {
  /// Gives the layer its name and its work items.
  Operation *main;
  /// Small ops that are computed before it. When the main op is shared among
  /// threads these are independent of it, and belong to its first item.
  SmallVector<Operation *> before;
  int64_t items;
  /// All ops of the network, which no node gives a name.
  bool isAll = false;

  bool isGuarded(Operation *op) const { return op != main && items != 1; }
};
} // namespace

/// The ops and everything in the block that they depend on, in order.
static SmallVector<Operation *> getSlice(const Layer &layer) {
  llvm::SetVector<Operation *> slice(layer.before.begin(), layer.before.end());
  slice.insert(layer.main);
  Block *block = layer.main->getBlock();
  SmallVector<Operation *> worklist(slice.begin(), slice.end());
  auto visit = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    if (producer && producer->getBlock() == block && slice.insert(producer))
      worklist.push_back(producer);
  };
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

/// Clones the op where the range of work items starts at 0.
static void cloneForFirstItem(OpBuilder &b, Operation *op, IRMapping &mapping,
                              Value begin) {
  Location loc = op->getLoc();
  Value zero = arith::ConstantIndexOp::create(b, loc, 0);
  Value isFirst =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, begin, zero);
  auto branch = scf::IfOp::create(b, loc, isFirst, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  b.clone(*op, mapping);
}

/// The name of an op's layer for people.
static std::string getLayerName(Operation *op) {
  std::string source = getSourceName(op->getLoc());
  return source.empty() ? getKindName(op) : source + ":" + getKindName(op);
}

static func::FuncOp outline(func::FuncOp model, const Layer &layer,
                            int64_t number) {
  OpBuilder b(model);
  Operation *op = layer.main;
  Location loc = op->getLoc();
  SmallVector<Type> types(model.getArgumentTypes());
  types.append(2, b.getIndexType());
  std::string prefix = (model.getName() + "_" + Twine(number)).str();
  auto func = func::FuncOp::create(
      b, loc, layer.isAll ? prefix + "_layers" : getWorkName(prefix, op),
      b.getFunctionType(types, TypeRange()));
  func.setPrivate();
  StringRef target = qvec::QVecDialect::getTargetAttrName();
  if (Attribute attr = model->getAttr(target))
    func->setAttr(target, attr);
  func->setAttr(qvec::QVecDialect::getLayerAttrName(),
                b.getStringAttr(layer.isAll ? "layers" : getLayerName(op)));
  func->setAttr(qvec::QVecDialect::getCountAttrName(),
                b.getI64IntegerAttr(layer.items));
  Block *entry = func.addEntryBlock();
  IRMapping mapping;
  unsigned count = model.getNumArguments();
  mapping.map(model.getArguments(), entry->getArguments().take_front(count));
  b.setInsertionPointToStart(entry);
  for (Operation *part : getSlice(layer)) {
    if (llvm::is_contained(layer.before, part) && layer.isGuarded(part))
      cloneForFirstItem(b, part, mapping, entry->getArgument(count));
    else
      b.clone(*part, mapping);
  }
  func::ReturnOp::create(b, loc);
  return func;
}

/// Whether `fill` writes a part of the buffer that `op` writes, and one that
/// `op` leaves alone: the frame around it. What `op` reads are other buffers,
/// which do not overlap this one because both are live.
static bool isFrameOf(Operation *fill, Operation *op) {
  if (!isa<linalg::FillOp>(fill))
    return false;
  Value frame = cast<linalg::FillOp>(fill).getOutputs()[0];
  auto written = cast<DestinationStyleOpInterface>(op).getDpsInits();
  auto source = [](Value v) {
    auto part = v.getDefiningOp<memref::SubViewOp>();
    return part ? part.getSource() : v;
  };
  for (Value operand : op->getOperands())
    if (!llvm::is_contained(written, operand) &&
        source(operand) == source(frame))
      return false;
  return written.size() == 1 && areDisjointParts(frame, written[0]);
}

/// Puts ops that follow each other, come from the same source node and are too
/// small for threads into one layer, and frames into the layer of what they
/// surround. Where code is to be small all ops are one layer, of one item:
/// there are no threads, and each layer would be a function that finds its
/// buffers.
static SmallVector<Layer> groupLayers(ArrayRef<Operation *> ops, bool isSmall) {
  if (isSmall && !ops.empty())
    return {Layer{ops.back(), llvm::to_vector(ops.drop_back()), 1, true}};
  SmallVector<Layer> layers;
  for (Operation *op : ops) {
    Layer next{op, {}, getWorkItems(op)};
    bool joins = false;
    if (!layers.empty()) {
      Layer &last = layers.back();
      SmallVector<Operation *> all(last.before);
      all.push_back(last.main);
      std::string source = getSourceName(op->getLoc());
      joins = last.items == 1 && !source.empty() &&
              source == getSourceName(last.main->getLoc()) &&
              (next.items == 1 || llvm::all_of(all, [&](Operation *fill) {
                 return isFrameOf(fill, op);
               }));
      if (joins)
        next.before = std::move(all);
    }
    if (joins)
      layers.pop_back();
    layers.push_back(std::move(next));
  }
  return layers;
}

/// Whether an op is computed by a function of its own: also a loop over bands.
static bool isLayer(Operation &op) {
  return isWork(&op) || isa<scf::ForOp>(op);
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
  SmallVector<Operation *> ops;
  for (Operation &op : body.without_terminator()) {
    if (isLayer(op) && op.getNumResults() != 0)
      return op.emitOpError("expected buffers, but got ")
             << op.getResult(0).getType() << " as result: bufferize it first";
    if (isLayer(op)) {
      ops.push_back(&op);
      continue;
    }
    if (!isMemoryEffectFree(&op) && !isa<memref::GetGlobalOp>(op))
      return op.emitOpError(
          "expected kernels, linalg ops, loops and views only");
  }
  OpBuilder b(model.getContext());
  SmallVector<Layer> layers =
      groupLayers(ops, getTargetLevel(model).hasSmallMemory());
  for (auto [number, layer] : llvm::enumerate(layers)) {
    func::FuncOp func = outline(model, layer, number);
    Location loc = layer.main->getLoc();
    b.setInsertionPoint(layer.main);
    SmallVector<Value> arguments(model.getArguments());
    arguments.push_back(arith::ConstantIndexOp::create(b, loc, 0));
    arguments.push_back(arith::ConstantIndexOp::create(b, loc, layer.items));
    func::CallOp::create(b, loc, func, arguments);
  }
  for (Operation *op : ops)
    op->erase();
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
