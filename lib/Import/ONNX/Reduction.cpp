//===- Reduction.cpp - Reductions of dimensions ---------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;
using qnn::ReduceFn;
using qnn::UnaryFn;

/// The reduced axes in ascending order. `inputSince` is the operator set that
/// moved them from an attribute to an input.
static FailureOr<SmallVector<int64_t>> readAxes(NodeImporter &op,
                                                int64_t inputSince) {
  int64_t rank = op.getRank(0);
  SmallVector<int64_t> axes;
  if (op.getOpset() < inputSince) {
    axes = op.getInts("axes");
  } else if (op.hasInput(1)) {
    FailureOr<SmallVector<int64_t>> given = op.getHostInts(1, "axes");
    if (failed(given))
      return failure();
    axes = *given;
  }
  if (axes.empty() && op.getInt("noop_with_empty_axes", 0) == 0)
    for (int64_t i = 0; i < rank; ++i)
      axes.push_back(i);
  return op.normalizeAxes(axes, rank);
}

/// The reduced shape, with or without the dimensions of size 1.
static SmallVector<int64_t> getReducedShape(ArrayRef<int64_t> shape,
                                            ArrayRef<int64_t> axes, bool keep) {
  SmallVector<int64_t> result;
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (!llvm::is_contained(axes, int64_t(i)))
      result.push_back(size);
    else if (keep)
      result.push_back(1);
  }
  return result;
}

/// Reduces known integers; nothing for a mean.
static std::optional<HostTensor> foldReduce(ReduceFn fn, bool isProduct,
                                            const HostTensor &input,
                                            ArrayRef<int64_t> axes) {
  if (!isInteger(input.getType()) || fn == ReduceFn::Mean)
    return std::nullopt;
  if (input.getNumElements() == 0 &&
      (fn == ReduceFn::Max || fn == ReduceFn::Min))
    return std::nullopt;
  SmallVector<int64_t> shape =
      getReducedShape(input.getShape(), axes, /*keep=*/true);
  SmallVector<int64_t> steps = getRowMajorStrides(shape);
  SmallVector<int64_t> strides = getRowMajorStrides(input.getShape());
  HostTensor result(input.getType(), shape);
  SmallVector<bool> started(result.getNumElements(), false);
  for (int64_t i = 0; i < input.getNumElements(); ++i) {
    int64_t to = 0;
    for (auto [d, size] : llvm::enumerate(input.getShape()))
      if (shape[d] != 1)
        to += i / strides[d] % size * steps[d];
    // Sums and products wrap, as unsigned integers do.
    uint64_t value = input.getInt(i), sum = result.getInt(to);
    if (!started[to])
      sum = value;
    else if (isProduct)
      sum *= value;
    else if (fn == ReduceFn::Sum)
      sum += value;
    else
      sum = fn == ReduceFn::Max ? std::max<int64_t>(sum, value)
                                : std::min<int64_t>(sum, value);
    started[to] = true;
    result.setInt(to, sum);
  }
  for (int64_t i = 0; isProduct && i < result.getNumElements(); ++i)
    if (!started[i])
      result.setInt(i, 1);
  return result;
}

/// Imports a reduction of either kind.
static LogicalResult importReduction(NodeImporter &op, ReduceFn fn,
                                     bool isProduct, int64_t inputSince) {
  bool keep = op.getInt("keepdims", 1) != 0;
  if (failed(op.expectInputs(1, op.getOpset() < inputSince ? 1 : 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = readAxes(op, inputSince);
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape = getReducedShape(op.getShape(0), *axes, keep);
  FailureOr<ImportValue> reduced = failure();
  std::optional<HostTensor> folded;
  if (op.getInput(0).isHost())
    folded = foldReduce(fn, isProduct, op.getInput(0).host, *axes);
  if (folded) {
    reduced = ImportValue(std::move(*folded));
  } else if (isProduct) {
    return op.unsupported("inputs that are not integers known at import");
  } else {
    FailureOr<Value> input = op.getFloat(0);
    if (failed(input))
      return failure();
    reduced = ImportValue(op.reduce(fn, *input, *axes));
  }
  FailureOr<ImportValue> result = op.reshape(*reduced, shape);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

template <ReduceFn fn, int64_t inputSince>
static LogicalResult importReduce(NodeImporter &op) {
  return importReduction(op, fn, /*isProduct=*/false, inputSince);
}

static LogicalResult importReduceProd(NodeImporter &op) {
  return importReduction(op, ReduceFn::Sum, /*isProduct=*/true, 18);
}

/// Sums of functions, with a function of the sum.
enum class Norm { L1, L2, LogSum, LogSumExp, SumSquare };

/// max + log(sum(exp(x - max))), which does not overflow.
static FailureOr<Value> buildLogSumExp(NodeImporter &op, Value input,
                                       ArrayRef<int64_t> axes) {
  Value max = op.reduce(ReduceFn::Max, input, axes);
  FailureOr<Value> moved = op.binary(BinaryFn::Sub, input, max);
  if (failed(moved))
    return failure();
  Value sum = op.reduce(ReduceFn::Sum, op.unary(UnaryFn::Exp, *moved), axes);
  return op.binary(BinaryFn::Add, op.unary(UnaryFn::Log, sum), max);
}

static FailureOr<Value> buildNorm(NodeImporter &op, Norm norm, Value input,
                                  ArrayRef<int64_t> axes) {
  if (norm == Norm::LogSumExp)
    return buildLogSumExp(op, input, axes);
  if (norm == Norm::L1)
    return op.reduce(ReduceFn::Sum, op.unary(UnaryFn::Abs, input), axes);
  if (norm == Norm::LogSum)
    return op.unary(UnaryFn::Log, op.reduce(ReduceFn::Sum, input, axes));
  FailureOr<Value> square = op.binary(BinaryFn::Mul, input, input);
  if (failed(square))
    return failure();
  Value sum = op.reduce(ReduceFn::Sum, *square, axes);
  return norm == Norm::L2 ? op.unary(UnaryFn::Sqrt, sum) : sum;
}

template <Norm norm> static LogicalResult importNorm(NodeImporter &op) {
  constexpr int64_t inputSince = 18;
  bool keep = op.getInt("keepdims", 1) != 0;
  if (failed(op.expectInputs(1, op.getOpset() < inputSince ? 1 : 2)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = readAxes(op, inputSince);
  FailureOr<Value> input = op.getFloat(0);
  if (failed(axes) || failed(input))
    return failure();
  FailureOr<Value> reduced = buildNorm(op, norm, *input, *axes);
  if (failed(reduced))
    return failure();
  FailureOr<ImportValue> result =
      op.reshape(*reduced, getReducedShape(op.getShape(0), *axes, keep));
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

ArrayRef<OpRow> quantopt::onnx::getReductionOps() {
  static const OpRow rows[] = {
      {"ReduceL1", 7, importNorm<Norm::L1>},
      {"ReduceL2", 7, importNorm<Norm::L2>},
      {"ReduceLogSum", 7, importNorm<Norm::LogSum>},
      {"ReduceLogSumExp", 7, importNorm<Norm::LogSumExp>},
      {"ReduceMax", 7, importReduce<ReduceFn::Max, 18>},
      {"ReduceMean", 7, importReduce<ReduceFn::Mean, 18>},
      {"ReduceMin", 7, importReduce<ReduceFn::Min, 18>},
      {"ReduceProd", 7, importReduceProd, "import only"},
      {"ReduceSum", 7, importReduce<ReduceFn::Sum, 13>},
      {"ReduceSumSquare", 7, importNorm<Norm::SumSquare>},
  };
  return rows;
}
