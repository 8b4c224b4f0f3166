//===- QuantizationPipelines.cpp - Phases up to 'fuse' --------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Pipelines/Pipelines.h"
#include "quant-opt/Quantization/Transforms/Passes.h"

using namespace quantopt;

/// Folds, removes dead code and joins equal ops.
static void addCleanup(OpPassManager &manager) {
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void quantopt::buildPreparePipeline(OpPassManager &manager,
                                    const PrepareOptions &options) {
  manager.addPass(qnn::createFoldConstantsPass());
  manager.addPass(qnn::createPropagateTransposesPass());
  manager.addPass(qnn::createFoldPaddingPass());
  manager.addPass(qnn::createFoldScalesPass());
  manager.addPass(qnn::createFuseActivationsPass());
  // Folding scales may bring padding next to its window and the reverse.
  manager.addPass(qnn::createFoldPaddingPass());
  manager.addPass(qnn::createCombineScalesPass());
  manager.addPass(qnn::createFoldConstantsPass());
  if (!options.prune.empty()) {
    qnn::PruneWeightsPassOptions prune;
    prune.amount = options.prune;
    manager.addPass(qnn::createPruneWeightsPass(prune));
  }
  manager.addPass(qnn::createEliminateDeadChannelsPass());
  if (options.equalize)
    manager.addPass(qnn::createEqualizePass());
  addCleanup(manager);
  manager.addPass(qnn::createVerifyPreparedPass());
  addPhaseMark(manager, Phase::Prepare);
}

void quantopt::buildCalibratePipeline(OpPassManager &manager,
                                      const CalibrateOptions &options) {
  AttachRangesPassOptions attach;
  attach.table = options.table;
  attach.integerOnly = options.integerOnly;
  manager.addPass(createAttachRangesPass(attach));
  VerifyRangesPassOptions verify;
  verify.integerOnly = options.integerOnly;
  if (!attach.table.empty())
    manager.addPass(createVerifyRangesPass(verify));
  addPhaseMark(manager, Phase::Calibrate);
}

void quantopt::buildSelectPipeline(OpPassManager &manager,
                                   const SelectOptions &options) {
  SelectWeightsPassOptions select;
  select.weights = options.weights;
  select.granularity = options.granularity;
  select.scheme = options.scheme;
  select.scales = options.scales;
  select.range = options.range;
  select.minElements = options.minElements;
  llvm::append_range(select.exclude, options.exclude);
  select.config = options.config;
  manager.addPass(createSelectWeightsPass(select));
  manager.addPass(createVerifySchemesPass());
  addPhaseMark(manager, Phase::Select);
}

void quantopt::buildQuantizePipeline(OpPassManager &manager,
                                     const QuantizeOptions &options) {
  QuantizeWeightsPassOptions weights;
  weights.methodName = options.method;
  weights.statisticsFile = options.statistics;
  manager.addPass(createQuantizeWeightsPass(weights));
  if (options.activations || options.integerOnly) {
    QuantizeActivationsPassOptions activations;
    activations.integerOnly = options.integerOnly;
    activations.bits = options.bits;
    manager.addPass(createQuantizeActivationsPass(activations));
  }
  if (options.quantizedIO || options.integerOnly) {
    QuantizeBorderPassOptions border;
    border.required = options.integerOnly;
    manager.addPass(createQuantizeBorderPass(border));
  }
  if (options.dynamic) {
    QuantizeInputsPassOptions inputs;
    inputs.perTensor = options.dynamicPerTensor;
    manager.addPass(createQuantizeInputsPass(inputs));
  }
  addPhaseMark(manager, Phase::Quantize);
}

void quantopt::buildFusePipeline(OpPassManager &manager,
                                 const FuseOptions &options) {
  manager.addPass(createRoundBiasesPass());
  FuseIntegerPassOptions fuse;
  fuse.integerOnly = options.integerOnly;
  fuse.rounding = options.rounding;
  fuse.remarks = options.remarks;
  manager.addPass(createFuseIntegerPass(fuse));
  manager.addPass(qnn::createRemoveConstantChannelsPass());
  addCleanup(manager);
  VerifyFusedPassOptions verify;
  verify.integerOnly = options.integerOnly;
  manager.addPass(createVerifyFusedPass(verify));
  addPhaseMark(manager, Phase::Fuse);
}

void quantopt::registerQuantizationPipelines() {
  auto describe = [](Phase phase) {
    return ("Phase '" + getPhaseName(phase) +
            "': " + getPhaseDescription(phase))
        .str();
  };
  // Registration keeps the text.
  static const std::string prepare = describe(Phase::Prepare);
  static const std::string calibrate = describe(Phase::Calibrate);
  static const std::string select = describe(Phase::Select);
  static const std::string quantize = describe(Phase::Quantize);
  static const std::string fuse = describe(Phase::Fuse);
  PassPipelineRegistration<PrepareOptions>("prepare-pipeline", prepare,
                                           buildPreparePipeline);
  PassPipelineRegistration<CalibrateOptions>("calibrate-pipeline", calibrate,
                                             buildCalibratePipeline);
  PassPipelineRegistration<SelectOptions>("select-pipeline", select,
                                          buildSelectPipeline);
  PassPipelineRegistration<QuantizeOptions>("quantize-pipeline", quantize,
                                            buildQuantizePipeline);
  PassPipelineRegistration<FuseOptions>("fuse-pipeline", fuse,
                                        buildFusePipeline);
}
