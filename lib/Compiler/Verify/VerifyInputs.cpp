//===- VerifyInputs.cpp - Inputs that find wrong code ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyInputs.h"
#include "mlir/IR/TypeUtilities.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/ADT/SetVector.h"
#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <random>

using namespace quantopt;

StringRef quantopt::getPatternName(InputPattern pattern) {
  switch (pattern) {
  case InputPattern::Random:
    return "random";
  case InputPattern::RandomMagnitude:
    return "random magnitude";
  case InputPattern::Minimum:
    return "minimum";
  case InputPattern::Maximum:
    return "maximum";
  case InputPattern::Zero:
    return "zero";
  case InputPattern::Ties:
    return "ties";
  case InputPattern::Special:
    return "special values";
  }
  llvm_unreachable("unknown pattern");
}

qnn::AffineType quantopt::findInputGrid(Value argument) {
  llvm::SetVector<Value> values;
  values.insert(argument);
  for (size_t i = 0; i < values.size(); ++i)
    for (Operation *user : values[i].getUsers()) {
      if (auto quantize = dyn_cast<qnn::QuantizeOp>(user))
        return cast<qnn::AffineType>(getElementTypeOrSelf(quantize.getType()));
      if (isa<qnn::TransposeOp, qnn::ReshapeOp, qnn::PadOp, qnn::SliceOp>(user))
        values.insert(user->getResult(0));
    }
  return {};
}

namespace {
/// Draws the elements of one input.
class ElementSource {
public:
  ElementSource(const qo_tensor &tensor, qo_type type, int64_t index,
                InputPattern pattern, qnn::AffineType grid)
      : type(type), pattern(pattern), zeroPoint(tensor.zero_point),
        count(tensor.bytes / qo_type_bytes(type)),
        generator(uint64_t(index) * 16 + uint64_t(pattern) + 1) {
    if (!grid)
      return;
    step = grid.getScale();
    low = int64_t(grid.getStorageMin()) - grid.getZeroPoint();
    high = int64_t(grid.getStorageMax()) - grid.getZeroPoint();
  }

  float nextReal(int64_t i);
  int64_t nextInteger(int64_t i);

private:
  /// A number in [0, 1) with 24 bits.
  float unit() { return float(generator() >> 40) * 0x1p-24f; }
  float inRange() {
    // A little more than the range, so that clamping takes part.
    float width = float(high - low);
    return step * (float(low) + width * (1.2f * unit() - 0.1f));
  }
  float special(int64_t i);

  qo_type type;
  InputPattern pattern;
  int64_t zeroPoint, count;
  std::mt19937_64 generator;
  // Without rounding: numbers in [-2, 2], halves between integers.
  float step = 1;
  int64_t low = -2, high = 2;
};
} // namespace

/// Special values in turn, between others where there is room.
float ElementSource::special(int64_t i) {
  static constexpr float values[] = {
      NAN,       INFINITY, -INFINITY,    FLT_MAX, -FLT_MAX, FLT_MIN,
      0x1p-149f, -0.0f,    -0x1.8p-130f, 0x1p24f, -1.0f,    16777219.0f};
  int64_t every = std::clamp<int64_t>(count / int64_t(std::size(values)), 1, 8);
  return i % every != 0 ? inRange() : values[i / every % std::size(values)];
}

float ElementSource::nextReal(int64_t i) {
  switch (pattern) {
  case InputPattern::Random:
    return inRange();
  case InputPattern::RandomMagnitude:
    return std::ldexp(inRange(), int(generator() % 64) - 32);
  case InputPattern::Minimum:
    return step * float(low);
  case InputPattern::Maximum:
    return step * float(high);
  case InputPattern::Zero:
    return 0.0f;
  case InputPattern::Ties: {
    auto steps = uint64_t(high - low);
    return step * (float(low + int64_t(generator() % steps)) + 0.5f);
  }
  case InputPattern::Special:
    return special(i);
  }
  llvm_unreachable("unknown pattern");
}

int64_t ElementSource::nextInteger(int64_t i) {
  bool isUnsigned = type == QO_UI8 || type == QO_UI16 || type == QO_UI32 ||
                    type == QO_UI64 || type == QO_I1;
  // Numbers of 64 bits stay where every float format has room.
  int64_t bits =
      type == QO_I1 ? 1 : std::min<int64_t>(8 * qo_type_bytes(type), 40);
  int64_t span = int64_t(1) << bits;
  int64_t min = isUnsigned ? 0 : -span / 2, max = min + span - 1;
  switch (pattern) {
  case InputPattern::Random:
  case InputPattern::RandomMagnitude:
    return min + int64_t(generator() % uint64_t(span));
  case InputPattern::Minimum:
    return min;
  case InputPattern::Maximum:
    return max;
  case InputPattern::Zero:
    return zeroPoint;
  case InputPattern::Ties:
    return i % 2 ? max : min;
  case InputPattern::Special: {
    int64_t ends[] = {min, max, min + 1, max - 1, zeroPoint};
    return ends[generator() % std::size(ends)];
  }
  }
  llvm_unreachable("unknown pattern");
}

bool quantopt::fillInput(const qo_tensor &input, int64_t index,
                         InputPattern pattern, qnn::AffineType grid,
                         void *buffer) {
  qo_type type;
  if (qo_type_parse(input.type, &type))
    return false;
  ElementSource source(input, type, index, pattern, grid);
  int64_t size = qo_type_bytes(type);
  auto *bytes = static_cast<char *>(buffer);
  for (int64_t i = 0; i < input.bytes / size; ++i) {
    if (type >= QO_F16) {
      float real = source.nextReal(i);
      qo_npy one = {};
      one.type = QO_F32;
      one.elements = 1;
      qo_error error;
      if (qo_npy_convert(&one, &real, 0, 1, type, bytes + i * size, &error))
        return false;
      continue;
    }
    int64_t value = source.nextInteger(i);
    std::memcpy(bytes + i * size, &value, size_t(size));
  }
  return true;
}
