//===- OpImporter.h - What a handler of an operator sees --------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// The values of a graph during import, and the view of one operator that
/// handlers work on. Handlers see real numbers: operands are dequantized, and
/// results are rounded to the parameters of their tensors.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_IMPORT_TFLITE_OPIMPORTER_H
#define QUANTOPT_LIB_IMPORT_TFLITE_OPIMPORTER_H

#include "../Common/ImportProblems.h"
#include "../Common/ModuleBuilder.h"
#include "Model.h"
#include "mlir/IR/Builders.h"
#include "quant-opt/Dialect/QNN/IR/QNNOps.h"

namespace quantopt::tflite {

/// What a tensor is at this point of the import.
struct TensorValue {
  enum class Kind {
    /// Nothing yet.
    Undefined,
    /// Elements in the file.
    Constant,
    /// Computed at run time.
    Runtime,
    /// The result of something that is not supported.
    Refused
  };
  Kind kind = Kind::Undefined;
  /// Of quantized type, or null for floats.
  Value stored;
  /// Of `f32`; made when it is first needed.
  Value real;
};

/// In which order a weight is wanted.
struct WeightLayout {
  SmallVector<int64_t> shape;
  /// The permutation of the tensor's dimensions that gives `shape`; empty keeps
  /// the order.
  SmallVector<int64_t> permutation;
  /// Height and width, dimensions 1 and 2, run backwards.
  bool isTurned = false;
};

/// One operator that is being imported.
class OpImporter : public ImportProblems {
public:
  OpImporter(const Operator &op, const Model &model,
             MutableArrayRef<TensorValue> values, OpBuilder &builder,
             Location location)
      : op(op), model(model), values(values), builder(builder),
        location(location) {}

  Location getLoc() const { return location; }
  OpBuilder &getBuilder() { return builder; }
  MLIRContext *getContext() { return builder.getContext(); }

  /// @name Inputs
  /// @{
  unsigned getNumInputs() const { return op.inputs.size(); }
  bool hasInput(unsigned i) const {
    return i < op.inputs.size() && op.inputs[i] >= 0;
  }
  /// Fails unless there are at least `low` inputs that are not left out, at
  /// most `high`, and exactly `results` results.
  LogicalResult expect(unsigned low, unsigned high, unsigned results = 1);
  const Tensor &getInput(unsigned i) const {
    return model.tensors[op.inputs[i]];
  }
  bool isConstant(unsigned i) const {
    return hasInput(i) &&
           values[op.inputs[i]].kind == TensorValue::Kind::Constant;
  }
  /// The shape that the input really has.
  ArrayRef<int64_t> getShape(unsigned i);
  /// The input as an `f32` tensor.
  FailureOr<Value> getReal(unsigned i);
  /// The input as integers known at import; `what` is its role in messages.
  FailureOr<SmallVector<int64_t>> getInts(unsigned i, StringRef what);
  /// The input as a weight in another layout, of `f32`.
  FailureOr<Value> getWeight(unsigned i, const WeightLayout &layout);
  /// The bias of a contraction, or null when there is none. `input` and
  /// `weight` are the inputs whose scales are those of integers in it.
  FailureOr<Value> getBias(unsigned i, unsigned input, unsigned weight,
                           int64_t count);
  /// The contraction with the integers of its bias beside it, where the floats
  /// that `getBias` gave cannot hold them.
  Value withExactBias(Value contraction);
  /// @}

  /// @name Options
  /// @{
  template <typename T> T getOption(unsigned field, T missing) const {
    return op.options.get<T>(field, missing);
  }
  FlatTable getOptions() const { return op.options; }
  /// `axis` counted from the front.
  FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank);
  /// @}

  /// @name Results
  /// @{
  unsigned getNumResults() const { return op.outputs.size(); }
  const Tensor &getResult(unsigned i) const {
    return model.tensors[op.outputs[i]];
  }
  /// Sets a result from a real value: rounds it where the tensor is quantized.
  LogicalResult setResult(unsigned i, Value real);
  /// The same behind the activation function with this number.
  LogicalResult setActivated(unsigned i, Value real, int8_t function);
  /// @}

  /// @name Building blocks
  /// @{
  Value constant(ArrayRef<int64_t> shape, ArrayRef<float> numbers);
  FailureOr<Value> binary(qnn::BinaryFn fn, Value lhs, Value rhs);
  Value unary(qnn::UnaryFn fn, Value input, float alpha = 0);
  Value clamp(Value input, float min, float max);
  FailureOr<Value> reshape(Value input, ArrayRef<int64_t> shape);
  Value transpose(Value input, ArrayRef<int64_t> permutation);
  Value pad(Value input, ArrayRef<int64_t> low, ArrayRef<int64_t> high,
            float value = 0);
  Value slice(Value input, ArrayRef<int64_t> offsets, ArrayRef<int64_t> strides,
              ArrayRef<int64_t> sizes);
  Value gather(Value input, int64_t axis, ArrayRef<int64_t> indices);
  /// Over ascending axes, which keep size 1.
  Value reduce(qnn::ReduceFn fn, Value input, ArrayRef<int64_t> axes);
  /// @}

private:
  FailureOr<Value> makeConstant(const Tensor &tensor,
                                const WeightLayout &layout);

  const Operator &op;
  const Model &model;
  MutableArrayRef<TensorValue> values;
  OpBuilder &builder;
  Location location;
  DenseI32ArrayAttr exactBias;
};

/// The type in which a quantized tensor is stored; says what is wrong.
llvm::Expected<qnn::AffineType> getAffineType(const Tensor &tensor,
                                              MLIRContext *context);

/// The integers of a constant.
SmallVector<int64_t> readIntegers(const Tensor &tensor);

} // namespace quantopt::tflite

#endif // QUANTOPT_LIB_IMPORT_TFLITE_OPIMPORTER_H
