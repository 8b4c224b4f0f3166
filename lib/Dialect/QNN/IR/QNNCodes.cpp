//===- QNNCodes.cpp - What codes stand for --------------------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/IR/BuiltinTypes.h"
#include "quant-opt/Dialect/QNN/IR/QNNTypes.h"
#include "llvm/ADT/APFloat.h"

using namespace quantopt;
using namespace quantopt::qnn;

unsigned qnn::getCodeBits(CodeSet codes) {
  switch (codes) {
  case CodeSet::Binary:
  case CodeSet::Palette1:
    return 1;
  case CodeSet::Ternary:
  case CodeSet::Palette2:
    return 2;
  case CodeSet::Palette3:
    return 3;
  case CodeSet::NF4:
  case CodeSet::F4E2M1:
  case CodeSet::Palette4:
    return 4;
  case CodeSet::F6E2M3:
  case CodeSet::F6E3M2:
  case CodeSet::Palette6:
    return 6;
  case CodeSet::F8E4M3:
  case CodeSet::F8E5M2:
  case CodeSet::Palette8:
    return 8;
  }
  llvm_unreachable("unknown set of codes");
}

FloatType CodebookType::getFloatFormat() const {
  switch (getCodes()) {
  case CodeSet::F4E2M1:
    return Float4E2M1FNType::get(getContext());
  case CodeSet::F6E2M3:
    return Float6E2M3FNType::get(getContext());
  case CodeSet::F6E3M2:
    return Float6E3M2FNType::get(getContext());
  case CodeSet::F8E4M3:
    return Float8E4M3FNType::get(getContext());
  case CodeSet::F8E5M2:
    return Float8E5M2Type::get(getContext());
  default:
    return {};
  }
}

SmallVector<float> CodebookType::getCodeTable() const {
  // The quantiles of QLoRA, appendix E, with both ends and zero exact.
  static constexpr float kNormalFloat[] = {-1.0f,
                                           -0.6961928009986877f,
                                           -0.5250730514526367f,
                                           -0.39491748809814453f,
                                           -0.28444138169288635f,
                                           -0.18477343022823334f,
                                           -0.09105003625154495f,
                                           0.0f,
                                           0.07958029955625534f,
                                           0.16093020141124725f,
                                           0.24611230194568634f,
                                           0.33791524171829224f,
                                           0.44070982933044434f,
                                           0.5626170039176941f,
                                           0.7229568362236023f,
                                           1.0f};
  if (getCodes() == CodeSet::Binary)
    return {-1.0f, 1.0f};
  if (getCodes() == CodeSet::Ternary)
    return {-1.0f, 0.0f, 1.0f};
  if (getCodes() == CodeSet::NF4)
    return SmallVector<float>(ArrayRef(kNormalFloat));
  SmallVector<float> values;
  if (FloatType format = getFloatFormat()) {
    unsigned bits = format.getWidth();
    for (uint64_t code = 0; code < uint64_t(1) << bits; ++code)
      values.push_back(APFloat(format.getFloatSemantics(), APInt(bits, code))
                           .convertToFloat());
  }
  return values;
}
