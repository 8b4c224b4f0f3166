//===- ShareKernels.cpp - One function for equal layers -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Layers.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/ADT/MapVector.h"

namespace quantopt {
#define GEN_PASS_DEF_SHAREKERNELS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using qvec::QVecDialect;

namespace {
/// A layer's computation, or an op of a layer that is a loop over bands, as a
/// function of its buffers.
struct Candidate {
  func::FuncOp layer;
  SmallVector<Operation *> works;   ///< the layer's ops that write memory
  bool isPart;                      ///< one op in a loop
  llvm::SetVector<Value> buffers;   ///< of the layer
  OwningOpRef<func::FuncOp> kernel; ///< takes buffers and a range of items
};

/// Layers whose kernels are equal.
using Group = SmallVector<Candidate *>;
} // namespace

/// The ops of an outlined layer that do something.
static SmallVector<Operation *> findWorks(func::FuncOp layer) {
  SmallVector<Operation *> works;
  for (Operation &op : layer.getBody().front().without_terminator())
    if (!isMemoryEffectFree(&op) && !isa<memref::GetGlobalOp>(op))
      works.push_back(&op);
  return works;
}

/// Whether a kernel gets this value from its layer: where a buffer begins.
static bool isBuffer(Value value) {
  return isa<BlockArgument>(value) ||
         isa<memref::ViewOp, memref::GetGlobalOp>(value.getDefiningOp());
}

/// What an op needs from the block around it, in an order that depends on the
/// op only.
static llvm::SetVector<Value> getNeeds(Operation *op) {
  llvm::SetVector<Value> needs(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), needs);
  return needs;
}

/// Finds the buffers that an op uses, and the ops between them and it, users
/// first; an op may be there several times.
static SmallVector<Operation *> collect(Candidate &candidate, Operation *work) {
  SmallVector<Operation *> ops = {work};
  ValueRange range = candidate.layer.getArguments().take_back(2);
  for (size_t i = 0; i < ops.size(); ++i)
    for (Value value : getNeeds(ops[i])) {
      if (!isBuffer(value))
        ops.push_back(value.getDefiningOp());
      else if (!llvm::is_contained(range, value))
        candidate.buffers.insert(value);
    }
  return ops;
}

/// Marks buffers that nothing ever writes, so that their loads may be moved.
static void markConstants(Candidate &candidate) {
  OpBuilder b(candidate.layer.getContext());
  for (auto [i, buffer] : llvm::enumerate(candidate.buffers)) {
    if (!buffer.getDefiningOp<memref::GetGlobalOp>())
      continue;
    for (StringRef name : {LLVM::LLVMDialect::getNoAliasAttrName(),
                           LLVM::LLVMDialect::getReadonlyAttrName()})
      candidate.kernel->setArgAttr(i, name, b.getUnitAttr());
  }
}

/// The name of a candidate's kernel. Ops of a loop are numbered.
static std::string getKernelName(const Candidate &candidate, size_t number) {
  func::FuncOp layer = candidate.layer;
  return candidate.isPart ? getWorkName(layer.getName() + "_" + Twine(number),
                                        candidate.works.front())
                          : (layer.getName() + "_shared").str();
}

/// An empty kernel for the layer's buffers, which is in no module yet.
static void createKernel(Candidate &candidate, size_t number) {
  func::FuncOp layer = candidate.layer;
  OpBuilder b(layer.getContext());
  SmallVector<Type> types;
  for (Value buffer : candidate.buffers)
    types.push_back(buffer.getType());
  types.append(2, b.getIndexType());
  candidate.kernel = func::FuncOp::create(candidate.works.front()->getLoc(),
                                          getKernelName(candidate, number),
                                          b.getFunctionType(types, {}));
  func::FuncOp kernel = *candidate.kernel;
  kernel.setPrivate();
  for (StringRef name :
       {QVecDialect::getTargetAttrName(), QVecDialect::getCountAttrName()})
    if (Attribute attr = layer->getAttr(name))
      kernel->setAttr(name, attr);
  if (candidate.isPart)
    kernel->setAttr(QVecDialect::getCountAttrName(),
                    b.getI64IntegerAttr(getWorkItems(candidate.works.front())));
  markConstants(candidate);
}

/// Builds the layer's computation as a kernel.
static void buildKernel(Candidate &candidate, size_t number) {
  SmallVector<SmallVector<Operation *>> slices;
  for (Operation *work : candidate.works)
    slices.push_back(collect(candidate, work));
  createKernel(candidate, number);
  Block *entry = candidate.kernel->addEntryBlock();
  IRMapping mapping;
  mapping.map(candidate.buffers.getArrayRef(),
              entry->getArguments().drop_back(2));
  mapping.map(candidate.layer.getArguments().take_back(2),
              entry->getArguments().take_back(2));
  auto b = OpBuilder::atBlockBegin(entry);
  // The last time that an op was met lies behind all its users.
  for (ArrayRef<Operation *> slice : slices)
    for (Operation *op : llvm::reverse(slice))
      if (!mapping.contains(op))
        b.clone(*op, mapping);
  func::ReturnOp::create(b, candidate.layer.getLoc());
}

/// Whether two kernels compute the same.
static bool areEqual(func::FuncOp x, func::FuncOp y) {
  return x.getFunctionType() == y.getFunctionType() &&
         x.getAllArgAttrs() == y.getAllArgAttrs() &&
         x->getDiscardableAttrDictionary() ==
             y->getDiscardableAttrDictionary() &&
         OperationEquivalence::isRegionEquivalentTo(
             &x.getBody(), &y.getBody(), OperationEquivalence::IgnoreLocations);
}

/// Sorts candidates into groups of equal kernels, in the order of the layers.
static SmallVector<Group>
groupEqual(MutableArrayRef<std::unique_ptr<Candidate>> candidates) {
  SmallVector<Group> groups;
  // Kernels of one signature and target, by the number of their group.
  llvm::MapVector<std::pair<Type, Attribute>, SmallVector<size_t>> similar;
  for (std::unique_ptr<Candidate> &candidate : candidates) {
    func::FuncOp kernel = *candidate->kernel;
    auto &numbers =
        similar[{kernel.getFunctionType(),
                 kernel->getAttr(QVecDialect::getTargetAttrName())}];
    auto *found = llvm::find_if(numbers, [&](size_t number) {
      return areEqual(kernel, *groups[number].front()->kernel);
    });
    if (found == numbers.end()) {
      numbers.push_back(groups.size());
      groups.push_back({candidate.get()});
    } else {
      groups[*found].push_back(candidate.get());
    }
  }
  return groups;
}

/// The range of work items that a candidate computes: an op of a loop has no
/// part of it in a thread.
static SmallVector<Value> getRange(OpBuilder &b, const Candidate &candidate) {
  func::FuncOp layer = candidate.layer;
  if (!candidate.isPart)
    return llvm::to_vector_of<Value>(layer.getArguments().take_back(2));
  Operation *work = candidate.works.front();
  Location loc = work->getLoc();
  return {arith::ConstantIndexOp::create(b, loc, 0),
          arith::ConstantIndexOp::create(b, loc, getWorkItems(work))};
}

/// Replaces a layer's computation by a call.
static void callKernel(Candidate &candidate, func::FuncOp kernel) {
  Operation *last = candidate.works.back();
  OpBuilder b(last);
  SmallVector<Value> arguments(candidate.buffers.getArrayRef());
  llvm::append_range(arguments, getRange(b, candidate));
  func::CallOp::create(b, last->getLoc(), kernel, arguments);
  for (Operation *work : candidate.works)
    work->erase();
  // Views in a loop may be used by other ops of it.
  if (candidate.isPart)
    return;
  Block &body = candidate.layer.getBody().front();
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(body)))
    if (isOpTriviallyDead(&op))
      op.erase();
}

/// Adds what a layer computes: ops in loops one by one.
static void addCandidates(func::FuncOp layer,
                          std::vector<std::unique_ptr<Candidate>> &candidates) {
  SmallVector<Operation *> works = findWorks(layer);
  auto add = [&](ArrayRef<Operation *> ops, bool isPart, size_t number) {
    candidates.push_back(std::make_unique<Candidate>(
        Candidate{layer, llvm::to_vector(ops), isPart, {}, {}}));
    buildKernel(*candidates.back(), number);
  };
  SmallVector<Operation *> parts;
  layer.walk([&](scf::ForOp loop) {
    loop.getBody()->walk([&](Operation *op) {
      if (isWork(op) && !llvm::is_contained(parts, op))
        parts.push_back(op);
    });
  });
  for (auto [number, op] : llvm::enumerate(parts))
    add(op, /*isPart=*/true, number);
  if (parts.empty() && !works.empty())
    add(works, /*isPart=*/false, 0);
}

namespace {
struct ShareKernelsPass
    : public quantopt::impl::ShareKernelsBase<ShareKernelsPass> {
  void runOnOperation() override {
    std::vector<std::unique_ptr<Candidate>> candidates;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func->hasAttr(QVecDialect::getLayerAttrName()))
        addCandidates(func, candidates);
    for (Group &group : groupEqual(candidates)) {
      bool isPart = llvm::any_of(
          group, [](Candidate *candidate) { return candidate->isPart; });
      if (group.size() < 2 && !isPart)
        continue;
      func::FuncOp kernel = group.front()->kernel.release();
      // The loop keeps its registers, and the function its name.
      if (isPart)
        kernel->setAttr("passthrough",
                        Builder(&getContext()).getStrArrayAttr({"noinline"}));
      group.front()->layer->getBlock()->getOperations().insert(
          group.front()->layer->getIterator(), kernel);
      for (Candidate *candidate : group)
        callKernel(*candidate, kernel);
      ++numKernels;
      numSharing += group.size();
    }
  }
};
} // namespace
