//===- NodeImporter.h - What a handler of an operator sees ------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The values of a graph during import and the view of one node that operator
/// handlers work on. Movement of elements is offered here for every kind of
/// value, so that handlers do not care whether a tensor is known at import.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_ONNX_NODEIMPORTER_H
#define QUANTOPT_LIB_IMPORT_ONNX_NODEIMPORTER_H

#include "../Common/ImportProblems.h"
#include "../Common/ModuleBuilder.h"
#include "HostTensor.h"
#include "mlir/IR/Builders.h"
#include "onnx.pb.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::onnx {

/// An integer constant with the parameters of its DequantizeLinear. Its layout
/// is still open: the consumer decides it.
struct QuantizedConstant {
  HostTensor values;
  SmallVector<float> scales;
  SmallVector<int64_t> zeroPoints;
  /// The axis that the scales belong to; -1 when there is one scale.
  int64_t axis = -1;
  /// With a positive number, as many neighbours along the axis share a scale
  /// (the last ones of a row may be fewer), and indices of other axes have
  /// scales of their own.
  int64_t block = 0;

  /// The shape of the scales, which are in row-major order.
  SmallVector<int64_t> getScaleShape() const;
};

/// A named value of the graph.
struct ImportValue {
  enum class Kind {
    /// An optional input that is left out.
    Missing,
    /// Known at import, any element type.
    Host,
    /// A real tensor that is stored as known integers.
    Quantized,
    /// Computed at run time.
    Runtime,
    /// The result of something that is not supported.
    Refused
  };
  Kind kind = Kind::Missing;
  HostTensor host;
  std::shared_ptr<QuantizedConstant> quantized;
  Value runtime;

  ImportValue() = default;
  ImportValue(HostTensor host) : kind(Kind::Host), host(std::move(host)) {}
  ImportValue(QuantizedConstant constant)
      : kind(Kind::Quantized),
        quantized(std::make_shared<QuantizedConstant>(std::move(constant))) {}
  ImportValue(Value runtime) : kind(Kind::Runtime), runtime(runtime) {}
  static ImportValue refused() {
    ImportValue value;
    value.kind = Kind::Refused;
    return value;
  }

  bool isHost() const { return kind == Kind::Host; }
  bool isQuantized() const { return kind == Kind::Quantized; }
  bool isRuntime() const { return kind == Kind::Runtime; }
  /// The shape of a value that is neither missing nor refused.
  ArrayRef<int64_t> getShape() const;
  int64_t getRank() const { return getShape().size(); }
};

/// One node that is being imported. Getters of attributes report an attribute
/// of the wrong type themselves and return the default; the import then fails.
class NodeImporter : public ImportProblems {
public:
  NodeImporter(const onnxfile::NodeProto &node, int64_t opset,
               SmallVector<ImportValue> inputs, OpBuilder &builder,
               Location location)
      : node(node), opset(opset), inputs(std::move(inputs)),
        results(node.output_size()), builder(builder), location(location) {}

  /// @name The node
  /// @{
  StringRef getOpType() const { return node.op_type(); }
  /// The version of the operator set that the model asks for.
  int64_t getOpset() const { return opset; }
  Location getLoc() const { return location; }
  OpBuilder &getBuilder() { return builder; }
  MLIRContext *getContext() { return builder.getContext(); }
  /// @}

  /// @name Inputs
  /// @{
  unsigned getNumInputs() const { return inputs.size(); }
  bool hasInput(unsigned i) const {
    return i < inputs.size() && inputs[i].kind != ImportValue::Kind::Missing;
  }
  /// Fails unless there are at least `low` and at most `high` inputs, the first
  /// `low` of which are not left out.
  LogicalResult expectInputs(unsigned low, unsigned high);
  const ImportValue &getInput(unsigned i) const { return inputs[i]; }
  ArrayRef<int64_t> getShape(unsigned i) const { return inputs[i].getShape(); }
  int64_t getRank(unsigned i) const { return getShape(i).size(); }
  bool allInputsKnown() const;
  /// The input as an `f32` tensor.
  FailureOr<Value> getFloat(unsigned i) { return toFloat(inputs[i]); }
  /// The input as a tensor known at import; `what` is its role in messages.
  FailureOr<HostTensor> getHost(unsigned i, StringRef what);
  /// The input as integers known at import.
  FailureOr<SmallVector<int64_t>> getHostInts(unsigned i, StringRef what);
  /// The input as float numbers known at import, quantized constants included.
  FailureOr<SmallVector<float>> getHostFloats(unsigned i, StringRef what);
  /// The input as one number known at import.
  FailureOr<double> getHostScalar(unsigned i, StringRef what);
  /// @}

  /// @name Attributes
  /// @{
  bool hasAttribute(StringRef name) const { return findAttribute(name); }
  int64_t getInt(StringRef name, int64_t defaultValue);
  float getFloat(StringRef name, float defaultValue);
  std::string getString(StringRef name, StringRef defaultValue);
  SmallVector<int64_t> getInts(StringRef name,
                               ArrayRef<int64_t> defaultValue = {});
  SmallVector<float> getFloats(StringRef name);
  /// The tensor of an attribute, or null.
  const onnxfile::TensorProto *getTensor(StringRef name);
  /// `axis` counted from the front, or failure when it is not in
  /// [-rank, rank).
  FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank);
  /// The same for several distinct axes; the result is ascending.
  FailureOr<SmallVector<int64_t>> normalizeAxes(ArrayRef<int64_t> axes,
                                                int64_t rank);
  /// @}

  /// @name Results
  /// @{
  unsigned getNumResults() const { return results.size(); }
  /// Whether the node names result `i`.
  bool hasResult(unsigned i) const {
    return i < results.size() && !node.output(i).empty();
  }
  LogicalResult setResult(unsigned i, ImportValue value);
  ArrayRef<ImportValue> getResults() const { return results; }
  /// @}

  /// @name Values of any kind
  /// @{
  /// An `f32` tensor in the IR; dequantizes constants.
  FailureOr<Value> toFloat(const ImportValue &value);
  /// An `f32` or quantized tensor in the IR.
  FailureOr<Value> toTensor(const ImportValue &value);
  FailureOr<ImportValue> reshape(const ImportValue &value,
                                 ArrayRef<int64_t> shape);
  FailureOr<ImportValue> transpose(const ImportValue &value,
                                   ArrayRef<int64_t> permutation);
  FailureOr<ImportValue> slice(const ImportValue &value,
                               ArrayRef<int64_t> offsets,
                               ArrayRef<int64_t> strides,
                               ArrayRef<int64_t> sizes);
  FailureOr<ImportValue> gather(const ImportValue &value, int64_t axis,
                                ArrayRef<int64_t> indices);
  FailureOr<ImportValue> broadcast(const ImportValue &value,
                                   ArrayRef<int64_t> shape);
  FailureOr<ImportValue> concat(ArrayRef<ImportValue> values, int64_t axis);
  /// @}

  /// @name Building blocks
  /// @{
  Value constant(ArrayRef<int64_t> shape, ArrayRef<float> values);
  Value scalar(float value) { return constant({}, {value}); }
  /// The shape that two shapes broadcast to.
  FailureOr<SmallVector<int64_t>> broadcastShapes(ArrayRef<int64_t> lhs,
                                                  ArrayRef<int64_t> rhs);
  FailureOr<Value> binary(qnn::BinaryFn fn, Value lhs, Value rhs);
  Value unary(qnn::UnaryFn fn, Value input, float alpha = 0, float beta = 0);
  Value clamp(Value input, float min, float max);
  /// Reduces over ascending axes, keeping them with size 1.
  Value reduce(qnn::ReduceFn fn, Value input, ArrayRef<int64_t> axes);
  /// Surrounds a runtime value with real zeros.
  Value pad(Value input, ArrayRef<int64_t> low, ArrayRef<int64_t> high);
  /// N x C x spatial to N x spatial x C, and back.
  FailureOr<Value> toChannelsLast(Value value);
  FailureOr<Value> toChannelsFirst(Value value);
  /// @}

private:
  const onnxfile::AttributeProto *findAttribute(StringRef name) const;
  /// Finds the attribute; reports one that has another type.
  const onnxfile::AttributeProto *findAttribute(StringRef name, int32_t type,
                                                StringRef typeName);
  Value quantizedConstant(const QuantizedConstant &constant);

  const onnxfile::NodeProto &node;
  int64_t opset;
  SmallVector<ImportValue> inputs;
  SmallVector<ImportValue> results;
  OpBuilder &builder;
  Location location;
};

} // namespace quantopt::onnx

#endif // QUANTOPT_LIB_IMPORT_ONNX_NODEIMPORTER_H
