//===- Diagnostics.h - Diagnostics on a tool's standard error ---*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_DIAGNOSTICS_H
#define QUANTOPT_SUPPORT_DIAGNOSTICS_H

#include "mlir/IR/Diagnostics.h"
#include "quant-opt/Support/LLVM.h"

namespace quantopt {

/// While it lives, prints every diagnostic of a context as one line (and one
/// more for each note):
///   TOOL: error: FILE: message          about a file as a whole
///   FILE:LINE:COLUMN: error: message    about a place in a text
///   TOOL: error: 'NODE': message        about a named part of a model
/// The IR of the op is not printed, and a remark that was printed already (for
/// another copy of the model) is not repeated.
class ToolDiagnosticHandler : public ScopedDiagnosticHandler {
public:
  ToolDiagnosticHandler(MLIRContext *context, StringRef tool, raw_ostream &os);
  ~ToolDiagnosticHandler();

private:
  MLIRContext *context;
  bool printedOps; // the context's setting before
};

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_DIAGNOSTICS_H
