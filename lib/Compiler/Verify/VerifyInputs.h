//===- VerifyInputs.h - Inputs that find wrong code -------------- -*- C++
//-*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_VERIFY_VERIFYINPUTS_H
#define QUANTOPT_LIB_COMPILER_VERIFY_VERIFYINPUTS_H

#include "mlir/IR/Value.h"
#include "quant-opt-c/Npy.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// What all inputs of one run consist of.
enum class InputPattern {
  Random,
  RandomMagnitude, ///< any exponent; integers as `Random`
  Minimum,
  Maximum,
  Zero,    ///< integers: the zero point
  Ties,    ///< floats half-way between two steps; integers alternate ends
  Special, ///< NaN, infinities, subnormals, ends of the range and others
};
inline constexpr InputPattern kInputPatterns[] = {
    InputPattern::Random,  InputPattern::RandomMagnitude,
    InputPattern::Minimum, InputPattern::Maximum,
    InputPattern::Zero,    InputPattern::Ties,
    InputPattern::Special};

/// The pattern's name in messages.
StringRef getPatternName(InputPattern pattern);

/// Fills the buffer of input number `index`, the same way every time. Floats
/// are scaled to `grid`, by which the model rounds them first; null without
/// rounding. Returns false when the element type is not known.
bool fillInput(const qo_tensor &input, int64_t index, InputPattern pattern,
               qnn::AffineType grid, void *buffer);

/// How a float argument is rounded first: the type of the first
/// `qnn.quantize` that its elements reach unchanged, or null.
qnn::AffineType findInputGrid(Value argument);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_VERIFY_VERIFYINPUTS_H
