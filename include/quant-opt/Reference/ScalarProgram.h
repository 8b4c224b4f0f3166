//===- ScalarProgram.h - Evaluating regions of scalars ----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The bodies of `linalg.generic`, of kernels' epilogues and of similar ops:
/// `arith` and `math` on scalars, `linalg.index` and `tensor.extract`. A region
/// is compiled once to a list of instructions over numbered slots and run for
/// every element.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_REFERENCE_SCALARPROGRAM_H
#define QUANTOPT_REFERENCE_SCALARPROGRAM_H

#include "mlir/IR/Operation.h"
#include "quant-opt/Reference/Tensor.h"

namespace quantopt::reference {

/// A number while a region is evaluated; its type says which field counts.
struct Scalar {
  /// Integers and index, sign-extended from their width; i1 is 0 or 1.
  int64_t integer = 0;
  /// Floats of any width, exact.
  double real = 0;

  static Scalar fromInteger(int64_t value) { return {value, 0}; }
  static Scalar fromReal(double value) { return {0, value}; }
};

/// Element `i` of a tensor, and writing it. Unsigned and quantized elements
/// count as their stored integers.
Scalar getScalar(const Tensor &tensor, int64_t i);
void setScalar(Tensor &tensor, int64_t i, Scalar value);

class ScalarProgram {
public:
  /// Compiles a region with one block whose terminator returns scalars. Fails,
  /// naming the op, on an op that is not known.
  static llvm::Expected<ScalarProgram> compile(Region &region);

  /// Compiles one `arith` or `math` op; its operands are the arguments, its
  /// results the results.
  static llvm::Expected<ScalarProgram> compile(Operation *op);

  /// The values from above that the region uses, in the order in which `bind`
  /// takes them: scalars as tensors of rank 0.
  ArrayRef<Value> getCaptures() const { return captures; }

  unsigned getNumArguments() const { return numArguments; }
  unsigned getNumResults() const { return results.size(); }

  /// The memory of one evaluation; reused from element to element.
  class Frame {
    friend class ScalarProgram;
    std::vector<Scalar> slots;
    SmallVector<Tensor> tensors; // by capture
    SmallVector<int64_t> indices;
  };

  /// A frame for these values of the captures.
  Frame bind(ArrayRef<Tensor> captureValues = {}) const;

  /// Evaluates the region. `indices` are what `linalg.index` sees. Fails when
  /// `tensor.extract` reads outside its tensor or an integer is divided by 0.
  llvm::Error run(Frame &frame, ArrayRef<Scalar> arguments,
                  ArrayRef<int64_t> indices,
                  MutableArrayRef<Scalar> outputs) const;

  struct Instruction;

private:
  class Compiler;

  std::vector<Instruction> instructions;
  std::vector<Scalar> initial; // slots with their constants
  SmallVector<Value> captures;
  SmallVector<unsigned> captureSlots;
  SmallVector<unsigned> results; // slots
  unsigned numArguments = 0;     // the first slots

public:
  // Out of line: Instruction is private to the implementation.
  ScalarProgram();
  ~ScalarProgram();
  ScalarProgram(ScalarProgram &&);
  ScalarProgram &operator=(ScalarProgram &&);
};

/// Compiles and runs a region once.
llvm::Expected<SmallVector<Scalar>>
evaluateRegion(Region &region, ArrayRef<Scalar> arguments,
               ArrayRef<Tensor> captureValues = {},
               ArrayRef<int64_t> indices = {});

} // namespace quantopt::reference

#endif // QUANTOPT_REFERENCE_SCALARPROGRAM_H
