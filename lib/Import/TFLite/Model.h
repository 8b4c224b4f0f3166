//===- Model.h - What a TFLite file says ------------------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_TFLITE_MODEL_H
#define QUANTOPT_LIB_IMPORT_TFLITE_MODEL_H

#include "FlatBuffer.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <vector>

namespace quantopt::tflite {

/// The element types of the format, with its numbers.
enum class ElementType : int8_t {
  Float32 = 0,
  Float16 = 1,
  Int32 = 2,
  UInt8 = 3,
  Int64 = 4,
  String = 5,
  Bool = 6,
  Int16 = 7,
  Complex64 = 8,
  Int8 = 9,
  Float64 = 10,
  Complex128 = 11,
  UInt64 = 12,
  Resource = 13,
  Variant = 14,
  UInt32 = 15,
  UInt16 = 16,
  Int4 = 17,
};

/// The format's name of a type ("INT8").
std::string getName(ElementType type);

/// Bits of an element; 0 for types whose elements are not read.
unsigned getBits(ElementType type);

/// The storage type of quantized numbers, or null.
IntegerType getStorageType(ElementType type, MLIRContext *context);

/// The most dimensions of a tensor.
constexpr size_t kMaxRank = 8;
/// The most elements of a tensor.
constexpr int64_t kMaxElements = int64_t(1) << 31;

struct Tensor {
  std::string name;
  ElementType type = ElementType::Float32;
  SmallVector<int64_t> shape;
  /// The shape is one of several that are possible.
  bool hasOpenShape = false;
  bool isVariable = false;
  /// Why the elements cannot be read; empty if they can.
  StringRef obstacle;
  /// The elements of a constant, in the file.
  std::optional<ArrayRef<uint8_t>> data;
  FlatVector<float> scales;
  FlatVector<int64_t> zeroPoints;
  int64_t axis = 0; ///< of the scales, if there are several

  int64_t getNumElements() const;
  bool isQuantized() const { return !scales.empty(); }
};

struct Operator {
  int32_t code = 0;
  StringRef customCode;
  FlatVector<int32_t> inputs, outputs;
  FlatTable options;
};

/// The first subgraph of a file, with its constants.
struct Model {
  std::vector<Tensor> tensors;
  std::vector<Operator> operators;
  FlatVector<int32_t> inputs, outputs;
};

/// Reads a model. Everything that indexes something is checked; -1 stands for
/// an input of an operator that is left out. Fails when the bytes contradict
/// the format.
llvm::Expected<Model> readModel(FlatFile &file);

} // namespace quantopt::tflite

#endif // QUANTOPT_LIB_IMPORT_TFLITE_MODEL_H
