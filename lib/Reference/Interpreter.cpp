//===- Interpreter.cpp - The executable specification ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Reference/Interpreter.h"
#include "Evaluators.h"
#include "mlir/IR/Location.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using namespace quantopt::reference;

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

llvm::Error reference::makeError(Operation *op, const Twine &message) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  FileLineColLoc file;
  op->getLoc()->walk([&](Location loc) {
    file = dyn_cast<FileLineColLoc>(loc);
    return file ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (file)
    stream << file.getFilename().getValue() << ':' << file.getLine() << ':'
           << file.getColumn() << ": ";
  stream << '\'' << op->getName() << "' op " << message;
  return llvm::createStringError(text);
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

/// The one table of the process.
static EvaluatorTable &getTable() {
  static EvaluatorTable table = [] {
    EvaluatorTable filled;
    addConversionEvaluators(filled);
    addContractionEvaluators(filled);
    addDynamicEvaluators(filled);
    addElementwiseEvaluators(filled);
    addPoolEvaluators(filled);
    addReductionEvaluators(filled);
    addMovementEvaluators(filled);
    addKernelEvaluators(filled);
    addTensorEvaluators(filled);
    addLinalgEvaluators(filled);
    return filled;
  }();
  return table;
}

void reference::registerEvaluator(TypeID op, Interpreter::Evaluator evaluator) {
  getTable().add(op, std::move(evaluator));
}

//===----------------------------------------------------------------------===//
// Preparation
//===----------------------------------------------------------------------===//

/// Larger tensors are taken for mistakes, before memory runs out.
static constexpr int64_t kMaxElements = int64_t(1) << 30;

/// Fails unless the interpreter can hold a value of this type: a tensor, or a
/// scalar as a tensor of rank 0.
static llvm::Error checkType(Operation *op, Type type) {
  if (type.isIntOrIndexOrFloat() && getStorage(type))
    return llvm::Error::success();
  auto tensor = dyn_cast<RankedTensorType>(type);
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << type;
  if (!tensor || !getStorage(tensor.getElementType()))
    return makeError(op, "has type '" + text +
                             "', which the interpreter does not support");
  if (!tensor.hasStaticShape())
    return makeError(op, "has the dynamic type '" + text +
                             "'; the interpreter needs static shapes");
  int64_t elements = 1;
  for (int64_t size : tensor.getShape())
    if (llvm::MulOverflow(elements, size, elements) || elements > kMaxElements)
      return makeError(op, "has type '" + text + "' of more than " +
                               Twine(kMaxElements) +
                               " elements, which the interpreter refuses");
  return llvm::Error::success();
}

/// The operands of an op and what its regions use from above.
static SmallVector<Value> getAllOperands(Operation *op) {
  SmallVector<Value> operands(op->getOperands());
  llvm::SetVector<Value> captures;
  getUsedValuesDefinedAbove(op->getRegions(), captures);
  llvm::append_range(operands, captures);
  return operands;
}

SmallVector<Tensor> reference::selectCaptures(Operation *op,
                                              ArrayRef<Tensor> operands,
                                              ArrayRef<Value> captures) {
  SmallVector<Value> all = getAllOperands(op);
  SmallVector<Tensor> selected;
  for (Value capture : captures)
    selected.push_back(operands[llvm::find(all, capture) - all.begin()]);
  return selected;
}

llvm::Error Interpreter::addOperation(Operation &op,
                                      DenseMap<Value, unsigned> &slots) {
  for (Type type : op.getResultTypes())
    if (llvm::Error error = checkType(&op, type))
      return error;
  const Evaluator *evaluator = getTable().find(&op);
  if (!evaluator)
    return makeError(&op, "is not known to the interpreter");

  Step step{&op, *evaluator, {}, {}, {}};
  SmallVector<Tensor> constants;
  SmallVector<Value> operands = getAllOperands(&op);
  for (Value operand : operands) {
    step.operands.push_back(slots.lookup(operand));
    if (const Tensor &constant = initial[step.operands.back()])
      constants.push_back(constant);
  }
  for (Value result : op.getResults()) {
    step.results.push_back(initial.size());
    slots[result] = initial.size();
    initial.emplace_back();
  }
  if (constants.size() != operands.size()) {
    steps.push_back(std::move(step));
    return llvm::Error::success();
  }
  SmallVector<Tensor> results;
  if (llvm::Error error = step.evaluator(&op, constants, results))
    return error;
  for (auto [slot, result] : llvm::zip(step.results, results))
    initial[slot] = result;
  return llvm::Error::success();
}

void Interpreter::findLastUses() {
  DenseMap<unsigned, size_t> last;
  for (auto [i, step] : llvm::enumerate(steps)) {
    for (unsigned slot : step.operands)
      last[slot] = i;
    for (unsigned slot : step.results)
      last.try_emplace(slot, i);
  }
  for (unsigned slot : returned)
    last.erase(slot);
  for (auto [slot, i] : last)
    steps[i].lastUses.push_back(slot);
}

llvm::Error Interpreter::prepare() {
  if (!function.getBody().hasOneBlock())
    return makeError(function, "needs one block to be interpreted");
  Block &block = function.getBody().front();
  DenseMap<Value, unsigned> slots;
  for (BlockArgument argument : block.getArguments()) {
    if (llvm::Error error = checkType(function, argument.getType()))
      return error;
    slots[argument] = initial.size();
    initial.emplace_back();
  }
  for (Operation &op : block.without_terminator())
    if (llvm::Error error = addOperation(op, slots))
      return error;
  for (Value value : block.getTerminator()->getOperands())
    returned.push_back(slots.lookup(value));
  findLastUses();
  return llvm::Error::success();
}

llvm::Expected<Interpreter> Interpreter::create(func::FuncOp function) {
  Interpreter interpreter(function);
  if (llvm::Error error = interpreter.prepare())
    return std::move(error);
  return interpreter;
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

llvm::Expected<SmallVector<Tensor>>
Interpreter::run(ArrayRef<Tensor> inputs,
                 const InterpretOptions &options) const {
  func::FuncOp functionOp = function;
  auto arguments = functionOp.getBody().getArguments();
  if (inputs.size() != arguments.size())
    return makeError(functionOp, "expected " + Twine(arguments.size()) +
                                     " inputs, but got " +
                                     Twine(inputs.size()));
  std::vector<Tensor> values = initial;
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    if (inputs[i].getType() != getTensorType(argument.getType()))
      return makeError(functionOp,
                       "expected another type for input " + Twine(i));
    values[i] = inputs[i];
    if (options.observer)
      options.observer(argument, inputs[i]);
  }
  for (const Step &step : steps) {
    SmallVector<Tensor> operands, results;
    for (unsigned slot : step.operands)
      operands.push_back(values[slot]);
    if (llvm::Error error = step.evaluator(step.op, operands, results))
      return std::move(error);
    for (auto [i, slot] : llvm::enumerate(step.results)) {
      if (options.observer)
        options.observer(step.op->getResult(i), results[i]);
      values[slot] = std::move(results[i]);
    }
    for (unsigned slot : step.lastUses)
      values[slot] = Tensor();
  }
  SmallVector<Tensor> outputs;
  for (unsigned slot : returned)
    outputs.push_back(values[slot]);
  return outputs;
}

llvm::Expected<SmallVector<Tensor>>
reference::interpret(func::FuncOp function, ArrayRef<Tensor> inputs,
                     const InterpretOptions &options) {
  llvm::Expected<Interpreter> interpreter = Interpreter::create(function);
  if (!interpreter)
    return interpreter.takeError();
  return interpreter->run(inputs, options);
}
