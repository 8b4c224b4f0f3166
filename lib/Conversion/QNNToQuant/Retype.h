//===- Retype.h - Changing element types throughout a module ----*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_CONVERSION_QNNTOQUANT_RETYPE_H
#define QUANTOPT_LIB_CONVERSION_QNNTOQUANT_RETYPE_H

#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace quantopt {

/// Checks an op that stays: `visit` is called for each type of its results,
/// block arguments and function signature. When it has operands or any of these
/// with a type for which `isQuantized` holds, it must be an op that passes
/// values on without looking at them; an error says so otherwise. Types nested
/// in other types count.
LogicalResult checkStayingOp(Operation *op,
                             function_ref<bool(Type)> isQuantized,
                             function_ref<LogicalResult(Type)> visit);

/// Applies `replacer` to the types of the op's results, block arguments and
/// function signature.
void retype(Operation *op, AttrTypeReplacer &replacer);

/// Checks that operand and result of a cast are ranked tensors.
LogicalResult checkRanked(Operation *cast);

/// The same bits as integers of type `type`; undoes a bitcast where it can.
Value bitcast(OpBuilder &builder, Location loc, Type type, Value value);

/// Erases a cast without uses, and what made its operand when that is a
/// constant or a bitcast that nothing else uses.
void eraseWithProducer(Operation *cast);

/// What the two directions of the conversion differ in.
struct CastRewriter {
  function_ref<bool(Operation *)> isCast;
  /// Whether an element type is quantized in the dialect that is left.
  function_ref<bool(Type)> isQuantized;
  /// The result that stands for a cast's, in the dialect that is entered.
  function_ref<Value(OpBuilder &, Operation *)> rewrite;
};

/// Gives all other ops the replaced types, then rewrites the casts: those that
/// produce quantized values before those that read them.
void rewriteCasts(Operation *root, AttrTypeReplacer &replacer,
                  const CastRewriter &rewriter);

} // namespace quantopt

#endif // QUANTOPT_LIB_CONVERSION_QNNTOQUANT_RETYPE_H
