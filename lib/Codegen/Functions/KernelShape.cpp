//===- KernelShape.cpp - What kernels of one shape have in common ---------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelShape.h"
#include "mlir/IR/IRMapping.h"

using namespace quantopt;

/// Whether all indices of an address are constants.
static bool hasConstantIndices(LLVM::GEPOp gep) {
  return gep.getDynamicIndices().empty();
}

/// What a value that is known before the kernel starts is; nothing for others.
static std::optional<KernelLeaf> getLeaf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (argument.getOwner()->isEntryBlock() &&
        isa<LLVM::LLVMPointerType>(value.getType()))
      return KernelLeaf{KernelLeaf::Local, value, {}};
    return std::nullopt;
  }
  Operation *op = value.getDefiningOp();
  if (auto constant = dyn_cast<LLVM::ConstantOp>(op))
    return KernelLeaf{KernelLeaf::Number, value, constant.getValue()};
  if (auto address = dyn_cast<LLVM::AddressOfOp>(op))
    return KernelLeaf{KernelLeaf::Global, value, address.getGlobalNameAttr()};
  auto gep = dyn_cast<LLVM::GEPOp>(op);
  if (!gep || !hasConstantIndices(gep))
    return std::nullopt;
  auto base = getLeaf(gep.getBase());
  if (!base || base->kind == KernelLeaf::Local)
    return base ? std::optional(KernelLeaf{KernelLeaf::Local, value, {}})
                : std::nullopt;
  Attribute key = ArrayAttr::get(gep.getContext(),
                                 {base->key, gep.getRawConstantIndicesAttr(),
                                  TypeAttr::get(gep.getElemType())});
  return KernelLeaf{KernelLeaf::Global, value, key};
}

/// Whether an op stands for no particular value.
static bool isPoison(Operation *op) {
  return isa_and_nonnull<LLVM::PoisonOp, LLVM::UndefOp, LLVM::ZeroOp>(op);
}

SmallVector<Operation *> quantopt::getShapeOps(LLVM::LLVMFuncOp func) {
  SmallVector<Operation *> ops;
  for (Block &block : func.getBody())
    for (Operation &op : block)
      if (!isPoison(&op) &&
          (op.getNumResults() != 1 || !getLeaf(op.getResult(0))))
        ops.push_back(&op);
  return ops;
}

/// Calls `visit` for each leaf of an op.
static void
forEachSlot(Operation *op,
            llvm::function_ref<void(const LeafSlot &, KernelLeaf)> visit) {
  for (auto [i, operand] : llvm::enumerate(op->getOperands()))
    if (auto leaf = getLeaf(operand))
      visit({op, unsigned(i), false}, *leaf);
  auto gep = dyn_cast<LLVM::GEPOp>(op);
  if (!gep)
    return;
  for (auto [i, index] : llvm::enumerate(gep.getRawConstantIndices()))
    if (index != LLVM::GEPOp::kDynamicIndex)
      visit({op, unsigned(i), true},
            {KernelLeaf::Number,
             {},
             IntegerAttr::get(IntegerType::get(op->getContext(), 32), index)});
}

SmallVector<LeafSlot> quantopt::getLeafSlots(LLVM::LLVMFuncOp func) {
  SmallVector<LeafSlot> slots;
  for (Operation *op : getShapeOps(func))
    forEachSlot(op, [&](const LeafSlot &slot, const KernelLeaf &) {
      slots.push_back(slot);
    });
  return slots;
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

namespace {
/// Compares two functions, op by op.
class ShapeMatcher {
public:
  ShapeMatcher(LLVM::LLVMFuncOp x, LLVM::LLVMFuncOp y) : x(x), y(y) {}
  bool match();

private:
  bool matchArguments();
  bool matchBlocks();
  bool matchOps(Operation *a, Operation *b);
  bool matchValues(Value a, Value b);

  LLVM::LLVMFuncOp x, y;
  IRMapping mapping;
};
} // namespace

/// Arguments that are no pointers correspond in order.
bool ShapeMatcher::matchArguments() {
  auto getOthers = [](LLVM::LLVMFuncOp func) {
    SmallVector<Value> others;
    for (Value argument : func.getArguments())
      if (!isa<LLVM::LLVMPointerType>(argument.getType()))
        others.push_back(argument);
    return others;
  };
  SmallVector<Value> a = getOthers(x), b = getOthers(y);
  if (TypeRange(ValueRange(a)) != TypeRange(ValueRange(b)))
    return false;
  mapping.map(a, b);
  return true;
}

bool ShapeMatcher::matchBlocks() {
  Region &a = x.getBody(), &b = y.getBody();
  if (a.getBlocks().size() != b.getBlocks().size())
    return false;
  for (auto [from, to] : llvm::zip(a, b)) {
    mapping.map(&from, &to);
    if (from.isEntryBlock())
      continue;
    if (from.getArgumentTypes() != to.getArgumentTypes())
      return false;
    mapping.map(from.getArguments(), to.getArguments());
  }
  return true;
}

bool ShapeMatcher::matchValues(Value a, Value b) {
  if (a.getType() != b.getType())
    return false;
  auto leafA = getLeaf(a), leafB = getLeaf(b);
  if (leafA || leafB)
    return leafA && leafB;
  Operation *opA = a.getDefiningOp(), *opB = b.getDefiningOp();
  if (isPoison(opA) || isPoison(opB))
    return opA && opB && opA->getName() == opB->getName();
  return mapping.lookupOrNull(a) == b;
}

/// What an op says about itself besides constant indices; of these their number
/// and which ones are constants.
static DictionaryAttr getProperties(Operation *op) {
  NamedAttrList attributes(op->getAttrDictionary());
  if (auto gep = dyn_cast<LLVM::GEPOp>(op)) {
    SmallVector<int32_t> indices;
    for (int32_t index : gep.getRawConstantIndices())
      indices.push_back(index == LLVM::GEPOp::kDynamicIndex ? index : 0);
    attributes.set(gep.getRawConstantIndicesAttrName(),
                   DenseI32ArrayAttr::get(op->getContext(), indices));
  }
  return attributes.getDictionary(op->getContext());
}

bool ShapeMatcher::matchOps(Operation *a, Operation *b) {
  if (a->getName() != b->getName() ||
      a->getResultTypes() != b->getResultTypes() ||
      a->getNumOperands() != b->getNumOperands() ||
      a->getNumSuccessors() != b->getNumSuccessors() ||
      a->getNumRegions() != 0 || b->getNumRegions() != 0 ||
      getProperties(a) != getProperties(b))
    return false;
  for (auto [from, to] : llvm::zip(a->getSuccessors(), b->getSuccessors()))
    if (mapping.lookupOrNull(from) != to)
      return false;
  for (auto [from, to] : llvm::zip(a->getOperands(), b->getOperands()))
    if (!matchValues(from, to))
      return false;
  mapping.map(a->getResults(), b->getResults());
  mapping.map(a, b);
  return true;
}

bool ShapeMatcher::match() {
  if (!matchArguments() || !matchBlocks())
    return false;
  SmallVector<Operation *> a = getShapeOps(x), b = getShapeOps(y);
  if (a.size() != b.size())
    return false;
  for (auto [from, to] : llvm::zip(a, b))
    if (mapping.lookupOrNull(from->getBlock()) != to->getBlock() ||
        !matchOps(from, to))
      return false;
  return true;
}

std::optional<SmallVector<KernelLeaf>>
quantopt::matchShape(LLVM::LLVMFuncOp model, LLVM::LLVMFuncOp func) {
  if (!ShapeMatcher(model, func).match())
    return std::nullopt;
  SmallVector<KernelLeaf> leaves;
  for (Operation *op : getShapeOps(func))
    forEachSlot(op, [&](const LeafSlot &, const KernelLeaf &leaf) {
      leaves.push_back(leaf);
    });
  return leaves;
}

Value quantopt::cloneLeaf(OpBuilder &b, Value leaf, IRMapping &mapping) {
  if (Value known = mapping.lookupOrNull(leaf))
    return known;
  Operation *op = leaf.getDefiningOp();
  if (!op)
    return leaf;
  for (Value operand : op->getOperands())
    cloneLeaf(b, operand, mapping);
  b.clone(*op, mapping);
  return mapping.lookup(leaf);
}
