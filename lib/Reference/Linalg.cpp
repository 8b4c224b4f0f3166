//===- Linalg.cpp - Structured ops and scalar ops -------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Every `linalg` op is evaluated from its indexing maps and its region, in
/// row-major order of its loops.
///
//===----------------------------------------------------------------------===//

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "Evaluators.h"
#include "quant-opt/Reference/ScalarProgram.h"

using namespace quantopt;
using namespace quantopt::reference;
using llvm::Error;

namespace {
/// Which element of a tensor a point of the loops means.
class Access {
public:
  Access(AffineMap map, ArrayRef<int64_t> shape, unsigned loops)
      : map(map), shape(shape), strides(getRowMajorStrides(shape)) {
    isLinear = llvm::none_of(map.getResults(), [](AffineExpr expr) {
      bool found = false;
      expr.walk([&](AffineExpr part) {
        found |= part.getKind() == AffineExprKind::Mod ||
                 part.getKind() == AffineExprKind::FloorDiv ||
                 part.getKind() == AffineExprKind::CeilDiv;
      });
      return found;
    });
    if (!isLinear)
      return;
    SmallVector<int64_t> point(loops, 0);
    base = evaluate(point);
    for (unsigned d = 0; d < loops; ++d) {
      point[d] = 1;
      steps.push_back(evaluate(point) - base);
      point[d] = 0;
    }
  }

  int64_t getPosition(ArrayRef<int64_t> point) const {
    if (!isLinear)
      return evaluate(point);
    int64_t position = base;
    for (size_t d = 0; d < point.size(); ++d)
      position += point[d] * steps[d];
    return position;
  }

  /// Whether every dimension is inside the shape at the first and the last
  /// point; enough for the monotone maps of structured ops.
  bool isInside(ArrayRef<int64_t> point) const {
    SmallVector<int64_t> indices = map.compose(point);
    for (auto [index, size] : llvm::zip(indices, shape))
      if (index < 0 || index >= size)
        return false;
    return true;
  }

private:
  int64_t evaluate(ArrayRef<int64_t> point) const {
    int64_t position = 0;
    for (auto [index, stride] : llvm::zip(map.compose(point), strides))
      position += index * stride;
    return position;
  }

  AffineMap map;
  ArrayRef<int64_t> shape;
  SmallVector<int64_t> strides, steps;
  int64_t base = 0;
  bool isLinear;
};
} // namespace

/// Moves to the next point in row-major order; false after the last.
static bool advance(MutableArrayRef<int64_t> point, ArrayRef<int64_t> ranges) {
  for (size_t d = point.size(); d-- > 0;) {
    if (++point[d] < ranges[d])
      return true;
    point[d] = 0;
  }
  return false;
}

/// Evaluates a structured op whose operands are tensors or scalars; values that
/// its region uses from above follow its own operands.
static Error evaluateStructured(linalg::LinalgOp op, ArrayRef<Tensor> operands,
                                Results &results) {
  auto program = ScalarProgram::compile(op->getRegion(0));
  if (!program)
    return program.takeError();
  unsigned count = op->getNumOperands(), inputs = op.getNumDpsInputs();
  ScalarProgram::Frame frame =
      program->bind(selectCaptures(op, operands, program->getCaptures()));
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  if (llvm::any_of(ranges, ShapedType::isDynamic))
    return makeError(op, "needs static loop ranges to be interpreted");

  SmallVector<Access> accesses;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  for (auto [map, operand] : llvm::zip(maps, operands))
    accesses.emplace_back(map, operand.getShape(), ranges.size());
  SmallVector<Tensor> outputs(operands.slice(inputs, count - inputs));

  // linalg.map's region may leave out the outputs.
  unsigned arguments = program->getNumArguments();
  SmallVector<Scalar> values(arguments);
  SmallVector<Scalar> yielded(outputs.size());
  SmallVector<int64_t> point(ranges.size(), 0), last;
  for (int64_t range : ranges)
    last.push_back(range - 1);
  bool isEmpty = llvm::is_contained(ranges, 0);
  for (const Access &access : accesses)
    if (!isEmpty && (!access.isInside(point) || !access.isInside(last)))
      return makeError(op, "reaches outside an operand");
  for (bool more = !isEmpty; more; more = advance(point, ranges)) {
    for (unsigned i = 0; i < arguments; ++i)
      values[i] = getScalar(i < inputs ? operands[i] : outputs[i - inputs],
                            accesses[i].getPosition(point));
    if (Error error = program->run(frame, values, point, yielded))
      return makeError(op, llvm::toString(std::move(error)));
    for (unsigned i = 0; i < outputs.size(); ++i)
      setScalar(outputs[i], accesses[inputs + i].getPosition(point),
                yielded[i]);
  }
  for (unsigned i = 0; i < op->getNumResults(); ++i)
    results.push_back(outputs[i]);
  return Error::success();
}

/// `arith` and `math` ops on scalars and, element by element, on tensors.
static Error evaluateScalarOp(Operation *op, ArrayRef<Tensor> operands,
                              Results &results) {
  auto program = ScalarProgram::compile(op);
  if (!program)
    return program.takeError();
  ScalarProgram::Frame frame = program->bind();
  size_t first = results.size();
  for (Value result : op->getResults())
    results.push_back(makeResult(result));
  SmallVector<Scalar> values(operands.size()), outputs(op->getNumResults());
  for (int64_t i = 0, e = results[first].getNumElements(); i < e; ++i) {
    for (auto [value, operand] : llvm::zip(values, operands))
      value = getScalar(operand, i);
    if (Error error = program->run(frame, values, {}, outputs))
      return makeError(op, llvm::toString(std::move(error)));
    for (auto [r, output] : llvm::enumerate(outputs))
      setScalar(results[first + r], i, output);
  }
  return Error::success();
}

void reference::addLinalgEvaluators(EvaluatorTable &table) {
  table.addFallback(
      [](Operation *op) { return isa<linalg::LinalgOp>(op); },
      [](Operation *op, ArrayRef<Tensor> operands, Results &results) {
        return evaluateStructured(cast<linalg::LinalgOp>(op), operands,
                                  results);
      });
  table.addFallback(
      [](Operation *op) {
        StringRef dialect = op->getName().getDialectNamespace();
        return dialect == "arith" || dialect == "math";
      },
      evaluateScalarOp);
}
