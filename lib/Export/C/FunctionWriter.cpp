//===- FunctionWriter.cpp - Functions in C --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FunctionWriter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace quantopt;
using namespace quantopt::c;

/// Longer expressions become variables.
static constexpr size_t kLongestExpression = 72;

const Expr &FunctionWriter::get(Value value) {
  auto found = values.find(value);
  if (found != values.end())
    return found->second;
  // Constants have no place of their own.
  Attribute constant;
  bool isConstant = matchPattern(value, m_Constant(&constant));
  assert(isConstant && "operands come before their users");
  (void)isConstant;
  return values[value] = Expr{printLiteral(constant, value.getType()), {}};
}

void FunctionWriter::declare(Value value, const Expr &expr) {
  std::string name = makeName("v");
  line() << "const " << getType(value.getType())->value << ' ' << name << " = "
         << expr.text << ";\n";
  values[value] = Expr{name, {}};
}

/// Whether an op only changes how a number is held.
static bool isConversion(Operation &op) {
  return isa<arith::ExtSIOp, arith::ExtUIOp, arith::IndexCastOp>(op);
}

void FunctionWriter::define(Operation &op, Expr expr, bool mayMove) {
  Value result = op.getResult(0);
  // In floats a product inside of an expression may be fused with a sum.
  bool isInteger = !getType(result.getType())->isFloat;
  bool isShort = expr.text.size() <= kLongestExpression;
  bool isUsedOnce = result.hasOneUse() &&
                    (*result.getUsers().begin())->getBlock() == op.getBlock() &&
                    !isa<scf::ForOp>(*result.getUsers().begin());
  bool isFree =
      isConversion(op) && expr.text.size() <= 24 && expr.carried.empty();
  if (mayMove && isInteger && isShort && (isUsedOnce || isFree))
    values[result] = std::move(expr);
  else
    declare(result, expr);
}

LogicalResult FunctionWriter::writeExpression(Operation &op) {
  if (isa<arith::ConstantOp>(op))
    return success(); // printed where they are used
  if (op.getNumRegions() != 0 || op.getNumResults() != 1 ||
      !getType(op.getResult(0).getType()) ||
      llvm::any_of(op.getOperandTypes(), [](Type t) { return !getType(t); }))
    return op.emitOpError("has no form in C");
  SmallVector<StringRef> operands;
  Expr expr;
  // Before references into the map are taken.
  for (Value operand : op.getOperands())
    (void)get(operand);
  for (Value operand : op.getOperands()) {
    const Expr &part = get(operand);
    operands.push_back(part.text);
    expr.carried.insert(part.carried.begin(), part.carried.end());
  }
  std::optional<std::string> text = printOperation(&op, operands);
  if (!text)
    return op.emitOpError("has no form in C");
  expr.text = std::move(*text);
  define(op, std::move(expr), /*mayMove=*/true);
  return success();
}

LogicalResult FunctionWriter::writeLookup(Operation &op, Value index,
                                          Attribute table) {
  std::string &name = file.tables[table];
  if (name.empty())
    name = ("qo_table" + llvm::Twine(file.tables.size() - 1)).str();
  Expr expr = get(index);
  std::string text = isSimple(expr.text) ? expr.text : "(" + expr.text + ")";
  expr.text = name + "[(uint8_t)" + text + "]";
  define(op, std::move(expr), /*mayMove=*/true);
  return success();
}

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

/// Assigns what a block yields to variables. Where a value reads a variable
/// that is assigned before it, all are computed first.
void FunctionWriter::assignYielded(Operation *terminator, ValueRange targets) {
  SmallVector<Expr> sources;
  bool interferes = false;
  for (auto [target, operand] :
       llvm::zip_equal(targets, terminator->getOperands())) {
    sources.push_back(get(operand));
    for (Value read : sources.back().carried)
      interferes |= read != target && llvm::is_contained(targets, read);
  }
  if (interferes)
    for (auto [target, source] : llvm::zip_equal(targets, sources)) {
      std::string name = makeName("n");
      line() << "const " << getType(target.getType())->value << ' ' << name
             << " = " << source.text << ";\n";
      source.text = name;
    }
  for (auto [target, source] : llvm::zip_equal(targets, sources)) {
    StringRef name = values[target].text;
    if (name != source.text)
      line() << name << " = " << source.text << ";\n";
  }
}

LogicalResult FunctionWriter::writeFor(scf::ForOp loop) {
  for (Value operand : loop->getOperands())
    (void)get(operand);
  for (auto [argument, result, initial] : llvm::zip_equal(
           loop.getRegionIterArgs(), loop.getResults(), loop.getInitArgs())) {
    std::string name = makeName("s");
    line() << getType(argument.getType())->value << ' ' << name << " = "
           << get(initial).text << ";\n";
    values[argument] = Expr{name, {argument}};
    values[result] = Expr{name, {}};
  }
  Value counter = loop.getInductionVar();
  CType type = *getType(counter.getType());
  std::string name = makeName("i");
  values[counter] = Expr{name, {}};
  std::string first = get(loop.getLowerBound()).text;
  std::string last = get(loop.getUpperBound()).text;
  std::string condition = name + " < " + last;
  if (!loop.getUnsignedCmp() && !(file.isNonNegative(loop.getLowerBound()) &&
                                  file.isNonNegative(loop.getUpperBound())))
    condition =
        llvm::formatv("qo_s{0}({1}) < qo_s{0}({2})", type.bits, name, last);
  line() << "for (" << type.value << ' ' << name << " = " << first << "; "
         << condition << "; " << name << " += " << get(loop.getStep()).text
         << ") {\n";
  if (failed(writeBlock(*loop.getBody(), depth + 1)))
    return failure();
  ++depth;
  assignYielded(loop.getBody()->getTerminator(), loop.getRegionIterArgs());
  --depth;
  line() << "}\n";
  return success();
}

LogicalResult FunctionWriter::writeIf(scf::IfOp branch) {
  std::string condition = get(branch.getCondition()).text;
  for (Value result : branch.getResults()) {
    std::string name = makeName("r");
    line() << getType(result.getType())->value << ' ' << name << ";\n";
    values[result] = Expr{name, {}};
  }
  auto writeRegion = [&](Block *block) -> LogicalResult {
    if (failed(writeBlock(*block, depth + 1)))
      return failure();
    ++depth;
    assignYielded(block->getTerminator(), branch.getResults());
    --depth;
    return success();
  };
  line() << "if (" << condition << ") {\n";
  if (failed(writeRegion(branch.thenBlock())))
    return failure();
  if (branch.elseBlock()) {
    line() << "} else {\n";
    if (failed(writeRegion(branch.elseBlock())))
      return failure();
  }
  line() << "}\n";
  return success();
}

LogicalResult FunctionWriter::writeCall(func::CallOp call) {
  auto found = file.functions.find(call.getCalleeAttr().getAttr());
  auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      call, call.getCalleeAttr());
  if (found == file.functions.end() || !callee || call.getNumResults() != 0)
    return call.emitOpError("expected the callee to be a function with a body "
                            "and without results");
  std::string text = found->second + "(";
  for (auto [number, operand] : llvm::enumerate(call.getOperands())) {
    text += number == 0 ? "" : ", ";
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (!type) {
      text += get(operand).text;
      continue;
    }
    Place place;
    if (failed(findPlace(*call, operand, place)))
      return failure();
    text += printArgument(place, describeParameter(callee, number),
                          type.getElementType());
  }
  line() << text << ");\n";
  return success();
}

LogicalResult FunctionWriter::writeOp(Operation &op) {
  // Views are part of the addresses of what goes through them.
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case([&](scf::ForOp loop) { return writeFor(loop); })
      .Case([&](scf::IfOp branch) { return writeIf(branch); })
      .Case([&](func::CallOp call) { return writeCall(call); })
      .Case([&](memref::LoadOp load) { return writeLoad(load); })
      .Case([&](memref::StoreOp store) { return writeStore(store); })
      .Case([&](memref::AllocaOp local) { return writeLocal(local); })
      .Case([&](qvec::LookupOp lookup) {
        return writeLookup(op, lookup.getIndex(), lookup.getTableAttr());
      })
      .Case<memref::ViewOp, memref::SubViewOp, memref::ReinterpretCastOp,
            memref::CollapseShapeOp, memref::ExpandShapeOp, memref::CastOp,
            memref::GetGlobalOp, scf::YieldOp, func::ReturnOp>(
          [](Operation *) { return success(); })
      .Default([&](Operation *) { return writeExpression(op); });
}

LogicalResult FunctionWriter::writeBlock(Block &block, unsigned blockDepth) {
  unsigned outer = std::exchange(depth, blockDepth);
  for (Operation &op : block)
    if (failed(writeOp(op)))
      return failure();
  depth = outer;
  return success();
}
