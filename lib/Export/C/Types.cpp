//===- Types.cpp - Types and constants in C -------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CText.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "quant-opt/Export/C.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::c;

StringRef quantopt::getCType(StringRef type) {
  return llvm::StringSwitch<StringRef>(type)
      .Cases({"i1", "ui8"}, "uint8_t")
      .Cases({"i8", "si8"}, "int8_t")
      .Cases({"i16", "si16"}, "int16_t")
      .Cases({"ui16", "f16", "bf16"}, "uint16_t")
      .Cases({"i32", "si32"}, "int32_t")
      .Case("ui32", "uint32_t")
      .Cases({"i64", "si64"}, "int64_t")
      .Case("ui64", "uint64_t")
      .Case("f32", "float")
      .Case("f64", "double")
      .Default("void");
}

std::optional<CType> c::getType(Type type) {
  if (type.isIndex())
    return CType{"uint32_t", "uint32_t", 32, false};
  if (auto integer = dyn_cast<IntegerType>(type))
    switch (integer.getWidth()) {
    case 1:
      return CType{"int", "uint8_t", 1, false};
    case 8:
      return CType{"int8_t", "int8_t", 8, false};
    case 16:
      return CType{"int16_t", "int16_t", 16, false};
    case 32:
      return CType{"uint32_t", "int32_t", 32, false};
    case 64:
      return CType{"uint64_t", "int64_t", 64, false};
    default:
      return std::nullopt;
    }
  if (type.isF32())
    return CType{"float", "float", 32, true};
  if (type.isF64())
    return CType{"double", "double", 64, true};
  if (type.isF16() || type.isBF16())
    return CType{"uint16_t", "uint16_t", 16, true};
  return std::nullopt;
}

/// An integer constant that has its value's type or a wider one.
static std::string printInteger(const llvm::APInt &value, const CType &type,
                                bool isElement) {
  if (type.bits == 1)
    return value.isZero() ? "0" : "1";
  std::string text = llvm::toString(value, 10, /*Signed=*/true);
  if (type.bits == 64 && value.isMinSignedValue()) // no constant has this value
    return isElement ? "(-INT64_C(9223372036854775807) - 1)"
                     : "UINT64_C(0x8000000000000000)";
  if (type.bits == 64 && (isElement || !value.isNegative()))
    return ((isElement ? "INT64_C(" : "UINT64_C(") + text + ")");
  if (isElement || !type.isWide())
    return text;
  if (value.isNegative())
    return ("(" + type.value + ")" + text).str();
  return text + "u";
}

/// Hexadecimal constants have no rounding.
static std::string printFloat(const llvm::APFloat &value, const CType &type) {
  if (type.bits == 16)
    return llvm::toString(value.bitcastToAPInt(), 10, /*Signed=*/false);
  if (value.isNaN())
    return "NAN";
  if (value.isInfinity())
    return value.isNegative() ? "-INFINITY" : "INFINITY";
  char buffer[64];
  unsigned length =
      value.convertToHexString(buffer, /*hexDigits=*/0, /*upperCase=*/false,
                               llvm::APFloat::rmNearestTiesToEven);
  std::string text(buffer, length);
  return type.bits == 32 ? text + "f" : text;
}

std::string c::printLiteral(Attribute value, Type type, bool isElement) {
  CType cType = *getType(type);
  if (auto integer = dyn_cast<IntegerAttr>(value)) {
    llvm::APInt number = integer.getValue();
    if (type.isIndex())
      number = number.trunc(32);
    return printInteger(number, cType, isElement);
  }
  return printFloat(cast<FloatAttr>(value).getValue(), cType);
}

std::string c::makeNamePart(StringRef text, size_t length) {
  std::string result;
  for (char c : text) {
    if (result.size() >= length)
      break;
    if (llvm::isAlnum(c))
      result += c;
    else if (!result.empty() && result.back() != '_')
      result += '_';
  }
  while (!result.empty() && result.back() == '_')
    result.pop_back();
  return result;
}
