//===- BlockProducts.cpp - Products with weights in blocks ----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// MatMulNBits: a product with a matrix [N, K] of few bits, each row of which
/// is cut into blocks with a scale and a zero point.
///
//===----------------------------------------------------------------------===//

#include "OpTable.h"

using namespace quantopt;
using namespace quantopt::onnx;

namespace {
/// Sizes of the matrix and its parts.
struct BlockMatrix {
  int64_t rows, columns, block, bits;

  int64_t getBlocks() const { return llvm::divideCeil(columns, block); }
  int64_t getBlockBytes() const { return llvm::divideCeil(block * bits, 8); }
  /// Zero points of a row are packed like codes.
  int64_t getZeroBytes() const {
    return llvm::divideCeil(getBlocks() * bits, 8);
  }
};
} // namespace

/// The inputs of the node, in order.
enum Input { Left, Codes, Scales, ZeroPoints, Order, Bias };

static FailureOr<BlockMatrix> readSizes(NodeImporter &op) {
  BlockMatrix m = {op.getInt("N", 0), op.getInt("K", 0),
                   op.getInt("block_size", 0), op.getInt("bits", 4)};
  if (m.rows <= 0 || m.columns <= 0 || m.block <= 0 || m.rows > maxIndices ||
      m.columns > maxIndices || m.block > maxIndices)
    return op.malformed("expected positive N, K and block_size, but got " +
                        Twine(m.rows) + ", " + Twine(m.columns) + " and " +
                        Twine(m.block));
  if (m.bits != 4 && m.bits != 8)
    return op.unsupported("weights of " + Twine(m.bits) + " bits");
  if (op.hasInput(Order))
    return op.unsupported("an order of groups (g_idx)");
  int64_t width = op.getRank(Left) ? op.getShape(Left).back() : 0;
  if (width != m.columns)
    return op.malformed("expected an input of " + Twine(m.columns) +
                        " elements in each row, but got shape " +
                        formatShape(op.getShape(Left)));
  return m;
}

/// A constant input with this many elements.
static FailureOr<HostTensor> readInput(NodeImporter &op, int64_t index,
                                       StringRef name, int64_t count) {
  FailureOr<HostTensor> tensor = op.getHost(index, name);
  if (failed(tensor) || tensor->getNumElements() == count)
    return tensor;
  return op.malformed("expected " + Twine(count) + " elements of " + name +
                      ", but got shape " + formatShape(tensor->getShape()));
}

/// Number `index` of those that are packed in bytes, lowest bits first.
static int64_t unpack(ArrayRef<int64_t> bytes, int64_t bits, int64_t index) {
  int64_t perByte = 8 / bits;
  int64_t shift = index % perByte * bits;
  return bytes[index / perByte] >> shift & ((1 << bits) - 1);
}

/// The zero points of all blocks; the middle where the node has none.
static FailureOr<SmallVector<int64_t>> readZeroPoints(NodeImporter &op,
                                                      const BlockMatrix &m) {
  SmallVector<int64_t> result(m.rows * m.getBlocks(), 1 << (m.bits - 1));
  if (!op.hasInput(ZeroPoints))
    return result;
  FailureOr<HostTensor> packed =
      readInput(op, ZeroPoints, "the zero points", m.rows * m.getZeroBytes());
  if (failed(packed))
    return failure();
  if (packed->getType() != ElementType::UInt8)
    return op.unsupported("zero points of element type " +
                          getName(packed->getType()));
  SmallVector<int64_t> bytes = packed->getInts();
  for (int64_t row = 0; row < m.rows; ++row)
    for (int64_t b = 0; b < m.getBlocks(); ++b)
      result[row * m.getBlocks() + b] =
          unpack(ArrayRef(bytes).drop_front(row * m.getZeroBytes()), m.bits, b);
  return result;
}

/// The codes of all rows, without what fills the last block.
static FailureOr<HostTensor> readCodes(NodeImporter &op, const BlockMatrix &m) {
  int64_t rowBytes = m.getBlocks() * m.getBlockBytes();
  FailureOr<HostTensor> packed =
      readInput(op, Codes, "the weight", m.rows * rowBytes);
  if (failed(packed))
    return failure();
  if (packed->getType() != ElementType::UInt8)
    return op.unsupported("a weight of element type " +
                          getName(packed->getType()));
  SmallVector<int64_t> bytes = packed->getInts();
  HostTensor codes(m.bits == 4 ? ElementType::UInt4 : ElementType::UInt8,
                   {m.rows, m.columns});
  for (int64_t row = 0; row < m.rows; ++row)
    for (int64_t i = 0; i < m.columns; ++i) {
      int64_t first = row * rowBytes + i / m.block * m.getBlockBytes();
      codes.setInt(
          row * m.columns + i,
          unpack(ArrayRef(bytes).drop_front(first), m.bits, i % m.block));
    }
  return codes;
}

static LogicalResult importMatMulNBits(NodeImporter &op) {
  if (failed(op.expectInputs(3, 6)))
    return failure();
  FailureOr<BlockMatrix> m = readSizes(op);
  if (failed(m))
    return failure();
  // The sizes are those of data before anything else is made of them.
  FailureOr<HostTensor> codes = readCodes(op, *m);
  if (failed(codes))
    return failure();
  FailureOr<SmallVector<float>> scales = op.getHostFloats(Scales, "the scales");
  FailureOr<SmallVector<int64_t>> zeroPoints = readZeroPoints(op, *m);
  if (failed(scales) || failed(zeroPoints))
    return failure();
  if (scales->size() != zeroPoints->size())
    return op.malformed("expected " + Twine(zeroPoints->size()) +
                        " scales, but got " + Twine(scales->size()));
  QuantizedConstant constant;
  constant.values = std::move(*codes);
  constant.scales = std::move(*scales);
  constant.zeroPoints = std::move(*zeroPoints);
  constant.axis = 1;
  constant.block = m->block;
  FailureOr<Value> input = op.getFloat(Left);
  FailureOr<Value> weight = op.toFloat(std::move(constant));
  if (failed(input) || failed(weight))
    return failure();
  Value bias;
  if (op.hasInput(Bias)) {
    FailureOr<Value> value = op.getFloat(Bias);
    if (failed(value))
      return failure();
    bias = *value;
  }
  SmallVector<int64_t> shape(op.getShape(Left));
  shape.back() = m->rows;
  auto type = RankedTensorType::get(shape, op.getBuilder().getF32Type());
  return op.setResult(0, qnn::DenseOp::create(op.getBuilder(), op.getLoc(),
                                              type, *input, *weight, bias)
                             .getResult());
}

ArrayRef<OpRow> quantopt::onnx::getBlockProductOps() {
  static const OpRow rows[] = {
      {"MatMulNBits", 1, importMatMulNBits,
       "4 and 8 bits; codes, scales and zero points constants; no g_idx",
       newestOpset, "com.microsoft"},
  };
  return rows;
}
