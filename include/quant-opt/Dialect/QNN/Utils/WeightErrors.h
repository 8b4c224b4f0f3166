//===- WeightErrors.h - What rounding weights has cost ---------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_WEIGHTERRORS_H
#define QUANTOPT_DIALECT_QNN_UTILS_WEIGHTERRORS_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Support/LLVM.h"
#include <string>

namespace quantopt::qnn {

/// The mean squared change of a layer's outputs, over their mean square, that
/// comes from rounding its weight: to nearest, and with the method used. Kept
/// on the module up to the report.
struct WeightError {
  std::string name;
  double nearest = 0;
  double used = 0;
};

/// The attributes of a module that hold them, and what `qnn-equalize` has
/// changed: there `nearest` is the squared error of the weight itself before,
/// and `used` after.
inline StringRef getWeightErrorsAttrName() { return "qnn.weight_errors"; }
inline StringRef getEqualizationAttrName() { return "qnn.equalization"; }

/// An array of dictionaries with `name`, `nearest` and `used`.
bool isWeightErrors(Attribute attr);

void setWeightErrors(ModuleOp module, ArrayRef<WeightError> errors,
                     StringRef attrName = getWeightErrorsAttrName());
/// Those of a module; none if it has no (valid) attribute.
SmallVector<WeightError>
getWeightErrors(ModuleOp module,
                StringRef attrName = getWeightErrorsAttrName());

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_WEIGHTERRORS_H
