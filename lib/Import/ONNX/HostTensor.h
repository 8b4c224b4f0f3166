//===- HostTensor.h - Tensors known at import -------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A tensor whose elements the importer knows: an initializer, or the result
/// of folding one. Layout is row-major, one element after the other, little
/// endian; 4-bit integers and bools take a byte.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_HOSTTENSOR_H
#define QUANTOPT_LIB_IMPORT_ONNX_HOSTTENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "quant-opt/Support/LLVM.h"
#include <memory>
#include <optional>
#include <vector>

namespace quantopt::onnx {

/// The element types of the format, with its numbers.
enum class ElementType : int32_t {
  Undefined = 0,
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  String = 8,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  UInt32 = 12,
  UInt64 = 13,
  BFloat16 = 16,
  UInt4 = 21,
  Int4 = 22,
};

/// The format's name of a type in lower case ("float", "uint8"), for messages.
StringRef getName(ElementType type);

/// Bytes that an element takes in a HostTensor; 0 for types it cannot hold.
int64_t getByteSize(ElementType type);

bool isFloat(ElementType type);

/// Whether the type is an integer (bool is not).
bool isInteger(ElementType type);

/// The MLIR integer type of a quantized storage: signless for signed types.
/// Null when the type cannot store quantized values.
IntegerType getStorageType(ElementType type, MLIRContext *context);

/// The product of the dimensions, or nothing when one is negative or the
/// product is above the limit that the importer sets to any tensor (2^40).
std::optional<int64_t> getNumElements(ArrayRef<int64_t> shape);

/// The most elements of a tensor that folding creates (2^26).
constexpr int64_t maxFoldedElements = int64_t(1) << 26;

/// The most indices along one axis that an op is given (2^24).
constexpr int64_t maxIndices = int64_t(1) << 24;

class HostTensor {
public:
  HostTensor() = default;

  /// A tensor of zeros. The shape must have been checked with getNumElements.
  HostTensor(ElementType type, ArrayRef<int64_t> shape);

  static HostTensor fromInts(ElementType type, ArrayRef<int64_t> shape,
                             ArrayRef<int64_t> values);
  static HostTensor fromFloats(ArrayRef<int64_t> shape, ArrayRef<float> values);

  ElementType getType() const { return type; }
  ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return shape.size(); }
  int64_t getNumElements() const { return count; }
  ArrayRef<char> getBytes() const {
    return bytes ? ArrayRef<char>(*bytes) : ArrayRef<char>();
  }
  /// The bytes for writing; only for a tensor that nobody shares yet.
  MutableArrayRef<char> getMutableBytes() { return *bytes; }

  /// The element as an integer; floats are truncated towards zero and limited
  /// to the range of int64.
  int64_t getInt(int64_t index) const;
  /// The element as a real number.
  double getReal(int64_t index) const;
  void setInt(int64_t index, int64_t value);
  void setReal(int64_t index, double value);

  SmallVector<int64_t> getInts() const;
  SmallVector<float> getFloats() const;

  /// The same elements in another shape with as many elements.
  HostTensor reshaped(ArrayRef<int64_t> newShape) const;
  /// Dimension i of the result is dimension permutation[i] of this.
  HostTensor transposed(ArrayRef<int64_t> permutation) const;
  /// result[i] = this[offsets + i * strides]; in bounds.
  HostTensor sliced(ArrayRef<int64_t> offsets, ArrayRef<int64_t> strides,
                    ArrayRef<int64_t> sizes) const;
  /// The slices `indices` along `axis`; in bounds.
  HostTensor gathered(int64_t axis, ArrayRef<int64_t> indices) const;
  /// Repeated along dimensions of size 1 or missing; shapes are compatible.
  HostTensor broadcast(ArrayRef<int64_t> newShape) const;

  /// A `dense` attribute; only for types with an MLIR counterpart.
  DenseElementsAttr toAttribute(MLIRContext *context) const;

private:
  /// Copies element `source[i]` (an index into this) for each i.
  template <typename IndexFn>
  HostTensor mapped(ArrayRef<int64_t> newShape, IndexFn sourceIndex) const;

  ElementType type = ElementType::Undefined;
  SmallVector<int64_t> shape;
  int64_t count = 0;
  std::shared_ptr<std::vector<char>> bytes;
};

/// The row-major strides of a shape.
SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_HOSTTENSOR_H
