//===- Progress.h - A line that shows how far work is --------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_TOOLS_QUANTCOMPILE_PROGRESS_H
#define QUANTOPT_TOOLS_QUANTCOMPILE_PROGRESS_H

#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// Shows a bar on standard error if that is a terminal.
void showProgress(StringRef what, double part);

/// Removes the bar.
void clearProgress();

} // namespace quantopt

#endif // QUANTOPT_TOOLS_QUANTCOMPILE_PROGRESS_H
