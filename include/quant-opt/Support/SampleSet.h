//===- SampleSet.h - Samples for a model's inputs ---------------*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

///
/// \file
/// The data of `--input` and `--calibrate`: `[NAME=]FILE.npy`, `FILE.npz` whose
/// keys are the names of inputs, or a folder of such files, taken in byte order
/// of their names. Samples are read when they are asked for.
///
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_SUPPORT_SAMPLESET_H
#define QUANTOPT_SUPPORT_SAMPLESET_H

#include "quant-opt/Support/Npy.h"

namespace quantopt {

/// An input of a model.
struct SampleInput {
  std::string name;
  qo_type type = QO_F32;
  /// In the model's order of dimensions; dimension 0 counts the batch.
  SmallVector<int64_t> shape;
  /// Of integers that stand for `scale * (q - zeroPoint)`, else 0; only for
  /// messages.
  float scale = 0;
  int32_t zeroPoint = 0;

  /// Returns the bytes of one batch.
  int64_t getNumBytes() const;
};

/// All samples, in batches of the model. Memory does not grow with their
/// number, except by a record per file.
class SampleSet {
public:
  /// Opens the files and checks all shapes and types. Every input must get the
  /// same number of samples, at least one batch.
  static llvm::Expected<SampleSet> open(ArrayRef<std::string> specs,
                                        ArrayRef<SampleInput> inputs);

  /// Returns the number of batches: how often the model runs.
  int64_t size() const { return batches; }

  ArrayRef<SampleInput> getInputs() const { return inputs; }

  /// Reads a batch of an input into `result`, which holds the input's
  /// `getNumBytes()`. Cheapest in ascending order of batches.
  llvm::Error read(int64_t batch, size_t input, void *result);

private:
  /// Consecutive rows of an input that are in one file.
  struct Chunk {
    NpyFile file;
    int64_t firstRow, rows;
  };
  class Builder;

  std::vector<SampleInput> inputs;
  std::vector<std::vector<Chunk>> chunks; ///< per input, by ascending rows
  std::vector<size_t> current;            ///< per input, the open chunk
  int64_t batches = 0;
};

} // namespace quantopt

#endif // QUANTOPT_SUPPORT_SAMPLESET_H
