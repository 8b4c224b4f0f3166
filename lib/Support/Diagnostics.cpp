//===- Diagnostics.cpp - Diagnostics on a tool's standard error -----------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "quant-opt/Support/Diagnostics.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;

/// "error", "warning", ...
static StringRef getSeverityName(DiagnosticSeverity severity) {
  switch (severity) {
  case DiagnosticSeverity::Note:
    return "note";
  case DiagnosticSeverity::Warning:
    return "warning";
  case DiagnosticSeverity::Error:
    return "error";
  case DiagnosticSeverity::Remark:
    return "remark";
  }
  return "error";
}

static void print(raw_ostream &os, StringRef tool, const Diagnostic &diag) {
  StringRef severity = getSeverityName(diag.getSeverity());
  Location location = diag.getLocation();
  auto place = location->findInstanceOf<FileLineColLoc>();
  if (place && place.getLine() != 0)
    os << place.getFilename().getValue() << ':' << place.getLine() << ':'
       << place.getColumn() << ": " << severity << ": ";
  else if (auto name = location->findInstanceOf<NameLoc>())
    os << tool << ": " << severity << ": '" << name.getName().getValue()
       << "': ";
  else if (place)
    os << tool << ": " << severity << ": " << place.getFilename().getValue()
       << ": ";
  else
    os << tool << ": " << severity << ": ";
  os << diag << '\n';
  for (const Diagnostic &note : diag.getNotes())
    print(os, tool, note);
}

ToolDiagnosticHandler::ToolDiagnosticHandler(MLIRContext *context,
                                             StringRef tool, raw_ostream &os)
    : ScopedDiagnosticHandler(context), context(context),
      printedOps(context->shouldPrintOpOnDiagnostic()) {
  context->printOpOnDiagnostic(false);
  auto remarks = std::make_shared<llvm::StringSet<>>();
  setHandler([name = tool.str(), &os, remarks](Diagnostic &diag) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    print(stream, name, diag);
    bool isRemark = diag.getSeverity() == DiagnosticSeverity::Remark;
    if (!isRemark || remarks->insert(text).second)
      os << text;
    return success();
  });
}

ToolDiagnosticHandler::~ToolDiagnosticHandler() {
  context->printOpOnDiagnostic(printedOps);
}
