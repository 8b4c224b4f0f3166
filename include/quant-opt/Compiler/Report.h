//===- Report.h - The costs of a compiled model --------------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_REPORT_H
#define QUANTOPT_COMPILER_REPORT_H

#include "quant-opt/Compiler/LayerReport.h"
#include "quant-opt/Compiler/ModelDescription.h"

namespace quantopt {

/// The version of the report's format; it changes when a field changes its
/// meaning or goes away.
inline constexpr int64_t kReportVersion = 1;

/// Sizes, layers with what they lose, the worst first, and what stays float, as
/// JSON.
std::string makeReport(const ModelDescription &model, StringRef name,
                       const QuantizationReport &quantization);

/// The same as one page that needs nothing else.
std::string makeReportPage(StringRef json);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_REPORT_H
