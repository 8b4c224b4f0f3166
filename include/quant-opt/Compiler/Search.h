//===- Search.h - The format of each weight by measurement ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A search for the smallest model within a loss of accuracy, or the most
/// accurate within a number of bytes. The loss is measured on the samples of
/// `--calibrate` with the compiled program: first of each layer in each format,
/// all others as they are; noises of layers are then added. Points on the lower
/// convex hull of bytes and noise are measured as they will run.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_SEARCH_H
#define QUANTOPT_COMPILER_SEARCH_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Compiler/CompileOptions.h"

namespace quantopt {

/// What one layer takes and loses in one format.
struct FormatCost {
  int64_t bytes;
  /// Squared error of the model's outputs, over their squares.
  double noise;
};

/// The number of a format for each layer.
using FormatChoice = std::vector<size_t>;

/// The choices on the way from the one with the least noise to the smallest:
/// each takes the step of one layer that costs the least noise per byte, along
/// the lower convex hull of the layer's formats.
std::vector<FormatChoice>
findSmallerChoices(ArrayRef<std::vector<FormatCost>> layers);

/// Exchanges formats for better ones, the largest gain per byte first, as long
/// as all layers together stay within `maxBytes`.
void useBytesLeft(ArrayRef<std::vector<FormatCost>> layers, int64_t maxBytes,
                  FormatChoice &choice);

/// Replaces the default decisions about weights in a module that has been
/// through `select` by those that `options.maxBytes` and `options.maxDrop` ask
/// for, and writes `options.front`. `statistics` is the file that methods of
/// rounding need, or empty.
llvm::Error searchFormats(ModuleOp module, const CompileOptions &options,
                          StringRef statistics);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_SEARCH_H
