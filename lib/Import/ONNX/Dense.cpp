//===- Dense.cpp - Gemm and MatMul ----------------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "IntegerProducts.h"
#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;
using qnn::BinaryFn;

/// A constant of any rank has its elements at import.
static bool isKnown(const ImportValue &value) {
  return value.isHost() || value.isQuantized();
}

/// Emits `qnn.dense`; weight is [N, K], input [..., K], bias may be null.
static Value emitDense(NodeImporter &op, Value input, Value weight,
                       Value bias) {
  SmallVector<int64_t> shape(getShape(input));
  shape.back() = getShape(weight)[0];
  auto type = RankedTensorType::get(shape, op.getBuilder().getF32Type());
  return qnn::DenseOp::create(op.getBuilder(), op.getLoc(), type, input, weight,
                              bias);
}

/// Emits `qnn.matmul` for operands of rank 2 or more.
static FailureOr<Value> emitMatmul(NodeImporter &op, Value lhs, Value rhs) {
  ArrayRef<int64_t> a = getShape(lhs), b = getShape(rhs);
  if (a.back() != b[b.size() - 2])
    return op.malformed("inner dimensions of " + formatShape(a) + " and " +
                        formatShape(b) + " differ");
  FailureOr<SmallVector<int64_t>> shape =
      op.broadcastShapes(a.drop_back(2), b.drop_back(2));
  if (failed(shape))
    return failure();
  shape->push_back(a[a.size() - 2]);
  shape->push_back(b.back());
  auto type = RankedTensorType::get(*shape, op.getBuilder().getF32Type());
  return qnn::MatmulOp::create(op.getBuilder(), op.getLoc(), type, lhs, rhs)
      .getResult();
}

/// The value times a number, at import if it is known.
static FailureOr<ImportValue> scale(NodeImporter &op, const ImportValue &value,
                                    float factor) {
  if (factor == 1.0f)
    return value;
  if (value.isHost() && value.host.getType() == ElementType::Float) {
    SmallVector<float> scaled = value.host.getFloats();
    for (float &x : scaled)
      x *= factor;
    return ImportValue(HostTensor::fromFloats(value.getShape(), scaled));
  }
  FailureOr<Value> tensor = op.toFloat(value);
  if (failed(tensor))
    return failure();
  FailureOr<Value> result =
      op.binary(BinaryFn::Mul, *tensor, op.scalar(factor));
  if (failed(result))
    return failure();
  return ImportValue(*result);
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

namespace {
/// op(A) * op(B) * alpha + C * beta with the transpositions done.
struct GemmOperands {
  ImportValue a, b, c;
  float alpha = 1, beta = 1;
  /// Whether B is known; it is [N, K] then and [K, N] otherwise.
  bool dense = false;
  int64_t columns = 0;

  bool hasC() const { return c.kind != ImportValue::Kind::Missing; }
};
} // namespace

/// Whether C adds one number to each column, so that it can be a bias.
static bool isBias(const ImportValue &c, int64_t columns) {
  ArrayRef<int64_t> shape = c.getShape();
  if (!c.isHost() || shape.size() > 2 || (shape.size() == 2 && shape[0] != 1))
    return false;
  return shape.empty() || shape.back() == 1 || shape.back() == columns;
}

/// C as a vector of `columns` numbers.
static FailureOr<Value> toBias(NodeImporter &op, const ImportValue &c,
                               int64_t columns) {
  FailureOr<ImportValue> vector =
      op.reshape(c, {*getNumElements(c.getShape())});
  if (succeeded(vector))
    vector = op.broadcast(*vector, {columns});
  if (failed(vector))
    return failure();
  return op.toFloat(*vector);
}

static FailureOr<GemmOperands> readGemm(NodeImporter &op) {
  GemmOperands result;
  result.alpha = op.getFloat("alpha", 1.0f);
  result.beta = op.getFloat("beta", 1.0f);
  bool transposeA = op.getInt("transA", 0), transposeB = op.getInt("transB", 0);
  if (failed(op.expectInputs(2, 3)))
    return failure();
  ArrayRef<int64_t> lhs = op.getShape(0), rhs = op.getShape(1);
  if (lhs.size() != 2 || rhs.size() != 2)
    return op.malformed("expected matrices, but got " + formatShape(lhs) +
                        " and " + formatShape(rhs));
  if (lhs[transposeA ? 0 : 1] != rhs[transposeB ? 1 : 0])
    return op.malformed("inner dimensions of " + formatShape(lhs) + " and " +
                        formatShape(rhs) + " differ");
  result.dense = isKnown(op.getInput(1));
  result.columns = rhs[transposeB ? 0 : 1];
  FailureOr<ImportValue> a = op.getInput(0), b = op.getInput(1);
  if (transposeA)
    a = op.transpose(*a, {1, 0});
  if (transposeB != result.dense)
    b = op.transpose(*b, {1, 0});
  if (failed(a) || failed(b))
    return failure();
  result.a = std::move(*a);
  result.b = std::move(*b);
  if (op.hasInput(2) && result.beta != 0)
    result.c = op.getInput(2);
  return result;
}

/// The product, alpha included, and C too if it can be the bias of a dense
/// layer; `c` is missing afterwards in that case.
static FailureOr<Value> emitProduct(NodeImporter &op, GemmOperands &gemm) {
  // A known float matrix takes alpha; quantized integers cannot.
  bool foldAlpha = gemm.dense && gemm.b.isHost();
  float rest = foldAlpha ? 1.0f : gemm.alpha;
  FailureOr<ImportValue> b = scale(op, gemm.b, foldAlpha ? gemm.alpha : 1.0f);
  if (failed(b))
    return failure();
  FailureOr<Value> lhs = op.toFloat(gemm.a), rhs = op.toFloat(*b);
  FailureOr<Value> bias = Value();
  if (gemm.hasC() && gemm.dense && rest == 1.0f &&
      isBias(gemm.c, gemm.columns)) {
    bias = toBias(op, gemm.c, gemm.columns);
    gemm.c = ImportValue();
  }
  if (failed(lhs) || failed(rhs) || failed(bias))
    return failure();
  FailureOr<Value> product = gemm.dense ? emitDense(op, *lhs, *rhs, *bias)
                                        : emitMatmul(op, *lhs, *rhs);
  if (failed(product))
    return failure();
  FailureOr<ImportValue> result = scale(op, *product, rest);
  if (failed(result))
    return failure();
  return result->runtime;
}

static LogicalResult importGemm(NodeImporter &op) {
  FailureOr<GemmOperands> gemm = readGemm(op);
  if (failed(gemm))
    return failure();
  if (gemm->hasC()) {
    FailureOr<ImportValue> c = scale(op, gemm->c, gemm->beta);
    if (failed(c))
      return failure();
    gemm->c = std::move(*c);
  }
  FailureOr<Value> product = emitProduct(op, *gemm);
  if (failed(product) || !gemm->hasC())
    return failed(product) ? failure() : op.setResult(0, *product);
  if (!qnn::broadcastsTo(gemm->c.getShape(), getShape(*product)))
    return op.malformed("C of shape " + formatShape(gemm->c.getShape()) +
                        " does not broadcast to " +
                        formatShape(getShape(*product)));
  FailureOr<Value> addend = op.toFloat(gemm->c);
  if (failed(addend))
    return failure();
  FailureOr<Value> sum = op.binary(BinaryFn::Add, *product, *addend);
  return failed(sum) ? failure() : op.setResult(0, *sum);
}

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

/// The product with a known matrix [K, N] as a dense layer.
static FailureOr<Value> emitDenseMatMul(NodeImporter &op,
                                        const ImportValue &lhs,
                                        const ImportValue &rhs) {
  if (lhs.getShape().back() != rhs.getShape()[0])
    return op.malformed("inner dimensions of " + formatShape(lhs.getShape()) +
                        " and " + formatShape(rhs.getShape()) + " differ");
  FailureOr<ImportValue> turned = op.transpose(rhs, {1, 0});
  if (failed(turned))
    return failure();
  FailureOr<Value> input = op.toFloat(lhs), weight = op.toFloat(*turned);
  if (failed(input) || failed(weight))
    return failure();
  return emitDense(op, *input, *weight, Value());
}

/// A known tensor whose leading dimensions are all 1 as a matrix; otherwise
/// nothing changes.
static FailureOr<ImportValue> dropLeadingOnes(NodeImporter &op,
                                              const ImportValue &value) {
  ArrayRef<int64_t> shape = value.getShape();
  bool applies =
      isKnown(value) && shape.size() > 2 &&
      !(value.isQuantized() && value.quantized->axis >= 0) &&
      llvm::all_of(shape.drop_back(2), [](int64_t size) { return size == 1; });
  if (!applies)
    return value;
  return op.reshape(value, shape.take_back(2));
}

static LogicalResult importMatMul(NodeImporter &op) {
  if (failed(op.expectInputs(2, 2)))
    return failure();
  ImportValue lhs = op.getInput(0), rhs = op.getInput(1);
  int64_t rank = std::max(lhs.getRank(), rhs.getRank());
  // Products of two differences of bytes, which binary32 adds exactly.
  constexpr int64_t kExactDepth = (int64_t(1) << 24) / (255 * 255);
  if (op.hasAttribute(getExactAttributeName()) && lhs.getRank() != 0 &&
      lhs.getShape().back() > kExactDepth)
    return op.unsupported("a product of two matrices of run time with sums of "
                          "more than " +
                          Twine(kExactDepth) + " terms");
  if (lhs.getRank() == 0 || rhs.getRank() == 0)
    return op.malformed("expected operands of rank 1 or more");
  // A vector is a row on the left and a column on the right.
  bool dropRow = lhs.getRank() == 1, dropColumn = rhs.getRank() == 1;
  FailureOr<ImportValue> a = lhs, b = rhs;
  if (dropRow)
    a = op.reshape(lhs, {1, lhs.getShape()[0]});
  if (dropColumn)
    b = op.reshape(rhs, {rhs.getShape()[0], 1});
  if (succeeded(b) && a->getRank() >= rank)
    b = dropLeadingOnes(op, *b);
  if (failed(a) || failed(b))
    return failure();
  FailureOr<Value> product = failure();
  if (isKnown(*b) && b->getRank() == 2) {
    product = emitDenseMatMul(op, *a, *b);
  } else {
    FailureOr<Value> left = op.toFloat(*a), right = op.toFloat(*b);
    if (failed(left) || failed(right))
      return failure();
    product = emitMatmul(op, *left, *right);
  }
  if (failed(product))
    return failure();
  SmallVector<int64_t> shape(getShape(*product));
  if (dropColumn)
    shape.pop_back();
  if (dropRow)
    shape.erase(shape.end() - (dropColumn ? 1 : 2));
  FailureOr<ImportValue> result = op.reshape(*product, shape);
  if (failed(result))
    return failure();
  return op.setResult(0, *result);
}

ArrayRef<OpRow> quantopt::onnx::getDenseOps() {
  static const OpRow rows[] = {
      {"Gemm", 7, importGemm},
      {"MatMul", 7, importMatMul},
  };
  return rows;
}
