//===- ScalarOps.h - Instructions of scalar programs ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_SCALAROPS_H
#define QUANTOPT_LIB_REFERENCE_SCALAROPS_H

#include "quant-opt/Reference/ScalarProgram.h"
#include <array>

namespace quantopt::reference {

/// One step of a scalar program.
struct ScalarProgram::Instruction {
  /// What one step knows of the frame.
  struct Context {
    Scalar *slots;
    ArrayRef<Tensor> tensors;
    ArrayRef<int64_t> indices;
    const char *failure = nullptr; ///< set when the step cannot be done
  };
  void (*execute)(const Instruction &, Context &) = nullptr;
  SmallVector<unsigned, 3> operands; ///< slots
  unsigned result = 0;               ///< slot; a second result follows it
  unsigned width = 0;     ///< bits of the result's integer or float type
  unsigned fromWidth = 0; ///< bits of the first operand's type
  int64_t immediate = 0;  ///< predicate, dimension or capture
  ArrayRef<int8_t> table; ///< of a look-up
  /// Of a weighted sum: multipliers, offset, shift.
  std::array<int32_t, 4> numbers = {};

  const Scalar &get(const Context &context, unsigned i) const {
    return context.slots[operands[i]];
  }
};

/// Fills what an `arith` or `math` op does into an instruction whose operands
/// and result are set; false when the op is not known.
bool selectScalarOp(Operation *op, ScalarProgram::Instruction &instruction);

/// `value` as an integer of this width: sign-extended, i1 as 0 or 1.
inline int64_t wrapInteger(uint64_t value, unsigned width) {
  if (width >= 64)
    return static_cast<int64_t>(value);
  if (width == 1)
    return static_cast<int64_t>(value & 1);
  unsigned shift = 64 - width;
  return static_cast<int64_t>(value << shift) >> shift;
}

/// The bits of an integer of this width without sign.
inline uint64_t toUnsigned(int64_t value, unsigned width) {
  auto bits = static_cast<uint64_t>(value);
  return width >= 64 ? bits : bits & ((uint64_t(1) << width) - 1);
}

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_SCALAROPS_H
