//===- Entry.cpp - The entry point of a model -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entry.h"
#include "quant-opt/Dialect/QVec/Utils/TargetLevel.h"
#include "quant-opt/Target/FeatureCheck.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

using namespace quantopt;
using llvm::BasicBlock;
using llvm::ConstantInt;
using llvm::Function;
using LLVMType = llvm::Type;
using LLVMValue = llvm::Value;

void quantopt::setFunctionTarget(Function &function,
                                 const VariantDescription &variant,
                                 OptLevel optLevel) {
  if (!variant.cpu.empty())
    function.addFnAttr("target-cpu", variant.cpu);
  if (!variant.features.empty())
    function.addFnAttr("target-features", variant.features);
  if (variant.vectorBytes == 64) {
    function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr("min-legal-vector-width", "512");
  }
  const TargetLevel *level = findTargetLevel(variant.isa);
  if (level && level->has(TargetLevel::kNoImplicitFloat))
    function.addFnAttr(llvm::Attribute::NoImplicitFloat);
  function.addFnAttr("no-builtins");
  function.addFnAttr(llvm::Attribute::NoUnwind);
  if (optLevel == OptLevel::Os)
    function.addFnAttr(llvm::Attribute::OptimizeForSize);
}

//===----------------------------------------------------------------------===//
// NAME_run
//===----------------------------------------------------------------------===//

namespace {
/// Builds the entry point.
class EntryBuilder {
public:
  EntryBuilder(llvm::Module &module, const ModelDescription &model,
               const EmitOptions &options)
      : module(module), model(model), options(options),
        context(module.getContext()), builder(context),
        pointer(llvm::PointerType::get(context, 0)),
        i32(LLVMType::getInt32Ty(context)), i64(LLVMType::getInt64Ty(context)),
        word(module.getDataLayout().getIntPtrType(context)),
        layerType(llvm::StructType::get(context, {pointer, word})),
        base(model.variants.back()) {}

  void build();

private:
  Function *addFunction(StringRef name, LLVMType *result,
                        ArrayRef<LLVMType *> arguments);
  Function *getTask(StringRef symbol);
  llvm::Constant *addLayerTable(const VariantDescription &variant);
  Function *addSelection();
  void checkArguments(Function *run);
  void checkPlaces(Function *run);
  LLVMValue *storeContext(Function *run);
  bool isSequence() const;
  void addCalls(LLVMValue *layerContext);
  LLVMValue *chooseTable(LLVMValue *&count);
  void addLoop(Function *run, LLVMValue *table, LLVMValue *count,
               LLVMValue *layerContext);

  llvm::Module &module;
  const ModelDescription &model;
  const EmitOptions &options;
  llvm::LLVMContext &context;
  llvm::IRBuilder<> builder;
  llvm::PointerType *pointer;
  LLVMType *i32, *i64;
  LLVMType *word;              // as wide as a pointer
  llvm::StructType *layerType; // task, number of items
  const VariantDescription &base;
};
} // namespace

Function *EntryBuilder::addFunction(StringRef name, LLVMType *result,
                                    ArrayRef<LLVMType *> arguments) {
  auto *type = llvm::FunctionType::get(result, arguments, false);
  auto *function =
      Function::Create(type, Function::InternalLinkage, name, module);
  setFunctionTarget(*function, base, options.level);
  return function;
}

/// The function of a layer, which may be in another part of the model.
Function *EntryBuilder::getTask(StringRef symbol) {
  if (Function *task = module.getFunction(symbol))
    return task;
  auto *type =
      llvm::FunctionType::get(builder.getVoidTy(), {pointer, i64, i64}, false);
  auto *task =
      Function::Create(type, Function::ExternalLinkage, symbol, module);
  task->setVisibility(Function::HiddenVisibility);
  return task;
}

/// A constant array of the variant's tasks and their numbers of items.
llvm::Constant *EntryBuilder::addLayerTable(const VariantDescription &variant) {
  SmallVector<llvm::Constant *> rows;
  for (const LayerDescription &layer : variant.layers)
    rows.push_back(llvm::ConstantStruct::get(
        layerType,
        {getTask(layer.symbol), ConstantInt::get(word, layer.count)}));
  auto *type = llvm::ArrayType::get(layerType, rows.size());
  return new llvm::GlobalVariable(
      module, type, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
      llvm::ConstantArray::get(type, rows), options.name + "_layers");
}

/// `i32 NAME_variant()`: the number of the first variant that this processor
/// can run. Asking a processor may be slow: the answer is kept.
Function *EntryBuilder::addSelection() {
  auto *kept = new llvm::GlobalVariable(
      module, i32, /*isConstant=*/false, llvm::GlobalValue::InternalLinkage,
      ConstantInt::get(i32, 0), options.name + "_kept_variant");
  Function *function = addFunction(options.name + "_variant", i32, {});
  auto *entry = BasicBlock::Create(context, "entry", function);
  auto *known = BasicBlock::Create(context, "known", function);
  builder.SetInsertPoint(entry);
  auto *old = builder.CreateLoad(i32, kept);
  old->setAtomic(llvm::AtomicOrdering::Monotonic);
  auto *ask = BasicBlock::Create(context, "ask", function);
  builder.CreateCondBr(builder.CreateIsNull(old), ask, known);
  builder.SetInsertPoint(known);
  builder.CreateRet(builder.CreateSub(old, ConstantInt::get(i32, 1)));
  builder.SetInsertPoint(ask);
  auto found = [&](unsigned number) {
    auto *store = builder.CreateStore(ConstantInt::get(i32, number + 1), kept);
    store->setAtomic(llvm::AtomicOrdering::Monotonic);
    builder.CreateRet(ConstantInt::get(i32, number));
  };
  for (unsigned i = 0; i + 1 < model.variants.size(); ++i) {
    LLVMValue *has =
        emitFeatureCheck(builder, model.triple, model.variants[i].cpuFlags);
    auto *yes = BasicBlock::Create(context, "yes", function);
    auto *no = BasicBlock::Create(context, "no", function);
    builder.CreateCondBr(has, yes, no);
    builder.SetInsertPoint(yes);
    found(i);
    builder.SetInsertPoint(no);
  }
  found(model.variants.size() - 1);
  return function;
}

/// Returns 3 for a tensor that is not at its place in the arena.
void EntryBuilder::checkPlaces(Function *run) {
  SmallVector<const TensorDescription *> tensors;
  for (auto *part : {&model.inputs, &model.outputs})
    for (const TensorDescription &tensor : *part)
      tensors.push_back(&tensor);
  LLVMValue *arena = run->getArg(tensors.size());
  LLVMValue *isMisplaced = builder.getFalse();
  for (auto [i, tensor] : llvm::enumerate(tensors)) {
    if (!tensor->arenaOffset)
      continue;
    LLVMValue *place = builder.CreateConstGEP1_64(builder.getInt8Ty(), arena,
                                                  *tensor->arenaOffset);
    isMisplaced = builder.CreateOr(isMisplaced,
                                   builder.CreateICmpNE(run->getArg(i), place));
  }
  auto *misplaced = BasicBlock::Create(context, "misplaced", run);
  auto *placed = BasicBlock::Create(context, "placed", run);
  builder.CreateCondBr(isMisplaced, misplaced, placed);
  builder.SetInsertPoint(misplaced);
  builder.CreateRet(ConstantInt::get(i32, 3));
  builder.SetInsertPoint(placed);
}

/// Returns 1 for a null pointer and 2 for a misaligned arena.
void EntryBuilder::checkArguments(Function *run) {
  auto *null = BasicBlock::Create(context, "null", run);
  auto *present = BasicBlock::Create(context, "present", run);
  auto *misaligned = BasicBlock::Create(context, "misaligned", run);
  auto *valid = BasicBlock::Create(context, "valid", run);
  size_t numPointers = model.inputs.size() + model.outputs.size() + 1;
  LLVMValue *isNull = builder.getFalse();
  for (size_t i = 0; i < numPointers; ++i)
    isNull = builder.CreateOr(isNull, builder.CreateIsNull(run->getArg(i)));
  builder.CreateCondBr(isNull, null, present);
  builder.SetInsertPoint(null);
  builder.CreateRet(ConstantInt::get(i32, 1));
  builder.SetInsertPoint(present);
  LLVMValue *address =
      builder.CreatePtrToInt(run->getArg(numPointers - 1), word);
  LLVMValue *low = builder.CreateAnd(address, kArenaAlignment - 1);
  builder.CreateCondBr(builder.CreateIsNull(low), valid, misaligned);
  builder.SetInsertPoint(misaligned);
  builder.CreateRet(ConstantInt::get(i32, 2));
  builder.SetInsertPoint(valid);
  if (model.hasTensorsInArena())
    checkPlaces(run);
}

/// The array of pointers that layers get: arena, inputs, outputs. Layers do not
/// read those of parts of the arena.
LLVMValue *EntryBuilder::storeContext(Function *run) {
  size_t numTensors = model.inputs.size() + model.outputs.size();
  size_t numStored = model.hasTensorsInArena() ? 0 : numTensors;
  auto *type = llvm::ArrayType::get(pointer, numStored + 1);
  llvm::IRBuilder<> atEntry(&run->getEntryBlock(),
                            run->getEntryBlock().begin());
  LLVMValue *array = atEntry.CreateAlloca(type);
  for (size_t i = 0; i <= numStored; ++i) {
    LLVMValue *slot = builder.CreateConstInBoundsGEP1_32(pointer, array, i);
    builder.CreateStore(run->getArg(i == 0 ? numTensors : i - 1), slot);
  }
  return array;
}

/// Whether layers are for a processor with small memory, where no thread could
/// take a part of one, and nothing but this function calls them.
bool EntryBuilder::isSequence() const {
  const TargetLevel *level = findTargetLevel(base.isa);
  return !options.exportLayers && level && level->hasSmallMemory() &&
         llvm::all_of(base.layers, [](const LayerDescription &layer) {
           return layer.count == 1;
         });
}

/// Calls each layer by its name.
void EntryBuilder::addCalls(LLVMValue *layerContext) {
  for (const LayerDescription &layer : base.layers)
    builder.CreateCall(
        getTask(layer.symbol),
        {layerContext, ConstantInt::get(i64, 0), ConstantInt::get(i64, 1)});
  builder.CreateRet(ConstantInt::get(i32, 0));
}

LLVMValue *EntryBuilder::chooseTable(LLVMValue *&count) {
  LLVMValue *table = addLayerTable(base);
  count = ConstantInt::get(word, base.layers.size());
  if (model.variants.size() == 1)
    return table;
  BasicBlock *current = builder.GetInsertBlock();
  Function *selection = addSelection();
  builder.SetInsertPoint(current);
  LLVMValue *chosen = builder.CreateCall(selection);
  for (unsigned i = 0; i + 1 < model.variants.size(); ++i) {
    const VariantDescription &variant = model.variants[i];
    LLVMValue *isThis = builder.CreateICmpEQ(chosen, ConstantInt::get(i32, i));
    table = builder.CreateSelect(isThis, addLayerTable(variant), table);
    count = builder.CreateSelect(
        isThis, ConstantInt::get(word, variant.layers.size()), count);
  }
  return table;
}

/// Runs each row of the table, through `parallel_for` where there is one.
void EntryBuilder::addLoop(Function *run, LLVMValue *table, LLVMValue *count,
                           LLVMValue *layerContext) {
  size_t numTensors = model.inputs.size() + model.outputs.size();
  LLVMValue *parallelFor = run->getArg(numTensors + 1);
  LLVMValue *pool = run->getArg(numTensors + 2);
  BasicBlock *before = builder.GetInsertBlock();
  auto *head = BasicBlock::Create(context, "layer", run);
  auto *serial = BasicBlock::Create(context, "serial", run);
  auto *parallel = BasicBlock::Create(context, "parallel", run);
  auto *next = BasicBlock::Create(context, "next", run);
  auto *done = BasicBlock::Create(context, "done", run);
  builder.CreateBr(head);
  builder.SetInsertPoint(head);
  auto *number = builder.CreatePHI(word, 2);
  LLVMValue *row = builder.CreateInBoundsGEP(layerType, table, number);
  LLVMValue *task =
      builder.CreateLoad(pointer, builder.CreateStructGEP(layerType, row, 0));
  LLVMValue *items = builder.CreateZExt(
      builder.CreateLoad(word, builder.CreateStructGEP(layerType, row, 1)),
      i64);
  builder.CreateCondBr(builder.CreateIsNull(parallelFor), serial, parallel);
  auto *nothing = builder.getVoidTy();
  builder.SetInsertPoint(serial);
  auto *taskType = llvm::FunctionType::get(nothing, {pointer, i64, i64}, false);
  builder.CreateCall(taskType, task,
                     {layerContext, ConstantInt::get(i64, 0), items});
  builder.CreateBr(next);
  builder.SetInsertPoint(parallel);
  auto *forType =
      llvm::FunctionType::get(nothing, {pointer, i64, pointer, pointer}, false);
  builder.CreateCall(forType, parallelFor, {pool, items, task, layerContext});
  builder.CreateBr(next);
  builder.SetInsertPoint(next);
  LLVMValue *following = builder.CreateAdd(number, ConstantInt::get(word, 1));
  builder.CreateCondBr(builder.CreateICmpULT(following, count), head, done);
  number->addIncoming(ConstantInt::get(word, 0), before);
  number->addIncoming(following, next);
  builder.SetInsertPoint(done);
  builder.CreateRet(ConstantInt::get(i32, 0));
}

void EntryBuilder::build() {
  size_t numTensors = model.inputs.size() + model.outputs.size();
  SmallVector<LLVMType *> types(numTensors + 3, pointer);
  Function *run = addFunction(options.name + "_run", i32, types);
  run->setLinkage(Function::ExternalLinkage);
  // Layers become a part of it; what takes time they call.
  if (isSequence()) {
    run->addFnAttr(llvm::Attribute::MinSize);
    run->addFnAttr(llvm::Attribute::OptimizeForSize);
  }
  builder.SetInsertPoint(BasicBlock::Create(context, "entry", run));
  checkArguments(run);
  LLVMValue *layerContext = storeContext(run);
  if (isSequence())
    return addCalls(layerContext);
  LLVMValue *count = nullptr;
  LLVMValue *table = chooseTable(count);
  addLoop(run, table, count, layerContext);
}

void quantopt::addEntry(llvm::Module &module, const ModelDescription &model,
                        const EmitOptions &options) {
  EntryBuilder(module, model, options).build();
}
