//===- QNNTypes.cpp - Quantized element types -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cfloat>
#include <cmath>

using namespace quantopt;
using namespace quantopt::qnn;

#define GET_TYPEDEF_CLASSES
#include "quant-opt/Dialect/QNN/IR/QNNTypes.cpp.inc"

void QNNDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "quant-opt/Dialect/QNN/IR/QNNTypes.cpp.inc"
      >();
}

StorageLimits qnn::getStorageLimits(IntegerType storage) {
  unsigned bits = storage.getWidth();
  if (storage.isUnsigned())
    return {0, (int64_t(1) << bits) - 1};
  return {-(int64_t(1) << (bits - 1)), (int64_t(1) << (bits - 1)) - 1};
}

int64_t qnn::getRowSize(ArrayRef<int64_t> shape) {
  int64_t size = 1;
  for (int64_t dim : shape.drop_front(shape.empty() ? 0 : 1))
    size *= dim;
  return size;
}

//===----------------------------------------------------------------------===//
// Shared syntax and checks
//===----------------------------------------------------------------------===//

/// Parses `i8` or `i8<-127:127>`; without a range the storage type's is used.
static ParseResult parseStorage(AsmParser &parser, IntegerType &storage,
                                int64_t &min, int64_t &max) {
  SMLoc loc = parser.getCurrentLocation();
  Type type;
  if (parser.parseType(type))
    return failure();
  storage = dyn_cast<IntegerType>(type);
  if (!storage || storage.getWidth() < 2 || storage.getWidth() > 16)
    return parser.emitError(loc, "expected an integer storage type of 2 to 16 "
                                 "bits, but got ")
           << type;
  StorageLimits limits = getStorageLimits(storage);
  min = limits.min;
  max = limits.max;
  if (failed(parser.parseOptionalLess()))
    return success();
  return failure(parser.parseInteger(min) || parser.parseColon() ||
                 parser.parseInteger(max) || parser.parseGreater());
}

static void printStorage(AsmPrinter &printer, IntegerType storage, int64_t min,
                         int64_t max) {
  printer << storage;
  StorageLimits limits = getStorageLimits(storage);
  if (min != limits.min || max != limits.max)
    printer << '<' << min << ':' << max << '>';
}

/// (C1) and (C2) of the affine types.
static LogicalResult verifyStorage(function_ref<InFlightDiagnostic()> emitError,
                                   IntegerType storage, int64_t min,
                                   int64_t max) {
  if (storage.getWidth() < 2 || storage.getWidth() > 16) // (C1)
    return emitError() << "expected an integer storage type of 2 to 16 bits, "
                          "but got "
                       << storage;
  StorageLimits limits = getStorageLimits(storage);
  if (min < limits.min || max > limits.max) { // (C2)
    InFlightDiagnostic diag = emitError();
    diag << "expected a storage range within [" << limits.min << ", "
         << limits.max << "] for " << storage << ", but got [" << min << ", "
         << max << "]";
    if (min == -127 && max == 128)
      diag << "; use 'i8' with [-128, 127], or 'ui8' with the zero point moved "
              "by 127";
    return diag;
  }
  if (min >= max) // (C2)
    return emitError() << "expected a storage range with min < max, but got ["
                       << min << ", " << max << "]";
  return success();
}

/// Bytes of rows of `bits`-bit elements where each row starts at a byte.
static int64_t getRowPackedBytes(ArrayRef<int64_t> shape, unsigned bits) {
  if (bits > 8)
    bits = 16;
  int64_t rowSize = getRowSize(shape);
  int64_t rows = shape.empty() ? 1 : shape.front();
  return rows * ((rowSize * bits + 7) / 8);
}

//===----------------------------------------------------------------------===//
// AffineType
//===----------------------------------------------------------------------===//

AffineType AffineType::get(IntegerType storage, float scale,
                           int64_t zeroPoint) {
  StorageLimits limits = getStorageLimits(storage);
  Builder builder(storage.getContext());
  return get(storage.getContext(), storage, limits.min, limits.max,
             builder.getF32FloatAttr(scale), zeroPoint);
}

float AffineType::getScale() const {
  return getScaleAttr().getValue().convertToFloat();
}

Type AffineType::parse(AsmParser &parser) {
  IntegerType storage;
  int64_t min = 0, max = 0, zeroPoint = 0;
  FloatAttr scale;
  Type f32 = parser.getBuilder().getF32Type();
  if (parser.parseLess() || parseStorage(parser, storage, min, max) ||
      parser.parseComma() || parser.parseAttribute(scale, f32))
    return {};
  if (succeeded(parser.parseOptionalColon()) && parser.parseInteger(zeroPoint))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<AffineType>(parser.getContext(), storage, min, max,
                                       scale, zeroPoint);
}

void AffineType::print(AsmPrinter &printer) const {
  printer << '<';
  printStorage(printer, getStorage(), getStorageMin(), getStorageMax());
  printer << ", ";
  printer.printAttributeWithoutType(getScaleAttr());
  if (getZeroPoint() != 0)
    printer << " : " << getZeroPoint();
  printer << '>';
}

LogicalResult AffineType::verify(function_ref<InFlightDiagnostic()> emitError,
                                 IntegerType storage, int64_t min, int64_t max,
                                 FloatAttr scale, int64_t zeroPoint) {
  if (failed(verifyStorage(emitError, storage, min, max))) // (C1) (C2)
    return failure();
  if (!scale || !scale.getType().isF32())
    return emitError() << "expected an f32 scale";
  float value = scale.getValue().convertToFloat();
  if (!std::isfinite(value) || value < FLT_MIN) // (C3)
    return emitError() << "expected a finite scale of at least 1.17549435E-38, "
                          "but got "
                       << scale;
  if (zeroPoint < min || zeroPoint > max) // (C4)
    return emitError() << "expected a zero point within [" << min << ", " << max
                       << "], but got " << zeroPoint;
  return success();
}

Type AffineType::getStorageType() const { return getStorage(); }
Type AffineType::getExpressedType() const {
  return Float32Type::get(getContext());
}
Granularity AffineType::getGranularity() const { return Granularity::Tensor; }
bool AffineType::hasParametersInConstant() const { return false; }
int64_t AffineType::getNumScales(ArrayRef<int64_t>) const { return 0; }
int64_t AffineType::getScaleIndex(ArrayRef<int64_t>, int64_t) const {
  return 0;
}
int64_t AffineType::getPayloadBytes(ArrayRef<int64_t> shape) const {
  return getRowPackedBytes(shape, getStorage().getWidth());
}

//===----------------------------------------------------------------------===//
// AffineAxisType and AffineBlockType
//===----------------------------------------------------------------------===//

/// Parses `<storage, integer>`, the syntax that both types share.
template <typename T> static Type parseStorageAndInteger(AsmParser &parser) {
  IntegerType storage;
  int64_t min = 0, max = 0, value = 0;
  if (parser.parseLess() || parseStorage(parser, storage, min, max) ||
      parser.parseComma() || parser.parseInteger(value) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<T>(parser.getContext(), storage, min, max, value);
}

Type AffineAxisType::parse(AsmParser &parser) {
  return parseStorageAndInteger<AffineAxisType>(parser);
}

void AffineAxisType::print(AsmPrinter &printer) const {
  printer << '<';
  printStorage(printer, getStorage(), getStorageMin(), getStorageMax());
  printer << ", " << getAxis() << '>';
}

LogicalResult
AffineAxisType::verify(function_ref<InFlightDiagnostic()> emitError,
                       IntegerType storage, int64_t min, int64_t max,
                       int64_t axis) {
  if (failed(verifyStorage(emitError, storage, min, max))) // (C1) (C2)
    return failure();
  if (axis < 0) // (C3)
    return emitError() << "expected an axis that is not negative, but got "
                       << axis;
  return success();
}

Type AffineAxisType::getStorageType() const { return getStorage(); }
Type AffineAxisType::getExpressedType() const {
  return Float32Type::get(getContext());
}
Granularity AffineAxisType::getGranularity() const { return Granularity::Axis; }
bool AffineAxisType::hasParametersInConstant() const { return true; }
int64_t AffineAxisType::getNumScales(ArrayRef<int64_t> shape) const {
  return getAxis() < int64_t(shape.size()) ? shape[getAxis()] : 0;
}
int64_t AffineAxisType::getScaleIndex(ArrayRef<int64_t> shape,
                                      int64_t element) const {
  int64_t inner = 1;
  for (int64_t dim : shape.drop_front(getAxis() + 1))
    inner *= dim;
  return (element / inner) % shape[getAxis()];
}
int64_t AffineAxisType::getPayloadBytes(ArrayRef<int64_t> shape) const {
  return getRowPackedBytes(shape, getStorage().getWidth());
}

Type AffineBlockType::parse(AsmParser &parser) {
  return parseStorageAndInteger<AffineBlockType>(parser);
}

void AffineBlockType::print(AsmPrinter &printer) const {
  printer << '<';
  printStorage(printer, getStorage(), getStorageMin(), getStorageMax());
  printer << ", " << getBlock() << '>';
}

LogicalResult
AffineBlockType::verify(function_ref<InFlightDiagnostic()> emitError,
                        IntegerType storage, int64_t min, int64_t max,
                        int64_t block) {
  if (failed(verifyStorage(emitError, storage, min, max))) // (C1) (C2)
    return failure();
  if (block <= 0) // (C3)
    return emitError() << "expected a positive block size, but got " << block;
  return success();
}

Type AffineBlockType::getStorageType() const { return getStorage(); }
Type AffineBlockType::getExpressedType() const {
  return Float32Type::get(getContext());
}
Granularity AffineBlockType::getGranularity() const {
  return Granularity::Block;
}
bool AffineBlockType::hasParametersInConstant() const { return true; }
int64_t AffineBlockType::getNumScales(ArrayRef<int64_t> shape) const {
  int64_t blocksPerRow = (getRowSize(shape) + getBlock() - 1) / getBlock();
  return (shape.empty() ? 1 : shape.front()) * blocksPerRow;
}
int64_t AffineBlockType::getScaleIndex(ArrayRef<int64_t> shape,
                                       int64_t element) const {
  int64_t rowSize = getRowSize(shape);
  int64_t blocksPerRow = (rowSize + getBlock() - 1) / getBlock();
  return element / rowSize * blocksPerRow + element % rowSize / getBlock();
}
int64_t AffineBlockType::getPayloadBytes(ArrayRef<int64_t> shape) const {
  return getRowPackedBytes(shape, getStorage().getWidth());
}

//===----------------------------------------------------------------------===//
// SmallFloatType
//===----------------------------------------------------------------------===//

LogicalResult
SmallFloatType::verify(function_ref<InFlightDiagnostic()> emitError,
                       FloatType storage) {
  if (!storage || !(storage.isF16() || storage.isBF16())) // (C1)
    return emitError() << "expected storage 'f16' or 'bf16', but got "
                       << storage;
  return success();
}

Type SmallFloatType::getStorageType() const { return getStorage(); }
Type SmallFloatType::getExpressedType() const {
  return Float32Type::get(getContext());
}
Granularity SmallFloatType::getGranularity() const {
  return Granularity::Tensor;
}
bool SmallFloatType::hasParametersInConstant() const { return false; }
int64_t SmallFloatType::getNumScales(ArrayRef<int64_t>) const { return 0; }
int64_t SmallFloatType::getScaleIndex(ArrayRef<int64_t>, int64_t) const {
  return 0;
}
int64_t SmallFloatType::getPayloadBytes(ArrayRef<int64_t> shape) const {
  return getRowPackedBytes(shape, getStorage().getWidth());
}
