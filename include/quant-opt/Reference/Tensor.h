//===- Tensor.h - Values of the reference interpreter -----------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// A dense row-major array with an MLIR tensor type. Copies share the data
/// until one of them is written.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_REFERENCE_TENSOR_H
#define QUANTOPT_REFERENCE_TENSOR_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "quant-opt/Support/LLVM.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace quantopt::reference {

/// How the elements of a tensor are held on the host.
enum class Storage {
  F32, ///< floats; smaller floats are held widened, which is exact
  I8,  ///< integers that fit 8 bits with sign; i1 is 0 or 1
  I32, ///< wider integers up to 32 bits, and ui8 to ui31
  I64, ///< i33 to i64, ui32 to ui63 and index
};

/// The storage of an element type; nothing when it is not supported. Quantized
/// types hold their stored integers (or small floats).
std::optional<Storage> getStorage(Type elementType);

class Tensor {
public:
  Tensor() = default;

  /// A tensor of zeros. Requires a static shape and a supported element type.
  static Tensor zeros(RankedTensorType type);

  /// The elements of a dense or resource attribute, under another element type
  /// of the same storage if `type` says so. Fails on other attributes.
  static llvm::Expected<Tensor> fromAttribute(ElementsAttr attr,
                                              RankedTensorType type);

  explicit operator bool() const { return bool(type); }
  RankedTensorType getType() const { return type; }
  ArrayRef<int64_t> getShape() const { return type.getShape(); }
  Type getElementType() const { return type.getElementType(); }
  int64_t getNumElements() const { return type.getNumElements(); }
  Storage getStorage() const { return Storage(buffer->index()); }

  /// The elements. `T` is float, int8_t, int32_t or int64_t, as the storage.
  template <typename T> ArrayRef<T> get() const {
    return std::get<std::vector<T>>(*buffer);
  }
  /// The elements for writing; copies them first if they are shared.
  template <typename T> MutableArrayRef<T> getMutable() {
    if (buffer.use_count() > 1)
      buffer = std::make_shared<Buffer>(*buffer);
    return std::get<std::vector<T>>(*buffer);
  }
  /// Calls `fn` with the elements as an ArrayRef of their storage.
  template <typename Fn> auto visit(Fn &&fn) const {
    return std::visit([&](const auto &data) { return fn(ArrayRef(data)); },
                      *buffer);
  }

  /// Element `i` in row-major order, which must be an integer.
  int64_t getInteger(int64_t i) const;
  void setInteger(int64_t i, int64_t value);
  /// Element `i` as a real number, by value.
  double getNumber(int64_t i) const;

  /// The same elements under another type of the same storage and number of
  /// elements.
  Tensor withType(RankedTensorType newType) const;

  /// The real values of a constant whose type does not hold its scales; null
  /// for other tensors.
  const std::vector<float> *getDecoded() const { return decoded.get(); }
  void setDecoded(std::vector<float> values) {
    decoded = std::make_shared<const std::vector<float>>(std::move(values));
  }

  /// Whether type and all bits of all elements are equal.
  bool isIdentical(const Tensor &other) const;

private:
  using Buffer = std::variant<std::vector<float>, std::vector<int8_t>,
                              std::vector<int32_t>, std::vector<int64_t>>;
  RankedTensorType type;
  std::shared_ptr<Buffer> buffer;
  std::shared_ptr<const std::vector<float>> decoded;
};

/// Row-major strides of a shape, in elements.
SmallVector<int64_t> getRowMajorStrides(ArrayRef<int64_t> shape);

} // namespace quantopt::reference

#endif // QUANTOPT_REFERENCE_TENSOR_H
