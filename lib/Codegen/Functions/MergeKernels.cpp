//===- MergeKernels.cpp - One function for kernels of one shape -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Layers with the same loops for different sizes become calls of one function.
/// Numbers and constants that differ are in a table for each layer; addresses
/// that a layer computes from its arguments are arguments of the function.
///
//===----------------------------------------------------------------------===//

#include "KernelShape.h"
#include "mlir/Analysis/CFGLoopInfo.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/SymbolTable.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "quant-opt/Dialect/QVec/Utils/LayerAttributes.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "llvm/ADT/MapVector.h"

namespace quantopt {
#define GEN_PASS_DEF_MERGEKERNELS
#include "quant-opt/Codegen/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using qvec::QVecDialect;

namespace {
/// A function, and its leaves at the slots of the group's first function.
struct Member {
  LLVM::LLVMFuncOp func;
  SmallVector<KernelLeaf> leaves;
};

/// Functions of one shape.
class Group {
public:
  explicit Group(LLVM::LLVMFuncOp model);
  /// Adds a function if it has the shape, and what differs can be values in
  /// registers.
  bool add(LLVM::LLVMFuncOp func);
  /// Finds what differs. Fails when one function is not smaller than all.
  LogicalResult plan();
  /// Creates the function for all members, and has them call it.
  void merge(SymbolTable &symbols);
  size_t size() const { return members.size(); }

private:
  /// A value of the function, by the number of its first slot.
  using Parameter = unsigned;

  bool differs(unsigned slot) const;
  bool canDiffer(const LeafSlot &slot, const KernelLeaf &leaf) const;
  bool isArgument(unsigned slot) const;
  bool canMerge() const;
  Type getFieldType(Parameter parameter) const;
  LLVM::LLVMFuncOp createFunction(SymbolTable &symbols);
  void setParameters(LLVM::LLVMFuncOp func, ArrayRef<LeafSlot> places,
                     ValueRange given);
  void limitAllocations(ArrayRef<LeafSlot> places);
  bool canPassFields() const;
  TypedAttr getFieldNumber(const Member &member, unsigned field) const;
  Value loadField(OpBuilder &b, Location loc, Value table, unsigned number);
  Value widenField(OpBuilder &b, Location loc, Value value, unsigned number);
  LLVM::GlobalOp createTable(Member &member, SymbolTable &symbols);
  void callFunction(Member &member, LLVM::LLVMFuncOp func,
                    SymbolTable &symbols);

  SmallVector<Member> members;
  SmallVector<LeafSlot> slots;
  /// The blocks of the first function's innermost loops, and their ops.
  llvm::DenseSet<Block *> innermost;
  int64_t numInnermostOps;
  /// The parameter of each slot, those that are arguments, and others, which
  /// are fields of the table or arguments, too.
  llvm::MapVector<unsigned, Parameter> parameters;
  SmallVector<Parameter> arguments, fields;
  SmallVector<Type> fieldTypes;
  bool passesFields;
};
} // namespace

//===----------------------------------------------------------------------===//
// What differs
//===----------------------------------------------------------------------===//

/// The number that a constant stands for, in each lane if it is a vector.
static TypedAttr getNumber(const KernelLeaf &leaf) {
  if (auto dense = dyn_cast<DenseElementsAttr>(leaf.key))
    return dense.isSplat() ? dense.getSplatValue<TypedAttr>() : TypedAttr();
  auto number = cast<TypedAttr>(leaf.key);
  // Indices keep their type as attributes.
  if (leaf.value && number.getType().isIndex())
    return IntegerAttr::get(leaf.value.getType(),
                            cast<IntegerAttr>(number).getInt());
  return number;
}

bool Group::differs(unsigned slot) const {
  const KernelLeaf &first = members.front().leaves[slot];
  return first.kind == KernelLeaf::Local ||
         llvm::any_of(members, [&](const Member &member) {
           return member.leaves[slot].key != first.key;
         });
}

/// Whether a leaf may be a value that is not constant.
bool Group::canDiffer(const LeafSlot &slot, const KernelLeaf &leaf) const {
  if (leaf.kind != KernelLeaf::Number)
    return true;
  TypedAttr number = getNumber(leaf);
  if (!number || !number.getType().isIntOrFloat())
    return false;
  if (isa<LLVM::ShlOp, LLVM::AShrOp, LLVM::LShrOp>(slot.op) &&
      number.getType().getIntOrFloatBitWidth() > 32)
    return false;
  // Some operands of intrinsics are parts of an instruction; limits are.
  Type type = leaf.value ? leaf.value.getType() : number.getType();
  return !(isa<LLVM::CallIntrinsicOp>(slot.op) && !isa<VectorType>(type)) &&
         !(isa<LLVM::ICmpOp, LLVM::SelectOp>(slot.op) && isa<VectorType>(type));
}

/// Whether some function computes the slot's address from its arguments.
bool Group::isArgument(unsigned slot) const {
  return llvm::any_of(members, [&](const Member &member) {
    return member.leaves[slot].kind == KernelLeaf::Local;
  });
}

/// The level whose code a function is; null for none.
static const TargetLevel *getLevel(LLVM::LLVMFuncOp func) {
  auto target =
      func->getAttrOfType<qvec::TargetAttr>(QVecDialect::getTargetAttrName());
  return target ? findTargetLevel(target.getLevel()) : nullptr;
}

/// The blocks of loops that contain no other loop.
static llvm::DenseSet<Block *> findInnermostBlocks(LLVM::LLVMFuncOp func) {
  llvm::DenseSet<Block *> blocks;
  if (func.getBody().hasOneBlock())
    return blocks;
  DominanceInfo dominance(func);
  CFGLoopInfo loops(dominance.getDomTree(&func.getBody()));
  for (CFGLoop *loop : loops.getLoopsInPreorder())
    if (loop->isInnermost())
      blocks.insert(loop->block_begin(), loop->block_end());
  return blocks;
}

Group::Group(LLVM::LLVMFuncOp model)
    : slots(getLeafSlots(model)), innermost(findInnermostBlocks(model)),
      numInnermostOps(llvm::count_if(getShapeOps(model), [this](Operation *op) {
        return innermost.contains(op->getBlock());
      })) {
  members.push_back({model, *matchShape(model, model)});
}

bool Group::add(LLVM::LLVMFuncOp func) {
  LLVM::LLVMFuncOp model = members.front().func;
  StringRef target = QVecDialect::getTargetAttrName();
  if (func->getAttr(target) != model->getAttr(target))
    return false;
  auto leaves = matchShape(model, func);
  if (!leaves)
    return false;
  members.push_back({func, std::move(*leaves)});
  if (canMerge())
    return true;
  members.pop_back();
  return false;
}

/// Whether what differs may be values in registers. In an innermost loop each
/// may be an addition, which costs time. Where an instruction counts such loops
/// none may differ: LLVM addresses what they read by the counter unless it
/// knows the count.
bool Group::canMerge() const {
  LLVM::LLVMFuncOp model = members.front().func;
  int64_t opsPerUse = model->hasAttr(qvec::kCommonStepsAttrName) ? 10 : 16;
  bool countsLoops = getLevel(model)->hasVectors();
  int64_t uses = 0;
  for (auto [slot, place] : llvm::enumerate(slots)) {
    // The largest buffer serves all.
    if (isa<LLVM::AllocaOp>(place.op) || !differs(slot))
      continue;
    for (const Member &member : members)
      if (!canDiffer(place, member.leaves[slot]))
        return false;
    if (members.front().leaves[slot].kind != KernelLeaf::Number ||
        !innermost.contains(place.op->getBlock()))
      continue;
    if (countsLoops)
      return false;
    uses += !isa<LLVM::ICmpOp>(place.op);
  }
  return uses * opsPerUse <= numInnermostOps;
}

/// The type of what a table holds. Numbers of 64 bits that fit 32 are shorter
/// there, and factors that an instruction widens.
Type Group::getFieldType(Parameter parameter) const {
  const KernelLeaf &leaf = members.front().leaves[parameter];
  if (leaf.kind != KernelLeaf::Number)
    return leaf.value.getType();
  Type type = getNumber(leaf).getType();
  auto isShort = [&](const Member &member) {
    auto number = cast<IntegerAttr>(getNumber(member.leaves[parameter]));
    return number.getValue().isSignedIntN(32);
  };
  if (type.isInteger(64) && llvm::all_of(members, isShort))
    return IntegerType::get(type.getContext(), 32);
  return type;
}

/// Whether registers for arguments hold all that differs: a table would be
/// longer than the moves.
bool Group::canPassFields() const {
  constexpr size_t kArgumentRegisters = 4;
  return arguments.size() + fields.size() <= kArgumentRegisters &&
         llvm::all_of(fields,
                      [&](Parameter field) {
                        return members.front().leaves[field].kind ==
                               KernelLeaf::Number;
                      }) &&
         llvm::all_of(fieldTypes, [](Type type) {
           return type.isInteger() && type.getIntOrFloatBitWidth() <= 32;
         });
}

LogicalResult Group::plan() {
  auto haveSameValue = [&](unsigned x, unsigned y) {
    return llvm::all_of(members, [&](const Member &member) {
      return member.leaves[x] == member.leaves[y] &&
             slots[x].isIndex == slots[y].isIndex;
    });
  };
  SmallVector<Parameter> known;
  for (unsigned slot = 0, end = slots.size(); slot < end; ++slot) {
    if (isa<LLVM::AllocaOp>(slots[slot].op) || !differs(slot))
      continue;
    auto *found = llvm::find_if(
        known, [&](Parameter other) { return haveSameValue(slot, other); });
    if (found == known.end()) {
      known.push_back(slot);
      found = std::prev(known.end());
      if (isArgument(slot)) {
        arguments.push_back(slot);
      } else {
        fields.push_back(slot);
        fieldTypes.push_back(getFieldType(slot));
      }
    }
    parameters[slot] = *found;
  }
  // Bytes: an op is an instruction, some of them long; a function that is left
  // loads some addresses and jumps, and has a table.
  passesFields = canPassFields();
  constexpr size_t perOp = 3, perArgument = 6, perField = 4, perUse = 4;
  const size_t perCall = passesFields ? 12 : 24;
  size_t kept = members.size() * (perCall + perArgument * arguments.size() +
                                  perField * fields.size()) +
                perUse * (arguments.size() + fields.size());
  size_t saved =
      (members.size() - 1) * perOp * getShapeOps(members.front().func).size();
  return success(saved > kept);
}

//===----------------------------------------------------------------------===//
// The function
//===----------------------------------------------------------------------===//

/// A copy of the first member that takes the numbers of its items, addresses
/// and a table.
LLVM::LLVMFuncOp Group::createFunction(SymbolTable &symbols) {
  LLVM::LLVMFuncOp func = members.front().func.clone();
  func.setName((func.getName() + "_merged").str());
  func.setLinkage(LLVM::Linkage::Private);
  func->removeAttr(QVecDialect::getLayerAttrName());
  func.setNoInline(true);
  func.removeArgAttrsAttr();
  symbols.insert(func, members.front().func->getIterator());
  Block &entry = func.getBody().front();
  unsigned given = entry.getNumArguments();
  auto pointer = LLVM::LLVMPointerType::get(func.getContext());
  SmallVector<LeafSlot> places = getLeafSlots(func);
  SmallVector<Type> types(arguments.size(), pointer);
  if (passesFields)
    llvm::append_range(types, fieldTypes);
  else
    types.push_back(pointer);
  for (Type type : types)
    entry.addArgument(type, func.getLoc());
  setParameters(func, places, entry.getArguments().drop_front(given));
  // Leaves that nothing reads any more.
  for (Block &block : llvm::reverse(func.getBody()))
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
  for (unsigned i = given; i-- > 0;)
    if (isa<LLVM::LLVMPointerType>(entry.getArgument(i).getType()))
      entry.eraseArgument(i);
  func.setFunctionType(
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(func.getContext()),
                                  llvm::to_vector(entry.getArgumentTypes())));
  return func;
}

/// The value of a field of the table.
Value Group::loadField(OpBuilder &b, Location loc, Value table,
                       unsigned number) {
  auto layout = LLVM::LLVMStructType::getLiteral(b.getContext(), fieldTypes);
  Value address =
      LLVM::GEPOp::create(b, loc, table.getType(), layout, table,
                          ArrayRef<LLVM::GEPArg>{0, int32_t(number)},
                          LLVM::GEPNoWrapFlags::inbounds);
  return LLVM::LoadOp::create(b, loc, fieldTypes[number], address,
                              /*alignment=*/0, /*isVolatile=*/false,
                              /*isNonTemporal=*/false,
                              /*isInvariant=*/true);
}

/// The value of a field as the function uses it: repeated for a vector.
Value Group::widenField(OpBuilder &b, Location loc, Value value,
                        unsigned number) {
  Value leaf = members.front().leaves[fields[number]].value;
  if (!leaf)
    return value;
  auto vector = dyn_cast<VectorType>(leaf.getType());
  if (Type type = getElementTypeOrSelf(leaf.getType()); type != value.getType())
    value = LLVM::SExtOp::create(b, loc, type, value);
  if (!vector)
    return value;
  Value lanes = LLVM::PoisonOp::create(b, loc, vector);
  Value zero = LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(0));
  lanes = LLVM::InsertElementOp::create(b, loc, lanes, value, zero);
  SmallVector<int32_t> mask(vector.getNumElements(), 0);
  return LLVM::ShuffleVectorOp::create(b, loc, lanes, lanes, mask);
}

/// Makes a constant index of an address dynamic.
static LLVM::GEPOp setIndex(LLVM::GEPOp gep, unsigned number, Value value) {
  SmallVector<LLVM::GEPArg> indices;
  for (auto [i, index] : llvm::enumerate(gep.getIndices())) {
    if (i == number)
      indices.push_back(value);
    else if (auto known = dyn_cast<IntegerAttr>(index))
      indices.push_back(int32_t(known.getInt()));
    else
      indices.push_back(cast<Value>(index));
  }
  OpBuilder b(gep);
  auto changed =
      LLVM::GEPOp::create(b, gep.getLoc(), gep.getType(), gep.getElemType(),
                          gep.getBase(), indices, gep.getNoWrapFlags());
  gep.replaceAllUsesWith(changed.getResult());
  gep.erase();
  return changed;
}

/// Replaces leaves of the copy by its arguments and fields, which are the last
/// arguments, or in a table that is.
void Group::setParameters(LLVM::LLVMFuncOp func, ArrayRef<LeafSlot> places,
                          ValueRange given) {
  auto b = OpBuilder::atBlockBegin(&func.getBody().front());
  llvm::DenseMap<Parameter, Value> values;
  for (auto [i, parameter] : llvm::enumerate(arguments))
    values[parameter] = given[i];
  for (auto [i, parameter] : llvm::enumerate(fields)) {
    Value value = passesFields ? given[arguments.size() + i]
                               : loadField(b, func.getLoc(), given.back(), i);
    values[parameter] = widenField(b, func.getLoc(), value, i);
  }
  limitAllocations(places);
  // Indices last: they replace their ops.
  SmallVector<std::pair<LeafSlot, Value>> indices;
  for (auto [slot, parameter] : parameters) {
    const LeafSlot &place = places[slot];
    if (place.isIndex)
      indices.push_back({place, values[parameter]});
    else
      place.op->setOperand(place.number, values[parameter]);
  }
  llvm::DenseMap<Operation *, LLVM::GEPOp> changed;
  for (auto &[place, value] : indices) {
    auto gep = changed.lookup(place.op);
    changed[place.op] =
        setIndex(gep ? gep : cast<LLVM::GEPOp>(place.op), place.number, value);
  }
}

/// Gives buffers on the stack the largest size of all members.
void Group::limitAllocations(ArrayRef<LeafSlot> places) {
  auto getSize = [](const KernelLeaf &leaf) {
    return cast<IntegerAttr>(leaf.key).getInt();
  };
  for (auto [slot, place] : llvm::enumerate(places)) {
    if (!isa<LLVM::AllocaOp>(place.op))
      continue;
    const KernelLeaf *largest = &members.front().leaves[slot];
    for (const Member &member : members)
      if (getSize(member.leaves[slot]) > getSize(*largest))
        largest = &member.leaves[slot];
    OpBuilder b(place.op);
    place.op->setOperand(
        place.number,
        LLVM::ConstantOp::create(b, place.op->getLoc(), getNumber(*largest)));
  }
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// The number of a member's field.
TypedAttr Group::getFieldNumber(const Member &member, unsigned field) const {
  TypedAttr number = getNumber(member.leaves[fields[field]]);
  if (number.getType() == fieldTypes[field])
    return number;
  return IntegerAttr::get(fieldTypes[field],
                          cast<IntegerAttr>(number).getInt());
}

/// The constants of a member.
LLVM::GlobalOp Group::createTable(Member &member, SymbolTable &symbols) {
  OpBuilder b(member.func);
  Location loc = member.func.getLoc();
  auto layout = LLVM::LLVMStructType::getLiteral(b.getContext(), fieldTypes);
  auto table = LLVM::GlobalOp::create(
      b, loc, layout, /*isConstant=*/true, LLVM::Linkage::Private,
      (member.func.getName() + "_table").str(), Attribute());
  symbols.insert(table);
  b.createBlock(&table.getInitializerRegion());
  Value all = LLVM::UndefOp::create(b, loc, layout);
  IRMapping mapping;
  for (auto [i, field] : llvm::enumerate(fields)) {
    const KernelLeaf &leaf = member.leaves[field];
    Value value;
    if (leaf.kind == KernelLeaf::Number)
      value = LLVM::ConstantOp::create(b, loc, fieldTypes[i],
                                       getFieldNumber(member, i));
    else
      value = cloneLeaf(b, leaf.value, mapping);
    all = LLVM::InsertValueOp::create(b, loc, all, value, int64_t(i));
  }
  LLVM::ReturnOp::create(b, loc, all);
  return table;
}

/// Replaces the body of a member by a call.
void Group::callFunction(Member &member, LLVM::LLVMFuncOp func,
                         SymbolTable &symbols) {
  LLVM::LLVMFuncOp caller = member.func;
  Location loc = caller.getLoc();
  // Nothing but a call, which may be a part of what calls it.
  caller->removeAttr("passthrough");
  Block &old = caller.getBody().front();
  OpBuilder b(caller.getContext());
  Block *entry = b.createBlock(&caller.getBody(), caller.getBody().begin());
  IRMapping mapping;
  SmallVector<Value> operands;
  for (BlockArgument argument : old.getArguments())
    mapping.map(Value(argument),
                Value(entry->addArgument(argument.getType(), loc)));
  for (BlockArgument argument : entry->getArguments())
    if (!isa<LLVM::LLVMPointerType>(argument.getType()))
      operands.push_back(argument);
  for (Parameter parameter : arguments)
    operands.push_back(cloneLeaf(b, member.leaves[parameter].value, mapping));
  if (passesFields)
    for (auto [i, type] : llvm::enumerate(fieldTypes))
      operands.push_back(
          LLVM::ConstantOp::create(b, loc, type, getFieldNumber(member, i)));
  else
    operands.push_back(
        LLVM::AddressOfOp::create(b, loc, createTable(member, symbols)));
  LLVM::CallOp::create(b, loc, func, operands);
  LLVM::ReturnOp::create(b, loc, ValueRange());
  for (Block &block : llvm::drop_begin(caller.getBody()))
    block.dropAllReferences();
  while (caller.getBody().getBlocks().size() > 1)
    caller.getBody().back().erase();
}

void Group::merge(SymbolTable &symbols) {
  LLVM::LLVMFuncOp func = createFunction(symbols);
  for (Member &member : members)
    callFunction(member, func, symbols);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Whether code is to be small where a function runs.
static bool isSmall(LLVM::LLVMFuncOp func) {
  const TargetLevel *level = getLevel(func);
  return level && level->hasSmallMemory();
}

/// Layers and functions that layers share.
static SmallVector<LLVM::LLVMFuncOp> findKernels(ModuleOp module) {
  SmallVector<LLVM::LLVMFuncOp> kernels;
  for (auto func : module.getOps<LLVM::LLVMFuncOp>())
    if (!func.isExternal() && func->hasAttr(QVecDialect::getCountAttrName()) &&
        isSmall(func))
      kernels.push_back(func);
  return kernels;
}

/// Makes numbers that all calls of a kernel pass constants in it: items that
/// are not shared among threads.
static void fixArguments(LLVM::LLVMFuncOp kernel,
                         ArrayRef<LLVM::CallOp> calls) {
  auto b = OpBuilder::atBlockBegin(&kernel.getBody().front());
  for (BlockArgument argument : kernel.getArguments()) {
    Attribute number;
    for (LLVM::CallOp call : calls) {
      Attribute given;
      if (!matchPattern(call.getArgOperands()[argument.getArgNumber()],
                        m_Constant(&given)) ||
          (number && number != given)) {
        number = {};
        break;
      }
      number = given;
    }
    if (number)
      argument.replaceAllUsesWith(LLVM::ConstantOp::create(
          b, kernel.getLoc(), argument.getType(), cast<TypedAttr>(number)));
  }
}

namespace {
struct MergeKernelsPass
    : public quantopt::impl::MergeKernelsBase<MergeKernelsPass> {
  void runOnOperation() override {
    llvm::StringMap<SmallVector<LLVM::CallOp>> calls;
    getOperation().walk([&](LLVM::CallOp call) {
      if (std::optional<StringRef> callee = call.getCallee())
        calls[*callee].push_back(call);
    });
    std::vector<Group> groups;
    for (LLVM::LLVMFuncOp func : findKernels(getOperation())) {
      fixArguments(func, calls[func.getName()]);
      auto found =
          llvm::find_if(groups, [&](Group &group) { return group.add(func); });
      if (found == groups.end())
        groups.emplace_back(func);
    }
    SymbolTable symbols(getOperation());
    for (Group &group : groups) {
      if (group.size() < 2 || failed(group.plan()))
        continue;
      group.merge(symbols);
      ++numKernels;
      numMerged += group.size();
    }
  }
};
} // namespace
