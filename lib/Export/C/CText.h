//===- CText.h - Types and values in C --------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_EXPORT_C_CTEXT_H
#define QUANTOPT_LIB_EXPORT_C_CTEXT_H

#include "mlir/IR/Operation.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include <optional>
#include <string>

namespace quantopt::c {

/// How C holds values of an MLIR type.
struct CType {
  /// Of variables. Integers of 32 and more bits and indices have no sign, so
  /// that they wrap; shorter ones have one, which loads extend for free.
  StringRef value;
  /// Of elements in memory.
  StringRef element;
  unsigned bits = 0;
  bool isFloat = false;

  bool isWide() const { return !isFloat && bits >= 32; }
};

/// Nothing for a type that C does not hold.
std::optional<CType> getType(Type type);

/// A constant of the type as an expression; `isElement` if it initializes
/// memory.
std::string printLiteral(Attribute value, Type type, bool isElement = false);

/// A part of a C name: letters, digits and single underscores, none at its
/// ends, cut off behind `length`.
std::string makeNamePart(StringRef text, size_t length);

/// An expression.
struct Expr {
  std::string text;
  /// What it reads that loops assign to: their arguments.
  llvm::SmallPtrSet<Value, 2> carried;
};

/// The expression of an op on scalars in terms of its operands; nothing when
/// there is none.
std::optional<std::string> printOperation(Operation *op,
                                          ArrayRef<StringRef> operands);

/// Whether an expression needs no parentheses anywhere.
bool isSimple(StringRef text);

/// Functions that generated code calls, whose names begin with `qo_`.
class Helpers {
public:
  /// Takes in every helper that the text names, and what these call.
  void require(StringRef text);
  /// Writes what was taken in.
  void print(raw_ostream &os) const;
  bool usesMath() const { return math; }
  bool usesMemory() const { return memory; }
  /// Whether any of them, or any other text, computes with floats.
  bool usesFloats() const { return floats; }

private:
  llvm::SetVector<size_t> rows;
  bool math = false, memory = false, floats = false;
};

} // namespace quantopt::c

#endif // QUANTOPT_LIB_EXPORT_C_CTEXT_H
