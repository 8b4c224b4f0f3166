//===- ConvertQuantToQNN.cpp - Upstream's quantized types to qnn ----------===//
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
#include "quant-opt/Dialect/QNN/Utils/Constants.h"
#include <cfloat>
#include <cmath>

namespace quantopt {
#define GEN_PASS_DEF_CONVERTQUANTTOQNN
#include "quant-opt/Conversion/QNNToQuant/Passes.h.inc"
} // namespace quantopt

using namespace quantopt;
using namespace quantopt::qnn;

/// The start of an error about a type that qnn cannot express.
static InFlightDiagnostic refuse(Location loc, Type type) {
  return emitError(loc) << "cannot express " << type << " in the qnn dialect: ";
}

static bool isQuantized(Type type) { return isa<quant::QuantizedType>(type); }

/// The storage type as qnn writes it: `ui8` when unsigned.
static FailureOr<IntegerType> getStorage(Location loc,
                                         quant::QuantizedType type) {
  auto storage = dyn_cast<IntegerType>(type.getStorageType());
  if (!storage)
    return refuse(loc, type)
           << "expected integer storage, but got " << type.getStorageType();
  if (!type.getExpressedType() || !type.getExpressedType().isF32())
    return refuse(loc, type) << "expected the expressed type 'f32', but got "
                             << type.getExpressedType();
  return IntegerType::get(type.getContext(), storage.getWidth(),
                          type.isSigned() ? IntegerType::Signless
                                          : IntegerType::Unsigned);
}

/// The type with one scale and zero point.
static FailureOr<AffineType> convertUniform(Location loc,
                                            quant::UniformQuantizedType type) {
  FailureOr<IntegerType> storage = getStorage(loc, type);
  if (failed(storage))
    return failure();
  FloatAttr scale = FloatAttr::get(Float32Type::get(type.getContext()),
                                   float(type.getScale()));
  AffineType result = AffineType::getChecked(
      [&] { return refuse(loc, type); }, type.getContext(), *storage,
      type.getStorageTypeMin(), type.getStorageTypeMax(), scale,
      type.getZeroPoint());
  if (!result)
    return failure();
  return result;
}

namespace {
/// What a `qnn.constant` is made of besides its integers.
struct ConstantForm {
  RankedTensorType type;
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
};
} // namespace

/// Checks what `!qnn.affine` checks and `qnn.constant` cannot say as well.
static LogicalResult checkParameters(Location loc, quant::QuantizedType type,
                                     const ConstantForm &form) {
  for (float scale : form.scales)
    if (!std::isfinite(scale) || scale < FLT_MIN)
      return refuse(loc, type)
             << "expected finite scales of at least 1.17549435E-38, but got "
             << scale;
  for (int64_t zeroPoint : form.zeroPoints)
    if (zeroPoint < type.getStorageTypeMin() ||
        zeroPoint > type.getStorageTypeMax())
      return refuse(loc, type)
             << "expected zero points within [" << type.getStorageTypeMin()
             << ", " << type.getStorageTypeMax() << "], but got " << zeroPoint;
  return success();
}

/// The per-axis form of a constant.
static FailureOr<ConstantForm>
convertPerAxis(Location loc, RankedTensorType tensor,
               quant::UniformQuantizedPerAxisType type) {
  FailureOr<IntegerType> storage = getStorage(loc, type);
  if (failed(storage))
    return failure();
  AffineAxisType element = AffineAxisType::getChecked(
      [&] { return refuse(loc, type); }, type.getContext(), *storage,
      type.getStorageTypeMin(), type.getStorageTypeMax(),
      int64_t(type.getQuantizedDimension()));
  if (!element)
    return failure();
  ConstantForm form;
  form.type = RankedTensorType::get(tensor.getShape(), element);
  for (double scale : type.getScales())
    form.scales.push_back(float(scale));
  llvm::append_range(form.zeroPoints, type.getZeroPoints());
  return form;
}

/// For each element, the index of its scale in the sub-channel type's tensor of
/// scales.
static SmallVector<int64_t>
getSubChannelIndices(ArrayRef<int64_t> shape, ArrayRef<int64_t> scalesShape,
                     quant::UniformQuantizedSubChannelType type) {
  SmallVector<int64_t> blocks(shape);
  for (auto [dim, size] : type.getBlockSizeInfo())
    blocks[dim] = size;
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  SmallVector<int64_t> indices;
  indices.reserve(count);
  for (int64_t element = 0; element < count; ++element) {
    int64_t rest = element, index = 0, stride = 1;
    for (int64_t d = int64_t(shape.size()) - 1; d >= 0; --d) {
      index += rest % shape[d] / blocks[d] * stride;
      stride *= scalesShape[d];
      rest /= shape[d];
    }
    indices.push_back(index);
  }
  return indices;
}

/// The sub-channel form of a constant, when blocks are runs within rows.
static FailureOr<ConstantForm>
convertSubChannel(Location loc, RankedTensorType tensor,
                  quant::UniformQuantizedSubChannelType type) {
  FailureOr<IntegerType> storage = getStorage(loc, type);
  if (failed(storage))
    return failure();
  ArrayRef<int64_t> shape = tensor.getShape();
  int64_t numScales = type.getScales().getNumElements();
  int64_t numElements = tensor.getNumElements();
  if (numElements == 0 || numScales == 0 || numElements % numScales != 0)
    return refuse(loc, type)
           << "expected blocks of equal size, but got " << numScales
           << " blocks of " << numElements << " elements";
  AffineBlockType element = AffineBlockType::getChecked(
      [&] { return refuse(loc, type); }, type.getContext(), *storage,
      type.getStorageTypeMin(), type.getStorageTypeMax(),
      numElements / numScales);
  if (!element)
    return failure();
  auto scalesType = cast<ShapedType>(type.getScales().getType());
  SmallVector<int64_t> indices =
      getSubChannelIndices(shape, scalesType.getShape(), type);
  for (auto [i, index] : llvm::enumerate(indices))
    if (element.getNumScales(shape) != numScales ||
        element.getScaleIndex(shape, i) != index)
      return refuse(loc, type)
             << "expected every block to be a run of consecutive elements "
                "within one index of dimension 0";
  ConstantForm form;
  form.type = RankedTensorType::get(shape, element);
  for (APFloat scale : type.getScales().getValues<APFloat>())
    form.scales.push_back(scale.convertToFloat());
  for (APInt zeroPoint : type.getZeroPoints().getValues<APInt>())
    form.zeroPoints.push_back(type.isSigned()
                                  ? zeroPoint.getSExtValue()
                                  : int64_t(zeroPoint.getZExtValue()));
  return form;
}

/// The integers that a cast to a quantized type reads, when they are constant.
static DenseElementsAttr getConstantIntegers(quant::StorageCastOp op) {
  auto constant = op.getInput().getDefiningOp<arith::ConstantOp>();
  if (!constant || !isa<IntegerType>(getElementTypeOrSelf(constant.getType())))
    return {};
  return dyn_cast<DenseElementsAttr>(constant.getValue());
}

/// The form of the constant that a cast of constant integers makes.
static FailureOr<ConstantForm> getConstantForm(quant::StorageCastOp op) {
  auto tensor = cast<RankedTensorType>(op.getType());
  Type type = tensor.getElementType();
  FailureOr<ConstantForm> form = failure();
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type)) {
    FailureOr<AffineType> element = convertUniform(op.getLoc(), uniform);
    if (failed(element))
      return failure();
    return ConstantForm{
        RankedTensorType::get(tensor.getShape(), *element), {}, {}};
  }
  if (auto axis = dyn_cast<quant::UniformQuantizedPerAxisType>(type))
    form = convertPerAxis(op.getLoc(), tensor, axis);
  else if (auto block = dyn_cast<quant::UniformQuantizedSubChannelType>(type))
    form = convertSubChannel(op.getLoc(), tensor, block);
  else
    return refuse(op.getLoc(), type) << "expected '!quant.uniform'";
  if (failed(form) ||
      failed(checkParameters(op.getLoc(), cast<quant::QuantizedType>(type),
                             *form)))
    return failure();
  return form;
}

namespace {
/// The conversion of one module.
class QuantToQNN {
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
  Value rewriteStorageCast(OpBuilder &builder, quant::StorageCastOp op);
  Value rewriteConstant(OpBuilder &builder, quant::StorageCastOp op,
                        DenseElementsAttr integers);

  /// Per-tensor types that were converted.
  DenseMap<Type, Type> types;
  AttrTypeReplacer replacer;
};
} // namespace

/// Whether the op is one of the three casts.
static bool isCast(Operation *op) {
  return isa<quant::QuantizeCastOp, quant::DequantizeCastOp,
             quant::StorageCastOp>(op);
}

/// Checks the type of a value that is not a constant.
LogicalResult QuantToQNN::checkType(Location loc, Type type) {
  if (types.count(type))
    return success();
  auto uniform = dyn_cast<quant::UniformQuantizedType>(type);
  if (!uniform) {
    bool perConstant = isa<quant::UniformQuantizedPerAxisType,
                           quant::UniformQuantizedSubChannelType>(type);
    return refuse(loc, type)
           << (perConstant ? "several scales are for constants only, made by "
                             "'quant.scast' of an 'arith.constant'; quantize "
                             "this value with one scale"
                           : "expected '!quant.uniform'");
  }
  FailureOr<AffineType> result = convertUniform(loc, uniform);
  if (failed(result))
    return failure();
  types[type] = *result;
  return success();
}

LogicalResult QuantToQNN::checkCast(Operation *op) {
  if (failed(checkRanked(op)))
    return failure();
  auto cast = dyn_cast<quant::StorageCastOp>(op);
  if (cast && getConstantIntegers(cast) &&
      isQuantized(getElementTypeOrSelf(cast.getType())))
    return failure(failed(getConstantForm(cast)));
  Type type = getElementTypeOrSelf(op->getResult(0).getType());
  return isQuantized(type) ? checkType(op->getLoc(), type) : success();
}

LogicalResult QuantToQNN::check(Operation *root) {
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

Value QuantToQNN::rewriteConstant(OpBuilder &builder, quant::StorageCastOp op,
                                  DenseElementsAttr integers) {
  // Checked before; converting again reports nothing.
  ConstantForm form = *getConstantForm(op);
  auto type = cast<quant::QuantizedType>(getElementTypeOrSelf(op.getType()));
  SmallVector<int64_t> values;
  values.reserve(integers.getNumElements());
  for (APInt value : integers.getValues<APInt>())
    values.push_back(type.isSigned() ? value.getSExtValue()
                                     : int64_t(value.getZExtValue()));
  ++numConstants;
  return createIntegerConstant(builder, op.getLoc(), form.type, values,
                               form.scales, form.zeroPoints);
}

Value QuantToQNN::rewriteStorageCast(OpBuilder &builder,
                                     quant::StorageCastOp op) {
  Location loc = op.getLoc();
  Value input = op.getInput();
  bool toQuantized = isQuantized(getElementTypeOrSelf(op.getType()));
  if (toQuantized)
    if (DenseElementsAttr integers = getConstantIntegers(op))
      return rewriteConstant(builder, op, integers);
  ++numCasts;
  auto type = cast<RankedTensorType>(replacer.replace(op.getType()));
  auto element = cast<QuantizedTypeInterface>(
      toQuantized ? type.getElementType() : getElementTypeOrSelf(input));
  Type storage = element.getStorageType();
  bool isUnsigned = storage.isUnsignedInteger();
  Type stored = RankedTensorType::get(type.getShape(), storage);
  if (toQuantized) {
    if (isUnsigned)
      input = bitcast(builder, loc, stored, input);
    return StorageCastOp::create(builder, loc, type, input);
  }
  Value result = StorageCastOp::create(builder, loc, stored, input);
  if (isUnsigned)
    result = bitcast(builder, loc, type, result);
  return result;
}

Value QuantToQNN::rewriteCast(OpBuilder &builder, Operation *op) {
  if (auto cast = dyn_cast<quant::StorageCastOp>(op))
    return rewriteStorageCast(builder, cast);
  ++numCasts;
  Type type = replacer.replace(op->getResult(0).getType());
  Value input = op->getOperand(0);
  if (isa<quant::QuantizeCastOp>(op))
    return QuantizeOp::create(builder, op->getLoc(), type, input);
  return DequantizeOp::create(builder, op->getLoc(), type, input);
}

void QuantToQNN::rewrite(Operation *root) {
  replacer.addReplacement([this](quant::UniformQuantizedType type) {
    return std::optional<Type>(types.lookup(type));
  });
  rewriteCasts(root, replacer,
               {isCast, isQuantized, [&](OpBuilder &builder, Operation *op) {
                  return rewriteCast(builder, op);
                }});
}

namespace {
struct ConvertQuantToQNNPass
    : public quantopt::impl::ConvertQuantToQNNBase<ConvertQuantToQNNPass> {
  void runOnOperation() override {
    QuantToQNN conversion;
    if (failed(conversion.check(getOperation())))
      return signalPassFailure();
    conversion.rewrite(getOperation());
    numCasts += conversion.numCasts;
    numConstants += conversion.numConstants;
  }
};
} // namespace
