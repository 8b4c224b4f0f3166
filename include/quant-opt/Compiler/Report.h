//===- Report.h - The costs of a compiled model --------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_REPORT_H
#define QUANTOPT_COMPILER_REPORT_H

#include "quant-opt/Compiler/ModelDescription.h"

namespace quantopt {

/// Sizes, layers and what stays float, as JSON.
std::string makeReport(const ModelDescription &model, StringRef name);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_REPORT_H
