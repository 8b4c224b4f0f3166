//===- QNNTypes.cpp - Quantized element types -----------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"
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

bool qnn::isScaleType(Type scales, Type type) {
  auto quantized = dyn_cast<QuantizedTypeInterface>(type);
  if (!scales || !quantized || !quantized.hasParametersInConstant())
    return false;
  bool isBlock = quantized.getGranularity() == Granularity::Block;
  return scales.isF32() || scales.isF16() || isa<Float8E8M0FNUType>(scales) ||
         (isBlock && scales.isUnsignedInteger(8));
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

/// The number of blocks of `block` elements in a constant of this shape.
static int64_t getNumBlocks(ArrayRef<int64_t> shape, int64_t block) {
  int64_t blocksPerRow = llvm::divideCeil(getRowSize(shape), block);
  return (shape.empty() ? 1 : shape.front()) * blocksPerRow;
}

/// The block that an element belongs to.
static int64_t getBlockIndex(ArrayRef<int64_t> shape, int64_t block,
                             int64_t element) {
  int64_t rowSize = getRowSize(shape);
  int64_t blocksPerRow = llvm::divideCeil(rowSize, block);
  return element / rowSize * blocksPerRow + element % rowSize / block;
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
int64_t AffineBlockType::getBlockSize() const { return getBlock(); }
int64_t AffineBlockType::getNumScales(ArrayRef<int64_t> shape) const {
  return getNumBlocks(shape, getBlock());
}
int64_t AffineBlockType::getScaleIndex(ArrayRef<int64_t> shape,
                                       int64_t element) const {
  return getBlockIndex(shape, getBlock(), element);
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

//===----------------------------------------------------------------------===//
// CodebookType
//===----------------------------------------------------------------------===//

Type CodebookType::parse(AsmParser &parser) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef name, sharing;
  int64_t count = 0;
  if (parser.parseLess() || parser.parseKeyword(&name))
    return {};
  std::optional<CodeSet> codes = symbolizeCodeSet(name);
  if (!codes) {
    parser.emitError(loc, "expected a set of codes such as 'nf4', but got '")
        << name << "'";
    return {};
  }
  loc = parser.getCurrentLocation();
  if (parser.parseComma() || parser.parseKeyword(&sharing))
    return {};
  auto granularity = llvm::StringSwitch<std::optional<Granularity>>(sharing)
                         .Case("tensor", Granularity::Tensor)
                         .Case("rows", Granularity::Axis)
                         .Case("block", Granularity::Block)
                         .Default(std::nullopt);
  if (!granularity) {
    parser.emitError(loc, "expected 'tensor', 'rows' or 'block', but got '")
        << sharing << "'";
    return {};
  }
  if (*granularity != Granularity::Tensor &&
      (parser.parseEqual() || parser.parseInteger(count)))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<CodebookType>(parser.getContext(), *codes,
                                         *granularity, count);
}

void CodebookType::print(AsmPrinter &printer) const {
  printer << '<' << stringifyCodeSet(getCodes()) << ", ";
  if (getSharing() == Granularity::Tensor)
    printer << "tensor";
  else
    printer << (getSharing() == Granularity::Axis ? "rows = " : "block = ")
            << getCount();
  printer << '>';
}

LogicalResult CodebookType::verify(function_ref<InFlightDiagnostic()> emitError,
                                   CodeSet codes, Granularity sharing,
                                   int64_t count) {
  if (sharing != Granularity::Tensor && count <= 0) // (C1)
    return emitError() << "expected a positive number of "
                       << (sharing == Granularity::Axis ? "rows" : "elements")
                       << ", but got " << count;
  if (sharing == Granularity::Block && codes >= CodeSet::Palette1) // (C2)
    return emitError() << "expected tables for the tensor or for rows, since a "
                          "palette's table is larger than a block's scale";
  return success();
}

Type CodebookType::getStorageType() const {
  return IntegerType::get(getContext(), getCodeBits(getCodes()),
                          IntegerType::Unsigned);
}
Type CodebookType::getExpressedType() const {
  return Float32Type::get(getContext());
}
Granularity CodebookType::getGranularity() const { return getSharing(); }
bool CodebookType::hasParametersInConstant() const { return true; }
int64_t CodebookType::getBlockSize() const {
  return getSharing() == Granularity::Block ? getCount() : 0;
}

/// The parts of a constant that have a scale or a table of their own.
static int64_t getNumParts(CodebookType type, ArrayRef<int64_t> shape) {
  if (type.getSharing() == Granularity::Tensor)
    return 1;
  if (type.getSharing() == Granularity::Block)
    return getNumBlocks(shape, type.getCount());
  return llvm::divideCeil(shape.empty() ? 1 : shape.front(), type.getCount());
}

/// The part that an element belongs to.
static int64_t getPart(CodebookType type, ArrayRef<int64_t> shape,
                       int64_t element) {
  if (type.getSharing() == Granularity::Tensor)
    return 0;
  if (type.getSharing() == Granularity::Block)
    return getBlockIndex(shape, type.getCount(), element);
  return element / getRowSize(shape) / type.getCount();
}

int64_t CodebookType::getNumScales(ArrayRef<int64_t> shape) const {
  return isPalette() ? 0 : getNumParts(*this, shape);
}
int64_t CodebookType::getScaleIndex(ArrayRef<int64_t> shape,
                                    int64_t element) const {
  return isPalette() ? 0 : getPart(*this, shape, element);
}
int64_t CodebookType::getNumTables(ArrayRef<int64_t> shape) const {
  return isPalette() ? getNumParts(*this, shape) : 0;
}
int64_t CodebookType::getTableIndex(ArrayRef<int64_t> shape,
                                    int64_t element) const {
  return isPalette() ? getPart(*this, shape, element) : 0;
}
int64_t CodebookType::getPayloadBytes(ArrayRef<int64_t> shape) const {
  return getRowPackedBytes(shape, getCodeBits(getCodes()));
}
