//===- Helpers.cpp - Functions that generated C calls ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Each is a few lines that every compiler turns into an instruction or none:
/// what C leaves open - signs of shifted numbers, conversions out of range - is
/// said in defined operations.
///
//===----------------------------------------------------------------------===//

#include "CText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::c;

namespace {
struct HelperRow {
  StringLiteral name, text;
};
} // namespace

/// In an order in which each one calls only those before it.
static constexpr HelperRow helperRows[] = {
    {"qo_s8", R"(/* The signed number with these low 8 bits. */
static int8_t qo_s8(uint32_t x) {
  return (int8_t)((int32_t)((x & 255u) ^ 128u) - 128);
}
)"},
    {"qo_s16", R"(/* The signed number with these low 16 bits. */
static int16_t qo_s16(uint32_t x) {
  return (int16_t)((int32_t)((x & 65535u) ^ 32768u) - 32768);
}
)"},
    {"qo_s32", R"(/* The signed number with these bits. */
static int32_t qo_s32(uint32_t x) {
  return x <= 2147483647u ? (int32_t)x : -(int32_t)~x - 1;
}
)"},
    {"qo_s64", R"(/* The signed number with these bits. */
static int64_t qo_s64(uint64_t x) {
  return x <= UINT64_C(9223372036854775807) ? (int64_t)x : -(int64_t)~x - 1;
}
)"},
    {"qo_shift32", R"(/* Shifts to the right, copies of the sign come in. */
static uint32_t qo_shift32(uint32_t x, uint32_t count) {
  return x <= 2147483647u ? x >> count : ~(~x >> count);
}
)"},
    {"qo_shift64", R"(/* Shifts to the right, copies of the sign come in. */
static uint64_t qo_shift64(uint64_t x, uint64_t count) {
  return x <= UINT64_C(9223372036854775807) ? x >> count : ~(~x >> count);
}
)"},
    {"qo_high31", R"(/* The product divided by 2^31, rounded. */
static uint32_t qo_high31(uint32_t x, uint32_t factor) {
  const uint64_t product = (uint64_t)((int64_t)qo_s32(x) * qo_s32(factor));
  return (uint32_t)((product + UINT64_C(1073741824)) >> 31);
}
)"},
    {"qo_high32", R"(/* The product divided by 2^32, rounded. */
static uint32_t qo_high32(uint32_t x, uint32_t factor) {
  const uint64_t product = (uint64_t)((int64_t)qo_s32(x) * qo_s32(factor));
  return (uint32_t)((product + UINT64_C(2147483648)) >> 32);
}
)"},
    {"qo_saturate", R"(/* The nearest signed byte. */
static int8_t qo_saturate(uint32_t x) {
  const int32_t value = qo_s32(x);
  return (int8_t)(value < -128 ? -128 : value > 127 ? 127 : value);
}
)"},
    {"qo_saturate_unsigned", R"(/* The nearest byte without sign. */
static int8_t qo_saturate_unsigned(uint32_t x) {
  const int32_t value = qo_s32(x);
  return qo_s8(value < 0 ? 0u : value > 255 ? 255u : (uint32_t)value);
}
)"},
    {"qo_zeros32", R"(/* The number of zeros above the highest bit. */
static uint32_t qo_zeros32(uint32_t x) {
  uint32_t count = 32u;
  while (x != 0u) {
    x >>= 1;
    count--;
  }
  return count;
}
)"},
    {"qo_load16", R"(static int16_t qo_load16(const int8_t *from) {
  int16_t value;
  memcpy(&value, from, 2);
  return value;
}
)"},
    {"qo_load32", R"(static uint32_t qo_load32(const int8_t *from) {
  uint32_t value;
  memcpy(&value, from, 4);
  return value;
}
)"},
    {"qo_load64", R"(static uint64_t qo_load64(const int8_t *from) {
  uint64_t value;
  memcpy(&value, from, 8);
  return value;
}
)"},
    {"qo_load_half", R"(static uint16_t qo_load_half(const int8_t *from) {
  uint16_t value;
  memcpy(&value, from, 2);
  return value;
}
)"},
    {"qo_load_float", R"(static float qo_load_float(const int8_t *from) {
  float value;
  memcpy(&value, from, 4);
  return value;
}
)"},
    {"qo_load_double", R"(static double qo_load_double(const int8_t *from) {
  double value;
  memcpy(&value, from, 8);
  return value;
}
)"},
    {"qo_store16", R"(static void qo_store16(int8_t *to, int16_t value) {
  memcpy(to, &value, 2);
}
)"},
    {"qo_store32", R"(static void qo_store32(int8_t *to, uint32_t value) {
  memcpy(to, &value, 4);
}
)"},
    {"qo_store64", R"(static void qo_store64(int8_t *to, uint64_t value) {
  memcpy(to, &value, 8);
}
)"},
    {"qo_store_half", R"(static void qo_store_half(int8_t *to, uint16_t value) {
  memcpy(to, &value, 2);
}
)"},
    {"qo_store_float", R"(static void qo_store_float(int8_t *to, float value) {
  memcpy(to, &value, 4);
}
)"},
    {"qo_store_double",
     R"(static void qo_store_double(int8_t *to, double value) {
  memcpy(to, &value, 8);
}
)"},
    {"qo_bits_of_float", R"(static uint32_t qo_bits_of_float(float x) {
  uint32_t bits;
  memcpy(&bits, &x, 4);
  return bits;
}
)"},
    {"qo_float_of_bits", R"(static float qo_float_of_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, 4);
  return x;
}
)"},
    {"qo_bits_of_double", R"(static uint64_t qo_bits_of_double(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  return bits;
}
)"},
    {"qo_double_of_bits", R"(static double qo_double_of_bits(uint64_t bits) {
  double x;
  memcpy(&x, &bits, 8);
  return x;
}
)"},
    {"qo_float_of_half", R"(/* Widens binary16: moved, with another bias. */
static float qo_float_of_half(uint16_t half) {
  const uint32_t magnitude = half & 32767u, sign = (half & 32768u) * 65536u;
  const float moved = qo_float_of_bits(magnitude << 13) * 0x1p112f;
  const uint32_t special = magnitude < 31744u ? 0u : 2139095040u;
  return qo_float_of_bits(qo_bits_of_float(moved) | special | sign);
}
)"},
    {"qo_float_of_bfloat", R"(static float qo_float_of_bfloat(uint16_t bits) {
  return qo_float_of_bits((uint32_t)bits << 16);
}
)"},
};

void Helpers::require(StringRef text) {
  for (StringRef name : {"fmaf(", "rintf(", "floorf(", "ceilf(", "fabsf(",
                         "sqrtf(", "INFINITY", "NAN"})
    math |= text.contains(name);
  memory |= text.contains("memcpy(");
  floats |= math || text.contains("float") || text.contains("double");
  for (size_t at = text.find("qo_"); at != StringRef::npos;
       at = text.find("qo_", at + 1)) {
    StringRef name = text.substr(at).take_while(
        [](char c) { return llvm::isAlnum(c) || c == '_'; });
    for (auto [number, row] : llvm::enumerate(helperRows))
      if (row.name == name && rows.insert(number))
        require(row.text);
  }
}

void Helpers::print(raw_ostream &os) const {
  SmallVector<size_t> sorted(rows.begin(), rows.end());
  llvm::sort(sorted);
  for (size_t number : sorted)
    os << helperRows[number].text << '\n';
}
