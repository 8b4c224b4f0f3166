//===- CodegenPipelines.cpp - Phases from kernels to LLVM -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Conversion/QNNToKernels/Passes.h"
#include "quant-opt/Pipelines/Pipelines.h"

using namespace quantopt;

void quantopt::buildKernelsPipeline(OpPassManager &manager,
                                    const KernelsOptions &options) {
  SpecializeTargetsOptions target;
  target.triple = options.triple;
  target.cpu = options.cpu;
  target.features = options.features;
  manager.addPass(createSpecializeTargets(target));
  ConvertQNNToKernelsOptions convert;
  convert.floatMode = options.floatMode;
  convert.storage = options.storage;
  manager.addPass(createConvertQNNToKernels(convert));
  manager.addPass(createReportSlowKernels());
  addPhaseMark(manager, Phase::Kernels);
}

void quantopt::buildBuffersPipeline(OpPassManager &manager,
                                    const BuffersOptions &options) {
  manager.addPass(bufferization::createEmptyTensorEliminationPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  manager.addPass(bufferization::createOneShotBufferizePass(bufferize));
  manager.addPass(createPlaceResults());
  // Equal views become one, and copies of a view onto itself vanish.
  manager.addPass(createCSEPass());
  manager.addPass(createCanonicalizerPass());
  // Weights as they were before packing.
  manager.addPass(createSymbolDCEPass());
  StreamRowsOptions stream;
  stream.cacheBytes = options.cacheBytes;
  stream.ioInArena = options.ioInArena;
  manager.addPass(createStreamRows(stream));
  PlanArenaOptions plan;
  plan.ioInArena = options.ioInArena;
  manager.addPass(createPlanArena(plan));
  manager.addPass(createVerifyNoAlloc());
  addPhaseMark(manager, Phase::Buffers);
}

void quantopt::buildVectorsPipeline(OpPassManager &manager,
                                    const VectorsOptions &options) {
  manager.addPass(createOutlineLayers());
  manager.addPass(createShareKernels(ShareKernelsOptions{options.commonLoops}));
  manager.addPass(createLowerKernels());
  // Layers are independent: threads share them.
  OpPassManager &layers = manager.nest<func::FuncOp>();
  layers.addPass(createCanonicalizerPass());
  layers.addPass(createCSEPass());
  layers.addPass(createLoopInvariantCodeMotionPass());
  manager.addPass(createShortenTables());
  addPhaseMark(manager, Phase::Vectors);
}

/// Conversions to the LLVM dialect with indices of this width.
static void addConversions(OpPassManager &manager, unsigned indexBits) {
  OpPassManager &layers = manager.nest<func::FuncOp>();
  // Upstream's pass knows indices of 64 bits only.
  if (indexBits == 64)
    layers.addPass(createConvertVectorToLLVMPass());
  else
    layers.addPass(
        createConvertVectorsToLLVM(ConvertVectorsToLLVMOptions{indexBits}));
  layers.addPass(createConvertMathToLLVMPass());
  layers.addPass(arith::createArithExpandOpsPass());
  ArithToLLVMConversionPassOptions arithOptions;
  arithOptions.indexBitwidth = indexBits;
  layers.addPass(createArithToLLVMConversionPass(arithOptions));
  FinalizeMemRefToLLVMConversionPassOptions memrefOptions;
  memrefOptions.indexBitwidth = indexBits;
  manager.addPass(createFinalizeMemRefToLLVMConversionPass(memrefOptions));
  ConvertControlFlowToLLVMPassOptions branchOptions;
  branchOptions.indexBitwidth = indexBits;
  manager.addPass(createConvertControlFlowToLLVMPass(branchOptions));
  ConvertFuncToLLVMPassOptions funcOptions;
  funcOptions.useBarePtrCallConv = true;
  funcOptions.indexBitwidth = indexBits;
  manager.addPass(createConvertFuncToLLVMPass(funcOptions));
}

void quantopt::buildLLVMPipeline(OpPassManager &manager,
                                 const LLVMOptions &options) {
  manager.addPass(createLegalizeMath());
  manager.addPass(createConvertQVecToLLVM());
  OpPassManager &layers = manager.nest<func::FuncOp>();
  layers.addPass(memref::createExpandStridedMetadataPass());
  layers.addPass(createLowerAffinePass());
  layers.addPass(createSCFToControlFlowPass());
  addConversions(manager, unsigned(options.indexBits));
  OpPassManager &functions = manager.nest<LLVM::LLVMFuncOp>();
  functions.addPass(createUBToLLVMConversionPass());
  functions.addPass(createReconcileUnrealizedCastsPass());
  functions.addPass(createCanonicalizerPass());
  functions.addPass(createCSEPass());
  if (options.mergeKernels)
    manager.addPass(createMergeKernels());
  manager.addPass(createMakeTasks());
  addPhaseMark(manager, Phase::LLVM);
}

void quantopt::buildScalarsPipeline(OpPassManager &manager) {
  OpPassManager &layers = manager.nest<func::FuncOp>();
  layers.addPass(createScalarizeVectors());
  layers.addPass(createLowerAffinePass());
  layers.addPass(arith::createArithExpandOpsPass());
  layers.addPass(createCanonicalizerPass());
  layers.addPass(createCSEPass());
  layers.addPass(createLoopInvariantCodeMotionPass());
}

void quantopt::registerCodegenPipelines() {
  PassPipelineRegistration<KernelsOptions>(
      "kernels-pipeline", getPhaseDescription(Phase::Kernels).str(),
      buildKernelsPipeline);
  PassPipelineRegistration<BuffersOptions>(
      "buffers-pipeline", getPhaseDescription(Phase::Buffers).str(),
      buildBuffersPipeline);
  PassPipelineRegistration<VectorsOptions>(
      "vectors-pipeline", getPhaseDescription(Phase::Vectors).str(),
      buildVectorsPipeline);
  PassPipelineRegistration<LLVMOptions>("llvm-pipeline",
                                        getPhaseDescription(Phase::LLVM).str(),
                                        buildLLVMPipeline);
  PassPipelineRegistration<>("scalars-pipeline",
                             "turn vectors into scalars, for code in C",
                             buildScalarsPipeline);
}
