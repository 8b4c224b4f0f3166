//===- ModelDescription.h - What a compiled model is ---------- -*- C++ -*-===//
//
// Part of quant-opt, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QUANTOPT_COMPILER_MODELDESCRIPTION_H
#define QUANTOPT_COMPILER_MODELDESCRIPTION_H

#include "mlir/IR/BuiltinOps.h"
#include "quant-opt/Dialect/QNN/Utils/WeightErrors.h"
#include "quant-opt/Support/LLVM.h"
#include <optional>
#include <string>
#include <vector>

namespace quantopt {

/// An input or output of a compiled model; see `qo_tensor`.
struct TensorDescription {
  std::string name;
  std::string type; ///< as MLIR spells the stored element
  SmallVector<int64_t> shape;
  int64_t elementBytes = 0;
  float scale = 0; ///< 0 unless integers stand for real numbers
  int32_t zeroPoint = 0;
  /// The byte of the arena where it begins; nothing for one outside of it.
  std::optional<int64_t> arenaOffset;

  int64_t getNumElements() const;
  int64_t getNumBytes() const { return getNumElements() * elementBytes; }
};

/// A layer's function and its number of work items.
struct LayerDescription {
  std::string name;
  std::string symbol;
  int64_t count = 0;
  int64_t codeBytes = 0; ///< known when there is an object
  /// Constants that no layer in front of it uses.
  int64_t weightBytes = 0;
};

/// What a model takes on a machine without an operating system; known when
/// there is one object with all of it.
struct MemoryDescription {
  /// Bytes of sections: code, constants, variables with and without a value.
  int64_t textBytes = 0, rodataBytes = 0, dataBytes = 0, bssBytes = 0;
  /// The most stack that a run takes, `parallel_for` excluded.
  std::optional<int64_t> stackBytes;
  /// The longest vector registers for which that is true, in bits; 0 where they
  /// have a fixed length.
  int64_t stackVectorBits = 0;

  int64_t getFlashBytes() const { return textBytes + rodataBytes + dataBytes; }
};

/// The layers for one processor level, in order of execution.
struct VariantDescription {
  std::string isa;      ///< the level's name
  std::string cpuFlags; ///< what the processor must report
  std::string cpu;      ///< for LLVM
  std::string features; ///< for LLVM
  int64_t vectorBytes = 0;
  std::vector<LayerDescription> layers;
  std::vector<std::string> kernels; ///< symbols of what layers share
  /// Of layers and kernels; known when there is an object.
  int64_t codeBytes = 0;
};

/// The facts about a model that its descriptor, header and reports state.
struct ModelDescription {
  std::string name;
  std::string triple;
  std::vector<TensorDescription> inputs, outputs;
  /// Whether inputs and outputs are parts of the arena.
  bool hasTensorsInArena() const;
  int64_t arenaBytes = 0;
  /// What buffers that are live together need; no arena can be smaller.
  int64_t arenaBoundBytes = 0;
  int64_t weightBytes = 0; ///< constants of the first variant's layers
  /// Bits per element of the weights as the quantized model stores them.
  double effectiveBits = 32;
  /// What rounding has done to the outputs of layers, where that is known.
  SmallVector<qnn::WeightError> weightErrors;
  /// Of weights that were equalized, before and after.
  SmallVector<qnn::WeightError> equalization;
  int64_t constBytes = 0; ///< known when there is an object
  MemoryDescription memory;
  int64_t floatOps = 0;
  uint64_t goldenHash = 0;
  bool fastFloat = false; ///< float results may differ between variants
  std::vector<VariantDescription> variants; ///< best first
};

/// The address of the arena is a multiple of this.
inline constexpr int64_t kArenaAlignment = 64;

/// Describes a module at the end of the `llvm` or `vectors` phase; errors name
/// what is missing or malformed.
FailureOr<ModelDescription> describeModel(ModuleOp module);

/// Makes a C identifier from any text: other characters become underscores.
std::string makeIdentifier(StringRef text);

} // namespace quantopt

#endif // QUANTOPT_COMPILER_MODELDESCRIPTION_H
