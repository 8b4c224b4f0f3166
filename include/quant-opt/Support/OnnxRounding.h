//===- OnnxRounding.h - The arithmetic of ONNX Runtime's kernels *- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What `--rounding=source` keeps of a quantized ONNX model: the bytes that the
/// integer kernels of ONNX Runtime compute on x86-64, which scale in binary32.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_ONNXROUNDING_H
#define QUANTOPT_SUPPORT_ONNXROUNDING_H

#include "quant-opt/Support/EqualConstants.h"
#include "quant-opt/Support/SumRounding.h"

namespace quantopt {

/// A binary32 scale as a multiplier, exactly. 0 where no sum in the range gives
/// anything but the zero point. Nothing for other scales that kernels have no
/// form for (see `requantizeProduct`), and for even integers.
std::optional<Multiplier> deriveProductMultiplier(float scale,
                                                  const IntegerRange &sums);

/// A multiplier for `requantize` that gives the same results as
/// `requantizeProduct` for all sums, none of which is a half; if there is one.
std::optional<Multiplier> findEqualProduct(float scale,
                                           const IntegerRange &sums,
                                           int64_t zeroPoint, int64_t min,
                                           int64_t max);

/// A sum of two bytes as the kernel computes it.
struct OnnxSum {
  /// For all pairs of bytes, in row-major order of lhs and rhs.
  llvm::SmallVector<int8_t> results;
  AddOperand lhs, rhs;
  ByteParams result;

  /// Constants of `rescaleAdd` that give them, if there are any near the ratios
  /// of scales. Where exact sums are halves there are none.
  std::optional<RescaleAdd> findConstants() const;
  /// Tables that give them, if there are any.
  std::optional<SumTables> findTables() const;
};

/// The sum of bytes with these parameters. All integers are `stored` larger in
/// the model: 128 where its bytes have no sign. Nothing for ratios of scales
/// that are not below 2^20.
std::optional<OnnxSum> deriveOnnxSum(const ByteParams &lhs,
                                     const ByteParams &rhs,
                                     const ByteParams &result, int64_t stored);

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_ONNXROUNDING_H
