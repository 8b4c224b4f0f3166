//===- WeightScheme.h - How weights are stored ------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTSCHEME_H
#define QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTSCHEME_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Quantization/Schemes/WeightFormats.h"
#include "llvm/Support/Error.h"
#include <string>

namespace quantopt {

/// A contraction with a constant weight, and its name in reports and files.
struct NamedContraction {
  qnn::ContractionOpInterface op;
  std::string name;
};

/// The contractions of a function whose weight is constant data, in order.
SmallVector<NamedContraction> getNamedContractions(func::FuncOp function);

/// Whether `name` matches a pattern in which `*` stands for any characters.
bool matchesPattern(StringRef name, StringRef pattern);

/// The decisions in a function (`#qnn.scheme` attributes) as JSON:
/// `{"version": 1, "weights": [{"name": .., "type": .., "reason": ..}]}`.
std::string writeSchemes(func::FuncOp function);

/// Sets the decisions of such a file. Names of the file that the function does
/// not have are errors.
llvm::Error readSchemes(func::FuncOp function, StringRef text, StringRef path);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTSCHEME_H
