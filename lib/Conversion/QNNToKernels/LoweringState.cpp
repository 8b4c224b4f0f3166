//===- LoweringState.cpp - State of the lowering to kernels ---------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoweringState.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "quant-opt/Dialect/QVec/IR/QVecOps.h"

using namespace quantopt;

/// No reassociation: sums of rounded terms, as in exp, would lose digits.
static constexpr arith::FastMathFlags kFastFlags =
    arith::FastMathFlags::contract | arith::FastMathFlags::arcp;

void FastMath::notifyOperationInserted(Operation *op,
                                       OpBuilder::InsertPoint previous) {
  // An op that only moved has its flags.
  if (!isActive || previous.isSet())
    return;
  auto flags = arith::FastMathFlagsAttr::get(op->getContext(), kFastFlags);
  if (auto kernel = dyn_cast<qvec::KernelOp>(op))
    kernel.setFastmathAttr(flags);
  else if (auto arithmetic = dyn_cast<arith::ArithFastMathInterface>(op))
    op->setAttr(arithmetic.getFastMathAttrName(), flags);
}

static bool isFloat(Value value) {
  return getElementTypeOrSelf(value.getType()).isF32();
}

/// Conversions to and from integers have one right result.
FastMath::Scope::Scope(FastMath &fastMath, Operation *op)
    : fastMath(fastMath), before(fastMath.isActive) {
  fastMath.isActive = fastMath.isAllowed && op->getNumOperands() != 0 &&
                      op->getNumResults() != 0 && isFloat(op->getOperand(0)) &&
                      isFloat(op->getResult(0));
}

LoweringState::LoweringState(func::FuncOp func, const TargetLevel &target,
                             bool allowFastMath)
    : fastMath(allowFastMath), builder(func.getContext(), &fastMath),
      target(target) {}

int64_t quantopt::getSignedEquivalent(IntegerType storage, int64_t value) {
  if (!storage.isUnsigned())
    return value;
  return value - (int64_t(1) << (storage.getWidth() - 1));
}

Value quantopt::skipStorageCasts(Value value) {
  while (auto cast = value.getDefiningOp<qnn::StorageCastOp>())
    value = cast.getInput();
  return value;
}

bool LoweringState::hasPads(Value value) const {
  return pads.contains(skipStorageCasts(value));
}

Type LoweringState::getLoweredElementType(Type type) const {
  if (auto quantized = dyn_cast<qnn::QuantizedTypeInterface>(type))
    type = quantized.getStorageType();
  if (auto integer = dyn_cast<IntegerType>(type))
    return IntegerType::get(type.getContext(), integer.getWidth());
  return type;
}

RankedTensorType LoweringState::getLoweredType(Type type) const {
  auto tensor = cast<RankedTensorType>(type);
  return RankedTensorType::get(tensor.getShape(),
                               getLoweredElementType(tensor.getElementType()));
}

Value LoweringState::constantIndex(int64_t value, Location loc) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

Value LoweringState::constant(DenseElementsAttr value, Location loc) {
  return arith::ConstantOp::create(builder, loc, value);
}

Value LoweringState::constantI32(ArrayRef<int32_t> values, Location loc) {
  auto type =
      RankedTensorType::get({int64_t(values.size())}, builder.getI32Type());
  return constant(DenseElementsAttr::get(type, values), loc);
}

Value LoweringState::constantF32(ArrayRef<float> values, Location loc) {
  auto type =
      RankedTensorType::get({int64_t(values.size())}, builder.getF32Type());
  return constant(DenseElementsAttr::get(type, values), loc);
}

Value LoweringState::empty(RankedTensorType type, Location loc) {
  return tensor::EmptyOp::create(builder, loc, type.getShape(),
                                 type.getElementType());
}

/// A unit-stride slice.
static Value slice(OpBuilder &builder, Location loc, Value tensor,
                   ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
  SmallVector<OpFoldResult> ones(offsets.size(), builder.getIndexAttr(1));
  return tensor::ExtractSliceOp::create(
      builder, loc, tensor,
      getAsIndexOpFoldResult(builder.getContext(), offsets),
      getAsIndexOpFoldResult(builder.getContext(), sizes), ones);
}

static Value insert(OpBuilder &builder, Location loc, Value part, Value whole,
                    ArrayRef<int64_t> offsets) {
  auto sizes = cast<RankedTensorType>(part.getType()).getShape();
  SmallVector<OpFoldResult> ones(offsets.size(), builder.getIndexAttr(1));
  return tensor::InsertSliceOp::create(
      builder, loc, part, whole,
      getAsIndexOpFoldResult(builder.getContext(), offsets),
      getAsIndexOpFoldResult(builder.getContext(), sizes), ones);
}

Value LoweringState::get(Value value, Location loc) {
  value = skipStorageCasts(value);
  auto padded = buffers.find(value);
  if (padded == buffers.end())
    return lowered.lookup(value);
  const SpatialPads &p = pads.find(value)->second.pads;
  return slice(builder, loc, padded->second, {0, p.top, p.left, 0},
               cast<RankedTensorType>(value.getType()).getShape());
}

Value LoweringState::getPadded(Value value, const SpatialPads &wanted,
                               Location loc) {
  if (!wanted.any())
    return get(value, loc);
  value = skipStorageCasts(value);
  const SpatialPads &p = pads.find(value)->second.pads;
  SmallVector<int64_t> sizes(
      cast<RankedTensorType>(value.getType()).getShape());
  sizes[1] += wanted.top + wanted.bottom;
  sizes[2] += wanted.left + wanted.right;
  return slice(builder, loc, buffers.lookup(value),
               {0, p.top - wanted.top, p.left - wanted.left, 0}, sizes);
}

void LoweringState::requirePads(Value value, const SpatialPads &wanted,
                                TypedAttr fill) {
  PadPlan &plan = pads[skipStorageCasts(value)];
  plan.fill = fill;
  plan.include(wanted);
}

void LoweringState::requirePads(Value value, const SpatialPads &wanted,
                                Value fill) {
  PadPlan &plan = pads[skipStorageCasts(value)];
  plan.fillValue = fill;
  plan.include(wanted);
}

void LoweringState::PadPlan::include(const SpatialPads &wanted) {
  pads.top = std::max(pads.top, wanted.top);
  pads.left = std::max(pads.left, wanted.left);
  pads.bottom = std::max(pads.bottom, wanted.bottom);
  pads.right = std::max(pads.right, wanted.right);
}

Value LoweringState::fill(Value scalar, Value destination, Location loc) {
  auto type = cast<RankedTensorType>(destination.getType());
  SmallVector<utils::IteratorType> kinds(type.getRank(),
                                         utils::IteratorType::parallel);
  AffineMap map =
      AffineMap::getMultiDimIdentityMap(type.getRank(), builder.getContext());
  AffineMap none = AffineMap::get(type.getRank(), 0, builder.getContext());
  return linalg::GenericOp::create(
             builder, loc, type, scalar, destination,
             ArrayRef<AffineMap>{none, map}, kinds,
             [](OpBuilder &in, Location l, ValueRange args) {
               linalg::YieldOp::create(in, l, args[0]);
             })
      .getResult(0);
}

Value LoweringState::fillHalo(Value buffer, RankedTensorType type,
                              const PadPlan &plan, Location loc) {
  const SpatialPads &p = plan.pads;
  int64_t n = type.getDimSize(0), h = type.getDimSize(1),
          w = type.getDimSize(2), c = type.getDimSize(3);
  int64_t fullWidth = w + p.left + p.right;
  Value constant;
  if (!plan.fillValue)
    constant = arith::ConstantOp::create(builder, loc, plan.fill);
  auto fillPart = [&](ArrayRef<int64_t> offsets, ArrayRef<int64_t> sizes) {
    if (llvm::is_contained(sizes, 0))
      return;
    Value part = slice(builder, loc, buffer, offsets, sizes);
    Value filled =
        constant
            ? linalg::FillOp::create(builder, loc, constant, part).getResult(0)
            : fill(get(plan.fillValue, loc), part, loc);
    buffer = insert(builder, loc, filled, buffer, offsets);
  };
  fillPart({0, 0, 0, 0}, {n, p.top, fullWidth, c});
  fillPart({0, p.top + h, 0, 0}, {n, p.bottom, fullWidth, c});
  fillPart({0, p.top, 0, 0}, {n, h, p.left, c});
  fillPart({0, p.top, p.left + w, 0}, {n, h, p.right, c});
  return buffer;
}

Value LoweringState::getDestination(Value value, Location loc) {
  value = skipStorageCasts(value);
  RankedTensorType type = getLoweredType(value.getType());
  auto plan = pads.find(value);
  if (plan == pads.end())
    return empty(type, loc);
  const SpatialPads &p = plan->second.pads;
  SmallVector<int64_t> shape(type.getShape());
  shape[1] += p.top + p.bottom;
  shape[2] += p.left + p.right;
  Value buffer =
      empty(RankedTensorType::get(shape, type.getElementType()), loc);
  buffer = fillHalo(buffer, type, plan->second, loc);
  buffers[value] = buffer;
  return slice(builder, loc, buffer, {0, p.top, p.left, 0}, type.getShape());
}

void LoweringState::set(Value value, Value result, Location loc) {
  value = skipStorageCasts(value);
  auto padded = buffers.find(value);
  if (padded == buffers.end()) {
    lowered[value] = result;
    return;
  }
  const SpatialPads &p = pads.find(value)->second.pads;
  padded->second =
      insert(builder, loc, result, padded->second, {0, p.top, p.left, 0});
}

void LoweringState::setView(Value value, Value result, Location loc) {
  if (!hasPads(value)) {
    lowered[skipStorageCasts(value)] = result;
    return;
  }
  Value destination = getDestination(value, loc);
  Value copied =
      linalg::CopyOp::create(builder, loc, result, destination).getResult(0);
  set(value, copied, loc);
}

Value LoweringState::reshape(Value tensor, ArrayRef<int64_t> shape,
                             Location loc) {
  auto type = cast<RankedTensorType>(tensor.getType());
  if (type.getShape() == shape)
    return tensor;
  auto all = [](size_t rank) {
    ReassociationIndices indices(rank);
    std::iota(indices.begin(), indices.end(), 0);
    return SmallVector<ReassociationIndices>{indices};
  };
  auto flat =
      RankedTensorType::get({type.getNumElements()}, type.getElementType());
  Value result = tensor;
  if (type.getRank() == 0)
    result = tensor::ExpandShapeOp::create(builder, loc, flat, tensor,
                                           ArrayRef<ReassociationIndices>{});
  else if (type.getRank() > 1)
    result = tensor::CollapseShapeOp::create(builder, loc, flat, tensor,
                                             all(type.getRank()));
  if (shape.size() == 1)
    return result;
  auto target = RankedTensorType::get(shape, type.getElementType());
  if (shape.empty())
    return tensor::CollapseShapeOp::create(builder, loc, target, result,
                                           ArrayRef<ReassociationIndices>{});
  return tensor::ExpandShapeOp::create(builder, loc, target, result,
                                       all(shape.size()));
}
