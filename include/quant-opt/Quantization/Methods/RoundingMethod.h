//===- RoundingMethod.h - How weights are rounded ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_METHODS_ROUNDINGMETHOD_H
#define QUANTOPT_QUANTIZATION_METHODS_ROUNDINGMETHOD_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <string>

namespace quantopt {

/// The steps that round a weight, in the order in which they run. Without any,
/// the largest magnitude gives the scale and each value its nearest code.
struct RoundingMethod {
  bool equalizes = false;      ///< `equalize`: done by `qnn-equalize`
  bool searchesScales = false; ///< `mse`, see `searchScales`
  bool spreadsErrors = false;  ///< `gptq`, see `spreadErrors`
  bool descends = false;       ///< `descent`, see `descend`
  bool correctsBias = false;   ///< `bias`

  /// Parses `rtn` or steps joined by '+'.
  static llvm::Expected<RoundingMethod> parse(StringRef text);
  /// The same without what is done before weights are rounded.
  RoundingMethod withoutPreparation() const {
    RoundingMethod result = *this;
    result.equalizes = false;
    return result;
  }
  /// The text that `parse` takes.
  std::string toString() const;

  /// Whether no step chooses codes or changes biases.
  bool isNearest() const {
    return !searchesScales && !spreadsErrors && !descends && !correctsBias;
  }
  /// Whether a step cannot do without statistics of the layer's inputs.
  bool needsStatistics() const {
    return spreadsErrors || descends || correctsBias;
  }
};

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_METHODS_ROUNDINGMETHOD_H
