//===- FunctionWriter.h - Functions in C ------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_EXPORT_C_FUNCTIONWRITER_H
#define QUANTOPT_LIB_EXPORT_C_FUNCTIONWRITER_H

#include "CText.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace quantopt::c {

/// Where a buffer begins.
struct Place {
  std::string pointer;
  int64_t bytes = 0; ///< behind the pointer
  /// Elements that the pointer counts: the buffer's, or bytes if there are
  /// none.
  Type element;
};

/// What functions of a file share.
struct FileContext {
  /// Constants that functions use, with their names, in order of first use.
  llvm::MapVector<StringAttr, std::string> globals;
  /// Tables of `qvec.lookup`.
  llvm::MapVector<Attribute, std::string> tables;
  /// Names of functions that layers share.
  llvm::DenseMap<StringAttr, std::string> functions;
  /// Whether an integer cannot be negative.
  llvm::function_ref<bool(Value)> isNonNegative;
};

/// The parameter of a shared function for a buffer: whether it is written to,
/// and whether it counts elements rather than bytes.
struct BufferParameter {
  bool isWritten = false, isTyped = false;
};
BufferParameter describeParameter(func::FuncOp function, unsigned number);

/// The name of a model's buffer in its layers: `input0`, `output0`, `arena`.
std::string nameBuffer(unsigned number, unsigned numInputs,
                       unsigned numTensors);

/// Writes the body of a function.
class FunctionWriter {
public:
  FunctionWriter(FileContext &file, raw_ostream &os) : file(file), os(os) {}

  /// Gives a buffer of the function's arguments its place, or a number its
  /// expression.
  void setPlace(Value buffer, Place place) { places[buffer] = place; }
  void setValue(Value value, StringRef text) {
    values[value] = Expr{text.str(), {}};
  }

  /// Writes the statements of a block; an error names an op without a form.
  LogicalResult writeBlock(Block &block, unsigned depth);

private:
  LogicalResult writeOp(Operation &op);
  LogicalResult writeFor(scf::ForOp loop);
  LogicalResult writeIf(scf::IfOp branch);
  LogicalResult writeCall(func::CallOp call);
  LogicalResult writeLoad(memref::LoadOp load);
  LogicalResult writeStore(memref::StoreOp store);
  LogicalResult writeLookup(Operation &op, Value index, Attribute table);
  LogicalResult writeExpression(Operation &op);
  LogicalResult writeLocal(memref::AllocaOp local);
  void assignYielded(Operation *terminator, ValueRange targets);

  LogicalResult findPlace(Operation &user, Value buffer, Place &place);
  LogicalResult setAddress(Operation &user, Value buffer, ValueRange indices,
                           Expr &index, Place &place);
  std::string nameGlobal(memref::GetGlobalOp op);
  /// The pointer for a parameter of a shared function.
  std::string printArgument(const Place &place, const BufferParameter &kind,
                            Type element);

  /// Defines a value by an expression, in place of its use or as a variable.
  void define(Operation &op, Expr expr, bool mayMove);
  void declare(Value value, const Expr &expr);
  const Expr &get(Value value);
  raw_ostream &line() { return os.indent(2 * depth); }
  std::string makeName(StringRef prefix) {
    return (prefix + llvm::Twine(count++)).str();
  }

  FileContext &file;
  raw_ostream &os;
  unsigned depth = 1, count = 0;
  llvm::DenseMap<Value, Expr> values;
  llvm::DenseMap<Value, Place> places;
};

} // namespace quantopt::c

#endif // QUANTOPT_LIB_EXPORT_C_FUNCTIONWRITER_H
