//===- JIT.cpp - Compiled models in this process --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Compiler/JIT.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Pass/PassManager.h"
#include "quant-opt-c/Runtime.h"
#include "quant-opt/Compiler/Session.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/Support/AlignOf.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include <cstring>

using namespace quantopt;
using llvm::Expected;

CompiledModel::CompiledModel() = default;
CompiledModel::~CompiledModel() = default;

/// The passes that are missing up to the LLVM dialect.
static void addMissingPasses(OpPassManager &manager, Phase done,
                             StringRef cpu) {
  if (done < Phase::Prepare)
    buildPreparePipeline(manager, PrepareOptions());
  if (done < Phase::Fuse) {
    FuseOptions fuse;
    fuse.remarks = false;
    buildFusePipeline(manager, fuse);
  }
  if (done < Phase::Kernels) {
    KernelsOptions kernels;
    kernels.cpu = cpu.str();
    buildKernelsPipeline(manager, kernels);
  }
  if (done < Phase::Buffers)
    buildBuffersPipeline(manager, BuffersOptions());
  if (done < Phase::Vectors)
    buildVectorsPipeline(manager, VectorsOptions());
  if (done < Phase::LLVM)
    buildLLVMPipeline(manager, LLVMOptions());
}

Expected<std::unique_ptr<CompiledModel>>
CompiledModel::create(ModuleOp original, StringRef cpu, OptLevel level) {
  auto failed = [] {
    return llvm::createStringError("the model cannot be compiled");
  };
  FailureOr<Phase> done = getModulePhase(original);
  if (mlir::failed(done))
    return failed();
  OwningOpRef<ModuleOp> module(cast<ModuleOp>(original->clone()));
  PassManager manager(original.getContext());
  addMissingPasses(manager, *done, cpu);
  if (mlir::failed(manager.run(*module)))
    return failed();
  FailureOr<ModelDescription> model = describeModel(*module);
  if (mlir::failed(model))
    return failed();
  EmitOptions options;
  options.level = level;
  auto objects = emitObjects(*module, *model, options);
  if (!objects)
    return objects.takeError();
  Expected<Bytes> descriptor = emitDescriptor(*model, options);
  if (!descriptor)
    return descriptor.takeError();
  objects->push_back(std::move(*descriptor));
  return load(*objects);
}

Expected<std::unique_ptr<CompiledModel>>
CompiledModel::load(ArrayRef<Bytes> objects) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::orc::LLJITBuilder().create();
  if (!jit)
    return jit.takeError();
  for (const Bytes &object : objects) {
    auto buffer = llvm::MemoryBuffer::getMemBufferCopy(
        StringRef(object.data(), object.size()), "model");
    if (llvm::Error error = (*jit)->addObjectFile(std::move(buffer)))
      return std::move(error);
  }
  auto symbol = (*jit)->lookup("quantopt_model");
  if (!symbol)
    return symbol.takeError();
  std::unique_ptr<CompiledModel> result(new CompiledModel);
  result->model = symbol->toPtr<qo_model_fn>()();
  result->jit = std::move(*jit);
  qo_error error;
  if (qo_check_model(result->model, &error))
    return llvm::createStringError(error.text);
  if (!qo_best_variant(result->model))
    return llvm::createStringError(
        "the model has no code that this processor can run");
  return result;
}

void CompiledModel::run(ArrayRef<const void *> inputs,
                        ArrayRef<void *> outputs) const {
  // One element more, so that there is always an address.
  size_t alignment = size_t(model->arena_alignment);
  std::vector<char> memory(size_t(model->arena_bytes) + alignment);
  auto address = reinterpret_cast<uintptr_t>(memory.data());
  auto *arena = reinterpret_cast<char *>(llvm::alignTo(address, alignment));
  SmallVector<void *> layerContext = {arena};
  for (auto [i, input] : llvm::enumerate(inputs)) {
    const qo_tensor &tensor = model->inputs[i];
    if (model->io_in_arena)
      std::memcpy(arena + tensor.arena_offset, input, size_t(tensor.bytes));
    layerContext.push_back(const_cast<void *>(input));
  }
  llvm::append_range(layerContext, outputs);
  const qo_variant *variant = qo_best_variant(model);
  for (int64_t i = 0; i < variant->num_layers; ++i)
    variant->layers[i].task(layerContext.data(), 0, variant->layers[i].count);
  for (auto [i, output] : llvm::enumerate(outputs)) {
    const qo_tensor &tensor = model->outputs[i];
    if (model->io_in_arena)
      std::memcpy(output, arena + tensor.arena_offset, size_t(tensor.bytes));
  }
}

uint64_t quantopt::computeGoldenHash(const CompiledModel &compiled) {
  const qo_model &model = compiled.getModel();
  qo_session session;
  qo_error error;
  if (qo_session_open(&session, &model, qo_best_variant(&model), 1, &error))
    return 0;
  bool canFill = true;
  for (int64_t i = 0; i < model.num_inputs; ++i)
    canFill &= !qo_selftest_fill(&model.inputs[i], i, session.inputs[i]);
  uint64_t hash = canFill ? qo_selftest_run(&session) : 0;
  qo_session_close(&session);
  return hash;
}
