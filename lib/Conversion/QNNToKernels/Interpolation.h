//===- Interpolation.h - Interpolated integers as scalar IR -----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Interpolations of integers along one axis after another are read at once, so
/// that no sums are stored between them.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_INTERPOLATION_H
#define QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_INTERPOLATION_H

#include "LoweringState.h"
#include "quant-opt/Support/Arithmetic.h"

namespace quantopt {

/// Whether the op is computed where its only user, an interpolation as well,
/// is.
bool isInnerInterpolation(Operation *op);

/// An interpolation with the inner ones that it reads.
class Interpolation {
public:
  Interpolation(LoweringState &state, qnn::InterpolateFixedOp op);

  /// The sum at an index of the result, as `i32`.
  Value read(OpBuilder &builder, Location loc, SmallVector<Value> index) const;
  /// What sums can be.
  IntegerRange getRange() const;

private:
  struct Axis {
    qnn::InterpolateFixedOp op;
    Value lower, upper, fractions;
  };

  Value read(OpBuilder &builder, Location loc, SmallVector<Value> index,
             ArrayRef<Axis> inner) const;

  LoweringState &state;
  /// The outermost first.
  SmallVector<Axis> axes;
  Value input;
};

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOKERNELS_INTERPOLATION_H
