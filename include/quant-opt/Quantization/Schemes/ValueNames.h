//===- ValueNames.h - Stable names of values --------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_VALUENAMES_H
#define QUANTOPT_QUANTIZATION_SCHEMES_VALUENAMES_H

#include "mlir/IR/Value.h"
#include "quant-opt/Support/LLVM.h"
#include <string>

namespace quantopt {

/// The name that a value's source has: the `qnn.name` of an argument, the name
/// in the location of an op, or the op's name.
std::string getValueName(Value value);

/// A unique name for each value: repeated names get `#2`, `#3`, ... in order.
SmallVector<std::string> getUniqueNames(ArrayRef<Value> values);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_VALUENAMES_H
