//===- Constants.h - Reading and making constants ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_DIALECT_QNN_UTILS_CONSTANTS_H
#define QUANTOPT_DIALECT_QNN_UTILS_CONSTANTS_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::qnn {

/// The `f32` constant that defines `value`, or null.
DenseElementsAttr getFloatConstant(Value value);

/// Whether `value` is an `f32` or a quantized constant, or the dequantized
/// form of one: nothing that flows through the network.
bool isConstantData(Value value);

/// The elements in row-major order; splats are repeated.
SmallVector<float> getFloatElements(DenseElementsAttr attr);

/// An `arith.constant` with these elements.
Value createFloatConstant(OpBuilder &builder, Location loc,
                          ArrayRef<int64_t> shape, ArrayRef<float> values);

/// The channels of a constant that is the same for all positions of a tensor
/// of shape `shape`: shape.back() elements, when `value` is a constant with at
/// most the last dimension larger than 1. Nothing otherwise.
std::optional<SmallVector<float>> getChannelConstant(Value value,
                                                     ArrayRef<int64_t> shape);

/// The one number that a constant consists of, if it has only one.
std::optional<float> getScalarConstant(Value value);

/// `shape` with its dimensions permuted: result[i] = shape[permutation[i]].
SmallVector<int64_t> permuteShape(ArrayRef<int64_t> shape,
                                  ArrayRef<int64_t> permutation);

/// For each element of the permuted tensor, the row-major index of its source
/// in a tensor of shape `shape`.
SmallVector<int64_t> getPermutedSources(ArrayRef<int64_t> shape,
                                        ArrayRef<int64_t> permutation);

/// `values` (row-major, of shape `shape`) in the order of the permuted tensor.
template <typename T>
SmallVector<T> permuteElements(ArrayRef<T> values, ArrayRef<int64_t> shape,
                               ArrayRef<int64_t> permutation) {
  SmallVector<T> result;
  result.reserve(values.size());
  for (int64_t source : getPermutedSources(shape, permutation))
    result.push_back(values[source]);
  return result;
}

/// The payload of a `qnn.constant` of this type: stored integers, codes or the
/// bits of floats, packed when the storage type needs it.
DenseElementsAttr packPayload(RankedTensorType type, ArrayRef<int64_t> values);

/// Bytes that a `qnn.constant` stores: payload, scales, zero points (one byte
/// each) and tables.
int64_t getStoredBytes(ConstantOp constant);

/// A `qnn.constant` of affine integers, packed when its storage type needs it.
/// `scales` and `zeroPoints` belong to types with parameters in the constant;
/// zero points that are all zero are left out. Scales are stored as `f32`, or
/// as `f16`, which must hold them exactly.
ConstantOp
createIntegerConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                      ArrayRef<int64_t> values, ArrayRef<float> scales,
                      ArrayRef<int64_t> zeroPoints, bool f16Scales = false);

/// A `qnn.constant` with the elements of `constant` in another shape or order:
/// result element `i` is element `sources[i]`. Nothing when the type's scales
/// do not allow it.
FailureOr<ConstantOp> reorderConstant(OpBuilder &builder, ConstantOp constant,
                                      ArrayRef<int64_t> shape,
                                      ArrayRef<int64_t> sources);

/// A scale and zero point for each row (index along dimension 0) of a constant
/// of affine integers; nothing when they differ within a row.
struct RowParameters {
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
};
FailureOr<RowParameters> getRowParameters(ConstantOp constant);

} // namespace quantopt::qnn

#endif // QUANTOPT_DIALECT_QNN_UTILS_CONSTANTS_H
