//===- OpTable.cpp - The table of supported operators ---------------------===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpTable.h"
#include "quant-opt/Import/TFLite.h"
#include "llvm/Support/raw_ostream.h"

using namespace quantopt;
using namespace quantopt::tflite;

/// The rows of all families, by name.
static SmallVector<const OpRow *> getAllOps() {
  SmallVector<const OpRow *> rows;
  for (ArrayRef<OpRow> family :
       {getContractionOps(), getElementwiseOps(), getMovementOps(),
        getReductionOps(), getResizeOps(), getSliceOps()})
    for (const OpRow &row : family)
      rows.push_back(&row);
  llvm::sort(rows, [](const OpRow *a, const OpRow *b) {
    return StringRef(a->name) < StringRef(b->name);
  });
  return rows;
}

const OpRow *tflite::findOp(int32_t code) {
  for (const OpRow *row : getAllOps())
    if (row->code == code)
      return row;
  return nullptr;
}

/// Names of operators that are often asked for and have no row.
static StringRef findOtherName(int32_t code) {
  static constexpr std::pair<int32_t, StringLiteral> names[] = {
      {7, "EMBEDDING_LOOKUP"},
      {11, "L2_NORMALIZATION"},
      {16, "LSTM"},
      {27, "SVDF"},
      {35, "UNIDIRECTIONAL_SEQUENCE_RNN"},
      {37, "BATCH_TO_SPACE_ND"},
      {38, "SPACE_TO_BATCH_ND"},
      {44, "UNIDIRECTIONAL_SEQUENCE_LSTM"},
      {48, "TOPK_V2"},
      {53, "CAST"},
      {56, "ARG_MAX"},
      {64, "SELECT"},
      {66, "SIN"},
      {69, "TILE"},
      {77, "SHAPE"},
      {78, "POW"},
      {79, "ARG_MIN"},
      {94, "FILL"},
      {105, "REVERSE_V2"},
      {106, "ADD_N"},
      {107, "GATHER_ND"},
      {118, "IF"},
      {119, "WHILE"},
      {123, "SELECT_V2"},
      {129, "CALL_ONCE"},
      {130, "BROADCAST_TO"},
      {142, "VAR_HANDLE"},
      {150, "GELU"},
  };
  for (const auto &[number, name] : names)
    if (number == code)
      return name;
  return {};
}

std::string tflite::getOpName(const Operator &op) {
  constexpr int32_t custom = 32;
  if (op.code == custom)
    return ("CUSTOM " + op.customCode).str();
  if (const OpRow *row = findOp(op.code))
    return row->name;
  StringRef other = findOtherName(op.code);
  return other.empty() ? "operator " + std::to_string(op.code) : other.str();
}

void quantopt::printTfliteSupportTable(raw_ostream &os) {
  os << "# Supported TFLite operators\n\n"
        "Written by `quant-translate --tflite-support-table`; do not edit.\n\n"
        "Activations are FLOAT32, INT8, UINT8 or INT16; weights also INT4 and\n"
        "FLOAT16. Shapes are those that the model states. \"Source\" says "
        "what\n"
        "`--rounding=source` gives for INT8: *exact*, the bytes of TFLite's\n"
        "reference kernels; *moves*, where nothing is rounded; or nothing, "
        "where\n"
        "the operator computes in float. See [Numerics](Numerics.md).\n\n"
        "| operator | source | limits |\n|---|---|---|\n";
  for (const OpRow *row : getAllOps()) {
    StringRef source = row->source == SourceForm::Exact   ? "exact"
                       : row->source == SourceForm::Moves ? "moves"
                                                          : "";
    os << "| " << row->name << " | " << source << " | " << row->limits
       << " |\n";
  }
}
