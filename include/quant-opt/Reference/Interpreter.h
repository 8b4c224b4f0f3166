//===- Interpreter.h - The executable specification -------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Evaluates a model function op by op. What an op means is what this computes
/// (docs/Numerics.md); it shares no code with the lowerings.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_REFERENCE_INTERPRETER_H
#define QUANTOPT_REFERENCE_INTERPRETER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "quant-opt/Reference/Tensor.h"
#include <functional>

namespace quantopt::reference {

struct InterpretOptions {
  /// Called for each function argument and for each op result that depends on
  /// an argument, in program order.
  std::function<void(Value, const Tensor &)> observer;
};

/// A function prepared for repeated evaluation: what does not depend on its
/// arguments is computed once. `run` may be called from several threads.
class Interpreter {
public:
  /// Requires a function with one block. Fails, naming op and location, when an
  /// op or a type is not known.
  static llvm::Expected<Interpreter> create(func::FuncOp function);

  /// The results of the function. Fails when the inputs do not have the types
  /// of its arguments, or when the program breaks a rule at run time (an
  /// accumulator outside i32).
  llvm::Expected<SmallVector<Tensor>>
  run(ArrayRef<Tensor> inputs, const InterpretOptions &options = {}) const;

  func::FuncOp getFunction() const { return function; }

  /// The meaning of an op: appends one tensor for each result. Scalars are
  /// tensors of rank 0. The operands are followed by the values from above that
  /// the op's regions use (see `selectCaptures`).
  using Evaluator = std::function<llvm::Error(Operation *, ArrayRef<Tensor>,
                                              SmallVectorImpl<Tensor> &)>;

private:
  struct Step {
    Operation *op;
    Evaluator evaluator;
    SmallVector<unsigned> operands; // slots
    SmallVector<unsigned> results;  // slots
    SmallVector<unsigned> lastUses; // slots to release after this step
  };

  explicit Interpreter(func::FuncOp function) : function(function) {}

  /// Fills `steps` and `initial` from the function's body.
  llvm::Error prepare();
  llvm::Error addOperation(Operation &op, DenseMap<Value, unsigned> &slots);
  void findLastUses();

  func::FuncOp function;
  std::vector<Step> steps;
  std::vector<Tensor> initial; // by slot; only constants are set
  SmallVector<unsigned> returned;
};

/// Prepares and runs a function once.
llvm::Expected<SmallVector<Tensor>>
interpret(func::FuncOp function, ArrayRef<Tensor> inputs,
          const InterpretOptions &options = {});

/// Adds the evaluator of an op of another library (for example `qvec.kernel`),
/// before any interpreter is created. Not thread-safe.
void registerEvaluator(TypeID op, Interpreter::Evaluator evaluator);

/// Of an evaluator's operands, those that stand for these values from above, in
/// this order: what `ScalarProgram::bind` takes for its captures.
SmallVector<Tensor> selectCaptures(Operation *op, ArrayRef<Tensor> operands,
                                   ArrayRef<Value> captures);

/// An error at the op's location: "file:line:col: 'op' message".
llvm::Error makeError(Operation *op, const Twine &message);

} // namespace quantopt::reference

#endif // QUANTOPT_REFERENCE_INTERPRETER_H
