//===- GraphExporter.h - From a module to a graph of nodes ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// What writers of ops see. A writer adds nodes for one op and records the name
/// of its result. Images are channels last in the module and channels first in
/// the operators of ONNX: a value may have a name in each order, and a
/// Transpose is added only where an order is asked for that the value has not.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_EXPORT_ONNX_GRAPHEXPORTER_H
#define QUANTOPT_LIB_EXPORT_ONNX_GRAPHEXPORTER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "onnx.pb.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"
#include "llvm/ADT/StringMap.h"

namespace quantopt::onnx {

/// The format's numbers of element types.
enum StoredType : int32_t {
  FloatTensor = 1,
  UInt8Tensor = 2,
  Int8Tensor = 3,
  UInt16Tensor = 4,
  Int16Tensor = 5,
  Int32Tensor = 6,
  Int64Tensor = 7,
  Float16Tensor = 10,
  BFloat16Tensor = 16,
  UInt4Tensor = 21,
  Int4Tensor = 22,
};

/// The order of dimensions that makes an image channels first, and back.
constexpr int64_t kChannelsFirst[] = {0, 3, 1, 2};
constexpr int64_t kChannelsLast[] = {0, 2, 3, 1};

/// The operator set that is written: the first with integers of 4 bits and
/// scales per block.
constexpr int64_t kExportedOpset = 21;

class GraphExporter {
public:
  explicit GraphExporter(ModuleOp module);

  /// Writes `@main`; emits an error for each op that cannot be written.
  LogicalResult run();
  std::string serialize() const { return model.SerializeAsString(); }

  /// @name Values
  /// @{
  /// The value's name in the order of the module.
  std::string get(Value value);
  /// The name of an image of rank 4 with its channels first.
  std::string getChannelsFirst(Value value);
  /// Whether the value exists with its channels first and in no other way.
  bool isChannelsFirst(Value value) const;
  void set(Value value, StringRef name) { names[value].last = name.str(); }
  void setChannelsFirst(Value value, StringRef name) {
    names[value].first = name.str();
  }
  /// @}

  /// @name Nodes
  /// @{
  /// A name that nothing has yet.
  std::string makeName(StringRef wish);
  /// Adds a node for `op`; all its outputs get new names.
  onnxfile::NodeProto &add(StringRef kind, ArrayRef<std::string> inputs,
                           Operation *op, unsigned outputs = 1);
  /// The same for one output, whose name is returned.
  std::string addValue(StringRef kind, ArrayRef<std::string> inputs,
                       Operation *op) {
    return add(kind, inputs, op).output(0);
  }
  static void setInt(onnxfile::NodeProto &node, StringRef name, int64_t value);
  static void setFloat(onnxfile::NodeProto &node, StringRef name, float value);
  static void setInts(onnxfile::NodeProto &node, StringRef name,
                      ArrayRef<int64_t> values);
  /// @}

  /// @name Constants, with a new name like `wish`
  /// @{
  std::string addFloats(ArrayRef<int64_t> shape, ArrayRef<float> values,
                        StringRef wish);
  std::string addIndices(ArrayRef<int64_t> values, StringRef wish);
  /// Integers of 4 bits are packed.
  std::string addIntegers(StoredType type, ArrayRef<int64_t> shape,
                          ArrayRef<int64_t> values, StringRef wish);
  /// @}

private:
  LogicalResult writeInputs();
  LogicalResult writeOp(Operation *op);
  LogicalResult writeOutputs(Operation *terminator);
  onnxfile::TensorProto &addTensor(StoredType type, ArrayRef<int64_t> shape,
                                   StringRef wish);

  struct Names {
    std::string last, first;
  };
  ModuleOp module;
  func::FuncOp main;
  onnxfile::ModelProto model;
  llvm::DenseMap<Value, Names> names;
  llvm::StringMap<int64_t> usedNames;
};

/// The element type of the format for integers of this type, or nothing.
std::optional<StoredType> getStoredType(Type type);

/// The shape of a tensor value.
ArrayRef<int64_t> shapeOf(Value value);

/// Writes one op. Failure comes with an error.
using OpWriter = LogicalResult (*)(GraphExporter &graph, Operation *op);
struct WriterRow {
  StringRef op;
  OpWriter write;
};

/// @name The families of ops
/// @{
ArrayRef<WriterRow> getContractionWriters();
ArrayRef<WriterRow> getElementwiseWriters();
ArrayRef<WriterRow> getMovementWriters();
ArrayRef<WriterRow> getQuantizationWriters();
/// @}

/// A dequantized constant, its dimensions in another order, as a real tensor.
/// Fails, with an error at `op`, when ONNX has no type for it.
FailureOr<std::string> writeQuantizedConstant(GraphExporter &graph,
                                              Operation *op,
                                              qnn::ConstantOp constant,
                                              ArrayRef<int64_t> permutation);

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_EXPORT_ONNX_GRAPHEXPORTER_H
