//===- Evaluators.h - The table from op to meaning --------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
///
/// \file
/// Each file of this library adds the evaluators of one family of ops.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_LIB_REFERENCE_EVALUATORS_H
#define QUANTOPT_LIB_REFERENCE_EVALUATORS_H

#include "quant-opt/Reference/Interpreter.h"

namespace quantopt::reference {

using Results = SmallVectorImpl<Tensor>;

class EvaluatorTable {
public:
  /// Adds the evaluator of one op. It appends one tensor for each result.
  template <typename OpT>
  void add(llvm::Error (*evaluate)(OpT, ArrayRef<Tensor>, Results &)) {
    evaluators[TypeID::get<OpT>()] =
        [evaluate](Operation *op, ArrayRef<Tensor> operands, Results &results) {
          return evaluate(cast<OpT>(op), operands, results);
        };
  }
  void add(TypeID op, Interpreter::Evaluator evaluator) {
    evaluators[op] = std::move(evaluator);
  }
  /// Adds the evaluator of all ops for which `matches` holds and that have none
  /// of their own.
  void addFallback(bool (*matches)(Operation *),
                   Interpreter::Evaluator evaluator) {
    fallbacks.emplace_back(matches, std::move(evaluator));
  }
  /// The evaluator of an op, or null.
  const Interpreter::Evaluator *find(Operation *op) const {
    auto it = evaluators.find(op->getName().getTypeID());
    if (it != evaluators.end())
      return &it->second;
    for (const auto &[matches, evaluator] : fallbacks)
      if (matches(op))
        return &evaluator;
    return nullptr;
  }

private:
  DenseMap<TypeID, Interpreter::Evaluator> evaluators;
  std::vector<std::pair<bool (*)(Operation *), Interpreter::Evaluator>>
      fallbacks;
};

void addConversionEvaluators(EvaluatorTable &table);
void addContractionEvaluators(EvaluatorTable &table);
void addDynamicEvaluators(EvaluatorTable &table);
void addElementwiseEvaluators(EvaluatorTable &table);
void addPoolEvaluators(EvaluatorTable &table);
void addReductionEvaluators(EvaluatorTable &table);
void addMovementEvaluators(EvaluatorTable &table);
void addKernelEvaluators(EvaluatorTable &table);
void addTensorEvaluators(EvaluatorTable &table);
void addLinalgEvaluators(EvaluatorTable &table);

/// The type of the tensor that holds a value: scalars have rank 0.
inline RankedTensorType getTensorType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor : RankedTensorType::get({}, type);
}

/// Zeros of an op result's type.
inline Tensor makeResult(Value result) {
  return Tensor::zeros(getTensorType(result.getType()));
}

/// Copies elements between two strided views of the same shape; strides are in
/// elements and may be 0 or negative in the source.
template <typename T>
void copyStrided(ArrayRef<int64_t> shape, const T *source,
                 ArrayRef<int64_t> sourceStrides, T *target,
                 ArrayRef<int64_t> targetStrides) {
  if (shape.empty()) {
    *target = *source;
    return;
  }
  for (int64_t i = 0; i < shape.front(); ++i) {
    const T *from = source + i * sourceStrides.front();
    T *to = target + i * targetStrides.front();
    if (shape.size() == 1)
      *to = *from;
    else
      copyStrided(shape.drop_front(), from, sourceStrides.drop_front(), to,
                  targetStrides.drop_front());
  }
}

/// Strides with which a row-major tensor of shape `from` is read as one of
/// shape `to`: 0 along repeated dimensions.
SmallVector<int64_t> getBroadcastStrides(ArrayRef<int64_t> from,
                                         ArrayRef<int64_t> to);

/// The sum of floats in the fixed order of `qnn.reduce`: 16 interleaved partial
/// sums, added pairwise.
class InterleavedSum {
public:
  void add(float value) {
    partials[count % 16] += value;
    ++count;
  }
  float get() const {
    float p[16];
    std::copy(std::begin(partials), std::end(partials), p);
    for (int half = 8; half > 0; half /= 2)
      for (int i = 0; i < half; ++i)
        p[i] += p[i + half];
    return p[0];
  }

private:
  float partials[16] = {};
  int64_t count = 0;
};

} // namespace quantopt::reference

#endif // QUANTOPT_LIB_REFERENCE_EVALUATORS_H
