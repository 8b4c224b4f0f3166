//===- ConvertQNNToQuant.cpp - qnn's quantized types to upstream's --------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Retype.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Conversion/QNNToQuant/Passes.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt {
#define GEN_PASS_DEF_CONVERTQNNTOQUANT
#include "quant-opt/Conversion/QNNToQuant/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// The start of an error about a type that quant cannot express.
static InFlightDiagnostic refuse(Location loc, Type type) {
  return emitError(loc) << "cannot express " << type
                        << " in the quant dialect: ";
}

static bool isQuantized(Type type) { return isa<QuantizedTypeInterface>(type); }

/// The signless integer of the same width, which quant uses for all storage.
static IntegerType getSignless(IntegerType storage) {
  return IntegerType::get(storage.getContext(), storage.getWidth());
}

static unsigned getFlags(IntegerType storage) {
  return storage.isUnsigned() ? 0 : quant::QuantizationFlags::Signed;
}

/// The type with one scale and zero point.
static Type convertAffine(Location loc, AffineType type) {
  IntegerType storage = type.getStorage();
  return quant::UniformQuantizedType::getChecked(
      [&] { return refuse(loc, type); }, getFlags(storage),
      getSignless(storage), type.getExpressedType(), type.getScale(),
      type.getZeroPoint(), type.getStorageMin(), type.getStorageMax());
}

/// The scales of a constant as `f32`, exact.
static SmallVector<float> getScales(ConstantOp op) {
  SmallVector<float> scales;
  if (ElementsAttr attr = op.getScalesAttr())
    for (APFloat scale : cast<DenseElementsAttr>(attr).getValues<APFloat>())
      scales.push_back(scale.convertToFloat());
  return scales;
}

/// Whether zero points lie in the storage range, as quant's types assume.
static LogicalResult checkZeroPoints(ConstantOp op, Type type,
                                     ArrayRef<int64_t> zeroPoints, int64_t min,
                                     int64_t max) {
  for (int64_t zeroPoint : zeroPoints)
    if (zeroPoint < min || zeroPoint > max)
      return refuse(op.getLoc(), type)
             << "expected zero points within [" << min << ", " << max
             << "], but got " << zeroPoint;
  return success();
}

/// The type with one scale per slice along an axis.
static Type convertAxis(ConstantOp op, AffineAxisType type) {
  IntegerType storage = type.getStorage();
  SmallVector<float> scales = getScales(op);
  SmallVector<double> wide(scales.begin(), scales.end());
  SmallVector<int64_t> zeroPoints = getScaleParameters(op).zeroPoints;
  if (failed(checkZeroPoints(op, type, zeroPoints, type.getStorageMin(),
                             type.getStorageMax())))
    return {};
  return quant::UniformQuantizedPerAxisType::getChecked(
      [&] { return refuse(op.getLoc(), type); }, getFlags(storage),
      getSignless(storage), type.getExpressedType(), wide, zeroPoints,
      int32_t(type.getAxis()), type.getStorageMin(), type.getStorageMax());
}

/// The sizes along each dimension of a run of `block` elements within a row,
/// when all such runs are boxes of these sizes; nothing otherwise.
static std::optional<SmallVector<int64_t>> getBox(ArrayRef<int64_t> shape,
                                                  int64_t block) {
  SmallVector<int64_t> box(shape.size(), 1);
  for (int64_t d = int64_t(shape.size()) - 1; d > 0; --d) {
    int64_t dim = shape[d];
    if (block >= dim ? block % dim != 0 : dim % block != 0)
      return std::nullopt;
    box[d] = std::min(block, dim);
    block = block >= dim ? block / dim : 1;
  }
  if (block != 1)
    return std::nullopt;
  return box;
}

/// The type with one scale per block.
static Type convertBlock(ConstantOp op, AffineBlockType type) {
  auto tensor = cast<RankedTensorType>(op.getType());
  ArrayRef<int64_t> shape = tensor.getShape();
  int64_t block = std::min(type.getBlock(), getRowSize(shape));
  std::optional<SmallVector<int64_t>> box;
  if (tensor.getNumElements() != 0 && !shape.empty())
    box = getBox(shape, block);
  if (!box) {
    refuse(op.getLoc(), type)
        << "expected blocks that fill the rows of " << tensor
        << " and are boxes of whole inner dimensions; choose another block "
           "size";
    return {};
  }
  SmallVector<int64_t> counts;
  SmallVector<int32_t> dims;
  for (auto [d, size] : llvm::enumerate(*box)) {
    counts.push_back(shape[d] / size);
    dims.push_back(int32_t(d));
  }
  IntegerType storage = getSignless(type.getStorage());
  SmallVector<float> scales = getScales(op);
  SmallVector<int64_t> offsets = getScaleParameters(op).zeroPoints;
  if (failed(checkZeroPoints(op, type, offsets, type.getStorageMin(),
                             type.getStorageMax())))
    return {};
  SmallVector<APInt> zeroPoints;
  for (int64_t zeroPoint : offsets)
    zeroPoints.push_back(APInt(storage.getWidth(), zeroPoint,
                               /*isSigned=*/true, /*implicitTrunc=*/true));
  auto scalesType = RankedTensorType::get(counts, type.getExpressedType());
  return quant::UniformQuantizedSubChannelType::getChecked(
      [&] { return refuse(op.getLoc(), type); }, getFlags(type.getStorage()),
      storage, type.getExpressedType(),
      DenseElementsAttr::get(scalesType, ArrayRef<float>(scales)),
      DenseElementsAttr::get(RankedTensorType::get(counts, storage),
                             zeroPoints),
      dims, *box, type.getStorageMin(), type.getStorageMax());
}

/// The element type that a constant's parameters and integers make; null after
/// an error.
static Type convertConstant(ConstantOp op) {
  Type type = getElementTypeOrSelf(op.getType());
  if (auto affine = dyn_cast<AffineType>(type))
    return convertAffine(op.getLoc(), affine);
  if (auto axis = dyn_cast<AffineAxisType>(type))
    return convertAxis(op, axis);
  if (auto block = dyn_cast<AffineBlockType>(type))
    return convertBlock(op, block);
  refuse(op.getLoc(), type) << "it is not uniform; keep such weights in 'f32'";
  return {};
}

namespace {
/// The conversion of one module.
class QNNToQuant {
public:
  /// Finds out whether everything below `root` can be converted.
  LogicalResult check(Operation *root);
  /// Converts everything below `root`, which was checked.
  void rewrite(Operation *root);

  int64_t numCasts = 0;
  int64_t numConstants = 0;

private:
  LogicalResult checkType(Location loc, Type type);
  LogicalResult checkCast(Operation *op);
  Value rewriteCast(OpBuilder &builder, Operation *op);
  Value rewriteStorageCast(OpBuilder &builder, StorageCastOp op);
  Value rewriteConstant(OpBuilder &builder, ConstantOp op);

  /// Per-tensor types that were converted.
  DenseMap<Type, Type> types;
  AttrTypeReplacer replacer;
};
} // namespace

/// Whether the op is converted, and not only its types.
static bool isCast(Operation *op) {
  return isa<ConstantOp, QuantizeOp, DequantizeOp>(op) ||
         (isa<StorageCastOp>(op) &&
          (isQuantized(getElementTypeOrSelf(op->getOperand(0))) ||
           isQuantized(getElementTypeOrSelf(op->getResult(0)))));
}

/// Checks the type of a value that is not a constant.
LogicalResult QNNToQuant::checkType(Location loc, Type type) {
  if (types.count(type))
    return success();
  auto affine = dyn_cast<AffineType>(type);
  if (!affine)
    return refuse(loc, type) << "expected '!qnn.affine', or 'qnn.constant' "
                                "as the producer of the value";
  Type result = convertAffine(loc, affine);
  if (!result)
    return failure();
  types[type] = result;
  return success();
}

/// Whether a cast moves unsigned integers by half their range.
static bool movesIntegers(StorageCastOp op) {
  Type from = getElementTypeOrSelf(op.getInput());
  Type to = getElementTypeOrSelf(op.getType());
  auto quantized = dyn_cast<QuantizedTypeInterface>(from);
  Type stored = quantized ? to : from;
  if (!quantized)
    quantized = cast<QuantizedTypeInterface>(to);
  return quantized.getStorageType() != stored;
}

LogicalResult QNNToQuant::checkCast(Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return success(bool(convertConstant(constant)));
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  if (auto cast = dyn_cast<StorageCastOp>(op))
    if (movesIntegers(cast) && !result.hasStaticShape())
      return op->emitOpError("expected a static shape for the constant that "
                             "moves integers by half their range, but got ")
             << result;
  Type type = result.getElementType();
  return isQuantized(type) ? checkType(op->getLoc(), type) : success();
}

LogicalResult QNNToQuant::check(Operation *root) {
  WalkResult result = root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    LogicalResult ok = isCast(op)
                           ? checkCast(op)
                           : checkStayingOp(op, isQuantized, [&](Type type) {
                               return checkType(op->getLoc(), type);
                             });
    return failed(ok) ? WalkResult::interrupt() : WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

Value QNNToQuant::rewriteConstant(OpBuilder &builder, ConstantOp op) {
  ++numConstants;
  auto tensor = cast<RankedTensorType>(op.getType());
  // Checked before; converting again reports nothing.
  auto element = cast<quant::QuantizedType>(convertConstant(op));
  auto storage = cast<IntegerType>(element.getStorageType());
  SmallVector<APInt> integers;
  integers.reserve(tensor.getNumElements());
  for (int64_t value : getStoredIntegers(op))
    integers.push_back(APInt(storage.getWidth(), value, /*isSigned=*/true,
                             /*implicitTrunc=*/true));
  auto storedType = RankedTensorType::get(tensor.getShape(), storage);
  Value stored = arith::ConstantOp::create(
      builder, op.getLoc(), DenseElementsAttr::get(storedType, integers));
  return quant::StorageCastOp::create(
      builder, op.getLoc(), RankedTensorType::get(tensor.getShape(), element),
      stored);
}

/// The integers with their highest bit flipped: moved by half the range.
static Value moveIntegers(OpBuilder &builder, Location loc, Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  unsigned width = type.getElementTypeBitWidth();
  Value half = arith::ConstantOp::create(
      builder, loc,
      DenseElementsAttr::get(type, APInt::getSignedMinValue(width)));
  return arith::XOrIOp::create(builder, loc, value, half);
}

Value QNNToQuant::rewriteStorageCast(OpBuilder &builder, StorageCastOp op) {
  ++numCasts;
  Location loc = op.getLoc();
  Value input = op.getInput();
  auto type = cast<RankedTensorType>(op.getType());
  if (auto element = dyn_cast<AffineType>(type.getElementType())) {
    Type stored = RankedTensorType::get(type.getShape(),
                                        getSignless(element.getStorage()));
    if (movesIntegers(op))
      input = moveIntegers(builder, loc, input);
    else if (input.getType() != stored)
      input = bitcast(builder, loc, stored, input);
    return quant::StorageCastOp::create(builder, loc, replacer.replace(type),
                                        input);
  }
  // The producer was converted before, so ask the result what it was.
  auto storage = cast<IntegerType>(type.getElementType());
  auto element = cast<quant::QuantizedType>(getElementTypeOrSelf(input));
  Type stored = RankedTensorType::get(type.getShape(), getSignless(storage));
  Value result = quant::StorageCastOp::create(builder, loc, stored, input);
  if (!element.isSigned() && storage.isSignless())
    return moveIntegers(builder, loc, result);
  if (stored != type)
    return bitcast(builder, loc, type, result);
  return result;
}

Value QNNToQuant::rewriteCast(OpBuilder &builder, Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op))
    return rewriteConstant(builder, constant);
  if (auto cast = dyn_cast<StorageCastOp>(op))
    return rewriteStorageCast(builder, cast);
  ++numCasts;
  Type type = replacer.replace(op->getResult(0).getType());
  Value input = op->getOperand(0);
  if (isa<QuantizeOp>(op))
    return quant::QuantizeCastOp::create(builder, op->getLoc(), type, input);
  return quant::DequantizeCastOp::create(builder, op->getLoc(), type, input);
}

void QNNToQuant::rewrite(Operation *root) {
  replacer.addReplacement([this](AffineType type) {
    return std::optional<Type>(types.lookup(type));
  });
  rewriteCasts(root, replacer,
               {isCast, isQuantized, [&](OpBuilder &builder, Operation *op) {
                  return rewriteCast(builder, op);
                }});
}

namespace {
struct ConvertQNNToQuantPass
    : public quantopt::impl::ConvertQNNToQuantBase<ConvertQNNToQuantPass> {
  void runOnOperation() override {
    QNNToQuant conversion;
    if (failed(conversion.check(getOperation())))
      return signalPassFailure();
    conversion.rewrite(getOperation());
    numCasts += conversion.numCasts;
    numConstants += conversion.numConstants;
  }
};
} // namespace
