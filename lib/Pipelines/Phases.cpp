//===- Phases.cpp - Names of phases ---------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/Pass/PassManager.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Pipelines/Pipelines.h"
#include <array>

using namespace quantopt;

namespace {
struct PhaseInfo {
  StringRef name;
  StringRef description;
};
} // namespace

static constexpr std::array<PhaseInfo, kNumPhases> phases = {{
    {"import", "read a model into the qnn dialect"},
    {"prepare", "fold constants and scales, bring channels last"},
    {"calibrate", "attach the ranges of activations"},
    {"select", "decide how each weight is stored"},
    {"quantize", "quantize weights, insert rounding points"},
    {"fuse", "compute on integers between rounding points"},
    {"kernels", "choose a kernel for each op and pack weights"},
    {"buffers", "place all tensors in one arena"},
    {"vectors", "emit loops of vector code"},
    {"llvm", "convert to the LLVM dialect"},
    {"object", "optimize and emit machine code"},
}};

StringRef quantopt::getPhaseName(Phase phase) {
  return phases[unsigned(phase)].name;
}

StringRef quantopt::getPhaseDescription(Phase phase) {
  return phases[unsigned(phase)].description;
}

std::optional<Phase> quantopt::parsePhase(StringRef name) {
  for (unsigned i = 0; i < kNumPhases; ++i)
    if (phases[i].name == name)
      return Phase(i);
  return std::nullopt;
}

void quantopt::addPhaseMark(OpPassManager &manager, Phase phase) {
  qnn::MarkPhasePassOptions options;
  options.phase = getPhaseName(phase).str();
  manager.addPass(qnn::createMarkPhasePass(options));
}
