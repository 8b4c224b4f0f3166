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

/// A load and a store of a type in C, and its bytes.
#define MEMORY_HELPERS(NAME, TYPE, BYTES)                                      \
  {"qo_load" NAME, "static " TYPE " qo_load" NAME "(const int8_t *from) {\n"   \
                   "  " TYPE " value;\n"                                       \
                   "  memcpy(&value, from, " BYTES ");\n"                      \
                   "  return value;\n}\n"},                                    \
  {                                                                            \
    "qo_store" NAME, "static void qo_store" NAME "(int8_t *to, " TYPE          \
                     " value) {\n  memcpy(to, &value, " BYTES ");\n}\n"        \
  }

/// The bits of a value as one of another type with as many bytes.
#define BITS_HELPER(NAME, RESULT, TYPE, BYTES)                                 \
  {                                                                            \
    NAME, "static " RESULT " " NAME "(" TYPE " from) {\n"                      \
          "  " RESULT " to;\n"                                                 \
          "  memcpy(&to, &from, " BYTES ");\n"                                 \
          "  return to;\n}\n"                                                  \
  }

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
    MEMORY_HELPERS("16", "int16_t", "2"),
    MEMORY_HELPERS("32", "uint32_t", "4"),
    MEMORY_HELPERS("64", "uint64_t", "8"),
    MEMORY_HELPERS("_half", "uint16_t", "2"),
    MEMORY_HELPERS("_float", "float", "4"),
    MEMORY_HELPERS("_double", "double", "8"),
    BITS_HELPER("qo_bits_of_float", "uint32_t", "float", "4"),
    BITS_HELPER("qo_float_of_bits", "float", "uint32_t", "4"),
    BITS_HELPER("qo_bits_of_double", "uint64_t", "double", "8"),
    BITS_HELPER("qo_double_of_bits", "double", "uint64_t", "8"),
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

#undef MEMORY_HELPERS
#undef BITS_HELPER

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
