//===- ObservedValues.h - Values that calibration looks at ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_OBSERVEDVALUES_H
#define QUANTOPT_QUANTIZATION_SCHEMES_OBSERVEDVALUES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "quant-opt/Quantization/Schemes/RoundingPlan.h"

namespace quantopt {

/// A float value that needs a range, and its name in range tables.
struct ObservedValue {
  Value value;
  std::string name;
};

/// The values of `function` that need a range before activations can be
/// quantized, in program order, arguments first.
SmallVector<ObservedValue>
selectObservedValues(func::FuncOp function,
                     const RoundingPlan::Options &options = {});

/// A program that computes what calibration looks at.
struct ObservationModule {
  /// A copy of the model whose `@main` returns the observed results of ops
  /// behind its own results, in the order of `resultNames`.
  OwningOpRef<ModuleOp> module;
  SmallVector<std::string> resultNames;
  /// Observed arguments: the number of the argument and its name.
  SmallVector<std::pair<unsigned, std::string>> arguments;
};

/// Makes a program whose `@main` returns the given values of that function
/// behind its own results.
FailureOr<ObservationModule>
createObservationModule(OwningOpRef<ModuleOp> module,
                        ArrayRef<ObservedValue> values);

/// Builds the observation program of a prepared model.
FailureOr<ObservationModule>
createObservationModule(ModuleOp module,
                        const RoundingPlan::Options &options = {});

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_OBSERVEDVALUES_H
