//===- WeightFormats.h - The names of weight formats ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The table of the formats that `--weights` names, and what the other options
/// about weights may say for each. Nothing else lists formats.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTFORMATS_H
#define QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTFORMATS_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace quantopt {

/// What the user asked for, in the words of the command line. Empty text means
/// the standard of the format.
struct WeightOptions {
  std::string weights = "i8";
  std::string granularity;          // tensor channel axis<N> rows<N> block<N>
  std::string scheme = "symmetric"; // symmetric affine
  std::string scales;               // f32 f16 double
  std::string range;                // narrow full MIN:MAX
};

/// A way to store weights.
struct WeightScheme {
  Type type;
  /// Whether zero points are free.
  bool affine = false;
  /// The type of the scales, or null for the standard.
  Type scales;
};

/// One row of the table.
struct WeightFormat {
  enum class Kind { Float32, Float16, BFloat16, Signed, Unsigned, Codes };

  StringRef name;
  Kind kind;
  /// Of an element.
  unsigned bits;
  /// For `Codes`.
  qnn::CodeSet codes;
  /// The granularities that it has, in the words of the command line with 'N'
  /// for a number. The standard one comes first. Empty without scales.
  StringRef granularities;
  /// Scales are powers of two that blocks of 32 share.
  bool isMicroscaled;

  /// Whether elements are integers that kernels multiply with integers.
  bool hasIntegerProducts() const {
    return kind == Kind::Codes ? codes <= qnn::CodeSet::Ternary : bits <= 8;
  }
  /// Whether zero points may be free.
  bool hasZeroPoints() const {
    return !isMicroscaled && bits <= 8 && kind != Kind::Codes;
  }
};

/// All formats.
ArrayRef<WeightFormat> getWeightFormats();

/// The format with this name, or null.
const WeightFormat *findWeightFormat(StringRef name);

/// A line for each format: name, bits, granularities, schemes, types of scales,
/// and whether it takes part in integer products.
std::string describeWeightFormats();

/// The scheme that the options name, or an error that says what is expected.
llvm::Expected<WeightScheme> makeWeightScheme(MLIRContext *context,
                                              const WeightOptions &options);

/// Fails like `makeWeightScheme`.
llvm::Error checkWeightOptions(const WeightOptions &options);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTFORMATS_H
