//===- SupportBodies.h - Bodies of support functions ------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Each fills a function whose entry block the builder is in. They use only
/// what the smallest processors have, so that they do not need each other.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_COMPILER_OBJECT_SUPPORTBODIES_H
#define QUANTOPT_LIB_COMPILER_OBJECT_SUPPORTBODIES_H

#include "quant-opt/Support/LLVM.h"
#include "llvm/IR/IRBuilder.h"

namespace quantopt {

/// Where a processor loads and stores blocks of several words.
enum class Blocks {
  OfWords, ///< at multiples of words
  Anywhere ///< at any address
};

/// `(to, from, size)`.
void emitMemcpy(llvm::IRBuilder<> &b, llvm::Function &function, Blocks blocks);
void emitMemmove(llvm::IRBuilder<> &b, llvm::Function &function, Blocks blocks);
/// `(to, value, size)`.
void emitMemset(llvm::IRBuilder<> &b, llvm::Function &function, Blocks blocks);
/// `(to, size, value)`, as the ABI of Arm has it.
void emitSizedMemset(llvm::IRBuilder<> &b, llvm::Function &function,
                     Blocks blocks);
/// `(to, size)`.
void emitMemclr(llvm::IRBuilder<> &b, llvm::Function &function, Blocks blocks);

/// The number of zero bits above the highest bit that is set.
void emitLeadingZeros(llvm::IRBuilder<> &b, llvm::Function &function);

/// `i64 (i64, i64)`: the low half of the product.
void emitLongProduct(llvm::IRBuilder<> &b, llvm::Function &function);
/// `i64 (i64, i32)`, for amounts below 64.
void emitLongShiftLeft(llvm::IRBuilder<> &b, llvm::Function &function);
void emitLongShiftRight(llvm::IRBuilder<> &b, llvm::Function &function);
void emitLongArithmeticShiftRight(llvm::IRBuilder<> &b,
                                  llvm::Function &function);
/// `i32 (i32, i32)`: the quotient.
void emitUnsignedQuotient(llvm::IRBuilder<> &b, llvm::Function &function);
void emitSignedQuotient(llvm::IRBuilder<> &b, llvm::Function &function);
/// `{i32, i32} (i32, i32)`: quotient and remainder.
void emitUnsignedDivision(llvm::IRBuilder<> &b, llvm::Function &function);
void emitSignedDivision(llvm::IRBuilder<> &b, llvm::Function &function);

} // namespace quantopt

#endif // QUANTOPT_LIB_COMPILER_OBJECT_SUPPORTBODIES_H
