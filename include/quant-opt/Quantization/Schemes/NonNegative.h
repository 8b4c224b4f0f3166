//===- NonNegative.h - Values that are never negative -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_NONNEGATIVE_H
#define QUANTOPT_QUANTIZATION_SCHEMES_NONNEGATIVE_H

#include "mlir/IR/Value.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/DenseMap.h"

namespace quantopt {

/// Finds out which float values cannot be below 0 (they may be NaN), from the
/// ops that produce them. Remembers its answers: the functions must not change
/// in between, except that ops without influence on values are added.
class NonNegativeValues {
public:
  bool contains(Value value);

private:
  bool compute(Value value);

  llvm::DenseMap<Value, bool> known;
};

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_NONNEGATIVE_H
