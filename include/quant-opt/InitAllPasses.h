//===- InitAllPasses.h - Every pass a tool needs ----------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_INITALLPASSES_H
#define QUANTOPT_INITALLPASSES_H

#include "mlir/InitAllPasses.h"
#include "quant-opt/Codegen/Passes.h"
#include "quant-opt/Conversion/QNNToKernels/Passes.h"
#include "quant-opt/Conversion/QNNToQuant/Passes.h"
#include "quant-opt/Dialect/QNN/Transforms/Passes.h"
#include "quant-opt/Pipelines/Pipelines.h"
#include "quant-opt/Quantization/Transforms/Passes.h"

namespace quantopt {

/// Registers the project's passes and pipelines, and upstream's.
inline void registerAllPasses() {
  mlir::registerAllPasses();
  qnn::registerQNNTransformsPasses();
  registerQuantizationTransformsPasses();
  registerQuantizationPipelines();
  registerQNNToKernelsPasses();
  registerQNNToQuantPasses();
  registerCodegenPasses();
  registerCodegenPipelines();
}

} // namespace quantopt

#endif // QUANTOPT_INITALLPASSES_H
