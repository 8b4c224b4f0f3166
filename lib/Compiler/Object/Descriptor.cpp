//===- Descriptor.cpp - The description that a model exports --------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Entry.h"
#include "quant-opt-c/Model.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace quantopt;
using llvm::Constant;

#ifndef QUANTOPT_VERSION
#error "the build defines the version"
#endif

namespace {
/// Builds the constant data that `quantopt_model` returns, field by field as in
/// quant-opt-c/Model.h.
class DescriptorBuilder {
public:
  DescriptorBuilder(llvm::Module &module, const ModelDescription &model)
      : module(module), model(model), context(module.getContext()),
        pointer(llvm::PointerType::get(context, 0)),
        i32(llvm::Type::getInt32Ty(context)),
        i64(llvm::Type::getInt64Ty(context)),
        f32(llvm::Type::getFloatTy(context)) {}

  llvm::GlobalVariable *build();

private:
  Constant *number(int64_t value) {
    return llvm::ConstantInt::get(i64, value, /*IsSigned=*/true);
  }
  Constant *text(StringRef value) {
    return add(llvm::ConstantDataArray::getString(context, value));
  }
  llvm::GlobalVariable *add(Constant *value) {
    auto *global =
        new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                                 llvm::GlobalValue::PrivateLinkage, value);
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    return global;
  }
  /// The address of an array; null when it is empty.
  Constant *array(ArrayRef<Constant *> rows) {
    if (rows.empty())
      return llvm::ConstantPointerNull::get(pointer);
    auto *type = llvm::ArrayType::get(rows.front()->getType(), rows.size());
    return add(llvm::ConstantArray::get(type, rows));
  }
  Constant *row(ArrayRef<Constant *> fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }

  Constant *tensors(ArrayRef<TensorDescription> tensors);
  Constant *layers(const VariantDescription &variant);
  Constant *variants();

  llvm::Module &module;
  const ModelDescription &model;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
  llvm::Type *i32, *i64, *f32;
};
} // namespace

/// An array of `qo_tensor`.
Constant *DescriptorBuilder::tensors(ArrayRef<TensorDescription> tensors) {
  SmallVector<Constant *> rows;
  for (const TensorDescription &tensor : tensors) {
    SmallVector<Constant *> shape;
    for (int64_t size : tensor.shape)
      shape.push_back(number(size));
    rows.push_back(
        row({text(tensor.name), text(tensor.type),
             number(int64_t(tensor.shape.size())), array(shape),
             number(tensor.getNumBytes()),
             llvm::ConstantFP::get(context, llvm::APFloat(tensor.scale)),
             llvm::ConstantInt::getSigned(i32, tensor.zeroPoint),
             number(tensor.arenaOffset.value_or(0))}));
  }
  return array(rows);
}

/// An array of `qo_layer`.
Constant *DescriptorBuilder::layers(const VariantDescription &variant) {
  auto *type = llvm::FunctionType::get(llvm::Type::getVoidTy(context),
                                       {pointer, i64, i64}, false);
  SmallVector<Constant *> rows;
  for (const LayerDescription &layer : variant.layers) {
    auto *task = cast<llvm::Function>(
        module.getOrInsertFunction(layer.symbol, type).getCallee());
    task->setVisibility(llvm::GlobalValue::HiddenVisibility);
    rows.push_back(row({text(layer.name), task, number(layer.count)}));
  }
  return array(rows);
}

/// An array of `qo_variant`.
Constant *DescriptorBuilder::variants() {
  SmallVector<Constant *> rows;
  for (const VariantDescription &variant : model.variants)
    rows.push_back(row({text(variant.isa), text(variant.cpuFlags),
                        number(int64_t(variant.layers.size())), layers(variant),
                        number(variant.codeBytes)}));
  return array(rows);
}

llvm::GlobalVariable *DescriptorBuilder::build() {
  auto size = [&](const auto &range) { return number(int64_t(range.size())); };
  Constant *golden = llvm::ConstantInt::get(i64, model.goldenHash);
  return add(
      row({llvm::ConstantInt::get(i32, QO_ABI_VERSION), text(model.name),
           text("quant-opt " QUANTOPT_VERSION), text(model.triple),
           size(model.inputs), tensors(model.inputs), size(model.outputs),
           tensors(model.outputs), number(model.arenaBytes),
           number(kArenaAlignment), number(model.weightBytes),
           number(model.constBytes), number(model.floatOps),
           size(model.variants), variants(), golden, number(model.fastFloat),
           number(model.hasTensorsInArena())}));
}

llvm::Expected<Bytes> quantopt::emitDescriptor(const ModelDescription &model,
                                               const EmitOptions &options) {
  auto machine = createTargetMachine(model, OptLevel::Os);
  if (!machine)
    return machine.takeError();
  llvm::LLVMContext context;
  llvm::Module module("descriptor", context);
  module.setTargetTriple((*machine)->getTargetTriple());
  module.setDataLayout((*machine)->createDataLayout());
  module.setPICLevel(llvm::PICLevel::SmallPIC);
  llvm::GlobalVariable *data = DescriptorBuilder(module, model).build();
  auto *type = llvm::FunctionType::get(data->getType(), {}, false);
  auto *function = llvm::Function::Create(type, llvm::Function::ExternalLinkage,
                                          "quantopt_model", module);
  setFunctionTarget(*function, model.variants.back(), OptLevel::Os);
  llvm::IRBuilder<> builder(
      llvm::BasicBlock::Create(context, "entry", function));
  builder.CreateRet(data);
  return generateCode(module, **machine, OptLevel::Os, CodeKind::Object);
}
