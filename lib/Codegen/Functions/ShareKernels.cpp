//===- ShareKernels.cpp - One function for equal layers -------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Kernels/BlockMoves.h"
#include "../Kernels/CommonLoops.h"
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
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
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
        b.clone(*op, mapping)->removeAttr(QVecDialect::getCountAttrName());
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

/// The kernel of a group's layers; null for other ops.
static qvec::KernelOp getKernel(const Group &group) {
  return dyn_cast<qvec::KernelOp>(group.front()->works.front());
}

/// Whether two groups probably become loops that differ in sizes only, which
/// one function serves.
static bool areLike(const Group *x, const Group *y) {
  qvec::KernelOp a = getKernel(*x), b = getKernel(*y);
  return a && b && areLike(a, b);
}

/// The groups of parts of the network that together do a small part of its
/// work: those that do the least. Those that are like another one stay like it.
static llvm::DenseSet<const Group *> findRare(ArrayRef<Group> groups) {
  constexpr int64_t kRarePart = 32;
  // Loops over vectors are short as they are.
  if (groups.empty() ||
      getTargetLevel(groups.front().front()->layer).hasVectors())
    return {};
  std::vector<std::pair<int64_t, const Group *>> works;
  int64_t total = 0;
  for (const Group &group : groups) {
    int64_t work = 0;
    for (Candidate *candidate : group)
      for (Operation *op : candidate->works)
        work += candidate->isPart ? countWork(op) : 0;
    works.push_back({work, &group});
    total += work;
  }
  llvm::stable_sort(works, llvm::less_first());
  SmallVector<const Group *> rare, others;
  int64_t sum = 0;
  for (auto [work, group] : works)
    ((sum += work) * kRarePart <= total ? rare : others).push_back(group);
  llvm::DenseSet<const Group *> result;
  for (const Group *group : rare)
    if (llvm::none_of(
            others, [&](const Group *other) { return areLike(group, other); }))
      result.insert(group);
  return result;
}

/// Gives kernels of several sizes loops that they have in common. Loops over
/// vectors are short as they are.
static void setCommonLoops(ArrayRef<Group> groups) {
  SmallVector<qvec::KernelOp> kernels;
  SmallVector<func::FuncOp> functions;
  for (const Group &group : groups) {
    qvec::KernelOp kernel = getKernel(group);
    func::FuncOp function = *group.front()->kernel;
    const TargetLevel &level = getTargetLevel(function);
    if (!kernel || !group.front()->isPart || level.hasVectors() ||
        !level.hasSmallMemory())
      continue;
    kernels.push_back(kernel);
    functions.push_back(function);
  }
  for (auto [function, common] : llvm::zip(functions, findCommonLoops(kernels)))
    if (common)
      quantopt::setCommonLoops(function, *common);
}

/// The loop keeps its registers, and the function its name. Where a loop nest
/// is rare LLVM makes no more code than it must; kernels are emitted for that.
static void setPartAttributes(func::FuncOp kernel, Operation *work,
                              bool isRare) {
  SmallVector<StringRef> names = {"noinline"};
  if (isRare)
    names.push_back("optsize");
  if (isRare && !isa<qvec::KernelOp>(work))
    names.push_back("minsize");
  kernel->setAttr("passthrough",
                  Builder(kernel.getContext()).getStrArrayAttr(names));
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
  bool isSmall = getTargetLevel(layer).hasSmallMemory();
  layer.walk([&](Operation *op) {
    if (isWork(op) && !isBlockMove(op) &&
        (isSmall || op->getParentOfType<scf::ForOp>()))
      parts.push_back(op);
  });
  for (auto [number, op] : llvm::enumerate(parts))
    add(op, /*isPart=*/true, number);
  if (parts.empty() && !works.empty() && !isSmall)
    add(works, /*isPart=*/false, 0);
}

namespace {
struct ShareKernelsPass
    : public quantopt::impl::ShareKernelsBase<ShareKernelsPass> {
  using ShareKernelsBase::ShareKernelsBase;
  void runOnOperation() override {
    std::vector<std::unique_ptr<Candidate>> candidates;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func->hasAttr(QVecDialect::getLayerAttrName()))
        addCandidates(func, candidates);
    SmallVector<Group> groups = groupEqual(candidates);
    llvm::DenseSet<const Group *> rare = findRare(groups);
    if (commonLoops)
      setCommonLoops(groups);
    for (Group &group : groups) {
      bool isPart = llvm::any_of(
          group, [](Candidate *candidate) { return candidate->isPart; });
      if (group.size() < 2 && !isPart)
        continue;
      func::FuncOp kernel = group.front()->kernel.release();
      if (isPart)
        setPartAttributes(kernel, group.front()->works.front(),
                          rare.contains(&group));
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
