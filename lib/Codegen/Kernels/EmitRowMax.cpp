//===- EmitRowMax.cpp - The largest numbers of rows -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelEmitter.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace quantopt;

namespace {
/// A maximum does not depend on the order of its operands, so that many of them
/// are kept at the same time.
class RowMaxEmitter {
public:
  explicit RowMaxEmitter(KernelEmitter &e)
      : e(e), length(e.input.shape[3]), parts(e.kernel.getNumParts()),
        isRange(e.kernel.getKind() == qvec::KernelKind::RowRange),
        partLength(e.kernel.getPartLength()), stride(e.input.strides[3]),
        lanes(stride == 1 ? 16 : 1) {}
  void run();

private:
  static constexpr int64_t kVectors = 4;

  void emitPart(Value row, Value part, int64_t size);
  SmallVector<Value> getCandidates(Value x);
  Value larger(Value maximum, Value candidate);
  void update(SmallVectorImpl<Value> &maxima, int64_t vector, Value x);
  Value fold(Value maximum);

  KernelEmitter &e;
  int64_t length, parts;
  /// Both ends of the range instead of the largest magnitude.
  bool isRange;
  int64_t partLength;
  /// One channel of a concatenation has gaps: elements are then read one by
  /// one.
  int64_t stride, lanes;
};
} // namespace

/// What the maxima of elements are taken of: `|x|`, or `-x` and `x`.
SmallVector<Value> RowMaxEmitter::getCandidates(Value x) {
  if (isRange)
    return {arith::NegFOp::create(e.b, e.loc, x), x};
  return {math::AbsFOp::create(e.b, e.loc, x)};
}

/// The larger one of `maximum` and `candidate`; NaN is ignored.
Value RowMaxEmitter::larger(Value maximum, Value candidate) {
  Value isLarger = arith::CmpFOp::create(e.b, e.loc, arith::CmpFPredicate::OLT,
                                         maximum, candidate);
  return arith::SelectOp::create(e.b, e.loc, isLarger, candidate, maximum);
}

/// Takes the elements `x` into the maxima of one vector; there are as many
/// maxima for each vector as candidates.
void RowMaxEmitter::update(SmallVectorImpl<Value> &maxima, int64_t vector,
                           Value x) {
  SmallVector<Value> candidates = getCandidates(x);
  for (auto [i, candidate] : llvm::enumerate(candidates)) {
    Value &maximum = maxima[vector * candidates.size() + i];
    maximum = larger(maximum, candidate);
  }
}

/// Folds the upper half onto the lower one until one lane is left.
Value RowMaxEmitter::fold(Value maximum) {
  for (int64_t half = lanes / 2; half > 0; half /= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < half; ++i) {
      low.push_back(i);
      high.push_back(half + i);
    }
    maximum = larger(e.shuffle(maximum, maximum, low),
                     e.shuffle(maximum, maximum, high));
  }
  return maximum;
}

void RowMaxEmitter::emitPart(Value row, Value part, int64_t size) {
  int64_t chunk = lanes * kVectors, perVector = isRange ? 2 : 1;
  ArrayRef<int64_t> shape = e.output.shape;
  Value n = e.div(row, shape[1] * shape[2]);
  Value h = e.div(e.rem(row, shape[1] * shape[2]), shape[2]);
  Value w = e.rem(row, shape[2]);
  Value base = e.offsetOf(e.input, n, h, w, e.mul(part, partLength));
  Value zero = e.splat(e.b.getF32FloatAttr(0.0f), lanes);
  SmallVector<Value> maxima = e.reduceLoop(
      e.index(0), e.index(size / chunk),
      SmallVector<Value>(kVectors * perVector, zero),
      [&](Value i, ValueRange before) {
        SmallVector<Value> after(before);
        for (int64_t v = 0; v < kVectors; ++v) {
          Value at =
              e.add(base, e.mul(e.add(e.mul(i, chunk), v * lanes), stride));
          update(after, v, e.load(e.input, at, lanes));
        }
        return after;
      });
  for (int64_t at = size / chunk * chunk, v = 0; at < size; at += lanes, ++v) {
    int64_t valid = std::min(lanes, size - at);
    update(maxima, v, e.load(e.input, e.add(base, at * stride), lanes, valid));
  }
  for (int64_t i = 0; i < perVector; ++i) {
    Value maximum = maxima[i];
    for (int64_t v = 1; v < kVectors; ++v)
      maximum = larger(maximum, maxima[v * perVector + i]);
    e.finish(fold(maximum), n, h, w, e.add(part, i * parts), 1, Value());
  }
}

void RowMaxEmitter::run() {
  e.forLoop(e.begin, e.end, 1, [&](Value item) {
    Value row = e.div(item, parts), part = e.rem(item, parts);
    int64_t last = length - (parts - 1) * partLength;
    if (parts == 1 || last == partLength)
      return emitPart(row, part, last);
    Value isLast = arith::CmpIOp::create(e.b, e.loc, arith::CmpIPredicate::eq,
                                         part, e.index(parts - 1));
    auto branch = scf::IfOp::create(e.b, e.loc, isLast, /*withElse=*/true);
    OpBuilder::InsertionGuard guard(e.b);
    e.b.setInsertionPointToStart(branch.thenBlock());
    emitPart(row, part, last);
    e.b.setInsertionPointToStart(branch.elseBlock());
    emitPart(row, part, partLength);
  });
}

LogicalResult quantopt::emitRowMax(KernelEmitter &e) {
  RowMaxEmitter(e).run();
  return success();
}
