//===- EmitLoops.cpp - Vector code of loop nests --------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmitLoops.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;

namespace {
/// A point of the iteration space.
struct Point {
  /// Of each operand's element.
  SmallVector<Value> offsets;
  /// Of each loop of the nest.
  SmallVector<Value> counters;
};

class LoopEmitter : public VectorEmitter {
public:
  LoopEmitter(OpBuilder &builder, const LoopPlan &plan, Value begin, Value end)
      : VectorEmitter(builder, plan.nest.op), plan(plan), nest(plan.nest),
        output(plan.nest.getOutput()), begin(begin), end(end) {}
  LogicalResult run();

private:
  using BlockBody = function_ref<void(const Point &, int64_t)>;

  Point advance(Point point, unsigned loop, Value by);
  void emitOuter(unsigned depth, const Point &at);
  void emitBlocks(const Point &at);
  void forBlocks(const BlockLoop &block, bool isSplit, const Point &at,
                 BlockBody body);
  void emitPlain(const Point &at, int64_t lanes);
  void emitAlongRows(const Point &at, int64_t lanes, int64_t rows);
  void emitAlongLanes(const Point &at, int64_t lanes, int64_t rows);
  void emitReduction(const Point &at, int64_t lanes, int64_t rows);
  SmallVector<Value> reduce(unsigned loop, Point at, int64_t lanes,
                            ValueRange acc);

  Value loadOperand(unsigned operand, const Point &at, unsigned laneLoop,
                    int64_t lanes);
  SmallVector<Value> loadAcross(unsigned operand, const Point &at,
                                int64_t lanes, int64_t rows);
  void storeResult(Value result, const Point &at, int64_t lanes);

  Value evaluate(ArrayRef<Value> arguments, const Point &at, unsigned laneLoop,
                 int64_t lanes);
  Value toVector(Value value, int64_t lanes);
  Value emitIndex(linalg::IndexOp index, const Point &at, unsigned laneLoop,
                  int64_t lanes);
  Value emitLoad(memref::LoadOp load, IRMapping &mapping, Value laneCounter,
                 Value laneBegin, int64_t lanes);

  const LoopPlan &plan;
  const LoopNest &nest;
  unsigned output;
  Value begin, end;
  /// Empty for scalar operands.
  SmallVector<FlatBuffer> buffers;
};
} // namespace

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

Point LoopEmitter::advance(Point point, unsigned loop, Value by) {
  for (auto [offset, stride] :
       llvm::zip(point.offsets, nest.loops[loop].strides))
    offset = add(offset, mul(by, stride));
  Value &counter = point.counters[loop];
  counter = counter ? add(counter, by) : by;
  return point;
}

LogicalResult LoopEmitter::run() {
  Point start;
  for (Value operand : op->getOperands()) {
    FlatBuffer buffer;
    if (isa<MemRefType>(operand.getType()) && failed(flatten(operand, buffer)))
      return failure();
    buffers.push_back(buffer);
    start.offsets.push_back(index(0));
  }
  start.counters.resize(nest.loops.size());
  emitOuter(0, start);
  return success();
}

void LoopEmitter::emitOuter(unsigned depth, const Point &at) {
  if (depth == plan.outer.size())
    return emitBlocks(at);
  unsigned loop = plan.outer[depth];
  bool isSplit = depth == 0 && plan.items != 1;
  forLoop(isSplit ? begin : index(0),
          isSplit ? end : index(nest.loops[loop].extent), 1,
          [&](Value i) { emitOuter(depth + 1, advance(at, loop, i)); });
}

/// Calls the body for blocks of a fixed size in a loop, then for the rest.
void LoopEmitter::forBlocks(const BlockLoop &block, bool isSplit,
                            const Point &at, BlockBody body) {
  int64_t extent = plan.getExtent(block);
  int64_t full = extent / block.size * block.size, rest = extent - full;
  Value from = index(0), to = index(full);
  if (isSplit) {
    from = mul(begin, plan.itemSize);
    to = min(mul(end, plan.itemSize), to);
  }
  if (full != 0)
    forLoop(from, to, block.size,
            [&](Value i) { body(advance(at, block.loop, i), block.size); });
  if (rest == 0)
    return;
  auto emitRest = [&] { body(advance(at, block.loop, index(full)), rest); };
  if (!isSplit)
    return emitRest();
  Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, end,
                                       index(plan.items));
  auto branch = scf::IfOp::create(b, loc, isLast, /*withElse=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  emitRest();
}

/// Calls the body for parts of `count` whose sizes are powers of two.
static void
forPowersOfTwo(int64_t count,
               function_ref<void(int64_t first, int64_t size)> body) {
  for (int64_t first = 0; first < count;) {
    int64_t size = int64_t(1) << llvm::Log2_64(count - first);
    body(first, size);
    first += size;
  }
}

void LoopEmitter::emitBlocks(const Point &at) {
  bool isSplit = plan.outer.empty() && plan.items != 1;
  auto emitBlock = [&](const Point &start, int64_t lanes, int64_t rows) {
    if (plan.kind == LoopPlan::Kind::Transpose)
      return plan.computesAlongRows ? emitAlongRows(start, lanes, rows)
                                    : emitAlongLanes(start, lanes, rows);
    forPowersOfTwo(lanes, [&](int64_t first, int64_t size) {
      Point part = advance(start, plan.lanes.loop, index(first));
      plan.kind == LoopPlan::Kind::Reduce ? emitReduction(part, size, rows)
                                          : emitPlain(part, size);
    });
  };
  if (!plan.rows)
    return forBlocks(
        plan.lanes, isSplit, at,
        [&](const Point &start, int64_t lanes) { emitBlock(start, lanes, 1); });
  bool lanesFirst = plan.lanesComeFirst();
  const BlockLoop &first = lanesFirst ? plan.lanes : *plan.rows;
  const BlockLoop &second = lanesFirst ? *plan.rows : plan.lanes;
  forBlocks(first, isSplit, at, [&](const Point &middle, int64_t x) {
    forBlocks(second, false, middle, [&](const Point &start, int64_t y) {
      lanesFirst ? emitBlock(start, x, y) : emitBlock(start, y, x);
    });
  });
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

void LoopEmitter::emitPlain(const Point &at, int64_t lanes) {
  SmallVector<Value> arguments;
  for (unsigned k = 0; k <= output; ++k)
    arguments.push_back(loadOperand(k, at, plan.lanes.loop, lanes));
  storeResult(evaluate(arguments, at, plan.lanes.loop, lanes), at, lanes);
}

/// Vectors of `rows` lanes, one for each of `lanes` results in a row.
void LoopEmitter::emitAlongRows(const Point &at, int64_t lanes, int64_t rows) {
  unsigned loop = plan.rows->loop;
  SmallVector<Value> results;
  for (int64_t i = 0; i < lanes; ++i) {
    Point row = advance(at, plan.lanes.loop, index(i));
    SmallVector<Value> arguments;
    for (unsigned k = 0; k <= output; ++k)
      arguments.push_back(loadOperand(k, row, loop, rows));
    results.push_back(evaluate(arguments, row, loop, rows));
  }
  int64_t pitch = nest.getOutputStride(nest.loops[loop]);
  Value offset = at.offsets[output];
  if (pitch == lanes && lanes < rows) {
    for (auto [i, part] : llvm::enumerate(interleave(*this, results)))
      store(part, buffers[output], add(offset, i * rows), rows);
    return;
  }
  for (auto [i, column] : llvm::enumerate(transpose(*this, results)))
    store(column, buffers[output], add(offset, i * pitch), lanes);
}

/// Vectors of `lanes` results, whose operands are transposed where needed.
void LoopEmitter::emitAlongLanes(const Point &at, int64_t lanes, int64_t rows) {
  unsigned loop = plan.lanes.loop;
  SmallVector<SmallVector<Value>> transposed(output);
  for (unsigned k = 0; k < output; ++k) {
    int64_t stride = nest.loops[loop].strides[k];
    if (stride != 0 && stride != 1 &&
        nest.loops[plan.rows->loop].strides[k] == 1)
      transposed[k] = loadAcross(k, at, lanes, rows);
  }
  for (int64_t i = 0; i < rows; ++i) {
    Point row = advance(at, plan.rows->loop, index(i));
    SmallVector<Value> arguments;
    for (unsigned k = 0; k <= output; ++k)
      arguments.push_back(k < output && !transposed[k].empty()
                              ? transposed[k][i]
                              : loadOperand(k, row, loop, lanes));
    storeResult(evaluate(arguments, row, loop, lanes), row, lanes);
  }
}

/// A block of an operand that is contiguous along the rows, as one vector of
/// `lanes` elements for each row.
SmallVector<Value> LoopEmitter::loadAcross(unsigned operand, const Point &at,
                                           int64_t lanes, int64_t rows) {
  int64_t pitch = nest.loops[plan.lanes.loop].strides[operand];
  Value offset = at.offsets[operand];
  SmallVector<Value> vectors;
  if (pitch == rows && rows < lanes) {
    for (int64_t i = 0; i < rows; ++i)
      vectors.push_back(load(buffers[operand], add(offset, i * lanes), lanes));
    return deinterleave(*this, vectors);
  }
  for (int64_t i = 0; i < lanes; ++i)
    vectors.push_back(load(buffers[operand], add(offset, i * pitch), rows));
  return transpose(*this, vectors);
}

void LoopEmitter::emitReduction(const Point &at, int64_t lanes, int64_t rows) {
  SmallVector<Value> start;
  auto getRow = [&](int64_t i) {
    return i == 0 ? at : advance(at, plan.rows->loop, index(i));
  };
  for (int64_t i = 0; i < rows; ++i)
    start.push_back(loadOperand(output, getRow(i), plan.lanes.loop, lanes));
  SmallVector<Value> sums = reduce(nest.getNumParallel(), at, lanes, start);
  for (int64_t i = 0; i < rows; ++i)
    storeResult(sums[i], getRow(i), lanes);
}

SmallVector<Value> LoopEmitter::reduce(unsigned loop, Point at, int64_t lanes,
                                       ValueRange acc) {
  if (loop < nest.loops.size())
    return reduceLoop(index(0), index(nest.loops[loop].extent), acc,
                      [&](Value i, ValueRange inner) {
                        return reduce(loop + 1, advance(at, loop, i), lanes,
                                      inner);
                      });
  SmallVector<Value> next, arguments(output + 1);
  for (auto [i, value] : llvm::enumerate(acc)) {
    Point row = i ? advance(at, plan.rows->loop, index(i)) : at;
    for (unsigned k = 0; k < output; ++k)
      if (i == 0 || nest.loops[plan.rows->loop].strides[k] != 0)
        arguments[k] = loadOperand(k, row, plan.lanes.loop, lanes);
    arguments[output] = value;
    next.push_back(
        toVector(evaluate(arguments, row, plan.lanes.loop, lanes), lanes));
  }
  return next;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// The operand's elements at `lanes` iterations of a loop: one scalar when they
/// are all the same one. Null for a result that the region does not read.
Value LoopEmitter::loadOperand(unsigned operand, const Point &at,
                               unsigned laneLoop, int64_t lanes) {
  if (nest.op->getRegion(0).getArgument(operand).use_empty())
    return Value();
  const FlatBuffer &buffer = buffers[operand];
  if (!buffer)
    return op->getOperand(operand);
  int64_t stride = nest.loops[laneLoop].strides[operand];
  Value offset = at.offsets[operand];
  if (stride == 0)
    return loadScalar(buffer, offset);
  if (stride == 1)
    return load(buffer, offset, lanes);
  SmallVector<Value> elements;
  for (int64_t i = 0; i < lanes; ++i)
    elements.push_back(loadScalar(buffer, add(offset, i * stride)));
  return vector::FromElementsOp::create(
      b, loc, VectorType::get({lanes}, buffer.elementType), elements);
}

void LoopEmitter::storeResult(Value result, const Point &at, int64_t lanes) {
  store(toVector(result, lanes), buffers[output], at.offsets[output], lanes);
}

//===----------------------------------------------------------------------===//
// The region
//===----------------------------------------------------------------------===//

Value LoopEmitter::toVector(Value value, int64_t lanes) {
  return isa<VectorType>(value.getType()) ? value : broadcast(value, lanes);
}

/// Clones the region with vectors where values differ between lanes, and
/// scalars elsewhere. Returns what it yields.
Value LoopEmitter::evaluate(ArrayRef<Value> arguments, const Point &at,
                            unsigned laneLoop, int64_t lanes) {
  Block &block = nest.op->getRegion(0).front();
  IRMapping mapping;
  for (auto [argument, value] : llvm::zip(block.getArguments(), arguments))
    if (value)
      mapping.map(argument, value);
  Value laneCounter;
  for (Operation &inner : block.without_terminator()) {
    if (auto counter = dyn_cast<linalg::IndexOp>(inner)) {
      if (counter.getDim() == nest.loops[laneLoop].dim)
        laneCounter = counter;
      mapping.map(counter.getResult(), emitIndex(counter, at, laneLoop, lanes));
      continue;
    }
    if (auto load = dyn_cast<memref::LoadOp>(inner)) {
      mapping.map(load.getResult(), emitLoad(load, mapping, laneCounter,
                                             at.counters[laneLoop], lanes));
      continue;
    }
    bool isVector = llvm::any_of(inner.getOperands(), [&](Value operand) {
      return isa<VectorType>(mapping.lookupOrDefault(operand).getType());
    });
    Operation *clone = b.clone(inner, mapping);
    for (auto [old, result] :
         llvm::zip(inner.getResults(), clone->getResults()))
      mapping.map(old, result);
    if (!isVector)
      continue;
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPoint(clone);
    for (OpOperand &operand : clone->getOpOperands())
      operand.set(toVector(operand.get(), lanes));
    for (OpResult result : clone->getResults())
      result.setType(VectorType::get({lanes}, result.getType()));
  }
  return toVector(mapping.lookupOrDefault(block.getTerminator()->getOperand(0)),
                  lanes);
}

/// The counter of a loop, for each lane where lanes are its iterations.
Value LoopEmitter::emitIndex(linalg::IndexOp counter, const Point &at,
                             unsigned laneLoop, int64_t lanes) {
  const NestLoop *loop = llvm::find_if(
      nest.loops, [&](const NestLoop &l) { return l.dim == counter.getDim(); });
  if (loop == nest.loops.end()) // a single iteration
    return index(0);
  unsigned number = loop - nest.loops.begin();
  Value first = at.counters[number];
  if (number != laneLoop)
    return first;
  auto type = VectorType::get({lanes}, b.getIndexType());
  return arith::AddIOp::create(b, loc, broadcast(first, lanes),
                               vector::StepOp::create(b, loc, type));
}

/// Elements of a buffer that the region indexes itself. They are contiguous
/// when only the last index differs between lanes and is the lanes' own.
Value LoopEmitter::emitLoad(memref::LoadOp access, IRMapping &mapping,
                            Value laneCounter, Value laneBegin, int64_t lanes) {
  SmallVector<Value> indices;
  for (Value i : access.getIndices())
    indices.push_back(mapping.lookupOrDefault(i));
  auto isVector = [](Value v) { return isa<VectorType>(v.getType()); };
  Value memory = access.getMemRef();
  if (llvm::none_of(indices, isVector))
    return memref::LoadOp::create(b, loc, memory, indices);
  auto type = VectorType::get({lanes}, access.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  bool isDense =
      succeeded(access.getMemRefType().getStridesAndOffset(strides, offset)) &&
      strides.back() == 1;
  if (isDense && laneCounter && access.getIndices().back() == laneCounter &&
      llvm::none_of(ArrayRef(indices).drop_back(), isVector)) {
    indices.back() = laneBegin;
    return vector::LoadOp::create(b, loc, type, memory, indices);
  }
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    SmallVector<Value> own;
    for (Value i : indices)
      own.push_back(isVector(i)
                        ? vector::ExtractOp::create(b, loc, i, lane).getResult()
                        : i);
    elements.push_back(memref::LoadOp::create(b, loc, memory, own));
  }
  return vector::FromElementsOp::create(b, loc, type, elements);
}

LogicalResult quantopt::emitLoops(OpBuilder &builder, const LoopPlan &plan,
                                  Value begin, Value end) {
  return LoopEmitter(builder, plan, begin, end).run();
}
