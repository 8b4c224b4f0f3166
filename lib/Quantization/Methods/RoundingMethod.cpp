//===- RoundingMethod.cpp - How weights are rounded -----------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Quantization/Methods/RoundingMethod.h"
#include "llvm/ADT/StringExtras.h"

using namespace quantopt;

namespace {
/// A step's name and where it is noted.
struct Step {
  StringLiteral name;
  bool RoundingMethod::*member;
};
} // namespace

static constexpr Step steps[] = {
    {"equalize", &RoundingMethod::equalizes},
    {"mse", &RoundingMethod::searchesScales},
    {"gptq", &RoundingMethod::spreadsErrors},
    {"descent", &RoundingMethod::descends},
    {"bias", &RoundingMethod::correctsBias},
};

llvm::Expected<RoundingMethod> RoundingMethod::parse(StringRef text) {
  RoundingMethod method;
  if (text == "rtn")
    return method;
  for (StringRef name : llvm::split(text, '+')) {
    const Step *step =
        llvm::find_if(steps, [&](const Step &s) { return s.name == name; });
    if (step == std::end(steps))
      return llvm::createStringError(
          "expected a method 'rtn', or 'equalize', 'mse', 'gptq', 'descent' "
          "and 'bias' joined by '+', but got '" +
          text + "'");
    if (method.*step->member)
      return llvm::createStringError("expected each step of a method once, but "
                                     "got '" +
                                     text + "'");
    method.*step->member = true;
  }
  return method;
}

std::string RoundingMethod::toString() const {
  SmallVector<StringRef> names;
  for (const Step &step : steps)
    if (this->*step.member)
      names.push_back(step.name);
  return names.empty() ? "rtn" : llvm::join(names, "+");
}
