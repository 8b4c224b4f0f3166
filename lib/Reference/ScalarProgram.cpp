//===- ScalarProgram.cpp - Evaluating regions of scalars ------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Reference/ScalarProgram.h"
#include "ScalarOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "quant-opt/Reference/Interpreter.h"

using namespace quantopt;
using namespace quantopt::reference;

ScalarProgram::ScalarProgram() = default;
ScalarProgram::~ScalarProgram() = default;
ScalarProgram::ScalarProgram(ScalarProgram &&) = default;
ScalarProgram &ScalarProgram::operator=(ScalarProgram &&) = default;

//===----------------------------------------------------------------------===//
// Elements
//===----------------------------------------------------------------------===//

Scalar reference::getScalar(const Tensor &tensor, int64_t i) {
  if (tensor.getStorage() == Storage::F32)
    return Scalar::fromReal(tensor.get<float>()[i]);
  return Scalar::fromInteger(tensor.getInteger(i));
}

void reference::setScalar(Tensor &tensor, int64_t i, Scalar value) {
  if (tensor.getStorage() == Storage::F32)
    tensor.getMutable<float>()[i] = static_cast<float>(value.real);
  else
    tensor.setInteger(i, value.integer);
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

/// Gives every value of a region a slot and every op an instruction.
class ScalarProgram::Compiler {
public:
  explicit Compiler(ScalarProgram &program) : program(program) {}

  /// Makes a slot for an argument.
  void addArgument(Value value) {
    slots[value] = makeSlot();
    ++program.numArguments;
  }

  llvm::Error addOperation(Operation *op);

  /// The slot of a value, which becomes a capture when it is from above.
  unsigned getSlot(Value value) {
    auto it = slots.find(value);
    if (it != slots.end())
      return it->second;
    getCapture(value);
    return slots[value];
  }

private:
  unsigned makeSlot(Scalar value = {}) {
    program.initial.push_back(value);
    return program.initial.size() - 1;
  }

  /// The number of the capture of this value.
  unsigned getCapture(Value value) {
    auto it = captureNumbers.find(value);
    if (it != captureNumbers.end())
      return it->second;
    program.captures.push_back(value);
    program.captureSlots.push_back(makeSlot());
    slots[value] = program.captureSlots.back();
    return captureNumbers[value] = program.captures.size() - 1;
  }

  llvm::Error addConstant(arith::ConstantOp op);
  bool selectAccess(Operation *op, Instruction &instruction);

  ScalarProgram &program;
  DenseMap<Value, unsigned> slots;
  DenseMap<Value, unsigned> captureNumbers;
};

llvm::Error ScalarProgram::Compiler::addConstant(arith::ConstantOp op) {
  Scalar value;
  if (auto integer = dyn_cast<IntegerAttr>(op.getValue())) {
    APInt bits = integer.getValue();
    value.integer =
        bits.getBitWidth() == 1 ? bits.getZExtValue() : bits.getSExtValue();
  } else if (auto real = dyn_cast<FloatAttr>(op.getValue())) {
    value.real = real.getValueAsDouble();
  } else {
    return makeError(op, "expected a scalar constant in a region of scalars");
  }
  slots[op.getResult()] = makeSlot(value);
  return llvm::Error::success();
}

/// Reads an element of a captured tensor.
static void extractElement(const ScalarProgram::Instruction &i,
                           ScalarProgram::Instruction::Context &c) {
  const Tensor &tensor = c.tensors[i.immediate];
  int64_t position = 0;
  for (auto [d, size] : llvm::enumerate(tensor.getShape())) {
    int64_t index = i.get(c, d).integer;
    if (index < 0 || index >= size) {
      c.failure = "reads outside its tensor";
      return;
    }
    position = position * size + index;
  }
  c.slots[i.result] = getScalar(tensor, position);
}

/// Ops that see more than the slots.
bool ScalarProgram::Compiler::selectAccess(Operation *op,
                                           Instruction &instruction) {
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    instruction.immediate = index.getDim();
    instruction.execute = [](const Instruction &i, Instruction::Context &c) {
      c.slots[i.result].integer = c.indices[i.immediate];
    };
    return true;
  }
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    if (slots.count(extract.getTensor()) &&
        !captureNumbers.count(extract.getTensor()))
      return false; // not a value from above
    instruction.immediate = getCapture(extract.getTensor());
    instruction.operands.clear();
    for (Value index : extract.getIndices())
      instruction.operands.push_back(getSlot(index));
    instruction.execute = extractElement;
    return true;
  }
  return false;
}

llvm::Error ScalarProgram::Compiler::addOperation(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return addConstant(constant);
  Instruction instruction;
  if (!isa<tensor::ExtractOp>(op))
    for (Value operand : op->getOperands())
      instruction.operands.push_back(getSlot(operand));
  if (!selectAccess(op, instruction) && !selectScalarOp(op, instruction))
    return makeError(op, "is not known to the interpreter in a region of "
                         "scalars");
  // A second result follows the first.
  instruction.result = program.initial.size();
  for (Value result : op->getResults())
    slots[result] = makeSlot();
  program.instructions.push_back(std::move(instruction));
  return llvm::Error::success();
}

llvm::Expected<ScalarProgram> ScalarProgram::compile(Region &region) {
  if (!region.hasOneBlock())
    return makeError(region.getParentOp(), "expected a region with one block");
  ScalarProgram program;
  Compiler compiler(program);
  Block &block = region.front();
  for (BlockArgument argument : block.getArguments())
    compiler.addArgument(argument);
  for (Operation &op : block.without_terminator())
    if (llvm::Error error = compiler.addOperation(&op))
      return std::move(error);
  for (Value value : block.getTerminator()->getOperands())
    program.results.push_back(compiler.getSlot(value));
  return program;
}

llvm::Expected<ScalarProgram> ScalarProgram::compile(Operation *op) {
  ScalarProgram program;
  Compiler compiler(program);
  // The same value twice is two arguments.
  Instruction instruction;
  for (Value operand : op->getOperands()) {
    instruction.operands.push_back(program.initial.size());
    compiler.addArgument(operand);
  }
  if (!selectScalarOp(op, instruction))
    return makeError(op, "is not known to the interpreter");
  instruction.result = program.initial.size();
  program.instructions.push_back(instruction);
  for (unsigned i = 0; i < op->getNumResults(); ++i) {
    program.results.push_back(program.initial.size());
    program.initial.emplace_back();
  }
  return program;
}

//===----------------------------------------------------------------------===//
// Evaluation
//===----------------------------------------------------------------------===//

ScalarProgram::Frame ScalarProgram::bind(ArrayRef<Tensor> captureValues) const {
  Frame frame;
  frame.slots = initial;
  frame.tensors.assign(captureValues.begin(), captureValues.end());
  for (auto [slot, value] : llvm::zip(captureSlots, captureValues))
    if (value && value.getShape().empty())
      frame.slots[slot] = getScalar(value, 0);
  return frame;
}

llvm::Error ScalarProgram::run(Frame &frame, ArrayRef<Scalar> arguments,
                               ArrayRef<int64_t> indices,
                               MutableArrayRef<Scalar> outputs) const {
  std::copy(arguments.begin(), arguments.end(), frame.slots.begin());
  Instruction::Context context{frame.slots.data(), frame.tensors, indices,
                               nullptr};
  for (const Instruction &instruction : instructions)
    instruction.execute(instruction, context);
  if (context.failure)
    return llvm::createStringError("a region of scalars " +
                                   Twine(context.failure));
  for (auto [output, slot] : llvm::zip(outputs, results))
    output = frame.slots[slot];
  return llvm::Error::success();
}

llvm::Expected<SmallVector<Scalar>>
reference::evaluateRegion(Region &region, ArrayRef<Scalar> arguments,
                          ArrayRef<Tensor> captureValues,
                          ArrayRef<int64_t> indices) {
  auto program = ScalarProgram::compile(region);
  if (!program)
    return program.takeError();
  ScalarProgram::Frame frame = program->bind(captureValues);
  SmallVector<Scalar> results(program->getNumResults());
  if (llvm::Error error = program->run(frame, arguments, indices, results))
    return std::move(error);
  return results;
}
