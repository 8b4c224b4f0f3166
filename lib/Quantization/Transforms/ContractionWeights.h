//===- ContractionWeights.h - Weights of integer products -------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_QUANTIZATION_TRANSFORMS_CONTRACTIONWEIGHTS_H
#define QUANTOPT_LIB_QUANTIZATION_TRANSFORMS_CONTRACTIONWEIGHTS_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "quant-opt/Support/LLVM.h"
#include <optional>
#include <string>
#include <variant>

namespace quantopt {

/// The integers of a symmetric weight, with a scale per output channel.
struct IntegerWeight {
  SmallVector<int8_t> values;
  SmallVector<float> scales;
  RankedTensorType type; // of signless integers of 2 to 8 bits
};

/// A constant of integers of at most 8 bits.
struct IntegerConstant {
  qnn::ConstantOp op;
  RankedTensorType type; // of the quantized element type
  IntegerType storage;
};

/// The constant that a weight dequantizes; otherwise says why there is none.
std::variant<IntegerConstant, std::string> findIntegerConstant(Value weight);

/// Reads a dequantized constant as signed integers with zero point 0; otherwise
/// says why not.
std::variant<IntegerWeight, std::string> readIntegerWeight(Value value);

/// The integers behind a dequantized constant minus their zero points, which
/// lie in [-255, 255], with a scale per output channel; otherwise says why not.
struct CenteredWeight {
  SmallVector<int64_t> values;
  SmallVector<float> scales;
};
std::variant<CenteredWeight, std::string> readCenteredWeight(Value value);

/// A weight of 8 bits minus its zero points. Where some integers then have more
/// bits, input channels are read again with what is above 8 bits: `input`
/// becomes what the contraction has to read. Of groups whole inputs are, if
/// they may be. Nothing for other weights.
std::optional<IntegerWeight> centerWeight(OpBuilder &builder,
                                          qnn::ContractionOpInterface op,
                                          Value &input, bool mayRepeatGroups);

/// One number where all have the same bits.
DenseF32ArrayAttr getShortArray(OpBuilder &builder, ArrayRef<float> values);

/// Makes a contraction whose input has a scale and a zero point of run time
/// compute on integers; returns why not.
std::optional<std::string> fuseAsymmetricSums(qnn::ContractionOpInterface op,
                                              qnn::DequantizeDynamicOp input);

/// A constant of signless integers.
Value createIntegers(OpBuilder &builder, Location loc, RankedTensorType type,
                     ArrayRef<int64_t> values);
/// The same for integers of at most 8 bits.
Value createIntegers(OpBuilder &builder, Location loc, RankedTensorType type,
                     ArrayRef<int8_t> values);

/// The bias of a contraction as numbers (zeros when absent), or nothing.
std::optional<SmallVector<float>> readBias(Value bias, int64_t rows);

/// A contraction of `input` with an integer weight: sums of `sumElement`.
Value createSums(OpBuilder &builder, qnn::ContractionOpInterface op,
                 Type sumElement, Value input, Value weight, Value bias,
                 int64_t inputZeroPoint);

} // namespace quantopt

#endif // QUANTOPT_LIB_QUANTIZATION_TRANSFORMS_CONTRACTIONWEIGHTS_H
