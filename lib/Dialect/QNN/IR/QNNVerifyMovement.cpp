//===- QNNVerifyMovement.cpp - Verifiers of data movement -----------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QNNVerify.h"
#include "llvm/Support/MathExtras.h"

using namespace quantopt;
using namespace quantopt::qnn;

LogicalResult ConcatOp::verify() {
  if (getInputs().empty()) // (C1)
    return emitOpError("expected at least one operand");
  if (failed(verifySameElementType(*this))) // (C2)
    return failure();
  SmallVector<int64_t> shape(tensorOf(getInputs()[0]).getShape());
  if (failed(verifyAxis(*this, getAxis(), shape.size()))) // (C4)
    return failure();
  int64_t total = 0;
  for (Value input : getInputs()) { // (C3)
    SmallVector<int64_t> other(tensorOf(input).getShape());
    if (other.size() != shape.size())
      return emitOpError("expected operands of rank ")
             << shape.size() << ", but got " << input.getType();
    total += other[getAxis()];
    other[getAxis()] = shape[getAxis()];
    if (other != shape)
      return emitOpError("expected sizes that agree except along axis ")
             << getAxis() << ", but got " << input.getType();
  }
  shape[getAxis()] = total;
  return verifyResultShape(*this, shape);
}

LogicalResult SliceOp::verify() {
  RankedTensorType input = tensorOf(getInput()), result = tensorOf(getResult());
  size_t rank = input.getRank();
  if (getOffsets().size() != rank || getStrides().size() != rank ||
      result.getRank() != int64_t(rank)) // (C1)
    return emitOpError("expected an offset and a stride for each of ")
           << rank << " dimensions, but got " << getOffsets().size() << " and "
           << getStrides().size();
  if (failed(verifySameElementType(*this)))
    return failure(); // (C3)
  for (size_t i = 0; i < rank; ++i) {
    int64_t first = getOffsets()[i], stride = getStrides()[i];
    if (stride == 0) // (C3)
      return emitOpError("expected strides that are not zero");
    if (result.isDynamicDim(i) || input.isDynamicDim(i) ||
        result.getDimSize(i) == 0)
      continue;
    int64_t size = input.getDimSize(i), way = 0, last = 0;
    bool overflow = llvm::MulOverflow(result.getDimSize(i) - 1, stride, way) ||
                    llvm::AddOverflow(first, way, last);
    if (overflow || first < 0 || first >= size || last < 0 ||
        last >= size) // (C2)
      return emitOpError("expected indices in [0, ")
             << size << ") along dimension " << i << ", but got " << first
             << " to " << last;
  }
  return success();
}

LogicalResult PadOp::verify() {
  RankedTensorType input = tensorOf(getInput());
  size_t rank = input.getRank();
  if (getLow().size() != rank || getHigh().size() != rank) // (C1)
    return emitOpError("expected a low and a high amount for each of ")
           << rank << " dimensions, but got " << getLow().size() << " and "
           << getHigh().size();
  SmallVector<int64_t> shape(input.getShape());
  for (size_t i = 0; i < rank; ++i) {
    for (int64_t amount : {getLow()[i], getHigh()[i]})
      if (amount < 0 || amount > INT32_MAX) // (C1)
        return emitOpError("expected amounts in [0, 2147483647], but got ")
               << amount;
    if (!ShapedType::isDynamic(shape[i]))
      shape[i] += getLow()[i] + getHigh()[i];
  }
  if (failed(verifySameElementType(*this))) // (C3)
    return failure();
  if (isa<QuantizedTypeInterface>(input.getElementType()) &&
      (!getValue().isZero() || getStorageValue() != 0)) // (C4)
    return emitOpError("expected value 0 for a quantized type, but got ")
           << getValueAttr();
  int64_t storageValue = int32_t(getStorageValue());
  IntegerLimits limits{-128, 127};
  if (input.getElementType().isInteger())
    limits = getLimits(getInput());
  if (storageValue < limits.min || storageValue > limits.max)
    return emitOpError("expected a storage value in [")
           << limits.min << ", " << limits.max << "], but got " << storageValue;
  if (Value fill = getFill()) // (C5)
    if (tensorOf(fill).getRank() != 0 || storageValue != 0 ||
        !input.getElementType().isInteger(8))
      return emitOpError("expected a fill of type 'tensor<i8>' for a tensor of "
                         "i8 with storageValue 0, but got ")
             << fill.getType() << " for " << input;
  return verifyResultShape(*this, shape); // (C2)
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType input = tensorOf(getInput()), result = tensorOf(getResult());
  if (failed(verifySameElementType(*this)))
    return failure(); // (C1)
  if (input.hasStaticShape() && result.hasStaticShape() &&
      input.getNumElements() != result.getNumElements()) // (C1)
    return emitOpError("expected as many elements as the input, ")
           << input.getNumElements() << ", but got " << result.getNumElements();
  return success();
}

LogicalResult TransposeOp::verify() {
  RankedTensorType input = tensorOf(getInput());
  SmallVector<int64_t> sorted(getPermutation());
  llvm::sort(sorted);
  bool ok = int64_t(sorted.size()) == input.getRank();
  for (size_t i = 0; ok && i < sorted.size(); ++i)
    ok = sorted[i] == int64_t(i);
  if (!ok) // (C1)
    return emitOpError("expected a permutation of ")
           << input.getRank() << " dimensions";
  if (failed(verifySameElementType(*this))) // (C2)
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t p : getPermutation())
    shape.push_back(input.getDimSize(p));
  return verifyResultShape(*this, shape); // (C2)
}

LogicalResult BroadcastOp::verify() {
  if (failed(verifySameElementType(*this))) // (C1)
    return failure();
  if (!broadcastsTo(tensorOf(getInput()).getShape(),
                    tensorOf(getResult()).getShape())) // (C1)
    return emitOpError("expected a shape that ")
           << getInput().getType() << " broadcasts to, but got " << getType();
  return success();
}

LogicalResult GatherOp::verify() {
  RankedTensorType input = tensorOf(getInput());
  if (failed(verifyAxis(*this, getAxis(), input.getRank())) || // (C1)
      failed(verifySameElementType(*this)))
    return failure();
  int64_t size = input.getDimSize(getAxis());
  for (int64_t index : getIndices())
    if (index < 0 || (index >= size && !ShapedType::isDynamic(size))) // (C2)
      return emitOpError("expected indices in [0, ")
             << size << "), but got " << index;
  SmallVector<int64_t> shape(input.getShape());
  shape[getAxis()] = getIndices().size();
  return verifyResultShape(*this, shape); // (C3)
}

/// What all interpolations along an axis have to fulfil, (C1) to (C3).
template <typename Op> static LogicalResult verifyInterpolation(Op op) {
  RankedTensorType input = tensorOf(op.getInput());
  auto axis = int64_t(op.getAxis());
  if (failed(verifyAxis(op, axis, input.getRank()))) // (C1)
    return failure();
  size_t count = op.getLower().size();
  if (op.getUpper().size() != count ||
      op.getFractions().size() != count) // (C2)
    return op.emitOpError("expected as many upper indices and fractions as "
                          "lower indices, ")
           << count << ", but got " << op.getUpper().size() << " and "
           << op.getFractions().size();
  int64_t size = input.getDimSize(axis);
  for (auto [lower, upper] : llvm::zip(op.getLower(), op.getUpper()))
    if (lower < 0 || upper < 0 || lower >= size || upper >= size) // (C2)
      return op.emitOpError("expected indices in [0, ")
             << size << "), but got " << lower << " and " << upper;
  SmallVector<int64_t> shape(input.getShape());
  shape[axis] = count;
  return verifyResultShape(op, shape); // (C3)
}

LogicalResult InterpolateOp::verify() { return verifyInterpolation(*this); }

LogicalResult InterpolateFixedOp::verify() {
  if (failed(verifyInterpolation(*this)))
    return failure();
  constexpr int32_t most = 15;
  auto bits = int32_t(getBits());
  if (bits < 0 || bits > most) // (C4)
    return emitOpError("expected 0 to ") << most << " bits, but got " << bits;
  int32_t one = 1 << bits;
  for (int32_t fraction : getFractions())
    if (fraction < -one || fraction > 2 * one) // (C4)
      return emitOpError("expected fractions in [")
             << -one << ", " << 2 * one << "], but got " << fraction;
  return verifyInputZeroPoint(*this, getInput(),
                              int32_t(getInputZeroPoint())); // (C5)
}
