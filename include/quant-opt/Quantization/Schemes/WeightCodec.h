//===- WeightCodec.h - Real weights as codes and back -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Quantizing a weight takes two steps that methods replace independently:
/// choose the parameters of each group of values that share them, and choose a
/// code for each value. The codec of a weight knows its format; methods do not.
///
/// ```
/// WeightCodec codec(scheme, shape);
/// chooseParameters(codec, values);
/// SmallVector<int64_t> codes = roundToNearest(codec, values);
/// ConstantOp constant = codec.createConstant(builder, loc, codes);
/// ```
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTCODEC_H
#define QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTCODEC_H

#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/ADT/SmallVector.h"

namespace quantopt {

/// What the values of a group share.
struct CodeParameters {
  /// 0 where any scale will do, since all values are 0.
  float scale = 0;
  int64_t zeroPoint = 0;
  /// What the codes stand for, in ascending order; only for palettes.
  SmallVector<float> table;
};

/// The format of one weight: how values become codes.
class WeightCodec {
public:
  /// Requires a scheme with a quantized type that fits the shape.
  WeightCodec(qnn::SchemeAttr scheme, ArrayRef<int64_t> shape);

  qnn::QuantizedTypeInterface getType() const { return type; }
  ArrayRef<int64_t> getShape() const { return shape; }
  bool isPalette() const;

  /// Groups of values that share parameters; at least one.
  int64_t getNumGroups() const { return numGroups; }
  /// The group of the element with this row-major index.
  int64_t getGroup(int64_t element) const;

  /// The parameters that the format has for these values: the scale under which
  /// the largest magnitude (or, for affine schemes, the range with 0) becomes
  /// the largest code; for `binary`, `ternary` and palettes those with the
  /// least squared error. `importance` weighs squared errors; empty means all
  /// alike.
  CodeParameters choose(ArrayRef<float> values,
                        ArrayRef<float> importance = {}) const;
  /// The parameters for values in [lo, hi]. Not for palettes.
  CodeParameters chooseForRange(float lo, float hi) const;

  /// Takes the parameters of all groups and rounds them as they are stored: to
  /// `f16`, powers of two, or factors of 8 bits. Zero points follow.
  void setParameters(ArrayRef<CodeParameters> groups);
  const CodeParameters &getParameters(int64_t group) const {
    return parameters[group];
  }

  /// The code nearest to a value; of two equally near the even one. Values out
  /// of range become the nearest end. `overflowed` is set for those beyond the
  /// largest float of a float format without scales.
  int64_t encode(float value, int64_t group, bool *overflowed = nullptr) const;
  /// The value that a code stands for.
  float decode(int64_t code, int64_t group) const;

  /// The constant with these codes, in row-major order.
  qnn::ConstantOp createConstant(OpBuilder &builder, Location loc,
                                 ArrayRef<int64_t> codes) const;

private:
  /// Numbers in ascending order, and the code of each.
  struct Table {
    SmallVector<float> values;
    SmallVector<int64_t> codes;
  };
  static int64_t findNearest(const Table &table, float value);
  float getLargest() const;
  Type chooseScaleType(ArrayRef<CodeParameters> groups) const;
  void roundToFactors();
  void roundScale(CodeParameters &p) const;
  void setScale(CodeParameters &p, float scale) const;

  qnn::SchemeAttr scheme;
  qnn::QuantizedTypeInterface type;
  SmallVector<int64_t> shape;
  int64_t numGroups;
  /// Of integers.
  int64_t min = 0, max = 0;
  /// Of codes that stand for the entries of the type's table.
  Table table;
  SmallVector<float> decoded;
  /// Set by `setParameters`.
  SmallVector<CodeParameters> parameters;
  Type scaleType;
  SmallVector<float> superScales;
};

/// The elements of each group, in row-major order.
class ElementGroups {
public:
  explicit ElementGroups(const WeightCodec &codec);
  ArrayRef<int64_t> getElements(int64_t group) const {
    return ArrayRef(elements).slice(starts[group],
                                    starts[group + 1] - starts[group]);
  }

private:
  SmallVector<int64_t> starts, elements;
};

/// Gives each group of values the parameters that `WeightCodec::choose` finds.
/// `importance` has a number for each value, or none.
void chooseParameters(WeightCodec &codec, ArrayRef<float> values,
                      ArrayRef<float> importance = {});

/// The nearest code of each value.
SmallVector<int64_t> roundToNearest(const WeightCodec &codec,
                                    ArrayRef<float> values,
                                    bool *overflowed = nullptr);

} // namespace quantopt

#endif // QUANTOPT_QUANTIZATION_SCHEMES_WEIGHTCODEC_H
