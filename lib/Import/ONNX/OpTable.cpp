//===- OpTable.cpp - The table of supported operators ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "quant-opt/Import/ONNX.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::onnx;

/// The rows of all families, in no particular order.
static SmallVector<ArrayRef<OpRow>> getFamilies() {
  return {getActivationOps(),    getArithmeticOps(),
          getBlockProductOps(),  getCompositeActivationOps(),
          getConvolutionOps(),   getDenseOps(),
          getIndexingOps(),      getIntegerProductOps(),
          getNormalizationOps(), getPoolingOps(),
          getQuantizationOps(),  getQuantizedOps(),
          getReductionOps(),     getResizeOps(),
          getShapeOps(),         getStatisticsOps(),
          getStructureOps(),     getTransposedConvolutionOps()};
}

const OpRow *quantopt::onnx::findOp(StringRef domain, StringRef name) {
  for (ArrayRef<OpRow> family : getFamilies())
    for (const OpRow &row : family)
      if (domain == row.domain && name == row.name)
        return &row;
  return nullptr;
}

SmallVector<const OpRow *> quantopt::onnx::getAllOps() {
  SmallVector<const OpRow *> rows;
  for (ArrayRef<OpRow> family : getFamilies())
    for (const OpRow &row : family)
      rows.push_back(&row);
  llvm::sort(rows, [](const OpRow *a, const OpRow *b) {
    return std::make_pair(StringRef(a->domain), StringRef(a->name)) <
           std::make_pair(StringRef(b->domain), StringRef(b->name));
  });
  return rows;
}

void quantopt::printOnnxSupportTable(raw_ostream &os) {
  os << "# Supported ONNX operators\n\n"
        "Written by `quant-translate --onnx-support-table`; do not edit.\n\n"
        "Operator sets "
     << oldestOpset << " to " << newestOpset
     << " are accepted; all activations are `float` or, between\n"
        "QuantizeLinear and DequantizeLinear, quantized integers. \"Since\" is "
        "the first\noperator set with the operator, where that is above "
     << oldestOpset
     << ". Whatever can be computed from\nconstants and shapes is computed at "
        "import; rows marked *import only* exist for\nthat purpose.\n\n"
        "| operator | since | limits |\n|---|---|---|\n";
  for (const OpRow *row : getAllOps()) {
    os << "| " << row->domain << (*row->domain ? "." : "") << row->name
       << " | ";
    if (row->since > oldestOpset)
      os << row->since;
    os << " | " << row->limits << " |\n";
  }
}
